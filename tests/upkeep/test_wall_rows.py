"""第二道墙, on every table of a filled district: one town's rows are not there for the other, and not to be written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from offices import scope
from tests.acting import as_owner
from tests.payments.test_seed_demo import seeded  # noqa: F401 - fixture
from upkeep.wall.grants import grant_on
from upkeep.wall.rows import ForAllWhoAreTold, InDivisions, Unguarded
from upkeep.wall.tables import ROWS

XINPU, SONGYANG = "320705001", "530127001"
OF_DIVISIONS = [table for table, rows in ROWS.items() if not isinstance(rows, Unguarded | ForAllWhoAreTold)]
PUBLISHED = {table for table, rows in ROWS.items() if isinstance(rows, InDivisions) and rows.published}
INSUFFICIENT_PRIVILEGE = "42501"  # by a grant, a policy, or the trigger of a part


@pytest.fixture
def rows(seeded: None, django_db_blocker: Any) -> Iterator[None]:  # noqa: F811 - the fixture itself
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def ids_of(table: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key_of(table)} FROM {table}")  # noqa: S608 - names of ours
        return {key for (key,) in cursor.fetchall()}


def key_of(table: str) -> str:
    return "pgh_id" if table.endswith("event") and table.startswith(("households", "enrollment", "payments")) else "id"


def seen_from(prefix: str) -> dict[str, set[int]]:
    with scope.within(prefix):
        return {table: ids_of(table) for table in OF_DIVISIONS}


def test_no_row_is_seen_from_both_towns_and_each_from_one(rows):
    here, there, all_of_them = seen_from(XINPU), seen_from(SONGYANG), seen_from("")
    with as_owner():
        owned = {table: ids_of(table) for table in OF_DIVISIONS}

    both = {table: len(here[table] & there[table]) for table in OF_DIVISIONS if here[table] & there[table]}
    both = {table: count for table, count in both.items() if table not in PUBLISHED}
    assert both == {}
    assert all_of_them == owned
    assert sum(map(bool, owned.values())) >= 50  # so many tables does the demonstration fill


@pytest.mark.parametrize("act", ["change", "delete", "add"])
def test_no_row_of_another_town_is_written(rows, act):
    """A row that is added may run into a constraint before the policy is asked; it is not there either way."""
    with scope.within(SONGYANG):
        theirs = {table: next(iter(ids_of(table)), None) for table in OF_DIVISIONS if table not in PUBLISHED}

    came_to = {table: tried(act, table, key) for table, key in theirs.items() if key is not None}

    assert {table for table, what in came_to.items() if what == "written"} == set()
    if act != "add":
        assert set(came_to.values()) <= {"nothing", INSUFFICIENT_PRIVILEGE}


def tried(act: str, table: str, key: int) -> str | None:
    """What came of a clerk's statement in the other town: rows written, nothing, or the code of the refusal."""
    statement, values = statement_of(act, table, key)
    try:
        with transaction.atomic(), scope.within(XINPU), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return "written" if cursor.rowcount else "nothing"
    except DatabaseError as error:
        return getattr(error.__cause__, "sqlstate", None)


def statement_of(act: str, table: str, key: int) -> tuple[str, list[Any]]:
    column = key_of(table)
    if act == "delete":
        return f"DELETE FROM {table} WHERE {column} = %s", [key]  # noqa: S608 - names of ours
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = %s", [key])  # noqa: S608
        row = json.loads(cursor.fetchone()[0])
        cursor.execute(
            "SELECT quote_ident(column_name) FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
    if act == "change":
        some = (grant_on(table).changes or [each for each in columns if each != column])[0]
        return f"UPDATE {table} SET {some} = {some} WHERE {column} = %s", [key]  # noqa: S608
    found = ", ".join(f"r.{name}" for name in columns)
    record = f"jsonb_populate_record(NULL::{table}, %s::jsonb) r"
    fresh = json.dumps(row | {column: 10**9})
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {found} FROM {record}", [fresh]  # noqa: S608
