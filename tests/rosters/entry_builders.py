"""Shorthands for a roster's deposit that is entered from its slip: the slip, and entering it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from offices.models import Staff
from payments.services import SlipDraft
from rosters.models import Roster, RosterDeposit
from rosters.services import enter_deposit
from tests.builders import at

BANKED = at("2017-02-23 16:30")
NEXT_DAY = at("2017-02-24 09:00")
REASON = "村里截止日下午缴存，回单今天才送到"


def slip(moment: datetime = BANKED, amount: str = "450.00", number: str = "农行8801") -> SlipDraft:
    return SlipDraft(number, moment.date(), Decimal(amount), "农业银行")


def enter(roster: Roster, by: Staff, moment: datetime = BANKED, **more: Any) -> RosterDeposit:
    """Enter what the bank took in the last hour, on the next morning unless told otherwise."""
    given = {"slip": slip(moment), "paid_at": moment, "reason": REASON, "by": by, "at": NEXT_DAY}
    return enter_deposit(roster_id=roster.pk, **(given | more))
