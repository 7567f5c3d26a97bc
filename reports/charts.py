"""图: where the points and lines of a chart lie. The page draws them as SVG; nothing here knows of pages. 坐标."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 250, 52, 744, 16, 222


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it is and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Trend:
    """The line of the enrolled over the days of the window, with the target's line and today's."""

    line: str
    area: str
    last: tuple[float, float]
    target_at: float | None
    today_at: float | None
    days: Sequence[Tick]
    heights: Sequence[Tick]


def trend(
    points: Sequence[tuple[date, int]], *, first: date, last: date, today: date, wanted: int | None
) -> Trend | None:
    """The chart, or None where there is no day to draw."""
    points = [(max(day, first), number) for day, number in points if day <= last]
    if last <= first or (not points and not wanted):
        return None
    most = _round_up(max(wanted or 0, *(number for _, number in points), 1))

    def across(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - first).days / (last - first).days, 1)

    def up(number: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * number / most, 1)

    end = min(today, last)
    steps = [(first, 0), *points, (end, points[-1][1] if points else 0)]
    line = " ".join(f"{across(day)},{up(number)}" for day, number in steps)
    area = f"{line} {across(end)},{BOTTOM} {LEFT},{BOTTOM}"
    return Trend(
        line=line,
        area=area,
        last=(across(end), up(steps[-1][1])),
        target_at=up(wanted) if wanted else None,
        today_at=across(today) if first <= today <= last else None,
        days=[Tick(across(day), f"{day.month}月{day.day}日") for day in _days(first, last)],
        heights=[Tick(up(most * part // 4), f"{most * part // 4:,}") for part in range(5)],
    )


def _round_up(number: int) -> int:
    """A figure that divides into four and is easy to read, a little above."""
    least = number + number // 20
    steps = [part * 10**zeros for zeros in range(10) for part in (4, 8, 20)]
    step = max((each for each in steps if each * 4 <= least), default=4)
    return -(-least // step) * step


def _days(first: date, last: date) -> list[date]:
    """The first day, then the first of each month that is far enough from it."""
    found = [first]
    day = first.replace(day=1)
    while day <= last:
        if (day - found[-1]).days > 14:
            found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def length(number: int, whole: int, *, wide: int = 100) -> int:
    """How long a bar is, of `wide` at most."""
    return min(wide, number * wide // whole) if whole else 0
