"""套打版式: which words of a receipt stand where on pre-printed stock, as data: millimetres, points, a typeface.

A layout is plain JSON. `layout_of` reads it and refuses in words; `placed` says for a receipt what stands where. A text
stands by the middle of its line (`y`) and by its left edge, middle or right edge (`x`, `width`, `align`). The members'
words repeat downwards, `pitch` millimetres from row to row; more members than rows share the height in smaller type.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from payments.paper.receipt_pdf import ReceiptDocument, ReceiptLine, money
from payments.paper.sheet import LEADING, POINT, Align, Paper

LEAST_SIZE, MOST_SIZE = 5.0, 36.0
LEAST_PAPER, MOST_PAPER = 50.0, 420.0
MOST_ROWS = 40
COPY = "copy_label"
NUMBER = "line_number"  # the member's place, which no line knows


@dataclass(frozen=True, slots=True)
class Field:
    """One word of the receipt and its place; sizes in points, the rest in millimetres."""

    name: str
    x: float
    y: float
    width: float
    align: Align
    size: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The stock's size, the members' rows, every field, and the file of the typeface ("" for the usual one)."""

    width: float
    height: float
    rows: int
    pitch: float
    face: str
    fields: tuple[Field, ...]

    @property
    def paper(self) -> Paper:
        return Paper(self.width, self.height)

    @property
    def most_lines(self) -> int:
        """How many members find room in the smallest type."""
        if not any(field.name in LINES for field in self.fields):
            return 10_000
        return max(self.rows, int(self.rows * self.pitch / (LEAST_SIZE * LEADING * POINT)))

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Placed:
    """A text with the box it is fitted into: `y` is the box's middle."""

    name: str
    text: str
    x: float
    y: float
    width: float
    height: float
    align: Align
    size: float

    @property
    def anchor(self) -> float:
        """Where the text begins, has its middle or ends."""
        return self.x + {"left": 0.0, "centre": self.width / 2, "right": self.width}[self.align]


Word = tuple[str, Callable[[ReceiptDocument], str]]
LineWord = tuple[str, Callable[[ReceiptLine], str]]


def _day(document: ReceiptDocument, form: str) -> str:
    moment = document.issued_at.astimezone(SHANGHAI)
    return form.format(moment.year, moment.month, moment.day)


# Name → its Chinese name and what it says. The members' words are apart, because they repeat.
WORDS: dict[str, Word] = {
    "number": ("票据号码", lambda receipt: receipt.number),
    "book_code": ("票据代码", lambda receipt: receipt.book_code),
    COPY: ("补打标记", lambda receipt: receipt.copy_label),
    "title": ("项目名称", lambda receipt: receipt.title),
    "issued_on": ("开票日期", lambda receipt: _day(receipt, "{}年{}月{}日")),
    "year": ("开票年", lambda receipt: _day(receipt, "{0}")),
    "month": ("开票月", lambda receipt: _day(receipt, "{1}")),
    "day": ("开票日", lambda receipt: _day(receipt, "{2}")),
    "payer": ("交款人", lambda receipt: receipt.payer),
    "household_number": ("户号", lambda receipt: receipt.household_number),
    "address": ("住址", lambda receipt: receipt.address),
    "coverage_year": ("缴费年度", lambda receipt: f"{receipt.coverage_year}年度"),
    "persons": ("人数", lambda receipt: str(len(receipt.lines))),
    "capitals": ("金额大写", lambda receipt: receipt.capitals),
    "total": ("金额小写", lambda receipt: f"￥{money(receipt.total)}"),
    "means": ("缴款方式", lambda receipt: receipt.means),
    "banked": ("银行缴费时间", lambda receipt: receipt.banked),
    "tendered": ("实收", lambda receipt: "" if receipt.tendered is None else money(receipt.tendered)),
    "change": ("找零", lambda receipt: "" if receipt.change is None else money(receipt.change)),
    "office": ("收款单位", lambda receipt: receipt.office),
    "clerk": ("收款人", lambda receipt: receipt.clerk),
    "clause_line": ("依据", lambda receipt: receipt.clause_line),
}
LINES: dict[str, LineWord] = {
    NUMBER: ("成员 序号", lambda _: ""),
    "line_name": ("成员 姓名", lambda line: line.name),
    "line_id": ("成员 证件号码", lambda line: line.id_masked),
    "line_category": ("成员 人员类别", lambda line: line.category),
    "line_standard": ("成员 缴费标准", lambda line: money(line.standard)),
    "line_sponsored": ("成员 资助金额", lambda line: money(line.sponsored)),
    "line_funder": ("成员 资助部门", lambda line: line.funder),
    "line_payable": ("成员 个人缴费", lambda line: money(line.payable)),
    "line_benefit": ("成员 待遇享受期", lambda line: line.benefit),
}
LABELS = {name: label for name, (label, _) in (WORDS | LINES).items()}


def placed(layout: Layout, receipt: ReceiptDocument) -> Iterator[Placed]:
    """Every text of the receipt with its place; nothing for a word that is empty."""
    for field in layout.fields:
        if field.name in WORDS:
            _, say = WORDS[field.name]
            height = field.size * LEADING * POINT * 1.02
            if text := say(receipt):
                yield Placed(**asdict(field), text=text, height=height)
        else:
            yield from _rows(layout, field, receipt)


def _rows(layout: Layout, field: Field, receipt: ReceiptDocument) -> Iterator[Placed]:
    """A members' word, row under row; a large family shares the height of all rows."""
    _, say = LINES[field.name]
    count = len(receipt.lines)
    if count > layout.most_lines:
        raise ValueError(f"{count} lines do not fit the layout")
    pitch = layout.pitch if count <= layout.rows else layout.rows * layout.pitch / count
    size = min(field.size, pitch / (LEADING * POINT))
    top = field.y - layout.pitch / 2
    for place, line in enumerate(receipt.lines, start=1):
        if text := str(place) if field.name == NUMBER else say(line):
            middle = top + (place - 0.5) * pitch
            yield Placed(field.name, text, field.x, middle, field.width, pitch, field.align, size)


def layout_of(data: Mapping[str, Any]) -> Layout:
    """Read a layout; a Refusal tells all that is wrong with it."""
    try:
        fields = tuple(Field(**each) for each in data["fields"])
        layout = Layout(**{**data, "fields": fields})
        wrong = tuple(Reason("OVERPRINT", text) for text in islice(_wrong(layout), 5))
    except (KeyError, TypeError) as error:
        text = "版式的内容不完整，读不出来。请在版式页重新保存。"
        raise Refusal(Reason("OVERPRINT", text)) from error
    if wrong:
        raise Refusal(*wrong)
    return layout


def _wrong(layout: Layout) -> Iterator[str]:
    for label, length in (("纸宽", layout.width), ("纸高", layout.height)):
        if not LEAST_PAPER <= length <= MOST_PAPER:
            yield f"{label}{length:g}毫米不对，应在{LEAST_PAPER:g}至{MOST_PAPER:g}毫米之间，请量一量票据再填。"
    if not 1 <= layout.rows <= MOST_ROWS or not 2 <= layout.pitch <= 60:
        yield f"成员行数应为1至{MOST_ROWS}，行距应为2至60毫米。"
    names = [field.name for field in layout.fields]
    if COPY not in names:
        yield "补打标记没有位置。重复打印的收据须写明补打，请给它留一处。"
    for field in layout.fields:
        if field.name not in LABELS or names.count(field.name) > 1:
            yield f"栏目“{field.name}”不认识，或出现了两次。"
        else:
            yield from _misplaced(layout, field)


def _misplaced(layout: Layout, field: Field) -> Iterator[str]:
    label = LABELS[field.name]
    if not LEAST_SIZE <= field.size <= MOST_SIZE or field.align not in ("left", "centre", "right"):
        yield f"{label}：字号应在{LEAST_SIZE:g}至{MOST_SIZE:g}磅之间，对齐为左、中、右。"
    if field.width < 2 or field.x < 0 or field.x + field.width > layout.width:
        yield f"{label}：从{field.x:g}毫米起宽{field.width:g}毫米，超出了{layout.width:g}毫米宽的纸。"
    bottom = field.y + (layout.pitch * (layout.rows - 1) if field.name in LINES else 0)
    if field.y <= 0 or bottom >= layout.height:
        yield f"{label}：最低处在{bottom:g}毫米，超出了{layout.height:g}毫米高的纸。"


# To begin with: three-ply continuous stock of 241 × 140 mm, an 11-inch page folded once, sprocket holes on both sides.
DEFAULT = Layout(
    width=241.0,
    height=140.0,
    rows=6,
    pitch=7.5,
    face="",
    fields=tuple(
        Field(*each)
        for each in (
            ("number", 173, 17, 48, "right", 13),
            ("book_code", 36, 21, 40, "left", 10),
            (COPY, 185, 25, 36, "right", 10),
            ("issued_on", 95, 26, 51, "centre", 10),
            ("payer", 38, 34, 60, "left", 10),
            ("household_number", 118, 34, 38, "left", 10),
            ("coverage_year", 188, 34, 33, "left", 10),
            ("line_number", 18, 50, 8, "centre", 10),
            ("line_name", 27, 50, 28, "left", 10),
            ("line_id", 56, 50, 37, "centre", 9),
            ("line_category", 94, 50, 26, "left", 9),
            ("line_standard", 121, 50, 17, "right", 10),
            ("line_sponsored", 139, 50, 17, "right", 10),
            ("line_funder", 158, 50, 18, "left", 8),
            ("line_payable", 177, 50, 17, "right", 10),
            ("line_benefit", 196, 50, 27, "centre", 7.5),
            ("capitals", 48, 101, 100, "left", 12),
            ("total", 172, 101, 49, "right", 12),
            ("means", 48, 109, 40, "left", 10),
            ("office", 52, 122, 66, "left", 10),
            ("clerk", 136, 122, 34, "left", 10),
            ("clause_line", 18, 131, 203, "left", 7.5),
        )
    ),
)
