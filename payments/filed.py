"""收据的查阅: finding receipts, and one receipt as it was issued with the reasons that were told then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404

from common.dates import SHANGHAI
from common.decision import Clause, Reason
from offices.models import Staff
from payments.counter.desk import CATEGORY_CODES, Why
from payments.models import Payment, Receipt, ReceiptLine, ReceiptPrint
from payments.models.book import MAX_DIGITS

FEE_CODES = frozenset({"RATE", "SPONSORED", "WORKMANSHIP_EXEMPT"})


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a list of receipts comes to: the valid ones and their yuan, and how many were voided."""

    valid: int
    amount: Decimal
    voided: int


@dataclass(frozen=True, slots=True)
class LineShown:
    """One person's part, each figure with what was told when it was taken."""

    line: ReceiptLine
    category: Why
    fee: Why
    cover: Why


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """A receipt, its lines and every time it was printed."""

    receipt: Receipt
    means: str
    lines: tuple[LineShown, ...]
    prints: tuple[ReceiptPrint, ...]


def receipts_of(
    staff: Staff,
    *,
    day: date | None = None,
    clerk: Staff | None = None,
    number: str = "",
    payer: str = "",
    **_: Any,
) -> QuerySet[Receipt]:
    """The receipts that a member of staff may see, newest first; at an office those of the office."""
    rows = Receipt.objects.visible_to(staff)
    if staff.office_id:
        rows = rows.filter(office=staff.office_id)
    if day:
        first, last = (datetime.combine(day, moment, SHANGHAI) for moment in (time.min, time.max))
        rows = rows.filter(issued_at__range=(first, last))
    if clerk:
        rows = rows.filter(payment__clerk=clerk)
    if number:
        rows = rows.filter(printed_number__in=_printed_as(number))
    if payer:
        rows = rows.filter(payer__startswith=payer)
    persons = ReceiptLine.objects.filter(receipt=OuterRef("pk")).order_by().values("receipt").annotate(n=Count("pk"))
    return rows.annotate(persons=Subquery(persons.values("n"))).order_by("-issued_at", "-pk")


def _printed_as(number: str) -> list[str]:
    """12346 is printed 12346, 012346, 0012346 …: whoever types leaves the zeros out."""
    digits = number.lstrip("0") or "0"
    return [digits.zfill(width) for width in range(len(digits), MAX_DIGITS + 1)]


def sum_of(receipts: QuerySet[Receipt]) -> DaySum:
    """What the receipts come to."""
    valid = Q(voided_at__isnull=True)
    found = receipts.order_by().aggregate(
        valid=Count("pk", filter=valid),
        amount=Sum("amount", filter=valid, default=Decimal("0.00")),
        voided=Count("pk", filter=~valid),
    )
    return DaySum(**found)


def receipt_shown(receipt_id: int, *, staff: Staff) -> ReceiptShown:
    """One receipt within the scope, in three queries however many lines and prints it has."""
    rows = Receipt.objects.visible_to(staff).select_related(
        "payment__assessment__edition__ruleset",
        "payment__slip",
        "voided_by",
        "office",
        "settlement_line__settlement",
        "reversal__by",
    )
    receipt = rows.filter(pk=receipt_id).first()
    if receipt is None:
        raise Http404
    ruleset = receipt.payment.assessment.edition.ruleset.code
    lines = ReceiptLine.objects.filter(receipt=receipt).select_related("enrollment").order_by("position")
    prints = ReceiptPrint.objects.filter(receipt=receipt).select_related("by").order_by("copy")
    return ReceiptShown(
        receipt=receipt,
        means=Payment.Means(receipt.means).label,
        lines=tuple(_line(line, ruleset) for line in lines),
        prints=tuple(prints),
    )


def _line(line: ReceiptLine, ruleset: str) -> LineShown:
    reasons = [_reason(each) for each in line.enrollment.reasons]
    category = [each for each in reasons if each.code in CATEGORY_CODES]
    fee = [each for each in reasons if each.code in FEE_CODES]
    rest = [each for each in reasons if each not in category and each not in fee]

    def why(name: str, text: str, told: Iterable[Reason]) -> Why:
        return Why(f"line-{line.position}-{name}", text, tuple(told), ruleset)

    return LineShown(
        line=line,
        category=why("category", line.category_name, category),
        fee=why("fee", f"{line.payable:,.2f}", fee),
        cover=why("cover", f"{line.benefit_starts_on} 至 {line.benefit_ends_on}", rest),
    )


def _reason(told: Mapping[str, Any]) -> Reason:
    place = told.get("clause")
    clause = Clause(place["key"], place["document"], place["article"]) if place else None
    return Reason(told["code"], told["text"], clause)
