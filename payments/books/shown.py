"""票据号段的样子: every book with what was used, voided and is left; the stock by office and holder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from offices.models import Staff
from payments.models import BookHolding, Receipt, ReceiptBook, WorkmanshipReceipt
from payments.models.book import FEW_NUMBERS
from payments.models.lot import Purpose

# A book that was lost, returned or closed in the cupboard has lost its `stored_at`; nobody's hands were closed with it.
_ENDED_IN_HANDS = Exists(BookHolding.objects.filter(book=OuterRef("pk"), ended_at=OuterRef("closed_at")))
_IS_STORED = ExpressionWrapper(
    Q(stored_at__isnull=False) | Q(closed_at__isnull=False, clerk__isnull=True) & ~Q(_ENDED_IN_HANDS),
    output_field=BooleanField(),
)
FINISHED = frozenset({"empty", "closed", "returned", "lost"})


@dataclass(frozen=True, slots=True)
class BookShown:
    """One book; `used` counts the voided ones, whose numbers are used too."""

    book: ReceiptBook
    used: int
    voided: int
    was_stored: bool

    @property
    def left(self) -> int:
        """Unused numbers, whether they may still be used or not."""
        return self.book.left

    @property
    def blocked(self) -> int:
        """Unused numbers of a lost book."""
        return self.left if self.state == "lost" else 0

    @property
    def first(self) -> str:
        return self.book.printed(self.book.first_number)

    @property
    def last(self) -> str:
        return self.book.printed(self.book.last_number)

    @property
    def next(self) -> str:
        return "" if self.is_finished else self.book.printed(self.book.next_number)

    @property
    def state(self) -> str:
        """lost, returned, closed, empty, stored, low or open."""
        if hasattr(self.book, "loss"):
            return "lost"
        if hasattr(self.book, "returned"):
            return "returned"
        if self.book.closed_at:
            return "closed"
        if not self.left:
            return "empty"
        if self.book.stored_at:
            return "stored"
        return "low" if self.left <= FEW_NUMBERS else "open"

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def is_verified(self) -> bool:
        return hasattr(self.book, "verification")

    @property
    def holder(self) -> str:
        """Whose it is, or was last."""
        if self.book.clerk:
            return str(self.book.clerk.name)
        return "在库" if self.was_stored else "本机构共用"


@dataclass(frozen=True, slots=True)
class StockRow:
    """库存 of one holder (or the sum of several): numbers, and how many books were lost or wait for verification."""

    office_id: int
    office: str
    purpose: str
    holder: str
    clerk: str
    books: int
    size: int
    stock: int
    used: int
    voided: int
    blocked: int
    gone: int
    lost: int
    waiting: int

    @property
    def is_low(self) -> bool:
        """A clerk's own numbers run low."""
        return self.clerk.isdigit() and self.clerk != "0" and 0 < self.stock <= FEW_NUMBERS


@dataclass(frozen=True, slots=True)
class OfficeStock:
    """An office's numbers for one kind of money, holder by holder, and their sum."""

    rows: tuple[StockRow, ...]
    total: StockRow


def books_within(staff: Staff) -> QuerySet[ReceiptBook]:
    """The books within the scope with everything that a row shows; `voided` is the verification's, or counted."""
    rows = ReceiptBook.objects.visible_to(staff)
    rows = rows.select_related("office", "clerk", "lot", "verification__by", "loss__reporter", "returned__by")
    return rows.annotate(voids=_voids(), was_stored=_IS_STORED)


def _voids() -> Coalesce:
    """Void receipts of a book. A verified one is not counted again: nothing of it changes."""
    counted = [
        Coalesce(
            Subquery(
                model.objects.filter(book=OuterRef("pk"), voided_at__isnull=False)
                .order_by()
                .values("book")
                .annotate(n=Count("pk"))
                .values("n")
            ),
            0,
        )
        for model in (Receipt, WorkmanshipReceipt)
    ]
    return Coalesce(F("verification__voided"), counted[0] + counted[1], output_field=IntegerField())


def shown(rows: Iterable[ReceiptBook]) -> list[BookShown]:
    """Books of `books_within` as they are shown."""
    return [BookShown(book, book.next_number - book.first_number, book.voids, book.was_stored) for book in rows]


def books_shown(staff: Staff, *, office: int | None = None, clerk: str = "") -> list[BookShown]:
    """The books in use or in stock, then those that wait for verification. One query.

    `clerk` is a clerk's key, 0 for those that all share or kept in the cupboard.
    """
    rows = _chosen(books_within(staff).filter(verification__isnull=True), office, clerk)
    found = shown(rows.order_by("office__code", "received_at", "code", "first_number"))
    return sorted(found, key=lambda each: each.is_finished)


def verified_books(staff: Staff, *, office: int | None = None, clerk: str = "") -> QuerySet[ReceiptBook]:
    """The books that were verified, the latest first."""
    rows = books_within(staff).filter(verification__isnull=False)
    return _chosen(rows, office, clerk).order_by("-verification__verified_at", "-pk")


def _chosen(rows: QuerySet[ReceiptBook], office: int | None, clerk: str) -> QuerySet[ReceiptBook]:
    if office:
        rows = rows.filter(office=office)
    if clerk == "0":
        rows = rows.filter(clerk__isnull=True)
    elif clerk:
        rows = rows.filter(clerk=clerk)
    return rows


def stock(staff: Staff) -> list[OfficeStock]:
    """库存 by office, kind of money and holder; one query that groups in the database."""
    left, used = F("last_number") - F("next_number") + 1, F("next_number") - F("first_number")
    is_open, is_lost = Q(closed_at__isnull=True), Q(loss__isnull=False)
    finished = Q(closed_at__isnull=False) | Q(next_number__gt=F("last_number"))
    rows = (
        ReceiptBook.objects.visible_to(staff)
        .annotate(voids=_voids(), all_numbers=F("last_number") - F("first_number") + 1, stored=_IS_STORED)
        .values("office", "office__name", "office__code", "purpose", "clerk", "clerk__name", "stored")
        .annotate(
            books=Count("pk"),
            size=Sum("all_numbers"),
            stock=Sum(left, filter=is_open, default=0),
            used=Sum(used, default=0),
            voided=Sum("voids", default=0),
            blocked=Sum(left, filter=is_lost, default=0),
            gone=Sum(left, filter=~is_open & ~is_lost, default=0),
            lost=Count("pk", filter=is_lost),
            waiting=Count("pk", filter=finished & Q(verification__isnull=True)),
        )
        .order_by("office__code", "purpose", "-stored", F("clerk__username").asc(nulls_first=True))
    )
    found = [_stock_row(row) for row in rows]
    groups = groupby(found, key=lambda row: (row.office_id, row.purpose))
    return [_office_stock(tuple(rows)) for _, rows in groups]


FIGURES = ("books", "size", "stock", "used", "voided", "blocked", "gone", "lost", "waiting")


def _stock_row(row: dict[str, Any]) -> StockRow:
    shared = "在库，未领用" if row["stored"] else "本机构共用"
    return StockRow(
        office_id=row["office"],
        office=row["office__name"],
        purpose=Purpose(row["purpose"]).label,
        holder=row["clerk__name"] or shared,
        clerk=str(row["clerk"] or 0),
        **{name: row[name] for name in FIGURES},
    )


def _office_stock(rows: Sequence[StockRow]) -> OfficeStock:
    sums = {name: sum(getattr(row, name) for row in rows) for name in FIGURES}
    total = StockRow(rows[0].office_id, rows[0].office, rows[0].purpose, "合计", "", **sums)
    return OfficeStock(tuple(rows), total)
