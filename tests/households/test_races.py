"""Races on real PostgreSQL: many clerks at once, one household per person, no number twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from common.decision import Refusal
from common.relations import HEAD
from households.drafts import HouseholdDraft
from households.models import Household, Membership, Person
from households.services import add_member, register_household
from offices.models import Staff
from tests.builders import at, household_draft, id_number, make_household, make_office, make_staff, member

WRITERS = 8
MORNING = at("2007-10-25 09:00")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerks() -> list[Staff]:
    office = make_office()
    return [make_staff(office, f"clerk{number}") for number in range(WRITERS)]


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """The tasks' answers, or their refusals; all start together, each on its own connection."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return task()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def registering(draft: HouseholdDraft, clerk: Staff) -> Callable[[], Household]:
    return lambda: register_household(draft=draft, by=clerk, at=MORNING)


def test_a_person_registered_by_all_clerks_at_once_is_in_one_household(clerks: list[Staff]):
    number = id_number()
    drafts = [household_draft(member("张建国", HEAD, id_no=number)) for _ in clerks]

    answers = at_once(*(registering(draft, clerk) for draft, clerk in zip(drafts, clerks, strict=True)))

    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refusals) == WRITERS - 1
    assert all("已有登记" in str(refusal) or "一人只能属于一户" in str(refusal) for refusal in refusals)
    assert Household.objects.count() == Person.objects.count() == Membership.objects.count() == 1


def test_somebody_without_a_household_is_taken_in_by_one_only(clerks: list[Staff]):
    leaver = member("钱多多", HEAD)
    household = make_household(clerks[0], leaver)
    Membership.objects.update(ends_on="2007-10-25")
    drafts = [household_draft(leaver) for _ in clerks]

    answers = at_once(
        *(
            lambda draft=draft, clerk=clerk: register_household(draft=draft, by=clerk, at=at("2007-10-26 09:00"))
            for draft, clerk in zip(drafts, clerks, strict=True)
        )
    )

    assert sum(isinstance(answer, Household) for answer in answers) == 1
    assert Membership.objects.filter(ends_on=None).exclude(household=household).count() == 1
    assert Person.objects.count() == 1


def test_household_numbers_have_no_gap_and_no_twin(clerks: list[Staff]):
    make_household(clerks[0], member("已在", HEAD, id_no=id_number(serial=0)))
    taken = household_draft(member("已在", HEAD, id_no=id_number(serial=0)))
    drafts = [household_draft(member(f"新{sign}", HEAD)) for sign in "甲乙丙丁戊己庚辛"]
    tasks = [registering(draft, clerk) for draft, clerk in zip(drafts, clerks, strict=True)]

    at_once(
        *(task for draft, task in zip(drafts, tasks, strict=True) for task in (registering(taken, clerks[0]), task))
    )

    numbers = sorted(Household.objects.values_list("number", flat=True))
    assert numbers == [f"0001-{serial:04d}" for serial in range(1, WRITERS + 2)]


def test_two_clerks_add_the_same_child_once(clerks: list[Staff]):
    household = make_household(clerks[0])
    child = member("王小宝", "20", born="2007-01-01")

    answers = at_once(
        *(
            lambda clerk=clerk: add_member(household_id=household.pk, draft=child, by=clerk, at=MORNING)
            for clerk in clerks
        )
    )

    assert sum(isinstance(answer, Membership) for answer in answers) == 1
    assert household.memberships.count() == 2
