"""Rule sets, receipt books and a shorthand for taking a payment."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from enrollment.services import load_ruleset
from households.models import Household
from offices.models import Staff
from payments.models import ReceiptBook
from payments.services import TakenPayment, receive_book, take_payment
from tests.builders import at

RULESETS = Path(__file__).parents[2] / "enrollment" / "rulesets"


@pytest.fixture
def rulesets(db: None) -> None:
    """Both seed rule sets, in force."""
    for path in sorted(RULESETS.glob("*.toml")):
        load_ruleset(text=path.read_text(), by=None, at=at("2007-08-07 09:00"))


@pytest.fixture
def book(mr_chen: Staff) -> ReceiptBook:
    """A book of 100 receipts that the clerks of 新浦街道 share."""
    return a_book(mr_chen)


def a_book(by: Staff, *, code: str = "32070107", first: int = 12346, count: int = 100, **more: Any) -> ReceiptBook:
    """A book received by a supervisor."""
    return receive_book(
        office_id=by.office_id,
        code=code,
        first_number=first,
        last_number=first + count - 1,
        width=8,
        by=by,
        at=at("2007-08-20 09:00"),
        **more,
    )


Pay = Callable[..., TakenPayment]


@pytest.fixture
def pay(rulesets: None) -> Pay:
    """Take a payment for 2008 in cash on 2007-10-25 unless told otherwise."""
    return take


def take(household: Household, by: Staff, total: str = "300.00", **more: Any) -> TakenPayment:
    """The same where the rule sets are in force already."""
    given = {
        "household_id": household.pk,
        "coverage_year": 2008,
        "key": uuid4(),
        "expected_total": Decimal(total),
        "tendered": None,
        "means": "cash",
        "by": by,
        "at": at("2007-10-25 10:00"),
    }
    return take_payment(**(given | more))
