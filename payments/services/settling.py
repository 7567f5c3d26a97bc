"""日结的服务: closing a clerk's day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Office, Staff
from payments.models import Receipt, Reversal, Settlement, SettlementLine
from payments.models.settlement import MEANS
from payments.money import day_end
from payments.paper.legible import refuse_undrawable

Role = Staff.Role


@dataclass(frozen=True, slots=True)
class Counted:
    """What the clerk found: pieces by denomination in yuan, and the sums of the slips of the other means.

    `advanced` of the cash, in yuan, somebody put up (`advanced_by`), because more was given back than taken.
    """

    denominations: Mapping[Decimal, int]
    card: Decimal = day_end.ZERO
    transfer: Decimal = day_end.ZERO
    qr: Decimal = day_end.ZERO
    advanced: Decimal = day_end.ZERO
    advanced_by: str = ""

    @property
    def sums(self) -> dict[str, Decimal]:
        cash = day_end.cash_of(self.denominations) - self.advanced
        return {"cash": cash, "card": self.card, "transfer": self.transfer, "qr": self.qr}


@accountable
def settle_day(
    *,
    office_id: int,
    clerk_id: int,
    day: date,
    previewed: Decimal,
    counted: Counted,
    by: Staff,
    at: datetime,
    difference_reason: str = "",
    approved_by: Staff | None = None,
    absence_reason: str = "",
) -> Settlement:
    """日结: close everything that the clerk received up to the end of `day`; nothing can be added to it afterwards.

    `previewed` is the total that the page showed. By the clerk herself, or by a supervisor with a reason when she is
    not there. Where the count differs, `approved_by` is a supervisor of the office other than the clerk and `by`.
    """
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    office, clerk = _whose(office_id, clerk_id, by, absence_reason)
    if day > at.astimezone(SHANGHAI).date():
        raise Refusal(Reason("DAY_AHEAD", f"{day}还没有到，不能日结。请选择今天或以前的日期。"))
    _hold(clerk.pk)
    found, latest = _locked_takings(office_id, clerk_id, day)
    if not found.parts:
        raise Refusal(Reason("NOTHING_TO_SETTLE", f"{clerk.name}到{day}为止没有未日结的收款，不用日结。"))
    if found.total != previewed:
        text = f"应有合计已由{previewed}元变为{found.total}元：刚有收款、作废或冲正。没有日结，请核对后再办。"
        raise Refusal(Reason("TOTAL_CHANGED", text))
    _refuse_clock_behind(latest, at)
    _refuse_advance(counted, found)
    said = {"差额事由": difference_reason, "垫付人": counted.advanced_by, "代办事由": absence_reason}
    refuse_undrawable({what: text.strip() for what, text in said.items()}, undone="没有日结")
    differs = counted.sums != found.expected
    if differs:
        _refuse_difference(difference_reason, approved_by, (clerk, by), office)
    settlement = Settlement.objects.create(
        office=office,
        division_code=office.division_code,
        clerk=clerk,
        day=day,
        **{f"expected_{means}": found.expected[means] for means in MEANS},
        **{f"counted_{means}": counted.sums[means] for means in MEANS},
        advanced_cash=counted.advanced,
        advanced_by=counted.advanced_by.strip() if counted.advanced else "",
        denominations={str(value): pieces for value, pieces in counted.denominations.items() if pieces},
        difference_reason=difference_reason.strip() if differs else "",
        approved_by=approved_by if differs else None,
        by=by,
        absence_reason=absence_reason.strip() if by != clerk else "",
        at=at,
    )
    _close(settlement, found)
    detail = {"day": day.isoformat(), "clerk": clerk.pk, "amount": str(found.total)}
    record(by=by, at=at, verb="settle_day", subject=settlement, office=office, detail=detail)
    return settlement


def _whose(office_id: int, clerk_id: int, by: Staff, absence_reason: str) -> tuple[Office, Staff]:
    office = visible(Office.objects.all(), by).filter(pk=office_id).first()
    clerk = Staff.objects.filter(pk=clerk_id).first()
    if office is None or clerk is None:
        raise Refusal(Reason("CLERK_UNKNOWN", "找不到这位收款人或机构，或不在您的管辖范围内。请重新选择。"))
    if clerk != by and (by.role != Role.SUPERVISOR or not absence_reason.strip()):
        text = "只能日结自己的收款。收款人不在岗的，请主管写明事由代为日结。"
        raise Refusal(Reason("NOT_YOUR_MONEY", text))
    return office, clerk


def _hold(clerk_id: int) -> None:
    """Wait for the clerk's payments under way, and keep new ones waiting until the day is closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('day-end ' || %s, 0))", [clerk_id])


def _locked_takings(office_id: int, clerk_id: int, day: date) -> tuple[day_end.Takings, datetime | None]:
    """The takings, their receipts locked first, so that none is voided while the sums are made; their last moment."""
    whose = {"office_id": office_id, "clerk_id": clerk_id, "day": day}
    moments: list[datetime] = []
    for rows, columns in (
        (day_end.open_receipts, ("issued_at", "voided_at")),
        (day_end.open_fees, ("issued_at", "voided_at")),
        (day_end.open_reversals, ("at",)),
    ):
        locked = rows(**whose).select_for_update(of=["self"], no_key=True).order_by("pk")
        moments += [each for row in locked.values_list(*columns) for each in row if each]
    return day_end.takings(**whose), max(moments, default=None)


def _refuse_clock_behind(latest: datetime | None, at: datetime) -> None:
    """A day-end before its own receipts would say that money was counted before it came."""
    if latest is not None and latest > at:
        last, now = (each.astimezone(SHANGHAI) for each in (latest, at))
        text = (
            f"现在是{now:%Y-%m-%d %H:%M}，要日结的收款里却有{last:%Y-%m-%d %H:%M}的：时钟往回拨过。没有日结。"
            f"请管理员校准服务器的时钟，过了{last:%H:%M}再日结。"
        )
        raise Refusal(Reason("CLOCK_BEHIND", text))


def _refuse_advance(counted: Counted, found: day_end.Takings) -> None:
    """Only what was given back beyond what was taken is put up, and somebody put it up."""
    if not counted.advanced:
        return
    if counted.advanced > found.advance_needed:
        if not found.advance_needed:
            text = "退出的现金没有多于收进的，不用垫付。请把垫付一栏清空，按实有现金清点。"
        else:
            text = f"退出的现金比收进的多{found.advance_needed}元，垫付不能多于这个数。请核对垫付的金额。"
        raise Refusal(Reason("ADVANCE", text))
    if not counted.advanced_by.strip():
        raise Refusal(Reason("ADVANCE", "请写明这笔钱由谁垫付，例如本所备用金，或垫付人的姓名。"))


def _refuse_difference(reason: str, approved_by: Staff | None, involved: tuple[Staff, Staff], office: Office) -> None:
    """Who took the money does not approve, nor does who counted it."""
    if not reason.strip():
        text = "实点与应有不符。请重新清点；仍不符的，写明事由，请主管核准。"
        raise Refusal(Reason("DIFFERENCE_REASON", text))
    if approved_by is None or approved_by in involved:
        whose = "收款人" if involved[0] == involved[1] else "收款人和代办人"
        text = f"实点与应有不符，须由{whose}以外的主管核准。请主管（或管理员）输入登录名和口令。"
        raise Refusal(Reason("DIFFERENCE_APPROVAL", text))
    require_role(approved_by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    if not approved_by.covers(office.division_code):
        text = f"{approved_by.name}不管{office.name}，不能核准它的差额。请本机构的主管或上级管理员核准。"
        raise Refusal(Reason("DIFFERENCE_APPROVAL", text))


def _close(settlement: Settlement, found: day_end.Takings) -> None:
    """One line for each kind of money, and the receipts that it holds."""
    whose = {"office_id": found.office_id, "clerk_id": found.clerk_id, "day": found.day}
    for part in found.parts:
        line = SettlementLine.objects.create(
            settlement=settlement,
            office_id=found.office_id,
            period_id=part.period_id,
            receipts=part.receipts,
            voided=part.voided,
            reversals=part.reversals,
            amount=part.amount,
        )
        reversals = day_end.open_reversals(**whose).filter(receipt__payment__period=part.period_id)
        if part.period_id is None:
            day_end.open_fees(**whose).update(settlement_line=line)
            reversals = day_end.open_reversals(**whose).filter(receipt=None)
        else:
            receipts = day_end.open_receipts(**whose).filter(payment__period=part.period_id)
            Receipt.objects.filter(pk__in=receipts.values("pk")).update(settlement_line=line)
        Reversal.objects.filter(pk__in=reversals.values("pk")).update(settlement_line=line)
