"""待遇等待期: what holds for whoever broke the cover, however long and however much was paid back."""

from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from enrollment.rules.facts import Hukou, Member
from enrollment.rules.source import read_ruleset
from enrollment.rules.waiting import broken_years, waiting_months

NATIONAL = read_ruleset((Path(__file__).parents[2] / "enrollment" / "rulesets" / "national-2025.toml").read_text())
YEAR = 2026
YEARS = st.sets(st.integers(2005, YEAR - 1), max_size=12).map(frozenset)


def months(covered: frozenset[int], repaid: frozenset[int], *, late: bool) -> int:
    person = Member("A", Hukou("320705", "urban"), birth_date=date(1970, 1, 1))
    member = Member(person.ref, person.hukou, birth_date=person.birth_date, covered_years=covered, repaid_years=repaid)
    found = waiting_months(member, ruleset=NATIONAL, coverage_year=YEAR, late=late)
    return found[0] if found else 0


@given(YEARS, YEARS, st.integers(2005, YEAR - 1), st.booleans())
def test_paying_back_a_year_never_lengthens_the_wait(covered, repaid, another, late):
    assert months(covered, repaid | {another}, late=late) <= months(covered, repaid, late=late)


@given(st.integers(2005, YEAR - 5), YEARS, st.booleans())
def test_four_broken_years_or_more_never_wait_less_than_six_months(last, repaid, late):
    assert months(frozenset({last}), repaid, late=late) >= 6


@given(YEARS, st.booleans())
def test_one_more_covered_year_just_before_never_lengthens_the_wait(covered, late):
    assert months(covered | {YEAR - 1}, frozenset(), late=late) <= months(covered, frozenset(), late=late)


@given(YEARS, YEARS)
def test_being_late_never_shortens_the_wait_and_always_costs_the_fixed_part(covered, repaid):
    assert months(covered, repaid, late=True) >= max(3, months(covered, repaid, late=False))


@given(YEARS)
def test_whoever_never_broke_and_comes_in_time_does_not_wait(covered):
    member = Member("A", Hukou("320705", "urban"), covered_years=covered | {YEAR - 1})

    assert broken_years(member, coverage_year=YEAR) == 0
    assert months(member.covered_years, frozenset(), late=False) == 0
