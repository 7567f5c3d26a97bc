"""入库批次的服务: receiving what the finance office issued, giving books of it to offices."""

from datetime import datetime

from django.db import connection

from common.decision import Reason, Refusal
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from payments.models import ReceiptBook, ReceiptLot
from payments.services.books import office_within, put_in, refuse_odd_code, refuse_odd_numbers

Role = Staff.Role


@accountable
def receive_lot(
    *,
    division_code: str,
    code: str,
    first_number: int,
    last_number: int,
    width: int,
    purpose: str,
    slip_number: str,
    by: Staff,
    at: datetime,
) -> ReceiptLot:
    """批次入库: enter what one issue slip (领购单) of the finance office brought; `division_code` is a prefix."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    code, slip_number = code.strip(), slip_number.strip()
    if not division_code.startswith(by.division_scope):
        raise Refusal(Reason("DIVISION_UNKNOWN", "这个区划不在您的管辖范围内，请重新选择。"))
    refuse_odd_code(code)
    refuse_odd_numbers(first_number, last_number, width)
    if not 1 <= len(slip_number) <= ReceiptLot._meta.get_field("slip_number").max_length:
        raise Refusal(Reason("SLIP_NUMBER", "请填写财政部门领购单的编号，最多40个字。"))
    _refuse_numbers_of_a_book(code, first_number, last_number)
    lot = ReceiptLot.objects.create(
        division_code=division_code,
        code=code,
        first_number=first_number,
        last_number=last_number,
        width=width,
        purpose=purpose,
        slip_number=slip_number,
        received_at=at,
        by=by,
    )
    detail = {"code": code, "first": first_number, "last": last_number, "document": slip_number}
    detail["purpose"] = lot.get_purpose_display()
    record(by=by, at=at, verb="receive_lot", subject=lot, detail=detail)
    return lot


@accountable
def allot_from_lot(
    *,
    lot_id: int,
    office_id: int,
    first_number: int,
    last_number: int,
    by: Staff,
    at: datetime,
    clerk_id: int | None = None,
    stored: bool = True,
) -> ReceiptBook:
    """下发: a range of a lot becomes a book of an office under the lot's divisions; it is stored there at first."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    lot = ReceiptLot.objects.select_for_update(no_key=True).visible_to(by).filter(pk=lot_id).first()
    if lot is None:
        raise Refusal(Reason("LOT_UNKNOWN", "找不到这个入库批次，或不在您的管辖范围内。请刷新后重新选择。"))
    office = office_within(office_id, by)
    if not office.division_code.startswith(lot.division_code):
        raise Refusal(Reason("OFFICE_UNKNOWN", f"{office.name}不在这个批次的区划之内，请重新选择机构。"))
    refuse_odd_numbers(first_number, last_number, lot.width)
    if first_number < lot.first_number or last_number > lot.last_number:
        raise Refusal(Reason("LOT_NUMBERS", f"号码应在本批次 {lot} 之内，请核对起止号码。"))
    book = ReceiptBook(
        lot=lot,
        code=lot.code,
        first_number=first_number,
        last_number=last_number,
        width=lot.width,
        purpose=lot.purpose,
        office=office,
    )
    return put_in(book, verb="allot_from_lot", clerk_id=clerk_id, stored=stored, by=by, at=at)


def _refuse_numbers_of_a_book(code: str, first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('receipt code ' || %s, 0))", [code])
    book = ReceiptBook.objects.filter(code=code, first_number__lte=last, last_number__gte=first).first()
    if book:
        text = f"这些号码与已经入库的票据 {book} 重叠，请核对领购单上的起止号码。"
        raise Refusal(Reason("lot_numbers_once_per_code", text))
