"""续保预核: decided in sets, everybody gets the answer that deciding one by one gives."""

from datetime import date, timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from common.decision import Refusal
from enrollment.facts import read_households
from enrollment.models import ContributionPeriod, Override, PreparedAssessment, Verification
from enrollment.preparing import answers_of, prepare_renewal
from enrollment.services import load_ruleset, verify_papers
from households.models import Certification, Household, Membership, OtherCover, Paper, Person, RepaidYear
from offices.models import Act, Office, Staff
from tests.acting import as_owner
from tests.builders import at
from tests.enrollment.test_other_shapes import aged_on_the_last_day
from tests.payments.conftest import book, rulesets, take  # noqa: F401 - two fixtures
from tests.payments.many import make_couples

NOW = at("2016-11-08 09:00")


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker):
    """900 invented persons of 嵩明, and then all kinds of facts strewn over them."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO=True):
        with as_owner():  # as the command is
            call_command("make_county", persons=900, seed=11, verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        office = Office.objects.get(code="SM-530127201")
        strew(office, Random(3))
        yield office
        transaction.set_rollback(True)


def strew(office, rng):
    clerk = Staff.objects.filter(office=office, role="clerk").first()
    people = list(Person.objects.filter(division_code__startswith=office.division_code))
    period = ContributionPeriod.objects.get(ruleset__code="songming", coverage_year=2017)

    def some(count):
        return rng.sample(people, count)

    births = [date(y, m, d) for y in (1956, 1998, 2016, 2014) for m, d in ((11, 7), (11, 8), (11, 9), (8, 31), (9, 1))]
    for person in some(120):
        Person.objects.filter(pk=person.pk).update(birth_date=rng.choice(births) + timedelta(days=rng.randint(-1, 1)))
    for person in some(30):
        Person.objects.filter(pk=person.pk).update(
            died_on=rng.choice((date(2016, 11, 8), date(2016, 11, 9), date(2016, 5, 1)))
        )
    for person in some(40):
        Person.objects.filter(pk=person.pk).update(
            residence_holder="self",
            residence_kind="居住证",
            residence_number="1",
            residence_valid_to=rng.choice((None, date(2016, 11, 7), date(2016, 11, 8))),
            hukou_division="520102",
        )
    Person.objects.filter(pk__in=[person.pk for person in some(20)]).update(in_employee_scope=True)
    employed = set(OtherCover.objects.values_list("person", flat=True))
    for person in some(60):
        if person.pk not in employed:
            end = rng.choice((date(2016, 9, 30), date(2016, 12, 31), date(2015, 3, 1), None))
            OtherCover.objects.create(
                person=person, kind=rng.choice(("employee", "nrcms")), division="530100", ends_on=end
            )
    held = set(Certification.objects.values_list("person", "category"))
    for person in some(60):
        category = rng.choice(("low_income_minor", "low_income_elder", "two_daughters"))
        if (person.pk, category) not in held:
            Certification.objects.create(
                person=person,
                category=category,
                kind="部门名单",
                funder_list="名单",
                valid_to=rng.choice((None, date(2016, 11, 7), date(2016, 11, 8))),
                claimed=rng.random() < 0.8,
            )
    strew_over_households(office, rng, clerk, period)
    for person in some(15):
        RepaidYear.objects.create(
            person=person,
            coverage_year=2015,
            paid_on=rng.choice((date(2016, 11, 8), date(2016, 11, 9))),
            evidence="票据1",
            recorded_by=clerk,
            recorded_at=NOW,
        )


def strew_over_households(office, rng, clerk, period):
    ids = list(Household.objects.filter(office=office).values_list("pk", flat=True))
    for household in rng.sample(ids, 30):
        Certification.objects.create(household_id=household, category="dibao", kind="低保证", funder_list="名单")
    for household in rng.sample(ids, 30):
        Override.objects.create(
            household_id=household, period=period, code="employee_scope", reason="演示", by=clerk, at=NOW
        )
    Paper.objects.filter(household__in=rng.sample(ids, 40)).delete()
    for household in rng.sample(ids, 20):
        Verification.objects.create(household_id=household, period=period, verified_at=at("2016-10-20 10:00"), by=clerk)
    for membership in rng.sample(
        list(Membership.objects.exclude(relation="02").exclude(starts_on__gt=date(2016, 10, 1))), 20
    ):
        Membership.objects.filter(pk=membership.pk).update(
            ends_on=rng.choice((date(2016, 11, 7), date(2016, 11, 8), date(2016, 11, 9)))
        )


def one_by_one(office, year, moment):
    ids = Household.objects.filter(office=office, closed_at=None).values_list("pk", flat=True)
    found = {}
    for facts in read_households(ids, coverage_year=year, at=moment).values():
        answers = dict(answers_of(facts, moment))
        for place, member in enumerate(facts.members, start=1):
            if place in answers:
                found[member.person_id] = answers[place]
    return found


def in_sets(year):
    names = ("is_due", "attention", "codes", "category", "category_name", "standard", "payable", "sponsored", "funder")
    rows = PreparedAssessment.objects.filter(coverage_year=year).values_list(
        "person", *(f"outcome__{n}" for n in names)
    )
    return {person: dict(zip(names, rest, strict=True)) for person, *rest in rows}


def told(answers):
    return {
        person: {
            name: list(value) if name == "codes" else value
            for name, value in ((n, getattr(answer, n)) for n in answer.__dataclass_fields__)
        }
        for person, answer in answers.items()
    }


@pytest.mark.parametrize(
    "moment",
    [at("2016-11-08 09:00"), at("2016-09-20 09:00"), at("2017-02-23 17:30")],
    ids=["缴费期内", "开始前", "截止后"],
)
def test_everybody_gets_the_answer_of_deciding_one_by_one(county, moment):
    boss = Staff.objects.get(office=county, role="supervisor")

    found = prepare_renewal(offices=[county], coverage_year=2017, by=boss, at=moment)

    expected = told(one_by_one(county, 2017, moment))
    assert in_sets(2017) == expected
    assert found.persons == len(expected)
    assert found.keys < found.persons


def test_ages_on_a_day_of_the_coverage_year_are_told_apart(county):
    boss = Staff.objects.get(office=county, role="supervisor")
    with transaction.atomic():
        load_ruleset(text=aged_on_the_last_day(), by=None, at=NOW)

        prepare_renewal(offices=[county], coverage_year=2017, by=boss, at=NOW)

        expected = told(one_by_one(county, 2017, NOW))
        assert in_sets(2017) == expected
        assert "minor" in {row["category"] for row in expected.values()}
        transaction.set_rollback(True)


def test_a_second_run_replaces_the_first_and_is_logged(county):
    boss = Staff.objects.get(office=county, role="supervisor")
    prepare_renewal(offices=[county], coverage_year=2017, by=boss, at=NOW)
    first = in_sets(2017)
    Person.objects.filter(pk=next(pk for pk, row in first.items() if row["payable"])).update(died_on=date(2016, 11, 1))

    again = prepare_renewal(offices=[county], coverage_year=2017, by=boss, at=NOW)

    assert again.persons == len(first) - 1 == PreparedAssessment.objects.count()
    assert Act.objects.filter(verb="prepare_renewal").latest("pk").detail == {"year": 2017, "persons": again.persons}


def test_a_year_without_a_published_standard_is_refused(county):
    boss = Staff.objects.get(office=county, role="supervisor")

    with pytest.raises(Refusal, match="2031年度"):
        prepare_renewal(offices=[county], coverage_year=2031, by=boss, at=NOW)


def test_other_rules_are_prepared_as_well(aunt_liu, mr_chen, zhang_household, rulesets, book):  # noqa: F811
    households = make_couples(aunt_liu, 5)
    moment = at("2007-10-25 10:00")
    take(Household.objects.get(pk=households[0]), aunt_liu, "240.00")
    verify_papers(household_id=households[1], coverage_year=2008, by=aunt_liu, at=moment)

    prepare_renewal(offices=[aunt_liu.office], coverage_year=2008, by=mr_chen, at=moment)

    assert in_sets(2008) == told(one_by_one(aunt_liu.office, 2008, moment))
