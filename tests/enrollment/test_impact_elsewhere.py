"""影响 of other places' rules: by key and household by household come to the same, whatever the draft changes."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from common.relations import HEAD
from enrollment.facts import HouseholdFacts, read_households
from enrollment.impact import Decider, Question
from enrollment.models import ContributionPeriod, Verification
from enrollment.rules.source import read_ruleset
from households.drafts import CertificationDraft, MemberDraft, OtherCoverDraft
from households.models import Household
from offices.models import Office, Staff
from tests.builders import at, make_household, make_office, make_staff, member, newborn
from tests.payments.conftest import rulesets  # noqa: F401 - fixture

RULESETS = Path(__file__).parents[2] / "enrollment" / "rulesets"
Edit = Callable[[str], str]


def changed(old: str, new: str, *, times: int = -1) -> Edit:
    """Replace a piece of the text, which must be there."""

    def edit(source: str) -> str:
        assert old in source
        return source.replace(old, new, times)

    return edit


LATER = "late = true"
SONGMING = {
    "标准": changed('"general", standard = 150, payable = 150', '"general", standard = 180, payable = 180'),
    "时段另有标准": changed(
        'bands = [{ benefit_starts = 2017-01-01, clause = "S-6-1" }]',
        "bands = [\n"
        '  { until = 2016-11-30, benefit_starts = 2017-01-01, clause = "S-6-1" },\n'
        f'  {{ from = 2016-12-01, benefit_starts = "payment_day", {LATER}, clause = "S-6-1", rates = [\n'
        '    { category = "general", standard = 200, payable = 200, clause = "S-4-1" } ] },\n]',
    ),
    "核定截止提前": changed("verify_until = 2017-02-22T17:00:00", "verify_until = 2016-10-31T17:00:00"),
    "缴费期推迟": changed("opens = 2016-10-08", "opens = 2016-12-15"),
    "类别的年龄": changed("age_from = 60", "age_from = 45"),
    "类别的残疾等级": changed("disability = { grades = [1, 2] }", "disability = { grades = [1, 2, 3, 4] }"),
    "职工医保转来的期限": changed("months = 2\n", "months = 6\n"),
}
NATIONAL = {
    "标准": changed('"general", standard = 400, payable = 400', '"general", standard = 430, payable = 430'),
    "时段另有标准": changed("standard = 1070, payable = 1070", "standard = 900, payable = 900"),
    "等待期和补缴": changed(
        "fixed_months = 3\nmonths_per_broken_year = 1", "fixed_months = 6\nmonths_per_broken_year = 2"
    ),
    "类别的先后": changed("priority = 10", "priority = 30"),
    "新生儿的期限": changed("days = 90", "days = 28"),
    "缴费期推迟": changed("opens = 2024-09-01", "opens = 2024-12-01"),
    "职工医保转来的期限": changed("months = 3\n", "months = 1\n"),
}
MOMENTS = {
    "songming": (2017, ["2016-11-10 09:00", "2017-02-22 17:30"]),
    "national-2025": (2025, ["2024-10-10 09:00", "2025-02-27 09:00", "2025-08-01 09:00"]),
}
TELLING = {
    "2016-11-10 09:00": {"标准", "核定截止提前", "缴费期推迟", "类别的年龄", "类别的残疾等级"},
    "2017-02-22 17:30": {"标准", "时段另有标准", "职工医保转来的期限"},
    "2024-10-10 09:00": {"标准", "类别的先后", "缴费期推迟"},
    "2025-02-27 09:00": {"新生儿的期限", "职工医保转来的期限"},
    "2025-08-01 09:00": {"时段另有标准", "等待期和补缴", "类别的先后"},
}
CASES = [
    pytest.param(code, edit, moment, id=f"{code} {name} {moment[:10]}")
    for code, edits in (("songming", SONGMING), ("national-2025", NATIONAL))
    for name, edit in edits.items()
    for moment in MOMENTS[code][1]
]
LISTED = {
    "songming": ("low_income_elder", "low_income_minor", "dibao", "wubao", "severe_disability"),
    "national-2025": ("destitute", "dibao", "poverty_return", "severe_disability", "orphan"),
}


def by_chance(chance: random.Random, code: str, today: date) -> MemberDraft:
    """Somebody: any age, on some lists or none, from here or elsewhere, insured elsewhere until lately."""
    years = (1930, today.year - 2) if chance.random() < 0.5 else (today.year - 62, today.year - 42)
    born = date(chance.randint(*years), chance.randint(1, 12), chance.choice((1, 10, 25)))
    lists = [
        CertificationDraft(category=each, funder_list="名单", valid_to=chance.choice((None, today)))
        for each in LISTED[code]
        if chance.random() < 0.2
    ]
    grade = chance.randint(1, 4)
    disabled = CertificationDraft(
        disability_kind="肢体", disability_grade=grade, funder_list="名单", original_seen=True
    )
    ended = OtherCoverDraft(
        "employee", division="530100", ends_on=today - timedelta(days=chance.randint(0, 200)), certificate_seen=True
    )
    away = {"hukou_division": "110101"} if chance.random() < 0.15 else {"hukou_division": "530127"}
    return member(
        "王某",
        born=str(born),
        hukou_kind=chance.choice(("rural", "urban")),
        certifications=(*lists, *((disabled,) if chance.random() < 0.2 else ())),
        other_covers=(ended,) if chance.random() < 0.25 else (),
        **away,
        **({"student_kind": "中专", "school_in_area": True} if chance.random() < 0.1 else {}),
    )


def make_district(code: str, clerk: Staff, today: date) -> list[int]:
    chance = random.Random(11)
    for _ in range(25):
        people = [by_chance(chance, code, today) for _ in range(chance.randint(1, 4))]
        people[0] = replace(people[0], relation=HEAD)
        if chance.random() < 0.3:
            child = newborn("王小宝", born=str(today - timedelta(days=chance.randint(41, 89))))
            people.append(replace(child, hukou_division="530127"))
        make_household(clerk, *people, moment=f"{today - timedelta(days=chance.randint(0, 40))} 09:00")
    return list(Household.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def facts_at(rulesets: None) -> Callable[[str, str], list[HouseholdFacts]]:  # noqa: F811
    """Households of an office of 嵩明 under a rule set, some of them verified in time, as they are at a moment."""

    def read(code: str, moment: str) -> list[HouseholdFacts]:
        year = MOMENTS[code][0]
        office: Office = make_office("530127001", name="嵩阳街道社会事务保障所", ruleset_code=code)
        clerk = make_staff(office, "yang", name="杨燕")
        today = at(moment).date()
        ids = make_district(code, clerk, today)
        period = ContributionPeriod.objects.get(ruleset__code=code, coverage_year=year)
        for household_id in ids[::3]:
            verified = at(f"{today - timedelta(days=household_id % 40)} 10:00")
            Verification.objects.create(household_id=household_id, period=period, verified_at=verified, by=clerk)
        return list(read_households(ids, coverage_year=year, at=at(moment), applying=()).values())

    return read


@pytest.mark.parametrize(("code", "edit", "moment"), CASES)
def test_deciding_by_key_is_deciding_household_by_household(
    facts_at: Callable[[str, str], list[HouseholdFacts]], code: str, edit: Edit, moment: str
):
    source = (RULESETS / f"{code}.toml").read_text()
    question = Question(read_ruleset(source), read_ruleset(edit(source)), MOMENTS[code][0], at(moment))
    decider = Decider(question)

    for facts in facts_at(code, moment):
        assert decider.outcomes(facts) == question.outcomes(facts)


@pytest.mark.parametrize(("code", "moment"), [(code, each) for code, (_, all_) in MOMENTS.items() for each in all_])
def test_what_is_compared_differs(facts_at: Callable[[str, str], list[HouseholdFacts]], code: str, moment: str):
    """Each draft changes at one of the moments what somebody pays."""
    source, (year, _) = (RULESETS / f"{code}.toml").read_text(), MOMENTS[code]
    edits = {"songming": SONGMING, "national-2025": NATIONAL}[code]
    facts, rules = facts_at(code, moment), read_ruleset(source)

    telling = {
        name
        for name, edit in edits.items()
        for question in [Question(rules, read_ruleset(edit(source)), year, at(moment))]
        if any(before != after for each in facts for before, after in question.outcomes(each))
    }

    assert telling >= TELLING[moment]
