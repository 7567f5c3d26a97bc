"""Facts written down as a case are the same facts when they are read again; nothing else goes along."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.case_writing import LETTERS, case_json
from enrollment.cases import read_case
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
from tests.enrollment.rule_facts import at, ruleset

DAYS = st.dates(date(1930, 1, 1), date(2030, 1, 1))
YEARS = st.frozensets(st.integers(1990, 2030), max_size=4)
PLACES = st.sampled_from(["", "320705", "530127"])
PAPERS = st.none() | st.frozensets(st.sampled_from(["id_card", "hukou_book"]))
PARTS = st.builds(Disability, st.sampled_from(["肢体", "听力"]), st.none() | st.integers(1, 4))
CERTIFICATIONS = st.lists(
    st.builds(
        Certification,
        category=st.sampled_from(["", "低保户"]),
        disability=st.none() | st.builds(Disability, st.just("多重"), st.none() | st.integers(1, 4), st.tuples(PARTS)),
        original_seen=st.booleans(),
        copy_kept=st.booleans(),
        on_funder_list=st.booleans(),
        issued_by_division=PLACES,
        valid_until=st.none() | DAYS,
    ),
    max_size=3,
).map(tuple)
MEMBERS = st.builds(
    Member,
    ref=st.just("A"),
    hukou=st.builds(Hukou, st.sampled_from(["320705", "530127"]), st.sampled_from(["urban", "rural", "converted"])),
    applying=st.booleans(),
    birth_date=st.none() | DAYS,
    certifications=CERTIFICATIONS,
    insured_elsewhere=st.none() | st.builds(OtherCover, st.sampled_from(["employee", "nrcms"]), st.booleans()),
    employee_cover=st.none() | st.builds(EndedCover, DAYS, PLACES),
    employee_years=YEARS,
    in_employee_scope=st.booleans(),
    exemption=st.sampled_from(["", "municipal_staff_child"]),
    parent_unit_level=st.sampled_from(["", "municipal", "district"]),
    residence_certificate=st.booleans(),
    parent_residence_certificate=st.booleans(),
    admitted_by_supervisor=st.booleans(),
    student=st.none() | st.builds(Student, st.just("中专"), st.booleans()),
    photos=st.integers(0, 3),
    papers=PAPERS,
    covered_years=YEARS,
    repaid_years=YEARS,
)
HOUSEHOLDS = st.builds(
    Household,
    members=st.lists(MEMBERS, min_size=1, max_size=3).map(
        lambda found: tuple(replace(each, ref=ref) for each, ref in zip(found, LETTERS, strict=False))
    ),
    certifications=CERTIFICATIONS,
    papers=PAPERS,
    overrides=st.frozensets(st.sampled_from(["HOUSEHOLD_INCOMPLETE", "CERTIFICATE_EXPIRED"])),
)


def written(household: Household, **more: object) -> dict[str, object]:
    rules = ruleset("lianyungang")
    return case_json(household, ruleset=rules, coverage_year=2008, at=at("2007-10-25 09:00"), **more)


@given(HOUSEHOLDS)
def test_a_household_survives_being_written_and_read(household: Household):
    again = read_case(json.loads(json.dumps(written(household)))).household

    assert again == household


def test_every_fact_is_written():
    """A fact that is new to the rules and stands in no strategy above would be lost unseen."""
    known = {"name"} | {name for name in Member.__dataclass_fields__ if name in MEMBERS.wrapped_strategy.kwargs}

    assert known == set(Member.__dataclass_fields__)


def test_names_stay_behind_and_places_are_told_no_nearer_than_rules_compare_them():
    member = Member(
        "17", Hukou("320705001002", "urban"), name="张三", employee_cover=EndedCover(date(2007, 1, 1), "320705001")
    )

    case = written(Household((member,)))

    assert "张三" not in json.dumps(case, ensure_ascii=False)
    (told,) = case["household"]["members"]
    assert (told["ref"], told["hukou"]["division"], told["employee_cover"]["division"]) == ("A", "320705", "320705")


def test_the_moments_go_along():
    case = written(
        Household((Member("A", Hukou("320705", "urban")),)), registered_at=at("2007-10-24"), paid_at=at("2007-10-26")
    )

    again = read_case(case)

    assert (again.registered_at, again.paid_at, again.verified_at) == (at("2007-10-24"), at("2007-10-26"), None)


def test_more_members_than_letters_are_refused():
    many = tuple(Member(str(number), Hukou("320705", "urban")) for number in range(17))

    with pytest.raises(ValueError, match="at most 16"):
        written(Household(many))
