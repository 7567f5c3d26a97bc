"""待遇享受期: from which day to which a person is covered, and what goes to the individual account."""

from datetime import date, timedelta

from common.dates import add_months, local_day
from common.decision import Clause, Reason
from enrollment.rules.decision import Benefit
from enrollment.rules.facts import Member
from enrollment.rules.ruleset import Band, Period, RuleSet
from enrollment.rules.waiting import repair_offer, waiting_months
from enrollment.rules.window import Moments, Route, is_newborn, joins_after_employee, soon_after_employee


def band_on(period: Period, day: date) -> Band:
    """The band in which a day lies; the last one for a day that lies in none."""
    return period.band(day) or period.bands[-1]


def benefit(
    member: Member, *, ruleset: RuleSet, period: Period, moments: Moments, route: Route, waits: bool
) -> Benefit:
    """The span of cover: the band of the later of registration and payment decides; never before birth.

    `starts_on` may lie after `ends_on` where a wait outlasts the year; the assessment refuses that.
    """
    registered = local_day(moments.registered_at) if moments.registered_at else moments.day
    day = max(registered, moments.day)
    band = band_on(period, day)
    starts, reasons = _first_day(
        member, ruleset=ruleset, period=period, moments=moments, route=route, by_band=band.first_cover(day)
    )
    if route is Route.WINDOW:
        reasons = reasons or [
            Reason("BENEFIT", f"{day}登记并缴费，从{starts}起享受待遇，至{period.ends_on}", band.clause)
        ]
        wait = waiting_months(member, ruleset=ruleset, coverage_year=period.coverage_year, late=band.late)
        after = ruleset.after_employee
        if wait and waits and after and soon_after_employee(member, ruleset=ruleset, day=moments.day):
            text = f"职工医保终止后{after.months}个月内缴费，不设等待期"
            reasons.append(Reason("AFTER_EMPLOYEE", text, after.clause))
        elif wait and waits:
            starts = add_months(max(starts, moments.day), wait[0])
            reasons = [wait[1], Reason("BENEFIT", f"等待期满，从{starts}起享受待遇，至{period.ends_on}", band.clause)]
            offer = repair_offer(member, ruleset=ruleset, period=period, late=band.late)
            reasons += [offer] if offer else []
    starts = _not_before(member, starts, reasons, ruleset, band.clause)
    usable = max(starts, moments.day)
    if usable > starts:
        reasons.append(Reason("USABLE_FROM", f"缴费确认后（{usable}）方可使用", period.clause))
    account = band.account or period.account
    if account and not account.amount:  # a band without the year's credit
        reasons.append(Reason("ACCOUNT_CREDIT", "不划入个人账户", account.clause))
        account = None
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


def _first_day(
    member: Member, *, ruleset: RuleSet, period: Period, moments: Moments, route: Route, by_band: date
) -> tuple[date, list[Reason]]:
    """The band's day; or, with its sentence, that of the rule for few, where it decides or gives an earlier one."""
    in_window = route is Route.WINDOW
    after, newborn = ruleset.after_employee, ruleset.newborn
    if newborn and member.birth_date:
        starts = max(member.birth_date, period.starts_on)
        earlier = starts < by_band and is_newborn(member, ruleset=ruleset, period=period, moments=moments)
        if route is Route.NEWBORN or (in_window and earlier):
            text = f"出生后{newborn.days}天内缴费，从{starts}起享受待遇"
            return starts, [Reason("NEWBORN", text, newborn.clause)]
    if after and member.employee_cover:
        next_day = member.employee_cover.ended_on + timedelta(days=1)
        starts = moments.day if after.starts == "payment_day" else max(next_day, period.starts_on)
        earlier = starts < by_band and joins_after_employee(member, ruleset=ruleset, period=period, moments=moments)
        if route is Route.AFTER_EMPLOYEE or (in_window and earlier):
            since = "缴费之日" if after.starts == "payment_day" else "职工医保终止次日"
            text = f"职工医保终止后{after.months}个月内缴费，从{since}{starts}起享受待遇"
            return starts, [Reason("AFTER_EMPLOYEE", text, after.clause)]
    return by_band, []


def _not_before(member: Member, starts: date, reasons: list[Reason], ruleset: RuleSet, clause: Clause) -> date:
    if member.birth_date and member.birth_date > starts:
        reasons.append(Reason("BORN", f"待遇不早于出生之日{member.birth_date}", clause))
        starts = member.birth_date
    cover = member.employee_cover
    excludes = next((each for each in ruleset.exclusions if each.fact == "employee"), None)
    if cover and excludes and cover.ended_on >= starts:
        starts = cover.ended_on + timedelta(days=1)
        reasons.append(Reason("AFTER_OTHER_COVER", f"职工医保至{cover.ended_on}，从次日起享受待遇", excludes.clause))
    return starts
