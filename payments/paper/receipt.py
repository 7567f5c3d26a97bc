"""收据的纸面: a receipt's frozen rows made into the document that is drawn; no living name is read. 收据内容."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from payments.models import Payment, Receipt, ReceiptLine
from payments.paper.receipt_pdf import ReceiptDocument
from payments.paper.receipt_pdf import ReceiptLine as PrintedLine


def printable(receipt_id: int) -> Receipt:
    """A receipt with all that its paper needs, in two queries; Receipt.DoesNotExist where there is none."""
    return _whole().get(pk=receipt_id)


def printable_many(ids: Sequence[int]) -> list[Receipt]:
    """Receipts in the order of their numbers, in two queries."""
    return list(_whole().filter(pk__in=ids).order_by("book_code", "number"))


def _whole() -> QuerySet[Receipt]:
    lines = Prefetch("lines", ReceiptLine.objects.order_by("position"))
    return Receipt.objects.select_related("payment").prefetch_related(lines)


def document(receipt: Receipt, *, copy: int = 1) -> ReceiptDocument:
    """What stands on the paper; from the second copy on it says 补打."""
    payment = receipt.payment
    cash = payment.means == Payment.Means.CASH
    return ReceiptDocument(
        title=receipt.title,
        book_code=receipt.book_code,
        number=receipt.printed_number,
        coverage_year=receipt.coverage_year,
        issued_at=receipt.issued_at,
        office=receipt.office_name,
        payer=receipt.payer,
        household_number=receipt.household_number,
        means=Payment.Means(receipt.means).label,
        lines=tuple(_line(line) for line in receipt.lines.all()),
        total=receipt.amount,
        capitals=receipt.capitals,
        clerk=receipt.clerk_name,
        clause_line=receipt.clause_line,
        address=receipt.address,
        tendered=payment.tendered if cash else None,
        change=payment.change if cash else None,
        copy_label=f"补打 第{copy}次" if copy > 1 else "",
        voided=receipt.voided_at is not None,
        demo=receipt.demo,
    )


def _line(line: ReceiptLine) -> PrintedLine:
    return PrintedLine(
        name=line.name,
        id_masked=line.masked_id,
        category=line.category_name,
        standard=line.standard,
        payable=line.payable,
        sponsored=line.sponsored,
        funder=line.funder,
        benefit=f"{line.benefit_starts_on} 至 {line.benefit_ends_on}",
    )
