"""连续缴费年限, year by year: which years count today and which broke the run (第六条)."""

from pathlib import Path

import pytest

from enrollment.rules.continuity import year_by_year
from enrollment.rules.source import read_ruleset

TEXT = (Path(__file__).parents[2] / "enrollment" / "rulesets" / "lianyungang.toml").read_text()
LITERAL = read_ruleset(TEXT)
BRIDGED = read_ruleset(TEXT.replace("bridge_employee_years = false", "bridge_employee_years = true"))


@pytest.mark.parametrize(
    ("ruleset", "covered", "employee", "kinds", "counting"),
    [
        pytest.param(LITERAL, {2008, 2009, 2010}, set(), "ccc", [2008, 2009, 2010], id="连续"),
        pytest.param(LITERAL, {2008, 2010}, set(), "cbc", [2010], id="中断后重新计算"),
        pytest.param(LITERAL, {2008, 2010}, {2009}, "cec", [2010], id="职工医保年份不接续"),
        pytest.param(BRIDGED, {2008, 2010}, {2009}, "cec", [2008, 2010], id="职工医保年份接续"),
        pytest.param(LITERAL, {2008}, set(), "c", [2008], id="只有一年"),
        pytest.param(LITERAL, set(), {2009}, "", [], id="没有参保"),
    ],
)
def test_each_year_says_whether_it_counts(ruleset, covered, employee, kinds, counting):
    years = year_by_year(frozenset(covered), frozenset(employee), ruleset=ruleset, through=max(covered, default=2010))

    assert "".join(each.kind[0] for each in years) == kinds
    assert [each.year for each in years if each.counts] == counting
