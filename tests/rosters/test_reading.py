"""Rosters as they come: every kind of file, every shape of head, and nothing taken that is no person."""

import random
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from common.decision import Refusal
from rosters.reading import cells
from rosters.reading.rows import RosterRead, read_roster
from tests.common.ods_made import ods
from tests.common.workbooks_made import xls, xlsx
from tests.rosters.made import HEADS, LI, LIU, WANG, csv_of, village_rows

TODAY = date(2016, 11, 1)


def read(data: bytes, **more: object) -> RosterRead:
    return read_roster(data, today=TODAY, **more)


def people(found: RosterRead) -> list[tuple]:
    return [(str(r.id_no), r.name, r.sex, r.amount, r.phone, r.household and r.household[-1]) for r in found.rows]


EXPECTED = [
    (LI, "李大山", "M", Decimal("150.00"), "13812348888", "001"),
    (WANG, "王秀", "F", Decimal("150.00"), "", "001"),
    (LIU, "刘利", "M", Decimal("150.00"), "", "002"),
]
FLAT = [[cell if cell != "" else "" for cell in row] or [""] for row in village_rows()]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(csv_of(FLAT), id="csv, UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + csv_of(FLAT), id="csv, UTF-8 with BOM"),
        pytest.param(csv_of(FLAT, "gb18030"), id="csv, GB18030"),
        pytest.param(xlsx(*FLAT), id="xlsx"),
        pytest.param(xls(*map(list, FLAT)), id="xls"),
        pytest.param(ods(*FLAT), id="ods"),
    ],
)
def test_a_village_roster_is_read_from_every_kind_of_file(data):
    found = read(data)

    assert people(found) == EXPECTED
    assert [row.number for row in found.rows] == [4, 5, 7]
    assert [row for _, row, _ in found.left_out] == [8, 9]
    assert {each.field: each.column for each in found.columns}["id_no"] == "F"


def test_a_head_of_two_rows_is_read_as_one():
    rows = [
        ["序号", "户主", "", "家庭成员情况", "", "", "缴费"],
        ["", "姓名", "户号", "姓名", "身份证号码", "与户主关系", "金额（元）"],
        [1, "李大山", "7", "李大山", LI, "户主", 150],
        ["", "", "", "王秀", WANG, "妻", 150],
    ]

    found = read(xlsx(*rows))

    assert [(r.name, r.head_name, r.household_no, r.relation, r.amount) for r in found.rows] == [
        ("李大山", "李大山", "7", "02", Decimal("150.00")),
        ("王秀", "李大山", "7", "12", Decimal("150.00")),
    ]


@pytest.mark.parametrize(
    "heads",
    [
        ["村社", "姓名", "身份证"],
        ["村(居)", "姓 名", "身份证号"],
        ["社区", "参保人姓名", "公民身份号码"],
        ["村\n（居）", "成员姓名", "证件号码（18位）"],
        ["村委会", "学生姓名", "学生身份证号码"],
    ],
)
def test_headings_have_many_names(heads):
    (row,) = read(csv_of([heads, ["东村", "李大山", LI]])).rows

    assert (row.village, row.name, str(row.id_no)) == ("东村", "李大山", LI)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param(5.30127196001019e17, "ID_EXCEL", id="a number of Excel's"),
        pytest.param("5.30127E+17", "ID_EXCEL", id="Excel's number as text"),
        pytest.param(LI[:17] + ("0" if LI[17] != "0" else "1"), "ID_CHECK_DIGIT", id="a slip"),
        pytest.param(LI[:15], "ID_LENGTH_15", id="fifteen digits"),
        pytest.param("", "ID_EMPTY", id="none"),
    ],
)
def test_a_number_that_cannot_be_taken_is_refused_and_never_guessed(written, code):
    (row,) = read(xlsx(["姓名", "身份证号"], ["李大山", written])).rows

    assert row.id_no is None
    assert [each.code for each in row.problems] == [code]


def test_numbers_are_taken_however_they_are_typed():
    full_width = LI.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    rows = [["姓名", "身份证号"], ["李大山", full_width], ["王秀", f"'{WANG[:6]} {WANG[6:14]} {WANG[14:]}"]]

    assert [str(row.id_no) for row in read(csv_of(rows)).rows] == [LI, WANG]


@pytest.mark.parametrize(
    "written",
    [
        "1980-01-02", "1980/1/2", "1980.1.2", "1980年1月2日", "19800102", "1980-01-02 00:00:00", "29222",
        "１９８０．１．２",
        Decimal(19800102), Decimal(29222), date(1980, 1, 2), datetime(1980, 1, 2, 8),  # noqa: DTZ001 - a sheet knows no zone
        "01/02/1980",
    ],
)  # fmt: skip
def test_a_day_is_read_in_ten_ways(written):
    assert cells.read_birth(written) == date(1980, 1, 2)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("0元", 0),
        ("150元整", 150),
        ("1,050.00", 1050),
        ("￥150", 150),
        (Decimal("150.0"), 150),
        ("免缴", 0),
        ("", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(written, amount):
    assert cells.read_amount(written) == amount


def test_a_sheet_without_headings_is_told_and_columns_can_be_named_by_hand():
    rows = [["东村"], ["李大山", LI], ["王秀", WANG]]

    with pytest.raises(Refusal) as refused:
        read(csv_of(rows))
    found = read(csv_of(rows), mapping={"name": "A", "id_no": "B"})

    assert refused.value.code == "ROSTER_HEAD"
    assert [row.name for row in found.rows] == ["李大山", "王秀"]


def test_every_sheet_is_read_but_one_can_be_chosen():
    data = xlsx(["姓名", "身份证号"], ["李大山", LI], sheets=2)

    assert [row.sheet for row in read(data).rows] == ["Sheet1", "Sheet2"]
    assert [row.sheet for row in read(data, sheet="2").rows] == ["Sheet2"]
    with pytest.raises(Refusal, match="没有名为"):
        read(data, sheet="东村")


@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_of_the_columns_and_the_rows_above_them_change_nothing(chance, titles):
    order = list(range(len(HEADS)))
    chance.shuffle(order)
    rows = [[row[x] if x < len(row) else "" for x in order] for row in village_rows()[2:]]

    found = read(csv_of([[f"名册标题{n}"] for n in range(titles)] + rows))

    assert people(found) == EXPECTED
    assert [row.number for row in found.rows] == [titles + 2, titles + 3, titles + 5]


CELLS = st.one_of(
    st.text(max_size=12), st.sampled_from([*HEADS, LI, "合计", "1E+400", "9" * 60, "-1", "0元", "姓名", "身份证号"])
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=8), st.sampled_from(["utf-8", "gb18030"]))
def test_whatever_comes_is_read_or_refused_in_words(rows, encoding):
    text = "\n".join(",".join(cell.replace('"', "") for cell in row) for row in [["姓名", "身份证号", "金额"], *rows])
    try:
        found = read(text.encode(encoding, "replace"))
    except Refusal:
        return
    assert all(row.id_no or row.problems for row in found.rows)


def test_thirty_thousand_rows_are_read_in_seconds():
    many = random.Random(1)
    rows = [["姓名", "身份证号", "金额"], *(["李大山", many.choice([LI, WANG, LIU]), 150] for _ in range(30_000))]

    assert len(read(csv_of(rows)).rows) == 30_000


def test_a_hidden_sheet_is_told_and_read_only_by_name():
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        for name, person in (("东村", ["李大山", LI]), ("旧名册", ["王秀", WANG])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["姓名", "身份证号"])
            sheet.write_row(1, 0, person)
        sheet.hide()

    found = read(data.getvalue())

    assert [row.name for row in found.rows] == ["李大山"]
    assert "隐藏" in found.sheets[1].why_not
    assert [row.name for row in read(data.getvalue(), sheet="旧名册").rows] == ["王秀"]
