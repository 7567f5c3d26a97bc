"""花名册和名单的任务 under blows: whenever a worker is killed, the result is that of the undisturbed work.

CANBAO_FAULTS=full kills workers 20 times over 20,000 rows, each kind of job; without it 5 times over 600.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from common.decision import Refusal
from households.models import Certification, Person
from offices import jobs
from offices.models import Act, Job, Staff
from rosters.lists import job as list_job
from rosters.lists.comparing import compare
from rosters.lists.importing import withdraw_list
from rosters.models import FunderList, Roster, RosterFile, RosterTaking
from rosters.services import handing
from rosters.services.taking import take_roster
from tests.builders import make_staff
from tests.jobs_killed import workers
from tests.payments.conftest import a_book, rulesets  # noqa: F401 - fixture
from tests.rosters.deposited import HEADS, TAKEN, deposited, village_of
from tests.rosters.lists_made import NOVEMBER, draft, rows
from tests.rosters.made import csv_of
from tests.rosters.roster_builders import a_roster, a_village
from tests.rosters.test_taking_races import written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rulesets")]
ROWS, KILLS = (20_000, 20) if os.environ.get("CANBAO_FAULTS") == "full" else (600, 5)
REGISTERED = 300


@pytest.fixture
def duan(songyang):
    """The supervisor of 嵩阳街道 with a book that lasts."""
    boss = make_staff(songyang, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-16A", first=1, count=ROWS)
    return boss


@pytest.fixture(autouse=True)
def large(monkeypatch) -> None:
    """What is small here is large enough for a worker."""
    monkeypatch.setattr(handing, "AT_ONCE", 10)
    monkeypatch.setattr(list_job, "AT_ONCE_BYTES", 10)
    monkeypatch.setattr(list_job, "AT_ONCE_LINES", 10)


def undisturbed(work: Callable[[], Any], told: Callable[[], Any]) -> tuple[Any, float]:
    """What comes of a work that nobody disturbs, and its seconds; then it is rolled back."""
    with transaction.atomic():
        started = time.perf_counter()
        work()
        seconds = time.perf_counter() - started
        found = told()
        transaction.set_rollback(True)
    return found, seconds


def under_blows(
    seconds: float, again: Callable[[], Any] | None = None, *, at_table: str = "", least: int = KILLS // 2
) -> None:
    """Kill workers at random moments of the jobs that are open, until these have come to an end.

    `again` asks for the same once more where it was through before the last kill. What cannot be asked for again is
    first killed where it wants to write to `at_table`.
    """

    def within(left: int) -> float:
        """The last kills may come when the worker is through."""
        return seconds * (0.5 if left > KILLS // 4 else 1)

    hits = 0
    with workers(1, files=settings.FILES_DIR) as crew:
        if at_table:
            crew.kill_at(at_table)
            hits += 1
        while True:
            more = KILLS - hits
            hits += crew.kill_until_done(kills=more, within=within, most_seconds=300 + more * (1 + seconds) * 6)
            if hits >= KILLS or again is None:
                break
            again()
    print(f"{ROWS} rows, {seconds:.1f} s undisturbed, {hits} kills")  # noqa: T201 - shown with -s
    assert list(Job.objects.exclude(failed="").values_list("failed", flat=True)) == []
    assert hits >= (KILLS if again else least)


def read() -> list[tuple[Any, ...]]:
    """What a reading has written, without its ids."""
    file = RosterFile.objects.get(superseded_at=None)
    fields = ("position", "sheet", "row_number", "household", "name", "id_no", "payable", "accepted", "reasons")
    sums = (file.persons, file.accepted, file.households, file.payable, file.told)
    return [sums, *file.rows.order_by("position").values_list(*fields)]


def test_a_reading_is_the_same_whenever_its_worker_is_killed(miss_yang):
    a_village()
    roster: Roster = a_roster(miss_yang)
    people = village_of(ROWS)
    people[7][3] = people[4][3]
    file = handing.hand_in(
        roster_id=roster.pk, data=csv_of([HEADS, *people]), filename="东村.csv", by=miss_yang, at=TAKEN
    )
    assert file.checked_at is None
    expected, seconds = undisturbed(lambda: jobs.do(Job.objects.get().pk), read)

    def again() -> None:
        assert read() == expected
        handing.check_again(file_id=RosterFile.objects.get(superseded_at=None).pk, by=miss_yang, at=TAKEN)

    under_blows(seconds, again)

    assert read() == expected
    assert len(expected) == ROWS + 1


def test_a_taking_is_the_same_whenever_its_worker_is_killed(miss_yang, duan):
    roster = deposited(miss_yang, village_of(ROWS))
    expected, seconds = undisturbed(lambda: take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN), written)
    jobs.ask_for(kind="roster_taking", parameters={"roster": roster.pk, "book": None}, by=miss_yang, at=TAKEN)

    under_blows(seconds, at_table="households_person")

    assert written() == expected
    assert (RosterTaking.objects.count(), Person.objects.count()) == (1, ROWS)
    numbers = [number for number, *_ in written()["receipts"]]
    assert numbers == list(range(1, len(numbers) + 1))


def listed() -> dict[str, Any]:
    """What the last list has written, without its ids."""
    lines = ("row_number", "name", "id_no", "said", "category", "day", "division_code", "person__id_no", "state")
    lists = FunderList.objects.filter(withdrawn_at=None)
    found = lists.get()
    return {
        "list": (found.month, found.sha256, found.applied_at, found.columns, found.left_out),
        "lines": list(found.lines.order_by("pk").values_list(*lines)),
        "certifications": list(
            Certification.objects.order_by("person__id_no").values_list("person__id_no", "category", "valid_from")
        ),
        "acts": Act.objects.filter(verb__in=["import_list", "apply_list"], subject_id=found.pk).count(),
    }


def test_a_list_is_read_and_taken_in_the_same_whenever_its_worker_is_killed(boss, miss_yang, duan):
    people = village_of(ROWS)
    take_roster(roster_id=deposited(miss_yang, people[:REGISTERED]).pk, by=miss_yang, at=TAKEN)
    data = rows(*((name, id_no, "低保") for _, _, name, id_no, *_ in people))
    list_job.ask_import(draft=draft(data, month="2016-11-01"), by=boss, at=NOVEMBER)
    expected, seconds = undisturbed(lambda: jobs.do(Job.objects.get().pk), listed)

    def again() -> None:
        assert listed() == expected
        withdraw_list(list_id=FunderList.objects.get(withdrawn_at=None).pk, reason="再导一次", by=boss, at=NOVEMBER)
        list_job.ask_import(draft=draft(data, month="2016-11-01"), by=boss, at=NOVEMBER)

    under_blows(seconds, again)
    assert listed() == expected
    assert len(expected["lines"]) == ROWS

    found = FunderList.objects.get(withdrawn_at=None)
    list_job.ask_apply(list_id=found.pk, seen=compare(found).counts["ended"], by=boss, at=NOVEMBER)
    expected, seconds = undisturbed(lambda: jobs.do(Job.objects.get(finished_at=None).pk), listed)
    under_blows(seconds, at_table="households_certification", least=1)
    assert listed() == expected
    assert Certification.objects.count() == REGISTERED


def test_the_dead_of_a_list_are_seen_to_once_whenever_the_worker_is_killed(boss, miss_yang, duan):
    people = village_of(REGISTERED)
    take_roster(roster_id=deposited(miss_yang, people).pk, by=miss_yang, at=TAKEN)
    dead: list[list[Any]] = [
        [name, id_no, "2016-11-05"] for _, _, name, id_no, relation, *_ in people if relation != "户主"
    ]
    data = csv_of([["姓名", "身份证号", "死亡时间"], *dead])
    list_job.ask_import(draft=draft(data, kind="died", funder="", month="2016-11-01"), by=boss, at=NOVEMBER)
    assert jobs.run_next()
    found = FunderList.objects.get()

    job = list_job.ask_settle(list_id=found.pk, by=boss, at=NOVEMBER)
    assert isinstance(job, Job)
    under_blows(1, at_table="households_person", least=1)

    assert Person.objects.exclude(died_on=None).count() == len(dead)
    assert found.lines.filter(settled="已登记死亡").count() == len(dead)
    assert Act.objects.filter(verb="settle_list").count() == 1
    job.refresh_from_db()
    assert (job.result["settled"], job.result["left"]) == (len(dead), 0)


def test_a_large_list_that_is_refused_at_sight_leaves_neither_a_job_nor_bytes(boss: Staff):
    with pytest.raises(Refusal, match="最多提前一个月"):
        list_job.ask_import(draft=draft(rows(("李", "", "低保")), month="2017-03-01"), by=boss, at=NOVEMBER)

    assert not Job.objects.exists()
    assert not any(settings.FILES_DIR.iterdir())


def test_a_list_that_is_asked_for_twice_is_read_once_and_can_be_stopped(boss: Staff):
    data = rows(*((name, id_no, "低保") for _, _, name, id_no, *_ in village_of(20)))
    asked = [list_job.ask_import(draft=draft(data, month="2016-11-01"), by=boss, at=NOVEMBER) for _ in range(2)]
    assert asked[0] == asked[1]
    assert isinstance(asked[0], Job)

    jobs.cancel(job_id=asked[0].pk, by=boss, at=NOVEMBER)
    jobs.run_next()
    assert not FunderList.objects.exists()

    jobs.ask_again(job_id=asked[0].pk, by=boss, at=NOVEMBER)
    assert jobs.run_next()
    assert FunderList.objects.get().lines.count() == 20
