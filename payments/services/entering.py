"""补录银行缴费 (S-5-3, L-6-2): what a household paid at the bank in time, entered when its slip reaches the office."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from offices.access import require_role
from offices.models import Staff
from payments.models import Payment
from payments.services.slips import SlipDraft
from payments.services.taking import Entry, Order, TakenPayment, take


def enter_slip(
    *,
    household_id: int,
    coverage_year: int,
    key: UUID,
    slip: SlipDraft,
    paid_at: datetime,
    reason: str,
    by: Staff,
    at: datetime,
    applying: Collection[int] | None = None,
) -> TakenPayment:
    """补录 a payment that the bank took at `paid_at`, from its slip; by a supervisor, with a reason.

    Window, price and benefit are those of `paid_at`, a moment of the slip's day; receipt, enrolments and log bear `at`,
    so that the money stands in the day of who enters it and no settled day changes. Another amount than was due then
    is refused. The same `key` again gives the same payment.
    """
    require_role(by, Staff.Role.SUPERVISOR)
    reason = checked_reason(reason)
    refuse_another_moment(slip, paid_at=paid_at, at=at, instead="请在收款台收款")
    return take(
        Order(
            household_id=household_id,
            coverage_year=coverage_year,
            key=key,
            expected_total=None,
            tendered=None,
            means=Payment.Means.TRANSFER,
            channel="counter",
            by=by,
            at=paid_at,
            applying=applying,
            entry=Entry(slip, reason, at),
        )
    )


def checked_reason(typed: str) -> str:
    """Why something is entered afterwards; none, or one that is too long, is refused."""
    reason = typed.strip()
    if not reason:
        raise Refusal(Reason("ENTRY_REASON", "没有写事由，无法存查。请写明为什么补录，例如：银行回单今天才送到。"))
    limit = Payment._meta.get_field("entry_reason").max_length
    if len(reason) > limit:
        raise Refusal(Reason("ENTRY_REASON", f"事由最多{limit}个字，现在是{len(reason)}个字。请写得简短些。"))
    return reason


def refuse_another_moment(slip: SlipDraft, *, paid_at: datetime, at: datetime, instead: str) -> None:
    """The moment is of the slip's day and lies before now; `instead` says what to do with what is paid only now."""
    if slip.day != local_day(paid_at):
        raise Refusal(Reason("SLIP_DAY", "交易日期与交易时刻不是同一天，没有补录。请核对回单。"))
    if paid_at >= at:
        now = at.astimezone(SHANGHAI)
        text = f"回单上的时刻{paid_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}还没有到（现在是{now:%Y-%m-%d %H:%M}），"
        raise Refusal(Reason("SLIP_MOMENT", f"{text}没有补录。请核对交易日期和时间；现在才缴的{instead}。"))
