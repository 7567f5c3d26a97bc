"""名册模板: handed out, opened by two other readers, and handed in again."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from common.dates import local_day
from common.relations import HEAD
from enrollment import library
from households.models import Household
from offices.models import Division, Office
from rosters.checks import Terms, check
from rosters.known import read_known
from rosters.omitted import People
from rosters.outgoing.places import groups_of
from rosters.outgoing.renewing import in_window, of_school, of_village
from rosters.outgoing.template import school_template, village_template
from rosters.place import choose
from rosters.reading.rows import RosterRead, read_roster
from rosters.told import told
from tests.builders import OTHER, WIFE, OtherCoverDraft, at, make_household, make_staff, newborn
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import enrolled, listed, songming_book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]
NOON = at("2016-11-01 12:00")


def terms_of(office: Office, channel: str = "village") -> Terms:
    return Terms(library.current(office.ruleset_code), 2017, NOON, channel, office)


def east_village() -> Division:
    return Division.objects.get(code="530127001001")


@pytest.fixture
def village(songyang, miss_yang) -> Office:
    """Two households of 东村: a couple of whom she is on a list, and one with a man who is employed."""
    make_household(
        miss_yang,
        listed("普一", "", HEAD, phone="13812348888"),
        listed("普二", "dibao", WIFE),
        address="嵩阳街道东村3组12号",
        moment="2016-09-20 09:00",
    )
    employed = (OtherCoverDraft("employee", division="530100"),)
    make_household(
        miss_yang, listed("普三", ""), listed("普四", "", OTHER, other_covers=employed), moment="2016-09-20 09:00"
    )
    return songyang


def template(office: Office, **more: Any) -> bytes:
    terms = terms_of(office)
    return village_template(of_village(east_village(), terms, **more), terms, place="东村", mark="")


def answer_of(data: bytes, office: Office, channel: str = "village") -> dict:
    terms = terms_of(office, channel)
    read = read_roster(data, today=local_day(NOON))
    return told(read, check(read.rows, known=known_of(read, office), terms=terms), terms)


def known_of(read: RosterRead, office: Office) -> Any:
    numbers = {row.id_no.number for row in read.rows if row.id_no}
    return read_known(numbers, office=office, coverage_year=2017, at=NOON)


def test_a_template_that_nobody_changed_is_accepted_whole(village):
    answer = answer_of(template(village), village)

    assert (answer["rows_read"], answer["accepted"], answer["households"]) == (3, 3, 2)
    assert answer["money"] == {"payable": 300, "sponsored": 150, "by_funder": {"民政": 150}}
    assert (answer["refused"], answer["warnings"]) == ([], [])


def test_who_cannot_be_taken_is_told_with_the_reason_and_without_a_number(village, miss_yang):
    make_household(miss_yang, listed("普五", ""), newborn("普六", born="2016-10-01"), moment="2016-10-20 09:00")

    book = openpyxl.load_workbook(BytesIO(template(village)))

    rows = list(book["未列入的人"].values)
    assert [row[1] for row in rows[1:]] == ["普四", "普六"]
    assert "职工医保" in rows[1][2]
    assert "身份证号" in rows[2][2]
    assert not any("530127" in str(cell) or "320705" in str(cell) for row in rows for cell in row)


def test_the_rows_count_from_one_whoever_is_left_out(village, miss_yang):
    make_household(miss_yang, listed("普五", ""), moment="2016-09-20 09:00")

    rows = list(openpyxl.load_workbook(BytesIO(template(village)))["花名册"].values)[3:7]

    assert [(row[0], row[5]) for row in rows] == [(1, "普一"), (2, "普二"), (3, "普三"), (4, "普五")]
    assert [row[-1].partition("-")[0] for row in rows] == ["1", "2", "3", "4"]
    assert answer_of(template(village), village)["warnings"] == []


def test_who_is_enrolled_already_is_not_on_it(village, miss_yang):
    songming_book(village)
    enrolled(miss_yang, "", name="李")

    assert {each.row.name for each in of_village(east_village(), terms_of(village)).rows} == {"普一", "普二", "普三"}


def test_it_is_protected_offers_choices_and_keeps_numbers_as_text(village):
    sheet = openpyxl.load_workbook(BytesIO(template(village)))["花名册"]

    heads = [cell.value for cell in sheet[3]]
    assert sheet.protection.sheet
    assert not sheet.protection.deleteRows
    assert sheet["A3"].protection.locked
    assert not sheet.cell(4, heads.index("姓名") + 1).protection.locked
    number = sheet.cell(4, heads.index("身份证号") + 1)
    assert (number.number_format, len(number.value)) == ("@", 18)
    assert sheet.column_dimensions[sheet.cell(3, heads.index("校验码") + 1).column_letter].hidden
    assert sheet.freeze_panes == "G4"
    offered = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert {each.split("!")[0] for each in offered} == {"选项"}
    assert len(offered) == 3


def test_another_reader_sees_the_same(village):
    book = CalamineWorkbook.from_filelike(BytesIO(template(village)))

    assert book.sheet_names == ["花名册", "填写说明", "未列入的人", "选项"]
    assert [row[5] for row in book.get_sheet_by_name("花名册").to_python()[3:6]] == ["普一", "普二", "普三"]


def test_its_other_sheets_are_passed_over_without_a_word(village):
    answer = answer_of(template(village), village)

    assert answer["sheets"] == [{"name": "花名册", "rows": 3}]


def test_a_page_that_somebody_wrote_people_on_is_read_and_one_of_another_table_is_told(village):
    book = openpyxl.load_workbook(BytesIO(template(village)))
    page = book["未列入的人"]
    page["D1"], page["D2"] = "身份证号", "1"
    book.create_sheet("填写说明2").append(["别的说明"])
    del book["选项"]
    book.create_sheet("选项").append(["编号", "甲", "乙", "丙"])

    told_of = {each["name"]: each for each in answer_of(bytes_of(book), village)["sheets"]}

    assert told_of["未列入的人"]["rows"] == 1
    assert "没有找到表头" in told_of["填写说明2"]["why_not"]
    assert "没有找到表头" in told_of["选项"]["why_not"]
    assert "填写说明" not in told_of


def test_sheets_of_these_names_beside_an_unstamped_table_are_told(village):
    book = openpyxl.load_workbook(BytesIO(template(village)))
    heads = [cell.value for cell in book["花名册"][3]]
    book["花名册"].cell(3, heads.index("校验码") + 1).value = "另一列"

    told_of = {each["name"]: each.get("why_not", "") for each in answer_of(bytes_of(book), village)["sheets"]}

    assert "没有找到表头" in told_of["填写说明"]
    assert "隐藏的工作表" in told_of["选项"]


def bytes_of(book: openpyxl.Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def changed(data: bytes, **values: Any) -> bytes:
    """The file as an office program saves it after a change in the first row."""
    book = openpyxl.load_workbook(BytesIO(data))
    sheet = book["花名册"]
    heads = [cell.value for cell in sheet[3]]
    for heading, value in values.items():
        sheet.cell(4, heads.index(heading) + 1).value = value
    return bytes_of(book)


def test_a_row_that_was_changed_is_told_column_by_column(village):
    untouched = answer_of(changed(template(village), 联系电话="13900000000", 备注="外出"), village)
    moved = answer_of(changed(template(village), 与户主关系="其他", 缴费金额=0), village)

    assert untouched["warnings"] == []
    assert [(each["row"], each["code"]) for each in moved["warnings"]] == [(4, "ROW_CHANGED")]
    assert "与户主关系、缴费金额" in moved["warnings"][0]["sentence"]


def test_a_template_of_another_office_or_year_is_told(village):
    terms = terms_of(village)
    found = of_village(east_village(), terms)
    elsewhere = Office(code="O999", name="别处", division_code=village.division_code, ruleset_code="songming")
    data = village_template(found, Terms(terms.ruleset, 2017, NOON, "village", elsewhere), place="东村", mark="")

    assert {each["code"] for each in answer_of(data, village)["warnings"]} == {"STAMP_FOREIGN"}


def test_one_group_of_a_village_has_its_own(village):
    Household.objects.filter(memberships__person__name="普三").update(address="嵩阳街道东村13组2号")

    found = of_village(east_village(), terms_of(village), group="3组")

    assert [(each.row.name, each.group) for each in found.rows] == [("普一", "3组"), ("普二", "3组")]


@pytest.mark.parametrize(
    ("address", "groups"),
    [
        ("第一社区5号", []),
        ("第一社区2组5号", ["2组"]),
        ("龙泉村一社5号", ["一社"]),
        ("1组路3组5号", ["1组"]),
        ("龙泉村3村民小组", ["3村民小组"]),
    ],
)
def test_each_household_is_on_the_roster_of_the_group_that_its_address_names(village, address, groups):
    Household.objects.filter(memberships__person__name="普一").update(address=address)
    wanted = ("一社", "1组", "2组", "3组", "3村民小组")

    found = {each for each in wanted if of_village(east_village(), terms_of(village), group=each).rows}
    chosen = choose({}, staff=make_staff(village, "ma"))

    assert groups_of(village, "530127001001") == groups == sorted(found)
    assert [bool(People(chosen, "open", group=each)[:]) for each in groups] == [True for _ in groups]
    assert bool(People(chosen, "open", group="一社")[:]) == (groups == ["一社"])


def test_before_the_window_it_is_made_for_the_first_day_of_it(village):
    early = Terms(library.current("songming"), 2017, at("2016-09-28 09:00"), "village", village)

    found = of_village(east_village(), in_window(early))

    assert len(found.rows) == 3


def test_a_school_gets_its_pupils(village, miss_yang):
    pupil = {"student_kind": "小学", "school_name": "嵩阳一小"}
    make_household(miss_yang, listed("普七", ""), listed("普八", "", OTHER, **pupil), moment="2016-10-20 09:00")
    terms = terms_of(village, "school")

    answer = answer_of(
        school_template(of_school("嵩阳一小", terms), terms, school="嵩阳一小", mark=""), village, "school"
    )

    assert (answer["rows_read"], answer["accepted"], answer["warnings"]) == (1, 1, [])


def test_a_village_is_read_in_a_fixed_number_of_statements(village, miss_yang):
    with CaptureQueriesContext(connection) as few:
        of_village(east_village(), terms_of(village))
    for number in range(5):
        make_household(miss_yang, listed(f"普{'甲乙丙丁戊'[number]}", ""), moment="2016-10-20 09:00")

    with CaptureQueriesContext(connection) as many:
        found = of_village(east_village(), terms_of(village))

    assert len(found.rows) == 8
    assert len(many) == len(few)
