"""演示发证: cards and record books handed out in the weeks before, with their fee."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import NAMESPACE_URL, uuid5

from enrollment import library
from enrollment.open_figures import fill_workmanship_fee
from households.models import Household
from offices.models import Office, Staff
from payments.cards.fees import Member, members_of
from payments.models import CardIssue, Payment, ReceiptBook
from payments.services import (
    IssuedCards,
    WantedCard,
    issue_cards,
    issue_certificate,
    receive_book,
    record_workmanship_print,
    void_workmanship,
)

CARD_FEE, BOOK_FEE = Decimal("5.00"), Decimal("2.00")
CARD, BOOK = CardIssue.Item.CARD, CardIssue.Item.BOOK
VOID_REASON = "病历编号录错，收回重开"


def price(code: str, *, by: Staff, at: datetime) -> None:
    """An administrator fills in the fee, which the document leaves to the price authority; an invented figure."""
    fee = library.current(code).workmanship_fee
    if fee and fee.amount is None:
        fill_workmanship_fee(code=code, card_amount=CARD_FEE, book_amount=BOOK_FEE, by=by, at=at)


@dataclass(frozen=True)
class Window:
    """Who hands out cards and record books at an office, from which book of receipts."""

    office: Office
    staff: Mapping[str, Staff]
    clerks: tuple[str, str]
    supervisor: str
    coverage_year: int

    def receive(self, code: str, first: int, last: int, at: datetime) -> None:
        """Enter a book of receipts for the fee, shared by the clerks."""
        receive_book(
            office_id=self.office.pk,
            code=code,
            first_number=first,
            last_number=last,
            width=8,
            by=self.staff[self.supervisor],
            at=at,
            purpose=ReceiptBook.Purpose.WORKMANSHIP,
        )

    def hand_out(self, when: Sequence[datetime], *, lost_at: datetime) -> None:
        """At each moment one of the first households to pay gets what it lacks; the second must come twice.

        Every fourth gets cards alone, the books being out of stock. One card is lost, one certificate is given.
        """
        new = _numbers()
        households = self._first_paid(len(when))
        for place, (household, moment) in enumerate(zip(households, when, strict=True)):
            items = (CARD,) if place % 4 == 3 else (CARD, BOOK)
            done = self._issue(household, place, moment, lambda each, items=items: _lacking(each, items, new))
            if place == 1 and done.receipt:
                self._void(done.receipt.pk, moment + timedelta(minutes=2))
                again = moment + timedelta(minutes=5)
                self._issue(household, place, again, lambda each, items=items: _lacking(each, items, new))
        self._issue(households[0], 0, lost_at, lambda each: _lost(each, new))
        issue_certificate(
            household_id=households[0].pk,
            coverage_year=self.coverage_year,
            person_id=None,
            key=uuid5(NAMESPACE_URL, f"canbao-demo/certificate/{households[0].pk}"),
            by=self.staff[self.clerks[0]],
            at=lost_at + timedelta(minutes=6),
        )

    def _first_paid(self, wanted: int) -> list[Household]:
        """The households that paid something, the earliest first."""
        paid = Payment.objects.filter(office=self.office, amount__gt=0).order_by("paid_at")
        seen = {each.household_id: each.household for each in paid.select_related("household__office")}
        return list(seen.values())[:wanted]

    def _issue(
        self,
        household: Household,
        place: int,
        at: datetime,
        choose: Callable[[Sequence[Member]], Sequence[WantedCard]],
    ) -> IssuedCards:
        clerk = self.staff[self.clerks[place % 2]]
        members = members_of(household, at=at)
        wanted = choose([each for each in members.values() if each.cover])
        fees = [members[each.person_id].fees[CardIssue.Item(each.item)].amount or Decimal(0) for each in wanted]
        done = issue_cards(
            household_id=household.pk,
            wanted=wanted,
            receiver=next(iter(members.values())).person.name,
            key=uuid5(NAMESPACE_URL, f"canbao-demo/cards/{household.pk}/{at.isoformat()}"),
            expected_total=sum(fees, Decimal("0.00")),
            tendered=None,
            means=Payment.Means.CASH,
            by=clerk,
            at=at,
        )
        if done.receipt:
            record_workmanship_print(receipt_id=done.receipt.pk, by=clerk, at=at + timedelta(seconds=15))
        return done

    def _void(self, receipt_id: int, at: datetime) -> None:
        void_workmanship(receipt_id=receipt_id, reason=VOID_REASON, by=self.staff[self.supervisor], at=at)


def _numbers() -> Mapping[str, Iterator[str]]:
    """The numbers as they come out of the box."""
    return {CARD: (f"K{each:07d}" for each in count(7001)), BOOK: (f"B{each:06d}" for each in count(15001))}


def _lacking(members: Sequence[Member], items: Sequence[str], new: Mapping[str, Iterator[str]]) -> list[WantedCard]:
    """A number for each of these items that somebody has not got."""
    return [
        WantedCard(each.person.pk, item, next(new[item])) for each in members for item in items if item not in each.held
    ]


def _lost(members: Sequence[Member], new: Mapping[str, Iterator[str]]) -> list[WantedCard]:
    """Another card for the first who has one."""
    loser = next(each for each in members if CARD in each.held)
    return [WantedCard(loser.person.pk, CARD, next(new[CARD]), CardIssue.Cause.LOST)]
