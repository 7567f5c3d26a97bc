"""A taking that is killed, doubled, or meets the counter: nothing is lost, nothing is there twice.

Workers that are killed at random moments of it: tests/rosters/test_jobs_killed.py.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from common.decision import Refusal
from enrollment.models import Assessment, Change, Enrollment
from households.models import Household, Membership, Person
from offices import jobs
from offices.models import Act
from payments.models import Payment, Receipt, ReceiptBook, ReceiptLine
from rosters.models import RosterAgreement, RosterTaking
from rosters.services.taking import take_roster
from tests.builders import OTHER, make_household, make_staff
from tests.payments.conftest import a_book, rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import listed, pay_for
from tests.payments.test_kill import database_url, wait_until_alone
from tests.payments.together import together
from tests.rosters.deposited import TAKEN, deposited, village_of
from tests.rosters.lists_made import ONE, home
from tests.rosters.made import csv_of
from tests.rosters.roster_builders import a_roster, a_village, agreed, handed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rulesets")]
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def duan(songyang):
    """The supervisor of 嵩阳街道 with a book that lasts."""
    boss = make_staff(songyang, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-16A", first=1, count=600)
    return boss


def written() -> dict[str, Any]:
    """All that a taking writes, told without the ids that the database gives out."""
    person = "person__id_no"
    return {
        "persons": list(
            Person.objects.order_by("id_no").values_list("id_no", "name", "pinyin", "phone", "division_code")
        ),
        "households": list(
            Household.objects.order_by("number").values_list("number", "division_code", "registered_at")
        ),
        "memberships": list(
            Membership.objects.order_by(person).values_list(person, "household__number", "relation", "starts_on")
        ),
        "enrolments": list(
            Enrollment.objects.order_by(person).values_list(person, "household__number", "payable", "reasons", "funder")
        ),
        "receipts": list(
            Receipt.objects.order_by("number").values_list(
                "number", "payer", "household_number", "amount", "clause_line"
            )
        ),
        "lines": list(
            ReceiptLine.objects.order_by("receipt__number", "position").values_list(
                "receipt__number", "name", "id_no", "payable"
            )
        ),
        "payments": list(
            Payment.objects.order_by("idempotency_key").values_list("idempotency_key", "amount", "paid_at")
        ),
        "assessments": Counter(Assessment.objects.values_list("household__number", "payable")),
        "acts": Counter(Act.objects.filter(at=TAKEN).exclude(verb="ask_for_job").values_list("verb", flat=True)),
        "history": Person.objects.filter(events__isnull=False).count(),
        "changes": Change.objects.count(),
        "books": list(ReceiptBook.objects.values_list("next_number", flat=True)),
    }


def test_killed_at_the_very_end_it_is_all_or_nothing(miss_yang, duan):
    """Around the commit itself, where the sums are checked and the numbers passed."""
    roster = deposited(miss_yang, village_of(60))
    undisturbed, seconds = rehearsed(roster.pk, miss_yang)

    for step in range(4):
        workers(roster.pk, miss_yang.pk, [seconds * (0.7 + step / 10)])
        assert (RosterTaking.objects.count(), Person.objects.count()) in {(0, 0), (1, 60)}

    assert workers(roster.pk, miss_yang.pk, [None]) == [0]
    assert written() == undisturbed


def rehearsed(roster_id: int, by: Any) -> tuple[dict[str, Any], float]:
    """What an undisturbed taking writes, and how long it takes; then it is rolled back."""
    with transaction.atomic():
        started = time.perf_counter()
        take_roster(roster_id=roster_id, by=by, at=TAKEN)
        seconds = time.perf_counter() - started
        found = written()
        transaction.set_rollback(True)
    return found, seconds


def workers(roster_id: int, clerk_id: int, delays: list[float | None]) -> list[int]:
    """How each worker ended."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment["CANBAO_FILES"] = str(settings.FILES_DIR)
    done = subprocess.run(
        [sys.executable, "-m", "tests.rosters.dying_worker", str(roster_id), str(clerk_id), json.dumps(delays)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wait_until_alone()
    return [int(line) for line in done.stdout.split()]


def test_two_takings_of_one_roster_take_it_once(miss_yang, duan):
    roster = deposited(miss_yang, village_of(90))

    one, other = together(*[partial(take_roster, roster_id=roster.pk, by=miss_yang, at=TAKEN)] * 2)

    assert one == other == RosterTaking.objects.get()
    assert (Receipt.objects.count(), Person.objects.count()) == (30, 90)


def test_two_villages_that_share_a_book_get_a_run_each(miss_yang, duan):
    rosters = [deposited(miss_yang, village_of(60, seed=seed), place=f"{seed}村") for seed in (0, 1, 2)]

    found = together(*(partial(take_roster, roster_id=each.pk, by=miss_yang, at=TAKEN) for each in rosters))

    assert all(isinstance(each, RosterTaking) for each in found), found
    runs = sorted((each.first, each.last) for each in found)
    assert runs == [(1, 20), (21, 40), (41, 60)]
    numbers = [household.number for household in Household.objects.order_by("number")]
    assert numbers == [f"0001-{number:04d}" for number in range(1, 61)]


def test_one_family_in_two_villages_rosters_is_taken_by_one_of_them(miss_yang, duan):
    rosters = [deposited(miss_yang, village_of(30), place=place) for place in ("东村", "东村二组")]

    found = together(*(partial(take_roster, roster_id=each.pk, by=miss_yang, at=TAKEN) for each in rosters))

    refused = [each for each in found if isinstance(each, Refusal)]
    assert [each.code for each in refused] == ["ROSTER_CHANGED"]
    assert "不能重复参保" in str(refused[0])
    assert (Person.objects.count(), Receipt.objects.count()) == (30, 10)


def test_a_household_that_pays_at_the_counter_at_the_same_moment_pays_once(miss_yang, duan):
    for number in range(6):
        make_household(
            miss_yang, listed(f"普{'一二三四五六'[number]}", ""), listed("普", "", OTHER), moment="2016-10-20 09:00"
        )
    homes = list(Household.objects.order_by("pk"))
    people = Membership.objects.order_by("household", "pk").values_list("household", "person__name", "person__id_no")
    rows = [[str(home), "", name, number, "", "", 150, ""] for home, name, number in people]
    roster = deposited(miss_yang, rows)
    aunt = make_staff(miss_yang.office, "wang", name="王芳")

    taken, paid = together(
        partial(take_roster, roster_id=roster.pk, by=miss_yang, at=TAKEN),
        partial(pay_for, homes[3], aunt, total=300, moment=TAKEN),
    )

    assert isinstance(taken, Refusal) != isinstance(paid, Refusal)
    assert Enrollment.objects.filter(household=homes[3]).count() == 2
    assert Receipt.objects.count() == (1 if isinstance(taken, Refusal) else 6)
    assert Receipt.objects.filter(payment__household=homes[3]).get().amount == Decimal(300)


def test_a_worker_takes_the_roster_as_a_job(miss_yang, duan):
    roster = deposited(miss_yang, village_of(30))
    job = jobs.ask_for(kind="roster_taking", parameters={"roster": roster.pk}, by=miss_yang, at=TAKEN)

    assert jobs.run_next()

    job.refresh_from_db()
    assert (job.failed, job.result["persons"], job.result["amount"]) == ("", 30, "4500.00")
    assert RosterTaking.objects.get().pk == job.result["taking"]


def test_a_job_that_was_stopped_takes_nothing(miss_yang, duan):
    roster = deposited(miss_yang, village_of(30))
    job = jobs.ask_for(kind="roster_taking", parameters={"roster": roster.pk}, by=miss_yang, at=TAKEN)
    jobs.cancel(job_id=job.pk, by=miss_yang, at=TAKEN)

    jobs.run_next()

    assert not RosterTaking.objects.exists()


def test_of_two_rosters_with_the_same_person_that_agree_together_one_does(miss_yang):
    a_village()
    home(miss_yang, ("普一", ONE))
    rosters = [a_roster(miss_yang), a_roster(miss_yang, channel="school", village_code="", place="嵩阳一小")]
    for roster in rosters:
        handed_in(
            roster, miss_yang, csv_of([["姓名", "身份证号", "与户主关系", "缴费金额"], ["普一", ONE, "户主", 150]])
        )

    answers = together(*(partial(agreed, roster, miss_yang, "150.00", 1) for roster in rosters))

    (refused,) = [each for each in answers if isinstance(each, Refusal)]
    assert [reason.code for reason in refused.reasons] == ["DUPLICATE"]
    assert RosterAgreement.objects.count() == 1
