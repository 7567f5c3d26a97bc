"""重新封存: every sealed value in the database under the keys and the cipher of now, in batches; rotation of the keys.

Each batch is one transaction, and what is sealed as wanted is not read: whoever is interrupted goes on where he was.
The rows' triggers do not run: what a row says stays the same, only its bytes change.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.apps.registry import Apps
from django.db import connection, transaction

from common.sealing import Kind
from offices.keys import sealer
from offices.sealed import SealedField

BATCH = 2_000

Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table, its primary key, and its sealed columns with their kinds."""

    name: str
    key: str
    columns: tuple[tuple[str, Kind], ...]


def sealed_tables(apps: Apps) -> Iterator[SealedTable]:
    """All tables with sealed columns, those of the history too."""
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        columns = tuple((each.column, each.kind) for each in meta.local_fields if isinstance(each, SealedField))
        if columns and meta.managed:
            yield SealedTable(meta.db_table, meta.pk.column, columns)


def reseal(table: SealedTable, *, tell: Tell = lambda *_: None) -> int:
    """Seal anew what is not sealed by the keys of now; how many rows."""
    last, count = 0, 0
    while True:
        with transaction.atomic(), pgtrigger.ignore():
            rows = _stale(table, last)
            if rows:
                _write(table, rows)
        if not rows:
            return count
        last, count = rows[-1][0], count + len(rows)
        tell(table.name, count)


def stale_rows(table: SealedTable) -> int:
    """How many rows are still to be sealed anew."""
    where, asked = _condition(table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table.name} WHERE {where}", asked)  # noqa: S608 - the application's names
        return int(cursor.fetchone()[0])


def _condition(table: SealedTable) -> tuple[str, list[Any]]:
    parts = [f"({column} <> '' AND substring({column}, 1, 4) <> %s)" for column, _ in table.columns]
    return " OR ".join(parts), [sealer(kind).head for _, kind in table.columns]


def _stale(table: SealedTable, last: int) -> list[tuple[Any, ...]]:
    where, asked = _condition(table)
    columns = ", ".join(column for column, _ in table.columns)
    statement = f"""
        SELECT {table.key}, {columns} FROM {table.name} WHERE {table.key} > %s AND ({where})
        ORDER BY {table.key} LIMIT {BATCH} FOR NO KEY UPDATE
    """  # noqa: S608 - the application's own names
    with connection.cursor() as cursor:
        cursor.execute(statement, [last, *asked])
        return cursor.fetchall()


def _write(table: SealedTable, rows: list[tuple[Any, ...]]) -> None:
    kinds = [kind for _, kind in table.columns]
    anew = [[_anew(value, kind) for value, kind in zip(row[1:], kinds, strict=True)] for row in rows]
    names = [column for column, _ in table.columns]
    changes = ", ".join(f"{name} = v.{name}" for name in names)
    arrays = ", ".join("%s::bytea[]" for _ in names)
    statement = f"""
        UPDATE {table.name} t SET {changes}
        FROM unnest(%s::bigint[], {arrays}) AS v(key, {", ".join(names)}) WHERE t.{table.key} = v.key
    """  # noqa: S608 - the application's own names
    with connection.cursor() as cursor:
        cursor.execute(statement, [[row[0] for row in rows], *(list(each) for each in zip(*anew, strict=True))])


def _anew(value: bytes | None, kind: Kind) -> bytes | None:
    if not value:
        return value
    found = sealer(kind)
    return value if found.is_current(value) else found.seal(found.open(value))
