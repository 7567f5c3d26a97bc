"""名单的成批语句: a long list that the planner knows nothing of is read through once, not squared."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from households.models import Certification
from rosters.lists import sql
from rosters.lists.applying import apply_list
from rosters.lists.comparing import compare, parameters
from rosters.lists.importing import import_list
from rosters.lists.revoking import revoke_list
from rosters.lists.whole import FEW, over
from rosters.models import FunderList
from rosters.services.taking import take_roster
from tests.builders import make_divisions
from tests.payments.conftest import a_book, rulesets  # noqa: F401 - fixture
from tests.rosters.deposited import TAKEN, deposited, village_of
from tests.rosters.lists_made import NOVEMBER, draft, rows
from tests.rosters.roster_builders import VILLAGE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]
PERSONS = FEW + 200


@pytest.fixture
def named(boss, miss_yang) -> list[tuple[str, str, str]]:
    """A village of people whom a list can name."""
    make_divisions((VILLAGE, "东村村委会", 12))
    a_book(boss, code="530127-16A", first=1, count=PERSONS)
    people = village_of(PERSONS)
    take_roster(roster_id=deposited(miss_yang, people).pk, by=miss_yang, at=TAKEN)
    return [(row[2], row[3], "低保") for row in people]


def loops(statement: str, asked: dict[str, Any]) -> list[str]:
    """The joins of a statement's plan that run one side anew for each row of the other."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", asked)
        (found,) = cursor.fetchone()
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return [node["Node Type"] for node in nodes(plan) if node["Node Type"] == "Nested Loop"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def test_no_statement_over_a_long_list_runs_through_it_for_each_of_its_lines(boss, named):
    first = import_list(draft=draft(rows(*named)), by=boss, at=NOVEMBER)
    asked = parameters(first) | {"at": NOVEMBER}
    statements = [sql.COUNT_LINES, sql.COUNT_ENDED, sql.KEEP_STATES, sql.MATCH, sql.END, sql.MARK, sql.ADD]

    with over(first) as cursor:
        cursor.execute(sql.MATCH, asked)
        found = {each: loops(each, asked) for each in statements}

    assert found == {each: [] for each in statements}
    assert loops(sql.ADD, asked) != []


def test_what_it_does_is_the_same_and_all_of_it_is_taken_back(boss, named):
    first = import_list(draft=draft(rows(*named)), by=boss, at=NOVEMBER)
    apply_list(list_id=first.pk, seen=0, by=boss, at=NOVEMBER)
    half = named[::2]
    second = import_list(draft=draft(rows(*half), month="2016-11-01"), by=boss, at=NOVEMBER)

    assert compare(second).counts == {"kept": len(half), "ended": PERSONS - len(half)}
    apply_list(list_id=second.pk, seen=PERSONS - len(half), by=boss, at=NOVEMBER)
    assert Certification.objects.filter(ended_on=None).count() == len(half)
    done = revoke_list(list_id=second.pk, reason="发错了文件", by=boss, at=NOVEMBER)

    assert done.reopened == PERSONS - len(half)
    assert Certification.objects.filter(ended_on=None).count() == PERSONS
    assert FunderList.objects.current().get() == first


def test_afterwards_and_for_a_short_list_everything_is_planned_as_ever(boss, named):
    long = import_list(draft=draft(rows(*named)), by=boss, at=NOVEMBER)

    with over(long) as cursor:
        assert shown(cursor) == "off"
    with connection.cursor() as cursor:
        assert shown(cursor) == "on"
    short = import_list(draft=draft(rows(*named[:2]), kind="employed", funder=""), by=boss, at=NOVEMBER)
    with over(short) as cursor:
        assert shown(cursor) == "on"


def shown(cursor: Any) -> str:
    cursor.execute("SHOW enable_nestloop")
    return str(cursor.fetchone()[0])
