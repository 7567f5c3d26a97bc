"""花名册 in a real browser: a village's file in, mended, agreed, deposited, taken, submitted and entered."""

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from households.models import Household
from offices.models import Office, Staff
from payments.models import Receipt
from reports.models import WeeklyReport
from rosters.models import FunderList, Roster, RosterRow
from tests.browser.counter import follow, taken
from tests.builders import HEAD, PASSWORD, WIFE, at, make_household, make_staff
from tests.common.workbooks_made import xlsx
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.conftest import a_book
from tests.payments.funding_builders import listed
from tests.rosters.lists_made import rows
from tests.rosters.made import LI, LIU, WANG, village_rows


@pytest.fixture
def songming(counter_2007: Office, songyang: Office, mr_zhou: Staff) -> Office:
    """嵩阳街道 on the first of November 2016, with a supervisor, a book of receipts, and the county's administrator."""
    songyang.demo_moment, songyang.demo_set_at = at("2016-11-01 09:00"), timezone.now()
    songyang.save()
    a_book(make_staff(songyang, "duan", name="段主任", role="supervisor"), code="530127-16A", first=1, count=50)
    return songyang


def enter(page: Page, username: str) -> None:
    page.context.clear_cookies()
    page.goto("/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


def hand_in(page: Page, data: bytes) -> None:
    page.set_input_files("[name=file]", {"name": "东村.xlsx", "mimeType": "application/x", "buffer": data})
    with page.expect_navigation():
        page.get_by_role("button", name="上传并核对").click()


def press(page: Page, name: str) -> None:
    """Press the button of a step, and wait for what it answers."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name).click()


def filled(template: bytes) -> bytes:
    """What a village does with its template: a household more below, and a number pasted so that its end is lost."""
    book = openpyxl.load_workbook(BytesIO(template))
    sheet = book["花名册"]
    at_ = {cell.value: cell.column for cell in sheet[3]}
    spoilt = next(row for row in range(4, 10) if sheet.cell(row, at_["姓名"]).value == "王秀")
    sheet.cell(spoilt, at_["身份证号"]).value = "5.30127E+17"
    new = {"户号": "新1", "户主姓名": "刘利", "姓名": "刘利", "身份证号": LIU, "与户主关系": "户主", "缴费金额": 150}
    for heading, value in new.items():
        sheet.cell(6, at_[heading]).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def mended(marked: bytes) -> bytes:
    """What somebody does with the file in a spreadsheet: the wrong number written anew, saved with the remarks."""
    book = openpyxl.load_workbook(BytesIO(marked))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == "5.30127E+17"]
    cells[0].value = WANG
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def couple(songming: Office, miss_yang: Staff) -> Household:
    """李大山 and 王秀 of 东村, registered and not enrolled yet."""
    people = (listed("李大山", "", HEAD, id_no=LI), listed("王秀", "", WIFE, id_no=WANG))
    return make_household(miss_yang, *people, moment="2016-09-20 09:00", division_code="530127001001")


def test_a_villages_roster_from_its_template_to_the_weekly_report(
    songming: Office, couple: Household, miss_yang: Staff, page: Page
):
    enter(page, "yang")
    follow(page.locator("nav.tabs").get_by_role("link", name="花名册"))
    follow(page.get_by_role("link", name="下发模板"))
    file = taken(page.locator("tr", has_text="东村").locator("a[href*='village.xlsx']").first)
    template = Path(file.path()).read_bytes()
    follow(page.get_by_role("link", name="名册", exact=True))
    follow(page.locator(".office-head").get_by_role("link", name="新名册"))
    page.get_by_label("村（社区）").select_option("东村")
    page.fill("[name=collector]", "赵六")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="东村 2017年度 第1批")).to_be_visible()

    hand_in(page, filled(template))
    expect(page.locator("#messages")).to_contain_text("读出3人，通过1人")
    expect(page.locator("#rows")).to_contain_text("Excel")
    page.locator(".row-filters").get_by_role("link", name="已通过").click()
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    file = taken(page.get_by_role("link", name="下载核对意见表"))
    hand_in(page, mended(Path(file.path()).read_bytes()))
    expect(page.locator("#messages")).to_contain_text("全部通过")

    page.fill("[name=paper_count]", "3")
    page.fill("[name=paper_total]", "450")
    page.fill("[name=cash]", "300")
    press(page, "核对相符")
    expect(page.locator("main")).to_contain_text("少收150.00元")
    expect(page.locator(".form-errors .chip")).to_contain_text("八（二）")
    page.fill("[name=cash]", "450")
    press(page, "核对相符")
    page.fill("[name=number]", "农行8801")
    page.fill("[name=day]", "2016-11-01")
    press(page, "登记回单")
    press(page, "入账")
    expect(page.locator(".office-head .state")).to_have_text("已入账")
    assert sorted(Receipt.objects.values_list("number", "amount")) == [(1, 300), (2, 150)]

    roster = Roster.objects.get()
    enter(page, "duan")
    page.goto(f"/rosters/{roster.pk}/")
    press(page, "上报县里")
    follow(page.locator("nav.tabs").get_by_role("link", name="进度"))
    follow(page.get_by_role("link", name="周报"))
    follow(page.get_by_role("link", name=re.compile("^报送.*周报")))
    press(page, "确认报送这些数字")
    expect(page.locator("#messages")).to_contain_text("参保 3 人")
    assert WeeklyReport.objects.get().enrolled == 3

    enter(page, "admin")
    page.goto(f"/rosters/{roster.pk}/")
    follow(page.get_by_role("link", name="录入和退回"))
    follow(page.locator("tr", has_text="王秀").get_by_role("link", name="退回"))
    page.fill("[name=reason]", "姓名与公安不符")
    press(page, "退回这一行")
    press(page, "其余 2 人全部录入")
    enter(page, "yang")
    page.goto("/rosters/returns/")
    expect(page.locator("main")).to_contain_text("姓名与公安不符")
    follow(page.locator("tr", has_text="王秀").get_by_role("link", name="处理"))
    page.fill("[name=reason]", "已更正")
    press(page, "处理退回")
    expect(page.locator(".row-filters")).to_contain_text("待录入 1")


def test_a_departments_list_is_taken_in_followed_up_and_taken_back(
    songming: Office, couple: Household, miss_yang: Staff, page: Page
):
    enter(page, "duan")
    page.goto("/rosters/lists/")
    page.locator("[name=source]").select_option("support:civil_affairs")
    page.fill("[name=month]", "2016-11")
    data = rows(("李大山", LI, "低保"), ("王秀甲", WANG, "低保"))
    page.set_input_files("[name=file]", {"name": "名单.csv", "mimeType": "text/csv", "buffer": data})
    press(page, "导入并比较")
    expect(page.locator(".subtabs")).to_contain_text("姓名不符 1")
    press(page, "入库")
    expect(page.locator("#messages")).to_contain_text("名单已入库")

    page.goto("/rosters/listed/")
    expect(page.locator("main")).to_contain_text("还差 2 人")
    expect(page.locator("main")).to_contain_text("登记的姓名是王秀")
    page.goto("/rosters/omissions/")
    expect(page.locator("main")).to_contain_text("共 2 人")
    follow(page.locator("tr", has_text="李大山").get_by_role("link", name="记录"))
    page.locator("[name=found]").select_option("away")
    page.fill("[name=phone]", "13900001111")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("外出 1")

    page.goto(f"/rosters/lists/{FunderList.objects.get().pk}/")
    page.get_by_text("这份名单错了？").click()
    page.fill("[name=reason]", "民政发错了文件")
    press(page, "撤回")
    expect(page.locator("#messages")).to_contain_text("1 人的认定终止")
    expect(page.locator(".office-head")).to_contain_text("已撤回：民政发错了文件")


def test_columns_without_headings_are_told_once_and_remembered(songming: Office, miss_yang: Staff, page: Page):
    people = [row[3:] for row in village_rows() if row and len(row) > 6 and str(row[0]).isdigit()]
    data = xlsx(*[[name, sex, number] for name, sex, number, *_ in people])
    enter(page, "yang")
    page.goto("/rosters/new/")
    page.get_by_label("村（社区）").select_option("西村")
    page.fill("[name=collector]", "赵六")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rosters/*/")

    hand_in(page, data)
    expect(page.get_by_role("heading", name="哪一列是什么")).to_be_visible()
    page.get_by_label("A列当作").select_option("姓名")
    page.get_by_label("C列当作").select_option("身份证号")
    press(page, "照此读取")
    expect(page.locator("#messages")).to_contain_text("读出3人")
    hand_in(page, data)
    expect(page.locator("#messages")).to_contain_text("读出3人")

    assert RosterRow.objects.filter(file__superseded_at=None).count() == 3


def test_a_picture_instead_of_a_table_is_refused_beside_the_field(songming: Office, miss_yang: Staff, page: Page):
    enter(page, "yang")
    page.goto("/rosters/new/")
    page.get_by_label("村（社区）").select_option("东村")
    page.fill("[name=collector]", "赵六")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rosters/*/")

    hand_in(page, b"\x89PNG\r\n\x1a\n")

    expect(page.locator("main")).to_contain_text("这是图片，不是表格")
    assert not Roster.objects.get().files.exists()
