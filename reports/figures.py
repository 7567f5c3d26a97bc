"""参保人数和金额: grouped by division, day, funder and category in one statement, as they stood at a moment. 统计."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from common.dates import SHANGHAI
from enrollment.rules.progress import Target

ZERO = Decimal("0.00")
# A county is told by town, a town by village.
BELOW = {2: 4, 4: 6, 6: 9, 9: 12, 12: 12}

# One pass over the year's enrolments of the scope: an enrolment counts from its moment until it is cancelled.
# Persons of the base population are those whose hukou lies in the county and is of the kinds that the base counts.
FIGURES = f"""
WITH standing AS (
    SELECT left(e.division_code, %(digits)s) AS place, (e.enrolled_at AT TIME ZONE '{SHANGHAI.key}')::date AS day,
           e.funder, e.category_name, e.payable, e.sponsored,
           %(everybody)s OR (p.hukou_kind = ANY(%(population)s)
                             AND left(p.hukou_division, 6) = left(e.division_code, 6)) AS in_base
    FROM enrollment_enrollment e JOIN households_person p ON p.id = e.person_id
    WHERE e.division_code LIKE %(within)s AND e.coverage_year = %(year)s AND e.enrolled_at <= %(at)s
      AND (e.cancelled_at IS NULL OR e.cancelled_at > %(at)s)
)
SELECT place, day, funder, category_name, GROUPING(place, day, funder, category_name),
       count(*) FILTER (WHERE in_base), count(*) FILTER (WHERE NOT in_base),
       count(*) FILTER (WHERE payable > 0), count(*) FILTER (WHERE sponsored > 0),
       coalesce(sum(payable), 0), coalesce(sum(sponsored), 0)
FROM standing GROUP BY GROUPING SETS ((), (place), (day), (funder), (category_name))
"""  # noqa: S608 - put together from constants
# GROUPING() has a bit for each column that a row sums over.
KINDS = {0b0111: "places", 0b1011: "days", 0b1101: "funders", 0b1110: "categories"}


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


@dataclass(slots=True)
class Figures:
    """The counts of a division and year, and its parts."""

    whole: Count = field(default_factory=Count)
    places: dict[str, Count] = field(default_factory=dict)
    days: dict[date, Count] = field(default_factory=dict)
    funders: dict[str, Count] = field(default_factory=dict)
    categories: dict[str, Count] = field(default_factory=dict)


def statement(
    division: str, coverage_year: int, *, at: datetime, target: Target | None
) -> tuple[str, dict[str, object]]:
    """The one statement and its parameters; a test explains it."""
    return FIGURES, {
        "digits": BELOW.get(len(division), 4),
        "within": f"{division}%",
        "year": coverage_year,
        "at": at,
        "everybody": target is None,
        "population": list(target.population) if target else [],
    }


def figures_of(division: str, coverage_year: int, *, at: datetime, target: Target | None) -> Figures:
    """What stood at that moment, of the divisions under a prefix."""
    found = Figures()
    with connection.cursor() as cursor:
        cursor.execute(*statement(division, coverage_year, at=at, target=target))
        for *names, grouping, enrolled, others, paid, sponsored, payable_amount, sponsored_amount in cursor.fetchall():
            count = Count(enrolled, others, paid, sponsored, payable_amount, sponsored_amount)
            if grouping in KINDS:
                kind = KINDS[grouping]
                getattr(found, kind)[names[list(KINDS.values()).index(kind)]] = count
            else:
                found.whole = count
    return found


def base_of(code: str, known: Mapping[str, int], below: Iterable[str]) -> int | None:
    """A division's own figure; or else the sum of those below, if each of them has one; or else not known."""
    if code in known:
        return known[code]
    parts = [known.get(each) for each in below]
    numbers = [each for each in parts if each is not None]
    return sum(numbers) if parts and len(numbers) == len(parts) else None
