"""累计: the sums are what counting anew gives, whatever comes, goes, is corrected or folded, also side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from enrollment.models import Enrollment
from households.models import Household, Person
from households.services import update_person
from payments.models import Receipt
from payments.services import cancel_sponsored, reverse_receipt, void_receipt
from reports.auditing import differences, fold, refill
from reports.figures import FIGURES, count_at, figures_of, read_figures
from reports.models import DaySum, PlaceSum, Tally
from reports.plain import PLAIN, parameters
from tests.acting import as_owner
from tests.builders import at
from tests.payments.funding_builders import COUNTY, enrolled
from tests.payments.money_builders import settle
from tests.reports.conftest import TOWN
from tests.reports.test_progress_rules import TARGET

pytestmark = pytest.mark.usefixtures("rulesets")
NOW = at("2016-11-08 09:00")


def both(division: str = COUNTY, target=TARGET):
    """The figures from the sums, and counted anew."""
    given = parameters(division, 2017, at=NOW, target=target, digits=9)
    return read_figures(FIGURES, given), read_figures(PLAIN, given)


def exact() -> bool:
    kept, anew = both()
    return kept == anew and both(target=None)[0] == both(target=None)[1] and not list(differences())


def test_who_is_enrolled_is_counted_at_once_and_folded_as_the_day_is_closed(boss, miss_yang):
    enrolled(miss_yang, "", "dibao")
    assert (Tally.objects.count(), PlaceSum.objects.count(), exact()) == (2, 0, True)

    settle(miss_yang, day="2016-11-01")

    assert (Tally.objects.count(), PlaceSum.objects.count(), DaySum.objects.count(), exact()) == (0, 2, 1, True)
    assert figures_of(COUNTY, 2017, at=NOW, target=TARGET).whole.enrolled == 2


def test_a_household_that_departments_pay_for_counts_without_money(boss, miss_yang):
    enrolled(miss_yang, "dibao", "severe_disability")

    found = both()[0].whole

    assert (found.enrolled, found.paid, found.sponsored, found.payable_amount, exact()) == (2, 0, 2, 0, True)


@pytest.mark.parametrize("folded", [False, True], ids=["未汇总", "已汇总"])
def test_what_is_voided_cancelled_or_reversed_goes_again(boss, miss_yang, second, folded):
    enrolled(miss_yang, "", name="赵")
    gone = enrolled(miss_yang, "", name="钱")
    free = enrolled(miss_yang, "dibao", name="孙")
    if folded:
        settle(miss_yang, day="2016-11-01")
    receipt = Receipt.objects.get(payment__household=gone)
    given = {"receipt_id": receipt.pk, "reason": "误收", "by": boss, "at": at("2016-11-03 10:00")}
    if folded:
        reverse_receipt(**given, means="cash", payee="钱一", clerk=miss_yang)
    else:
        void_receipt(**given)
    cancel_sponsored(household_id=free.pk, coverage_year=2017, reason="重复", by=boss, at=at("2016-11-04 10:00"))

    found = figures_of(COUNTY, 2017, at=NOW, target=TARGET)

    assert (found.whole.enrolled, found.gone[date(2016, 11, 3)].enrolled, exact()) == (1, 1, True)
    assert count_at(TOWN, 2017, at=at("2016-11-02 23:00"), target=TARGET).enrolled == 3
    assert count_at(TOWN, 2017, at=at("2016-11-03 23:00"), target=TARGET).enrolled == 2


@pytest.mark.parametrize("folded", [False, True], ids=["未汇总", "已汇总"])
def test_a_corrected_hukou_moves_what_was_counted_cancelled_or_not(boss, miss_yang, folded):
    enrolled(miss_yang, "", "dibao")
    again = enrolled(miss_yang, "", name="李")
    receipt = Receipt.objects.get(payment__household=again)
    void_receipt(receipt_id=receipt.pk, reason="误收", by=boss, at=at("2016-11-01 11:00"))
    if folded:
        fold()

    Person.objects.filter(memberships__household=again).update(hukou_kind="urban")
    Person.objects.filter(name="普一").update(hukou_division="530328")
    Person.objects.filter(name="普二").update(phone="13800000000")

    assert ((both()[0].whole.enrolled, both()[0].whole.others), exact()) == ((1, 1), True)


def test_who_moves_to_another_village_stays_where_she_was_enrolled(boss, miss_yang):
    household = enrolled(miss_yang, "")
    fold()
    before = both()[0].places

    Household.objects.filter(pk=household.pk).update(division_code="530127001002")
    Person.objects.update(division_code="530127001002")

    assert (both()[0].places, exact()) == (before, True)


def test_rows_written_in_sets_are_counted_as_well(boss, miss_yang):
    first = Enrollment.objects.get(assessment__household=enrolled(miss_yang, ""))
    connection.check_constraints()
    with put_aside(), connection.cursor() as cursor:
        columns = [each.column for each in Enrollment._meta.concrete_fields]
        values = [{"id": "id + 1000 + n", "coverage_year": "2100 + n"}.get(each, each) for each in columns]
        cursor.execute(
            f"INSERT INTO enrollment_enrollment ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
            "FROM enrollment_enrollment, generate_series(1, 50) n WHERE id = %s",
            [first.pk],
        )

    assert (Tally.objects.count(), exact()) == (51, True)


def test_what_was_written_past_the_database_is_named_and_made_anew(boss, miss_yang):
    enrolled(miss_yang, "")
    fold()
    said = StringIO()

    with as_owner():  # whose command it is
        PlaceSum.objects.update(persons=7)
        DaySum.objects.update(payable_amount=1)
        with pytest.raises(SystemExit):
            call_command("audit_reports", stdout=said)
        call_command("audit_reports", "--refill", stdout=said)

    lines = said.getvalue().splitlines()
    assert "各村累计 530127001" in lines[0]
    assert "人数应为1，实为7" in lines[0]
    assert "个人缴费应为150.00，实为1.00" in lines[1]
    assert lines[-1].startswith("全部相符")
    assert exact()


def test_making_the_sums_anew_changes_nothing_that_was_right(boss, miss_yang):
    enrolled(miss_yang, "", "dibao")
    before = both()[0]

    with as_owner():
        refill()

    assert both()[0] == before
    assert Tally.objects.count() == 0


def apart(*works) -> None:
    """Each in a thread and connection of its own."""

    def run(work) -> None:
        work()
        connections.close_all()

    threads = [Thread(target=run, args=[each]) for each in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def within(seconds: int, work) -> None:
    """In another connection, which gives up rather than wait."""

    def run() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{seconds}s'")
            work()
        done.append(True)

    done: list[bool] = []
    apart(run)
    assert done


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_day_that_is_being_closed(boss, miss_yang):
    enrolled(miss_yang, "", name="赵")
    other = enrolled(miss_yang, "dibao", name="钱")
    with transaction.atomic():
        assert fold() == 2

        within(2, lambda: enrolled(boss, "", name="孙"))
        within(2, fold)
        within(2, lambda: Enrollment.objects.filter(household=other).update(cancelled_at=NOW, cancelled_by=boss))

    assert (Tally.objects.count(), exact()) == (2, True)


@pytest.mark.django_db(transaction=True)
def test_a_hukou_that_is_corrected_while_its_person_is_enrolled_is_counted_once(boss, miss_yang):
    """Whoever comes second waits and sees what the other one wrote, in either order."""
    household = enrolled(miss_yang, "")
    Enrollment.objects.update(cancelled_at=NOW, cancelled_by=boss)
    person = Person.objects.get(memberships__household=household)
    columns = [each.column for each in Enrollment._meta.concrete_fields]

    def enrol(year: int) -> None:
        values = [
            {"id": f"{year}", "coverage_year": f"{year}", "cancelled_at": "NULL", "cancelled_by_id": "NULL"}.get(x, x)
            for x in columns
        ]
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(
                f"INSERT INTO enrollment_enrollment ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
                "FROM enrollment_enrollment ORDER BY id LIMIT 1"
            )

    def correct(kind: str) -> None:
        Person.objects.filter(pk=person.pk).update(hukou_kind=kind)

    with put_aside():
        for first, later in (
            (lambda: enrol(2101), lambda: correct("urban")),
            (lambda: correct("rural"), lambda: enrol(2102)),
        ):
            waiting = Thread(target=lambda work=later: (work(), connections.close_all()))
            with transaction.atomic():
                first()
                waiting.start()
                waiting.join(0.5)
                assert waiting.is_alive()
            waiting.join(30)

            assert not list(differences())


@contextmanager
def put_aside() -> Iterator[None]:
    """Without the checks that a made-up enrolment would not pass; what keeps the sums stays."""
    checks = "tgrelid = 'enrollment_enrollment'::regclass AND NOT tgisinternal AND tgname LIKE 'pgtrigger%%'"
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SELECT tgname FROM pg_trigger WHERE {checks}")  # noqa: S608
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            cursor.execute(f'ALTER TABLE enrollment_enrollment DISABLE TRIGGER "{name}"')
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f'ALTER TABLE enrollment_enrollment ENABLE TRIGGER "{name}"')


def test_a_correction_through_the_service_is_counted(boss, miss_yang):
    household = enrolled(miss_yang, "")
    person = Person.objects.get(memberships__household=household)

    update_person(person_id=person.pk, changes={"hukou_kind": "urban"}, by=miss_yang, at=NOW)

    assert ((both()[0].whole.enrolled, both()[0].whole.others), exact()) == ((0, 1), True)
