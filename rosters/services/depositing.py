"""缴存 (S-8-7): the agreed sum is at the bank, as its slip says; without agreement it is refused (先核对，后缴存).

A clerk dates nothing back: what she registers counts as paid when she does. What the bank took earlier is entered by a
supervisor from its slip, as an act of its own (S-5-3): then the slip's moment is that of the payment.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from enrollment import library
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from payments.services.entering import checked_reason, refuse_another_moment
from payments.services.slips import SlipDraft, free_slip, refuse_a_day_before_the_window, write_slip
from rosters.clauses import DEPOSIT, clause_of
from rosters.models import Roster, RosterAgreement, RosterDeposit
from rosters.services.agreeing import passed_too_early
from rosters.services.opening import AT_THE_COUNTER, roster_for, why

ZERO = Decimal("0.00")
CHECK_ANEW = "请撤回核对，重新核对。"
BANKED_EARLIER = "银行在那以前已经收了款的，请主管按银行回单补录。"
BACK_FROM_BANK = "没有错的，款请从银行取回，撤回核对，重新核对；不能再收的退还本人。"
MONEY_BACK = "款还没有缴存的不要缴存，已经缴存的请从银行取回；不能再收的退还本人。"


@accountable
def deposit(*, roster_id: int, slip: SlipDraft | None, by: Staff, at: datetime) -> RosterDeposit:
    """缴存 what was agreed; `slip` is None where nobody pays anything."""
    require_role(by, *AT_THE_COUNTER)
    agreement = _agreement(roster_id, by)
    roster = agreement.roster
    if stale := not_in_time(roster, agreement, at):
        raise Refusal(stale)
    if agreement.payable and slip is None:
        raise Refusal(Reason("SLIP_NUMBER", "请填写银行回单号，与回单上印的一致。"))
    made = _written(agreement, slip if agreement.payable else None, by=by, at=at)
    detail = {"amount": str(made.amount), "slip": made.slip.number if made.slip else ""}
    record(by=by, at=at, verb="deposit_roster", subject=roster, detail=detail)
    return made


@accountable
def enter_deposit(
    *, roster_id: int, slip: SlipDraft, paid_at: datetime, reason: str, by: Staff, at: datetime
) -> RosterDeposit:
    """补录 what the bank took at `paid_at`, after the agreement and in time; by a supervisor, with a reason."""
    require_role(by, Staff.Role.SUPERVISOR)
    reason = checked_reason(reason)
    refuse_another_moment(slip, paid_at=paid_at, at=at, instead="照常登记回单")
    agreement = _agreement(roster_id, by)
    roster = agreement.roster
    if not agreement.payable:
        raise Refusal(Reason("NOTHING_PAID", "这份名册全部由部门资助，没有现款缴存，没有银行回单可以补录。"))
    if why_not := _not_then(roster, agreement, paid_at):
        raise Refusal(why_not)
    made = _written(agreement, slip, by=by, at=at, paid_at=paid_at, entry_reason=reason)
    detail = {
        "amount": str(made.amount),
        "slip": made.slip.number,
        "moment": paid_at.astimezone(SHANGHAI).isoformat(timespec="minutes"),
        "reason": reason,
    }
    record(by=by, at=at, verb="enter_roster_deposit", subject=roster, detail=detail)
    return made


def _agreement(roster_id: int, by: Staff) -> RosterAgreement:
    """What agrees and is not deposited yet, of a roster that is locked."""
    roster = roster_for(roster_id, by=by)
    agreement = roster.agreements.filter(withdrawn_at=None).first()
    if agreement is None:
        text = "名册还没有核对相符，不能缴存。请先核对人数和金额（先核对，后缴存）。"
        raise Refusal(Reason("CHECK_FIRST", text, clause_of(roster, DEPOSIT)))
    if agreement.deposits.filter(withdrawn_at=None).exists():
        raise Refusal(Reason("ROSTER_DEPOSITED", "这份名册已经登记缴存。请刷新页面。"))
    return agreement


def _written(
    agreement: RosterAgreement, slip: SlipDraft | None, *, by: Staff, at: datetime, **entry: Any
) -> RosterDeposit:
    """The deposit with its slip; `entry` is the slip's moment and why it was entered afterwards."""
    written = None
    if slip:
        roster = agreement.roster
        ruleset = library.current(roster.office.ruleset_code)
        refuse_a_day_before_the_window(slip.day, ruleset, roster.coverage_year)
        written = write_slip(slip, due=agreement.payable, by=by, at=at)
    return RosterDeposit.objects.create(
        agreement=agreement, amount=agreement.payable, slip=written, at=at, by=by, **entry
    )


def not_in_time(roster: Roster, agreement: RosterAgreement, at: datetime) -> Reason | None:
    """Why the taking would refuse what is deposited at `at`; whatever day the slip bears, as no clerk dates back."""
    then = "入账以登记缴存的时刻为准，现在登记就不能入账。" + CHECK_ANEW
    if agreement.payable:
        then = f"入账以登记回单的时刻为准。{BANKED_EARLIER}其余的{CHECK_ANEW}{MONEY_BACK}"
    return passed_too_early(roster, agreement.file, at, then=then, verified_at=agreement.at)


def _not_then(roster: Roster, agreement: RosterAgreement, paid_at: datetime) -> Reason | None:
    """Why what the bank took at `paid_at` is not entered: before it agreed, or after verdicts of its day had ended."""
    told = f"{paid_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if paid_at < agreement.at:
        text = f"回单的时刻{told}早于核对相符的{agreement.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}，没有补录"
        text += "（先核对，后缴存）。请核对回单上的日期和时间；确是先缴存、后核对的，不能补录。"
        return Reason("CHECK_FIRST", text, clause_of(roster, DEPOSIT))
    then = f"回单的时刻{told}在那以后，没有补录。请核对回单上的日期和时间；{BACK_FROM_BANK}"
    return passed_too_early(roster, agreement.file, paid_at, then=then, verified_at=agreement.at)


@accountable
def withdraw_deposit(*, roster_id: int, reason: str, by: Staff, at: datetime) -> RosterDeposit:
    """撤回缴存, while the roster was not taken: the slip was another's, or was typed wrongly."""
    require_role(by, *AT_THE_COUNTER)
    roster = roster_for(roster_id, by=by)
    made = RosterDeposit.objects.filter(agreement__roster=roster, withdrawn_at=None).first()
    if made is None:
        raise Refusal(Reason("ROSTER_NOT_DEPOSITED", "这份名册没有登记缴存，或缴存已撤回。请刷新页面。"))
    if hasattr(made, "taking"):
        raise Refusal(Reason("ROSTER_TAKEN", "名册已经入账，不能撤回缴存。有错的收据请逐张办作废或冲正。"))
    made.withdrawn_at, made.withdrawn_by, made.withdraw_reason = at, by, why(reason)
    made.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    if made.slip_id:
        free_slip(made.slip_id, sheet=f"{roster.title}的缴存", by=by, at=at)
    record(by=by, at=at, verb="withdraw_roster_deposit", subject=roster, detail={"reason": why(reason)})
    return made
