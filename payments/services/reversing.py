"""冲正的服务: giving back the money of a receipt whose day is closed: a new fact with its own paper."""

from datetime import datetime
from typing import Any

from common.decision import Reason, Refusal
from common.money import capitals
from enrollment import library, registry
from enrollment.models import Enrollment
from enrollment.rules.refunds import Refundable, refusals
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from payments.models import Payment, Receipt, Reversal, WorkmanshipReceipt
from payments.paper.legible import refuse_undrawable
from payments.services.cards import lock_household_of, locked_receipt, refuse_replaced
from payments.services.slips import free_slip

Role = Staff.Role


@accountable
def reverse_receipt(
    *, receipt_id: int, means: str, payee: str, reason: str, clerk: Staff, by: Staff, at: datetime
) -> Reversal:
    """冲正 a settled receipt: its whole amount is given back out of `clerk`'s till, its enrolments are cancelled.

    A new fact with its own paper; the receipt stays as it was. `by` is a supervisor who did not take the money. The
    rule set says what bars it; after that no contribution is refunded.
    """
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    require_role(clerk, Role.CLERK, Role.SUPERVISOR)
    receipts = Receipt.objects.select_for_update(of=["self"], no_key=True).select_related("payment__period__ruleset")
    receipt = receipts.visible_to(by).filter(pk=receipt_id).first()
    if receipt is None:
        raise Refusal(Reason("RECEIPT_UNKNOWN", "找不到这张收据，或不在您的管辖范围内。请核对票据号码后重新查找。"))
    _refuse_reversal(receipt, taken_by=receipt.payment.clerk_id, clerk=clerk, by=by)
    _refuse_words(means, payee, reason)
    paid = Enrollment.objects.in_force().filter(assessment__payment=receipt.payment_id)
    barred = refusals(library.current(receipt.payment.period.ruleset.code), _refundable(receipt), at=at)
    if barred:
        raise Refusal(*barred)
    given = {"means": means, "payee": payee, "reason": reason, "clerk": clerk, "by": by, "at": at}
    reversal = _give_back(receipt, receipt=receipt, **given)
    registry.doubt(paid)
    cancelled = paid.update(cancelled_at=at, cancelled_by=by)
    if receipt.payment.slip_id:
        free_slip(receipt.payment.slip_id, sheet=f"收据 {receipt.full_number}", undone="已冲正", by=by, at=at)
    detail = {
        "receipt": receipt.full_number,
        "amount": str(receipt.amount),
        "reason": reason.strip(),
        "persons": cancelled,
    }
    record(by=by, at=at, verb="reverse_receipt", subject=receipt, detail=detail)
    return reversal


@accountable
def reverse_workmanship(
    *, receipt_id: int, means: str, payee: str, reason: str, clerk: Staff, by: Staff, at: datetime
) -> Reversal:
    """冲正 a settled workmanship receipt: its fees are given back, what was handed out with it is taken back."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    require_role(clerk, Role.CLERK, Role.SUPERVISOR)
    lock_household_of(WorkmanshipReceipt.objects.filter(pk=receipt_id))
    receipt = locked_receipt(receipt_id, by)
    _refuse_reversal(receipt, taken_by=receipt.clerk_id, clerk=clerk, by=by)
    _refuse_words(means, payee, reason)
    issues = list(receipt.issues.select_for_update(no_key=True).order_by("pk"))
    refuse_replaced(issues)
    given = {"means": means, "payee": payee, "reason": reason, "clerk": clerk, "by": by, "at": at}
    reversal = _give_back(receipt, fee=receipt, **given)
    receipt.issues.update(cancelled_at=at, cancelled_by=by, cancel_reason=reason.strip())
    detail = {"receipt": receipt.full_number, "amount": str(receipt.amount), "reason": reason.strip()}
    detail["numbers"] = "、".join(str(each) for each in issues)
    record(by=by, at=at, verb="reverse_workmanship", subject=receipt, detail=detail)
    return reversal


def _give_back(given: Receipt | WorkmanshipReceipt, *, payee: str, reason: str, **more: Any) -> Reversal:
    return Reversal.objects.create(
        office_id=given.office_id,
        division_code=given.division_code,
        amount=given.amount,
        capitals=capitals(given.amount),
        payee=payee.strip(),
        reason=reason.strip(),
        **more,
    )


def _refuse_reversal(receipt: Receipt | WorkmanshipReceipt, *, taken_by: int, clerk: Staff, by: Staff) -> None:
    number = receipt.full_number
    if receipt.voided_at or receipt.is_reversed:
        raise Refusal(Reason("VOIDED", f"收据 {number} 已经作废或冲正，款已退还，不能再退。"))
    if receipt.settlement_line_id is None:
        raise Refusal(Reason("NOT_SETTLED", f"收据 {number} 还没有日结，请直接作废。"))
    if taken_by == by.pk:
        raise Refusal(Reason("SECOND_PERSON", f"收据 {number} 是您本人收的款，冲正须由另一位主管办理。"))
    if clerk.office_id != receipt.office_id:
        raise Refusal(Reason("OTHER_OFFICE", "这张收据不是本机构开的，请到开票的机构办理冲正。"))


def _refuse_words(means: str, payee: str, reason: str) -> None:
    if means not in Payment.Means.values:
        raise Refusal(Reason("MEANS", "请选择退款方式：现金、刷卡、转账或扫码。"))
    if not payee.strip() or not reason.strip():
        raise Refusal(Reason("REVERSAL_WORDS", "冲正须写明收款人和事由，审计时要查。"))
    refuse_undrawable({"收款人": payee.strip(), "事由": reason.strip()}, undone="没有冲正")


def _refundable(receipt: Receipt) -> Refundable:
    paid = Enrollment.objects.filter(assessment__payment=receipt.payment_id)
    starts = min(paid.values_list("benefit_starts_on", flat=True))
    line = receipt.settlement_line
    return Refundable(receipt.coverage_year, starts, remitted=bool(line and line.remittance_id))
