"""核对意见: the file as it came, its own sheets, columns and order, with a remark column and coloured cells.

It is mended in WPS, Excel or LibreOffice and handed in again: the remark column is no field, so it is read over.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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

REMARK = "核对意见"
RIGHT = "无误"
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
SOME = 500  # rows between two looks at whether to go on
LARGEST_MERGED = 5_000  # cells; a larger range is no household
SHEET_NAME = 31  # characters; Excel takes no more


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
        styles = _styles(book)
        layouts = {name[:30]: layout for name, layout in layout_of(data).items()}
        names: set[str] = set()
        for sheet in read_sheets(data):
            made = book.add_worksheet(_name(sheet.name, names))
            print_mark(made, mark)
            if sheet.hidden and len(names) > 1:
                made.hide()
            key = sheet.name[:30]
            _merge(made, sheet, layouts.get(key, Layout()))
            if progress:
                progress(count // 2, count)
            _write(made, sheet, marks.get(key, {}), columns.get(key, {}), styles)
            _widen(made, sheet, layouts.get(key, Layout()))
    return out.getvalue()


def _mark(row: RosterRow) -> Mark:
    if row.set_aside_at:
        return Mark(f"已剔出：{row.set_aside_reason}", frozenset(), is_wrong=False)
    if row.accepted:
        notes = "".join(each["text"] for each in row.warnings)
        return Mark(f"{RIGHT}。{notes}" if notes else RIGHT, frozenset(), is_wrong=False)
    fields = {_field(each["code"]) for each in row.reasons} - {""}
    held = {each["code"] for each in row.reasons} == {"HOUSEHOLD_HELD"}
    return Mark("".join(str(reason_of(each)) for each in row.reasons), frozenset(fields), is_wrong=not held)


def _field(code: str) -> str:
    return FIELD_OF_CODE.get(code) or ("" if code in FIELD_OF_CODE else FIELD_OF.get(code.partition("_")[0], "name"))


def _styles(book: Any) -> dict[Any, Any]:
    wrong = {"bg_color": "#F9D5D2", "bold": True}
    held = {"bg_color": "#FCF3D6"}
    day = {"num_format": "yyyy-mm-dd"}
    return {
        "plain": book.add_format({}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format(day),
        "wrong": book.add_format(wrong | {"num_format": "@"}),
        "wrong_number": book.add_format(wrong),
        "wrong_day": book.add_format(wrong | day),
        "heading": book.add_format({"bold": True, "bg_color": "#DCE6F1"}),
        "remark": book.add_format({"text_wrap": True, "valign": "top"}),
        "remark_wrong": book.add_format(wrong | {"text_wrap": True, "valign": "top"}),
        "remark_held": book.add_format(held | {"text_wrap": True, "valign": "top"}),
    }


def _name(name: str, used: set[str]) -> str:
    """A name that a workbook takes, and that no other sheet has."""
    plain = "".join("_" if c in "[]:*?/\\" else c for c in name)[:SHEET_NAME].strip("'") or "名册"
    found, number = plain, 1
    while found.lower() in used:
        number += 1
        found = f"{plain[: SHEET_NAME - 4]} {number}"
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


def _widen(made: Any, sheet: Sheet, layout: Layout) -> None:
    for x in range(max((len(row) for row in sheet.rows), default=0)):
        if x in layout.widths and not any(row[x] == REMARK for row in sheet.rows if x < len(row)):
            made.set_column(x, x, layout.widths[x])


def _write(
    made: Any, sheet: Sheet, marks: Mapping[int, Mark], columns: Mapping[str, int], styles: Mapping[Any, Any]
) -> None:
    heading_line = min(marks, default=1) - 2
    remark = _remark_column(sheet, heading_line)
    for x, width in enumerate(_widths(sheet, remark)):
        made.set_column(x, x, width)
    made.set_column(remark, remark, REMARK_WIDTH)
    for y, row in enumerate(sheet.rows):
        mark = marks.get(y + 1)
        wrong = {columns[each] for each in mark.fields if each in columns} if mark else set()
        for x, cell in enumerate(row):
            if x != remark:
                _cell(made, y, x, cell, styles, wrong=x in wrong)
        if mark:
            held = "remark" if mark.text.startswith((RIGHT, "已剔出")) else "remark_held"
            made.write_string(y, remark, mark.text, styles["remark_wrong" if mark.is_wrong else held])
        elif y == heading_line and marks:
            made.write_string(y, remark, REMARK, styles["heading"])
    if marks:
        made.set_landscape()
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        made.hide_gridlines(0)  # printed too
        made.repeat_rows(max(heading_line, 0))
        made.freeze_panes(heading_line + 1, 0)
        made.autofilter(heading_line, 0, len(sheet.rows) - 1, remark)


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
            text = f"{cell}"
            widths[x] = min(WIDEST, max(widths[x], 2 + sum(2 if ord(c) > 0x2E80 else 1 for c in text)))
    return widths


def _cell(made: Any, y: int, x: int, cell: Cell, styles: Mapping[Any, Any], *, wrong: bool) -> None:
    if isinstance(cell, bool):
        made.write_boolean(y, x, cell)
    elif isinstance(cell, Decimal):
        made.write_number(y, x, cell, styles["wrong_number" if wrong else "plain"])
    elif isinstance(cell, datetime | date):
        made.write_datetime(y, x, cell, styles["wrong_day" if wrong else "day"])
    elif cell != "" or wrong:
        made.write_string(y, x, cell, styles["wrong" if wrong else "text"])
