"""花名册的页面: a village's file through the browser's requests, the file with its remarks, and hostile files."""

import time
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
import time_machine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common.sheets import read_sheets
from enrollment import library
from offices.models import Staff
from rosters.marked import NEWCOMER, REMARK
from rosters.models import ColumnChoice, Roster, RosterFile, RosterRow
from rosters.sums import Newcomers, newcomers_of
from tests.builders import WHY, at, make_household, make_staff
from tests.common.workbooks_made import packed, parts, sheet_xml, xlsx
from tests.households.pictures import files_folder, picture  # noqa: F401 - fixture
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import listed
from tests.rosters.made import LI, LIU, WANG, csv_of, number, village_rows
from tests.rosters.roster_builders import (
    HEADS,
    MOMENT,
    RIGHT,
    VILLAGE,
    WRONG,
    a_roster,
    a_village,
    agreed,
    deposited,
    handed_in,
    taken,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


@pytest.fixture
def yang(miss_yang) -> Iterator[Client]:
    """杨燕 at her browser, on the first of November 2016."""
    with time_machine.travel(MOMENT, tick=False):
        yield browser(miss_yang)


def browser(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def roster(miss_yang) -> Roster:
    a_village()
    return a_roster(miss_yang)


def upload(client: Client, roster: Roster, data: bytes, name: str = "东村.xlsx"):
    return client.post(f"/rosters/{roster.pk}/file/", {"file": SimpleUploadedFile(name, data)})


def text(response) -> str:
    return response.content.decode()


def test_a_roster_goes_from_new_to_deposited(yang, roster):
    page = yang.get("/rosters/new/")
    assert "东村" in text(page)
    typed = {"channel": "village", "village": VILLAGE, "group": "3组", "coverage_year": 2017, "collector": "赵六"}
    wrong = yang.post("/rosters/new/", typed | {"collector_phone": "打听"})
    assert "电话只能由数字组成" in text(wrong)
    made = yang.post("/rosters/new/", typed | {"collector_phone": "138-0001-0001"})
    assert made.status_code == 302
    found = Roster.objects.get(group="3组")

    upload(yang, found, xlsx(*[row or [""] for row in village_rows()]))
    agree = yang.post(f"/rosters/{found.pk}/agree/", {"paper_count": 3, "paper_total": "450", "cash": "450元"})
    assert agree.status_code == 302
    slip = {"number": "农行1", "day": "2016-11-01", "amount": "450", "bank": "农业银行"}
    yang.post(f"/rosters/{found.pk}/deposit/", slip | {"scan": SimpleUploadedFile("slip.jpg", picture())})

    page = text(yang.get(f"/rosters/{found.pk}/"))
    assert "已缴存" in page
    assert "农行1" in page
    assert yang.get(f"/rosters/{found.pk}/scan/").status_code == 200
    assert "已缴存" in text(yang.get("/rosters/?stage=deposited"))
    assert "东村3组" not in text(yang.get("/rosters/?stage=agreed"))


def test_the_verdicts_are_told_in_words_with_their_clause(yang, roster, miss_yang):
    handed_in(roster, miss_yang, [["1", "李大山", LI, "户主", "低保", 0]])

    page = text(yang.get(f"/rosters/{roster.pk}/"))

    assert "不在城乡低保对象的名单上" in page
    assert 'class="why chip" href="/clauses/songming/' in page or "why chip" in page
    assert LI not in page


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("530127196001019910", "530127********9910", id="校验位不符"),
        pytest.param("53012719600101991", "530127*******1991（17位）", id="少一位"),
        pytest.param("5301271960010199100", "530127*********9100（19位）", id="多一位"),
        pytest.param("５３０１２７ １９６００１０１－９９１０", "530127********9910", id="全角和空格"),
        pytest.param("530127600101991", "530127*****1991（15位）", id="旧号码"),
        pytest.param("53012719600101", "（14位）", id="太短"),
        pytest.param("13812348888", "（11位）", id="填了电话"),
        pytest.param("5.30127E+17", "（11位）", id="已被当作数字"),
        pytest.param("不知道", "—", id="没有数字"),
        pytest.param("", "—", id="空格"),
    ],
)
def test_a_number_that_cannot_be_read_is_shown_masked_as_it_stands_there(yang, roster, miss_yang, written, shown):
    handed_in(roster, miss_yang, [["1", "李大山", written, "户主", "", 150]])

    page = text(yang.get(f"/rosters/{roster.pk}/"))

    assert f'<td class="nowrap small">{shown}</td>' in page
    whole = "".join(each for each in written if each.isdigit())
    assert not whole or whole not in page
    assert not RosterRow.objects.get().accepted


def test_a_number_that_excel_kept_as_a_number_is_shown_masked(yang, roster):
    rows = [row or [""] for row in village_rows()]
    rows[3][5] = 530127196001019000
    upload(yang, roster, xlsx(*rows))

    page = text(yang.get(f"/rosters/{roster.pk}/"))

    assert "530127********9000" in page
    assert "5301271960" not in page


def test_a_mismatch_stays_on_the_page_with_what_was_typed(yang, roster, miss_yang):
    handed_in(roster, miss_yang)

    answer = yang.post(f"/rosters/{roster.pk}/agree/", {"paper_count": 4, "paper_total": "600", "cash": "450"})

    assert answer.status_code == 422
    assert "纸质多1人" in text(answer)
    clause = library.current("songming").clauses["S-8-6"]
    told = text(answer).split('class="form-errors"')[1].split("</div>")[0]
    assert told.count("/S-8-6/") == 1
    assert clause.article not in told.split("<a")[0]
    assert 'value="600"' in text(answer)


def test_pages_of_rows_follow_the_file_and_filters_count(yang, roster, miss_yang):
    people = [[str(n), "李大", number(f"19{50 + n // 300}0101", 100 + n % 300), "户主", "", 150] for n in range(120)]
    people[60][5] = 10
    handed_in(roster, miss_yang, people)
    seen, url = [], "?show=all"

    while url:
        answer = yang.get(f"/rosters/{roster.pk}/{url}", headers={"HX-Request": "true", "HX-Target": "rows"})
        rows = answer.context["rows"]
        seen += [row.row_number for row in rows.rows]
        url = f"?show=all&after={rows.after}" if rows.after is not None else ""
        back = rows.before

    assert seen == list(range(2, 122))
    before = yang.get(f"/rosters/{roster.pk}/?show=all&before={back}").context["rows"].rows
    assert [before[0].row_number, before[-1].row_number] == [52, 101]
    assert [row.row_number for row in yang.get(f"/rosters/{roster.pk}/").context["rows"].rows] == [62]


def test_the_marked_file_keeps_sheets_columns_and_order_and_comes_back(yang, roster):
    rows = [row or [""] for row in village_rows()]
    rows[4][5] = "5.30127E+17"
    upload(yang, roster, xlsx(*rows))

    marked = yang.post(f"/rosters/{roster.pk}/marked.xlsx", WHY)
    sheet = read_sheets(marked.content)[0]

    assert sheet.rows[2][-1] == REMARK
    assert [row[:10] for row in sheet.rows[2:4]] == [row[:10] for row in read_sheets(xlsx(*rows))[0].rows[2:4]]
    assert "文本" in sheet.rows[4][10]
    assert "同户" in sheet.rows[3][10]
    assert sheet.rows[6][10] == f"无误。{NEWCOMER}"  # nobody of the list is registered yet
    upload(yang, roster, marked.content)
    again = RosterFile.objects.get(superseded_at=None)
    assert (again.number, again.accepted) == (2, 1)
    twice = read_sheets(yang.post(f"/rosters/{roster.pk}/marked.xlsx", WHY).content)[0]
    assert [cell for cell in twice.rows[2] if cell == REMARK] == [REMARK]


def test_the_marked_file_keeps_merged_cells_and_widths(yang, roster):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in village_rows():
        sheet.append([None if cell == "" else cell for cell in row])
    for cells in ("A1:J1", "B4:B5", "C4:C5"):
        sheet.merge_cells(cells)
    sheet.column_dimensions["F"].width = 33
    out = BytesIO()
    book.save(out)
    upload(yang, roster, out.getvalue())

    marked = yang.post(f"/rosters/{roster.pk}/marked.xlsx", WHY).content

    came = openpyxl.load_workbook(BytesIO(marked)).active
    assert {str(each) for each in came.merged_cells.ranges} == {"A1:J1", "B4:B5", "C4:C5"}
    assert 32 < came.column_dimensions["F"].width < 35
    assert [came["B4"].value, came["C4"].value, came["D5"].value, came["K3"].value] == [
        "001",
        "李大山",
        "王  秀",
        REMARK,
    ]
    upload(yang, roster, marked)
    assert RosterFile.objects.get(superseded_at=None).persons == 3


def test_a_formula_in_a_cell_goes_out_as_text(yang, roster):
    upload(yang, roster, csv_of([HEADS, ["1", '=HYPERLINK("x")'.replace('"', ""), LI, "户主", "=1+1", 150]]), "a.csv")

    with ZipFile(BytesIO(yang.post(f"/rosters/{roster.pk}/marked.xlsx", WHY).content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")

    assert b"<f>" not in sheet


def test_columns_are_shown_with_their_first_values_and_corrected(yang, roster):
    rows = [["编号", "甲", "乙", "丙"], ["1", "李大山", LI, 150], ["2", "刘利", LIU, 150]]
    answer = upload(yang, roster, csv_of(rows), "a.csv")
    assert answer["Location"] == f"/rosters/{roster.pk}/columns/"
    page = text(yang.get(answer["Location"]))
    assert "李大山" in page
    typed = {"A": "", "B": "name", "C": "name", "D": "amount", "sheet": ""}

    twice = yang.post(answer["Location"], typed)
    assert "有两列都选了" in text(twice)
    right = yang.post(answer["Location"], typed | {"C": "id_no"})

    assert right.status_code == 302
    assert RosterRow.objects.filter(accepted=True).count() == 2
    assert ColumnChoice.objects.get().mapping["id_no"] == "C"


def bomb() -> bytes:
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(lambda: b"%PDF-1.4", "PDF文件", id="PDF"),
        pytest.param(lambda: b"\x89PNG\r\n", "图片", id="图片"),
        pytest.param(bomb, "太大", id="压缩炸弹"),
        pytest.param(
            lambda: packed(parts(sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))), "", id="远处一格"
        ),
        pytest.param(lambda: csv_of([[str(n) for n in range(200)]]), "列", id="两百列"),
        pytest.param(lambda: b"\n".join(b"%d,x" % n for n in range(70_000)), "行", id="七万行"),
        pytest.param("<html><table>姓名</table>".encode, "网页", id="网页"),
        pytest.param("天气,温度\r\n晴,20\r\n".encode, "没有", id="别的表"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_words_within_seconds(yang, roster, files_folder, data, words):  # noqa: F811
    content, start = data(), time.perf_counter()

    answer = upload(yang, roster, content)

    assert time.perf_counter() - start < 10
    assert answer.status_code == 422
    assert words in text(answer)
    assert not RosterFile.objects.exists()
    assert not [each for each in files_folder.rglob("*") if each.is_file()]


def test_a_newborn_without_a_number_is_refused_with_what_to_do(yang, roster, miss_yang):
    handed_in(roster, miss_yang, [RIGHT[0], ["1", "李小宝", "", "子", "", 150]])

    assert "凭出生医学证明到收款台" in text(yang.get(f"/rosters/{roster.pk}/"))


def test_who_comes_too_late_with_the_slip_is_told_by_the_page_before_and_with_the_slip(yang, roster, miss_yang):
    handed_in(roster, miss_yang)
    agreed(roster, miss_yang)
    told, slip = "缴费已于2017-02-23 17:00截止", {"number": "农行1", "day": "2017-02-23", "amount": "450"}
    assert told not in text(yang.get(f"/rosters/{roster.pk}/"))

    with time_machine.travel(at("2017-02-23 17:01"), tick=False):
        late = browser(miss_yang)
        page = text(late.get(f"/rosters/{roster.pk}/"))
        refused = late.post(f"/rosters/{roster.pk}/deposit/", slip)

    assert page.count(told) == 1
    assert refused.status_code == 422
    assert "银行在那以前已经收了款的，请主管按银行回单补录" in text(refused)
    assert "农行1" in text(refused)


def test_the_county_enters_and_returns_and_the_town_answers(yang, roster, songyang, miss_yang, mr_zhou):
    boss = make_staff(songyang, "duan", name="段主任", role="supervisor")
    handed_in(roster, miss_yang)
    agreed(roster, miss_yang)
    deposited(roster, miss_yang)
    taken(roster, miss_yang, boss)
    assert "上报县里" in text(browser(boss).get(f"/rosters/{roster.pk}/"))
    assert "上报县里" not in text(yang.get(f"/rosters/{roster.pk}/"))
    browser(boss).post(f"/rosters/{roster.pk}/submit/")
    county = browser(mr_zhou)
    row = RosterRow.objects.get(id_no=WANG)

    county.post(f"/rosters/rows/{row.pk}/return/", {"reason": "姓名与公安不符"})
    county.post(f"/rosters/{roster.pk}/enter/", {"all": "1"})
    household = make_household(miss_yang, listed("王五", "", id_no=WANG), moment="2016-09-20 09:00")
    returns = yang.get("/rosters/returns/")
    assert "姓名与公安不符" in text(returns)
    entry = returns.context["page"].rows[0]
    assert f'<a href="/counter/{household.pk}/">' in returns.content.decode()
    assert "怎样处理的" in text(yang.get(f"/rosters/entries/{entry.pk}/answer/"))
    yang.post(f"/rosters/entries/{entry.pk}/answer/", {"reason": "姓名已更正"})
    county.post(f"/rosters/{roster.pk}/enter/", {"row": [row.pk]})

    assert "已录入" in text(yang.get("/rosters/"))
    assert "待录入 0" in text(county.get(f"/rosters/{roster.pk}/entry/"))


def test_what_is_set_aside_is_struck_out_and_no_longer_counted(yang, roster, miss_yang):
    file = handed_in(roster, miss_yang, WRONG)
    row = file.rows.wrong().first()

    yang.post(f"/rosters/rows/{row.pk}/aside/", {"reason": "证件没有带来"})

    page = yang.get(f"/rosters/{roster.pk}/")
    assert (page.context["sums"].aside, page.context["sums"].payable) == (2, Decimal("150.00"))
    assert "核对相符" in text(page)
    yang.post(f"/rosters/rows/{row.pk}/back/")
    assert yang.get(f"/rosters/{roster.pk}/").context["sums"].wrong == 2


def test_a_step_is_taken_back_with_a_reason(yang, roster, miss_yang):
    handed_in(roster, miss_yang)
    agreed(roster, miss_yang)
    url = f"/rosters/{roster.pk}/back/agreement/"

    assert yang.post(url, {"reason": ""}).status_code == 422
    yang.post(url, {"reason": "数错了"})

    assert "待核对金额" in text(yang.get(f"/rosters/{roster.pk}/"))
    assert yang.get(f"/rosters/{roster.pk}/back/nothing/").status_code == 404


def test_persons_in_hidden_rows_are_read_and_told(yang, roster):
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("东村")
        for line, row in enumerate([HEADS, *RIGHT]):
            sheet.write_row(line, 0, row)
        sheet.set_row(3, None, None, {"hidden": True})

    upload(yang, roster, out.getvalue())

    assert "表里有 1 人在隐藏（或被筛掉）的行里，也读了：第4行" in text(yang.get(f"/rosters/{roster.pk}/"))
    assert RosterRow.objects.filter(accepted=True).count() == 3


def test_who_will_be_registered_anew_is_told_and_marked(yang, roster, miss_yang):
    home = make_household(miss_yang, listed("王秀", "", id_no=WANG), moment="2016-09-01 09:00")
    assert home.pk
    file = handed_in(roster, miss_yang, [["1", "李大山", LI, "户主", "", 150], ["2", "王秀", WANG, "户主", "", 150]])

    page = text(yang.get(f"/rosters/{roster.pk}/"))
    new = yang.get(f"/rosters/{roster.pk}/?show=new").context["rows"].rows

    assert newcomers_of(file) == Newcomers(1, 1)
    assert "新登记 1 人，其中新户 1 户。" in page
    assert page.count(">新登记</span>") == 1
    assert [row.name for row in new] == ["李大山"]


def test_somebody_new_in_a_known_household_makes_no_new_household(yang, roster, miss_yang):
    make_household(miss_yang, listed("李大山", "", id_no=LI), moment="2016-09-01 09:00")
    file = handed_in(roster, miss_yang, [["1", "李大山", LI, "户主", "", 150], ["1", "王秀", WANG, "妻", "", 150]])

    assert str(newcomers_of(file)) == "新登记 1 人，其中新户 0 户"


def test_a_household_that_is_set_aside_is_not_registered_anew(yang, roster, miss_yang):
    file = handed_in(roster, miss_yang)
    row = file.rows.get(name="刘利")

    yang.post(f"/rosters/rows/{row.pk}/aside/", {"reason": "钱没有交"})

    assert newcomers_of(file) == Newcomers(2, 1)


def steps_in(page: str) -> list[str]:
    """What the stepper says under each step."""
    return [each.split("</span>")[0] for each in page.split('class="step-what">')[1:]]


def test_a_step_that_is_not_done_reads_as_a_task_and_a_done_one_as_a_fact(yang, roster, miss_yang, boss):
    waiting = ["待核对人款", "待存银行", "待入账", "待主管上报", "待县里录入"]
    url = f"/rosters/{roster.pk}/"

    told = [steps_in(text(yang.get(url)))]
    handed_in(roster, miss_yang, WRONG)
    told.append(steps_in(text(yang.get(url))))
    handed_in(roster, miss_yang)
    agreed(roster, miss_yang)
    deposited(roster, miss_yang)
    told.append(steps_in(text(yang.get(url))))
    taken(roster, miss_yang, boss)
    told.append(steps_in(text(yang.get(url))))

    assert told[0] == ["待交表", *waiting]
    assert told[1] == ["第 1 份，待改好", *waiting]
    assert told[2] == ["第 2 份", "3 人 450.00", "农行8801", "待入账", "待主管上报", "待县里录入"]
    assert told[3][3:] == ["收据 2 张", "待主管上报", "待县里录入"]


def test_a_file_with_problems_is_no_success(yang, roster):
    wrong = yang.post(
        f"/rosters/{roster.pk}/file/", {"file": SimpleUploadedFile("a.csv", csv_of([HEADS, *WRONG]))}, follow=True
    )
    right = yang.post(
        f"/rosters/{roster.pk}/file/", {"file": SimpleUploadedFile("a.csv", csv_of([HEADS, *RIGHT]))}, follow=True
    )

    assert [(each.level_tag, str(each)) for each in wrong.context["messages"]] == [
        ("warning", "读出3人，通过1人，有2人待处理。")
    ]
    assert [each.level_tag for each in right.context["messages"]] == ["success"]


@pytest.mark.parametrize("year", ["2017", "2018", "²", ""])
def test_a_year_of_which_there_are_no_rosters_is_passed_over(yang, roster, year):
    assert roster.place in yang.get("/rosters/", {"year": year}).content.decode()
