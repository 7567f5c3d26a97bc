"""ID numbers by the ten thousand: the places of a whole column checked as one array. 身份证号.

Only numbers that are right in every place come back; what is wrong with another `common.idcard` says.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np

from common.idcard import CHECK_DIGITS, EARLIEST_YEAR, WEIGHTS, IdNumber, kind_of

LENGTH = 18
DIGITS = np.frombuffer(CHECK_DIGITS.encode(), dtype=np.uint8)
DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def right_numbers(texts: Iterable[str], *, today: date) -> dict[str, IdNumber]:
    """Those texts that are ID numbers as they are kept, each with what it says; the others are left out."""
    asked = [text for text in dict.fromkeys(texts) if len(text) == LENGTH and text.isascii()]
    if not asked:
        return {}
    places = np.frombuffer("".join(asked).encode(), dtype=np.uint8).reshape(-1, LENGTH)
    digits = places[:, :17].astype(np.int64) - ord("0")
    day_numbers = digits[:, 6:14] @ (10 ** np.arange(7, -1, -1))
    right = ((digits >= 0) & (digits <= 9)).all(axis=1) & (digits[:, 0] > 0)
    right &= places[:, 17] == DIGITS[(digits @ np.array(WEIGHTS)) % 11]
    right &= _are_days(day_numbers) & (day_numbers <= today.year * 10_000 + today.month * 100 + today.day)
    born = day_numbers.tolist()
    return {asked[n]: _number(asked[n], born[n]) for n in np.flatnonzero(right).tolist()}


def _are_days(numbers: "np.ndarray[Any, Any]") -> Any:
    """Which of 20161101 and the like are days of the calendar, 1900 or later."""
    years, months, days = numbers // 10_000, numbers // 100 % 100, numbers % 100
    leap = (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
    known = (months >= 1) & (months <= 12)
    longest = DAYS[np.where(known, months, 0)] + (leap & (months == 2))
    return known & (years >= EARLIEST_YEAR) & (days >= 1) & (days <= longest)


def _number(text: str, born: int) -> IdNumber:
    kind, division = kind_of(text)
    return IdNumber(
        number=text,
        birth_date=date(born // 10_000, born // 100 % 100, born % 100),
        sex="M" if int(text[16]) % 2 else "F",
        division=division,
        kind=kind,
    )
