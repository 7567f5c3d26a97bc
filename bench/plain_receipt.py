"""The plainest reportlab script that prints the same receipt: one font, drawString for every word, line for every rule.

It knows nothing of rare characters, long names, large families, voids or 补打.
"""

from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from common.dates import SHANGHAI
from payments.paper.receipt_pdf import ReceiptDocument

HEADINGS = ("序号", "姓名", "证件号码", "人员类别", "缴费标准", "资助金额", "资助部门", "个人缴费", "待遇享受期")
EDGES = (12, 20, 44, 76, 99, 116, 131, 146, 162, 198)
TOP, ROW, ROWS = 42, 10, 6


def print_plainly(documents: Sequence[ReceiptDocument], *, path: str, font: str) -> None:
    """Write one receipt a page to `path`, with the TrueType file `font`."""
    pdfmetrics.registerFont(TTFont("plain", font))
    canvas = Canvas(path, pagesize=A4)
    for document in documents:
        _page(canvas, document)
        canvas.showPage()
    canvas.save()


def _page(canvas: Canvas, receipt: ReceiptDocument) -> None:  # noqa: C901 - plain means in one piece
    height = A4[1]

    def say(x: float, y: float, text: str, size: float, draw: str = "drawString") -> None:
        canvas.setFont("plain", size)
        getattr(canvas, draw)(x * mm, height - y * mm, text)

    def rule(x1: float, y1: float, x2: float, y2: float) -> None:
        canvas.line(x1 * mm, height - y1 * mm, x2 * mm, height - y2 * mm)

    moment = receipt.issued_at.astimezone(SHANGHAI)
    say(105, 16, receipt.title, 18, "drawCentredString")
    for y in (20.4, 21):
        rule(49, y, 161, y)
    say(12, 20, f"票据代码 {receipt.book_code}", 9.5)
    say(198, 16, f"No. {receipt.number}", 13, "drawRightString")
    say(105, 26, f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}", 9.5, "drawCentredString")
    for x, text in ((12, f"交款人：{receipt.payer}"), (104, f"户号：{receipt.household_number}")):
        say(x, 33.5, text, 10)
    say(156, 33.5, f"缴费年度：{receipt.coverage_year}年度", 10)
    if receipt.address:
        say(12, 39, f"住址：{receipt.address}", 10)
    say(198, 40, "金额单位：元", 8, "drawRightString")
    for place, heading in enumerate(HEADINGS):
        say((EDGES[place] + EDGES[place + 1]) / 2, TOP + 5, heading, 9.5, "drawCentredString")
    for number, line in enumerate(receipt.lines, start=1):
        y = TOP + 7 + number * ROW - 4
        say(16, y, str(number), 10, "drawCentredString")
        say(21.2, y, line.name, 10)
        say(60, y, line.id_masked, 9, "drawCentredString")
        say(77.2, y, line.category, 10)
        say(114.8, y, f"{line.standard:,.2f}", 10, "drawRightString")
        say(129.8, y, f"{line.sponsored:,.2f}", 10, "drawRightString")
        say(132.2, y, line.funder, 9)
        say(160.8, y, f"{line.payable:,.2f}", 10, "drawRightString")
        say(180, y, line.benefit, 8, "drawCentredString")
    say(21.2, TOP + 7 + (len(receipt.lines) + 1) * ROW - 4, "以下空白", 9)
    bottom = TOP + 7 + ROWS * ROW
    for y in (TOP, *(TOP + 7 + row * ROW for row in range(ROWS + 1)), bottom + 8.5, bottom + 15.5):
        rule(12, y, 198, y)
    for x in EDGES:
        rule(x, TOP, x, bottom)
    for x in (12, 198):
        rule(x, bottom, x, bottom + 15.5)
    say(14, bottom + 5.5, f"合计（大写） {receipt.capitals}", 12)
    say(196, bottom + 5.5, f"（小写） ￥{receipt.total:,.2f}", 12, "drawRightString")
    means = f"缴款方式：{receipt.means}"
    if receipt.tendered is not None:
        means += f"　　实收：￥{receipt.tendered:,.2f}"
    if receipt.change is not None:
        means += f"　　找零：￥{receipt.change:,.2f}"
    say(14, bottom + 13, means, 9.5)
    say(14, bottom + 19, f"依据：{receipt.clause_line}", 8)
    for x, text in (
        (14, f"收款单位（盖章）：{receipt.office}"),
        (102, f"收款人：{receipt.clerk}"),
        (147, "交款人（签字）"),
    ):
        say(x, 140, text, 10)
    rule(172, 140.6, 198, 140.6)
    canvas.setDash(4, 4)
    rule(0, 148.5, 210, 148.5)
    canvas.setDash()
