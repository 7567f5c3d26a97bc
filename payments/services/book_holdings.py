"""领用的服务: a book's locked row, and from when until when it is in somebody's hands."""

from datetime import datetime

from common.decision import Reason, Refusal
from offices.models import Staff
from payments.models import BookHolding, ReceiptBook


def locked_book(book_id: int, by: Staff) -> ReceiptBook:
    """Lock a book within the scope."""
    books = ReceiptBook.objects.select_for_update(of=["self"], no_key=True).visible_to(by)
    book = books.select_related("office").filter(pk=book_id).first()
    if book is None:
        raise Refusal(Reason("BOOK_UNKNOWN", "找不到这个票据号段，或不在您的管辖范围内。请刷新后重新选择。"))
    return book


def begin_holding(book: ReceiptBook, by: Staff, at: datetime) -> None:
    """From now on the book's clerk (or every clerk of the office) has it."""
    BookHolding.objects.create(
        book=book, clerk_id=book.clerk_id, from_number=book.next_number, given_at=at, given_by=by
    )


def end_holding(book: ReceiptBook, by: Staff, at: datetime) -> None:
    """Whoever has the book has it no longer."""
    held = BookHolding.objects.filter(book=book, ended_at__isnull=True)
    held.update(until_number=book.next_number, ended_at=at, ended_by=by)


def end_use(book: ReceiptBook, by: Staff, at: datetime) -> None:
    """Let a locked book take no numbers any more; who had it last stays with it."""
    end_holding(book, by, at)
    if book.closed_at is None:
        book.closed_at, book.stored_at = at, None
        book.save(update_fields=["closed_at", "stored_at"])
