"""周报: the towns of a county week by week, their sum, and who is first by rate and by gain. 汇总和通报."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from common.dates import local_day
from enrollment.models import ContributionPeriod
from enrollment.rules.progress import WEEKDAYS, monday
from enrollment.rules.ruleset import RuleSet
from offices.models import Division
from reports.models import WeeklyReport
from reports.standing import rate_text

WEEK = timedelta(days=7)
ZERO = Decimal("0.00")


@dataclass(slots=True)
class TownWeek:
    """One town in one week: its report, that of the week before, and its places in the county.

    `is_first`: the year's first week, before which nobody was enrolled.
    """

    code: str
    name: str
    report: WeeklyReport | None
    before: WeeklyReport | None
    due_on: date | None
    is_missing: bool
    is_first: bool = False
    rate_place: int | None = None
    gain_place: int | None = None

    @property
    def rate(self) -> str:
        return rate_text(self.report.enrolled, self.report.base) if self.report else "—"

    @property
    def gain(self) -> int | None:
        """Persons more than in the report of the week before; not known where that week was not reported."""
        if self.report is None or not (self.before or self.is_first):
            return None
        return self.report.enrolled - (self.before.enrolled if self.before else 0)

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.report.enrolled, self.report.base) if self.report and self.report.base else None

    @property
    def gain_share(self) -> Fraction | None:
        """The gain against the base: a small town may be ahead of a large one."""
        gain = self.gain
        return Fraction(gain, self.report.base) if gain is not None and self.report and self.report.base else None

    @property
    def is_met(self) -> bool | None:
        report = self.report
        if report is None or report.base is None or report.percent is None:
            return None
        return report.enrolled * 100 >= report.base * report.percent

    @property
    def said(self) -> str:
        """What is to be said of the sending."""
        if self.report:
            return "逾期报送" if self.report.is_late else "按期"
        return "逾期未报" if self.is_missing else "未报"


@dataclass(frozen=True, slots=True)
class CountyWeek:
    """All towns of a county in one week; the sums are those of the reports that are there."""

    week: date
    due_on: date | None
    rows: Sequence[TownWeek]

    @property
    def reports(self) -> list[WeeklyReport]:
        return [row.report for row in self.rows if row.report]

    def total(self, name: str) -> int | Decimal:
        return sum((getattr(each, name) or 0 for each in self.reports), start=ZERO if name.endswith("amount") else 0)

    @property
    def enrolled(self) -> int | Decimal:
        return self.total("enrolled")

    @property
    def base(self) -> int | None:
        """Only where every town that reported knows its own."""
        reports = self.reports
        return int(self.total("base")) if reports and all(each.base is not None for each in reports) else None

    @property
    def rate(self) -> str:
        return rate_text(int(self.enrolled), self.base)

    @property
    def sums(self) -> dict[str, int | Decimal]:
        names = ("others", "paid", "sponsored", "payable_amount", "sponsored_amount")
        return {name: self.total(name) for name in names}

    @property
    def gain(self) -> int | None:
        """Only where that of every town that reported is known."""
        gains = [row.gain for row in self.rows if row.report]
        return None if None in gains else sum(each or 0 for each in gains)

    @property
    def lacking(self) -> list[str]:
        return [row.name for row in self.rows if row.report is None]


def weeks_of(ruleset: RuleSet, coverage_year: int, *, at: datetime) -> list[date]:
    """The Mondays of the window's weeks up to now, the latest first."""
    window = ruleset.window(coverage_year)
    if window is None:
        return []
    week, last = monday(local_day(window.opens)), min(local_day(at), local_day(window.pay_until))
    found = []
    while week <= last:
        found.append(week)
        week += WEEK
    return found[::-1]


def county_week(county: str, period: ContributionPeriod, ruleset: RuleSet, week: date, *, at: datetime) -> CountyWeek:
    """The towns of a county in a week, by rate."""
    towns = Division.objects.at(min(local_day(at), week + WEEK)).within(county).filter(level=9)
    rows = WeeklyReport.objects.filter(
        division_code__startswith=county, coverage_year=period.coverage_year, week__in=[week, week - WEEK]
    ).select_related("made_by")
    found = {(row.division_code, row.week): row for row in rows}
    names = {town.prefix: town.name for town in towns} | {row.division_code: row.division_name for row in rows}
    due_on = ruleset.weekly_report.due_on(week) if ruleset.weekly_report else None
    late = due_on is not None and local_day(at) > due_on
    first = is_first(week, ruleset, period.coverage_year)
    weeks = []
    for code, name in names.items():
        mine, before = found.get((code, week)), found.get((code, week - WEEK))
        weeks.append(TownWeek(code, name, mine, before, due_on, late and not mine, first))
    _rank(weeks, lambda each: each.share, "rate_place")
    _rank(weeks, lambda each: each.gain_share, "gain_place")
    weeks.sort(key=lambda each: (each.report is None, each.rate_place or len(weeks), each.code))
    return CountyWeek(week, due_on, weeks)


def is_first(week: date, ruleset: RuleSet, coverage_year: int) -> bool:
    """Whether a week is that in which the year's window opens."""
    window = ruleset.window(coverage_year)
    return window is not None and week == monday(local_day(window.opens))


def as_frozen(draft: WeeklyReport, *, is_first: bool = False) -> TownWeek:
    """A town's row with the report that would be frozen now; its places are known when the others have reported."""
    same = WeeklyReport.objects.filter(division_code=draft.division_code, coverage_year=draft.coverage_year)
    before = same.filter(week=draft.week - WEEK).first()
    return TownWeek(draft.division_code, draft.division_name, draft, before, draft.due_on, False, is_first)


def time_told(draft: WeeklyReport) -> str:
    """What day it is against the day when the report is due, and of which moment the figures would be frozen."""
    due, today = draft.due_on, local_day(draft.made_at)
    over = draft.counted_at < draft.made_at
    what = f"{local_day(draft.counted_at):%m-%d}（周日）一天结束时" if over else "今天"
    frozen = f"现在报送将冻结{what}的数字"
    if due is None:
        return f"{frozen}。"
    if today > due:
        return f"截止日是{_day(due)}，今天是{_day(today)}，已经过了，记为逾期；{frozen}。"
    if today == due:
        return f"今天是截止日{_day(due)}，{frozen}，之后的不再计入这一周。"
    return f"截止日是{_day(due)}，今天是{_day(today)}，还没有到；{frozen}，之后的不再计入这一周。"


def _day(day: date) -> str:
    return f"{tuple(WEEKDAYS.values())[day.weekday()]}（{day:%m-%d}）"


def _rank(rows: Sequence[TownWeek], by: Callable[[TownWeek], Fraction | None], place: str) -> None:
    """Places from 1, exact; who are equal share one. Without a base there is none."""
    values = [value for row in rows if (value := by(row)) is not None]
    for row in rows:
        mine = by(row)
        if mine is not None:
            setattr(row, place, 1 + sum(value > mine for value in values))
