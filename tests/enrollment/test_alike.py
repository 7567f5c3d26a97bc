"""Households decided by their key get the very answer of `assess`: amounts, days, and every sentence with its names."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.dates import SHANGHAI
from enrollment.rules.alike import Alike
from enrollment.rules.assess import assess
from enrollment.rules.facts import Certification, Household, Hukou, Member
from enrollment.rules.source import read_ruleset
from tests.enrollment.rule_facts import at, lianyungang, ruleset, rural, urban
from tests.enrollment.test_other_shapes import aged_on_the_last_day
from tests.enrollment.test_rule_properties import certifications, members

MOMENTS = {
    ("lianyungang", 2008): ("2007-09-10", "2007-10-25", "2008-03-01"),
    ("songming", 2017): ("2016-10-01", "2016-11-01", "2017-02-22 17:00", "2017-02-23", "2017-05-01"),
    ("national-2025", 2025): ("2024-11-01", "2025-03-01"),
}
questions = st.sampled_from([(code, year, at(text)) for (code, year), texts in MOMENTS.items() for text in texts])
called = st.sampled_from(["张三", "李四", "本户", "成员A", "", "本", "r001"])
dated = st.builds(
    lambda each, until: replace(each, valid_until=until),
    certifications,
    st.none() | st.dates(date(2007, 1, 1), date(2017, 6, 1)),
)
people = st.builds(
    lambda member, name, certificates, papers: replace(member, name=name, certifications=certificates, papers=papers),
    members,
    called,
    st.lists(dated, max_size=2).map(tuple),
    st.none() | st.just(frozenset({"id_card"})),
)
moments = st.datetimes(datetime(2007, 8, 1), datetime(2017, 4, 1)).map(lambda m: m.replace(tzinfo=SHANGHAI))  # noqa: DTZ001
REFS = ("9", "10", "100", "B", "A")


@st.composite
def asked(draw: Any) -> tuple[Household, dict[str, Any]]:
    """A household as `assess` is asked about it, with the moments of registration and verification."""
    refs = draw(st.permutations(REFS))
    own = [replace(each, ref=ref) for each, ref in zip(draw(st.lists(people, max_size=4)), refs, strict=False)]
    household = Household(
        members=tuple(own),
        certifications=draw(st.lists(dated, max_size=1).map(tuple)),
        papers=draw(st.none() | st.just(frozenset())),
        overrides=draw(st.sampled_from([frozenset(), frozenset({"HOUSEHOLD_INCOMPLETE", "CERTIFICATE_EXPIRED"})])),
    )
    given_moments = {name: draw(st.none() | moments) for name in ("registered_at", "verified_at")}
    return household, given_moments


def cousins(household: Household) -> list[Household]:
    """The household under other names and refs, and born a little later: most of them share its key."""
    names = {member.name: f"王{number}" for number, member in enumerate(household.members)}
    renamed = [replace(m, ref=f"{m.ref}0", name=names[m.name]) for m in household.members]
    twins = [replace(m, name="同名") for m in household.members]
    younger = [replace(m, birth_date=m.birth_date and m.birth_date + timedelta(days=40)) for m in household.members]
    return [replace(household, members=tuple(each)) for each in (renamed, twins, younger)]


@given(questions, st.lists(asked(), min_size=1, max_size=4), st.sampled_from(["counter", "village"]))
def test_a_household_decided_by_its_key_is_told_what_assess_tells_it(question, households, channel):
    code, year, moment = question
    alike = Alike(ruleset=ruleset(code), coverage_year=year, at=moment, channel=channel)

    for household, told in households:
        for each in (household, *cousins(household)):
            plain = assess(each, ruleset=ruleset(code), coverage_year=year, at=moment, channel=channel, **told)

            assert alike.decide(each, **told) == plain


def test_a_village_of_families_needs_few_decisions():
    alike = Alike(ruleset=ruleset("songming"), coverage_year=2017, at=at("2016-11-01"))
    born = [date(1935, 1, 1) + timedelta(days=97 * number) for number in range(280)]

    for number in range(len(born) - 3):
        family = tuple(rural(f"{number}-{n}", name=f"人{number}", birth_date=born[number + n]) for n in range(3))
        assert alike.decide(Household(family)).payable == 450

    assert len(alike.known) < 20


def test_ages_on_a_day_of_the_coverage_year_are_told_apart():
    aged = read_ruleset(aged_on_the_last_day())
    moment = at("2016-11-01")
    alike = Alike(ruleset=aged, coverage_year=2017, at=moment)
    family = [Household((rural(birth_date=date(1999, 1, 1) + timedelta(days=n)),)) for n in range(0, 800, 7)]

    assert all(alike.decide(each) == assess(each, ruleset=aged, coverage_year=2017, at=moment) for each in family)
    assert len(alike.known) < 5


def test_the_names_of_those_left_out_are_their_own():
    alike = Alike(ruleset=ruleset("lianyungang"), coverage_year=2008, at=at("2007-10-25"))
    families = [("张三", "李四"), ("王五", "赵六"), ("本户", "本户")]

    found = [
        alike.decide(Household((urban("A", name=one), urban("B", name=two, applying=False)))) for one, two in families
    ]

    assert [each.refusals[0].text[:2] for each in found] == ["李四", "赵六", "本户"]
    assert found[0].missing_members == ("B",)
    assert found[0] == lianyungang(urban("A", name="张三"), urban("B", name="李四", applying=False))


def test_a_listed_person_too_young_is_told_the_own_age():
    alike = Alike(ruleset=ruleset("songming"), coverage_year=2017, at=at("2016-11-01"))
    listed = Certification(category="low_income_elder", on_funder_list=True)

    found = [
        alike.decide(
            Household((Member("A", Hukou("530127", "urban"), birth_date=date(born, 1, 1), certifications=(listed,)),))
        )
        for born in (1990, 1980)
    ]

    assert ["满26周岁" in str(each) for each in found] == [True, False]
    assert "满36周岁" in str(found[1])
