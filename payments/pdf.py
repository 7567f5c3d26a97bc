"""收据打印: the receipt on paper, drawn in millimetres from plain values; it asks no database and no clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from common.dates import SHANGHAI
from payments.sheet import Align, Block, Sheet, pdf, settle, squeeze


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One member on a receipt, as frozen when the money was taken."""

    name: str
    id_masked: str
    category: str
    standard: Decimal
    payable: Decimal
    sponsored: Decimal
    funder: str  # "" where nobody sponsors
    benefit: str  # "2008-01-01 至 2008-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDocument:
    """What stands on a receipt; texts come as they are printed, amounts in yuan."""

    title: str
    book_code: str
    number: str
    coverage_year: int
    issued_at: datetime
    office: str
    payer: str
    household_number: str
    means: str
    lines: tuple[ReceiptLine, ...]
    total: Decimal
    capitals: str
    clerk: str
    clause_line: str
    address: str = ""
    tendered: Decimal | None = None
    change: Decimal | None = None
    copy_label: str = ""  # "补打 第2次"
    voided: bool = False
    demo: bool = False

    def __post_init__(self) -> None:
        if self.issued_at.tzinfo is None:
            raise ValueError("issued_at needs its time zone")
        if not self.lines or sum(line.payable for line in self.lines) != self.total:
            raise ValueError(f"the lines do not make the total of {self.total}")


class Column(NamedTuple):
    """A column of the table: its heading, its width in millimetres, and how its text stands."""

    heading: str
    width: float
    align: Align


COLUMNS = (
    Column("序号", 8, "centre"),
    Column("姓名", 24, "left"),
    Column("证件号码", 32, "centre"),
    Column("人员类别", 23, "left"),
    Column("缴费标准", 17, "right"),
    Column("资助金额", 15, "right"),
    Column("资助部门", 15, "left"),
    Column("个人缴费", 16, "right"),
    Column("待遇享受期", 36, "centre"),
)
# Places on the upper half of an A4 sheet, in millimetres from its top left corner.
LEFT, RIGHT = 12.0, 198.0
MIDDLE = (LEFT + RIGHT) / 2
CUT = 148.5
TABLE_TOP = 42.0
HEADING_HEIGHT = 7.0
ROWS_HEIGHT = 60.0
TOTAL_HEIGHT = 8.5
MEANS_HEIGHT = 7.0
PADDING = 1.2  # between a column's rule and its text
MOST_ROWS = 15  # to a page
BLANK_ROWS = 6  # a short table is filled up to so many
# Font size and least row height: the first pair with which a page's rows fit is taken.
DENSITIES = ((10.0, 9.5), (9.5, 7.0), (9.0, 5.6), (8.5, 4.6), (8.0, 4.0), (7.0, 4.0), (6.0, 4.0))
VOID_RED = (0.75, 0.1, 0.1)
DEMO_GREY = (0.9, 0.9, 0.9)


class Row(NamedTuple):
    """A row as it will stand: one block of text for each column."""

    cells: tuple[Block, ...]
    height: float


class Page(NamedTuple):
    """The rows of one page and where it stands among the receipt's pages."""

    rows: tuple[Row, ...]
    number: int
    of: int

    @property
    def is_last(self) -> bool:
        return self.number == self.of


def receipt_pdf(document: ReceiptDocument) -> bytes:
    """The receipt as a PDF. Raises fonts.Undrawable: names are to be checked before a number is used."""
    return receipts_pdf([document], title=f"收据 {document.book_code} {document.number}")


def receipts_pdf(documents: Sequence[ReceiptDocument], *, title: str) -> bytes:
    """Several receipts in one file, each on a page of its own. The title stands in the window: no names in it."""

    def draw(sheet: Sheet) -> None:
        for document in documents:
            for page in paginate(document.lines):
                _draw_page(sheet, document, page)

    return pdf(draw, title=title, author=documents[0].office)


def paginate(lines: Sequence[ReceiptLine]) -> tuple[Page, ...]:
    """Share the lines among as few pages as hold them, in the largest type with which they fit."""
    pages = -(-len(lines) // MOST_ROWS)
    share = -(-len(lines) // pages)
    chunks = [rows for start in range(0, len(lines), share) for rows in _fitted(lines[start : start + share], start)]
    return tuple(Page(rows, number, len(chunks)) for number, rows in enumerate(chunks, start=1))


def _fitted(lines: Sequence[ReceiptLine], start: int) -> Iterator[tuple[Row, ...]]:
    """The lines as rows of one page; of more, if even the smallest type does not hold them."""
    for size, least in DENSITIES:
        rows = [_row(line, start + place, size, least) for place, line in enumerate(lines, start=1)]
        if sum(row.height for row in rows) <= ROWS_HEIGHT:
            yield tuple(rows)
            return
    page: list[Row] = []
    for row in rows:
        if page and sum(each.height for each in page) + row.height > ROWS_HEIGHT:
            yield tuple(page)
            page = []
        page.append(row)
    yield tuple(page)


def _row(line: ReceiptLine, number: int, size: float, least: float) -> Row:
    texts = (
        str(number),
        line.name,
        line.id_masked,
        line.category,
        money(line.standard),
        money(line.sponsored),
        line.funder,
        money(line.payable),
        line.benefit,
    )
    cells = tuple(
        squeeze(text, width=column.width - 2 * PADDING, height=ROWS_HEIGHT - 1, size=size)
        for column, text in zip(COLUMNS, texts, strict=True)
    )
    return Row(cells, max(least, *(cell.height + 1.0 for cell in cells)))


def money(amount: Decimal) -> str:
    """12345.6 → 12,345.60"""
    return f"{amount:,.2f}"


def _draw_page(sheet: Sheet, document: ReceiptDocument, page: Page) -> None:
    if document.demo:
        draw_demo_mark(sheet)
    _draw_head(sheet, document)
    bottom = _draw_table(sheet, page)
    bottom = _draw_total(sheet, document, page, bottom)
    _draw_foot(sheet, document, page, bottom)
    if document.voided:
        draw_void_stamp(sheet)
    with sheet.dashed():
        sheet.line(0, CUT, 210, CUT)
    sheet.next_page()


def _draw_head(sheet: Sheet, document: ReceiptDocument) -> None:
    sheet.block(MIDDLE, 14, squeeze(document.title, width=112, height=8, size=18), "centre")
    for y in (20.4, 21.0):
        sheet.line(MIDDLE - 56, y, MIDDLE + 56, y)
    sheet.block(LEFT, 18.5, settle(f"票据代码 {document.book_code}", width=33, size=9.5))
    sheet.block(RIGHT, 14, settle(f"No. {document.number}", width=33, size=13), "right")
    moment = document.issued_at.astimezone(SHANGHAI)
    sheet.text(MIDDLE, 26, f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}", 9.5, "centre")
    if document.copy_label:
        sheet.block(RIGHT - 15, 22.5, squeeze(document.copy_label, width=28, height=5, size=10), "centre")
        sheet.box(RIGHT - 30, 19.7, 30, 5.6)
    _draw_facts(sheet, document)


def _draw_facts(sheet: Sheet, document: ReceiptDocument) -> None:
    """交款人, 户号, 年度 and 住址 in two lines over the table."""
    facts = (
        (LEFT, 88.0, f"交款人：{document.payer}"),
        (LEFT + 92, 48.0, f"户号：{document.household_number}"),
        (LEFT + 144, 42.0, f"缴费年度：{document.coverage_year}年度"),
    )
    for x, width, text in facts:
        sheet.block(x, 32.5, squeeze(text, width=width, height=6, size=10))
    if document.address:
        sheet.block(LEFT, 38, squeeze(f"住址：{document.address}", width=160, height=5.8, size=10))
    sheet.text(RIGHT, 40, "金额单位：元", 8, "right")


def _draw_table(sheet: Sheet, page: Page) -> float:
    """Draw headings, rows and rules; return the height at which the table ends."""
    y = TABLE_TOP
    headings = Row(tuple(settle(column.heading, width=column.width, size=9.5) for column in COLUMNS), HEADING_HEIGHT)
    for row in (headings, *_filled_up(page)):
        sheet.line(LEFT, y, RIGHT, y, 0.4 if row is headings else 0.15)
        x = LEFT
        for column, cell in zip(COLUMNS, row.cells, strict=False):
            align: Align = "centre" if row is headings else column.align
            sheet.block(x + _inset(column, align), y + row.height / 2, cell, align)
            x += column.width
        y += row.height
    x = LEFT
    for column in COLUMNS[:-1]:
        x += column.width
        sheet.line(x, TABLE_TOP, x, y, 0.15)
    return y


def _inset(column: Column, align: Align) -> float:
    """How far from the column's left rule its text begins, has its middle or ends."""
    return {"left": PADDING, "centre": column.width / 2, "right": column.width - PADDING}[align]


def _filled_up(page: Page) -> Iterator[Row]:
    """The page's rows stretched to a good height, then empty ones, so that nothing can be written in afterwards."""
    count = max(len(page.rows), BLANK_ROWS)
    spare = ROWS_HEIGHT - sum(row.height for row in page.rows)
    blank = count - len(page.rows)
    stretch = 0.0 if blank else spare / count
    for row in page.rows:
        yield row._replace(height=row.height + stretch)
    for number in range(blank):
        note = Block(9, ("",)), Block(9, ("以下空白",))
        yield Row(note if number == 0 else (), spare / blank)


def _draw_total(sheet: Sheet, document: ReceiptDocument, page: Page, y: float) -> float:
    sheet.line(LEFT, y, RIGHT, y, 0.15)
    middle = y + TOTAL_HEIGHT / 2
    if page.is_last:
        capitals = squeeze(f"合计（大写） {document.capitals}", width=125, height=TOTAL_HEIGHT - 1, size=12)
        sheet.block(LEFT + 2, middle, capitals)
        sheet.block(RIGHT - 2, middle, settle(f"（小写） ￥{money(document.total)}", width=54, size=12), "right")
    else:
        sheet.block(LEFT + 2, middle, Block(10, ("接下页，合计见末页",)))
    y += TOTAL_HEIGHT
    sheet.line(LEFT, y, RIGHT, y, 0.15)
    if page.is_last:
        sheet.block(LEFT + 2, y + MEANS_HEIGHT / 2, settle(_means(document), width=RIGHT - LEFT - 4, size=9.5))
    y += MEANS_HEIGHT
    sheet.box(LEFT, TABLE_TOP, RIGHT - LEFT, y - TABLE_TOP, 0.4)
    return y


def _means(document: ReceiptDocument) -> str:
    parts = [f"缴款方式：{document.means}"]
    if document.tendered is not None:
        parts.append(f"实收：￥{money(document.tendered)}")
    if document.change is not None:
        parts.append(f"找零：￥{money(document.change)}")
    return "　　".join(parts)


def _draw_foot(sheet: Sheet, document: ReceiptDocument, page: Page, y: float) -> None:
    clauses = squeeze(f"依据：{document.clause_line}", width=RIGHT - LEFT - 4, height=6.4, size=8)
    if document.clause_line:
        sheet.block(LEFT + 2, y + 1.2 + clauses.height / 2, clauses)
    signatures = (
        (LEFT + 2, 84.0, f"收款单位（盖章）：{document.office}"),
        (LEFT + 90, 44.0, f"收款人：{document.clerk}"),
        (LEFT + 135, 47.0, "交款人（签字）"),
    )
    for x, width, text in signatures:
        sheet.block(x, 139, squeeze(text, width=width, height=9, size=10))
    sheet.line(LEFT + 160, 140.6, RIGHT, 140.6)
    if page.of > 1:
        sheet.text(RIGHT, 146, f"第{page.number}页 共{page.of}页", 8, "right")


def draw_void_stamp(sheet: Sheet) -> None:
    """作废 across the middle of the half sheet, in red."""
    with sheet.turned(MIDDLE, 84, 16, VOID_RED):
        sheet.box(MIDDLE - 24, 75, 48, 18, 1.0)
        sheet.block(MIDDLE, 84, Block(38, ("作　废",)), "centre")


def draw_demo_mark(sheet: Sheet) -> None:
    """Great grey letters under everything, and in black what they mean: a copy in black and white must show it too."""
    for x in (48.0, 105.0, 162.0):
        with sheet.turned(x, 86, 25, DEMO_GREY):
            sheet.block(x, 86, Block(64, ("演示",)), "centre")
    sheet.box(LEFT, 8.4, 33, 6.4, 0.4)
    sheet.block(LEFT + 16.5, 11.6, settle("演示 不作凭证", width=31, size=11), "centre")
