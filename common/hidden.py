"""隐藏的行: which rows of a workbook nobody sees, by hand or by a filter; told, so that nobody is taken unseen."""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from common.hidden_old import hidden_rows_of_xls
from common.workbook_parts import attribute, sheets_of, tags_of
from common.workbooks import OLE, ZIP

ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*>")
HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
# Of an ods file: a sheet or a row of it, the row's times and whether it is seen.
ODS_TAG = re.compile(rb"<(?:\w+:)?(table|table-row)\s[^<>]*>|<(?:\w+:)?(table-row)/?>")
REPEATED = re.compile(rb"""number-rows-repeated\s*=\s*["']([0-9]{1,9})""")
UNSEEN = re.compile(rb"""\s(?:\w+:)?visibility\s*=\s*["'](?:collapse|filter)["']""")
LAST_ROW = 100_000  # nobody stands below; LibreOffice repeats empty rows to the end of the sheet


def hidden_rows(data: bytes) -> dict[str, list[int]]:
    """By sheet the numbers of its hidden rows, of a workbook that was found harmless before; {} for other files."""
    if data.startswith(OLE):
        return hidden_rows_of_xls(data)
    if not data.startswith(ZIP):
        return {}
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = set(archive.namelist())
            if "xl/workbook.xml" in parts:
                found = {name: list(_hidden(archive, part)) for name, part in sheets_of(archive) if part in parts}
            else:
                found = _hidden_in_ods(archive) if "content.xml" in parts else {}
    except (BadZipFile, zlib.error, KeyError, ValueError, EOFError):
        return {}
    return {name: rows for name, rows in found.items() if rows}


def _hidden_in_ods(archive: ZipFile) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    name, row = "", 0
    for tag in tags_of(archive, "content.xml", ODS_TAG):
        if tag[1] == b"table":
            name, row = attribute(tag[0], rb"(?:\w+:)?name"), 0
            continue
        times = int(match[1]) if (match := REPEATED.search(tag[0])) else 1
        if UNSEEN.search(tag[0]):
            found.setdefault(name, []).extend(range(row + 1, min(row + times, LAST_ROW) + 1))
        row += times
    return found


def _hidden(archive: ZipFile, part: str) -> Iterator[int]:
    for row in tags_of(archive, part, ROW):
        if HIDDEN.search(row[0]) and (number := attribute(row[0], b"r")).isdigit():
            yield int(number)
