"""目标任务、工作阶段、周报: what share is to be enrolled, by when what is done, what is sent in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from common.decision import Clause

POPULATIONS = {"rural": "农业", "converted": "农转城", "urban": "城镇"}
WEEKDAYS = {"mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日"}


@dataclass(frozen=True, slots=True)
class Target:
    """目标任务: so many in a hundred of the base population; `population` are the kinds of hukou that it counts."""

    percent: int
    population: tuple[str, ...]
    clause: Clause

    def is_met(self, *, enrolled: int, base: int) -> bool:
        """Whether the target is reached: whole numbers only, nothing is rounded."""
        return enrolled * 100 >= base * self.percent

    def wanted(self, base: int) -> int:
        """The least number of persons that reaches it."""
        return -(-base * self.percent // 100)

    def lacking(self, *, enrolled: int, base: int) -> int:
        """How many more it takes."""
        return max(0, self.wanted(base) - enrolled)


def rate_hundredths(*, enrolled: int, base: int) -> int | None:
    """参保率 in hundredths of a percent, cut off and not rounded, so that 95.999 % never reads 96; may exceed 100 %."""
    return enrolled * 10000 // base if base else None


@dataclass(frozen=True, slots=True)
class Stage:
    """工作阶段 of one coverage year: both days included; without a clause the document is silent."""

    coverage_year: int
    name: str
    starts_on: date
    ends_on: date
    clause: Clause | None

    def is_running(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class WeeklyReportRule:
    """周报: every town sends in one each week, at the latest on `due_weekday` (Monday is 1), that day included."""

    due_weekday: int
    clause: Clause | None

    def due_on(self, week: date) -> date:
        """The last day in time for the week that begins on a Monday."""
        return week + timedelta(days=self.due_weekday - 1)


def monday(day: date) -> date:
    """The first day of the ISO week of a day."""
    return day - timedelta(days=day.weekday())


def week_name(week: date) -> str:
    """2016年第45周: ISO week and the year that it belongs to."""
    year, number, _ = week.isocalendar()
    return f"{year}年第{number}周"


def stages_of(stages: Iterable[Stage], coverage_year: int) -> tuple[Stage, ...]:
    """The stages of a coverage year by their first day."""
    found = [each for each in stages if each.coverage_year == coverage_year]
    return tuple(sorted(found, key=lambda each: (each.starts_on, each.ends_on)))
