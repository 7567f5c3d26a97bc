"""收款: a household's money for a year, taken once, decided by the rules and written with its receipt."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from common.money import yuan
from enrollment import registry
from enrollment.facts import HouseholdFacts, household_facts
from enrollment.models import Enrollment
from enrollment.rules.decision import HouseholdDecision
from enrollment.services import household_unknown
from offices import origin
from offices.access import require_role
from offices.constraints import refusal_of
from offices.models import Staff
from offices.prepared import ask, ask_together
from payments.counter import bill, sql
from payments.counter.tender import checked_tender
from payments.services.slip_entry import Entry

ONCE_A_YEAR = "enrollment_once_a_year_anywhere"


@dataclass(frozen=True, slots=True)
class TakenPayment:
    """What came of it. Where departments pay for everybody, `amount` is zero and there is no receipt.

    `repeated`: the same submit had been taken before; this is its result, nothing was taken again.
    """

    payment_id: int
    household_id: int
    coverage_year: int
    persons: int
    amount: Decimal
    sponsored: Decimal
    tendered: Decimal
    change: Decimal
    means: str
    paid_at: datetime
    receipt_id: int | None
    book_code: str
    printed_number: str
    capitals: str
    voided: bool
    repeated: bool

    @property
    def sentence(self) -> str:
        """What to tell the clerk."""
        if self.receipt_id is None:
            return f"{self.persons}人已参保，由资助部门全额缴纳{self.sponsored}元，个人不缴费，不使用票据号码。"
        if self.voided:
            number = f"{self.book_code} {self.printed_number}"
            return f"这笔款此前收过，收据 {number} 已经作废，没有再收。要重新收的，请回到收款台重新办理。"
        again = "这笔款此前已经收过，没有重复收取。" if self.repeated else ""
        return f"{again}已收{self.amount}元，收据 {self.book_code} {self.printed_number}。"


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked, by whom and when. At `at` the money was paid; with an `entry` it is booked when that is made.

    `expected_total` None: the slip says how much it was.
    """

    household_id: int
    coverage_year: int
    key: UUID
    expected_total: Decimal | None
    tendered: Decimal | None
    means: str
    channel: str
    by: Staff
    at: datetime
    applying: Collection[int] | None
    entry: Entry | None = None

    @property
    def booked_at(self) -> datetime:
        """The moment by which the money belongs to a day."""
        return self.entry.at if self.entry else self.at


class _BookUsedUpError(Exception):
    """Between reading and writing another clerk took the last number of the shared book."""


def take_payment(
    *,
    household_id: int,
    coverage_year: int,
    key: UUID,
    expected_total: Decimal,
    tendered: Decimal | None,
    means: str,
    channel: str = "counter",
    by: Staff,
    at: datetime,
    applying: Collection[int] | None = None,
) -> TakenPayment:
    """Take a household's money: assessment, enrolments, payment, receipt and log, all or nothing. Three statements.

    `expected_total` is the total that the page showed; the facts are read again under the household's lock, and
    another total is refused. `tendered` None means exactly what is due. `applying` names the persons who take part;
    without it all take part who ought to be insured and are not yet. The same `key` again gives the same payment.
    """
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    return take(Order(household_id, coverage_year, key, expected_total, tendered, means, channel, by, at, applying))


def take(order: Order) -> TakenPayment:
    """Take what was ordered, by whoever may do so; once more where the book was used up meanwhile."""
    try:
        return _taken(order)
    except _BookUsedUpError:
        return _taken(order)


def _taken(order: Order) -> TakenPayment:
    names: dict[int, str] = {}
    try:
        with transaction.atomic():
            return _lock_read_write(order, names)
    except IntegrityError as error:
        refusal = _duplicate(error, order, names) or refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def _lock_read_write(order: Order, names: dict[int, str]) -> TakenPayment:
    by = order.by
    asked = {"household": order.household_id, "year": order.coverage_year, "day": local_day(order.at), "key": order.key}
    locked, read = ask_together(
        (sql.LOCK, asked | {"scope": by.division_scope}), (sql.READ, asked | {"office": by.office_id, "clerk": by.pk})
    )
    if not locked:
        raise household_unknown()
    household, taken, book_id, settled, office = read[0]
    if taken:
        return _found_again(taken, order)
    facts = household_facts(household, coverage_year=order.coverage_year, at=order.at, applying=order.applying)
    if order.entry:
        facts = order.entry.still_here(facts, applying=order.applying)
    decision = _decided(facts, order)
    applicants = [int(member.ref) for member in decision.applicants]
    names.update({member.person_id: member.name for member in facts.members if member.person_id in applicants})
    due = bill.Bill(facts=facts, decision=decision, office=office, clerk=by)
    if decision.payable:
        _refuse_settled_day(settled, order.booked_at)
        due.refuse_what_cannot_be_printed()
        if book_id is None:
            raise _no_book()
    book = {"book": book_id if decision.payable else None}  # where departments pay for all, no number is used
    columns = due.columns() | _payment_columns(order, decision) | book
    statement = sql.WRITE
    if order.entry:
        statement, columns = sql.WRITE_ENTERED, columns | order.entry.columns(decision, by=by, paid_at=order.at)
    registry.reserve(
        person_ids=applicants,
        coverage_year=order.coverage_year,
        clause=facts.ruleset().once_a_year,
    )
    [[wrote]] = ask(statement, columns)
    written = _payment(wrote, repeated=False)
    if decision.payable and written.receipt_id is None:
        raise _BookUsedUpError
    return written


def _found_again(taken: Mapping[str, Any], order: Order) -> TakenPayment:
    if (taken["household"], taken["coverage_year"]) != (order.household_id, order.coverage_year):
        text = "这次提交的编号已经用于另一户（或另一年度）的缴费，没有再收。请刷新页面后重新收款。"
        raise Refusal(Reason("KEY_REUSED", text))
    return _payment(taken, repeated=True)


def _payment(row: Mapping[str, Any], *, repeated: bool) -> TakenPayment:
    return TakenPayment(
        payment_id=row["payment"],
        household_id=row["household"],
        coverage_year=row["coverage_year"],
        persons=row["persons"],
        amount=Decimal(row["amount"]),
        sponsored=Decimal(row["sponsored"]),
        tendered=Decimal(row["tendered"]),
        change=Decimal(row["change"]),
        means=row["means"],
        paid_at=datetime.fromisoformat(row["paid_at"]),
        receipt_id=row["receipt"],
        book_code=row["book_code"] or "",
        printed_number=row["printed_number"] or "",
        capitals=row["capitals"] or "",
        voided=row["voided"],
        repeated=repeated,
    )


def _decided(facts: HouseholdFacts, order: Order) -> HouseholdDecision:
    """The decision, if it allows this payment; a refusal that says why not, and what to do, if it does not."""
    if facts.closed_at:
        raise Refusal(Reason("HOUSEHOLD_CLOSED", f"户号{facts.number}已销户，不能收款。请按现在的户办理。"))
    decision = facts.decide(at=order.at, channel=order.channel)
    if not decision.applicants:
        _refuse_paid_already(facts)
    if not decision.eligible:
        raise Refusal(*decision.refusals)
    if order.expected_total is not None and decision.payable != order.expected_total:
        text = (
            f"应收已由{yuan(order.expected_total)}元变为{decision.payable}元：本户的资料或标准刚有变化，没有收款。"
            "请核对新的金额后再收。"
        )
        raise Refusal(Reason("TOTAL_CHANGED", text))
    return decision


def _refuse_paid_already(facts: HouseholdFacts) -> None:
    """Say who is covered already, where nobody is left to pay for; not that nobody was chosen."""
    year = facts.coverage_year
    covered = [member.name for member in facts.members if year in member.asked.covered_years]
    if covered:
        text = f"{'、'.join(covered)}已参加{year}年度居民医保，一年只能参保一次，本户没有待缴费的人，没有再收。"
        raise Refusal(Reason("DUPLICATE", text, facts.ruleset().once_a_year))


def _payment_columns(order: Order, decision: HouseholdDecision) -> dict[str, Any]:
    tendered = checked_tender(tendered=order.tendered, payable=decision.payable, means=order.means)
    source = origin.current.get()
    return {
        "key": order.key,
        "at": order.booked_at,
        "channel": order.channel,
        "means": order.means,
        "tendered": tendered,
        "change": tendered - decision.payable,
        "ip": source.ip,
        "agent": source.agent,
        "request_id": source.request_id,
    }


def _refuse_settled_day(settled: date | None, at: datetime) -> None:
    if settled and settled >= at.astimezone(SHANGHAI).date():
        text = f"您{settled}已经日结，这一天不能再收款，没有收。请由其他经办员收款，或改日再收。"
        raise Refusal(Reason("DAY_SETTLED", text))


def _no_book() -> Refusal:
    text = "您没有可用的票据号段（没有领用，或者已经用完、停用），没有收款。请主管分配票据号段后再收。"
    return Refusal(Reason("BOOK_MISSING", text))


def _duplicate(error: IntegrityError, order: Order, names: Mapping[int, str]) -> Refusal | None:
    """重复参保, when another transaction enrolled a person between our reading and our writing.

    Of a table with policies the database tells the constraint, but not the row: who it was is asked anew.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    if getattr(diagnosis, "constraint_name", None) != ONCE_A_YEAR:
        return None
    enrolled = Enrollment.objects.filter(
        person__in=names, coverage_year=order.coverage_year, cancelled_at__isnull=True
    ).values_list("person", flat=True)
    who = "、".join(names[person] for person in sorted(enrolled))
    covered = f"{who or '本户有人'}刚在别处参加了{order.coverage_year}年度居民医保"
    text = f"{covered}，一年只能参保一次，没有收款。请刷新后核对。"
    return Refusal(Reason("DUPLICATE", text))
