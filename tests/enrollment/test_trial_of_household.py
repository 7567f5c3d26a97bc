"""试算 of a registered household: the counter's answer, as it is carried on and from the form that it fills."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from django.http import QueryDict

from enrollment.case_writing import case_json
from enrollment.cases import read_case
from enrollment.rules.assess import assess
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
from enrollment.trial import LARGEST, case_of, state_from, state_of, text_of
from enrollment.trial_forms import QuestionForm, filled, member_forms
from tests.enrollment.rule_facts import at, disabled, listed, ruleset, rural, urban
from tests.payments.conftest import rulesets  # noqa: F401 - fixture

CHILD = urban("B", birth_date=date(1990, 1, 1), applying=False)


def staying_out(**facts: object) -> Household:
    return Household((adult(), replace(CHILD, **facts)))


def adult(ref: str = "A", **facts: object) -> Member:
    return urban(ref, birth_date=date(1960, 1, 1), **facts)


def farmer(**facts: object) -> Member:
    return rural("A", birth_date=date(1960, 1, 1), **facts)


def holding(*certifications: Certification) -> Household:
    return Household((adult(certifications=certifications),))


NOT_DUE = "municipal_staff_child"
OUTSIDE = farmer(hukou=Hukou("110101", "rural"))
HOUSEHOLDS = [
    pytest.param(code, household, id=name)
    for code, name, household in (
        ("lianyungang", "一般居民", Household((adult(),))),
        ("lianyungang", "市级", staying_out(exemption=NOT_DUE, parent_unit_level="municipal")),
        ("lianyungang", "区级", staying_out(exemption=NOT_DUE, parent_unit_level="district")),
        ("lianyungang", "级别不明", staying_out(exemption=NOT_DUE)),
        ("lianyungang", "职工医保证未看", staying_out(insured_elsewhere=OtherCover("employee", False))),
        ("lianyungang", "职工医保证已看", staying_out(insured_elsewhere=OtherCover("employee"))),
        ("lianyungang", "没有照片", Household((adult(photos=0),))),
        ("lianyungang", "材料一样未看", Household((adult(papers=frozenset()),), papers=frozenset())),
        ("lianyungang", "户口簿未看", Household((adult(papers=frozenset({"id_card"})),), papers=frozenset())),
        (
            "lianyungang",
            "材料已看",
            Household((adult(papers=frozenset({"id_card"})),), papers=frozenset({"hukou_book"})),
        ),
        (
            "lianyungang",
            "儿童用户口簿",
            Household((urban(birth_date=date(2000, 1, 1), papers=frozenset()),), papers=frozenset({"hukou_book"})),
        ),
        ("lianyungang", "主管已放行", replace(staying_out(), overrides=frozenset({"HOUSEHOLD_INCOMPLETE"}))),
        (
            "lianyungang",
            "到期证件已放行",
            Household(
                (adult(certifications=(Certification("低保户", valid_until=date(2007, 1, 1)),)),),
                overrides=frozenset({"CERTIFICATE_EXPIRED"}),
            ),
        ),
        ("lianyungang", "多重无所列", holding(disabled("多重", 1, Disability("听力", 1)))),
        ("lianyungang", "多重含肢体", holding(disabled("多重", 3, Disability("肢体", 1), Disability("言语", None)))),
        ("lianyungang", "等级不明", holding(disabled("肢体", None))),
        ("lianyungang", "两种证件", holding(disabled("听力", 1), Certification("低保户"))),
        ("lianyungang", "三种证件", holding(disabled("听力", 1), disabled("言语", 1), Certification("低保户"))),
        ("lianyungang", "不认识的证件", holding(Certification("老年证"))),
        ("lianyungang", "全户低保缺复印件", Household((adult(),), (Certification("低保户", copy_kept=False),))),
        ("lianyungang", "外地发的证", Household((adult(),), (Certification("特困户", issued_by_division="110101"),))),
        ("songming", "五保", Household((farmer(certifications=(listed("农村五保供养对象"),)),))),
        ("songming", "主管特准", Household((replace(OUTSIDE, admitted_by_supervisor=True),))),
        ("songming", "父母居住证", Household((replace(OUTSIDE, parent_residence_certificate=True),))),
        ("songming", "本地学校", Household((replace(OUTSIDE, student=Student("中专", True)),))),
        ("songming", "外地学校", Household((replace(OUTSIDE, student=Student("中专", False)),))),
        (
            "songming",
            "名单带残疾",
            Household((farmer(certifications=(listed("城乡重度残疾人", disability=Disability("肢体", 3)),)),)),
        ),
        (
            "national-2025",
            "两种身份",
            Household((farmer(certifications=(listed("返贫致贫人口"), listed("低保对象"))),)),
        ),
        (
            "national-2025",
            "断保补缴",
            Household((farmer(covered_years=frozenset({2021}), repaid_years=frozenset({2023})),)),
        ),
        (
            "national-2025",
            "职工医保转来",
            Household((farmer(employee_cover=EndedCover(date(2023, 5, 31), "530100")),)),
        ),
    )
]
ASKED = {"lianyungang": (2008, "2007-10-25"), "songming": (2017, "2016-11-10"), "national-2025": (2025, "2024-10-10")}


def told(decision: object) -> tuple[object, ...]:
    members = tuple((each.payable, each.sponsored, each.benefit) for each in decision.members)
    return decision.eligible, decision.reason, decision.payable, members, decision.missing_documents


def tried(code: str, household: Household) -> dict[str, object]:
    """The state of a household as the page makes it and carries it on."""
    year, day = ASKED[code]
    facts = SimpleNamespace(
        ruleset=lambda: ruleset(code), coverage_year=year, asked=household, registered_at=at(day), verified_at=None
    )
    return state_of(text_of(state_from(facts, at=at(day))))


def by_counter(code: str, household: Household):
    year, day = ASKED[code]
    return assess(household, ruleset=ruleset(code), coverage_year=year, at=at(day), registered_at=at(day))


@pytest.mark.parametrize(("code", "household"), HOUSEHOLDS)
def test_a_registered_household_gets_the_counters_answer(code, household):
    state = tried(code, household)

    assert told(read_case(case_of(state)).assess(ruleset(code))) == told(by_counter(code, household))


@pytest.mark.django_db
@pytest.mark.usefixtures("rulesets")
@pytest.mark.parametrize(("code", "household"), HOUSEHOLDS)
def test_and_still_gets_it_after_the_form_was_sent_unchanged(code, household):
    state = tried(code, household)

    assert told(read_case(case_of(sent_again(state))).assess(ruleset(code))) == told(by_counter(code, household))


def sent_again(state: dict[str, object]) -> dict[str, object]:
    """The state that comes back when the filled form is sent as it stands."""
    question, rows = filled(state)
    data = QueryDict(mutable=True)
    data["count"] = str(len(rows))
    for form in (question, *rows):
        data[form.held_name] = str(form.slots)
        for field in form:
            value = field.value()
            if value not in (None, "", False, []):
                data.setlist(field.html_name, sent(value))
    question = QuestionForm(data)
    assert question.is_valid(), question.errors
    rows = member_forms(data, ruleset=question.compiled)
    assert all(row.is_valid() for row in rows), [row.errors for row in rows]
    return question.state(rows)


def sent(value: object) -> list[str]:
    """What a browser sends of a field."""
    if isinstance(value, list):
        return list(map(str, value))
    return ["on" if value is True else str(value)]


def test_sixteen_people_are_not_too_many():
    members = tuple(
        adult(
            ref=f"{number}",
            covered_years=frozenset(range(2017 + number % 3, 2024)),
            certifications=(listed("低保对象", valid_until=date(2025, 12, number)),),
        )
        for number in range(1, 17)
    )

    state = case_json(Household(members), ruleset=ruleset("national-2025"), coverage_year=2025, at=at("2024-10-10"))

    assert len(text_of(state)) < LARGEST
