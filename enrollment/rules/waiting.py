"""待遇等待期: how long cover waits after a late enrolment or a break, and who does not wait."""

from common.decision import Reason
from enrollment.rules.facts import Member
from enrollment.rules.ruleset import RuleSet


def broken_years(member: Member, *, coverage_year: int) -> int:
    """The years without cover since the last covered one, before the year being bought; none for who never had one."""
    covered = {year for year in member.covered_years | member.employee_years if year < coverage_year}
    return coverage_year - 1 - max(covered) if covered else 0


def waiting_months(member: Member, *, ruleset: RuleSet, coverage_year: int, late: bool) -> tuple[int, Reason] | None:
    """How many months to wait and why, or None where there is nothing to wait for."""
    rule = ruleset.waiting
    if rule is None:
        return None
    broken = broken_years(member, coverage_year=coverage_year)
    since = coverage_year - broken
    repaid = len({year for year in member.repaid_years if since <= year < coverage_year})
    months = rule.months(late=late, broken=broken, repaid=repaid)
    if not months:
        return None
    text = f"未在集中缴费期参保，固定等待期{rule.fixed_months}个月"
    if broken:
        text = f"中断缴费{broken}年" + (f"，已补缴{repaid}年" if repaid else "")
        text += f"，待遇等待期共{months}个月"
    return months, Reason("WAITING", text, rule.broken_clause if broken else rule.clause)
