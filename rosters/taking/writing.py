"""入账的写入: a plan into the tables, in sets and in the order of locks that the counter keeps; the book comes last.

The database takes in one table while the rows of the next are made, and the new persons while the verdicts are still
asked for. Ids are given out first, so that every table is one COPY; whatever the database checks of a counter's payment
it checks here too, row by row. The first half is checked before the book is touched, so that the clerks who share it
wait for as short as can be.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from common.decision import Reason, Refusal
from households.numbering import take_numbers
from offices.copying import InTurn
from payments.models import ReceiptBook
from rosters.taking import columns as to
from rosters.taking.columns import Columns
from rosters.taking.plan import Entered, Newcomer, Plan

# What the triggers ask for each row is planned when the rows are there, not by a plan kept from when there were none.
PLAN_ANEW = "DISCARD PLANS"
# And it is planned by what is there: where the statistics still know fewer rows than have just come (a taking before
# that came to nothing leaves tables that count as empty and are not), every index looks as good as the right one, and
# each row would be looked for in all of them. The owner's function counts, as the application's role may not.
COUNT_ANEW = "SELECT rosters_count_anew(%s, %s)"
REGISTERED = (
    "households_person",
    "households_household",
    "households_membership",
    "enrollment_assessment",
    "enrollment_enrollment",
)
PAID = ("payments_payment", "payments_receipt", "payments_receiptline")
LOCK_HOUSEHOLDS = """
    SELECT count(*) FROM (
        SELECT FROM households_household h WHERE h.id = ANY(%s) ORDER BY h.id FOR NO KEY UPDATE) AS locked
"""
IDS = """
    WITH of AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS series)
    SELECT string_agg(nextval(of.series)::text, ' ') FROM of, generate_series(1, %s)
"""
NUMBERS = """
    UPDATE payments_receiptbook b SET next_number = b.next_number + %(count)s
    WHERE b.id = %(book)s AND b.closed_at IS NULL AND b.stored_at IS NULL
      AND b.next_number + %(count)s <= b.last_number + 1 AND (b.clerk_id = %(clerk)s OR b.clerk_id IS NULL)
    RETURNING b.code, b.width, b.next_number - %(count)s
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: the receipt numbers from `first` to `last`, None where nobody paid.

    `joined` are the memberships of new persons in households that were known.
    """

    first: int | None
    last: int | None
    joined: tuple[int, ...] = ()


def lock_households(ids: Iterable[int]) -> None:
    """As the counter locks one: nobody pays for them, or changes them, meanwhile. In the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_HOUSEHOLDS, [sorted(set(ids))])


@contextmanager
def writing(to_rows: Columns) -> Iterator["Writing"]:
    """For the time of one taking; the caller holds the transaction and has locked the households."""
    with InTurn() as tables:
        yield Writing(to_rows, tables)


class Writing:
    """One writing: the new persons, then a plan."""

    def __init__(self, to_rows: Columns, tables: InTurn) -> None:
        self.to, self.tables = to_rows, tables
        self.persons: dict[str, int] = {}

    def register(self, newcomers: Sequence[Newcomer]) -> None:
        """Register them, in the order given; until `done` the database is at it."""
        ids = _ids("households_person", len(newcomers))
        self.persons = {str(each.row.id_no): pk for each, pk in zip(newcomers, ids, strict=True)}
        self.tables.copy("households_person", to.PERSON, map(self.to.person, newcomers, ids))

    def done(self) -> None:
        """Have the connection free for other statements."""
        self.tables.done()

    def write(self, plan: Plan, book: ReceiptBook | None) -> Written:
        """Everything else of a plan; its newcomers are registered."""
        enrolled = _Enrolled(plan, self.to, self.tables, self.persons)
        enrolled.register()
        enrolled.enrol()
        _plan_anew(REGISTERED, plan)
        # What stands so far must hold by itself; it is looked at while the payments are made ready.
        self.tables.send("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")
        written = enrolled.pay(book)
        self.tables.done()
        _plan_anew(PAID, plan)
        return replace(written, joined=tuple(enrolled.joiners))


def _plan_anew(tables: Sequence[str], plan: Plan) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ANEW, [list(tables), plan.persons])
        cursor.execute(PLAN_ANEW)


class _Enrolled:
    """The rows of a plan: the ids that are given out, then table after table. `persons` are the newcomers' ids."""

    def __init__(self, plan: Plan, to_rows: Columns, tables: InTurn, persons: Mapping[str, int]) -> None:
        self.plan, self.to, self.tables, self.households = plan, to_rows, tables, plan.households
        self.persons = persons
        self.entries = [(home, entry) for home in self.households for entry in home.entries]
        self.new = [(home, entry) for home, entry in self.entries if entry.is_new]
        self.registered = [home for home in self.households if home.facts is None]
        self.memberships = _ids("households_membership", len(self.new))
        self.joiners = {pk: each for each, pk in zip(self.new, self.memberships, strict=True) if each[0].facts}
        self.assessments = _ids("enrollment_assessment", len(self.households))
        ids = iter(_ids("enrollment_enrollment", len(self.entries)))
        self.enrollments = [[next(ids) for _ in home.entries] for home in self.households]
        self.payments = _ids("payments_payment", len(self.households))
        self.receipts = _ids("payments_receipt", plan.receipts)

    def register(self) -> None:
        """New households and memberships."""
        self._identify()
        self._number(self.registered)
        self.tables.copy("households_household", to.HOUSEHOLD, map(self.to.household, self.registered))
        members = zip(self.new, self.memberships, strict=True)
        self.tables.copy(
            "households_membership", to.MEMBERSHIP, (self.to.membership(*each, pk) for each, pk in members)
        )

    def _identify(self) -> None:
        """Say of each household and person which it is."""
        for _, entry in self.new:
            entry.person_id = self.persons[str(entry.verdict.row.id_no)]
        for home, pk in zip(self.registered, _ids("households_household", len(self.registered)), strict=True):
            home.household_id, home.registered_at = pk, self.to.moment
        for home in self.households:
            if home.facts:
                home.household_id, home.number = home.facts.id, home.facts.number
                home.registered_at = home.facts.registered_at

    def _number(self, registered: Sequence[Entered]) -> None:
        by_village: dict[str, list[Entered]] = defaultdict(list)
        for home in registered:
            by_village[home.division_code].append(home)
        for code, homes in sorted(by_village.items()):
            given = take_numbers(office=self.to.office, division_code=code, count=len(homes))
            for home, number in zip(homes, given, strict=True):
                home.number = number

    def enrol(self) -> None:
        """Assessments and enrolments."""
        pairs = list(zip(self.households, self.assessments, strict=True))
        self.tables.copy("enrollment_assessment", to.ASSESSMENT, (self.to.assessment(*pair) for pair in pairs))
        rows = [
            (home, entry, pk, assessment)
            for (home, assessment), enrollments in zip(pairs, self.enrollments, strict=True)
            for entry, pk in zip(home.entries, enrollments, strict=True)
        ]
        rows.sort(key=lambda row: row[1].person_id or 0)
        self.tables.copy("enrollment_enrollment", to.ENROLLMENT, (self.to.enrollment(*row) for row in rows))
        self.tables.done()

    def pay(self, book: ReceiptBook | None) -> Written:
        """Payments, then numbers in one run, then receipts with their lines, then the acts."""
        rows = zip(self.households, self.payments, self.assessments, strict=True)
        self.tables.copy("payments_payment", to.PAYMENT, (self.to.payment(*row) for row in rows))
        printed: dict[int, str] = {}
        written = self._receipts(book, printed) if book and self.plan.receipts else Written(None, None)
        self.tables.copy("offices_act", to.ACT, self._acts(printed))
        return written

    def _receipts(self, book: ReceiptBook, printed: dict[int, str]) -> Written:
        """On a run of the book's numbers. Clerks who share it wait from here to the end, so the lines are ready."""
        paid = [
            each
            for each in zip(self.households, self.payments, self.enrollments, strict=True)
            if each[0].decision.payable
        ]
        lines = [
            line
            for pk, (home, _, enrollments) in zip(self.receipts, paid, strict=True)
            for line in self.to.lines(home, pk, enrollments)
        ]
        self.tables.done()
        code, width, first = take_run(book, count=len(paid), clerk_id=self.to.by.pk)
        receipts = []
        for number, (pk, (home, payment, _)) in enumerate(zip(self.receipts, paid, strict=True), first):
            printed[payment] = f"{number:0{width}d}"
            receipts.append(self.to.receipt(home, pk, payment, (book.pk, code, number, printed[payment])))
        self.tables.copy("payments_receipt", to.RECEIPT, receipts)
        self.tables.copy("payments_receiptline", to.LINE, lines)
        return Written(first, first + len(paid) - 1)

    def _acts(self, printed: dict[int, str]) -> Iterable[str]:
        for home in self.registered:
            detail: dict[str, Any] = {"members": len(home.entries)}
            yield self.to.act(
                "register_household", "households.household", home.household_id, home.division_code, detail
            )
        for home, entry in self.joiners.values():
            detail = {"person": entry.person_id}
            yield self.to.act("add_member", "households.household", home.household_id, home.division_code, detail)
        for home, payment in zip(self.households, self.payments, strict=True):
            detail = {"household": home.number, "year": self.to.year, "amount": str(home.decision.payable)}
            detail |= {"receipt": printed.get(payment)} | self.to.banked
            yield self.to.act("take_payment", "payments.payment", payment, home.division_code, detail)


def take_run(book: ReceiptBook, *, count: int, clerk_id: int) -> tuple[str, int, int]:
    """Lock the book and pass `count` numbers in one run; its code, the digits of a number, and the first."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, {"book": book.pk, "count": count, "clerk": clerk_id})
        row = cursor.fetchone()
    if row is None:
        raise short(ReceiptBook.objects.get(pk=book.pk), count)
    return row[0], row[1], row[2]


def short(book: ReceiptBook | None, count: int) -> Refusal:
    """The refusal for a book that does not last; it says how many numbers are missing."""
    if book is None:
        text = f"入账要用{count}个票据号码，您没有可用的票据号段，没有入账。请主管分配票据号段后再入账。"
    elif book.is_finished or book.stored_at:
        text = f"入账要用{count}个票据号码，号段{book}已用完、停用或收回，没有入账。请另选号段。"
    else:
        missing = f"号段{book}只剩{book.left}个，还差{count - book.left}个"
        text = f"入账要用{count}个连续的票据号码，{missing}，没有入账。请主管分配足够的号段后再入账。"
    return Refusal(Reason("BOOK_SHORT", text))


def _ids(table: str, count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(IDS, [table, count])
        return [int(each) for each in cursor.fetchone()[0].split()]
