"""票据号段的服务: receiving a book, giving it to a clerk, taking it out of use."""

from datetime import datetime

from common.decision import Reason, Refusal
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Office, Staff
from payments.models import ReceiptBook
from payments.models.book import MAX_DIGITS

Role = Staff.Role


@accountable
def receive_book(
    *,
    office_id: int,
    code: str,
    first_number: int,
    last_number: int,
    width: int,
    by: Staff,
    at: datetime,
    clerk_id: int | None = None,
    purpose: str = ReceiptBook.Purpose.CONTRIBUTION,
) -> ReceiptBook:
    """入库: enter a book of numbered receipts that an office was given; without a clerk all its clerks share it.

    `purpose` says for which money it is, and stays.
    """
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    office = visible(Office.objects.all(), by).filter(pk=office_id).first()
    if office is None:
        raise Refusal(Reason("OFFICE_UNKNOWN", "找不到这个机构，或不在您的管辖范围内。请重新选择机构。"))
    code = code.strip()
    _refuse_odd_numbers(code, first_number, last_number, width)
    book = ReceiptBook.objects.create(
        code=code,
        first_number=first_number,
        last_number=last_number,
        next_number=first_number,
        width=width,
        office=office,
        clerk=_clerk(clerk_id, office_id),
        received_at=at,
        purpose=purpose,
    )
    detail = {"code": code, "first": first_number, "last": last_number, "clerk": clerk_id, "purpose": book.purpose}
    record(by=by, at=at, verb="receive_book", subject=book, office=office, detail=detail)
    return book


@accountable
def allot_book(*, book_id: int, clerk_id: int | None, by: Staff, at: datetime) -> ReceiptBook:
    """领用: give a book to a clerk of its office, or (None) to all of them; the numbers already used stay theirs."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    book = _locked(book_id, by)
    before, book.clerk = book.clerk_id, _clerk(clerk_id, book.office_id)
    book.save(update_fields=["clerk"])
    record(by=by, at=at, verb="allot_book", subject=book, detail={"from": before, "to": clerk_id})
    return book


@accountable
def close_book(*, book_id: int, by: Staff, at: datetime) -> ReceiptBook:
    """停用: take a book out of use; its unused numbers are never given out again."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    book = _locked(book_id, by)
    if book.closed_at is None:
        book.closed_at = at
        book.save(update_fields=["closed_at"])
        record(by=by, at=at, verb="close_book", subject=book, detail={"next": book.next_number})
    return book


def book_for(clerk: Staff) -> ReceiptBook | None:
    """The book from which the clerk's next receipt comes: the clerk's own before a shared one, the older first."""
    return ReceiptBook.objects.for_clerk(clerk).first()


def _locked(book_id: int, by: Staff) -> ReceiptBook:
    books = ReceiptBook.objects.select_for_update(of=["self"], no_key=True).visible_to(by)
    book = books.filter(pk=book_id).first()
    if book is None:
        raise Refusal(Reason("BOOK_UNKNOWN", "找不到这个票据号段，或不在您的管辖范围内。请刷新后重新选择。"))
    return book


def _clerk(clerk_id: int | None, office_id: int) -> Staff | None:
    if clerk_id is None:
        return None
    clerk = Staff.objects.filter(pk=clerk_id, office_id=office_id, is_active=True).first()
    if clerk is None or clerk.role not in (Role.CLERK, Role.SUPERVISOR):
        raise Refusal(Reason("CLERK_UNKNOWN", "领用人应是本机构在用的经办员或主管。请重新选择领用人。"))
    return clerk


def _refuse_odd_numbers(code: str, first: int, last: int, width: int) -> None:
    if not code or len(code) > ReceiptBook._meta.get_field("code").max_length:
        raise Refusal(Reason("BOOK_CODE", "票据代码应有1至20个字符，请与票据上印的一致。"))
    if not 1 <= first <= last:
        raise Refusal(Reason("BOOK_NUMBERS", "起始号码应不小于1，终止号码应不小于起始号码。请核对起止号码。"))
    if not len(str(last)) <= width <= MAX_DIGITS:
        text = f"号码位数应在{len(str(last))}至{MAX_DIGITS}之间，才印得下终止号码{last}。请与票据上印的位数一致。"
        raise Refusal(Reason("BOOK_WIDTH", text))
