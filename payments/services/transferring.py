"""划解的服务: reviewed remittances into the district's account, the district's sums into the city's."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, QuerySet

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from enrollment.models import ContributionPeriod
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff
from payments.models import Remittance, Transfer
from payments.services.remitting import step_of
from payments.services.slips import SlipDraft, free_slip, write_slip

Role = Staff.Role
Level = Transfer.Level
PREFIX = {Level.DISTRICT: 6, Level.CITY: 4}


def to_transfer(level: str, division_code: str, period_id: int) -> QuerySet[Remittance] | QuerySet[Transfer]:
    """What waits for a transfer: reviewed remittances of a district, or confirmed transfers of a city's districts."""
    if level == Level.DISTRICT:
        waiting = Remittance.objects.filter(reviewed_at__isnull=False, transfer__isnull=True)
        return waiting.filter(division_code__startswith=division_code, period=period_id).order_by("pk")
    districts = Transfer.objects.filter(level=Level.DISTRICT, confirmed_at__isnull=False, forwarded_in__isnull=True)
    return districts.filter(division_code__startswith=division_code, period=period_id).order_by("pk")


@accountable
def make_transfer(
    *,
    level: str,
    division_code: str,
    period_id: int,
    part_ids: Collection[int],
    previewed: Decimal,
    by: Staff,
    at: datetime,
) -> Transfer:
    """汇缴 or 上解: put what waits onto a transfer. Where the rule set wants one sum a year, a second is refused.

    `division_code`: the 6 digits of the district or the 4 of the city; `previewed` the sum that the page showed.
    """
    require_role(by, Role.ADMINISTRATOR)
    _refuse_elsewhere(level, division_code, by)
    # One at a time in a year: the serial, and whether it is the only one, are decided under this lock.
    periods = ContributionPeriod.objects.select_for_update(of=["self"], no_key=True).select_related("ruleset")
    period = periods.filter(pk=period_id).first()
    if period is None:
        raise Refusal(Reason("PERIOD_UNKNOWN", "找不到这个缴费年度，没有制单。请刷新页面，重新选择。"))
    step = step_of(period, level)
    if step is None:
        text = f"规则集没有规定“{Level(level).label}”这一步，不能制单。请管理员在规则集里补上。"
        raise Refusal(Reason("STEP_UNKNOWN", text))
    mine = Transfer.objects.filter(level=level, division_code=division_code, period=period)
    if step.once and mine.standing().exists():
        text = f"{period.coverage_year}年度的款应一次性{step.name}，已经制过单。未复核的，可撤回后合并重制。"
        raise Refusal(Reason("ONCE_ONLY", text, step.clause))
    waiting = to_transfer(level, division_code, period_id).filter(pk__in=part_ids)
    parts = list(waiting.select_for_update(of=["self"], no_key=True).select_related("slip"))
    amount = sum((part.amount for part in parts), Decimal("0.00"))
    if not parts or len(parts) != len(set(part_ids)) or amount != previewed:
        text = "所选的款项刚刚由别人办理，或者金额已变，没有制单。请刷新页面，重新选择。"
        raise Refusal(Reason("PARTS_CHANGED", text))
    transfer = Transfer.objects.create(
        level=level,
        serial=(mine.aggregate(Max("serial"))["serial__max"] or 0) + 1,
        division_code=division_code,
        period=period,
        amount=amount,
        due_on=step.due_on(period.coverage_year, since=_since(parts)),
        made_at=at,
        made_by=by,
    )
    field = "transfer" if level == Level.DISTRICT else "forwarded_in"
    type(parts[0])._default_manager.filter(pk__in=[part.pk for part in parts]).update(**{field: transfer})
    detail = {"numbers": transfer.number, "amount": str(amount), "year": period.coverage_year}
    record(by=by, at=at, verb="make_transfer", subject=transfer, detail=detail)
    return transfer


def _since(parts: Collection[Remittance | Transfer]) -> date:
    """The day of the step before: the earliest day on which the bank took one of the parts."""
    return min(part.slip.day if part.slip else part.made_at.astimezone(SHANGHAI).date() for part in parts)


def _refuse_elsewhere(level: str, division_code: str, by: Staff) -> None:
    if level not in PREFIX or len(division_code) != PREFIX[Level(level)] or not division_code.isdigit():
        raise Refusal(Reason("DIVISION_UNKNOWN", "没有这个区县或城市，请从页面上重新选择。"))
    if not division_code.startswith(by.division_scope):
        raise Refusal(Reason("DIVISION_UNKNOWN", "这个区县或城市不在您的管辖范围内，请由其管理员办理。"))


@accountable
def bank_transfer(*, transfer_id: int, slip: SlipDraft, by: Staff, at: datetime) -> Transfer:
    """登记回单: write down the bank's slip for a transfer."""
    require_role(by, Role.ADMINISTRATOR)
    transfer = _locked(transfer_id, by)
    _refuse_withdrawn(transfer)
    if transfer.slip_id:
        raise Refusal(Reason("SLIP_THERE", f"{transfer.number} 已经登记过银行回单，不必再登记。"))
    transfer.slip = write_slip(slip, due=transfer.amount, by=by, at=at, had_on=_came_in_on(transfer))
    transfer.save(update_fields=["slip"])
    detail = {"numbers": transfer.number, "amount": str(transfer.amount), "code": transfer.slip.number}
    record(by=by, at=at, verb="bank_transfer", subject=transfer, detail=detail)
    return transfer


def _came_in_on(transfer: Transfer) -> date | None:
    """The day of the last bank slip below it: what had not come cannot go on."""
    parts = transfer.remittances if transfer.level == Transfer.Level.DISTRICT else transfer.parts
    return parts.aggregate(last=Max("slip__day"))["last"]


@accountable
def confirm_transfer(*, transfer_id: int, by: Staff, at: datetime) -> Transfer:
    """复核: another administrator than who made it finds the transfer and its bank slip in order."""
    require_role(by, Role.ADMINISTRATOR)
    transfer = _locked(transfer_id, by)
    _refuse_withdrawn(transfer)
    if transfer.confirmed_at:
        raise Refusal(Reason("CONFIRMED", f"{transfer.number} 已经复核，不必再办。"))
    if transfer.slip_id is None:
        raise Refusal(Reason("SLIP_MISSING", f"{transfer.number} 还没有登记银行回单，不能复核。请先登记回单。"))
    if transfer.made_by_id == by.pk:
        raise Refusal(Reason("SECOND_PERSON", "这张划解单是您本人制的，须由另一位管理员复核。"))
    transfer.confirmed_at, transfer.confirmed_by = at, by
    transfer.save(update_fields=["confirmed_at", "confirmed_by"])
    detail = {"numbers": transfer.number, "amount": str(transfer.amount)}
    record(by=by, at=at, verb="confirm_transfer", subject=transfer, detail=detail)
    return transfer


@accountable
def withdraw_transfer(*, transfer_id: int, reason: str, by: Staff, at: datetime) -> Transfer:
    """撤回 a transfer that is not confirmed; its parts are free again."""
    require_role(by, Role.ADMINISTRATOR)
    transfer = _locked(transfer_id, by)
    _refuse_withdrawn(transfer)
    if transfer.confirmed_at:
        raise Refusal(Reason("CONFIRMED", f"{transfer.number} 已经复核，不能撤回。"))
    if not reason.strip():
        raise Refusal(Reason("WITHDRAW_REASON", "没有写事由，无法存查。请写明为什么撤回。"))
    transfer.withdrawn_at, transfer.withdrawn_by, transfer.withdraw_reason = at, by, reason.strip()
    transfer.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    transfer.remittances.update(transfer=None)
    transfer.parts.update(forwarded_in=None)
    free_slip(transfer.slip_id, sheet=transfer.number, by=by, at=at)
    detail = {"numbers": transfer.number, "amount": str(transfer.amount), "reason": reason.strip()}
    record(by=by, at=at, verb="withdraw_transfer", subject=transfer, detail=detail)
    return transfer


def _refuse_withdrawn(transfer: Transfer) -> None:
    if transfer.withdrawn_at:
        text = f"{transfer.number} 已于{local_day(transfer.withdrawn_at)}撤回，不能再办。请重新制单。"
        raise Refusal(Reason("WITHDRAWN", text))


def _locked(transfer_id: int, by: Staff) -> Transfer:
    rows = Transfer.objects.select_for_update(of=["self"], no_key=True).select_related("period__ruleset")
    found = visible(rows, by).filter(pk=transfer_id).first()
    if found is None:
        raise Refusal(Reason("TRANSFER_UNKNOWN", "找不到这张划解单，或不在您的管辖范围内。请刷新页面后重新选择。"))
    return found
