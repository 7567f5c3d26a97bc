"""银行对账: which line of the bank's is which slip of ours. Pure: what is not plain is proposed, never decided."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.typed import compact

NEAR_DAYS = 3
EXACT, NEAR = "exact", "near"


@dataclass(frozen=True, slots=True)
class Money:
    """A sum on a day under a number: of the bank's or ours."""

    pk: int
    day: date
    amount: Decimal
    number: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the bank's that is a slip of ours, and by what that was seen."""

    row: int
    slip: int
    how: str


@dataclass(frozen=True, slots=True)
class Matching:
    """What is plain; and by row which slips it may be, the likelier first."""

    pairs: tuple[Pair, ...]
    proposed: Mapping[int, tuple[int, ...]]


def same_number(number: str) -> str:
    """As it is compared: Excel drops leading zeros, people add blanks and write small letters."""
    return compact(number).upper().lstrip("0")


def match(rows: Iterable[Money], slips: Iterable[Money], *, days: int = NEAR_DAYS) -> Matching:
    """First number, sum and day; then the same sum within ±`days`, where row and slip have no other choice."""
    rows, slips = list(rows), list(slips)
    exact = _only({pair for pair in _pairs(rows, slips, 0) if _same(*pair)})
    rows, slips = _left(rows, slips, exact)
    near = _pairs(rows, slips, days)
    numbered = _only({pair for pair in near if _same(*pair)})
    rest = _without(near, numbered)
    plain = numbered | _only(rest)
    proposed: dict[int, list[tuple[Money, Money]]] = defaultdict(list)
    for row, slip in _without(near, plain):
        proposed[row.pk].append((row, slip))
    found = [Pair(row.pk, slip.pk, EXACT) for row, slip in exact] + [Pair(row.pk, slip.pk, NEAR) for row, slip in plain]
    return Matching(
        tuple(sorted(found, key=lambda pair: pair.row)), {pk: _likely(each) for pk, each in proposed.items()}
    )


Both = tuple[Money, Money]


def _same(row: Money, slip: Money) -> bool:
    number = same_number(row.number)
    return bool(number) and number == same_number(slip.number)


def _pairs(rows: list[Money], slips: list[Money], days: int) -> set[Both]:
    """Each row with each slip of the same sum no more than `days` away."""
    at = defaultdict(list)
    for slip in slips:
        at[slip.amount, slip.day].append(slip)
    around = [timedelta(days=away) for away in range(-days, days + 1)]
    return {(row, slip) for row in rows for away in around for slip in at.get((row.amount, row.day + away), ())}


def _only(pairs: set[Both]) -> set[Both]:
    """Those whose row and slip stand in no other pair."""
    rows: dict[int, int] = defaultdict(int)
    slips: dict[int, int] = defaultdict(int)
    for row, slip in pairs:
        rows[row.pk] += 1
        slips[slip.pk] += 1
    return {(row, slip) for row, slip in pairs if rows[row.pk] == 1 and slips[slip.pk] == 1}


def _without(pairs: set[Both], done: set[Both]) -> set[Both]:
    rows, slips = {row.pk for row, _ in done}, {slip.pk for _, slip in done}
    return {(row, slip) for row, slip in pairs if row.pk not in rows and slip.pk not in slips}


def _left(rows: list[Money], slips: list[Money], done: set[Both]) -> tuple[list[Money], list[Money]]:
    taken, used = {row.pk for row, _ in done}, {slip.pk for _, slip in done}
    return [row for row in rows if row.pk not in taken], [slip for slip in slips if slip.pk not in used]


def _likely(pairs: list[Both]) -> tuple[int, ...]:
    """The same number first, then the nearest day."""
    order = sorted(pairs, key=lambda pair: (not _same(*pair), abs((pair[0].day - pair[1].day).days), pair[1].pk))
    return tuple(slip.pk for _, slip in order)
