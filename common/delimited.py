"""分隔文本: CSV and its cousins as banks and offices write them: UTF-8, GB18030 or UTF-16; comma, tab or semicolon."""

import csv
from collections import Counter
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, NoReturn

from common.decision import Reason, Refusal

if TYPE_CHECKING:
    from common.sheets import Limits

SAMPLE = 100
DELIMITERS = "\t;,"  # where two fit equally well, the rarer inside a text wins
ENCODINGS = ("utf-8", "gb18030")


def read_delimited(data: bytes, limits: "Limits") -> tuple[tuple[str, ...], ...]:
    """The rows of the text, each cell without the marks by which an exporter keeps Excel from guessing."""
    text = _decoded(data)
    rows: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(StringIO(text), delimiter=_delimiter(text)):
            if len(row) > limits.columns:
                _refuse("FILE_COLUMNS", f"第{len(rows) + 1}行超过{limits.columns}列，没有读取。请核对是否选错了文件。")
            if any(len(cell) > limits.length for cell in row):
                _refuse("FILE_LONG", _long(len(rows) + 1))
            rows.append(tuple(_cell(cell) for cell in row))
            if len(rows) > limits.rows:
                _refuse("FILE_ROWS", f"文件超过{limits.rows}行，没有读取。请分成几份上传。")
    except csv.Error as error:
        raise Refusal(Reason("FILE_LONG", _long(len(rows) + 1))) from error
    while rows and not any(rows[-1]):
        rows.pop()
    return tuple(rows)


def _long(row: int) -> str:
    return f"第{row}行有一格过长，常见的原因是少了半个引号。请用 Excel 或 WPS 打开，另存后再上传。"


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        data = data.removeprefix(b"\xef\xbb\xbf")
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(character < " " and character not in "\t\n\r\f\x1a" for character in text):
            break
        return text.replace("\x1a", "").replace("\f", "").replace("\r\n", "\n").replace("\r", "\n")
    sentence = "这不是表格，也不是文本文件，没有读取。请用 Excel 或 WPS 打开，另存为 xlsx 或 CSV 后再上传。"
    raise Refusal(Reason("FILE_KIND", sentence))


def _delimiter(text: str) -> str:
    """The one that cuts the most rows of a sample into the same number of cells, more than one."""

    def fits(delimiter: str) -> int:
        try:
            rows = csv.reader(islice(StringIO(text), SAMPLE), delimiter=delimiter)
            widths = Counter(len(row) for row in rows if len(row) > 1)
        except csv.Error:
            return 0
        return max(widths.values(), default=0)

    return max(DELIMITERS, key=fits)


def _cell(cell: str) -> str:
    """Without blanks, and without ="…" and the leading apostrophe that keep a number a text."""
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        cell = cell[2:-1]
    return cell.removeprefix("'").strip()


def _refuse(code: str, sentence: str) -> NoReturn:
    raise Refusal(Reason(code, sentence))
