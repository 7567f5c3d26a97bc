"""工本费收据打印: the receipt for cards and record books, on the upper half of an A4 sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from common.dates import SHANGHAI
from payments.models import Payment, WorkmanshipReceipt
from payments.paper.receipt_pdf import LEFT, MIDDLE, RIGHT, draw_demo_mark, draw_void_stamp
from payments.paper.sheet import Block, Sheet, pdf, settle, squeeze

TOP, HEADING, TABLE = 42.0, 7.0, 64.0
MOST_ROWS, FEWEST_ROWS = 12, 6
COLUMNS = (
    ("序号", 10.0),
    ("姓名", 34.0),
    ("证件号码", 36.0),
    ("项目", 32.0),
    ("编号", 36.0),
    ("事由", 18.0),
    ("工本费", 20.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkmanshipDocument:
    """What stands on the receipt; `rows` are texts in the order of COLUMNS, without the running number."""

    title: str
    book_code: str
    number: str
    issued_at: datetime
    payer: str
    household_number: str
    rows: tuple[tuple[str, ...], ...]
    amount: Decimal
    capitals: str
    means: str
    tendered: Decimal
    change: Decimal
    office: str
    clerk: str
    clause_line: str
    copy_label: str
    voided: bool
    demo: bool
    looked_at: bool  # 查阅: shown after it was printed


def workmanship_document(receipt: WorkmanshipReceipt, *, copy: int = 1, looked_at: bool = False) -> WorkmanshipDocument:
    """From the frozen rows of a receipt; from the second copy on it says 补打."""
    rows = tuple(
        (each.name, each.masked_id, each.get_item_display(), each.number, each.get_cause_display(), f"{each.fee:,.2f}")
        for each in receipt.issues.order_by("pk")
    )
    return WorkmanshipDocument(
        title=receipt.title,
        book_code=receipt.book_code,
        number=receipt.printed_number,
        issued_at=receipt.issued_at,
        payer=receipt.payer,
        household_number=receipt.household_number,
        rows=rows,
        amount=receipt.amount,
        capitals=receipt.capitals,
        means=Payment.Means(receipt.means).label,
        tendered=receipt.tendered,
        change=receipt.change,
        office=receipt.office_name,
        clerk=receipt.clerk_name,
        clause_line=receipt.clause_line,
        copy_label=f"补打 第{copy}次" if copy > 1 else "",
        voided=receipt.voided_at is not None,
        demo=receipt.demo,
        looked_at=looked_at,
    )


def workmanship_pdf(document: WorkmanshipDocument) -> bytes:
    """The receipt as a PDF, on as many sheets as its rows need."""
    chunks = [document.rows[start : start + MOST_ROWS] for start in range(0, len(document.rows), MOST_ROWS)]

    def draw(sheet: Sheet) -> None:
        for page, rows in enumerate(chunks):
            _draw_page(sheet, document, rows, page * MOST_ROWS, is_last=page == len(chunks) - 1)

    return pdf(draw, title=f"工本费收据 {document.book_code} {document.number}", author=document.office)


def _draw_page(
    sheet: Sheet, document: WorkmanshipDocument, rows: Sequence[tuple[str, ...]], start: int, *, is_last: bool
) -> None:
    if document.demo:
        draw_demo_mark(sheet)
    elif document.looked_at:
        draw_demo_mark(sheet, mark="查阅")
    _draw_head(sheet, document)
    y = _draw_table(sheet, rows, start)
    _draw_total(sheet, document, y, is_last=is_last)
    _draw_foot(sheet, document)
    if document.voided:
        draw_void_stamp(sheet)
    with sheet.dashed():
        sheet.line(0, 148.5, 210, 148.5)
    sheet.next_page()


def _draw_head(sheet: Sheet, document: WorkmanshipDocument) -> None:
    sheet.block(MIDDLE, 14, squeeze(document.title, width=112, height=8, size=18), "centre")
    sheet.line(MIDDLE - 56, 20.6, MIDDLE + 56, 20.6)
    sheet.block(LEFT, 18.5, settle(f"票据代码 {document.book_code}", width=33, size=9.5))
    sheet.block(RIGHT, 14, settle(f"No. {document.number}", width=33, size=13), "right")
    moment = document.issued_at.astimezone(SHANGHAI)
    sheet.text(MIDDLE, 26, f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}", 9.5, "centre")
    if document.copy_label:
        sheet.block(RIGHT - 15, 22.5, squeeze(document.copy_label, width=28, height=5, size=10), "centre")
        sheet.box(RIGHT - 30, 19.7, 30, 5.6)
    sheet.block(LEFT, 34, squeeze(f"交款人：{document.payer}", width=88, height=6, size=10))
    sheet.block(LEFT + 92, 34, squeeze(f"户号：{document.household_number}", width=48, height=6, size=10))
    sheet.text(RIGHT, 40, "金额单位：元", 8, "right")
    sheet.text(LEFT, 40, "本收据不含居民医疗保险费", 8)


def _draw_table(sheet: Sheet, rows: Sequence[tuple[str, ...]], start: int) -> float:
    step = (TABLE - HEADING) / max(len(rows), FEWEST_ROWS)
    texts = [tuple(heading for heading, _ in COLUMNS)]
    texts += [(str(start + place), *row) for place, row in enumerate(rows, start=1)]
    if len(rows) < FEWEST_ROWS:
        texts.append(("", "以下空白", *[""] * (len(COLUMNS) - 2)))
    y = TOP
    for line in range(max(len(rows), FEWEST_ROWS) + 1):
        height = step if line else HEADING
        sheet.line(LEFT, y, RIGHT, y, 0.15 if line else 0.4)
        x = LEFT
        for place, (_, width) in enumerate(COLUMNS):
            text = texts[line][place] if line < len(texts) else ""
            if text:
                block = squeeze(text, width=width - 2.4, height=height, size=10)
                money = line and place == len(COLUMNS) - 1
                sheet.block(
                    x + (width - 1.2 if money else width / 2), y + height / 2, block, "right" if money else "centre"
                )
            x += width
        y += height
    x = LEFT
    for _, width in COLUMNS[:-1]:
        x += width
        sheet.line(x, TOP, x, y, 0.15)
    return y


def _draw_total(sheet: Sheet, document: WorkmanshipDocument, y: float, *, is_last: bool) -> None:
    sheet.line(LEFT, y, RIGHT, y, 0.15)
    if is_last:
        text = f"合计（大写） {document.capitals}"
        sheet.block(LEFT + 2, y + 4.25, squeeze(text, width=125, height=7.5, size=12))
        sheet.block(RIGHT - 2, y + 4.25, settle(f"（小写） ￥{document.amount:,.2f}", width=54, size=12), "right")
    else:
        sheet.block(LEFT + 2, y + 4.25, Block(10, ("接下页，合计见末页",)))
    sheet.line(LEFT, y + 8.5, RIGHT, y + 8.5, 0.15)
    means = f"缴款方式：{document.means}"
    if document.change:
        means += f"　　实收：￥{document.tendered:,.2f}　　找零：￥{document.change:,.2f}"
    sheet.block(LEFT + 2, y + 12, settle(means, width=RIGHT - LEFT - 4, size=9.5))
    sheet.box(LEFT, TOP, RIGHT - LEFT, y + 15.5 - TOP, 0.4)


def _draw_foot(sheet: Sheet, document: WorkmanshipDocument) -> None:
    if document.clause_line:
        sheet.block(LEFT + 2, 126, squeeze(f"依据：{document.clause_line}", width=180, height=6.4, size=8))
    for x, width, text in (
        (LEFT + 2, 84.0, f"收款单位（盖章）：{document.office}"),
        (LEFT + 90, 44.0, f"收款人：{document.clerk}"),
        (LEFT + 135, 47.0, "交款人（签字）"),
    ):
        sheet.block(x, 138, squeeze(text, width=width, height=9, size=10))
    sheet.line(LEFT + 160, 139.6, RIGHT, 139.6)
