"""补录的回单: the slip with which a payment at the bank is entered, and what it asks of the household's payment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from common.typed import compact
from enrollment.facts import HouseholdFacts
from enrollment.rules.decision import HouseholdDecision
from offices.models import Staff
from payments.bank.matching import same_number
from payments.models import Receipt
from payments.services.slips import SlipDraft, write_slip


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered: the slip, why, and when."""

    slip: SlipDraft
    reason: str
    at: datetime

    def still_here(self, facts: HouseholdFacts, *, applying: Collection[int] | None) -> HouseholdFacts:
        """Of the household as it was when the bank took the money, who is in it still; only they may be chosen."""
        here = facts.present_on(local_day(self.at))
        known = {int(member.ref) for member in here.asked.members}
        if not known or set(applying or ()) - known:
            who = "所选的人里有人还没有登记在本户" if known else "本户还没有登记"
            text = f"{facts.day}缴费时{who}，或此后已经离户、去世，不能补录。"
            raise Refusal(Reason("ENTRY_MEMBERS", f"{text}请核对回单日期和所选的人；多缴的请银行退还本人。"))
        return here

    def columns(self, decision: HouseholdDecision, *, by: Staff, paid_at: datetime) -> dict[str, Any]:
        """Write the slip down; what sql.WRITE_ENTERED wants of it."""
        if not decision.payable:
            text = f"由资助部门全额缴纳{decision.sponsored}元，个人不缴费，没有银行缴费可以补录。请在收款台登记参保。"
            raise Refusal(Reason("NOTHING_PAID", text))
        self._refuse_entered()
        slip = write_slip(self.slip, due=decision.payable, by=by, at=self.at)
        return {
            "paid_at": paid_at,
            "slip": slip.pk,
            "slip_number": slip.number,
            "slip_moment": paid_at.astimezone(SHANGHAI).isoformat(timespec="minutes"),
            "entry_reason": self.reason,
        }

    def _refuse_entered(self) -> None:
        """Say whose slip it was already, however its number is typed; no other paper's: the database says."""
        number, day, amount = compact(self.slip.number), self.slip.day, self.slip.amount
        rows = Receipt.objects.valid().filter(
            payment__slip__day=day, payment__slip__amount=amount, reversal__isnull=True
        )
        known = same_number(number)
        entered = (
            each for each in rows.select_related("payment__slip") if same_number(each.payment.slip.number) == known
        )
        if found := next(entered, None):
            text = f"这张银行回单（{number}，{day}，{amount}元）已经补录为收据 {found.full_number}"
            raise Refusal(Reason("SLIP_ENTERED", f"{text}（户号 {found.household_number}），一张回单只能补录一次。"))
