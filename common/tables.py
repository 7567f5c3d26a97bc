"""表格文件: rows in, the bytes of a spreadsheet out, for people who go on working in Excel or WPS. 电子表."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

Cell = str | int | Decimal | date | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
BOM = "\N{BYTE ORDER MARK}"
PRINTED = 255
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# A text is never read as a formula or a link; rows are written as they come, in constant memory.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True, "in_memory": False}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading and its width in characters."""

    heading: str
    width: int = 14


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: lines above the headings, the columns, the rows, and a last row that stands out."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    head: Sequence[str] = ()
    total: Sequence[Cell] = ()


def xlsx(*tables: Table, mark: str = "", below: bool = True) -> bytes:
    """The tables as one workbook. Amounts are numbers with two places, days are days, all else is text.

    `mark` says whose copy it is: above the headings, on the printed page, and where `below` says so under the rows.
    """
    out = BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        styles: dict[Any, Any] = {
            "head": book.add_format({"bold": True}),
            "heading": book.add_format({"bold": True, "bottom": 1}),
            Decimal: book.add_format({"num_format": "#,##0.00"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for table in tables:
            sheet = book.add_worksheet(table.name)
            print_mark(sheet, mark)
            _write(sheet, replace(table, head=[*table.head, mark]) if mark else table, styles, mark if below else "")
    return out.getvalue()


def print_mark(sheet: Any, mark: str) -> None:
    """The mark at the head of each printed page of a sheet; Excel takes 255 characters."""
    if mark:
        sheet.set_header(f"&R&8{mark.replace('&', '&&')}"[:PRINTED])


def _write(sheet: Any, table: Table, styles: dict[Any, Any], last: str) -> None:
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
    for line, text in enumerate(table.head):
        sheet.write_string(line, 0, text, styles["head"])
    top = len(table.head)
    for place, column in enumerate(table.columns):
        sheet.write_string(top, place, column.heading, styles["heading"])
    sheet.freeze_panes(top + 1, 0)
    line = top
    for line, row in enumerate(table.rows, start=top + 1):
        _row(sheet, line, row, styles)
    _row(sheet, line + 1, table.total, styles)
    if last:
        sheet.write_string(line + 2 + bool(table.total), 0, last)


def _row(sheet: Any, line: int, row: Sequence[Cell], styles: dict[Any, Any]) -> None:
    for place, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(line, place, cell)
        elif isinstance(cell, Decimal):
            sheet.write_number(line, place, cell, styles[Decimal])
        elif isinstance(cell, date):
            sheet.write_datetime(line, place, cell, styles[date])
        elif cell is not None:
            sheet.write_number(line, place, cell)


def counted(
    rows: Sequence[Sequence[Cell]], progress: Callable[[int, int], None], *, every: int = 1_000
) -> Iterator[Sequence[Cell]]:
    """The rows, saying how far they have come: `progress(done, total)` now and then; what it raises stops them."""
    progress(0, len(rows))
    for done, row in enumerate(rows, start=1):
        yield row
        if done % every == 0:
            progress(done, len(rows))
    progress(len(rows), len(rows))


def csv_bytes(table: Table) -> bytes:
    """The headings and rows as CSV in UTF-8 with a mark, as Excel wants it; what looks like a formula is text."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([column.heading for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain(cell) for cell in row])
    return f"{BOM}{out.getvalue()}".encode()


def _plain(cell: Cell) -> str:
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else str(cell)
