"""工本费: what a card or a record book costs a person, or that nobody has said yet."""

from dataclasses import dataclass
from decimal import Decimal

from common.decision import Reason
from enrollment.rules.ruleset import RuleSet

NOTHING = Decimal("0.00")
NAMES = {"card": "医疗保险卡", "book": "医疗保险病历"}


@dataclass(frozen=True, slots=True)
class CardFee:
    """Yuan for one card or book; None where the amount is not known, so that it cannot be charged."""

    amount: Decimal | None
    reason: Reason


def card_fee(*, ruleset: RuleSet, item: str, exempt: bool) -> CardFee:
    """What a person pays for a `card` or a `book`, at first issue as at reissue; the exempt pay nothing."""
    fee = ruleset.workmanship_fee
    if fee is None:
        return CardFee(NOTHING, Reason("WORKMANSHIP_NONE", f"{ruleset.name}没有规定工本费，不收"))
    if exempt:
        return CardFee(NOTHING, Reason("WORKMANSHIP_EXEMPT", "工本费免缴", fee.exempt_clause))
    amount = fee.card if item == "card" else fee.book
    if amount is None:
        text = f"{NAMES[item]}的工本费还没有填写，不能收取。请管理员在“规则与条款”中填写物价部门核定的金额。"
        return CardFee(None, Reason("WORKMANSHIP_UNKNOWN", text, fee.clause))
    return CardFee(amount, Reason("WORKMANSHIP", f"{NAMES[item]}工本费{amount}元", fee.clause))
