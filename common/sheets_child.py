"""表格文件的读取，子进程: a workbook on standard input, JSON on standard output, little memory and little time.

A program of its own, run by `common.sheets` as `python -I`: a workbook may make the parser ask for all the memory there
is, which ends the process. Exit codes: 11 unreadable, 12 sheets, 13 rows, 14 columns, 15 length; else it was killed.
"""

import json
import os
import re
import resource
import sys
from datetime import date, datetime
from io import BytesIO
from posixpath import join, normpath
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError, fromstring
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile

UNREADABLE, SHEETS, ROWS, COLUMNS, LENGTH = range(11, 16)


class _TooMuch(Exception):
    """More than a limit allows; `code` says which."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Bounds(NamedTuple):
    """What a workbook may hold, as in `common.sheets.Limits`."""

    sheets: int
    rows: int
    columns: int
    length: int
    characters: int


def main(memory: int, seconds: int, bounds: Bounds) -> int:
    """Read, write and answer with the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from python_calamine import SheetVisibleEnum, load_workbook

    data = sys.stdin.buffer.read()
    try:
        found = _read(load_workbook(BytesIO(data)), SheetVisibleEnum.Visible, bounds)
        _put_back(found, data, bounds)
        text = json.dumps(found, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    except _TooMuch as problem:
        return problem.code
    except MemoryError:
        raise
    except BaseException:  # a panic of the parser is no Exception
        return UNREADABLE
    sys.stdout.write(text)
    sys.stdout.flush()
    return 0


def _read(workbook: Any, visible: Any, bounds: Bounds) -> list[dict[str, Any]]:
    if len(workbook.sheet_names) > bounds.sheets:
        raise _TooMuch(SHEETS)
    found: list[dict[str, Any]] = []
    room = bounds.characters
    for number, name in enumerate(workbook.sheet_names):
        sheet = workbook.get_sheet_by_index(number)
        if sheet.total_height > bounds.rows:
            raise _TooMuch(ROWS)
        if sheet.total_width > bounds.columns:
            raise _TooMuch(COLUMNS)
        table = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        for row in table:
            lengths = [len(cell) for cell in row if isinstance(cell, str)]
            room -= sum(lengths) + len(row)
            if room < 0 or max(lengths, default=0) > bounds.length:
                raise _TooMuch(LENGTH)
        while table and not any(cell != "" for cell in table[-1]):
            table.pop()
        hidden = workbook.sheets_metadata[number].visible != visible
        found.append({"name": name[:100], "rows": table, "hidden": hidden})
    return found


class _Valueless:
    """The cells of an xlsx sheet that the parser leaves empty: a formula without its result (=), an error (#N/A)."""

    def __init__(self, content: bytes) -> None:
        self.found: dict[str, str] = {}
        self.place = self.kind = self.value = ""
        self.is_formula = self.is_inside = False
        parser = ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._open, self._close
        parser.CharacterDataHandler = self._text
        parser.Parse(content, True)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self.place, self.kind = attributes.get("r", ""), attributes.get("t", "")
                self.value, self.is_formula = "", False
            case "f":
                self.is_formula = True
            case "v":
                self.is_inside = True

    def _text(self, text: str) -> None:
        if self.is_inside:
            self.value += text

    def _close(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v":
                self.is_inside = False
            case "c" if self.kind == "e":
                self.found[self.place] = self.value if self.value.startswith("#") else "#N/A"
            case "c" if self.is_formula and not self.value and self.kind != "str":  # str: its result is no text
                self.found[self.place] = "="


def _put_back(found: list[dict[str, Any]], data: bytes, bounds: Bounds) -> None:
    """Formulas without a result and errors into the empty cells of an xlsx; where its parts are unusual, nothing."""
    tables = {sheet["name"]: sheet["rows"] for sheet in found}
    try:
        with ZipFile(BytesIO(data)) as archive:
            for name, part in _parts(archive):
                content = archive.read(part) if name in tables else b""
                if re.search(rb"<(?:\w+:)?f[\s/>]|t\s*=\s*[\"']e[\"']", content):
                    _put(tables[name], _Valueless(content).found, bounds)
    except (BadZipFile, ExpatError, ParseError, KeyError, ValueError):
        return


def _parts(archive: ZipFile) -> list[tuple[str, str]]:
    """Each sheet's name and part."""
    if "xl/workbook.xml" not in archive.namelist():
        return []
    relations, workbook = (_tree(archive.read(f"xl/{each}")) for each in ("_rels/workbook.xml.rels", "workbook.xml"))
    targets = {each.get("Id", ""): each.get("Target", "") for each in relations}
    found = []
    for each in workbook.iter():
        if each.tag.rpartition("}")[2] == "sheet":
            key = next((value for name, value in each.items() if name.endswith("}id")), "")
            target = targets.get(key, "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            found.append((each.get("name", "")[:100], path))
    return found


def _tree(content: bytes) -> Any:
    return fromstring(content)  # noqa: S314 - `common.workbooks` lets no document type in, and memory is bounded here


def _put(table: list[list[Any]], cells: dict[str, str], bounds: Bounds) -> None:
    width = max(map(len, table), default=0)
    for place, text in cells.items():
        match = re.fullmatch("([A-Z]{1,3})([0-9]{1,7})", place)
        if match is None or not 0 < int(match[2]) <= bounds.rows:
            continue
        x, y = _column(match[1]), int(match[2]) - 1
        while len(table) <= y:
            table.append([""] * width)
        if x < len(table[y]) and table[y][x] == "":
            table[y][x] = text[:20]


def _column(letters: str) -> int:
    """A is 0, Z 25, AA 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _cell(value: Any) -> Any:
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return str(value)  # a time of day, or a span


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    os._exit(main(given[0], given[1], Bounds(*given[2:])))
