"""表格文件的读取: what banks and offices send is read; what harms, or is something else, is refused in words."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from common.decision import Refusal
from common.sheets import CHILD, LIMITS, read_sheets
from common.workbooks import column_of, letters_of
from tests.common.workbooks_made import compound, packed, parts, sheet_xml, xls, xlsx

LINES = [["日期", "摘要", "金额"], ["2007-10-26", "缴款", "1,050.00"]]
TEXT = '日期,摘要,金额\r\n2007-10-26,缴款,"1,050.00"\r\n\r\n'
CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


def rows(data: bytes, **limits: int) -> list[list[object]]:
    """The rows of the only sheet."""
    (sheet,) = read_sheets(data, limits=replace(LIMITS, **limits))
    return [list(row) for row in sheet.rows]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode(), id="UTF-8"),
        pytest.param(TEXT.encode("utf-8-sig"), id="UTF-8带BOM"),
        pytest.param(TEXT.encode("gb18030"), id="GB18030"),
        pytest.param(TEXT.replace("\r\n", "\n").encode("utf-16"), id="UTF-16"),
        pytest.param(TEXT.replace("\r\n", "\r").encode(), id="单CR换行"),
        pytest.param("日期;摘要;金额\n2007-10-26;缴款;1,050.00\n".encode("gb18030"), id="分号"),
        pytest.param("日期\t摘要\t金额\n2007-10-26\t缴款\t1,050.00\n".encode("gb18030"), id="制表符，名为xls"),
        pytest.param('日期,摘要,金额\n="2007-10-26",\'缴款,"\t1,050.00"\n'.encode(), id="防Excel改写的记号"),
        pytest.param(xlsx(*LINES), id="xlsx"),
        pytest.param(xls(*LINES), id="xls"),
    ],
)
def test_the_same_table_is_read_from_every_kind_of_file(data):
    assert rows(data) == LINES


def test_numbers_and_days_of_a_workbook_keep_their_type():
    data = xlsx([], [None, 420, 420.1 + 0.2, 320705196001010018, date(2007, 10, 26), "=1+1"])
    assert rows(data)[1] == [
        "",
        Decimal(420),
        Decimal("420.3"),
        Decimal("3.2070519600101E+17"),
        date(2007, 10, 26),
        "=1+1",
    ]
    assert rows(data)[0] == [""] * 6


def test_an_old_workbook_gives_its_numbers_too():
    assert rows(xls(["金额", 420.5])) == [["金额", Decimal("420.5")]]


def test_each_sheet_that_holds_something_comes_back():
    assert [sheet.name for sheet in read_sheets(xlsx(*LINES, sheets=2))] == ["Sheet1", "Sheet2"]


def test_cells_of_mere_format_far_away_do_not_count():
    data = packed(parts(sheet_xml(CELL + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')))
    assert rows(data) == [[Decimal(1)]]


def bomb() -> bytes:
    return packed(parts(sheet_xml(CELL), **{"xl/sharedStrings.xml": b"A" * 60_000_000}))


def amplified() -> bytes:
    """One long text named by a million cells: small in the file, far too much in memory."""
    text = f"<sst><si><t>{'长' * 4_000}</t></si></sst>"
    lines = (
        f'<row r="{y}">' + "".join(f'<c r="{x}{y}" t="s"><v>0</v></c>' for x in "ABCDEFGHIJ") + "</row>"
        for y in range(1, 50_001)
    )
    return packed(parts(sheet_xml("".join(lines)), **{"xl/sharedStrings.xml": text}))


def lying() -> bytes:
    """A part that claims one byte and unpacks to sixty million."""
    data = bytearray(bomb())
    claimed = (60_000_000).to_bytes(4, "little")
    while (place := data.find(claimed)) >= 0:
        data[place : place + 4] = (1).to_bytes(4, "little")
    return bytes(data)


def twice() -> bytes:
    """Two parts of one name: two readers may see two files."""
    data = packed(parts(sheet_xml(CELL), **{"xl/worksheets/sheet2.xml": sheet_xml(CELL)}))
    return data.replace(b"sheet2.xml", b"sheet1.xml")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "FILE_EMPTY", id="空文件"),
        pytest.param(b" \r\n\t", "FILE_EMPTY", id="只有空白"),
        pytest.param(b",,,\n,,,\n", "FILE_EMPTY", id="只有逗号"),
        pytest.param(xlsx(), "FILE_EMPTY", id="空工作簿"),
        pytest.param(b"%PDF-1.4 ...", "FILE_KIND", id="PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "FILE_KIND", id="图片"),
        pytest.param("<html><table>对账单</table>".encode("gb18030"), "FILE_KIND", id="名为xls的网页"),
        pytest.param(b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "FILE_KIND", id="名为xls的单个网页"),
        pytest.param(b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "FILE_KIND", id="XML表格2003"),
        pytest.param(bytes(range(256)) * 20, "FILE_KIND", id="任意字节"),
        pytest.param(b"a,b\n1,\x00\n", "FILE_KIND", id="含NUL"),
        pytest.param(packed({"word/document.xml": "x"}), "FILE_KIND", id="Word"),
        pytest.param(packed({"readme.txt": "x"}), "FILE_KIND", id="压缩包"),
        pytest.param(packed({"xl/workbook.bin": "x"}), "FILE_KIND", id="xlsb"),
        pytest.param(compound(b"x" * 4096, "WordDocument"), "FILE_KIND", id="旧Word"),
        pytest.param(compound(b"x" * 4096, "EncryptedPackage"), "FILE_PASSWORD", id="加密的xlsx"),
        pytest.param(compound(b"x" * 4096), "FILE_UNREADABLE", id="坏xls"),
        pytest.param(xls(*LINES)[:1500], "FILE_KIND", id="截断的xls"),
        pytest.param(xlsx(*LINES)[:-40], "FILE_UNREADABLE", id="截断的xlsx"),
        pytest.param(xlsx(*LINES).replace(b"PK\x03\x04", b"PK\x03\x05"), "FILE_UNREADABLE", id="损坏的xlsx"),
        pytest.param(packed(parts("<worksheet><sheetData><row")), "FILE_UNREADABLE", id="XML不完整"),
        pytest.param(twice(), "FILE_UNREADABLE", id="同名部件"),
        pytest.param(packed(parts(sheet_xml(CELL).encode("utf-16"))), "FILE_UNREADABLE", id="UTF-16的部件"),
        pytest.param(
            packed(parts('<!DOCTYPE a [<!ENTITY b "c">]>' + sheet_xml(CELL))), "FILE_UNREADABLE", id="实体定义"
        ),
        pytest.param(
            packed(parts(sheet_xml(CELL), **{f"xl/{n}": "" for n in range(2_001)})), "FILE_UNREADABLE", id="部件太多"
        ),
        pytest.param(bomb(), "FILE_HUGE", id="压缩炸弹"),
        pytest.param(lying(), "FILE_UNREADABLE", id="谎报大小的压缩炸弹"),
        pytest.param(amplified(), "FILE_HUGE", id="共享文本放大"),
        pytest.param(
            packed(parts(sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))),
            "FILE_ROWS",
            id="最远的一格",
        ),
        pytest.param(
            packed(parts(sheet_xml("<row r='1'><c s='1' r='XFD1'><v>1</v></c></row>"))), "FILE_COLUMNS", id="最右一列"
        ),
        pytest.param(
            packed(parts(sheet_xml('<row r="1"><c r="AAAAAA1"><v>1</v></c></row>'))), "FILE_COLUMNS", id="没有的列"
        ),
        pytest.param(xlsx(*[["1"]] * 10, sheets=51), "FILE_SHEETS", id="工作表太多"),
        pytest.param(xlsx(["长" * 5_001]), "FILE_LONG", id="一格太长"),
        pytest.param(xls(["a"] * 200), "FILE_COLUMNS", id="xls列太多"),
        pytest.param(("a,b\n" * 60_001).encode(), "FILE_ROWS", id="CSV行太多"),
        pytest.param((",".join("a" * 121) + "\n").encode(), "FILE_COLUMNS", id="CSV列太多"),
        pytest.param(b'a,b\n"1,2\n' + b"3,4\n" * 40_000, "FILE_LONG", id="少半个引号"),
        pytest.param(b"a" * 10_000_001, "FILE_BIG", id="太大"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_within_seconds(data, code):
    begun = time.monotonic()

    with pytest.raises(Refusal) as refused:
        read_sheets(data)

    assert refused.value.code == code
    assert str(refused.value).endswith("。")
    assert time.monotonic() - begun < 60


def test_a_cell_in_the_last_corner_ends_the_child_and_not_us():
    """What the first look refuses would ask the parser for half a terabyte."""
    data = packed(parts(sheet_xml(CELL + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')))
    given = [str(number) for number in (LIMITS.memory, 20, 50, 2_000_000, 20_000, 5_000, 40_000_000)]

    done = subprocess.run([sys.executable, "-I", str(CHILD), *given], input=data, capture_output=True, check=False)

    assert done.returncode not in (0, 1)
    assert done.stdout == b""


def test_reading_stops_when_the_time_is_over():
    with pytest.raises(Refusal, match="还没有读完"):
        rows(xls(*LINES), seconds=0)


def test_columns_are_counted_as_a_spreadsheet_letters_them():
    assert [column_of(letters) for letters in ("A", "Z", "AA", "XFD")] == [1, 26, 27, 16384]
    assert [letters_of(number) for number in (1, 26, 27, 16384)] == ["A", "Z", "AA", "XFD"]


@pytest.mark.parametrize("sign", ["|", "，", ";", "\t"])
def test_signs_that_part_columns_are_told_from_those_within_them(sign):
    lines = [
        ["姓名", "身份证号", "备注"],
        ["李大山", "530127196001019912", "一,二"],
        ["王秀", "530127196202039925", "三,四"],
    ]

    assert rows("\n".join(sign.join(line) for line in lines).encode("gb18030")) == lines


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zeros(encoding):
    text = "姓名,身份证号\r\n李大山,530127196001019912\r\n"

    assert rows(text.encode(encoding)) == [["姓名", "身份证号"], ["李大山", "530127196001019912"]]


MANY = "姓名,身份证号,备注\n" + "".join(f"李大山,530127196001{n:06},没有什么要说的\n" for n in range(30))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("byte", [b"\xff", b"?", b""], ids=["坏", "问号", "少"])
def test_a_broken_byte_is_lost_in_its_own_cell_and_nowhere_else(encoding, byte):
    data = MANY.encode(encoding)
    place = data.index("李大山,530127196001000007".encode(encoding)) + 1

    found = rows(data[:place] + byte + data[place + 1 :])

    right = [line.split(",") for line in MANY.splitlines()]
    assert [number for number, row in enumerate(found) if row != right[number]] == [8]
    assert found[8][1:] == right[8][1:]
    assert "\N{REPLACEMENT CHARACTER}" in found[8][0]


def test_a_text_of_which_much_is_lost_is_refused():
    data = bytes(byte if place % 9 else 0xFF for place, byte in enumerate(MANY.encode()))

    with pytest.raises(Refusal) as refused:
        rows(data)

    assert refused.value.code == "FILE_KIND"


@pytest.mark.parametrize("gap", [" ", "   ", "\u3000"], ids=["一格", "几格", "全角"])
def test_columns_that_only_blanks_part_are_refused_with_what_to_do(gap):
    lines = [["姓名", "身份证号", "关系"], ["李大山", "530127196001019912", "户主"], ["王", "秀", "530127196202039925"]]

    with pytest.raises(Refusal, match="用“分列”分开") as refused:
        rows("\n".join(gap.join(line) for line in lines).encode())

    assert refused.value.code == "FILE_BLANKS"
