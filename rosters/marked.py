"""核对意见: the file as it came, its own sheets, columns and order, with a remark column and coloured cells.

It is mended in WPS, Excel or LibreOffice and handed in again: the remark column is no field, so it is read over.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from common.layout import Layout, layout_of
from common.sheets import Cell, Sheet, read_sheets
from common.tables import SAFE, print_mark
from common.workbooks import column_of
from enrollment.frozen import reason_of
from offices.jobs import Progress
from rosters.models import RosterFile, RosterRow
from rosters.outgoing.template import AMOUNT, EDGE, HEIGHTS, OPEN, ROOM, TEXT, styles_of
from rosters.reading.own import pages_of_template
from rosters.reading.sheet import SHEET_NAME
from rosters.safeguards import Guard, choices_of, guard_of, write_page, written

REMARK = "核对意见"
RIGHT = "无误"
NEWCOMER = "新登记，请对照证件再看一遍号码。"
# Where a wrong cell of a code stands; what is of no column is marked at the name.
FIELD_OF = {"ID": "id_no", "NAME": "name", "AMOUNT": "amount", "BIRTH": "birth", "SEX": "sex", "PHONE": "phone"}
FIELD_OF_CODE = {
    "MONEY_MISMATCH": "amount",
    "SPONSOR_UNLISTED": "category",
    "SPONSOR_CONDITION": "category",
    "CERTIFICATE_MISSING": "category",
    "HEAD_MISSING": "relation",
    "HEAD_TWICE": "relation",
    "DIVISION_OUTSIDE": "village",
    "DUPLICATE": "id_no",
    "HOUSEHOLD_SPLIT": "household_no",
    "HOUSEHOLD_HELD": "",
}
WIDTH, WIDEST, REMARK_WIDTH = 8, 28, 70
LINE = 15  # points
SOME = 500  # rows between two looks at whether to go on
LARGEST_MERGED = 5_000  # cells; a larger range is no household
TAB = 31  # characters; Excel takes no more


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of a row, and which of its cells are coloured."""

    text: str
    fields: frozenset[str]
    is_wrong: bool


def marked(file: RosterFile, data: bytes, *, mark: str, progress: Progress | None = None) -> bytes:
    """The file as a workbook with the verdict in words behind every row; `mark` stands on the printed page."""
    marks: dict[str, dict[int, Mark]] = defaultdict(dict)
    count = file.rows.count()
    for done, row in enumerate(file.rows.iterator(chunk_size=5_000)):
        if progress and done % SOME == 0:
            progress(done // 2, count)  # the other half is writing
        marks[row.sheet][row.row_number] = _mark(row)
    columns: dict[str, dict[str, int]] = defaultdict(dict)
    for taken in file.told.get("columns", ()):
        columns[taken["sheet"]][taken["field"]] = column_of(taken["column"]) - 1
    out = BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        of_template = styles_of(book)
        heads = {name: of_template[name] for name in ("title", "sums", "heading")}
        looks = {False: _styles(book, {}, {}), True: _styles(book, EDGE, AMOUNT) | heads}
        layouts = {name[:SHEET_NAME]: layout for name, layout in layout_of(data).items()}
        names: set[str] = set()
        sheets = read_sheets(data)
        pages, choices = pages_of_template(sheets), choices_of(sheets)
        for sheet in sheets:
            made = book.add_worksheet(_name(sheet.name, names))
            print_mark(made, mark)
            if sheet.hidden and len(names) > 1:
                made.hide()
            if sheet in pages and len(names) > 1:
                write_page(made, sheet, of_template)
                continue
            key = sheet.name[:SHEET_NAME]
            layout, guard = layouts.get(key, Layout()), guard_of(sheet, columns.get(key, {}))
            _merge(made, sheet, layout)
            if progress:
                progress(count // 2, count)
            styles = looks[guard.is_template]
            said = {"marks": marks.get(key, {}), "columns": columns.get(key, {})}
            page = _Page(made, sheet, **said, guard=guard, styles=styles)
            page.set_columns(layout)
            last = page.write()
            if guard.is_template:
                guard.secure(made, choices, behind=page.remark + 1, last=last, open_=styles["open"])
    return out.getvalue()


def _mark(row: RosterRow) -> Mark:
    if row.set_aside_at:
        return Mark(f"已剔出：{row.set_aside_reason}", frozenset(), is_wrong=False)
    if row.accepted:
        notes = "".join(each["text"] for each in row.warnings) + (NEWCOMER if row.person_id is None else "")
        return Mark(f"{RIGHT}。{notes}" if notes else RIGHT, frozenset(), is_wrong=False)
    fields = {_field(each["code"]) for each in row.reasons} - {""}
    held = {each["code"] for each in row.reasons} == {"HOUSEHOLD_HELD"}
    return Mark("".join(str(reason_of(each)) for each in row.reasons), frozenset(fields), is_wrong=not held)


def _field(code: str) -> str:
    return FIELD_OF_CODE.get(code) or ("" if code in FIELD_OF_CODE else FIELD_OF.get(code.partition("_")[0], "name"))


def _styles(book: Any, edge: Mapping[str, Any], amount: Mapping[str, Any]) -> dict[str, Any]:
    """The formats of cells by their kind, each also as of a wrong one."""
    wrong = {"bg_color": "#F9D5D2", "bold": True}
    held = {"bg_color": "#FCF3D6"}
    kinds = {"text": TEXT, "number": amount, "day": {"num_format": "yyyy-mm-dd"}}
    remark = {"text_wrap": True, "valign": "top"} | OPEN
    return {
        **{kind: book.add_format({**edge, **format_}) for kind, format_ in kinds.items()},
        **{f"wrong_{kind}": book.add_format({**edge, **format_, **wrong}) for kind, format_ in kinds.items()},
        "open": book.add_format(OPEN),
        "stamp": book.add_format(TEXT | OPEN),
        "heading": book.add_format({"bold": True, "bg_color": "#DCE6F1"}),
        "remark": book.add_format(remark),
        "remark_wrong": book.add_format(wrong | remark),
        "remark_held": book.add_format(held | remark),
    }


def _name(name: str, used: set[str]) -> str:
    """A name that a workbook takes, and that no other sheet has."""
    plain = "".join("_" if c in "[]:*?/\\" else c for c in name)[:TAB].strip("'") or "名册"
    found, number = plain, 1
    while found.lower() in used:
        number += 1
        found = f"{plain[: TAB - 4]} {number}"
    used.add(found.lower())
    return found


def _merge(made: Any, sheet: Sheet, layout: Layout) -> None:
    """The cells that were merged are so again; what stands in them is written afterwards."""
    used: set[tuple[int, int]] = set()
    width = max((len(row) for row in sheet.rows), default=0)
    for first_row, first, last_row, last in layout.merged:
        inside = first_row <= last_row < len(sheet.rows) and first <= last < width
        inside = inside and 1 < (last_row - first_row + 1) * (last - first + 1) <= LARGEST_MERGED
        cells = {(y, x) for y in range(first_row, last_row + 1) for x in range(first, last + 1)} if inside else set()
        if cells and not cells & used:
            used |= cells
            made.merge_range(first_row, first, last_row, last, "")


def _remark_column(sheet: Sheet, heading_line: int) -> int:
    """Behind the last column; or where an earlier remark stands, so that there is never a second one."""
    heads = sheet.rows[heading_line] if 0 <= heading_line < len(sheet.rows) else ()
    if REMARK in heads:
        return list(heads).index(REMARK)
    return max((len(row) for row in sheet.rows), default=0)


def _widths(sheet: Sheet, remark: int) -> Sequence[int]:
    widths = [WIDTH] * remark
    for row in sheet.rows[:200]:
        if sum(cell != "" for cell in row) < 3:
            continue
        for x, cell in enumerate(row[:remark]):
            widths[x] = min(WIDEST, max(widths[x], 2 + _width(f"{cell}")))
    return widths


def _width(text: str) -> int:
    """In characters; a Chinese one is as wide as two."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


class _Page:
    """One sheet as it is written again: `columns` by field, `remark` the column of the remarks."""

    def __init__(
        self,
        made: Any,
        sheet: Sheet,
        *,
        marks: Mapping[int, Mark],
        columns: Mapping[str, int],
        guard: Guard,
        styles: Mapping[str, Any],
    ) -> None:
        self.made, self.sheet, self.marks, self.columns = made, sheet, marks, columns
        self.guard, self.styles = guard, styles
        self.heading_line = guard.top - 1 if guard.is_template else min(marks, default=1) - 2
        self.remark = _remark_column(sheet, self.heading_line)
        self.kept = {x for x in guard.styles if x != guard.stamp}

    def set_columns(self, layout: Layout) -> None:
        """As wide as they came; of a table without widths as wide as what stands in them."""
        of_remarks = {x for row in self.sheet.rows for x, cell in enumerate(row) if cell == REMARK} | {self.remark}
        wide = dict(enumerate(_widths(self.sheet, self.remark))) | {self.remark: REMARK_WIDTH}
        width = max((len(row) for row in self.sheet.rows), default=0)
        wide |= {x: each for x, each in layout.widths.items() if x < width and x not in of_remarks}
        for x, each in wide.items():
            self.guard.set_column(self.made, x, each, self.styles)

    def write(self) -> int:
        """Every cell and its remark, and the room below; the last row."""
        rows = self.sheet.rows
        lines = 1 + max((y for y, row in enumerate(rows) if any(cell != "" for cell in row)), default=-1)
        for y, row in enumerate(rows[:lines]):
            if y < self.guard.top:
                self._head(y, row)
            else:
                self._row(y, row)
            if y == self.heading_line and self.marks:
                self.made.write_string(y, self.remark, REMARK, self.styles["heading"])
        room = ROOM if self.kept else 0
        for y in range(lines, lines + room):
            self._row(y, ())
        if self.marks:
            self.made.set_landscape()
            self.made.set_paper(9)
            self.made.fit_to_pages(1, 0)
            self.made.hide_gridlines(0)  # printed too
            self.made.repeat_rows(max(self.heading_line, 0))
            self.made.freeze_panes(self.heading_line + 1, 0)
            self.made.autofilter(self.heading_line, 0, lines - 1, self.remark)
        return lines + room - 1

    def _head(self, y: int, row: Sequence[Cell]) -> None:
        """A title of the template, or its headings; locked."""
        if y in HEIGHTS:
            self.made.set_row(y, HEIGHTS[y])
        style = self.styles["heading" if y == self.guard.top - 1 else "sums" if y else "title"]
        for x, cell in enumerate(row):
            if x != self.remark and cell != "":
                self.made.write_string(y, x, written(cell), style)

    def _row(self, y: int, row: Sequence[Cell]) -> None:
        """What stands in a row and its remark; of the columns that are kept the empty cells too."""
        mark = self.marks.get(y + 1)
        wrong = {self.columns[each] for each in mark.fields if each in self.columns} if mark else set()
        if mark and (lines := -(-_width(mark.text) // REMARK_WIDTH)) > 1:
            self.made.set_row(y, LINE * lines)  # LibreOffice does not make room by itself
        for x in range(max(len(row), 1 + max(self.kept, default=-1))):
            cell = row[x] if x < len(row) else ""
            if x != self.remark and (cell != "" or x in wrong or x in self.kept):
                self._cell(y, x, cell, wrong=x in wrong)
        if mark:
            held = "remark" if mark.text.startswith((RIGHT, "已剔出")) else "remark_held"
            self.made.write_string(y, self.remark, mark.text, self.styles["remark_wrong" if mark.is_wrong else held])

    def _cell(self, y: int, x: int, cell: Cell, *, wrong: bool) -> None:
        """A value as it came, in the style of its column where that is kept."""
        kind = self.guard.styles.get(x) or ("number" if isinstance(cell, bool | Decimal) else "text")
        kind = "day" if isinstance(cell, date) else kind
        style = self.styles[f"wrong_{kind}" if wrong else kind]
        if isinstance(cell, bool):
            self.made.write_boolean(y, x, cell, style)
        elif isinstance(cell, Decimal):
            self.made.write_number(y, x, cell, style)
        elif isinstance(cell, date):
            self.made.write_datetime(y, x, cell, style)
        elif cell == "":
            self.made.write_blank(y, x, None, style)
        else:
            self.made.write_string(y, x, cell, style)
