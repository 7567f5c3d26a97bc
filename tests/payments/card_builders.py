"""Builders for cards and record books: the fee filled in, a book of workmanship receipts, a shorthand for issuing."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pypdfium2 as pdfium
from django.utils import timezone

from enrollment.open_figures import fill_workmanship_fee
from households.models import Household, Person
from offices.models import Office, Staff
from payments.models import ReceiptBook
from payments.services import IssuedCards, WantedCard, issue_cards
from tests.builders import at
from tests.payments.conftest import a_book


def fill_fees(by: Staff, *, card: str = "3.00", book: str = "2.00") -> None:
    """An administrator says what card and book cost in 连云港."""
    fill_workmanship_fee(
        code="lianyungang",
        card_amount=Decimal(card),
        book_amount=Decimal(book),
        by=by,
        at=at("2007-09-01 09:00"),
    )


def workmanship_book(by: Staff, **more: Any) -> ReceiptBook:
    """A book for the workmanship fee, shared by the clerks of the office."""
    return a_book(by, **({"code": "GB2007", "first": 501, "count": 50, "purpose": "workmanship"} | more))


def person(household: Household, name: str) -> Person:
    """A member of a household by name."""
    return household.memberships.get(person__name=name).person


def give(
    household: Household,
    by: Staff,
    *,
    cards: dict[str, str] | None = None,
    books: dict[str, str] | None = None,
    total: str = "0.00",
    cause: str = "first",
    **more: Any,
) -> IssuedCards:
    """Hand out cards and books by member and number, for cash on 2007-10-25 unless told otherwise."""
    wanted = [
        WantedCard(person(household, name).pk, item, number, cause)
        for item, numbers in (("card", cards or {}), ("book", books or {}))
        for name, number in numbers.items()
    ]
    given = {
        "household_id": household.pk,
        "wanted": wanted,
        "receiver": "张建国",
        "key": uuid4(),
        "expected_total": Decimal(total),
        "tendered": None,
        "means": "cash",
        "by": by,
        "at": at("2007-10-25 10:02"),
    }
    return issue_cards(**(given | more))


def text_of(paper: bytes) -> str:
    """The words of a PDF, its pages one after the other."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(paper))


def pay_arguments(household: Household, by: Staff) -> dict[str, Any]:
    """What `take_payment` wants for the family of Zhang in 2008."""
    return {
        "household_id": household.pk,
        "coverage_year": 2008,
        "key": uuid4(),
        "expected_total": Decimal(420),
        "tendered": None,
        "means": "cash",
        "by": by,
        "at": at("2007-10-25 09:00"),
    }


def live_in(office: Office, moment: str) -> None:
    """Let a demonstration office live at that moment."""
    Office.objects.filter(pk=office.pk).update(demo_moment=at(moment), demo_set_at=timezone.now())
    office.refresh_from_db()
