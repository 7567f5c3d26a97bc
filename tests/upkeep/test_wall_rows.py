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
# What the demonstration has no rows of; each has a sibling that it does have.
NOT_IN_THE_DEMONSTRATION: set[str] = set()
REFUSED = {"42501"}  # insufficient_privilege: by a grant, a policy, or the trigger of a part


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
    empty = {table for table in OF_DIVISIONS if not owned[table]}
    assert both == {}
    assert all_of_them == owned
    assert empty == NOT_IN_THE_DEMONSTRATION


@pytest.mark.parametrize("act", ["change", "delete", "add"])
def test_no_row_of_another_town_is_written(rows, act):
    with scope.within(SONGYANG):
        theirs = {table: next(iter(ids_of(table)), None) for table in OF_DIVISIONS}

    written = {}
    for table, key in theirs.items():
        if key is not None and (came_to := tried(act, table, key)) not in {"none", *REFUSED}:
            written[table] = came_to
    assert written == {}


def tried(act: str, table: str, key: int) -> str:
    """What PostgreSQL says to a clerk of the other town: how many rows it took, or the code of its refusal."""
    column = key_of(table)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = %s", [key])  # noqa: S608
        row = json.loads(cursor.fetchone()[0])
        cursor.execute(f"SELECT max({column}) + 1 FROM {table}")  # noqa: S608
        fresh = cursor.fetchone()[0]
    changes = grant_on(table).changes
    some = (changes or [next(each for each in row if each != column)])[0]
    statement, values = {
        "change": (f"UPDATE {table} SET {some} = {some} WHERE {column} = %s", [key]),  # noqa: S608 - names of ours
        "delete": (f"DELETE FROM {table} WHERE {column} = %s", [key]),  # noqa: S608
        "add": (
            f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s::jsonb)).*",
            [json.dumps(row | {column: fresh})],
        ),
    }[act]
    try:
        with transaction.atomic(), scope.within(XINPU), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return str(cursor.rowcount or "none")
    except DatabaseError as error:
        return error.__cause__.sqlstate  # type: ignore[union-attr]
