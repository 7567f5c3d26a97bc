"""今日: the supervisor's office day by clerk and what waits; the administrator's offices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import TruncDate

from common.dates import SHANGHAI
from common.decision import Refusal
from enrollment import library
from enrollment.models import Enrollment, RuleSet, Verification
from enrollment.rules.on_sale import year_on_sale
from offices.models import Office, Staff
from offices.staffing import offices_under
from payments.counter.desk import window_line
from payments.models import Payment, Receipt, ReceiptBook, Remittance
from payments.models.book import FEW_NUMBERS
from payments.money.day_end import unsettled
from payments.services.remitting import to_remit

DAYS = 7


@dataclass(frozen=True, slots=True)
class ClerkDay:
    """What one clerk has taken today, voided receipts and cancelled enrolments left out."""

    clerk_id: int | None
    name: str
    receipts: int
    households: int
    persons: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PastDay:
    """What came in on one day, voided receipts left out."""

    day: date
    receipts: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many receipt numbers of the own books somebody has left, before those that all share."""

    name: str
    left: int
    is_low: bool


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """The supervisor's page."""

    clerks: tuple[ClerkDay, ...]
    total: ClerkDay
    voided: int
    days: tuple[PastDay, ...]
    numbers: tuple[Numbers, ...]
    books_to_verify: int
    verified_unpaid: int
    money: "MoneyWaiting"
    year: int | None
    window: str


@dataclass(frozen=True, slots=True)
class MoneyWaiting:
    """What waits on the money's way: clerks who have not closed their days, sums for the next remittance, slips."""

    unsettled: int
    is_late: bool
    to_remit: Decimal
    to_bank: int


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One office for the administrator."""

    office: Office
    ruleset: str
    staff: int
    left: int

    @property
    def is_low(self) -> bool:
        return self.left <= FEW_NUMBERS


def office_day(office: Office, *, at: datetime) -> OfficeDay:
    """The day of an office, in a number of queries that does not grow with anything."""
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    year, window = _window(office, at)
    clerks = tuple(_by_clerk(office, start))
    return OfficeDay(
        clerks=clerks,
        total=_total(clerks),
        voided=Receipt.objects.filter(office=office, voided_at__gte=start).count(),
        days=_days(office, start),
        numbers=_numbers(office),
        books_to_verify=ReceiptBook.objects.unverified().filter(office=office).count(),
        verified_unpaid=_verified_unpaid(office, year) if year else 0,
        money=_money(office, at),
        year=year,
        window=window,
    )


def _window(office: Office, at: datetime) -> tuple[int | None, str]:
    try:
        ruleset = library.current(office.ruleset_code)
    except Refusal as refusal:
        return None, str(refusal)
    year = year_on_sale(ruleset, at)
    return year, window_line(ruleset.window(year) if year else None, at=at)


def _by_clerk(office: Office, start: datetime) -> Iterable[ClerkDay]:
    standing = Enrollment.objects.in_force().filter(assessment=OuterRef("assessment"))
    paid = Payment.objects.booked_since(start).filter(Exists(standing), office=office)
    rows = paid.values("clerk", "clerk__name").annotate(
        receipts=Count("receipt"),
        households=Count("household", distinct=True),
        total=Sum("amount"),
    )
    booked = Payment.objects.booked_since(start).filter(office=office)
    in_force = Enrollment.objects.in_force().filter(office=office, assessment__payment__in=booked)
    persons = dict(in_force.values_list("assessment__payment__clerk").annotate(n=Count("pk")))
    for row in rows.order_by("clerk__username"):
        yield ClerkDay(
            clerk_id=row["clerk"],
            name=row["clerk__name"],
            receipts=row["receipts"],
            households=row["households"],
            persons=persons.get(row["clerk"], 0),
            amount=row["total"],
        )


def _total(clerks: Iterable[ClerkDay]) -> ClerkDay:
    clerks = tuple(clerks)
    return ClerkDay(
        clerk_id=None,
        name="合计",
        receipts=sum(each.receipts for each in clerks),
        households=sum(each.households for each in clerks),
        persons=sum(each.persons for each in clerks),
        amount=sum((each.amount for each in clerks), Decimal("0.00")),
    )


def _days(office: Office, start: datetime) -> tuple[PastDay, ...]:
    """The days before today on which money came in, at most a week of them, the latest first."""
    rows = Receipt.objects.valid().filter(office=office, issued_at__lt=start, issued_at__gte=start - timedelta(days=30))
    by_day = rows.values(day=TruncDate("issued_at", tzinfo=SHANGHAI)).annotate(n=Count("pk"), total=Sum("amount"))
    return tuple(PastDay(row["day"], row["n"], row["total"]) for row in by_day.order_by("-day")[:DAYS])


def _numbers(office: Office) -> tuple[Numbers, ...]:
    """Numbers left: those that all share first, then each clerk's own, then those for the workmanship fee.

    Clerks who live on the shared ones are left out, and so is the fee where it has no book.
    """
    left: dict[int | None, int] = {}
    for book in ReceiptBook.objects.usable().filter(office=office, purpose=ReceiptBook.Purpose.CONTRIBUTION):
        left[book.clerk_id] = left.get(book.clerk_id, 0) + book.left
    shared = left.pop(None, 0)
    clerks = dict(Staff.objects.filter(pk__in=[pk for pk in left if pk]).values_list("pk", "name"))
    own = sorted((clerks[pk], count) for pk, count in left.items() if pk)
    everyone = Numbers("本机构共用", shared, shared <= FEW_NUMBERS)
    each = (Numbers(name, count, count <= FEW_NUMBERS) for name, count in own)
    return (everyone, *each, *_fee_numbers(office))


def _fee_numbers(office: Office) -> tuple[Numbers, ...]:
    """Numbers left for the workmanship fee, clerks' own among them."""
    books = ReceiptBook.objects.filter(office=office, purpose=ReceiptBook.Purpose.WORKMANSHIP, closed_at=None)
    if not books:
        return ()
    left = sum(book.left for book in books if book.stored_at is None)
    return (Numbers("工本费", left, left <= FEW_NUMBERS),)


def _money(office: Office, at: datetime) -> MoneyWaiting:
    clerks = unsettled(office, today=at.date())
    return MoneyWaiting(
        unsettled=len(clerks),
        is_late=any(each.is_late for each in clerks),
        to_remit=to_remit(office.pk).aggregate(total=Sum("amount", default=Decimal("0.00")))["total"],
        to_bank=Remittance.objects.standing().filter(office=office, slip__isnull=True).count(),
    )


def _verified_unpaid(office: Office, year: int) -> int:
    """Households that are still there, whose papers were found complete for the year and who have not paid."""
    paid = Enrollment.objects.in_force().filter(office=office, coverage_year=year)
    waiting = Verification.objects.filter(
        household__office=office, household__closed_at__isnull=True, period__coverage_year=year
    )
    return waiting.exclude(household__in=paid.values("household")).count()


def offices_overview(by: Staff) -> list[OfficeLine]:
    """Every office within the scope. Three queries."""
    names = dict(RuleSet.objects.values_list("code", "name"))
    left: dict[int, int] = {}
    for book in ReceiptBook.objects.visible_to(by).usable().filter(purpose=ReceiptBook.Purpose.CONTRIBUTION):
        left[book.office_id] = left.get(book.office_id, 0) + book.left
    offices = offices_under(by).annotate(people=Count("staff", filter=Q(staff__is_active=True)))
    return [
        OfficeLine(office, names.get(office.ruleset_code, ""), office.people, left.get(office.pk, 0))
        for office in offices
    ]
