"""核对意见表: what the file with the remarks keeps of the template, and of anybody else's table."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from common.sheets import read_sheets
from households import vault
from offices.models import Office, Staff
from rosters.marked import REMARK, marked
from rosters.models import Roster, RosterFile
from rosters.outgoing.renewing import of_school, of_village
from rosters.outgoing.template import ROOM, school_template, village_template
from tests.builders import OTHER, make_household, newborn
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import listed
from tests.rosters.made import village_rows
from tests.rosters.roster_builders import a_roster, handed_in
from tests.rosters.test_template import bytes_of, changed, east_village, terms_of, village  # noqa: F401 - fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


@pytest.fixture
def roster(village: Office, miss_yang: Staff) -> Roster:  # noqa: F811
    """东村's roster; somebody of the village is left out of its template."""
    make_household(miss_yang, newborn("普六", born="2016-10-01"), listed("普五", ""), moment="2016-10-20 09:00")
    return a_roster(miss_yang)


def template_of(office: Office) -> bytes:
    terms = terms_of(office)
    return village_template(of_village(east_village(), terms), terms, place="东村", mark="份号 1")


def marked_again(roster: Roster, by: Staff, data: bytes) -> tuple[RosterFile, bytes]:
    """The file as it was read, and as it goes back."""
    file = handed_in(roster, by, data)
    return file, marked(file, vault.get(file.name, sha256=file.sha256) or b"", mark="份号 2")


def sheet_of(data: bytes, name: str = "花名册") -> Worksheet:
    return openpyxl.load_workbook(BytesIO(data))[name]


def column(sheet: Worksheet, heading: str, line: int = 3) -> int:
    return [cell.value for cell in sheet[line]].index(heading) + 1


def rules(sheet: Worksheet) -> dict[str, tuple[Any, ...]]:
    """Each drop-down or rule, by its column."""
    found = sheet.data_validations.dataValidation
    return {str(each.sqref)[:1]: (each.type, each.formula1, each.operator, each.errorStyle) for each in found}


def test_a_marked_template_is_still_locked_and_offers_the_same(roster, miss_yang):
    data = changed(template_of(roster.office), 身份证号="530127196001019910")

    before, after = sheet_of(data), sheet_of(marked_again(roster, miss_yang, data)[1])

    assert after["A3"].protection.locked
    assert after["A1"].protection.locked
    assert {str(each) for each in after.merged_cells.ranges} == {str(each) for each in before.merged_cells.ranges}
    assert (after.protection.sheet, after.protection.deleteRows) == (True, False)
    assert rules(after) == rules(before)
    assert {each for rule in rules(after).values() for each in rule[1:2] if rule[0] == "list"} == {
        f"选项!$A$1:$A${sheet_of(data, '选项').max_row}",
        "选项!$B$1:$B$3",
        rules(before)["J"][1],
    }
    assert after.freeze_panes == before.freeze_panes
    assert after.print_title_rows == before.print_title_rows
    assert (after.oddFooter.left.text, after.row_dimensions[1].height) == (before.oddFooter.left.text, 30)


def test_where_the_village_writes_is_open_and_numbers_are_text_down_to_the_empty_rows(roster, miss_yang):
    data = changed(template_of(roster.office), 身份证号="530127196001019910")

    sheet = sheet_of(marked_again(roster, miss_yang, data)[1])

    number, stamp, remark = (column(sheet, each) for each in ("身份证号", "校验码", REMARK))
    last = 3 + 4 + ROOM
    for line in (4, 5, 8, 100, last):
        assert (sheet.cell(line, number).number_format, sheet.cell(line, number).protection.locked) == ("@", False)
        assert not any(sheet.cell(line, x).protection.locked for x in range(1, stamp))
    assert [sheet.cell(4, x).fill.fgColor.rgb for x in (number, number - 1)] == ["FFF9D5D2", "00000000"]
    assert sheet.cell(4, remark).value.startswith("身份证号")
    assert not sheet.cell(4, remark).protection.locked
    assert sheet.row_dimensions[4].height == 30
    assert sheet.column_dimensions[sheet.cell(3, stamp).column_letter].hidden
    assert sheet.cell(4, stamp).value == sheet_of(data).cell(4, stamp).value
    assert not sheet.cell(4, stamp).protection.locked
    assert all(str(last) in str(each.sqref) for each in sheet.data_validations.dataValidation)


def test_no_cell_of_a_row_is_locked_so_that_it_can_be_deleted(roster, miss_yang):
    data = template_of(roster.office)

    for each in (data, marked_again(roster, miss_yang, data)[1]):
        spans = sheet_of(each).column_dimensions.values()
        assert max(span.max for span in spans) == 16_384
        assert not any(span.protection.locked for span in spans)


def test_the_other_sheets_of_a_marked_template_are_as_they_were(roster, miss_yang):
    data = template_of(roster.office)

    back = openpyxl.load_workbook(BytesIO(marked_again(roster, miss_yang, data)[1]))

    came = openpyxl.load_workbook(BytesIO(data))
    assert [(each.title, each.sheet_state) for each in back] == [(each.title, each.sheet_state) for each in came]
    assert back["选项"].sheet_state == "hidden"
    for name in ("填写说明", "未列入的人", "选项"):
        assert list(back[name].values) == list(came[name].values)
        assert back[name].protection.sheet == came[name].protection.sheet
        assert back[name].column_dimensions["A"].width == came[name].column_dimensions["A"].width
    assert back["填写说明"]["A2"].alignment.wrap_text


def test_a_marked_template_is_read_with_the_same_result_and_marked_again(roster, miss_yang):
    data = changed(template_of(roster.office), 身份证号="530127196001019910")
    first, once = marked_again(roster, miss_yang, data)

    second, twice = marked_again(roster, miss_yang, once)

    assert told(second) == told(first)
    assert first.told["sheets"] == second.told["sheets"] == [{"name": "花名册", "rows": 4}]
    sheet = sheet_of(twice)
    assert [cell.value for cell in sheet[3]].count(REMARK) == 1
    assert rules(sheet) == rules(sheet_of(once))
    assert sheet.max_row == sheet_of(once).max_row


def told(file: RosterFile) -> list[tuple[Any, ...]]:
    return list(file.rows.values_list("row_number", "name", "accepted", "payable", "reasons", "warnings"))


def test_a_template_that_an_office_program_saved_keeps_it_too(roster, miss_yang):
    data = bytes_of(openpyxl.load_workbook(BytesIO(template_of(roster.office))))

    sheet = sheet_of(marked_again(roster, miss_yang, data)[1])

    assert sheet.protection.sheet
    assert len(rules(sheet)) == 5


def test_without_its_choices_a_template_keeps_the_rest(roster, miss_yang):
    book = openpyxl.load_workbook(BytesIO(template_of(roster.office)))
    del book["选项"]

    sheet = sheet_of(marked_again(roster, miss_yang, bytes_of(book))[1])

    assert sheet.protection.sheet
    assert {rule[0] for rule in rules(sheet).values()} == {"textLength", "decimal"}


def test_a_schools_template_keeps_it_too(roster, miss_yang):
    pupil = {"student_kind": "小学", "school_name": "嵩阳一小"}
    make_household(miss_yang, listed("普七", ""), listed("普八", "", OTHER, **pupil), moment="2016-10-20 09:00")
    terms = terms_of(roster.office, "school")
    data = school_template(of_school("嵩阳一小", terms), terms, school="嵩阳一小", mark="")
    school = a_roster(miss_yang, channel="school", village_code="", place="嵩阳一小")

    sheet = sheet_of(marked_again(school, miss_yang, data)[1])

    assert sheet.protection.sheet
    assert rules(sheet) == rules(sheet_of(data))


@pytest.mark.parametrize("number", [pytest.param(5.30127196001019e17, id="数字"), pytest.param(None, id="空格")])
def test_of_another_table_the_numbers_are_text_and_nothing_is_locked(roster, miss_yang, number):
    book = openpyxl.Workbook()
    for row in village_rows():
        book.active.append([None if cell == "" else cell for cell in row])
    book.active["F4"] = number
    first, once = marked_again(roster, miss_yang, bytes_of(book))

    sheet = openpyxl.load_workbook(BytesIO(once)).active

    assert not sheet.protection.sheet
    assert {sheet.cell(line, 6).number_format for line in range(4, 9 + ROOM)} == {"@"}
    assert sheet.column_dimensions["F"].width > 8
    assert sheet["F4"].value == number
    assert {sheet[place].number_format for place in ("I4", "A4")} == {"General"}
    second = handed_in(roster, miss_yang, once)
    assert told(second) == told(first)
    assert told(first)[0][4][0]["code"] == ("ID_EXCEL" if number else "ID_EMPTY")


def test_of_a_table_without_a_book_the_numbers_are_text_too(roster, miss_yang):
    _, once = marked_again(roster, miss_yang, None)

    sheet = openpyxl.load_workbook(BytesIO(once)).active

    assert [sheet.cell(line, 3).number_format for line in (2, 5, 100)] == ["@"] * 3
    assert len(read_sheets(once)[0].rows) == 4
