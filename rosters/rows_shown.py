"""名册的行: a screenful of rows with their verdicts, found by keyset, the last as fast as the first."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from common.relations import LABELS
from rosters.models import RosterEntry, RosterFile, RosterRow
from rosters.sums import ASIDE, COUNTED, NEW, WRONG

SIZE = 50
FILTERS: dict[str, tuple[str, Q]] = {
    "all": ("全部", Q()),
    "wrong": ("有问题", WRONG),
    "ok": ("已通过", COUNTED),
    "new": ("新登记", NEW),
    "aside": ("已剔出", ASIDE),
}


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Rows in the order of the file; `before` and `after` lead to the neighbours, None where there is none."""

    rows: tuple[RosterRow, ...]
    before: int | None
    after: int | None


def rows_of(file: RosterFile, show: str) -> QuerySet[RosterRow]:
    """The rows of a file that a filter shows."""
    return file.rows.filter(FILTERS[show][1]).order_by("position")


def page_of_rows(rows: QuerySet[RosterRow], *, after: str | None, before: str | None) -> RowsPage:
    """The rows behind one position, or before one; else the first."""
    if (place := _number(before)) is not None:
        found = list(rows.filter(position__lt=place).order_by("-position")[: SIZE + 1])
        more, shown = len(found) > SIZE, tuple(reversed(found[:SIZE]))
        return RowsPage(shown, shown[0].position if more else None, shown[-1].position if shown else None)
    start = _number(after)
    found = list(rows.filter(position__gt=start)[: SIZE + 1]) if start is not None else list(rows[: SIZE + 1])
    more, shown = len(found) > SIZE, tuple(found[:SIZE])
    is_behind = start is not None and bool(shown)
    return RowsPage(shown, shown[0].position if is_behind else None, shown[-1].position if more else None)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def dress(rows: Collection[RosterRow]) -> None:
    """Give each row what the page says besides: the word of its relation, and whether a household begins with it."""
    household = None
    for row in rows:
        row.relation_word = LABELS.get(row.relation, "")
        row.begins = row.household != household
        household = row.household


def with_entries(rows: QuerySet[RosterRow], submission_id: int) -> QuerySet[RosterRow]:
    """Rows with what the county did with them: `entry_outcome`, `entry_reason`, `entry_id`."""
    entry = RosterEntry.objects.standing().filter(row=OuterRef("pk"), submission=submission_id)
    return rows.annotate(
        is_entered=Exists(entry.filter(outcome="entered")), is_returned=Exists(entry.filter(outcome="returned"))
    )


def only(rows: QuerySet[RosterRow], what: str) -> QuerySet[RosterRow]:
    """Those open, entered or returned, of rows that `with_entries` annotated."""
    conditions = {
        "open": Q(is_entered=False, is_returned=False),
        "entered": Q(is_entered=True),
        "returned": Q(is_returned=True),
    }
    return rows.filter(conditions[what]) if what in conditions else rows
