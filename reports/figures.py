"""参保人数和金额: by division, day, funder and category in one statement, as they stood at a day's end. 统计."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from common.dates import local_day
from enrollment.rules.progress import Target
from reports.plain import COUNTS, GROUPS, LACKING, PLAIN, SUMS, parameters

ZERO = Decimal("0.00")
# A county is told by town, a town by village.
BELOW = {2: 4, 4: 6, 6: 9, 9: 12, 12: 12}
VILLAGE = 12

# The sums, and what is not folded into them yet: one statement, one snapshot. Days are kept by town.
FIGURES = f"""
WITH place_sums AS (
    SELECT left(division_code, %(digits)s) AS place, funder, category_name, hukou_kind, is_local, {COUNTS}
    FROM reports_placesum WHERE division_code LIKE %(within)s AND coverage_year = %(year)s
    UNION ALL
    SELECT left(division_code, %(digits)s), funder, category_name, hukou_kind, is_local, {COUNTS}
    FROM reports_tally WHERE division_code LIKE %(within)s AND coverage_year = %(year)s
), day_sums AS (
    SELECT day, is_cancelled, hukou_kind, is_local, {COUNTS}
    FROM reports_daysum WHERE town LIKE %(within)s AND coverage_year = %(year)s
    UNION ALL
    SELECT day, is_cancelled, hukou_kind, is_local, {COUNTS}
    FROM reports_tally WHERE division_code LIKE %(within)s AND coverage_year = %(year)s
)
SELECT place, funder, category_name, NULL::date AS day, NULL::boolean AS is_cancelled,
       GROUPING(place, funder, category_name) * 4 + 3, {SUMS}
FROM place_sums GROUP BY GROUPING SETS ((), (place), (funder), (category_name))
UNION ALL
SELECT NULL, NULL, NULL, day, is_cancelled, 28, {SUMS} FROM day_sums GROUP BY day, is_cancelled
"""  # noqa: S608 - put together from constants
# GROUPING() has a bit for each column that a row sums over: place, funder, category, day, cancelled.
KINDS = {0b01111: "places", 0b10111: "funders", 0b11011: "categories"}
DAYS = 0b11100

# What stood in towns at the end of a day: everything that came and went until then.
STOOD = f"""
SELECT {SUMS} FROM (
    SELECT hukou_kind, is_local, {COUNTS} FROM reports_daysum
    WHERE town LIKE %(within)s AND coverage_year = %(year)s AND day <= %(day)s
    UNION ALL
    SELECT hukou_kind, is_local, {COUNTS} FROM reports_tally
    WHERE division_code LIKE %(within)s AND coverage_year = %(year)s AND day <= %(day)s
) event
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class Count:
    """Persons and money: `enrolled` of the base population, `others` beside it."""

    enrolled: int = 0
    others: int = 0
    paid: int = 0
    sponsored: int = 0
    payable_amount: Decimal = ZERO
    sponsored_amount: Decimal = ZERO

    @property
    def persons(self) -> int:
        return self.enrolled + self.others

    @property
    def amount(self) -> Decimal:
        return self.payable_amount + self.sponsored_amount

    def __neg__(self) -> "Count":
        return Count(*(-getattr(self, each) for each in self.__slots__))

    def __add__(self, other: "Count") -> "Count":
        return Count(*(getattr(self, each) + getattr(other, each) for each in self.__slots__))


@dataclass(slots=True)
class Figures:
    """The counts of a division and year, and its parts. `days` are who came on a day, `gone` who was cancelled.

    `places` of a village are its groups.
    """

    whole: Count = field(default_factory=Count)
    places: dict[str, Count] = field(default_factory=dict)
    days: dict[date, Count] = field(default_factory=dict)
    gone: dict[date, Count] = field(default_factory=dict)
    funders: dict[str, Count] = field(default_factory=dict)
    categories: dict[str, Count] = field(default_factory=dict)


def figures_of(division: str, coverage_year: int, *, at: datetime, target: Target | None) -> Figures:
    """What stood at the end of that day, of the divisions under a prefix.

    One village is small, and its days are not kept apart: it is counted anew. So is a day before the last one, which
    only an office looks at whose clock was set back.
    """
    given = parameters(division, coverage_year, at=at, target=target, digits=BELOW.get(len(division), 4))
    if len(division) == VILLAGE:
        return read_figures(GROUPS, given)
    found = read_figures(FIGURES, given)
    later = any(day > local_day(at) for day in (*found.days, *found.gone))
    return read_figures(PLAIN, given) if later else found


def read_figures(statement: str, given: Mapping[str, object]) -> Figures:
    """The answer of either statement."""
    found = Figures()
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        for place, funder, category, day, is_cancelled, grouping, *counts in cursor.fetchall():
            count = Count(*counts)
            if grouping == DAYS:
                (found.gone if is_cancelled else found.days)[day] = -count if is_cancelled else count
            elif grouping not in KINDS:
                found.whole = count
            elif count.persons:
                name = {"places": place, "funders": funder, "categories": category}[KINDS[grouping]]
                getattr(found, KINDS[grouping])[name] = count
    return found


def lacking_by_group(village: str, coverage_year: int, *, at: datetime, target: Target | None) -> dict[str, int]:
    """Who is in the files of a village and not enrolled, by group."""
    given = parameters(village, coverage_year, at=at, target=target, digits=VILLAGE)
    with connection.cursor() as cursor:
        cursor.execute(LACKING, given)
        return dict(cursor.fetchall())


def count_at(division: str, coverage_year: int, *, at: datetime, target: Target | None) -> Count:
    """What stood in a town, or in all towns under a prefix, at the end of that day."""
    given = parameters(division, coverage_year, at=at, target=target, digits=len(division))
    with connection.cursor() as cursor:
        cursor.execute(STOOD, given)
        return Count(*cursor.fetchone())


def base_of(code: str, known: Mapping[str, int], below: Iterable[str]) -> int | None:
    """A division's own figure; or else the sum of those below, if each of them has one; or else not known."""
    if code in known:
        return known[code]
    parts = [known.get(each) for each in below]
    numbers = [each for each in parts if each is not None]
    return sum(numbers) if parts and len(numbers) == len(parts) else None
