"""造县的语句: run a statement, fill a temporary table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Max, Model


def last(model: type[Model]) -> int:
    """The largest id so far."""
    return model._default_manager.aggregate(last=Max("pk"))["last"] or 0


def run(statement: str, asked: Mapping[str, Any] | None = None) -> Any:
    """Execute; the first column of the first row where there is one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return cursor.fetchone()[0] if cursor.description else None


def load(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """A temporary table of these rows, by COPY; gone with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {table}")
