"""A usual workbook read as arrays: what comes back is what the careful way gives, and the unusual is left to it."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from random import Random
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter

from common.decision import Refusal
from common.regular import read_regular
from common.sheets import LIMITS, _workbook
from common.workbooks import look_at_zip
from tests.common.workbooks_made import packed, parts, sheet_xml, xlsx

ROWS = [
    ["姓名", "身份证号", "金额"],
    ["王  秀", "530127196001019915", 150],
    ["", "A&B <c>", 420.1 + 0.2],
    [],
    [" 前后 ", "'0012", -1.5e-7],
    ["𠮷", "x" * 300, 123456789012345678],
]
SHEET = "xl/worksheets/sheet1.xml"


def careful(data):
    """As the child reads it."""
    look_at_zip(data, LIMITS)
    return [(each.name, each.rows, each.hidden) for each in _workbook(data, LIMITS)]


def row(cells: str) -> bytes:
    """A workbook of one row."""
    return packed(parts(sheet_xml(f'<row r="1">{cells}</row>')))


def by_openpyxl() -> bytes:
    data, book = BytesIO(), openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.create_sheet("隐藏").sheet_state = "hidden"
    book["隐藏"].append(["甲", 1])
    book.save(data)
    return data.getvalue()


def formatted() -> bytes:
    """Columns as text, amounts with two places, a frame around nothing, merged cells."""
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        sheet.merge_range(0, 0, 0, 2, "东村花名册")
        sheet.set_column(1, 1, 20, book.add_format({"num_format": "@"}))
        money, frame = book.add_format({"num_format": "#,##0.00"}), book.add_format({"border": 1})
        for y, row in enumerate(ROWS, 1):
            for x, cell in enumerate(row):
                sheet.write(y, x, cell, money if x == 2 else None)
            sheet.write_blank(y, 5, None, frame)
        sheet.write_blank(200, 30, None, frame)
    return data.getvalue()


USUAL = [
    pytest.param(xlsx(*ROWS), id="xlsxwriter"),
    pytest.param(xlsx(*ROWS, sheets=3), id="三张表"),
    pytest.param(formatted(), id="有格式"),
    pytest.param(packed(parts(sheet_xml(""))), id="空表"),
]


@pytest.mark.parametrize("data", USUAL)
def test_a_usual_workbook_is_read_as_the_careful_way_reads_it(data):
    found = read_regular(data, LIMITS)

    assert found is not None
    assert found == careful(data)


def test_values_of_every_length_and_kind_are_read():
    values = ["0", "7", "1234567", "12345678", "0012", "-1", "1.5", "1E3", "99999999999999999999"]
    cells = "".join(f'<c r="{"ABCDEFGHI"[place]}1"><v>{each}</v></c>' for place, each in enumerate(values))
    data = row(cells + '<c r="AB1" s="0" t="n"><v>5</v></c><c r="AC1"></c><c r="AD1"/>')

    found = read_regular(data, LIMITS)

    assert found == careful(data)
    assert found[0][1][0][:3] == (0, 7, 1234567)


def test_numbers_have_the_digits_that_excel_keeps():
    ((_, rows, _),) = read_regular(xlsx(*ROWS), LIMITS)

    assert rows[2][2] == Decimal("420.3")
    assert rows[5][2] == Decimal("1.23456789012346E+17")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(xlsx([date(2016, 11, 1)]), id="日期"),
        pytest.param(by_openpyxl(), id="openpyxl把文字写在格内"),
        pytest.param(row('<c r="A1" t="inlineStr"><is><t>甲</t></is></c>'), id="格内文字"),
        pytest.param(row('<c r="A1"><f>1+1</f><v>2</v></c>'), id="公式"),
        pytest.param(row('<c r="A1" t="b"><v>1</v></c>'), id="是否"),
        pytest.param(row('<c s="0" r="A1"><v>1</v></c>'), id="属性次序"),
        pytest.param(row('<c r="B1"><v>1</v></c><c r="A1"><v>2</v></c>'), id="倒"),
        pytest.param(row('<c r="A1"><v>1</v></c><!-- -->'), id="注释"),
        pytest.param(row('<c r="A1" t="s"><v>7</v></c>'), id="没有的文字"),
        pytest.param(row('<c r="A1" t="s"><v></v></c>'), id="不说哪个文字"),
        pytest.param(row('<c r="A"><v>1</v></c>'), id="没有行号"),
        pytest.param(row('<c r="A1"><v>1</v></c>甲<c r="B1"><v>1</v></c>'), id="格间有字"),
        pytest.param(row('<c r="A1"><v>1</v></c></row><c r="A2"><v>1</v></c><row>'), id="格在行外"),
        pytest.param(row('<c r="A1"><v>1</v></c><row></row>'), id="行中有行"),
        pytest.param(packed(parts(sheet_xml('<row r="70000"><c r="A70000"><v>1</v></c></row>'))), id="太远"),
        pytest.param(packed(parts(sheet_xml('<row r="1"><c r="A1"><v>1</v></c>'))), id="没有完"),
        pytest.param(b"PK\x03\x04", id="不是压缩包"),
    ],
)
def test_the_unusual_is_left_to_the_careful_way(data):
    assert read_regular(data, LIMITS) is None


def damaged(data: bytes, random: Random) -> bytes:
    """The workbook with a few bytes of a sheet or of its texts changed, doubled or left out."""
    with ZipFile(BytesIO(data)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice([SHEET, SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"])
    part = bytearray(found.get(name) or found[SHEET])
    tags = [match.start() for match in re.finditer(rb'[<>"/]|[0-9]+|[A-Z]', bytes(part))]
    for _ in range(random.randint(1, 3)):
        place = random.choice(tags) if random.random() < 0.8 else random.randrange(len(part))
        match random.randrange(3):
            case 0:
                part[place : place + 1] = random.choice(
                    [b"0", b"9", b"A", b"<", b">", b'"', b"/", b" ", b"s", b"v", b"&"]
                )
            case 1:
                part[place:place] = part[place : place + random.randint(1, 30)]
            case _:
                del part[place : place + random.randint(1, 8)]
    found[name] = bytes(part)
    return packed(found)


def agree(seed: int) -> bool:
    """Whether a damaged workbook was read at once; then the careful way must read the same, or nothing at all."""
    random = Random(seed)
    data = damaged(random.choice(USUAL[:3]).values[0], random)
    try:
        found, other = read_regular(data, LIMITS), careful(data)
    except Refusal:
        return False
    assert found is None or found == other, seed
    return found is not None


def test_whatever_is_read_at_once_the_careful_way_reads_alike():
    assert any(agree(seed) for seed in range(120))
