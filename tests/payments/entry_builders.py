"""Shorthands for what a household paid at the bank: the slip, and entering it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from common.dates import local_day
from households.models import Household
from offices.models import Staff
from payments.services import SlipDraft, TakenPayment, enter_slip
from tests.builders import at

LAST_DAY = at("2007-12-10 16:40")
AFTER = at("2007-12-13 10:00")


def paper(amount: Any = "420.00", *, number: str = "农行5501", moment: datetime = LAST_DAY, **more: Any) -> SlipDraft:
    """The bank's slip of what a household paid."""
    return SlipDraft(number, local_day(moment), Decimal(amount), **({"bank": "农业银行"} | more))


def enter(household: Household, by: Staff, **more: Any) -> TakenPayment:
    """Enter 420 yuan for 2008 that the bank took in the last hour, three days later unless told otherwise."""
    given = {
        "household_id": household.pk,
        "coverage_year": 2008,
        "key": uuid4(),
        "slip": paper(),
        "paid_at": LAST_DAY,
        "reason": "回单今天才送到",
        "by": by,
        "at": AFTER,
    }
    return enter_slip(**(given | more))
