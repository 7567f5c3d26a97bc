"""收据的服务: voiding a receipt, and noting each time one is printed."""

from datetime import datetime, timedelta

from django.db.models import Max

from common.dates import local_day
from common.decision import Reason, Refusal
from enrollment import registry
from enrollment.models import Enrollment
from households.models import Household
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff
from payments.models import Receipt, ReceiptPrint, WorkmanshipPrint
from payments.services.book_checks import refuse_void_of_verified
from payments.services.slips import free_slip

Role = Staff.Role
SAME_PRINT = timedelta(minutes=5)


@accountable
def void_receipt(*, receipt_id: int, reason: str, by: Staff, at: datetime) -> Receipt:
    """作废 a receipt and cancel the enrolments paid with it; the number stays used, the money goes back by hand.

    By a supervisor (or above) of the same scope who did not take the money: a void needs a second person.
    """
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    receipt = _locked(receipt_id, by)
    reason = reason.strip()
    _refuse_void(receipt, reason, by)
    receipt.voided_at, receipt.voided_by, receipt.void_reason = at, by, reason
    receipt.save(update_fields=["voided_at", "voided_by", "void_reason"])
    paid = Enrollment.objects.in_force().filter(assessment__payment=receipt.payment_id)
    registry.doubt(paid)
    cancelled = paid.update(cancelled_at=at, cancelled_by=by)
    if receipt.payment.slip_id:
        free_slip(receipt.payment.slip_id, sheet=f"收据 {receipt.full_number}", undone="已作废", by=by, at=at)
    detail = {"receipt": receipt.full_number, "amount": str(receipt.amount), "reason": reason, "persons": cancelled}
    record(by=by, at=at, verb="void_receipt", subject=receipt, detail=detail)
    return receipt


def _refuse_void(receipt: Receipt, reason: str, by: Staff) -> None:
    number = receipt.full_number
    if receipt.voided_at:
        raise Refusal(Reason("VOIDED", f"收据 {number} 已于{local_day(receipt.voided_at)}作废，不必再作废。"))
    if receipt.settlement_line_id:
        raise Refusal(Reason("SETTLED", f"收据 {number} 已经日结，不能作废；确属误收的，请主管办理冲正。"))
    if receipt.payment.clerk_id == by.pk:
        raise Refusal(Reason("SECOND_PERSON", f"收据 {number} 是您本人收的款，作废须由另一位主管办理。"))
    refuse_void_of_verified(receipt)
    _refuse_reason(reason)


def _refuse_reason(reason: str) -> None:
    if not reason:
        raise Refusal(Reason("VOID_REASON", "没有写事由，无法存查。请写明为什么作废。"))
    limit = Receipt._meta.get_field("void_reason").max_length
    if len(reason) > limit:
        raise Refusal(Reason("VOID_REASON", f"事由最多{limit}个字，现在是{len(reason)}个字。请写得简短些。"))


@accountable
def cancel_sponsored(*, household_id: int, coverage_year: int, reason: str, by: Staff, at: datetime) -> int:
    """撤销 a household's enrolments for which departments paid everything, so that no receipt stands for them.

    What a void is for a receipt, and by the same second person. Returns how many persons it was.
    """
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    household = visible(Household.objects.select_for_update(no_key=True), by).filter(pk=household_id).first()
    unpaid = Enrollment.objects.in_force().filter(
        household=household, coverage_year=coverage_year, assessment__payment__amount=0
    )
    found = list(unpaid.values_list("pk", "assessment__payment__clerk"))
    if household is None or not found:
        text = "本户本年度没有可撤销的资助参保（可能刚刚撤销过）。已收款的请作废收据。"
        raise Refusal(Reason("NOTHING_SPONSORED", text))
    if by.pk in {clerk for _, clerk in found}:
        raise Refusal(Reason("SECOND_PERSON", "这次参保是您本人登记的，撤销须由另一位主管办理。"))
    reason = reason.strip()
    _refuse_reason(reason)
    registry.doubt(unpaid)
    Enrollment.objects.filter(pk__in=[pk for pk, _ in found]).update(cancelled_at=at, cancelled_by=by)
    detail = {"coverage_year": coverage_year, "reason": reason, "persons": len(found)}
    record(by=by, at=at, verb="cancel_sponsored", subject=household, detail=detail)
    return len(found)


@accountable
def record_print(*, receipt_id: int, by: Staff, at: datetime) -> ReceiptPrint:
    """Note that a receipt is printed now: copy 1 is the original, from 2 on it says 补打."""
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    receipt = _locked(receipt_id, by)
    last = receipt.prints.aggregate(Max("copy"))["copy__max"] or 0
    printed = ReceiptPrint.objects.create(receipt=receipt, copy=last + 1, at=at, by=by)
    record(by=by, at=at, verb="print_receipt", subject=receipt, detail={"copy": printed.copy})
    return printed


def is_being_printed(printed: ReceiptPrint | WorkmanshipPrint, *, by: Staff, at: datetime) -> bool:
    """Whether somebody asks for the paper of the print that she has just noted; once more after a paper jam."""
    return printed.by_id == by.pk and getattr(printed, "run_id", None) is None and abs(at - printed.at) < SAME_PRINT


def _locked(receipt_id: int, by: Staff) -> Receipt:
    receipts = Receipt.objects.select_for_update(of=["self"], no_key=True).select_related("payment")
    receipt = receipts.visible_to(by).filter(pk=receipt_id).first()
    if receipt is None:
        raise Refusal(Reason("RECEIPT_UNKNOWN", "找不到这张收据，或不在您的管辖范围内。请核对票据号码后重新查找。"))
    return receipt
