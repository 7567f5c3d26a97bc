"""收据打印: the receipt on paper, drawn in millimetres from plain values; it asks no database and no clock."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from common.dates import SHANGHAI
from payments.paper.sheet import Align, Block, Sheet, pdf, settle, squeeze
from payments.printing.places import HALF, Form


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
# Places on an A4 sheet, in millimetres from its left edge; heights stand in places.py.
LEFT, RIGHT = 12.0, 198.0
MIDDLE = (LEFT + RIGHT) / 2
CUT = HALF.height
PADDING = 1.2  # between a column's rule and its text
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


def paginate(lines: Sequence[ReceiptLine], form: Form = HALF) -> tuple[Page, ...]:
    """Share the lines among as few pages as hold them, in the largest type with which they fit."""
    pages = -(-len(lines) // form.most_rows)
    share = -(-len(lines) // pages)
    chunks = [
        rows for start in range(0, len(lines), share) for rows in _fitted(lines[start : start + share], start, form)
    ]
    return tuple(Page(rows, number, len(chunks)) for number, rows in enumerate(chunks, start=1))


def _fitted(lines: Sequence[ReceiptLine], start: int, form: Form) -> Iterator[tuple[Row, ...]]:
    """The lines as rows of one page; of more, if even the smallest type does not hold them."""
    for size, least in form.densities:
        rows = [_row(line, start + place, size, least, form) for place, line in enumerate(lines, start=1)]
        if sum(row.height for row in rows) <= form.rows_height:
            yield tuple(rows)
            return
    page: list[Row] = []
    for row in rows:
        if page and sum(each.height for each in page) + row.height > form.rows_height:
            yield tuple(page)
            page = []
        page.append(row)
    yield tuple(page)


def _row(line: ReceiptLine, number: int, size: float, least: float, form: Form) -> Row:
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
        squeeze(text, width=column.width - 2 * PADDING, height=form.rows_height - 1, size=size)
        for column, text in zip(COLUMNS, texts, strict=True)
    )
    return Row(cells, max(least, *(cell.height + 1.0 for cell in cells)))


def money(amount: Decimal) -> str:
    """12345.6 → 12,345.60"""
    return f"{amount:,.2f}"


def _draw_page(sheet: Sheet, document: ReceiptDocument, page: Page, form: Form) -> None:
    if document.demo:
        draw_demo_mark(sheet, form)
    _draw_head(sheet, document, form)
    bottom = _draw_table(sheet, page, form)
    bottom = _draw_total(sheet, document, page, bottom, form)
    _draw_foot(sheet, document, page, bottom, form)
    if document.voided:
        draw_void_stamp(sheet, form)
    with sheet.dashed():
        sheet.line(0, form.height, 210, form.height)


def _draw_head(sheet: Sheet, document: ReceiptDocument, form: Form) -> None:
    title = squeeze(document.title, width=112, height=form.title_size * 0.45, size=form.title_size)
    sheet.block(MIDDLE, form.title, title, "centre")
    for y in (form.rule, form.rule + 0.6):
        sheet.line(MIDDLE - 56, y, MIDDLE + 56, y)
    sheet.block(LEFT, form.code, settle(f"票据代码 {document.book_code}", width=33, size=9.5))
    sheet.block(RIGHT, form.number, settle(f"No. {document.number}", width=33, size=13), "right")
    moment = document.issued_at.astimezone(SHANGHAI)
    sheet.text(MIDDLE, form.date, f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}", 9.5, "centre")
    if document.copy_label:
        sheet.block(RIGHT - 15, form.copy, squeeze(document.copy_label, width=28, height=5, size=10), "centre")
        sheet.box(RIGHT - 30, form.copy - 2.8, 30, 5.6)
    _draw_facts(sheet, document, form)


def _draw_facts(sheet: Sheet, document: ReceiptDocument, form: Form) -> None:
    """交款人, 户号, 年度 and 住址 in two lines over the table."""
    facts = (
        (LEFT, 88.0, f"交款人：{document.payer}"),
        (LEFT + 92, 48.0, f"户号：{document.household_number}"),
        (LEFT + 144, 42.0, f"缴费年度：{document.coverage_year}年度"),
    )
    for x, width, text in facts:
        sheet.block(x, form.facts, squeeze(text, width=width, height=form.address - form.facts, size=10))
    if document.address:
        address = squeeze(f"住址：{document.address}", width=160, height=form.address - form.facts, size=10)
        sheet.block(LEFT, form.address, address)
    sheet.text(RIGHT, form.unit, "金额单位：元", 8, "right")


def _draw_table(sheet: Sheet, page: Page, form: Form) -> float:
    """Draw headings, rows and rules; return the height at which the table ends."""
    y = form.table
    words = tuple(settle(column.heading, width=column.width, size=9.5) for column in COLUMNS)
    headings = Row(words, form.heading_height)
    for row in (headings, *_filled_up(page, form)):
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
        sheet.line(x, form.table, x, y, 0.15)
    return y


def _inset(column: Column, align: Align) -> float:
    """How far from the column's left rule its text begins, has its middle or ends."""
    return {"left": PADDING, "centre": column.width / 2, "right": column.width - PADDING}[align]


def _filled_up(page: Page, form: Form) -> Iterator[Row]:
    """The page's rows stretched to a good height, then empty ones, so that nothing can be written in afterwards."""
    count = max(len(page.rows), form.blank_rows)
    spare = form.rows_height - sum(row.height for row in page.rows)
    blank = count - len(page.rows)
    stretch = 0.0 if blank else spare / count
    for row in page.rows:
        yield row._replace(height=row.height + stretch)
    for number in range(blank):
        note = Block(9, ("",)), Block(9, ("以下空白",))
        yield Row(note if number == 0 else (), spare / blank)


def _draw_total(sheet: Sheet, document: ReceiptDocument, page: Page, y: float, form: Form) -> float:
    sheet.line(LEFT, y, RIGHT, y, 0.15)
    middle = y + form.total_height / 2
    if page.is_last:
        capitals = squeeze(f"合计（大写） {document.capitals}", width=125, height=form.total_height - 1, size=12)
        sheet.block(LEFT + 2, middle, capitals)
        sheet.block(RIGHT - 2, middle, settle(f"（小写） ￥{money(document.total)}", width=54, size=12), "right")
    else:
        sheet.block(LEFT + 2, middle, Block(10, ("接下页，合计见末页",)))
    y += form.total_height
    sheet.line(LEFT, y, RIGHT, y, 0.15)
    if page.is_last:
        sheet.block(LEFT + 2, y + form.means_height / 2, settle(_means(document), width=RIGHT - LEFT - 4, size=9.5))
    y += form.means_height
    sheet.box(LEFT, form.table, RIGHT - LEFT, y - form.table, 0.4)
    return y


def _means(document: ReceiptDocument) -> str:
    parts = [f"缴款方式：{document.means}"]
    if document.tendered is not None:
        parts.append(f"实收：￥{money(document.tendered)}")
    if document.change is not None:
        parts.append(f"找零：￥{money(document.change)}")
    return "　　".join(parts)


def _draw_foot(sheet: Sheet, document: ReceiptDocument, page: Page, y: float, form: Form) -> None:
    height = form.clauses_height
    clauses = squeeze(f"依据：{document.clause_line}", width=RIGHT - LEFT - 4, height=height, size=8)
    if document.clause_line:
        sheet.block(LEFT + 2, y + 1.2 + clauses.height / 2, clauses)
    signatures = (
        (LEFT + 2, 84.0, f"收款单位（盖章）：{document.office}"),
        (LEFT + 90, 44.0, f"收款人：{document.clerk}"),
        (LEFT + 135, 47.0, "交款人（签字）"),
    )
    for x, width, text in signatures:
        sheet.block(x, form.signatures, squeeze(text, width=width, height=9, size=10))
    sheet.line(LEFT + 160, form.signatures + 1.6, RIGHT, form.signatures + 1.6)
    if page.of > 1:
        sheet.text(RIGHT, form.page, f"第{page.number}页 共{page.of}页", 8, "right")


def draw_void_stamp(sheet: Sheet, form: Form = HALF) -> None:
    """作废 across the middle of the receipt, in red."""
    y = form.height / 2 + 9.75
    with sheet.turned(MIDDLE, y, 16, VOID_RED):
        sheet.box(MIDDLE - 24, y - 9, 48, 18, 1.0)
        sheet.block(MIDDLE, y, Block(38, ("作　废",)), "centre")


def draw_demo_mark(sheet: Sheet, form: Form = HALF) -> None:
    """Great grey letters under everything, and in black what they mean: a copy in black and white must show it too."""
    y = form.height / 2 + 11.75
    for x in (48.0, 105.0, 162.0):
        with sheet.turned(x, y, 25, DEMO_GREY):
            sheet.block(x, y, Block(64, ("演示",)), "centre")
    top = form.code - 10.1
    sheet.box(LEFT, top, 33, 6.4, 0.4)
    sheet.block(LEFT + 16.5, top + 3.2, settle("演示 不作凭证", width=31, size=11), "centre")
