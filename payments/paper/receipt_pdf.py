"""收据打印: the receipt on paper, drawn in millimetres from plain values; it asks no database and no clock.

What is the same on many receipts (title, headings, rules, office) is drawn apart from what is each receipt's own, so
that a print run keeps it once. Words come onto the paper in the order in which they are read.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from common.dates import SHANGHAI
from payments.paper.receipt_document import ReceiptDocument, ReceiptLine, money
from payments.paper.receipt_table import COLUMNS, LEFT, MIDDLE, RIGHT, Page, Plan, inset, paginate, plan_of
from payments.paper.sheet import Block, Sheet, pdf, settle, squeeze
from payments.printing.places import HALF, Form

__all__ = ("COLUMNS", "ReceiptDocument", "ReceiptLine", "draw_receipts", "money", "receipt_pdf", "receipts_pdf")

CUT = HALF.height
QR_SIDE = 10.5
VOID_RED = (0.75, 0.1, 0.1)
DEMO_GREY = (0.9, 0.9, 0.9)


def receipt_pdf(document: ReceiptDocument) -> bytes:
    """The receipt as a PDF. Raises fonts.Undrawable: names are to be checked before a number is used."""
    return receipts_pdf([document], title=f"收据 {document.book_code} {document.number}")


def receipts_pdf(documents: Sequence[ReceiptDocument], *, title: str) -> bytes:
    """Several receipts in one file, each on a page of its own. The title stands in the window: no names in it."""

    return pdf(lambda sheet: draw_receipts(sheet, documents), title=title, author=documents[0].office)


def draw_receipts(sheet: Sheet, documents: Iterable[ReceiptDocument], form: Form = HALF) -> None:
    """The receipts one after the other, as many to a sheet as the form says; the last sheet is ended too."""
    place = 0
    for document in documents:
        for page in paginate(document.lines, form):
            with sheet.shifted(0, place * form.height):
                _draw_page(sheet, document, page, form)
            place = (place + 1) % form.to_a_sheet
            if not place:
                sheet.next_page()
    if place:
        sheet.next_page()


def _draw_page(sheet: Sheet, document: ReceiptDocument, page: Page, form: Form) -> None:
    plan = plan_of(form, page.size, page.heights, last=page.is_last)
    head = (document.title, document.book_code, document.mark)
    sheet.once((plan, *head), partial(_draw_head, head=head, form=form))
    sheet.code(LEFT, form.qr, QR_SIDE, document.scanned)
    sheet.fill(plan.head, _head_texts(document))
    if document.copy_label:
        sheet.box(RIGHT - 30, form.copy - 2.8, 30, 5.6)
    sheet.once(plan, partial(_draw_table, plan=plan))
    for middle, texts in zip(plan.middles, page.rows, strict=True):
        sheet.fill_row(middle, plan.cells, texts)
    sheet.fill_often(plan.sums, _sums_texts(document, page, plan))
    foot = (document.clause_line, document.office, document.clerk, page.number, page.of)
    sheet.once((plan, *foot), partial(_draw_foot, foot=foot, plan=plan))
    if document.voided:
        draw_void_stamp(sheet, form)


def _draw_head(sheet: Sheet, head: tuple[str, str, str], form: Form) -> None:
    title, book_code, mark = head
    if mark:
        draw_demo_mark(sheet, form, mark, LEFT + QR_SIDE + 1.5, 24)  # ends where the longest title begins
    fitted = squeeze(title, width=112, height=form.title_size * 0.45, size=form.title_size)
    sheet.block(MIDDLE, form.title, fitted, "centre")
    for y in (form.rule, form.rule + 0.6):
        sheet.line(MIDDLE - 56, y, MIDDLE + 56, y)
    sheet.block(LEFT, form.code, settle(f"票据代码 {book_code}", width=33, size=9.5))


def _head_texts(document: ReceiptDocument) -> tuple[str, ...]:
    """In the order of the plan's places."""
    moment = document.issued_at.astimezone(SHANGHAI)
    return (
        f"No. {document.number}",
        f"{moment.year}年{moment.month}月{moment.day}日 {moment.hour:02}:{moment.minute:02}",
        document.copy_label,
        f"交款人：{document.payer}",
        f"户号：{document.household_number}",
        f"缴费年度：{document.coverage_year}年度",
        document.address and f"住址：{document.address}",
    )


def _draw_table(sheet: Sheet, plan: Plan) -> None:
    """Headings and rules."""
    form = plan.form
    sheet.text(RIGHT, form.unit, "金额单位：元", 8, "right")
    sheet.line(LEFT, form.table, RIGHT, form.table, 0.4)
    x = LEFT
    for column in COLUMNS:
        heading = settle(column.heading, width=column.width, size=9.5)
        sheet.block(x + inset(column, "centre"), form.table + form.heading_height / 2, heading, "centre")
        if x > LEFT:
            sheet.line(x, form.table, x, plan.bottom, 0.15)
        x += column.width
    for y in (*plan.tops, plan.bottom):
        sheet.line(LEFT, y, RIGHT, y, 0.15)


def _sums_texts(document: ReceiptDocument, page: Page, plan: Plan) -> tuple[str, ...]:
    """In the order of the plan's places."""
    note = ("以下空白",) if plan.blank else ()
    if not page.is_last:
        return (*note, "接下页，合计见末页")
    return (*note, f"合计（大写） {document.capitals}", f"（小写） ￥{money(document.total)}", _means(document))


def _means(document: ReceiptDocument) -> str:
    parts = [f"缴款方式：{document.means}"]
    if document.banked:
        parts.append(f"（{document.banked}）")
    if document.tendered is not None:
        parts.append(f"实收：￥{money(document.tendered)}")
    if document.change is not None:
        parts.append(f"找零：￥{money(document.change)}")
    return "　　".join(parts)


def _draw_foot(sheet: Sheet, foot: tuple[str, str, str, int, int], plan: Plan) -> None:
    clause_line, office, clerk, number, of = foot
    form, y = plan.form, plan.bottom + plan.form.total_height
    sheet.line(LEFT, y, RIGHT, y, 0.15)
    y += form.means_height
    sheet.box(LEFT, form.table, RIGHT - LEFT, y - form.table, 0.4)
    clauses = squeeze(f"依据：{clause_line}", width=RIGHT - LEFT - 4, height=form.clauses_height, size=8)
    if clause_line:
        sheet.block(LEFT + 2, y + 1.2 + clauses.height / 2, clauses)
    signatures = (
        (LEFT + 2, 84.0, f"收款单位（盖章）：{office}"),
        (LEFT + 90, 44.0, f"收款人：{clerk}"),
        (LEFT + 135, 47.0, "交款人（签字）"),
    )
    for x, width, text in signatures:
        sheet.block(x, form.signatures, squeeze(text, width=width, height=9, size=10))
    sheet.line(LEFT + 160, form.signatures + 1.6, RIGHT, form.signatures + 1.6)
    if of > 1:
        sheet.text(RIGHT, form.page, f"第{number}页 共{of}页", 8, "right")
    with sheet.dashed():
        sheet.line(0, form.height, 210, form.height)


def draw_void_stamp(sheet: Sheet, form: Form = HALF) -> None:
    """作废 across the middle of the receipt, in red."""
    y = form.height / 2 + 9.75
    with sheet.turned(MIDDLE, y, 16, VOID_RED):
        sheet.box(MIDDLE - 24, y - 9, 48, 18, 1.0)
        sheet.block(MIDDLE, y, Block(38, ("作　废",)), "centre")


def draw_demo_mark(sheet: Sheet, form: Form = HALF, mark: str = "演示", left: float = LEFT, width: float = 33) -> None:
    """Great grey letters under everything, and in black what they mean: a copy in black and white must show it too."""
    y = form.height / 2 + 11.75
    for x in (48.0, 105.0, 162.0):
        with sheet.turned(x, y, 25, DEMO_GREY):
            sheet.block(x, y, Block(64, (mark,)), "centre")
    sheet.box(left, form.demo, width, 6.4, 0.4)
    sheet.block(left + width / 2, form.demo + 3.2, settle(f"{mark} 不作凭证", width=width - 2, size=11), "centre")
