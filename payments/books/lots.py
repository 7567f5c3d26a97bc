"""入库批次的样子: what of each lot went out as books, and which numbers are still there."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from offices.models import Division, Staff
from payments.models import ReceiptBook, ReceiptLot

BOOK_SIZE = 100  # what is proposed for a book, where the lot still has as many


@dataclass(frozen=True, slots=True)
class LotShown:
    """One lot: its books in order and the ranges that are not given out."""

    lot: ReceiptLot
    holder: str
    books: tuple[ReceiptBook, ...]
    free: tuple[tuple[int, int], ...]

    @property
    def first(self) -> str:
        return self.lot.printed(self.lot.first_number)

    @property
    def last(self) -> str:
        return self.lot.printed(self.lot.last_number)

    @property
    def given(self) -> int:
        return sum(book.size for book in self.books)

    @property
    def left(self) -> int:
        return self.lot.size - self.given

    @property
    def ranges(self) -> list[str]:
        """The ranges that are still there, as printed."""
        return [f"{self.lot.printed(first)}—{self.lot.printed(last)}" for first, last in self.free]

    @property
    def proposal(self) -> dict[str, str]:
        """The next book: the first hundred numbers of the first free range."""
        if not self.free:
            return {}
        first, last = self.free[0]
        return {"first": self.lot.printed(first), "last": self.lot.printed(min(last, first + BOOK_SIZE - 1))}


def lots_shown(staff: Staff, *, lot_id: int | None = None) -> list[LotShown]:
    """The lots within the scope, the latest first. Three queries."""
    lots = ReceiptLot.objects.visible_to(staff).select_related("by")
    if lot_id:
        lots = lots.filter(pk=lot_id)
    books = defaultdict(list)
    for book in ReceiptBook.objects.filter(lot__in=lots).select_related("office").order_by("first_number"):
        books[book.lot_id].append(book)
    names = _names(lot.division_code for lot in lots)
    return [
        LotShown(lot, names.get(lot.division_code, lot.division_code), tuple(books[lot.pk]), _free(lot, books[lot.pk]))
        for lot in lots
    ]


def _names(prefixes: Iterable[str]) -> dict[str, str]:
    whole = {prefix.ljust(12, "0"): prefix for prefix in prefixes if prefix}
    rows = Division.objects.filter(code__in=whole).order_by("starts_on").values_list("code", "name")
    return {"": "全部区划"} | {whole[code]: name for code, name in rows}


def _free(lot: ReceiptLot, books: Sequence[ReceiptBook]) -> tuple[tuple[int, int], ...]:
    found, start = [], lot.first_number
    for book in books:
        if book.first_number > start:
            found.append((start, book.first_number - 1))
        start = book.last_number + 1
    if start <= lot.last_number:
        found.append((start, lot.last_number))
    return tuple(found)
