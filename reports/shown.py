"""进度的显示: what the pages draw of a progress: the trend, who pays, a bar and a tile for each part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from common.dates import local_day
from enrollment.rules.progress import Stage, stages_of
from enrollment.rules.ruleset import RuleSet
from reports import charts
from reports.standing import Progress, Standing

# A bar of 200 units is 120 % of the base, so that who is beyond it shows.
BAR, FULL = 200, 120


@dataclass(frozen=True, slots=True)
class Part:
    """A town, village or group with the length of its bar, and its step on the map, 0 where there is no rate."""

    row: Standing
    bar: int
    step: int


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays for how many, with a bar of the share in all money; `starts` is where it begins in one bar of all."""

    name: str
    persons: int
    amount: Decimal
    bar: int
    starts: int


def trend_of(found: Progress, ruleset: RuleSet, coverage_year: int, *, at: datetime) -> charts.Trend | None:
    """The line of the year's window, where the rule set has one."""
    window = ruleset.window(coverage_year)
    if window is None:
        return None
    days = {"first": local_day(window.opens), "last": local_day(window.pay_until), "today": local_day(at)}
    base = found.whole.base
    wanted = found.target.wanted(base) if found.target and base else None
    return charts.trend(found.trend(), **days, wanted=wanted)


def parts_of(rows: Sequence[Standing]) -> list[Part]:
    """A bar and a tile for each."""
    bars = [charts.length(row.count.enrolled * 100, (row.base or 0) * FULL, wide=BAR) for row in rows]
    return [Part(row, bar, step_of(row)) for row, bar in zip(rows, bars, strict=True)]


# How far below the target a step reaches, in points of a hundred; 5 is the target itself.
STEPS = (30, 15, 5)


def step_of(row: Standing) -> int:
    """Which of five steps a rate is on, by whole numbers: 5 has reached the target, 4 lacks less than 5 points, …"""
    if row.target is None or not row.base:
        return 0
    if row.is_met:
        return 5
    reached = [row.count.enrolled * 100 >= row.base * (row.target.percent - below) for below in STEPS]
    return 1 + sum(reached)


def line_of(found: Progress) -> int | None:
    """Where the target stands on a bar."""
    return charts.length(found.target.percent, FULL, wide=BAR) if found.target else None


def payers_of(found: Progress) -> list[Payer]:
    """The persons themselves, then each department by what it pays."""
    whole = found.figures.whole
    named = sorted(found.figures.funders.items(), key=lambda item: (-item[1].sponsored_amount, item[0]))
    rows = [("个人缴费", whole.paid, whole.payable_amount)]
    rows += [(name, count.sponsored, count.sponsored_amount) for name, count in named if name]
    total, so_far, payers = int(whole.amount * 100), 0, []
    for name, persons, amount in rows:
        bar = charts.length(int(amount * 100), total, wide=BAR)
        payers.append(Payer(name, persons, amount, bar, charts.length(so_far, total, wide=BAR)))
        so_far += int(amount * 100)
    return payers


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stage of the work, and how many days of it are left, today included; None while it is not running."""

    stage: Stage
    days_left: int | None


def stretches_of(ruleset: RuleSet, coverage_year: int, day: date) -> list[Stretch]:
    """The stages of the year as dates."""
    return [
        Stretch(each, (each.ends_on - day).days + 1 if each.is_running(day) else None)
        for each in stages_of(ruleset.stages, coverage_year)
    ]


def days_left(ruleset: RuleSet, coverage_year: int, *, at: datetime) -> int | None:
    """Of the window, today included; None while it is not open."""
    window = ruleset.window(coverage_year)
    if window is None or not window.opens <= at <= window.pay_until:
        return None
    return (local_day(window.pay_until) - local_day(at)).days + 1
