"""表格文件的读取，子进程: a workbook on standard input, JSON on standard output, little memory and little time.

A program of its own, run by `common.sheets` as `python -I`: a workbook may make the parser ask for all the memory there
is, which ends the process. Exit codes: 11 unreadable, 12 sheets, 13 rows, 14 columns, 15 length; else it was killed.
"""

import json
import os
import resource
import sys
from datetime import date, datetime
from io import BytesIO
from typing import Any, NamedTuple

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
