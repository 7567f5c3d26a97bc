"""青禾县: a rule set written from docs/rulesets.md alone loads, and gives what was worked out by hand beforehand."""

from datetime import date
from pathlib import Path

import pytest

from enrollment.rules.assess import assess
from enrollment.rules.facts import Certification, EndedCover, Household, Hukou, Member, OtherCover
from enrollment.rules.source import read_ruleset
from enrollment.services import load_ruleset
from tests.builders import at

TEXT = (Path(__file__).parents[1] / "cases" / "qinghe-2031.toml").read_text(encoding="utf-8")
QINGHE = read_ruleset(TEXT)


def person(born: str = "1980-05-05", **more: object) -> Member:
    ref = str(more.pop("ref", "A"))
    return Member(ref, Hukou(str(more.pop("division", "990301")), "rural"), birth_date=date.fromisoformat(born), **more)


def asked(moment: str, *members: Member, certifications: tuple[Certification, ...] = ()):
    household = Household(members or (person(),), certifications=certifications)
    return assess(household, ruleset=QINGHE, coverage_year=2031, at=at(moment), paid_at=at(moment))


@pytest.mark.parametrize(
    ("paid", "member", "payable", "sponsored", "starts"),
    [
        pytest.param("2030-12-31", person(), 380, 0, "2031-01-01", id="年前最后一天"),
        pytest.param("2031-01-01", person(), 380, 0, "2031-01-01", id="元旦"),
        pytest.param("2031-02-28", person(), 380, 0, "2031-02-28", id="第二时段最后一天"),
        pytest.param("2031-03-01", person(), 500, 0, "2031-05-01", id="三月加价并等待两个月"),
        pytest.param("2031-03-31", person("2026-01-01"), 200, 0, "2031-05-31", id="三月的儿童不加价仍等待"),
        pytest.param("2030-11-19", person("2023-11-20"), 200, 0, "2031-01-01", id="七周岁前一天"),
        pytest.param("2030-11-20", person("2023-11-20"), 380, 0, "2031-01-01", id="七周岁生日"),
        pytest.param("2030-12-01", person("1955-12-01"), 0, 380, "2031-01-01", id="七十五周岁生日"),
        pytest.param("2030-11-30", person("1955-12-01"), 380, 0, "2031-01-01", id="七十五周岁前一天"),
        pytest.param("2031-06-09", person("2031-04-10"), 200, 0, "2031-04-10", id="新生儿第六十天"),
        pytest.param(
            "2031-11-30",
            person(employee_cover=EndedCover(date(2031, 5, 31), "9903")),
            380,
            0,
            "2031-11-30",
            id="职工医保终止后满六个月",
        ),
        pytest.param(
            "2030-12-01", person(covered_years=frozenset({2027})), 380, 0, "2031-06-01", id="断三年等待五个月"
        ),
        pytest.param(
            "2030-12-01",
            person(covered_years=frozenset({2027}), repaid_years=frozenset({2029, 2030})),
            380,
            0,
            "2031-04-01",
            id="补缴两年等待三个月",
        ),
    ],
)
def test_the_hand_worked_answers_hold(paid, member, payable, sponsored, starts):
    decision = asked(paid, member)

    (one,) = decision.members
    assert decision.reason is None
    assert (decision.payable, decision.sponsored) == (payable, sponsored)
    assert (one.benefit.starts_on, one.benefit.ends_on) == (date.fromisoformat(starts), date(2031, 12, 31))


@pytest.mark.parametrize(
    ("paid", "member", "code"),
    [
        pytest.param("2030-10-31", person(), "WINDOW_NOT_OPEN", id="开始前一天"),
        pytest.param("2031-04-01", person(), "WINDOW_CLOSED", id="截止次日"),
        pytest.param("2031-06-10", person("2031-04-10"), "WINDOW_CLOSED", id="新生儿第六十一天"),
        pytest.param(
            "2031-12-01",
            person(employee_cover=EndedCover(date(2031, 5, 31), "9903")),
            "WINDOW_CLOSED",
            id="职工医保终止过了六个月",
        ),
        pytest.param("2030-12-01", person(division="990302"), "HUKOU_OUTSIDE", id="外县户籍"),
        pytest.param("2030-12-01", person(insured_elsewhere=OtherCover("employee")), "EMPLOYEE_INSURED", id="职工医保"),
    ],
)
def test_the_hand_worked_refusals_hold(paid, member, code):
    assert asked(paid, member).reason == code


def test_a_low_income_household_pays_the_lower_rate_for_all_its_members():
    family = (person(ref="A"), person("2026-01-01", ref="B"))

    decision = asked("2030-12-01", *family, certifications=(Certification("低保"),))

    assert (decision.payable, decision.sponsored, decision.funder) == (190, 570, "民政")


@pytest.mark.django_db
def test_it_is_loaded_as_an_administrator_would():
    loaded = load_ruleset(text=TEXT, by=None, at=at("2030-10-20 09:00"))

    assert loaded.changed
    assert loaded.ruleset.name == "青禾县2031年度城乡居民基本医疗保险"
