"""票据号段的服务: receiving a book, giving it to a clerk, taking it back, taking it out of use."""

from datetime import datetime

from django.db import connection

from common.decision import Reason, Refusal
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Office, Staff
from payments.models import ReceiptBook, ReceiptLot
from payments.models.book import MAX_DIGITS
from payments.services.book_checks import refuse_new_before_old
from payments.services.book_holdings import begin_holding, end_holding, end_use, locked_book

Role = Staff.Role
MOST_NUMBERS = 1_000_000  # more than a district of a million residents writes in a year


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
    stored: bool = False,
) -> ReceiptBook:
    """入库: enter a book of numbered receipts that an office got from the finance office itself.

    Without a clerk all its clerks share it; `stored`, it lies in the cupboard until it is given out. `purpose` says
    for which money it is, and stays. No new book before the finished ones are verified (验旧换新).
    """
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    office = office_within(office_id, by)
    code = code.strip()
    refuse_odd_code(code)
    refuse_odd_numbers(first_number, last_number, width)
    refuse_numbers_of_a_lot(code, first_number, last_number)
    book = ReceiptBook(
        code=code, first_number=first_number, last_number=last_number, width=width, office=office, purpose=purpose
    )
    return put_in(book, verb="receive_book", clerk_id=clerk_id, stored=stored, by=by, at=at)


def put_in(book: ReceiptBook, *, verb: str, clerk_id: int | None, stored: bool, by: Staff, at: datetime) -> ReceiptBook:
    """Write a new book of an office, give it to whom it is for, log it."""
    refuse_new_before_old(office_id=book.office_id, purpose=book.purpose)
    book.clerk = None if stored else _clerk(clerk_id, book.office_id)
    book.next_number, book.received_at, book.stored_at = book.first_number, at, at if stored else None
    book.save(force_insert=True)
    if not stored:
        begin_holding(book, by, at)
    detail = {
        "code": book.code,
        "first": book.first_number,
        "last": book.last_number,
        "purpose": book.get_purpose_display(),
    }
    if not stored:
        detail["clerk"] = clerk_id
    record(by=by, at=at, verb=verb, subject=book, office=book.office, detail=detail)
    return book


@accountable
def allot_book(*, book_id: int, clerk_id: int | None, by: Staff, at: datetime) -> ReceiptBook:
    """领用: give a book to a clerk of its office, or (None) to all of them; the numbers already used stay theirs.

    A clerk gets no new book while a finished one of hers is not verified (验旧换新).
    """
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    book = locked_book(book_id, by)
    _refuse_finished(book)
    clerk = _clerk(clerk_id, book.office_id)
    if book.stored_at is None and book.clerk_id == clerk_id:
        return book
    refuse_new_before_old(office_id=book.office_id, purpose=book.purpose, clerk=clerk, whose=True)
    before = book.clerk_id
    end_holding(book, by, at)
    book.clerk, book.stored_at = clerk, None
    book.save(update_fields=["clerk", "stored_at"])
    begin_holding(book, by, at)
    detail = {"from": before, "to": clerk_id, "next": book.next_number}
    record(by=by, at=at, verb="allot_book", subject=book, detail=detail)
    return book


@accountable
def take_back_book(*, book_id: int, by: Staff, at: datetime) -> ReceiptBook:
    """交回: the clerk (or all of them) gives the book back; it lies in the cupboard until it is given out again."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    book = locked_book(book_id, by)
    _refuse_finished(book)
    if book.stored_at:
        raise Refusal(Reason("BOOK_STORED", f"票据 {book} 已经在库，没有人领用，不用交回。"))
    before = book.clerk_id
    end_holding(book, by, at)
    book.clerk, book.stored_at = None, at
    book.save(update_fields=["clerk", "stored_at"])
    detail = {"from": before, "next": book.next_number}
    record(by=by, at=at, verb="take_back_book", subject=book, detail=detail)
    return book


@accountable
def close_book(*, book_id: int, by: Staff, at: datetime) -> ReceiptBook:
    """停用: take a book out of use; its unused numbers are never given out again."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    book = locked_book(book_id, by)
    if book.closed_at is None:
        end_use(book, by, at)
        record(by=by, at=at, verb="close_book", subject=book, detail={"next": book.next_number})
    return book


def book_for(clerk: Staff) -> ReceiptBook | None:
    """The book from which the clerk's next receipt comes: the clerk's own before a shared one, the older first."""
    return ReceiptBook.objects.for_clerk(clerk).first()


def office_within(office_id: int, by: Staff) -> Office:
    """An office within the scope."""
    office = visible(Office.objects.all(), by).filter(pk=office_id).first()
    if office is None:
        raise Refusal(Reason("OFFICE_UNKNOWN", "找不到这个机构，或不在您的管辖范围内。请重新选择机构。"))
    return office


def _clerk(clerk_id: int | None, office_id: int) -> Staff | None:
    if clerk_id is None:
        return None
    clerk = Staff.objects.filter(pk=clerk_id, office_id=office_id, is_active=True).first()
    if clerk is None or clerk.role not in (Role.CLERK, Role.SUPERVISOR):
        raise Refusal(Reason("CLERK_UNKNOWN", "领用人应是本机构在用的经办员或主管。请重新选择领用人。"))
    return clerk


def _refuse_finished(book: ReceiptBook) -> None:
    if book.closed_at:
        raise Refusal(Reason("BOOK_CLOSED", f"票据 {book} 已停用、退回或遗失，号码不再使用。请选择另一本。"))
    if book.left == 0:
        raise Refusal(Reason("BOOK_EMPTY", f"票据 {book} 已经用完，请核销；请选择另一本。"))


def refuse_numbers_of_a_lot(code: str, first: int, last: int) -> None:
    """A book that an office receives by itself holds no number of a lot; lots and books of a code take turns here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('receipt code ' || %s, 0))", [code])
    lot = ReceiptLot.objects.filter(code=code, first_number__lte=last, last_number__gte=first).first()
    if lot:
        raise Refusal(Reason("LOT_NUMBERS", f"这些号码在入库批次 {lot} 之内，请从该批次下发，不能另行入库。"))


def refuse_odd_code(code: str) -> None:
    """A 票据代码 as it stands on a cover, but without blanks: with and without them it would be two."""
    if not code or len(code) > ReceiptBook._meta.get_field("code").max_length:
        raise Refusal(Reason("BOOK_CODE", "票据代码应有1至20个字符，请与票据上印的一致。"))
    if code.split() != [code]:
        raise Refusal(Reason("BOOK_CODE", "票据代码中间不能有空格，否则同一代码会认成两种。请去掉空格，连着录入。"))


def refuse_odd_numbers(first: int, last: int, width: int) -> None:
    """What is printed on a cover: first and last number, as many digits as the last one needs or more."""
    if not 1 <= first <= last:
        raise Refusal(Reason("BOOK_NUMBERS", "起始号码应不小于1，终止号码应不小于起始号码。请核对起止号码。"))
    if last - first >= MOST_NUMBERS:
        text = f"这些号码共有{last - first + 1}张，一次最多登记{MOST_NUMBERS // 10_000}万张，多半是号码录错了。"
        raise Refusal(Reason("BOOK_SIZE", f"{text}请核对起止号码；确有这么多的，请分几次登记。"))
    if not len(str(last)) <= width <= MAX_DIGITS:
        text = f"号码位数应在{len(str(last))}至{MAX_DIGITS}之间，才印得下终止号码{last}。请与票据上印的位数一致。"
        raise Refusal(Reason("BOOK_WIDTH", text))
