"""区划的读取: lines or a sheet of codes and names into divisions; what is wrong is told by the number of its line."""

import re
from collections.abc import Iterable

from common.decision import Reason, Refusal
from common.sheets import Cell, read_sheets
from common.typed import visible
from offices.founding import Place

CODE = re.compile(r"^[0-9]{2,}$")
MEANT_AS_CODE = re.compile(r"^[0-9][0-9A-Za-z.+]{3,}$")  # the letter O for a nought, 3.2E+11: no heading
LENGTHS = (2, 4, 6, 9, 12)
LONGEST = 60


def places_of_text(text: str) -> list[Place]:
    """Divisions from pasted lines: a code, then a name, with spaces, commas or tabs between."""
    return _places([re.split(r"[\s,，;；]+", line.strip()) for line in text.splitlines()])


def places_of_file(data: bytes) -> list[Place]:
    """Divisions from the first sheet of a workbook or a CSV: one column has the codes, the next text the names."""
    sheets = read_sheets(data)
    return _places([[_text(cell) for cell in row] for row in sheets[0].rows] if sheets else [])


def _text(cell: Cell) -> str:
    return str(cell).strip()


def _places(rows: Iterable[list[str]]) -> list[Place]:
    found: dict[str, Place] = {}
    wrong = []
    for number, cells in enumerate(rows, start=1):
        typed = [visible(cell) for cell in cells]  # names keep their full-width brackets
        at = next((place for place, cell in enumerate(typed) if CODE.match(cell)), None)
        if at is None:
            if meant := next((cell for cell in typed if MEANT_AS_CODE.match(cell)), ""):
                wrong.append(f"第{number}行的代码 {meant[:20]} 里有不是数字的字")
            elif any(cells) and found:
                wrong.append(f"第{number}行没有区划代码")
            continue
        code, name = typed[at], next((cell for cell in cells[at + 1 :] if cell and not CODE.match(cell)), "")
        place = Place(code.ljust(12, "0"), name)
        if fault := _fault(code, name):
            wrong.append(f"第{number}行{fault}")
        elif found.setdefault(place.code, place) != place:
            wrong.append(f"第{number}行的代码 {code} 前面已经有了，名称不同")
    if wrong:
        more = f"，等 {len(wrong)} 处" if len(wrong) > 5 else ""
        raise Refusal(Reason("divisions", f"{'；'.join(wrong[:5])}{more}。没有保存，请改正后再提交。"))
    if not found:
        raise Refusal(Reason("divisions", "没有读到区划。每行一个代码和名称，例如：320705001001 东村。"))
    return list(found.values())


def _fault(code: str, name: str) -> str:
    """What is wrong with a line, to be said behind its number."""
    if len(code) not in LENGTHS:
        return f"的代码 {code} 有 {len(code)} 位，应为 2、4、6、9 或 12 位"
    if code.startswith("0"):
        return f"的代码 {code} 以 0 开头，不是区划代码"
    return "" if name and len(name) <= LONGEST else f" {code} 没有名称，或名称超过 {LONGEST} 字"
