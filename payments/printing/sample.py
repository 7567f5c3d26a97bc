"""样张: the first sheet of a batch with its real words, before anything is printed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Max

from common.decision import Reason, Refusal
from offices.models import Staff
from payments.models import PrintRun, Receipt
from payments.paper.fonts import Undrawable
from payments.paper.receipt import documents
from payments.paper.receipt_document import ReceiptDocument
from payments.paper.receipt_pdf import draw_receipts
from payments.paper.sheet import A4, Sheet, pdf
from payments.printing.choice import choice_of
from payments.printing.overprint import layout_of
from payments.printing.overprint_pdf import Offset, draw_overprinted
from payments.printing.places import HALF, THIRD
from payments.services.printing import drawing_of


def sample_of(staff: Staff, asked: Mapping[str, Any]) -> bytes:
    """The first sheet of what `BatchForm.values` asks for, as a PDF. Refuses where there is nothing to print."""
    layout, drawing = drawing_of(asked["form"], asked["layout_id"], asked["printer_id"], staff)
    kept = layout_of(layout.form) if layout else None
    most_lines = kept.most_lines if kept else None
    choice = choice_of(staff, asked["chosen"], reprints=asked["reprints"], most_lines=most_lines)
    if not choice.count:
        raise Refusal(Reason("NOTHING_CHOSEN", "没有可打印的收据，请放宽条件。"))
    form = THIRD if asked["form"] == PrintRun.Form.THIRD else HALF
    papers = list(_papers(choice.ids[: 1 if kept else form.to_a_sheet]))

    def draw(sheet: Sheet) -> None:
        if kept:
            draw_overprinted(sheet, papers, kept, Offset(*drawing.get("offset", (0.0, 0.0))))
        else:
            draw_receipts(sheet, papers, form)

    try:
        return pdf(draw, title="样张", author=papers[0].office, paper=kept.paper if kept else A4)
    except Undrawable as error:
        raise Refusal(Reason("GLYPH", str(error))) from error


def _papers(ids: tuple[int, ...]) -> Iterator[ReceiptDocument]:
    """As they would come out, with the copy number that they would have, but for the mark."""
    counted = Receipt.objects.filter(pk__in=ids).annotate(last=Max("prints__copy")).values_list("pk", "last")
    copies = {receipt: (last or 0) + 1 for receipt, last in counted}
    for paper in documents(copies):
        yield replace(paper, sample=True)
