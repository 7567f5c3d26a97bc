"""缴费期: whether money may be taken at a moment, by which route, and when it may be taken next."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import Enum

from common.dates import SHANGHAI, add_months, local_day
from common.decision import Reason
from enrollment.rules.facts import Household, Member
from enrollment.rules.ruleset import Period, RuleSet, Window

NOT_OPEN, CLOSED = "WINDOW_NOT_OPEN", "WINDOW_CLOSED"


@dataclass(frozen=True, slots=True)
class Moments:
    """When it is asked, and when each step happened (None: not yet)."""

    as_of: datetime
    registered_at: datetime | None = None
    verified_at: datetime | None = None
    paid_at: datetime | None = None
    day: date = field(init=False)
    """The day of the payment."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "day", local_day(self.payment))  # asked dozens of times for each household

    @property
    def payment(self) -> datetime:
        """When the money was, or would be, taken."""
        return self.paid_at or self.as_of

    def verification(self, window: Window | None) -> datetime:
        """When the application was, or would be, verified; a payment without a recorded one was verified in time."""
        if self.verified_at:
            return self.verified_at
        if self.paid_at and window and window.verify_until:
            return min(self.paid_at, window.verify_until)
        return self.payment


class Route(Enum):
    """By which rule the moment admits a payment: the general window, or one that is open to few."""

    WINDOW = "window"
    AFTER_EMPLOYEE = "after_employee"
    NEWBORN = "newborn"


@dataclass(frozen=True, slots=True)
class Admittance:
    """Whether the moment admits a payment: a refusal, or the route by which it may be taken."""

    refusal: Reason | None
    route: Route = Route.WINDOW


def admittance(
    member: Member, *, household: Household, ruleset: RuleSet, coverage_year: int, moments: Moments
) -> Admittance:
    """Whether one applicant's money may be taken at the moment of payment.

    The routes for few are taken where the general window is shut, or open only with a wait.
    """
    refusal = _refusal(ruleset, coverage_year, moments)
    period = ruleset.periods.get(coverage_year)
    band = period.band(moments.day) if period else None
    if period and (refusal or (band and band.late)):
        if is_newborn(member, ruleset=ruleset, period=period, moments=moments):
            return Admittance(None, Route.NEWBORN)
        if joins_after_employee(member, ruleset=ruleset, period=period, moments=moments):
            return Admittance(None, Route.AFTER_EMPLOYEE)
    if refusal and _joins_enrolled_household(member, household, coverage_year, moments):
        refusal = _new_member(member, ruleset, coverage_year, moments) or refusal
    return Admittance(refusal)


def _refusal(ruleset: RuleSet, coverage_year: int, moments: Moments) -> Reason | None:
    window = ruleset.window(coverage_year)
    if window is None:
        text = f"还没有公布{coverage_year}年度的缴费期和标准，请选择已公布的年度，或请管理员录入。"
        return Reason("PERIOD_UNKNOWN", text, ruleset.clause)
    refusal = _outside(window, coverage_year, moments)
    period = ruleset.periods.get(coverage_year)
    if refusal is None and period and period.band(moments.day) is None:
        return _between_bands(period, moments)
    if refusal is None and period is None:
        text = f"还没有公布{coverage_year}年度的缴费标准，请管理员录入后再办理。"
        return Reason("PERIOD_UNKNOWN", text, ruleset.clause)
    return refusal


def _outside(window: Window, year: int, moments: Moments) -> Reason | None:
    if moments.payment < window.opens:
        first, last = window.opening, window.closing
        text = f"未到{year}年度缴费期（{first} 至 {last}），可先登记，{first} 起缴费。"
        return Reason(NOT_OPEN, text, window.clause)
    if moments.payment > window.pay_until:
        code = "PAYMENT_CLOSED" if window.has_time else CLOSED
        text = f"{year}年度缴费已于 {window.closing} 截止，不能再缴费。"
        return Reason(code, text, window.pay_clause)
    if window.verify_until and moments.verification(window) > window.verify_until:
        until = f"{window.verify_until:%Y-%m-%d %H:%M}"
        text = f"{year}年度参保核定已于 {until} 截止，未在截止前核定的不能缴费。"
        return Reason("VERIFY_CLOSED", text, window.verify_clause)
    return None


def _between_bands(period: Period, moments: Moments) -> Reason:
    following = [band.from_day for band in period.bands if band.from_day and band.from_day > moments.day]
    when = f"，{min(following)}起可以缴费" if following else ""
    text = f"{moments.day}不在{period.coverage_year}年度的任何缴费时段内{when}。"
    return Reason(CLOSED, text, period.window.clause)


def is_newborn(member: Member, *, ruleset: RuleSet, period: Period, moments: Moments) -> bool:
    """新生儿: paid within the days after birth, in the year being bought or for the year of birth."""
    rule, born = ruleset.newborn, member.birth_date
    if rule is None or born is None or not _runs(period, moments.day):
        return False
    return born <= moments.day <= born + timedelta(days=rule.days)


def joins_after_employee(member: Member, *, ruleset: RuleSet, period: Period, moments: Moments) -> bool:
    """职工医保终止后, in the running year."""
    return _runs(period, moments.day) and soon_after_employee(member, ruleset=ruleset, day=moments.day)


def _runs(period: Period, day: date) -> bool:
    """Whether the year of cover runs on a day; it need not be a calendar year (学年)."""
    return period.starts_on <= day <= period.ends_on


def soon_after_employee(member: Member, *, ruleset: RuleSet, day: date) -> bool:
    """职工医保终止后: months from the day after its end, to the same day-number or month end."""
    rule, cover = ruleset.after_employee, member.employee_cover
    if rule is None or cover is None:
        return False
    here = not rule.divisions or cover.division.startswith(rule.divisions)
    return here and cover.ended_on < day <= add_months(cover.ended_on, rule.months)


def _joins_enrolled_household(member: Member, household: Household, coverage_year: int, moments: Moments) -> bool:
    """A new member: others of the household are covered this year or in the year asked for, this one is not."""
    years = {coverage_year, moments.day.year}
    others = [other for other in household.members if other.ref != member.ref]
    return not years & member.covered_years and any(years & other.covered_years for other in others)


def _new_member(member: Member, ruleset: RuleSet, coverage_year: int, moments: Moments) -> Reason | None:
    if ruleset.new_member is None:
        return None
    upcoming = next_window(ruleset, coverage_year, moments)
    when = f"（{upcoming[1].opens:%Y-%m-%d} 至 {upcoming[1].pay_until:%Y-%m-%d}）" if upcoming else ""
    text = f"{member.label}是已参保户的新增人员，应在下一年度缴费期{when}登记并缴费。"
    return Reason("NEW_MEMBER_NEXT_WINDOW", text, ruleset.new_member)


def next_window(ruleset: RuleSet, coverage_year: int, moments: Moments) -> tuple[int, Window] | None:
    """Where money can be taken next: the year's own window while it lies ahead, else a later one that is not over."""
    period = ruleset.periods.get(coverage_year)
    following = [band for band in period.bands if band.from_day and band.from_day > moments.day] if period else []
    if period and following and period.window.opens <= moments.payment <= period.window.pay_until:
        band = min(following, key=lambda each: each.from_day or moments.day)
        opens = datetime.combine(band.from_day or moments.day, time.min, tzinfo=SHANGHAI)
        until = (
            datetime.combine(band.until_day, time.max, tzinfo=SHANGHAI) if band.until_day else period.window.pay_until
        )
        return coverage_year, replace(period.window, opens=opens, pay_until=until)
    years = [coverage_year, *range(moments.day.year, moments.day.year + 3)]
    for year in years:
        window = ruleset.window(year)
        if window and moments.payment < (window.pay_until if year > coverage_year else window.opens):
            return year, window
    return None
