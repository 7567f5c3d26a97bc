"""收据的表格: how members are shared among pages, and where every word of a page stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from payments.paper.receipt_document import ReceiptLine, money
from payments.paper.sheet import LEADING, LEAST, POINT, RISE, Align, Slot, Slots, squeeze, width_of
from payments.printing.places import HALF, Form


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
PADDING = 1.2  # between a column's rule and its text
ROOMS = tuple(column.width - 2 * PADDING for column in COLUMNS)

OWN = 3  # columns whose texts are a member's own; the others say the same for many

Texts = tuple[str, ...]
Row = tuple[Texts, Texts]  # the member's own texts, the others


class Page(NamedTuple):
    """A page's rows, the size and heights with which they fit, and which page it is."""

    rows: tuple[Row, ...]
    size: float
    heights: tuple[float, ...]
    number: int
    of: int

    @property
    def is_last(self) -> bool:
        return self.number == self.of


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A page whose rows have these heights: where rules and words stand. Made once; its identity names it."""

    form: Form
    tops: tuple[float, ...]  # of the rows, those that stay empty included
    bottom: float  # of the table
    blank: bool  # there is room left, and it says so
    head: Slots
    cells: tuple[Slots, Slots]  # of a row: the member's own, the others; they stand about the height 0
    middles: tuple[float, ...]  # of the rows that are filled
    sums: Slots


def paginate(lines: Sequence[ReceiptLine], form: Form = HALF) -> tuple[Page, ...]:
    """Share the lines among as few pages as hold them, in the largest type with which they fit."""
    pages = -(-len(lines) // form.most_rows)
    share = -(-len(lines) // pages)
    rows = [_texts(line, number) for number, line in enumerate(lines, start=1)]
    chunks = [chunk for start in range(0, len(rows), share) for chunk in _fitted(rows[start : start + share], form)]
    return tuple(Page(*chunk, number, len(chunks)) for number, chunk in enumerate(chunks, start=1))


def _texts(line: ReceiptLine, number: int) -> Row:
    own = (str(number), line.name, line.id_masked)
    amounts = (money(line.standard), money(line.sponsored), line.funder, money(line.payable))
    return own, (line.category, *amounts, line.benefit)


def _fitted(rows: Sequence[Row], form: Form) -> Iterator[tuple[tuple[Row, ...], float, tuple[float, ...]]]:
    """The rows of one page with their size and heights; of more, if even the smallest type does not hold them."""
    for size, least in form.densities:
        heights = [_height(row, size, least, form) for row in rows]
        if sum(heights) <= form.rows_height:
            yield tuple(rows), size, tuple(heights)
            return
    start = 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or sum(heights[start : place + 1]) > form.rows_height:
            yield tuple(rows[start:place]), size, tuple(heights[start:place])
            start = place


def _height(row: Row, size: float, least: float, form: Form) -> float:
    """A row's height: by its highest text, and no less than `least`."""
    own, others = row
    if _on_one_line(others, ROOMS[OWN:], size) and all(map(_fits, own, ROOMS, (size, size, size))):
        return max(least, size * LEADING * POINT + 1.0)
    blocks = (
        squeeze(text, width=room, height=form.rows_height - 1, size=size)
        for text, room in zip((*own, *others), ROOMS, strict=True)
    )
    return max(least, *(block.height + 1.0 for block in blocks))


@lru_cache(maxsize=1 << 12)
def _on_one_line(texts: Texts, rooms: tuple[float, ...], size: float) -> bool:
    return all(_fits(text, room, size) for text, room in zip(texts, rooms, strict=True))


def _fits(text: str, room: float, size: float) -> bool:
    """On one line, shrunk a little if it must be."""
    return width_of(text, size) * LEAST <= room


@lru_cache(maxsize=1024)
def plan_of(form: Form, size: float, heights: tuple[float, ...], *, last: bool) -> Plan:
    """The rows stretched to a good height, then empty ones, so that nothing can be written in afterwards."""
    count = max(len(heights), form.blank_rows)
    spare = form.rows_height - sum(heights)
    blank = count - len(heights)
    stretch = 0.0 if blank else spare / count
    tops, y = [], form.table + form.heading_height
    for height in (*(height + stretch for height in heights), *([spare / blank] * blank if blank else ())):
        tops.append(y)
        y += height
    edges = [*tops[: len(heights)], tops[len(heights)] if blank else y]
    middles = tuple((top + bottom) / 2 for top, bottom in pairwise(edges))
    note = [Slot(LEFT + COLUMNS[0].width + PADDING, tops[len(heights)] + spare / blank / 2, 30, 9)] if blank else []
    sums = Slots((*note, *_sums(form, y, last=last)))
    return Plan(form, tuple(tops), y, bool(blank), _head(form), _cells(form, size), middles, sums)


@lru_cache(maxsize=64)
def _cells(form: Form, size: float) -> tuple[Slots, Slots]:
    x, slots = LEFT, []
    for column, room in zip(COLUMNS, ROOMS, strict=True):
        slots.append(Slot(x + inset(column, column.align), 0, room, size, column.align, form.rows_height - 1))
        x += column.width
    return Slots(tuple(slots[:OWN])), Slots(tuple(slots[OWN:]))


def _sums(form: Form, y: float, *, last: bool) -> Iterator[Slot]:
    """合计 in capitals and in figures, and how it was paid, under the table that ends at `y`; or that it goes on."""
    middle = y + form.total_height / 2
    if not last:
        yield Slot(LEFT + 2, middle, 125, 10)
        return
    yield Slot(LEFT + 2, middle, 125, 12, "left", form.total_height - 1)
    yield Slot(RIGHT - 2, middle, 54, 12, "right")
    yield Slot(LEFT + 2, y + form.total_height + form.means_height / 2, RIGHT - LEFT - 4, 9.5)


@lru_cache(maxsize=16)
def _head(form: Form) -> Slots:
    """Number, date and 补打; 交款人, 户号, 年度 and 住址 in two lines over the table."""
    room = form.address - form.facts
    return Slots(
        (
            Slot(RIGHT, form.number, 33, 13, "right"),
            Slot(MIDDLE, form.date - 9.5 * RISE * POINT, 100, 9.5, "centre"),
            Slot(RIGHT - 15, form.copy, 28, 10, "centre", 5),
            Slot(LEFT, form.facts, 88, 10, "left", room),
            Slot(LEFT + 92, form.facts, 48, 10, "left", room),
            Slot(LEFT + 144, form.facts, 42, 10, "left", room),
            Slot(LEFT, form.address, 160, 10, "left", room),
        )
    )


def inset(column: Column, align: Align) -> float:
    """How far from the column's left rule its text begins, has its middle or ends."""
    return {"left": PADDING, "centre": column.width / 2, "right": column.width - PADDING}[align]
