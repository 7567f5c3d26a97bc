"""请款的服务: claim sheets to departments, their confirmation and withdrawal, the money that comes in."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from common.dates import local_day
from common.decision import Clause, Reason, Refusal
from enrollment import library
from enrollment.models import ContributionPeriod
from enrollment.rules.ruleset import RuleSet
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Division, Staff
from payments.funding import sql
from payments.funding.lists import lists_of
from payments.models import FunderClaimLine, FundingClaim, FundingPayment

Role = Staff.Role
MOST = 200


@accountable
def make_funder_claim(*, period_id: int, division: str, funder: str, by: Staff, at: datetime) -> FundingClaim:
    """编制资助请款单: everybody for whom the department pays and who is on no sheet yet, in one statement.

    Only who stood on the list when it was decided; who was cancelled since a former sheet is taken back on this one.
    """
    period = locked_period(period_id, division, by)
    ruleset = library.current(period.ruleset.code)
    named = {"period": period.pk, "division": division, "funder": funder}
    clause = next((each.clause for each in ruleset.funders if each.name == funder), ruleset.clause)
    with connection.cursor() as cursor:
        cursor.execute(sql.MARK_CANCELLED, named)
        lists = lists_of(period_id=period.pk, division=division)
        cursor.execute(sql.WRITE_FUNDER_CLAIM, named | lists | sheet_columns(period, division, clause, by, at))
        written = cursor.fetchone()
    if written is None:
        text = f"{funder}现在没有可以请款的人：该请的都已请过，或不在名单上。请核对“不予请款”的名单。"
        raise Refusal(Reason("NOTHING_TO_CLAIM", text, clause))
    return claim_made(written[0], verb="make_funder_claim", by=by, at=at)


def locked_period(period_id: int, division: str, by: Staff) -> ContributionPeriod:
    """The year, locked: its sheets are made one by one. Refused outside the scope of an administrator of the county."""
    require_role(by, Role.ADMINISTRATOR)
    refuse_outside_county(division, by)
    rows = ContributionPeriod.objects.select_for_update(of=["self"], no_key=True).select_related("ruleset")
    period = rows.filter(pk=period_id).first()
    if period is None:
        raise Refusal(Reason("PERIOD_UNKNOWN", "找不到这个缴费年度，请重新选择。"))
    return period


def refuse_outside_county(division: str, by: Staff) -> None:
    """Money is claimed for a whole county: by who looks after all of it."""
    if len(division) != 6 or not by.covers(division):
        raise Refusal(Reason("COUNTY", "请款以县（市、区）为单位，须由管辖全县（市、区）的人办理，请与其联系。"))


def sheet_columns(
    period: ContributionPeriod, division: str, clause: Clause | None, by: Staff, at: datetime
) -> dict[str, Any]:
    """What every sheet says on its head."""
    day = local_day(at)
    county = Division.objects.at(day).filter(code=division.ljust(12, "0")).first()
    return {
        "year": period.coverage_year,
        "division_name": county.name if county else division,
        "clause_key": clause.key if clause else "",
        "clause_line": str(clause)[:MOST] if clause else "",
        "day": day,
        "at": at,
        "by": by.pk,
    }


def claim_made(claim_id: int, *, verb: str, by: Staff, at: datetime) -> FundingClaim:
    """The sheet that was just written, and its log."""
    claim = FundingClaim.objects.get(pk=claim_id)
    record(by=by, at=at, verb=verb, subject=claim, detail=_told(claim) | {"persons": claim.persons})
    return claim


def subsidy_due(ruleset: RuleSet, coverage_year: int) -> tuple[date | None, Clause | None]:
    """到账期限 of the budgets' subsidy and the clause that sets it, where the rule set says so."""
    step = ruleset.transfer("subsidy")
    return (step.due_on(coverage_year), step.clause) if step else (None, None)


@accountable
def confirm_claim(*, claim_id: int, by: Staff, at: datetime) -> FundingClaim:
    """复核 by a second person: from now on the sheet may be sent, and money may come in for it."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    claim = _locked(claim_id, by)
    if claim.confirmed_at:
        raise Refusal(Reason("CONFIRMED", f"请款单 {claim.full_number} 已经复核过，不必再复核。"))
    if claim.made_by_id == by.pk:
        raise Refusal(Reason("SECOND_PERSON", "这张请款单是您本人编制的，须由另一人复核。"))
    claim.confirmed_at, claim.confirmed_by = at, by
    claim.save(update_fields=["confirmed_at", "confirmed_by"])
    record(by=by, at=at, verb="confirm_claim", subject=claim, detail=_told(claim))
    return claim


@accountable
def withdraw_claim(*, claim_id: int, reason: str, by: Staff, at: datetime) -> FundingClaim:
    """撤回 a sheet, while no money came in and nothing later rests on it; its persons may be claimed again."""
    require_role(by, Role.ADMINISTRATOR)
    _lock_year_of(claim_id)
    claim = _locked(claim_id, by)
    reason = checked_reason(reason, "撤回")
    _refuse_withdrawal(claim)
    claim.withdrawn_at, claim.withdrawn_by, claim.withdraw_reason = at, by, reason
    claim.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    taken_back = claim.lines.filter(corrects__isnull=False).values("corrects")
    FunderClaimLine.objects.filter(pk__in=taken_back, withdrawn=False).update(corrected=False)
    claim.lines.update(withdrawn=True)
    record(by=by, at=at, verb="withdraw_claim", subject=claim, detail=_told(claim) | {"reason": reason})
    return claim


def _refuse_withdrawal(claim: FundingClaim) -> None:
    came = came_in(claim)
    if came:
        text = f"请款单 {claim.full_number} 已登记到账 {came:,.2f} 元，不能撤回。登记错了的，请先冲正到账。"
        raise Refusal(Reason("MONEY_CAME", text))
    later = FundingClaim.objects.standing().filter(
        period=claim.period_id, division_code=claim.division_code, payer=claim.payer, kind=claim.kind
    )
    if claim.kind == FundingClaim.Kind.FUNDER:
        later = later.filter(lines__corrects__claim=claim)
    found = later.filter(number__gt=claim.number).order_by("-number").first()
    if found:
        text = f"后一批请款单 {found.full_number} 是在它的基础上编制的，请先撤回后一批。"
        raise Refusal(Reason("LATER_CLAIM", text))


@accountable
def record_funding(
    *, claim_id: int, amount: Decimal, received_on: date, voucher_number: str, by: Staff, at: datetime
) -> FundingPayment:
    """登记到账 for a confirmed sheet, at most what is still owed. `amount` as on the voucher, above zero.

    For a sheet that takes back more than it claims, the amount is what went back to the payer.
    """
    require_role(by, Role.ADMINISTRATOR)
    claim = _locked(claim_id, by)
    voucher_number = voucher_number.strip()
    _refuse_payment(claim, amount, received_on, voucher_number, at)
    signed = amount.copy_sign(claim.amount)
    payment = FundingPayment.objects.create(
        claim=claim,
        amount=signed,
        received_on=received_on,
        voucher_number=voucher_number,
        recorded_at=at,
        recorded_by=by,
    )
    detail = {"claim": claim.full_number, "amount": str(signed), "voucher": voucher_number}
    record(by=by, at=at, verb="record_funding", subject=claim, detail=detail)
    return payment


def _refuse_payment(claim: FundingClaim, amount: Decimal, received_on: date, voucher_number: str, at: datetime) -> None:
    number = claim.full_number
    if claim.confirmed_at is None:
        raise Refusal(Reason("UNCONFIRMED", f"请款单 {number} 还没有复核，不能登记到账。请先由另一人复核。"))
    if not voucher_number:
        raise Refusal(Reason("VOUCHER", "没有填写凭证号，无法与银行对账。请照进账单填写。"))
    if not local_day(claim.made_at) <= received_on <= local_day(at):
        text = f"到账日期应在编制请款单（{local_day(claim.made_at)}）之后、今天之前，请照进账单填写。"
        raise Refusal(Reason("RECEIVED_ON", text))
    owed = abs(claim.amount) - abs(came_in(claim))
    if amount <= 0 or amount > owed:
        text = f"这张请款单还欠 {owed:,.2f} 元，登记的金额应大于零、不能超过它。请核对进账单。"
        raise Refusal(Reason("MORE_THAN_OWED", text))
    same = FundingPayment.objects.filter(
        claim__payer=claim.payer, voucher_number=voucher_number, reverses__isnull=True, reversed_by__isnull=True
    )
    if same.filter(claim=claim).exists():
        raise Refusal(Reason("VOUCHER", f"凭证号 {voucher_number} 在这张请款单上已经登记过，没有重复登记。"))


@accountable
def reverse_funding(*, payment_id: int, reason: str, by: Staff, at: datetime) -> FundingPayment:
    """冲正 money that was recorded by mistake, by a row of its own."""
    require_role(by, Role.ADMINISTRATOR)
    payment = FundingPayment.objects.filter(pk=payment_id).first()
    claim = _locked(payment.claim_id if payment else None, by)
    if payment is None or payment.reverses_id or FundingPayment.objects.filter(reverses=payment).exists():
        raise Refusal(Reason("REVERSED", "这笔到账已经冲正过，或本身就是冲正，不能再冲。请核对。"))
    found = FundingPayment.objects.create(
        claim=claim,
        amount=-payment.amount,
        received_on=local_day(at),
        voucher_number=payment.voucher_number,
        reverses=payment,
        reason=checked_reason(reason, "冲正"),
        recorded_at=at,
        recorded_by=by,
    )
    detail = {"claim": claim.full_number, "amount": str(found.amount), "reason": found.reason}
    record(by=by, at=at, verb="reverse_funding", subject=claim, detail=detail)
    return found


def came_in(claim: FundingClaim) -> Decimal:
    """What came in for a sheet, reversals taken off."""
    total: Decimal = claim.payments.aggregate(total=Sum("amount", default=Decimal("0.00")))["total"]
    return total


def checked_reason(reason: str, act: str) -> str:
    """The reason without blanks around it; refused where it is empty or too long."""
    reason = reason.strip()
    if not 1 <= len(reason) <= MOST:
        raise Refusal(Reason("FUNDING_REASON", f"请写明{act}事由（最多{MOST}个字），审计时要查。"))
    return reason


def _lock_year_of(claim_id: int) -> None:
    """First of all, as making a sheet does: none is made that rests on this one while it is withdrawn."""
    years = ContributionPeriod.objects.filter(pk__in=FundingClaim.objects.filter(pk=claim_id).values("period"))
    list(years.select_for_update(of=["self"], no_key=True).values_list("pk"))


def _locked(claim_id: int | None, by: Staff) -> FundingClaim:
    rows = FundingClaim.objects.select_for_update(of=["self"], no_key=True).seen_by(by)
    claim = rows.filter(pk=claim_id).first()
    if claim is None:
        raise Refusal(Reason("CLAIM_UNKNOWN", "找不到这张请款单，或不在您的管辖范围内。请刷新后重新选择。"))
    refuse_outside_county(claim.division_code, by)
    if claim.withdrawn_at:
        text = f"请款单 {claim.full_number} 已于{local_day(claim.withdrawn_at)}撤回，不能再办。"
        raise Refusal(Reason("WITHDRAWN", text))
    return claim


def _told(claim: FundingClaim) -> dict[str, Any]:
    return {"claim": claim.full_number, "payer": claim.payer, "amount": str(claim.amount)}
