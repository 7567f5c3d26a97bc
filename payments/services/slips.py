"""银行回单的服务: writing one down with its scan; what it was found as, when its sheet is withdrawn."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from common.dates import local_day
from common.decision import Reason, Refusal
from common.typed import compact
from enrollment.rules.ruleset import RuleSet
from households import vault
from households.imaging import scan_of
from offices.models import Staff
from payments.models import BankSlip, StatementMatch
from payments.paper.legible import refuse_undrawable


@dataclass(frozen=True, slots=True)
class SlipDraft:
    """A bank slip as it was typed; `scan` are the bytes of a picture or PDF, empty where there is none."""

    number: str
    day: date
    amount: Decimal
    bank: str = ""
    scan: bytes = b""


def write_slip(draft: SlipDraft, *, due: Decimal, by: Staff, at: datetime, had_on: date | None = None) -> BankSlip:
    """The slip of a sum that went to the bank; within the caller's transaction. Another amount is refused.

    Its number is kept in half width and without blanks: typed otherwise it would count as another slip.
    `had_on` is the day on which the last of the sum was there: no bank has it earlier.
    """
    number = compact(draft.number)
    if not number:
        raise Refusal(Reason("SLIP_NUMBER", "请填写银行回单号，与回单上印的一致。"))
    refuse_undrawable({"回单号": number, "银行": draft.bank.strip()}, undone="没有登记")
    if draft.amount != due:
        text = f"回单金额{draft.amount}元与应缴的{due}元不符，没有登记。请核对回单；确实缴错的，请与银行更正后再登记。"
        raise Refusal(Reason("SLIP_AMOUNT", text))
    if draft.day > at.date():
        raise Refusal(Reason("SLIP_DAY", f"回单日期{draft.day}还没有到，请核对。"))
    if had_on and draft.day < had_on:
        text = f"回单日期{draft.day}早于这笔款收齐的{had_on}，没有登记。请核对回单日期，或看是不是另一张单的回单。"
        raise Refusal(Reason("SLIP_DAY", text))
    if not draft.scan:
        return BankSlip.objects.create(
            number=number, bank=draft.bank.strip(), day=draft.day, amount=draft.amount, name=None, at=at, by=by
        )
    upload = scan_of(draft.scan)
    name = uuid4()
    try:
        return BankSlip.objects.create(
            number=number,
            bank=draft.bank.strip(),
            day=draft.day,
            amount=draft.amount,
            name=name,
            content=upload.content,
            sha256=vault.put(name, upload.data),
            at=at,
            by=by,
        )
    except BaseException:
        vault.drop(name)
        raise


def refuse_a_day_before_the_window(day: date, ruleset: RuleSet, coverage_year: int) -> None:
    """Nobody pays for a year before its window; such a slip is another year's, or its day was typed wrongly."""
    window = ruleset.window(coverage_year)
    if window and day < local_day(window.opens):
        text = f"回单日期{day}早于{coverage_year}年度缴费期开始的{local_day(window.opens)}，没有登记。"
        raise Refusal(Reason("SLIP_DAY", f"{text}请核对回单日期，或看是不是上一年的回单。"))


def free_slip(slip_id: int | None, *, sheet: str, by: Staff, at: datetime, undone: str = "已撤回") -> None:
    """The bank's line that was found to be the slip of a sheet now withdrawn is open again, for the sheet to come."""
    found = StatementMatch.objects.standing().filter(slip=slip_id)
    found.update(undone_at=at, undone_by=by, undo_reason=f"{sheet} {undone}")
