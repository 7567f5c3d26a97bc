"""日结的内容: what a clerk has taken and not settled yet, by kind of money and means of payment."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncDate

from common.dates import SHANGHAI
from enrollment.models import ContributionPeriod
from offices.models import Office, Staff
from payments.models import Payment, Receipt, Reversal, WorkmanshipReceipt
from payments.models.settlement import MEANS

ZERO = Decimal("0.00")
# 券别, in yuan: notes and coins that are legal tender, the larger first.
DENOMINATIONS = tuple(map(Decimal, ("100", "50", "20", "10", "5", "2", "1", "0.5", "0.2", "0.1")))


@dataclass(slots=True)
class Part:
    """One kind of money: contributions of one year, or workmanship fees (`period_id` None). Sums in yuan by means."""

    period_id: int | None
    label: str
    receipts: int = 0
    voided: int = 0
    reversals: int = 0
    sums: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(MEANS, ZERO))

    @property
    def amount(self) -> Decimal:
        return sum(self.sums.values(), ZERO)


@dataclass(frozen=True, slots=True)
class Takings:
    """What is to be settled: everything of one clerk in one office up to the end of `day`."""

    office_id: int
    clerk_id: int
    day: date
    parts: tuple[Part, ...]

    @property
    def expected(self) -> dict[str, Decimal]:
        """What should be there, by means of payment."""
        return {means: sum((part.sums[means] for part in self.parts), ZERO) for means in MEANS}

    @property
    def total(self) -> Decimal:
        return sum((part.amount for part in self.parts), ZERO)

    @property
    def advance_needed(self) -> Decimal:
        """The cash that was given back beyond what was taken: somebody put it up."""
        return max(-self.expected["cash"], ZERO)

    @property
    def by_means(self) -> list[tuple[str, str, Decimal]]:
        """Code, name and sum of each means of payment, for the page and the slip."""
        return [(means, str(Payment.Means(means).label), amount) for means, amount in self.expected.items()]


def start_of(day: date) -> datetime:
    """The first moment of a day in Shanghai."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def end_of(day: date) -> datetime:
    """The first moment after a day in Shanghai."""
    return start_of(day + timedelta(days=1))


def open_receipts(*, office_id: int, clerk_id: int, day: date) -> QuerySet[Receipt]:
    """Contribution receipts, voided ones among them, that no settlement holds."""
    mine = Receipt.objects.filter(settlement_line__isnull=True, office=office_id, payment__clerk=clerk_id)
    return mine.filter(issued_at__lt=end_of(day))


def open_fees(*, office_id: int, clerk_id: int, day: date) -> QuerySet[WorkmanshipReceipt]:
    """Workmanship receipts that no settlement holds."""
    mine = WorkmanshipReceipt.objects.filter(settlement_line__isnull=True, office=office_id, clerk=clerk_id)
    return mine.filter(issued_at__lt=end_of(day))


def open_reversals(*, office_id: int, clerk_id: int, day: date) -> QuerySet[Reversal]:
    """Money given back that no settlement holds."""
    mine = Reversal.objects.filter(settlement_line__isnull=True, office=office_id, clerk=clerk_id)
    return mine.filter(at__lt=end_of(day))


def takings(*, office_id: int, clerk_id: int, day: date) -> Takings:
    """What the clerk has to settle. Four queries."""
    whose = {"office_id": office_id, "clerk_id": clerk_id, "day": day}
    found: dict[int | None, Part] = {}
    standing = Sum("amount", filter=Q(voided_at__isnull=True))
    counted = {"n": Count("pk"), "voided": Count("pk", filter=Q(voided_at__isnull=False)), "total": standing}
    receipts = open_receipts(**whose).values("means", period=F("payment__period")).annotate(**counted)
    fees = open_fees(**whose).values("means").annotate(**counted)
    given_back = (
        open_reversals(**whose)
        .values("means", period=F("receipt__payment__period"))
        .annotate(n=Count("pk"), total=Sum("amount"))
    )
    for row in (*receipts, *fees):
        part = _part(found, row.get("period"))
        part.receipts += row["n"]
        part.voided += row["voided"]
        part.sums[row["means"]] += row["total"] or ZERO
    for row in given_back:
        part = _part(found, row["period"])
        part.reversals += row["n"]
        part.sums[row["means"]] -= row["total"]
    return Takings(office_id, clerk_id, day, _labelled(found))


def _part(found: dict[int | None, Part], period_id: int | None) -> Part:
    return found.setdefault(period_id, Part(period_id, "工本费"))


def _labelled(found: Mapping[int | None, Part]) -> tuple[Part, ...]:
    """The years in their order, the fees last."""
    years = dict(
        ContributionPeriod.objects.filter(pk__in=[pk for pk in found if pk]).values_list("pk", "coverage_year")
    )
    for pk, year in years.items():
        found[pk].label = f"{year}年度保险费"
    return tuple(sorted(found.values(), key=lambda part: (part.period_id is None, years.get(part.period_id or 0, 0))))


def open_days(*, office_id: int, clerk_id: int) -> list[date]:
    """The days on which the clerk took or gave back money that is not settled, the earliest first."""
    whose = {"office_id": office_id, "clerk_id": clerk_id, "day": date.max - timedelta(days=2)}
    days: set[date] = set()
    for rows, moment in ((open_receipts(**whose), "issued_at"), (open_fees(**whose), "issued_at")):
        days |= set(_days(rows, moment))
    return sorted(days | set(_days(open_reversals(**whose), "at")))


def _days(rows: QuerySet[Any], moment: str) -> Iterator[date]:
    yield from rows.order_by().annotate(on=TruncDate(moment, tzinfo=SHANGHAI)).values_list("on", flat=True).distinct()


def cash_of(denominations: Mapping[Decimal, int]) -> Decimal:
    """What so many notes and coins make."""
    return sum((value * pieces for value, pieces in denominations.items()), ZERO)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A clerk with money that is not settled: since when, how many receipts, how much."""

    clerk: Staff
    since: date
    receipts: int
    amount: Decimal
    is_late: bool


def unsettled(office: Office, *, today: date) -> list[Unsettled]:
    """Each clerk of an office who took or gave back money that is not settled, those waiting longest first."""
    waiting: dict[int, list[Any]] = defaultdict(lambda: [None, 0, ZERO])
    for row in _waiting(Receipt.objects.filter(office=office), "payment__clerk"):
        _add(waiting[row["who"]], row)
    for row in _waiting(WorkmanshipReceipt.objects.filter(office=office), "clerk"):
        _add(waiting[row["who"]], row)
    for row in _given_back(office):
        _add(waiting[row["who"]], row)
    clerks = Staff.objects.in_bulk(waiting)
    rows = [
        Unsettled(
            clerks[pk], since.astimezone(SHANGHAI).date(), count, total, since.astimezone(SHANGHAI).date() < today
        )
        for pk, (since, count, total) in waiting.items()
    ]
    return sorted(rows, key=lambda row: (row.since, row.clerk.username))


def _waiting(rows: QuerySet[Any], clerk: str) -> Iterable[dict[str, Any]]:
    standing = Sum("amount", filter=Q(voided_at__isnull=True))
    still = rows.filter(settlement_line__isnull=True).order_by().values(who=F(clerk))
    return still.annotate(since=Min("issued_at"), n=Count("pk"), total=standing)


def _given_back(office: Office) -> Iterable[dict[str, Any]]:
    """Money given back stands against what was taken: no receipt, a negative sum."""
    still = Reversal.objects.filter(office=office, settlement_line__isnull=True).order_by().values(who=F("clerk"))
    return still.annotate(since=Min("at"), n=Value(0), total=-Sum("amount"))


def _add(found: list[Any], row: Mapping[str, Any]) -> None:
    found[0] = min(filter(None, (found[0], row["since"])))
    found[1] += row["n"]
    found[2] += row["total"] or ZERO


def piece_name(value: Decimal) -> str:
    """100元, 5角: what a note or coin is called."""
    return f"{value.normalize():f}元" if value >= 1 else f"{value * 10:.0f}角"
