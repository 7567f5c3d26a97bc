"""演示收款: money taken on the days before, through the service that the counter uses; some receipts voided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from random import Random
from uuid import NAMESPACE_URL, uuid5

from enrollment.facts import read_household
from offices.models import Office, Staff
from payments.demo.writing import Written
from payments.models import Payment, ReceiptBook
from payments.services import TakenPayment, receive_book, record_print, take_payment, verify_book, void_receipt

VOID_REASONS = ("打印时卡纸，票面不清，收回重开", "缴款人当场发现地址有误，收回重开", "收款方式选错，收回重开")


@dataclass(frozen=True)
class Book:
    """A receipt book to be received: of one clerk, or (clerk empty) of the whole office."""

    code: str
    first: int
    last: int
    clerk: str = ""


@dataclass(frozen=True)
class Till:
    """Who takes money at an office, for which year.

    Households named in `never` are left for the counter, and of each village so many as `held` says.
    """

    office: Office
    staff: Mapping[str, Staff]
    clerks: tuple[str, str]
    supervisor: str
    coverage_year: int
    rng: Random
    first: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    held: Mapping[str, int] = field(default_factory=dict)

    def receive(self, books: Sequence[Book], at: datetime) -> None:
        """Enter the receipt books."""
        for book in books:
            receive_book(
                office_id=self.office.pk,
                code=book.code,
                first_number=book.first,
                last_number=book.last,
                width=8,
                clerk_id=self.staff[book.clerk].pk if book.clerk else None,
                by=self.staff[self.supervisor],
                at=at,
            )

    def verify(self, code: str, at: datetime) -> None:
        """Verify a book that was used up, its void copies all at hand."""
        book = ReceiptBook.objects.get(office=self.office, code=code)
        voided = list(book.receipts.filter(voided_at__isnull=False).values_list("number", flat=True))
        verify_book(
            book_id=book.pk,
            void_copies=voided,
            note="存根、作废联齐全",
            by=self.staff[self.supervisor],
            at=at,
        )

    def take(self, written: Sequence[Written], when: Sequence[datetime], void_at: Sequence[int] = ()) -> int:
        """At each moment take the money of one household that may pay then; how many paid.

        `void_at`: from which of the moments on the next receipt is voided at once and written anew.
        """
        waiting = [each for each in written if not each.home.traits & self.never]
        self.rng.shuffle(waiting)
        for village, count in self.held.items():
            for each in [each for each in waiting if each.home.village == village][:count]:
                waiting.remove(each)
        waiting.sort(key=lambda each: not each.home.traits & self.first)
        voids = list(zip(void_at, VOID_REASONS, strict=False))
        for place, moment in enumerate(when):
            clerk = self.staff[self.rng.choices(self.clerks, (1, 2))[0]]
            payer, paid = self._next(waiting, clerk, moment)
            if paid.receipt_id and voids and place >= voids[0][0]:
                self._void_and_repeat(payer, paid.receipt_id, clerk, moment, voids.pop(0)[1])
        return len(when)

    def _next(self, waiting: list[Written], clerk: Staff, at: datetime) -> tuple[Written, TakenPayment]:
        """The first in the queue who has been registered and may pay; those who may not go home."""
        for each in [each for each in waiting if each.registered_at <= at]:
            waiting.remove(each)
            if paid := self._pay(each, clerk, at):
                return each, paid
        raise ValueError(f"nobody is left who may pay at {at}")

    def _pay(self, written: Written, clerk: Staff, at: datetime) -> TakenPayment | None:
        """Take what is due; None where nothing may be taken from this household at that moment."""
        facts = read_household(written.household.pk, coverage_year=self.coverage_year, at=at)
        decision = facts.decide(at=at) if facts else None
        if decision is None or not decision.eligible:
            return None
        means = self.rng.choices(("cash", "card", "transfer"), (90, 7, 3))[0] if decision.payable else "cash"
        paid = take_payment(
            household_id=written.household.pk,
            coverage_year=self.coverage_year,
            key=uuid5(NAMESPACE_URL, f"canbao-demo/{written.household.pk}/{at.isoformat()}"),
            expected_total=decision.payable,
            tendered=self._tendered(decision.payable) if means == Payment.Means.CASH else None,
            means=means,
            by=clerk,
            at=at,
        )
        if paid.receipt_id:
            record_print(receipt_id=paid.receipt_id, by=clerk, at=at + timedelta(seconds=15))
        return paid

    def _tendered(self, payable: Decimal) -> Decimal:
        """What was laid down: often the exact sum, otherwise whole notes."""
        note = self.rng.choice((1, 1, 10, 50, 100))
        return Decimal(ceil(payable / note) * note)

    def _void_and_repeat(self, written: Written, receipt_id: int, clerk: Staff, at: datetime, reason: str) -> None:
        supervisor = self.staff[self.supervisor]
        void_receipt(receipt_id=receipt_id, reason=reason, by=supervisor, at=at + timedelta(minutes=2))
        if not self._pay(written, clerk, at + timedelta(minutes=4)):
            raise ValueError(f"{written.household} could not pay again")
