"""票据号段的样子: every book with what was used, voided and is left."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery

from offices.models import Staff
from payments.models import Receipt, ReceiptBook, WorkmanshipReceipt

FEW = 20


@dataclass(frozen=True, slots=True)
class BookShown:
    """One book; `used` counts the voided ones, whose numbers are used too."""

    book: ReceiptBook
    used: int
    voided: int

    @property
    def left(self) -> int:
        return self.book.left

    @property
    def first(self) -> str:
        return self.book.printed(self.book.first_number)

    @property
    def last(self) -> str:
        return self.book.printed(self.book.last_number)

    @property
    def next(self) -> str:
        return self.book.printed(self.book.next_number) if self.left else ""

    @property
    def state(self) -> str:
        """closed, empty, low or open."""
        if self.book.closed_at:
            return "closed"
        if not self.left:
            return "empty"
        return "low" if self.left <= FEW else "open"


def books_shown(staff: Staff) -> list[BookShown]:
    """The books of the offices within the scope, those in use first. One query."""
    voided, others = (
        model.objects.filter(book=OuterRef("pk"), voided_at__isnull=False).order_by().values("book")
        for model in (Receipt, WorkmanshipReceipt)
    )
    rows = (
        ReceiptBook.objects.visible_to(staff)
        .select_related("office", "clerk")
        .annotate(voided=Subquery(voided.annotate(n=Count("pk")).values("n")))
        .annotate(others=Subquery(others.annotate(n=Count("pk")).values("n")))
        .order_by("closed_at", "office__code", "received_at", "code", "first_number")
    )
    found = [
        BookShown(book, book.next_number - book.first_number, (book.voided or 0) + (book.others or 0)) for book in rows
    ]
    return sorted(found, key=lambda each: each.state in ("empty", "closed"))
