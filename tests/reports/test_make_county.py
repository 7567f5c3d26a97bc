"""造县: an invented county keeps every promise of the database, and nobody in it can be anybody."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, Q
from django.test import override_settings

from common.decision import Refusal
from common.idcard import parse_id_number
from enrollment.facts import read_households
from enrollment.models import Enrollment
from households.models import Household, Person
from households.search import search
from offices.models import Office, Staff
from payments.auditing.run import audit
from payments.models import Receipt
from payments.services import take_payment
from reports.county.making import make_county
from tests.acting import as_owner
from tests.builders import make_household

PERSONS = 400


def shape():
    """All constraints, indexes and triggers of the database, and whether the triggers fire."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace
            UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
        """)
        return set(cursor.fetchall())


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker):
    """400 persons with their history, made once for the tests of this file; the database's shape before and after."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO=True):
        before = shape()
        with as_owner():  # as the command is
            call_command("make_county", persons=PERSONS, seed=7, verbosity=0)
        yield before, shape()
        transaction.set_rollback(True)


def households():
    return Household.objects.filter(office__code__startswith="SM-530127201")


def test_the_county_has_exactly_as_many_persons_each_in_a_household_with_a_head(county):
    assert Person.objects.count() == PERSONS
    heads = Count("memberships", filter=Q(memberships__relation="02"))
    assert set(households().annotate(heads=heads).values_list("heads", flat=True)) == {1}


def test_every_number_passes_the_check_and_carries_a_division_that_was_never_given(county):
    for number, sex, born in Person.objects.values_list("id_no", "sex", "birth_date"):
        read = parse_id_number(number, today=None)
        assert (read.sex, read.birth_date) == (sex, born)
        assert read.division in {"530197", "530198", "530199"}


def test_every_sum_of_the_history_holds(county):
    assert audit().findings == ()
    assert Receipt.objects.count() > 200
    assert set(Enrollment.objects.values_list("coverage_year", flat=True)) == {2014, 2015, 2016}
    assert Enrollment.objects.filter(sponsored__gt=0).exists()


def test_constraints_indexes_and_triggers_are_afterwards_what_they_were_before(county):
    before, after = county

    assert before ^ after == set()


def test_the_rules_can_decide_every_household_and_most_may_pay_again(county):
    office = Office.objects.get(code="SM-530127201")
    ids = list(households().values_list("pk", flat=True))

    decisions = [
        each.decide(at=office.demo_moment)
        for each in read_households(ids, coverage_year=2017, at=office.demo_moment).values()
    ]

    assert len(decisions) == len(ids)
    assert sum(decision.eligible for decision in decisions) > 0.8 * len(ids)
    assert {member.charge.category for each in decisions for member in each.applicants if member.charge} > {
        "general",
        "dibao",
    }


def test_a_clerk_of_the_county_finds_a_household_and_takes_its_money(county):
    office = Office.objects.get(code="SM-530127201")
    clerk = Staff.objects.filter(office=office, role="clerk").first()
    head = households().filter(memberships__relation="02").values_list("memberships__person__id_no", "pk")
    facts = read_households([pk for _, pk in head], coverage_year=2017, at=office.demo_moment)
    number, pk = next(row for row in head if facts[row[1]].decide(at=office.demo_moment).payable > 0)
    due = facts[pk].decide(at=office.demo_moment).payable

    (hit,) = search(number, staff=clerk).hits
    taken = take_payment(
        household_id=hit.household_id,
        coverage_year=2017,
        key=uuid4(),
        expected_total=due,
        tendered=None,
        means="cash",
        by=clerk,
        at=office.demo_moment,
    )

    assert taken.amount == due > Decimal(0)


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_people(settings):
    settings.DEMO = True

    def made(seed):
        with transaction.atomic():
            with as_owner():
                make_county(persons=120, seed=seed)
            people = list(Person.objects.order_by("pk").values_list("name", "id_no", "division_code", "phone"))
            transaction.set_rollback(True)
        return people

    assert made(5) == made(5) != made(6)


@pytest.mark.django_db
def test_a_database_with_real_people_is_refused(aunt_liu, settings):
    settings.DEMO = True
    make_household(aunt_liu)

    with pytest.raises(CommandError, match="不是演示机构"):
        call_command("make_county", persons=PERSONS, verbosity=0)


@pytest.mark.django_db
def test_outside_the_demonstration_mode_no_county_is_made(settings):
    settings.DEMO = False

    with pytest.raises(Refusal, match="演示模式"):
        make_county(persons=PERSONS, seed=1)


def test_a_second_county_is_refused(county):
    with override_settings(DEMO=True), pytest.raises(Refusal, match="已经造过"):
        make_county(persons=PERSONS, seed=1)
