"""补缴: a broken year paid back is noted on evidence, shortens the wait, and is taken back by a supervisor only."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from common.decision import Refusal
from enrollment.facts import read_household
from households.models import Household, Person, RepaidYear
from households.services import record_repaid_year, withdraw_repaid_year
from offices.models import Staff
from tests.builders import at
from tests.payments.conftest import rulesets  # noqa: F401 - fixture

NOW = at("2025-03-10 09:00")


@pytest.fixture
def head(zhang_household: Household) -> Person:
    return Person.objects.get(name="张建国")


def note(head: Person, by: Staff, **more: object) -> RepaidYear:
    given = {"coverage_year": 2023, "paid_on": date(2025, 3, 1), "evidence": "税0001", "by": by, "at": NOW}
    return record_repaid_year(person_id=head.pk, **(given | more))


def repaid(household: Household, moment=NOW) -> frozenset[int]:
    facts = read_household(household.pk, coverage_year=2025, at=moment)
    return facts.members[0].asked.repaid_years


def test_a_year_paid_back_reaches_the_rules_from_its_day_on(zhang_household, head: Person, aunt_liu: Staff):
    note(head, aunt_liu)

    assert repaid(zhang_household) == {2023}
    assert repaid(zhang_household, at("2025-02-28 09:00")) == frozenset()


def test_a_year_is_paid_back_once_and_again_after_it_was_withdrawn(zhang_household, head, aunt_liu, mr_chen):
    row = note(head, aunt_liu)
    with pytest.raises(Refusal, match="已经登记过补缴"):
        note(head, aunt_liu)

    withdraw_repaid_year(repaid_id=row.pk, by=mr_chen, at=NOW)

    assert repaid(zhang_household) == frozenset()
    note(head, aunt_liu)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"paid_on": date(2025, 3, 11)}, "晚于今天"),
        ({"coverage_year": 2026}, "不能补缴"),
        ({"paid_on": date(2019, 3, 1)}, "那不是补缴"),
        ({"coverage_year": 1959}, "不能补缴"),
        ({"evidence": " "}, "凭证号"),
    ],
)
def test_what_cannot_have_been_paid_back_is_refused(head: Person, aunt_liu: Staff, more, says: str):
    with pytest.raises(Refusal, match=says):
        note(head, aunt_liu, **more)


def test_a_clerk_does_not_withdraw(head: Person, aunt_liu: Staff):
    row = note(head, aunt_liu)

    with pytest.raises(Refusal, match="只能由"):
        withdraw_repaid_year(repaid_id=row.pk, by=aunt_liu, at=NOW)


def test_the_row_stays_as_it_was(head: Person, aunt_liu: Staff):
    note(head, aunt_liu)

    with pytest.raises(DatabaseError), transaction.atomic():
        RepaidYear.objects.update(coverage_year=2022)


@pytest.mark.usefixtures("rulesets")
def test_the_page_notes_it_and_another_office_does_not_find_the_member(
    zhang_household: Household, head: Person, aunt_liu: Staff, miss_yang: Staff, client: Client
):
    address = f"/counter/{zhang_household.pk}/members/{head.pk}/repaid/add/"
    typed = {"coverage_year": "2006", "paid_on": "2007-10-01", "evidence": "税0001"}
    client.force_login(miss_yang)
    assert client.post(address, typed).status_code == 404
    client.force_login(aunt_liu)

    wrong = client.post(address, typed | {"evidence": ""})
    client.post(address, typed)

    assert wrong.status_code == 422
    assert "没有凭证的不能登记补缴" in wrong.content.decode()
    assert "税0001" in client.get(f"/counter/{zhang_household.pk}/members/{head.pk}/").content.decode()
