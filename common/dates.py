"""Dates as the policies count them: months that clamp, ages, the office's time zone. 日期."""

from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Years that anything here can be about; with those at the calendar's ends no day before or after can be reckoned.
YEARS = range(1900, 2200)


def local_day(moment: datetime) -> date:
    """The calendar day of an aware moment in Asia/Shanghai; a naive moment is refused."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(SHANGHAI).date()


def add_months(day: date, months: int) -> date:
    """The same day-number `months` later, or the last day of that month where it has none."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def age_on(birth_date: date, day: date) -> int:
    """周岁: completed years on `day`; the birthday itself counts. Born 29 February: a year older on 1 March."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)
