"""演示日程: moments at which an office was open, spread over days, in order."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from random import Random

from common.dates import SHANGHAI

MORNING, AFTERNOON = (510, 695), (840, 1020)  # minutes of the day: 8:30 to 11:35, 14:00 to 17:00


def working_days(first: date, last: date, *, holidays: Collection[date] = ()) -> list[date]:
    """Mondays to Fridays between two days, both included, without the holidays."""
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5 and day not in holidays]


def moments(rng: Random, days: list[date], count: int) -> list[datetime]:
    """So many different moments of office hours, in order; the counter needs some minutes for each."""
    slots = [(day, minute) for day in days for span in (MORNING, AFTERNOON) for minute in range(*span, 6)]
    chosen = sorted(rng.sample(slots, count))
    return [
        datetime.combine(day, time(minute // 60, minute % 60, rng.randrange(60)), tzinfo=SHANGHAI)
        for day, minute in chosen
    ]
