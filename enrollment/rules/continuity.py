"""连续缴费年限: how many years without a break end in the year that is being bought."""

from dataclasses import dataclass

from common.decision import Reason
from enrollment.rules.facts import Member
from enrollment.rules.ruleset import RuleSet


def continuous_years(member: Member, *, ruleset: RuleSet, coverage_year: int) -> tuple[int, Reason] | None:
    """The length of the unbroken run with its reason, or None where the rule set does not count years."""
    rule = ruleset.continuity
    if rule is None:
        return None
    bridge = member.years_in_employee_cover if rule.bridge_employee_years else frozenset()
    years, year = 1, coverage_year - 1
    while year in member.covered_years or year in bridge:
        years += year in member.covered_years
        year -= 1
    broken = [earlier for earlier in member.covered_years if earlier < year]
    if broken:
        text = f"{year}年度中断缴费，连续缴费年限重新计算，至{coverage_year}年度为{years}年"
    else:
        text = f"连续缴费年限至{coverage_year}年度为{years}年"
    return years, Reason("CONTINUOUS_YEARS", text, rule.clause)


@dataclass(frozen=True, slots=True)
class YearInRun:
    """One year of a person's history: `covered`, `employee` or `broken`, and whether it counts in the run of today."""

    year: int
    kind: str
    counts: bool


def year_by_year(
    covered: frozenset[int], employee_years: frozenset[int], *, ruleset: RuleSet, through: int
) -> tuple[YearInRun, ...]:
    """Every year from the first covered one to `through`: which were paid, which broke the run, which still count."""
    rule = ruleset.continuity
    if rule is None or not covered:
        return ()
    bridge = employee_years if rule.bridge_employee_years else frozenset()
    found, counting = [], True
    for year in range(through, min(covered) - 1, -1):
        counting = counting and (year in covered or year in bridge)
        kind = "covered" if year in covered else "employee" if year in employee_years else "broken"
        found.append(YearInRun(year, kind, counting and year in covered))
    return tuple(reversed(found))
