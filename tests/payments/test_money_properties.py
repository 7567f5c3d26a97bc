"""Whatever is done with the money, in whatever order: both sides balance, the audit is content, no number is lost."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.decision import Refusal
from enrollment.models import ContributionPeriod
from households.models import Household
from offices.models import Staff
from payments.auditing.run import audit
from payments.models import Receipt, ReceiptBook, Remittance, SettlementLine, Transfer
from payments.money.flow import money_of
from payments.services import (
    bank_remittance,
    bank_transfer,
    confirm_transfer,
    make_transfer,
    review_remittance,
    void_receipt,
    withdraw_remittance,
    withdraw_transfer,
)
from payments.services.transferring import PREFIX, to_transfer
from tests.builders import at, make_staff
from tests.payments.conftest import a_book, take
from tests.payments.many import make_couples
from tests.payments.money_builders import give_back, remit, settle, slip

ACTS = ("pay", "void", "settle", "reverse", "remit", "withdraw", "review", "district", "city", "confirm", "undo")
# Every act happens here, so that the property says something about each.
WHOLE_DAY = """pay pay pay void settle reverse pay settle remit withdraw remit review district undo district confirm
    city undo city confirm pay settle remit"""


def numbered(words: str) -> list[tuple[str, int]]:
    """Each act with a number that chooses its row."""
    return [(act, place) for place, act in enumerate(words.split())]


@dataclass(slots=True)
class Days:
    """An office's days: who works there, the clock, how often each act came about."""

    clerk: Staff
    supervisor: Staff
    administrator: Staff
    second: Staff
    households: list[int]
    clock: datetime = field(default_factory=lambda: at("2007-10-08 09:00"))
    done: Counter[str] = field(default_factory=Counter)

    @property
    def today(self) -> date:
        return self.clock.date()

    def do(self, act: str, place: int) -> None:
        """Do an act on one of the rows that it could be done on; what is refused does not happen."""
        self.clock += timedelta(minutes=10)
        acts: dict[str, Callable[[int], object]] = {name: getattr(self, name) for name in ACTS}
        with suppress(Refusal, IndexError):
            acts[act](place)
            self.done[act] += 1

    def pay(self, place: int) -> None:
        means = ("cash", "card", "transfer", "qr")[place % 4]
        take(Household(pk=self.households.pop()), self.clerk, "240.00", means=means, at=self.clock)

    def void(self, place: int) -> None:
        row = one_of(Receipt.objects.filter(voided_at__isnull=True, settlement_line__isnull=True), place)
        void_receipt(receipt_id=row.pk, reason="录错", by=self.supervisor, at=self.clock)

    def settle(self, place: int) -> None:
        settle(self.clerk, day=self.today.isoformat(), moment=self.clock)
        self.clock = datetime.combine(self.today + timedelta(days=1), at("2007-10-08 09:00").timetz())

    def reverse(self, place: int) -> None:
        row = one_of(Receipt.objects.filter(settlement_line__isnull=False, voided_at__isnull=True), place)
        give_back(row, self.clerk, self.supervisor, moment=self.clock.strftime("%Y-%m-%d %H:%M"))

    def remit(self, place: int) -> None:
        lines = SettlementLine.objects.filter(remittance__isnull=True, period__isnull=False).order_by("pk")
        remit(self.supervisor, *lines[: 1 + place % 3], moment=self.clock.strftime("%Y-%m-%d %H:%M"))

    def withdraw(self, place: int) -> None:
        row = one_of(Remittance.objects.standing().filter(reviewed_at__isnull=True), place)
        withdraw_remittance(remittance_id=row.pk, reason="少选一天", by=self.supervisor, at=self.clock)

    def review(self, place: int) -> None:
        row = one_of(Remittance.objects.standing().filter(reviewed_at__isnull=True), place)
        paper = slip(row.amount, day=self.today.isoformat(), number=f"R{row.pk}")
        bank_remittance(remittance_id=row.pk, slip=paper, by=self.supervisor, at=self.clock)
        review_remittance(remittance_id=row.pk, by=self.administrator, at=self.clock)

    def district(self, place: int) -> None:
        self._transfer("district")

    def city(self, place: int) -> None:
        self._transfer("city")

    def _transfer(self, level: str) -> None:
        code = "320705"[: PREFIX[level]]
        period = ContributionPeriod.objects.get(ruleset__code="lianyungang", coverage_year=2008)
        parts = list(to_transfer(level, code, period.pk))
        make_transfer(
            level=level,
            division_code=code,
            period_id=period.pk,
            part_ids=[part.pk for part in parts],
            previewed=sum(part.amount for part in parts),
            by=self.administrator,
            at=self.clock,
        )

    def confirm(self, place: int) -> None:
        row = one_of(Transfer.objects.standing().filter(confirmed_at__isnull=True), place)
        paper = slip(row.amount, day=self.today.isoformat(), number=f"T{row.pk}")
        bank_transfer(transfer_id=row.pk, slip=paper, by=self.administrator, at=self.clock)
        confirm_transfer(transfer_id=row.pk, by=self.second, at=self.clock)

    def undo(self, place: int) -> None:
        row = one_of(Transfer.objects.standing().filter(confirmed_at__isnull=True), place)
        withdraw_transfer(transfer_id=row.pk, reason="合并重制", by=self.administrator, at=self.clock)


def one_of(rows, place: int):
    found = list(rows.order_by("pk"))
    return found[place % len(found)] if found else found[0]


@pytest.fixture
def days(rulesets, aunt_liu, mr_chen, mr_zhou) -> Days:
    a_book(mr_chen, count=200)
    second = make_staff(None, "gao", role="administrator")
    return Days(aunt_liu, mr_chen, mr_zhou, second, make_couples(mr_chen, 60))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9)), min_size=5, max_size=30))
@example(acts=numbered(WHOLE_DAY))
def test_whatever_is_done_every_yuan_is_somewhere(days: Days, acts: list[tuple[str, int]]):
    with transaction.atomic():  # each example begins with the same office
        these = Days(days.clerk, days.supervisor, days.administrator, days.second, list(days.households))

        for act, place in acts:
            these.do(act, place)

        connection.check_constraints()
        if acts == numbered(WHOLE_DAY):
            assert set(these.done) == set(ACTS)
        assert not audit().findings
        period = ContributionPeriod.objects.get(ruleset__code="lianyungang", coverage_year=2008)
        money = money_of([these.clerk.office], period, today=these.today, scope="")
        assert money.is_balanced, money.differences
        assert money.whole.receipted.n == these.done["pay"]
        book = ReceiptBook.objects.get()
        numbers = list(book.receipts.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(book.first_number, book.next_number))
        transaction.set_rollback(True)
