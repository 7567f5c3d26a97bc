"""What was tried with files that a village hands in: numbers no spreadsheet writes, names, bombs. docs/attacks.md."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
import xlsxwriter

from common.decision import Refusal
from common.sheets import read_sheets
from payments.bank.file import read_statement
from rosters.marked import _name
from rosters.reading.listing import read_list
from rosters.reading.rows import read_roster
from tests.common.workbooks_made import packed, parts, sheet_xml

TODAY = date(2026, 11, 1)
HEADS = ("序号", "姓名", "身份证号", "与户主关系", "金额", "联系电话", "交易日期", "贷方金额", "死亡时间")
READERS: tuple[Callable[[bytes], object], ...] = (
    read_sheets,
    read_statement,
    lambda data: read_roster(data, today=TODAY),
    lambda data: read_list(data, today=TODAY),
)
ODD = (
    *("1e999", "-1e999", "NaN", "inf", "1e308", "1e-320", "9" * 400, "0x10", "-0", "1_000", "１２", " 1 ", "1e15"),
    *("-1", "1e5", "2958466", "0.0000001", "=1+1", "\u202e", "&#65535;"),
)


def written(cell: str, *, style: str = "") -> bytes:
    """A workbook with our headings and one row in which every cell is this number."""
    heads = "".join(f'<c r="{chr(65 + x)}1" t="inlineStr"><is><t>{head}</t></is></c>' for x, head in enumerate(HEADS))
    cells = "".join(f'<c r="{chr(65 + x)}2"{style}><v>{cell}</v></c>' for x in range(len(HEADS)))
    return packed(parts(sheet_xml(f'<row r="1">{heads}</row><row r="2">{cells}</row>')))


def answers(data: bytes) -> None:
    """Every reader reads it or refuses it in words, within three seconds."""
    for read in READERS:
        begun = time.monotonic()
        with suppress(Refusal):
            read(data)
        assert time.monotonic() - begun < 3 * 4  # four times, where eight others share the machine


@pytest.mark.parametrize("cell", ODD)
def test_a_number_that_no_spreadsheet_writes_is_read_or_refused(cell: str):
    answers(written(cell))


@pytest.mark.parametrize("style", [' t="d"', ' t="b"', ' t="s"', ' t="e"', ' s="99999"', ' t="x"'])
def test_a_cell_that_lies_about_its_kind_is_read_or_refused(style: str):
    answers(written("7", style=style))


@pytest.mark.parametrize(
    "data",
    [
        b'"' * 200_000,
        b"\x00" * 1000,
        ("姓名,身份证号\n" + "甲," * 5000).encode(),
        '姓名,身份证号\n=HYPERLINK("http://evil"),@SUM(1)\n'.encode("utf-16"),
        "姓名\t身份证号\r\r\r\n\x1b[31m甲\t1".encode("gb18030"),
        b"\xff\xfe" + b"\xd8\x00" * 100,
        ("姓名,身份证号\n" + "\n" * 70_000).encode(),
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\xff" * 5000,
    ],
    ids=range(9),
)
def test_what_is_hardly_a_table_is_read_or_refused(data: bytes):
    answers(data)


def test_an_entity_that_grows_is_refused():
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{lol}]>' + sheet_xml(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'
    ).removeprefix('<?xml version="1.0" encoding="UTF-8"?>')
    answers(packed(parts(sheet)))


def test_a_file_inside_a_file_is_no_bomb():
    inner = BytesIO()
    with ZipFile(inner, "w", 8) as archive:
        archive.writestr("x", b"0" * 50_000_000)
    answers(packed(parts(sheet_xml("<row/>")) | {f"xl/media/{n}.zip": inner.getvalue() for n in range(50)}))


@pytest.mark.parametrize(
    "name", ["'甲'", "''''", "x" * 30 + "'yy", "[]:*?/\\", "", "甲" * 200, "History", "=1+1", "'" + "x" * 40]
)
def test_every_name_of_a_sheet_can_be_written_again(name: str):
    used: set[str] = set()
    with xlsxwriter.Workbook(BytesIO()) as book:
        for _ in range(3):
            book.add_worksheet(_name(name, used))

    assert len(used) == 3


def test_a_line_of_blanks_behind_the_head_is_read_in_time():
    line = "户主：" + " " * 4_900 + "x"
    answers("\n".join(["姓名,身份证号", *[f'"{line}",' for _ in range(500)]]).encode())


def test_a_text_of_broken_bytes_is_refused_in_time():
    answers(b"\xff\x81," * 3_000_000)
