"""分隔文本: CSV and its cousins as banks and offices write them: UTF-8, GB18030 or UTF-16; comma, tab, semicolon, bar.

A broken byte becomes U+FFFD in its cell, and whoever reads the cell refuses it.
"""

import csv
import re
from collections import Counter
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, NoReturn

from common.decision import Reason, Refusal

if TYPE_CHECKING:
    from common.sheets import Limits

SAMPLE = 100
DELIMITERS = "\t|;,，"  # where two fit equally well, the rarer inside a text wins
ENCODINGS = ("utf-8", "gb18030")
SEEN, ZEROS = 4_000, 18  # bytes that are looked at, and zeros among them: an ID number has as many
LOST = "\N{REPLACEMENT CHARACTER}"
BROKEN, ONE_IN = 20, 20  # characters that may be lost in a text, and of how many one
LONG_NUMBER = re.compile(r"[0-9]{14,}")
GAP = re.compile(r"\S[ \u3000]+\S")


def read_delimited(data: bytes, limits: "Limits") -> tuple[tuple[str, ...], ...]:
    """The rows of the text, each cell without the marks by which an exporter keeps Excel from guessing."""
    text = _decoded(data)
    _refuse_blanks(text)
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
    elif b"\0" in data:
        encodings = _wide(data)
    else:
        data = data.removeprefix(b"\xef\xbb\xbf")
        encodings = ENCODINGS
    for encoding in encodings:
        text = _whole(data, encoding) or _mended(data, encoding)
        if text:
            return text.replace("\x1a", "").replace("\f", "").replace("\r\n", "\n").replace("\r", "\n")
    sentence = "这不是表格，也不是文本文件，没有读取。请用 Excel 或 WPS 打开，另存为 xlsx 或 CSV 后再上传。"
    raise Refusal(Reason("FILE_KIND", sentence))


def _wide(data: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark: the zeros beside its digits and commas all stand on one side, and are many."""
    zeros = [place % 2 for place, byte in enumerate(data[:SEEN]) if not byte]
    if len(zeros) < ZEROS or len(set(zeros)) > 1 or len(data) % 2:
        return ()
    return ("utf-16-le" if zeros[0] else "utf-16-be",)


def _whole(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return text if _is_text(text) else ""


def _mended(data: bytes, encoding: str) -> str:
    """A text of which a few characters were lost on the way; in a wrong encoding nearly all would be."""
    if encoding not in ENCODINGS:
        return ""
    parts: list[str] = []
    while len(parts) <= BROKEN:
        try:
            text = LOST.join([*parts, data.decode(encoding)])
        except UnicodeDecodeError as error:
            parts.append(data[: error.start].decode(encoding))
            data = data[error.end :]
        else:
            others = sum(character > "\x7f" for character in text)
            return text if len(parts) * ONE_IN <= others and _is_text(text) else ""
    return ""


def _is_text(text: str) -> bool:
    return not any(character < " " and character not in "\t\n\r\f\x1a" for character in text)


def _refuse_blanks(text: str) -> None:
    """Columns that only blanks part: an empty cell, or a blank within a name, would shift what stands behind it."""
    lines = [line.strip() for line in text.split("\n", SAMPLE)[:SAMPLE] if LONG_NUMBER.search(line)]
    if lines and not any(sign in line for line in lines for sign in DELIMITERS) and any(map(GAP.search, lines)):
        sentence = "各列只用空格隔开，空着的格和姓名里的空格分不清，没有读取。"
        _refuse("FILE_BLANKS", sentence + "请在 Excel 或 WPS 里用“分列”分开，逐行核对，另存为 xlsx 后再上传。")


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
