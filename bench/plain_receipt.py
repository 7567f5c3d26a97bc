"""The plainest script that prints the same receipts, as tutorials show it: reportlab's canvas and the qrcode package.

One font, drawString for every word, line for every rule, `qrcode.make` for every code. It knows nothing of rare
characters, long names, large families, voids or 补打.
"""

from collections.abc import Sequence
from io import BytesIO

import qrcode
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from common.dates import SHANGHAI
from payments.paper.receipt_document import ReceiptDocument

HEADINGS = ("序号", "姓名", "证件号码", "人员类别", "缴费标准", "资助金额", "资助部门", "个人缴费", "待遇享受期")
EDGES = (12, 20, 44, 76, 99, 116, 131, 146, 162, 198)
TOP, HEADING, TABLE, THIRD = 31, 5.5, 31.2, 99


def print_plainly(documents: Sequence[ReceiptDocument], *, path: str, font: str) -> None:
    """Write three receipts a page to `path`, with the TrueType file `font`."""
    pdfmetrics.registerFont(TTFont("plain", font))
    canvas = Canvas(path, pagesize=A4)
    for place, document in enumerate(documents):
        _draw(canvas, document, A4[1] - place % 3 * THIRD * mm)
        if place % 3 == 2:
            canvas.showPage()
    canvas.save()


def _draw(canvas: Canvas, receipt: ReceiptDocument, top: float) -> None:  # noqa: C901, PLR0915 - plain: in one piece
    def say(x: float, y: float, text: str, size: float, draw: str = "drawString") -> None:
        canvas.setFont("plain", size)
        getattr(canvas, draw)(x * mm, top - y * mm, text)

    def rule(x1: float, y1: float, x2: float, y2: float) -> None:
        canvas.line(x1 * mm, top - y1 * mm, x2 * mm, top - y2 * mm)

    picture = BytesIO()
    qrcode.make(f"{receipt.book_code}.{receipt.number}").save(picture, format="PNG")
    canvas.drawImage(ImageReader(picture), 12 * mm, top - 15 * mm, 10.5 * mm, 10.5 * mm)
    moment = receipt.issued_at.astimezone(SHANGHAI)
    say(105, 11, receipt.title, 14, "drawCentredString")
    for y in (14.2, 14.8):
        rule(49, y, 161, y)
    say(12, 19, f"票据代码 {receipt.book_code}", 9.5)
    say(198, 11, f"No. {receipt.number}", 13, "drawRightString")
    say(105, 19, f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}", 9.5, "drawCentredString")
    for x, text in ((12, f"交款人：{receipt.payer}"), (104, f"户号：{receipt.household_number}")):
        say(x, 24.5, text, 10)
    say(156, 24.5, f"缴费年度：{receipt.coverage_year}年度", 10)
    if receipt.address:
        say(12, 29, f"住址：{receipt.address}", 10)
    say(198, 29.4, "金额单位：元", 8, "drawRightString")
    for place, heading in enumerate(HEADINGS):
        say((EDGES[place] + EDGES[place + 1]) / 2, TOP + 4, heading, 9.5, "drawCentredString")
    rows = max(len(receipt.lines), 3)
    row = TABLE / rows
    for number, line in enumerate(receipt.lines, start=1):
        y = TOP + HEADING + number * row - row / 2 + 1
        say(16, y, str(number), 9, "drawCentredString")
        say(21.2, y, line.name, 9)
        say(60, y, line.id_masked, 9, "drawCentredString")
        say(77.2, y, line.category, 9)
        say(114.8, y, f"{line.standard:,.2f}", 9, "drawRightString")
        say(129.8, y, f"{line.sponsored:,.2f}", 9, "drawRightString")
        say(132.2, y, line.funder, 9)
        say(160.8, y, f"{line.payable:,.2f}", 9, "drawRightString")
        say(180, y, line.benefit, 8, "drawCentredString")
    if len(receipt.lines) < rows:
        say(21.2, TOP + HEADING + (len(receipt.lines) + 0.5) * row + 1, "以下空白", 9)
    bottom = TOP + HEADING + TABLE
    for y in (TOP, *(TOP + HEADING + place * row for place in range(rows + 1)), bottom + 6.5, bottom + 11.7):
        rule(12, y, 198, y)
    for x in EDGES:
        rule(x, TOP, x, bottom)
    for x in (12, 198):
        rule(x, bottom, x, bottom + 11.7)
    say(14, bottom + 4.8, f"合计（大写） {receipt.capitals}", 12)
    say(196, bottom + 4.8, f"（小写） ￥{receipt.total:,.2f}", 12, "drawRightString")
    means = f"缴款方式：{receipt.means}"
    if receipt.tendered is not None:
        means += f"　　实收：￥{receipt.tendered:,.2f}"
    if receipt.change is not None:
        means += f"　　找零：￥{receipt.change:,.2f}"
    say(14, bottom + 10.3, means, 9.5)
    say(14, bottom + 15, f"依据：{receipt.clause_line}", 8)
    for x, text in (
        (14, f"收款单位（盖章）：{receipt.office}"),
        (102, f"收款人：{receipt.clerk}"),
        (147, "交款人（签字）"),
    ):
        say(x, 92, text, 10)
    rule(172, 92.6, 198, 92.6)
    canvas.setDash(4, 4)
    rule(0, THIRD, 210, THIRD)
    canvas.setDash()
