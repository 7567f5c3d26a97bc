"""Formulas whose result was never saved, errors, lost characters: told in the row, or once for a whole column."""

from datetime import date
from typing import Any

import pytest

from common.decision import Refusal
from common.sheets import read_sheets
from rosters.reading.rows import RosterRead, read_roster
from tests.common.workbooks_made import packed, parts, sheet_xml, xlsx
from tests.rosters.made import LI, LIU, WANG, csv_of

HEADS = ["户号", "户主", "姓名", "性别", "身份证号", "金额"]


class F(str):
    """A formula without its result."""


def workbook(*rows: list[Any]) -> bytes:
    """As programs write it that do not calculate."""

    def cell(place: str, value: Any) -> str:
        if isinstance(value, F):
            return f'<c r="{place}"><f>{value}</f><v></v></c>'
        if isinstance(value, str) and value.startswith("#"):
            return f'<c r="{place}" t="e"><f>A1</f><v>{value}</v></c>'
        if isinstance(value, str):
            return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>' if value else ""
        return f'<c r="{place}"><v>{value}</v></c>'

    lines = (
        f'<row r="{y}">' + "".join(cell(f"{chr(65 + x)}{y}", value) for x, value in enumerate(row)) + "</row>"
        for y, row in enumerate(rows, 1)
    )
    return packed(parts(sheet_xml("".join(lines))))


def read(data: bytes) -> RosterRead:
    return read_roster(data, today=date(2016, 11, 1))


def codes(found: RosterRead) -> list[tuple[int, list[str]]]:
    return [(row.number, [each.code for each in row.problems]) for row in found.rows]


def test_a_formula_without_a_result_and_an_error_are_told_as_cells():
    sheet = read_sheets(
        packed(
            parts(
                sheet_xml(
                    '<row r="1"><c r="A1"><f>B1</f><v/></c><c r="B1"><f>C1</f></c><c r="C1" t="e"><v>#REF!</v></c>'
                    '<c r="D1" t="str"><f>A1</f><v></v></c><c r="E1"><f>1+1</f><v>2</v></c></row>'
                )
            )
        )
    )[0]

    assert sheet.rows == (("=", "=", "#REF!", "", 2),)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param(["1", "李大山", F("B2"), "男", LI, 150], "NAME_FORMULA", id="姓名是公式"),
        pytest.param(["1", "李大山", "李大山", "男", F("X1"), 150], "ID_FORMULA", id="号码是公式"),
        pytest.param(["1", "李大山", "李大山", "男", "#N/A", 150], "ID_ERROR", id="号码查不到"),
        pytest.param(["1", "李大山", "李大山", "男", LI, "#REF!"], "AMOUNT_ERROR", id="金额有错"),
        pytest.param(["1", "李大山", "李大山", "男", LI, F("E9*2")], "AMOUNT_FORMULA", id="金额是公式"),
        pytest.param([F("A1+1"), "", "李大山", "男", LI, 150], "HOUSEHOLD_NO_FORMULA", id="户号是公式"),
        pytest.param(["", "#N/A", "李大山", "男", LI, 150], "HEAD_ERROR", id="户主查不到"),
    ],
)
def test_a_row_says_which_of_its_cells_has_no_value(row, code):
    found = read(workbook(HEADS, row, ["2", "刘利", "刘利", "女", LIU, 150], ["3", "王秀", "王秀", "女", WANG, 150]))

    assert codes(found) == [(2, [code]), (3, []), (4, [])]
    assert "一格是" in found.rows[0].problems[0].text


def test_what_the_number_tells_as_well_needs_no_result():
    (row,) = read(workbook(HEADS, ["1", "李大山", "李大山", F("IF(1,2)"), LI, 150])).rows

    assert (row.sex, row.problems) == ("", ())


@pytest.mark.parametrize(
    ("name", "id_no", "amount", "words"),
    [
        pytest.param("李大山", F("X1"), 150, "“身份证号”一列（E列）全是公式", id="号码"),
        pytest.param(F("X1"), LI, 150, "“姓名”一列（C列）全是公式", id="姓名"),
        pytest.param("李大山", LI, F("X1"), "“金额", id="金额"),
        pytest.param("李大山", "#N/A", 150, "全是错误值（#N/A）", id="查不到的号码"),
    ],
)
def test_a_column_without_any_value_refuses_the_file_once(name, id_no, amount, words):
    rows = [[str(n), "", name, "", id_no, amount] for n in range(3)]

    with pytest.raises(Refusal) as refused:
        read(workbook(HEADS, *rows))

    assert refused.value.code == "ROSTER_FORMULAS"
    assert words.replace("“金额", "“缴费金额”一列（F列）全是公式") in str(refused.value)
    assert "保存一次" in str(refused.value)


def test_a_sum_that_is_a_formula_and_rows_prepared_with_formulas_are_nobody():
    rows = [
        ["1", "李大山", "李大山", "", LI, ""],
        ["", "", "", F("IF(1,2)"), "", F("1")],
        ["合计", "", "", "", "", F("S")],
    ]

    found = read(workbook(HEADS, *rows))

    assert [row.number for row in found.rows] == [2]
    assert [row for _, row, _ in found.left_out] == [4]


def test_a_row_whose_name_and_number_were_not_found_is_told():
    found = read(workbook(HEADS, ["1", "李大山", "李大山", "", LI, ""], ["2", "", "#N/A", "", "#N/A", ""]))

    assert [(row, why) for _, row, why in found.left_out] == [(3, "姓名、身份证号是公式或错误值，没有读到人。")]


@pytest.mark.parametrize(
    ("heading", "code"), [("姓名", "NAME_LOST"), ("户号", "HOUSEHOLD_NO_LOST"), ("与户主关系", "RELATION_LOST")]
)
def test_a_lost_character_refuses_its_row_and_no_other(heading, code):
    rows = [{"户号": "1", "姓名": "李大山", "与户主关系": "户主", "身份证号": LI} for _ in range(2)]
    rows[0][heading] = "李\N{REPLACEMENT CHARACTER}山"
    rows[1] |= {"户号": "2", "身份证号": LIU}

    found = read(csv_of([list(rows[0]), *(list(row.values()) for row in rows)]))

    assert codes(found) == [(2, [code]), (3, [])]


@pytest.mark.parametrize("written", ["####", "########"])
def test_a_column_that_was_too_narrow_when_it_was_exported_is_told(written):
    (row,) = read(csv_of([["姓名", "身份证号"], ["李大山", written]])).rows

    assert [(each.code, "拉宽" in each.text) for each in row.problems] == [("ID_NARROW", True)]


def test_household_numbers_that_became_days_are_refused():
    """1-1, typed into Excel, is the first of January."""
    data = xlsx(["户号", "姓名", "身份证号"], [date(2016, 1, 1), "李大山", LI], [date(2016, 1, 2), "王秀", WANG])

    assert codes(read(data)) == [(2, ["HOUSEHOLD_NO_DAY"]), (3, ["HOUSEHOLD_NO_DAY"])]
