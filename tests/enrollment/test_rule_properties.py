"""What must hold of every decision, whoever asks: properties over invented households."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from common.dates import SHANGHAI
from enrollment.rules.assess import assess
from enrollment.rules.decision import HouseholdDecision
from enrollment.rules.facts import (
    Certification,
    Disability,
    EndedCover,
    Household,
    Hukou,
    Member,
    OtherCover,
    Student,
)
from tests.enrollment.rule_facts import ruleset

YEARS = {"lianyungang": (2008, 2009, 2010), "songming": (2017,)}
codes = st.sampled_from(sorted(YEARS))
hukou = st.builds(
    Hukou,
    st.sampled_from(["320705", "320703", "530127", "530127102003", "320102"]),
    st.sampled_from(["urban", "rural", "converted"]),
)
kinds = ["肢体", "智力", "精神", "视力", "听力", "言语", "多重"]
single = st.builds(Disability, st.sampled_from(kinds[:-1]), st.sampled_from([1, 2, 3, 4, None]))
disabilities = st.builds(
    Disability, st.sampled_from(kinds), st.sampled_from([1, 2, 3, 4, None]), st.lists(single, max_size=2).map(tuple)
)
names = ["", "低保户", "特困户", "城乡低保对象", "城乡重度残疾人", "农村独生子女父母", "农村五保供养对象", "无此类别"]
certifications = st.builds(
    Certification,
    category=st.sampled_from(names),
    disability=st.none() | disabilities,
    original_seen=st.booleans(),
    copy_kept=st.booleans(),
    on_funder_list=st.booleans(),
)
proven = certifications.map(lambda each: replace(each, original_seen=True, copy_kept=True))
members = st.builds(
    Member,
    ref=st.just("?"),
    hukou=hukou,
    applying=st.booleans(),
    birth_date=st.none() | st.dates(date(1930, 1, 1), date(2017, 6, 1)),
    certifications=st.lists(certifications, max_size=2).map(tuple),
    insured_elsewhere=st.none() | st.builds(OtherCover, st.sampled_from(["employee", "nrcms"]), st.booleans()),
    employee_cover=st.none()
    | st.builds(
        EndedCover, st.dates(date(2007, 1, 1), date(2017, 8, 1)), st.sampled_from(["530100", "530300", "320700"])
    ),
    in_employee_scope=st.booleans(),
    residence_certificate=st.booleans(),
    student=st.none() | st.builds(Student, st.sampled_from(["中专", "大学", "小学"]), st.booleans()),
    photos=st.integers(0, 3),
    covered_years=st.sets(st.integers(2005, 2017), max_size=3).map(frozenset),
)


def household_of(parts: tuple[list[Member], list[Certification]]) -> Household:
    people, papers = parts
    return Household(tuple(replace(each, ref=f"M{n}") for n, each in enumerate(people)), tuple(papers))


households = st.tuples(st.lists(members, min_size=1, max_size=5), st.lists(certifications, max_size=1)).map(
    household_of
)
moments = st.datetimes(datetime(2007, 8, 1), datetime(2017, 12, 31), timezones=st.just(SHANGHAI))  # noqa: DTZ001 the zone is given beside them


@st.composite
def local_residents(draw: st.DrawFn) -> tuple[str, Member, datetime]:
    """Who may be insured without more ado, the rule set of the place, and a moment inside one of its windows."""
    code, division = draw(st.sampled_from([("lianyungang", "320705"), ("songming", "530127")]))
    window = ruleset(code).window(draw(st.sampled_from(YEARS[code])))
    day = draw(st.integers(0, (window.pay_until - window.opens).days - 1))
    return code, Member(ref="A", hukou=Hukou(division, "urban")), window.opens + timedelta(days=day, hours=9)


def decide(household: Household, code: str, at: datetime) -> HouseholdDecision:
    year = at.year + 1 if at.month > 8 else at.year
    return assess(household, ruleset=ruleset(code), coverage_year=year, at=at)


@given(households, codes, moments)
def test_parts_make_the_standard_and_members_make_the_household(household, code, at):
    decision = decide(household, code, at)

    charges = [member.charge for member in decision.applicants if member.charge]
    assert all(charge.payable + charge.sponsored == charge.standard for charge in charges)
    assert all(charge.payable >= 0 <= charge.sponsored for charge in charges)
    assert decision.payable == sum((charge.payable for charge in charges), Decimal(0))
    assert decision.sponsored == sum((charge.sponsored for charge in charges), Decimal(0))
    assert not decision.eligible or len(charges) == len(decision.applicants)


@given(households, codes, moments, st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(household: Household, code: str, at: datetime, random: Random):
    shuffled = list(household.members)
    random.shuffle(shuffled)

    one = decide(household, code, at)
    other = decide(replace(household, members=tuple(shuffled)), code, at)

    assert {member.ref: member for member in one.members} == {member.ref: member for member in other.members}
    assert (one.payable, one.eligible, set(one.missing_members)) == (
        other.payable,
        other.eligible,
        set(other.missing_members),
    )
    assert {reason.code for reason in one.refusals} == {reason.code for reason in other.refusals}


@given(local_residents(), st.lists(certifications, max_size=3), proven)
def test_one_more_proven_certification_never_raises_a_fee(resident, before, extra):
    code, person, at = resident

    fewer = decide(Household((replace(person, certifications=tuple(before)),)), code, at)
    more = decide(Household((replace(person, certifications=(*before, extra)),)), code, at)

    assert more.payable <= fewer.payable
    assert more.eligible or not fewer.eligible or more.missing_documents


@given(local_residents(), st.lists(proven, max_size=2), certifications)
def test_one_more_certification_of_any_kind_never_makes_anybody_pay_more(resident, before, extra):
    code, person, at = resident

    fewer = decide(Household((replace(person, certifications=tuple(before)),)), code, at)
    more = decide(Household((replace(person, certifications=(*before, extra)),)), code, at)

    assert fewer.eligible
    assert more.payable <= fewer.payable


@given(
    local_residents(),
    st.none() | st.dates(date(2000, 1, 1), date(2017, 6, 1)),
    st.none() | st.dates(date(2016, 9, 1), date(2017, 3, 1)),
    st.integers(0, 300),
)
def test_a_later_payment_never_brings_an_earlier_benefit_start(resident, born, ended, days):
    code, person, paid = resident
    cover = EndedCover(ended, "530100") if ended else None
    household = Household((replace(person, birth_date=born, employee_cover=cover),))
    year = paid.year + 1 if paid.month > 8 else paid.year

    def start(moment: datetime) -> date | None:
        decision = assess(
            household, ruleset=ruleset(code), coverage_year=year, at=moment, registered_at=paid, paid_at=moment
        )
        return decision.members[0].benefit.starts_on if decision.eligible else None

    early, late = start(paid), start(paid + timedelta(days=days))

    assert early is None or late is None or early <= late
    assert days or early == late


@given(households, codes, moments)
def test_every_answer_carries_reasons_with_their_clauses(household, code, at):
    decision = decide(household, code, at)

    for member in decision.members:
        assert member.reasons or member.refusals or member.due
        assert all(reason.clause and reason.clause.article for reason in (*member.reasons, *member.refusals))
    assert all(reason.text and reason.clause for reason in decision.refusals)
