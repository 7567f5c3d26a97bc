"""资金单据: the slips of a day-end, a remittance, a transfer and a reversal, A4, ruled, for signatures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from common.dates import SHANGHAI
from payments.paper.sheet import Align, Sheet, pdf, settle, squeeze

LEFT, RIGHT, TOP, BOTTOM = 20.0, 190.0, 46.0, 262.0
ROW = 8.0


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table: its headings, the widths of its columns in parts of the whole, how each stands, its rows.

    The last row is set off where `total` says so.
    """

    headings: tuple[str, ...]
    parts: tuple[float, ...]
    aligns: tuple[Align, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class MoneySlip:
    """What stands on a slip: title, number, facts in pairs, tables, notes, who signs. `stamp` lies across it."""

    title: str
    number: str
    office: str
    moment: datetime
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    signatures: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())
    stamp: str = ""
    demo: bool = False


def money_slip(slip: MoneySlip) -> bytes:
    """The slip as a PDF, over as many pages as its tables need. Raises fonts.Undrawable."""
    return pdf(lambda sheet: _draw(sheet, slip), title=f"{slip.title} {slip.number}", author=slip.office)


def _draw(sheet: Sheet, slip: MoneySlip) -> None:
    y = _head(sheet, slip)
    for table in slip.tables:
        y = _table(sheet, slip, table, y)
    for note in slip.notes:
        block = squeeze(note, width=RIGHT - LEFT, height=14, size=9)
        y = _room(sheet, slip, y, block.height + 2)
        sheet.block(LEFT, y + block.height / 2, block)
        y += block.height + 2
    y = _room(sheet, slip, y, 16)
    step = (RIGHT - LEFT) / len(slip.signatures)
    for place, label in enumerate(slip.signatures):
        sheet.block(LEFT + place * step, y + 12, settle(f"{label}：", width=step, size=10.5))
    sheet.next_page()


def _head(sheet: Sheet, slip: MoneySlip) -> float:
    sheet.block(105, 22, squeeze(slip.title, width=150, height=9, size=17), "centre")
    local = slip.moment.astimezone(SHANGHAI)
    sheet.text(LEFT, 32, f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}", 10)
    sheet.block(RIGHT, 31, settle(f"编号 {slip.number}", width=75, size=10), "right")
    if slip.demo:
        sheet.box(LEFT, 10, 34, 7, 0.4)
        sheet.block(LEFT + 17, 13.6, settle("演示 不作凭证", width=32, size=11), "centre")
    if slip.stamp:
        with sheet.turned(150, 70, 18, (0.75, 0.1, 0.1)):
            sheet.text(150, 73, slip.stamp, 28, "centre")
            sheet.box(126, 61, 48, 16, 0.8)
    y = 36.0
    for pair in _pairs(slip.facts):
        for place, (label, text) in enumerate(pair):
            x = LEFT + place * (RIGHT - LEFT) / 2
            width = (RIGHT - LEFT) / (2 if len(pair) == 2 else 1) - 4
            sheet.block(x, y + 3.4, squeeze(f"{label}：{text}", width=width, height=6.4, size=10.5))
        y += 6.8
    return y + 3


def _pairs(facts: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    for start in range(0, len(facts), 2):
        yield facts[start : start + 2]


def _table(sheet: Sheet, slip: MoneySlip, table: Table, y: float) -> float:
    whole = RIGHT - LEFT
    widths = [whole * part / sum(table.parts) for part in table.parts]
    if table.caption:
        y = _room(sheet, slip, y, 4 * ROW)
        sheet.block(LEFT, y + 3, settle(table.caption, width=whole, size=10.5))
        y += 6.5
    top = y
    _row(sheet, table, widths, table.headings, y, heading=True)
    y += ROW
    for number, row in enumerate(table.rows, start=1):
        if y + ROW > BOTTOM:
            _frame(sheet, widths, top, y)
            top = y = _next_page(sheet, slip)
            _row(sheet, table, widths, table.headings, y, heading=True)
            y += ROW
        sheet.line(LEFT, y, RIGHT, y, 0.35 if table.total and number == len(table.rows) else 0.15)
        _row(sheet, table, widths, row, y)
        y += ROW
    _frame(sheet, widths, top, y)
    return y + 5


def _row(
    sheet: Sheet, table: Table, widths: Sequence[float], cells: Sequence[str], y: float, *, heading: bool = False
) -> None:
    x = LEFT
    for text, width, align in zip(cells, widths, table.aligns, strict=True):
        stands: Align = "centre" if heading else align
        inset = {"left": 1.5, "centre": width / 2, "right": width - 1.5}[stands]
        block = squeeze(text, width=width - 3, height=ROW - 1, size=9.5 if heading else 10)
        sheet.block(x + inset, y + ROW / 2, block, stands)
        x += width


def _frame(sheet: Sheet, widths: Sequence[float], top: float, bottom: float) -> None:
    sheet.box(LEFT, top, RIGHT - LEFT, bottom - top, 0.35)
    x = LEFT
    for width in widths[:-1]:
        x += width
        sheet.line(x, top, x, bottom, 0.15)


def _room(sheet: Sheet, slip: MoneySlip, y: float, height: float) -> float:
    return y if y + height <= BOTTOM + 12 else _next_page(sheet, slip)


def _next_page(sheet: Sheet, slip: MoneySlip) -> float:
    sheet.text(RIGHT, 285, "接下页", 9, "right")
    sheet.next_page()
    sheet.block(RIGHT, 14, settle(f"{slip.title} 编号 {slip.number}（续）", width=150, size=9.5), "right")
    return 20.0
