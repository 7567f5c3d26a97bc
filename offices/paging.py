"""分页: one page of a long list, newest first, without counting it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

M = TypeVar("M")
SIZE = 40
LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """The rows of page `number` (from 1), and whether another one follows."""

    rows: tuple[M, ...]
    number: int
    has_next: bool

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.has_next else None


def page_of(rows: "QuerySet[Any] | Sequence[M]", wanted: str | None, *, size: int = SIZE) -> Page[M]:
    """The wanted page; the first where the number makes no sense. One query, of rows that are one."""
    number = int(wanted) if wanted and wanted.isascii() and wanted.isdigit() else 1
    number = min(max(number, 1), LAST_PAGE)
    first = (number - 1) * size
    found = tuple(rows[first : first + size + 1])
    return Page(found[:size], number, len(found) > size)
