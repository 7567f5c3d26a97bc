"""表格文件的读取: the bytes of a CSV, xlsx, xls or ods in, sheets of rows of cells out, or a refusal within seconds.

Whoever sends a file may mean harm, or have a stray cell in the last column: its shape is looked at before a parser
sees it (`common.workbooks`), and the parser works in a process of its own (`common.sheets_child`) with little memory.
What a file is shows in its bytes; its name says nothing.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from common.decision import Reason, Refusal
from common.delimited import read_delimited
from common.regular import read_regular
from common.workbooks import OLE, ZIP, look_at_ole, look_at_zip

Cell = str | Decimal | bool | date | datetime
CHILD = Path(__file__).with_name("sheets_child.py")
SAVE_AS = "请用 Excel 或 WPS 打开，另存为 xlsx 或 CSV 后再上传。"
# What people send instead: how it begins, what it is, what to do.
OTHERS = (
    (b"%PDF", "这是PDF文件，不是表格。请要 Excel 或 CSV 格式的。"),
    (b"\x89PNG", "这是图片，不是表格。请要 Excel 或 CSV 格式的。"),
    (b"\xff\xd8\xff", "这是照片，不是表格。请要 Excel 或 CSV 格式的。"),
    (b"Rar!", f"这是压缩包，不是表格。请先解压，再上传里面的表格。{SAVE_AS}"),
    (b"7z\xbc\xaf", f"这是压缩包，不是表格。请先解压，再上传里面的表格。{SAVE_AS}"),
    (b"\x1f\x8b", f"这是压缩包，不是表格。请先解压，再上传里面的表格。{SAVE_AS}"),
    (b"MZ", "这是程序，不是表格，没有读取。请核对是否选错了文件。"),
)
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta", b"<style", b"mime-version:")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold; a year of statements and the roster of a street both fit many times."""

    size: int = 10_000_000  # bytes
    unpacked: int = 150_000_000  # bytes of a workbook's parts together
    sheets: int = 50
    rows: int = 60_000
    columns: int = 120
    length: int = 5_000  # characters in a cell
    characters: int = 15_000_000  # in all cells together
    memory: int = 1_000_000_000  # bytes, of the child
    seconds: int = 20


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; row 3 of the file is `rows[2]`, column C its third cell. An empty cell is "".

    Numbers come as Decimal with the 15 digits that Excel itself keeps: an ID number stored as a number has lost its
    end, and can be told by its type.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    hidden: bool = False


def read_sheets(data: bytes, *, limits: Limits = LIMITS) -> tuple[Sheet, ...]:
    """Every sheet that holds something, or a Refusal that says what is wrong with the file and what to do."""
    if not data.strip():
        refuse("FILE_EMPTY", "这是空文件，里面什么也没有。请核对是否选错了文件。")
    if len(data) > limits.size:
        size = limits.size // 1_000_000
        refuse("FILE_BIG", f"文件超过{size}MB，没有读取。请分成几份，或删去多余的列和图片后再上传。")
    for start, sentence in OTHERS:
        if data.startswith(start):
            refuse("FILE_KIND", sentence)
    if data.startswith(ZIP):
        usual = read_regular(data, limits)
        if usual is not None:
            return _kept(Sheet(*each) for each in usual)
        look_at_zip(data, limits)
        return _kept(_workbook(data, limits))
    if data.startswith(OLE):
        look_at_ole(data)
        return _kept(_workbook(data, limits))
    if data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(MARKUP):
        refuse("FILE_KIND", f"这个文件名为表格，其实是网页。{SAVE_AS}")
    return _kept((Sheet("", read_delimited(data, limits)),))


def refuse(code: str, sentence: str) -> NoReturn:
    """Say no to a file."""
    raise Refusal(Reason(code, sentence))


def _kept(sheets: Iterable[Sheet]) -> tuple[Sheet, ...]:
    kept = tuple(sheet for sheet in sheets if sheet.rows)
    if not kept:
        refuse("FILE_EMPTY", "表格里什么也没有。请核对是否选错了文件，或打开后重新保存。")
    return kept


def _workbook(data: bytes, limits: Limits) -> Iterable[Sheet]:
    """Let the child read; whatever it dies of becomes a sentence."""
    bounds = [limits.sheets, limits.rows, limits.columns, limits.length, limits.characters]
    command = [sys.executable, "-I", str(CHILD), str(limits.memory), str(limits.seconds), *map(str, bounds)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False, env={}, timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        refuse("FILE_SLOW", f"读了{limits.seconds}秒还没有读完，已停止。请删去多余的工作表、列和格式后再上传。")
    if done.returncode:
        refuse(*_cause(done.returncode, limits))
    return [
        Sheet(sheet["name"], tuple(tuple(_cell(cell) for cell in row) for row in sheet["rows"]), sheet["hidden"])
        for sheet in json.loads(done.stdout, parse_float=_number, parse_int=_number)
    ]


def _cause(code: int, limits: Limits) -> tuple[str, str]:
    """What to say for the exit codes of the child (see there); a negative one is a signal, mostly lack of memory."""
    told = {
        11: ("FILE_UNREADABLE", f"这个表格读不出来：文件不完整，或加了密码。{SAVE_AS}"),
        12: ("FILE_SHEETS", f"工作表超过{limits.sheets}张，没有读取。请只留要用的一张。"),
        13: ("FILE_ROWS", f"表格超过{limits.rows}行，没有读取。请分成几份，或删去末尾多余的行。"),
        14: ("FILE_COLUMNS", f"表格超过{limits.columns}列，没有读取。请删去右边多余的列。"),
        15: ("FILE_LONG", f"有一格超过{limits.length}个字，或全部内容过多，没有读取。请删去多余的内容。"),
    }
    huge = "表格展开后太大，没有读取。常见的原因是很远的行或列里还有内容；请把要用的部分复制到新表，另存后再上传。"
    return told.get(code, ("FILE_HUGE", huge))


def _number(text: str) -> Decimal:
    """The 15 digits that Excel keeps of a number: 420.30000000000001 is 420.3."""
    return Decimal(f"{float(text):.15g}")


def _cell(cell: Any) -> Cell:
    """A date comes as {"d": "2007-10-26"}, with a time as {"t": …}; the rest as it is."""
    if not isinstance(cell, dict):
        return cell  # type: ignore[no-any-return]
    return datetime.fromisoformat(cell["t"]) if "t" in cell else date.fromisoformat(cell["d"])
