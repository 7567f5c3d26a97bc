"""工作簿的版面: which cells of an xlsx are merged and how wide its columns are, to send it back alike. Pure."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from common.workbook_parts import attribute, sheets_of, tags_of
from common.workbooks import ZIP, column_of

TAG = re.compile(rb"<(?:\w+:)?(?:mergeCell|col)\s[^<>]*>")
RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
MOST = 60_000  # merged ranges and columns that are kept; nobody merges more
WIDEST = 255.0
Merged = tuple[int, int, int, int]


@dataclass(slots=True)
class Layout:
    """Of one sheet: merged ranges (first row and column, last row and column, from 0) and widths by column."""

    merged: list[Merged] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)


def layout_of(data: bytes) -> dict[str, Layout]:
    """By sheet, of a workbook that was found harmless before; {} for other files than xlsx."""
    if not data.startswith(ZIP):
        return {}
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = set(archive.namelist())
            if "xl/workbook.xml" not in parts:
                return {}
            return {name: _layout(archive, part) for name, part in sheets_of(archive) if part in parts}
    except (BadZipFile, zlib.error, KeyError, ValueError, EOFError):
        return {}


def _layout(archive: ZipFile, part: str) -> Layout:
    found = Layout()
    for tag in tags_of(archive, part, TAG):
        if len(found.merged) + len(found.widths) > MOST:
            break
        if reference := attribute(tag[0], b"ref"):
            found.merged += _merged(reference)
        else:
            found.widths |= dict(_widths(tag[0]))
    return found


def _merged(reference: str) -> Iterator[Merged]:
    if match := RANGE.fullmatch(reference):
        yield int(match[2]) - 1, column_of(match[1]) - 1, int(match[4]) - 1, column_of(match[3]) - 1


def _widths(tag: bytes) -> Iterator[tuple[int, float]]:
    width, first, last = (attribute(tag, name) for name in (b"width", b"min", b"max"))
    if width and attribute(tag, b"hidden") not in {"1", "true"}:
        for column in range(int(first) - 1, min(int(last), int(first) + MOST // 100)):
            yield column, min(float(width), WIDEST)
