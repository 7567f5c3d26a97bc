"""待遇享受期: from which day to which a person is covered, and what goes to the individual account."""

from datetime import date, timedelta

from common.dates import local_day
from common.decision import Reason
from enrollment.rules.decision import Benefit
from enrollment.rules.facts import Member
from enrollment.rules.ruleset import Band, Period, RuleSet
from enrollment.rules.window import Moments


def band_on(period: Period, day: date) -> Band:
    """The band in which a day lies; the last one for a day that lies in none."""
    return next((band for band in period.bands if band.holds(day)), period.bands[-1])


def benefit(member: Member, *, ruleset: RuleSet, period: Period, moments: Moments, after_employee: bool) -> Benefit:
    """The span of cover: the band of the later of registration and payment decides; never before birth."""
    registered = local_day(moments.registered_at) if moments.registered_at else moments.day
    band = band_on(period, max(registered, moments.day))
    if after_employee and ruleset.after_employee:
        starts = moments.day
        text = f"职工医保终止后{ruleset.after_employee.months}个月内缴费，从缴费之日{starts}起享受待遇"
        reasons = [Reason("AFTER_EMPLOYEE", text, ruleset.after_employee.clause)]
    else:
        starts = band.starts
        text = f"{max(registered, moments.day)}登记并缴费，从{starts}起享受待遇，至{period.ends_on}"
        reasons = [Reason("BENEFIT", text, band.clause)]
    starts = _not_before(member, starts, reasons, ruleset)
    usable = max(starts, moments.day)
    if usable > starts:
        reasons.append(Reason("USABLE_FROM", f"缴费确认后（{usable}）方可使用", period.clause))
    account = band.account or period.account
    if account:
        due = f"，{account.due_by}前划入" if account.due_by else ""
        text = f"划入个人账户{account.amount.normalize():f}元{due}"
        reasons.append(Reason("ACCOUNT_CREDIT", text, account.clause))
    return Benefit(
        starts_on=starts,
        ends_on=period.ends_on,
        usable_from=usable,
        account_credit=account.amount if account else None,
        account_credit_due_by=account.due_by if account else None,
        reasons=tuple(reasons),
    )


def _not_before(member: Member, starts: date, reasons: list[Reason], ruleset: RuleSet) -> date:
    if member.birth_date and member.birth_date > starts:
        reasons.append(Reason("BORN", f"待遇不早于出生之日{member.birth_date}", ruleset.clause))
        starts = member.birth_date
    cover = member.employee_cover
    excludes = next((each for each in ruleset.exclusions if each.fact == "employee"), None)
    if cover and excludes and cover.ended_on >= starts:
        starts = cover.ended_on + timedelta(days=1)
        reasons.append(Reason("AFTER_OTHER_COVER", f"职工医保至{cover.ended_on}，从次日起享受待遇", excludes.clause))
    return starts
