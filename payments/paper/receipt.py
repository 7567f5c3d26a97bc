"""收据的纸面: a receipt's frozen rows made into the document that is drawn; no living name is read. 收据内容."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from common.dates import SHANGHAI
from common.idcard import mask
from payments.models import Payment, Receipt, ReceiptLine
from payments.paper.receipt_document import ReceiptDocument
from payments.paper.receipt_document import ReceiptLine as PrintedLine

# The columns that a paper is made of.
RECEIPT = (
    "title",
    "book_code",
    "printed_number",
    "coverage_year",
    "issued_at",
    "office_name",
    "payer",
    "household_number",
    "means",
    "amount",
    "capitals",
    "clerk_name",
    "clause_line",
    "address",
    "voided_at",
    "demo",
)
LINE = (
    "name",
    "id_no",
    "category_name",
    "standard",
    "payable",
    "sponsored",
    "funder",
    "benefit_starts_on",
    "benefit_ends_on",
)
PAYMENT = ("tendered", "change", "paid_at", "entered_at", "slip__number")
MEANS = dict(Payment.Means.choices)


def printable(receipt_id: int) -> Receipt:
    """A receipt with its payment; Receipt.DoesNotExist where there is none."""
    return Receipt.objects.select_related("payment__slip").get(pk=receipt_id)


def documents(copies: Mapping[int, int]) -> list[ReceiptDocument]:
    """What stands on the papers of many receipts, given each one's copy, in the order of their numbers; two queries."""
    lines: dict[int, list[PrintedLine]] = {}
    of_lines = ReceiptLine.objects.filter(receipt__in=list(copies)).order_by("receipt", "position")
    for each in of_lines.values_list("receipt", *LINE, named=True):
        lines.setdefault(each.receipt, []).append(_line(each))
    rows = Receipt.objects.filter(pk__in=list(copies)).order_by("book_code", "number")
    return [
        _document(
            each,
            (each.payment__tendered, each.payment__change),
            banked_at(each.payment__paid_at, each.payment__entered_at, each.payment__slip__number),
            lines[each.pk],
            copies[each.pk],
        )
        for each in rows.values_list("pk", *(f"payment__{name}" for name in PAYMENT), *RECEIPT, named=True)
    ]


def document(receipt: Receipt, *, copy: int = 1) -> ReceiptDocument:
    """What stands on the paper; from the second copy on it says 补打."""
    payment = receipt.payment
    lines = [_line(each) for each in receipt.lines.order_by("position")]
    banked = banked_at(payment.paid_at, payment.entered_at, payment.slip.number if payment.slip else None)
    return _document(receipt, (payment.tendered, payment.change), banked, lines, copy)


def banked_at(paid_at: datetime, entered_at: datetime | None, slip_number: str | None) -> str:
    """When the bank took what was entered from its slip, a roster's where it has no number of its own; else ''."""
    if entered_at is None:
        return ""
    what = f"回单号 {slip_number}" if slip_number else "随花名册缴存"
    return f"{paid_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 银行缴费，{what}"


def _document(
    receipt: Any, cash: tuple[Decimal, Decimal], banked: str, lines: Iterable[PrintedLine], copy: int
) -> ReceiptDocument:
    """From a receipt, or a row of the columns RECEIPT; `cash` is what was handed over and given back."""
    tendered, change = cash if receipt.means == Payment.Means.CASH else (None, None)
    return ReceiptDocument(
        title=receipt.title,
        book_code=receipt.book_code,
        number=receipt.printed_number,
        coverage_year=receipt.coverage_year,
        issued_at=receipt.issued_at,
        office=receipt.office_name,
        payer=receipt.payer,
        household_number=receipt.household_number,
        means=MEANS[receipt.means],
        lines=tuple(lines),
        total=receipt.amount,
        capitals=receipt.capitals,
        clerk=receipt.clerk_name,
        clause_line=receipt.clause_line,
        address=receipt.address,
        tendered=tendered,
        change=change,
        banked=banked,
        copy_label=f"补打 第{copy}次" if copy > 1 else "",
        voided=receipt.voided_at is not None,
        demo=receipt.demo,
    )


def _line(line: Any) -> PrintedLine:
    """From a receipt's line, or a row of the columns LINE."""
    return PrintedLine(
        name=line.name,
        id_masked=mask(line.id_no),
        category=line.category_name,
        standard=line.standard,
        payable=line.payable,
        sponsored=line.sponsored,
        funder=line.funder,
        benefit=f"{line.benefit_starts_on} 至 {line.benefit_ends_on}",
    )
