"""目标任务: whether it is met, how many are lacking, and by when a week's report is due."""

from datetime import date
from pathlib import Path

import pytest

from enrollment.rules.progress import monday, rate_hundredths, stages_of, week_name
from enrollment.rules.source import RuleSetError, read_ruleset

RULESETS = Path(__file__).resolve().parents[2] / "enrollment" / "rulesets"
TEXT = (RULESETS / "songming.toml").read_text(encoding="utf-8")
SONGMING = read_ruleset(TEXT)
TARGET = SONGMING.target


@pytest.mark.parametrize(
    ("enrolled", "base", "met", "lacking"),
    [
        pytest.param(96, 100, True, 0, id="正好96%"),
        pytest.param(95, 100, False, 1, id="差一人"),
        pytest.param(26, 27, True, 0, id="27人的96%是25.92，26人才够"),
        pytest.param(25, 27, False, 1, id="25人不进位成26"),
        pytest.param(9_599_999, 10_000_000, False, 1, id="95.99999%不是96%"),
        pytest.param(105, 100, True, 0, id="可以超过100%"),
        pytest.param(0, 0, True, 0, id="没有人可参保的村"),
    ],
)
def test_the_target_is_met_by_whole_numbers(enrolled: int, base: int, met: bool, lacking: int):
    assert TARGET.is_met(enrolled=enrolled, base=base) is met
    assert TARGET.lacking(enrolled=enrolled, base=base) == lacking


def test_enough_is_the_least_number_that_meets_the_target():
    for base in range(1, 500):
        wanted = TARGET.wanted(base)

        assert TARGET.is_met(enrolled=wanted, base=base)
        assert not TARGET.is_met(enrolled=wanted - 1, base=base)


@pytest.mark.parametrize(
    ("enrolled", "base", "shown"),
    [(95_999, 100_000, 9599), (96, 100, 9600), (110, 100, 11000), (0, 7, 0), (3, 0, None)],
)
def test_a_rate_is_cut_off_and_never_rounded_up(enrolled: int, base: int, shown: int | None):
    assert rate_hundredths(enrolled=enrolled, base=base) == shown


def test_the_target_of_songming_counts_farmers_and_the_converted():
    assert (TARGET.percent, TARGET.population, TARGET.clause.key) == (96, ("rural", "converted"), "S-2-1")


def test_a_rule_set_may_have_no_target():
    found = read_ruleset((RULESETS / "lianyungang.toml").read_text(encoding="utf-8"))

    assert (found.target, found.stages, found.weekly_report) == (None, (), None)


def test_the_four_stages_follow_each_other_with_their_days():
    found = stages_of(SONGMING.stages, 2017)

    assert [(each.name, each.starts_on, each.ends_on, each.clause.key) for each in found] == [
        ("宣传动员", date(2016, 9, 28), date(2016, 10, 10), "S-8-1"),
        ("登记核对", date(2016, 10, 10), date(2016, 11, 15), "S-8-3"),
        ("信息录入", date(2016, 11, 16), date(2016, 12, 25), "S-8-9"),
        ("零星参保和后期校对", date(2016, 12, 26), date(2017, 2, 22), "S-8-11"),
    ]
    assert stages_of(SONGMING.stages, 2018) == ()
    assert [each.name for each in found if each.is_running(date(2016, 10, 10))] == ["宣传动员", "登记核对"]


def test_the_report_is_due_on_the_day_of_the_week_that_the_rule_set_names():
    week = monday(date(2016, 11, 8))

    assert (week, week_name(week)) == (date(2016, 11, 7), "2016年第45周")
    assert SONGMING.weekly_report.due_on(week) == date(2016, 11, 11)
    assert week_name(date(2015, 12, 28)) == "2015年第53周"


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('population = ["rural", "converted"]', "population = []", "population"),
        ('population = ["rural", "converted"]', 'population = ["farmers"]', "population#1"),
        ("percent = 96", "percent = 101", "percent"),
        ("until = 2016-10-10", "until = 2016-09-01", "until"),
        ('due_weekday = "fri"', 'due_weekday = "friday"', "due_weekday"),
        ('name = "登记核对"', 'name = "宣传动员"', "stages"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(before: str, after: str, key: str):
    with pytest.raises(RuleSetError) as refused:
        read_ruleset(TEXT.replace(before, after, 1))

    (problem,) = refused.value.problems
    assert key in problem.key
