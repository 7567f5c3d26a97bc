"""上缴的服务: settled money is sent up by the office, taken to the bank, and reviewed by the agency."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, QuerySet

from common.dates import local_day
from common.decision import Reason, Refusal
from enrollment import library
from enrollment.models import ContributionPeriod
from enrollment.rules.transfers import TransferStep
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Office, Staff
from payments.models import Payment, Receipt, Remittance, SettlementLine
from payments.services.slips import SlipDraft, free_slip, refuse_a_day_before_the_window, write_slip

Role = Staff.Role


def step_of(period: ContributionPeriod, step: str) -> TransferStep | None:
    """What the period's rule set says of a step; None where it says nothing."""
    return library.current(period.ruleset.code).transfer(step)


def to_remit(office_id: int) -> QuerySet[SettlementLine]:
    """An office's settled contributions that no remittance holds, the oldest first."""
    lines = SettlementLine.objects.filter(office=office_id, period__isnull=False, remittance__isnull=True)
    return lines.select_related("settlement__clerk", "period").order_by("settlement__day", "pk")


@accountable
def make_remittance(
    *, office_id: int, period_id: int, line_ids: Collection[int], previewed: Decimal, by: Staff, at: datetime
) -> Remittance:
    """上缴: put settled lines of one year onto a remittance slip. By a supervisor of the office.

    `previewed` is the sum that the page showed for these lines; another sum is refused.
    """
    require_role(by, Role.SUPERVISOR)
    office = visible(Office.objects.select_for_update(no_key=True), by).filter(pk=office_id).first()
    if office is None:
        raise Refusal(Reason("OFFICE_UNKNOWN", "找不到这个机构，或不在您的管辖范围内。请重新选择机构。"))
    lines = list(_locked_lines(office, period_id, line_ids))
    amount = sum((line.amount for line in lines), Decimal("0.00"))
    if not lines or len(lines) != len(set(line_ids)) or amount != previewed:
        text = "所选的日结刚刚由别人上缴，或者金额已变，没有制单。请刷新页面，重新选择。"
        raise Refusal(Reason("LINES_CHANGED", text))
    if amount <= 0:
        text = f"所选日结合计{amount}元，没有可上缴的款。请与其他日结一起上缴。"
        raise Refusal(Reason("NOTHING_TO_REMIT", text))
    period = ContributionPeriod.objects.select_related("ruleset").get(pk=period_id)
    last = Remittance.objects.filter(office=office).aggregate(Max("serial"))["serial__max"] or 0
    remittance = Remittance.objects.create(
        serial=last + 1,
        office=office,
        division_code=office.division_code,
        period=period,
        amount=amount,
        receipts=sum(line.receipts - line.voided for line in lines),
        due_on=_due_on(period, lines),
        made_at=at,
        made_by=by,
    )
    SettlementLine.objects.filter(pk__in=[line.pk for line in lines]).update(remittance=remittance)
    detail = {"amount": str(amount), "year": period.coverage_year, "numbers": remittance.number}
    record(by=by, at=at, verb="make_remittance", subject=remittance, detail=detail)
    return remittance


def _locked_lines(office: Office, period_id: int, line_ids: Collection[int]) -> QuerySet[SettlementLine]:
    mine = SettlementLine.objects.select_for_update(of=["self"], no_key=True).select_related("settlement")
    return mine.filter(pk__in=line_ids, office=office, period=period_id, remittance__isnull=True).order_by("pk")


def _due_on(period: ContributionPeriod, lines: Collection[SettlementLine]) -> date | None:
    """By the rule set, counted from the oldest day on the slip."""
    step = step_of(period, "office")
    return step.due_on(period.coverage_year, since=min(line.settlement.day for line in lines)) if step else None


@accountable
def bank_remittance(*, remittance_id: int, slip: SlipDraft, by: Staff, at: datetime) -> Remittance:
    """缴存: write down the bank's slip for a remittance. By a supervisor of the office."""
    require_role(by, Role.SUPERVISOR)
    remittance = _locked(remittance_id, by)
    _refuse_withdrawn(remittance)
    if remittance.slip_id:
        raise Refusal(Reason("SLIP_THERE", f"{remittance.number} 已经登记过银行回单，不必再登记。"))
    ruleset = library.current(remittance.period.ruleset.code)
    refuse_a_day_before_the_window(slip.day, ruleset, remittance.period.coverage_year)
    remittance.slip = write_slip(slip, due=remittance.amount, by=by, at=at, had_on=_taken_until(remittance))
    remittance.save(update_fields=["slip"])
    detail = {"numbers": remittance.number, "amount": str(remittance.amount), "code": remittance.slip.number}
    record(by=by, at=at, verb="bank_remittance", subject=remittance, detail=detail)
    return remittance


def _taken_until(remittance: Remittance) -> date | None:
    """The day of the last receipt that it holds; a day settled later than its money came may be banked before.

    What was transferred, such as a roster's deposit, is at the bank before its receipt is written.
    """
    receipts = Receipt.objects.valid().filter(settlement_line__remittance=remittance)
    receipts = receipts.exclude(payment__means=Payment.Means.TRANSFER)
    last = receipts.aggregate(last=Max("issued_at"))["last"]
    return local_day(last) if last else None


@accountable
def withdraw_remittance(*, remittance_id: int, reason: str, by: Staff, at: datetime) -> Remittance:
    """撤回 (by the office) or 退回 (by the agency) a remittance that is not reviewed; its lines are free again."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    remittance = _locked(remittance_id, by)
    _refuse_withdrawn(remittance)
    if remittance.reviewed_at:
        text = f"{remittance.number} 已于{local_day(remittance.reviewed_at)}审核，不能撤回。差错请在以后的上缴中更正。"
        raise Refusal(Reason("REVIEWED", text))
    if not reason.strip():
        raise Refusal(Reason("WITHDRAW_REASON", "没有写事由，无法存查。请写明为什么撤回。"))
    remittance.withdrawn_at, remittance.withdrawn_by, remittance.withdraw_reason = at, by, reason.strip()
    remittance.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    remittance.lines.update(remittance=None)
    free_slip(remittance.slip_id, sheet=remittance.number, by=by, at=at)
    detail = {"numbers": remittance.number, "amount": str(remittance.amount), "reason": reason.strip()}
    record(by=by, at=at, verb="withdraw_remittance", subject=remittance, detail=detail)
    return remittance


@accountable
def review_remittance(*, remittance_id: int, by: Staff, at: datetime) -> Remittance:
    """审核: the agency finds the remittance, its bank slip and its settlements in order. Not by who made it."""
    require_role(by, Role.ADMINISTRATOR)
    remittance = _locked(remittance_id, by)
    _refuse_withdrawn(remittance)
    if remittance.reviewed_at:
        raise Refusal(Reason("REVIEWED", f"{remittance.number} 已经审核，不必再审。"))
    if remittance.slip_id is None:
        text = f"{remittance.number} 还没有登记银行回单，不能审核。请经办机构缴存后登记回单。"
        raise Refusal(Reason("SLIP_MISSING", text))
    if remittance.made_by_id == by.pk:
        raise Refusal(Reason("SECOND_PERSON", "这张上缴单是您本人制的，须由另一位管理员审核。"))
    remittance.reviewed_at, remittance.reviewed_by = at, by
    remittance.save(update_fields=["reviewed_at", "reviewed_by"])
    detail = {"numbers": remittance.number, "amount": str(remittance.amount)}
    record(by=by, at=at, verb="review_remittance", subject=remittance, detail=detail)
    return remittance


def _refuse_withdrawn(remittance: Remittance) -> None:
    if remittance.withdrawn_at:
        text = f"{remittance.number} 已于{local_day(remittance.withdrawn_at)}撤回，不能再办。请重新制单。"
        raise Refusal(Reason("WITHDRAWN", text))


def _locked(remittance_id: int, by: Staff) -> Remittance:
    rows = Remittance.objects.select_for_update(of=["self"], no_key=True).select_related("office", "period__ruleset")
    found = rows.visible_to(by).filter(pk=remittance_id).first()
    if found is None:
        raise Refusal(Reason("REMITTANCE_UNKNOWN", "找不到这张上缴单，或不在您的管辖范围内。请刷新页面后重新选择。"))
    return found
