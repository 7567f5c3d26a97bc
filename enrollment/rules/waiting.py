"""待遇等待期: how long cover waits after a late enrolment or a break, and who does not wait."""

from common.decision import Reason
from enrollment.rules.facts import Member
from enrollment.rules.ruleset import Period, RuleSet

REPAIR = "REPAIR"


def broken_years(member: Member, *, coverage_year: int) -> int:
    """The years without cover since the last covered one, before the year being bought; none for who never had one."""
    covered = {year for year in member.covered_years | member.years_in_employee_cover if year < coverage_year}
    return coverage_year - 1 - max(covered) if covered else 0


def unpaid_years(member: Member, *, coverage_year: int) -> tuple[int, ...]:
    """The broken years that were not paid back, in their order."""
    since = coverage_year - broken_years(member, coverage_year=coverage_year)
    return tuple(year for year in range(since, coverage_year) if year not in member.repaid_years)


def repair_offer(member: Member, *, ruleset: RuleSet, period: Period, late: bool) -> Reason | None:
    """What paying back broken years would cost and spare, or None where it would spare nothing.

    No more years are named than shorten the wait: beyond them the money would buy nothing.
    """
    rule, year = ruleset.waiting, period.coverage_year
    unpaid = unpaid_years(member, coverage_year=year)
    if rule is None or not (rule.repair and unpaid):
        return None
    broken = broken_years(member, coverage_year=year)
    paid = broken - len(unpaid)
    months = [rule.months(late=late, broken=broken, repaid=paid + more) for more in range(len(unpaid) + 1)]
    enough = months.index(min(months))
    if not enough:
        return None
    price = period.rates[ruleset.general.code].payable
    yearly = f"每年按{year}年度个人缴费标准{price.normalize():f}元补缴，"
    text = f"尚未补缴的中断年度：{'、'.join(map(str, unpaid))}；{yearly}"
    text += f"补缴{enough}年共{(price * enough).normalize():f}元，等待期由{months[0]}个月减为{months[enough]}个月"
    text += "，再补缴不再减少" if enough < len(unpaid) else ""
    return Reason(REPAIR, text, rule.broken_clause)


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
