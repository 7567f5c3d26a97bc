"""核销的服务: comparing a finished book with its stubs and void copies; no new book before the old one is verified."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum

from common.dates import local_day
from common.decision import Reason, Refusal
from common.listing import listed
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from payments.models import BookVerification, Receipt, ReceiptBook, WorkmanshipReceipt
from payments.services.book_holdings import end_holding, locked_book

Role = Staff.Role
SOURCE = "《财政票据管理办法》验旧换新"
NAMED = 3


@accountable
def verify_book(
    *, book_id: int, void_copies: Collection[int], note: str = "", by: Staff, at: datetime
) -> BookVerification:
    """核销 a finished book by somebody who took no money with it; the counts are frozen, nothing of it is voided later.

    `void_copies` are the numbers of the void receipts whose copies are all at hand: each that was voided must be
    among them, unless the book was lost.
    """
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    book = locked_book(book_id, by)
    _refuse_verification(book, by)
    voided = _voided(book)
    missing = sorted(voided - set(void_copies))
    if missing and not hasattr(book, "loss"):
        raise Refusal(Reason("VOID_COPIES", _missing(book, missing)))
    note = note.strip()
    if len(note) > BookVerification._meta.get_field("note").max_length:
        raise Refusal(Reason("NOTE", f"备注最多200个字，现在是{len(note)}个字。请写得简短些。"))
    valid, amount = _valid(book)
    end_holding(book, by, at)
    verification = BookVerification.objects.create(
        book=book,
        valid=valid,
        voided=len(voided),
        unused=book.left,
        void_copies_seen=len(voided) - len(missing),
        amount=amount,
        remitted=remitted_of(book),
        note=note,
        verified_at=at,
        by=by,
    )
    detail = {"amount": str(amount), "valid": valid, "voided": len(voided), "unused": book.left}
    record(by=by, at=at, verb="verify_book", subject=book, detail=detail)
    return verification


def remitted_of(book: ReceiptBook) -> Decimal | None:
    """How much of the book's valid receipts has gone to the bank (上缴); None for fees, which are never remitted."""
    if book.purpose == ReceiptBook.Purpose.WORKMANSHIP:
        return None
    banked = book.receipts.valid().filter(settlement_line__remittance__slip__isnull=False)
    return banked.aggregate(total=Sum("amount", default=Decimal("0.00")))["total"]


def refuse_new_before_old(*, office_id: int, purpose: str, clerk: Staff | None = None, whose: bool = False) -> None:
    """验旧换新: an office gets no new book while it has a finished one of the kind that is not verified.

    `whose`: only those of that clerk count, or (None) those that all share. Switching from a used-up book to one that
    is already given out is not concerned.
    """
    old = ReceiptBook.objects.unverified().filter(office=office_id, purpose=purpose).select_related("clerk")
    if whose:
        old = old.filter(clerk=clerk)
    found = list(old.order_by("received_at", "pk")[: NAMED + 1])
    if found:
        owner = (clerk.name if clerk else "本机构共用") if whose else "该机构"
        text = f"{owner}的旧票据 {listed(found, most=NAMED)} 已经用完或停用，还没有核销，不能领新票（{SOURCE}）。"
        raise Refusal(Reason("OLD_BOOK_UNVERIFIED", f"{text}请先核销旧票据，再领新的。"))


def refuse_void_of_verified(receipt: Receipt | WorkmanshipReceipt) -> None:
    """What was verified stays as it was; called with the receipt locked, waits for a verification being written."""
    ReceiptBook.objects.select_for_update(no_key=True).filter(pk=receipt.book_id).values_list("pk").first()
    done = BookVerification.objects.filter(book=receipt.book_id).first()
    if done:
        text = f"收据 {receipt.full_number} 所在的票据已于{local_day(done.verified_at)}核销，不能再作废。"
        raise Refusal(Reason("BOOK_VERIFIED", f"{text}确属误收的，请主管办理冲正。"))


def _refuse_verification(book: ReceiptBook, by: Staff) -> None:
    if hasattr(book, "verification"):
        day = f"{local_day(book.verification.verified_at)}"
        raise Refusal(Reason("BOOK_VERIFIED", f"票据 {book} 已于{day}核销，不必再核销。"))
    if not book.is_finished:
        text = f"票据 {book} 还在用，剩余{book.left}张。用完、停用、退回或遗失以后才能核销。"
        raise Refusal(Reason("BOOK_IN_USE", text))
    if by.pk in users_of(book):
        text = f"您用票据 {book} 收过款或领用过，核销须由没有用过它的另一位主管或管理员办理。"
        raise Refusal(Reason("SECOND_PERSON", text))


def users_of(book: ReceiptBook) -> set[int]:
    """Those who took money with the book or to whom it was given."""
    who = "clerk" if book.purpose == ReceiptBook.Purpose.WORKMANSHIP else "payment__clerk"
    takers = book.filled.order_by().values_list(who, flat=True).distinct()
    holders = book.holdings.filter(clerk__isnull=False).order_by().values_list("clerk", flat=True)
    return {*takers, *holders}


def _voided(book: ReceiptBook) -> set[int]:
    return set(book.filled.filter(voided_at__isnull=False).values_list("number", flat=True))


def _valid(book: ReceiptBook) -> tuple[int, Decimal]:
    row = book.filled.valid().aggregate(n=Count("pk"), total=Sum("amount", default=Decimal("0.00")))
    return row["n"], row["total"]


def _missing(book: ReceiptBook, numbers: list[int]) -> str:
    named = listed([book.printed(number) for number in numbers], most=10)
    text = f"作废收据 {named} 共{len(numbers)}张的各联还没有查验。作废的收据须加盖作废戳记、各联保存完整，"
    return f"{text}找齐并逐张勾选后再核销；整本遗失的请先报告遗失。"
