"""The counter in a real browser: the whole scenario, reasons, overrides, voids, the search box."""

import re

import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from enrollment.models import Clause, Override
from offices.models import Office, Staff
from payments.models import Payment, Receipt
from tests.browser.counter import FAMILY, Clerk, log_in, type_like_a_reader
from tests.builders import HEAD, PASSWORD, CertificationDraft, at, id_number, make_household, member, zhang_family

PAGE_HEIGHT = 768


def open_household(clerk: Clerk, household_id: int) -> Page:
    clerk.page.goto(f"/counter/{household_id}/")
    return clerk.page


def test_a_household_of_four_is_registered_pays_300_and_gets_its_receipt(
    counter_2007: Office, page: Page, client: Client
):
    numbers = [id_number(born, sex=sex) for born, sex in FAMILY]
    log_in(page)
    clerk = Clerk(page)

    clerk.press("F2")
    page.wait_for_url("**/registration/")
    for number, name, after in zip(
        numbers,
        ("陈建国", "李秀英", "陈小红", "陈明"),
        (["Enter"], ["2"], ["4", "F8", "4", "2", "Enter"], ["3", "F10", "1"]),
        strict=True,
    ):
        clerk.read_card(number)
        clerk.write(name)
        clerk.press(*after)
    expect(page.locator("#reg-total")).to_have_text("¥ 300.00")
    clerk.press("F9")
    page.wait_for_url(re.compile(r"/counter/\d+/$"))
    expect(page.locator(".money-amount")).to_have_text("¥ 300.00")
    expect(page.locator(".member", has_text="陈小红")).to_contain_text("重度残疾 肢体二级")
    expect(page.locator(".member", has_text="陈小红")).to_contain_text("60.00")
    expect(page.locator(".member", has_text="陈明")).to_contain_text("已参加职工医保")
    expect(page.locator(".refusal")).to_contain_text("职工医保证原件（陈明）")
    clerk.press("F7")
    expect(page.locator("#take-money")).to_be_visible()
    clerk.press("F9", "Enter")
    expect(page.locator("#receipt-print")).to_be_visible()
    with page.expect_response(re.compile(r"/receipts/\d+/1\.pdf$")) as printing:
        clerk.press("Enter")
    answer = page.request.get(printing.value.url)

    assert answer.headers["content-type"] == "application/pdf"
    paper = pypdfium2.PdfDocument(answer.body())
    text = paper[0].get_textpage().get_text_range()
    for said in (
        "陈建国",
        "李秀英",
        "陈小红",
        "重度残疾",
        "人民币叁佰元整",
        "300.00",
        "00012346",
        "2008年度",
        "刘阿姨",
    ):
        assert said in text, said
    assert "陈明" not in text
    picture = paper[0].render(scale=2).to_pil().convert("L")
    dark = sum(count for shade, count in enumerate(picture.histogram()) if shade < 100)
    assert 0.004 < dark / (picture.width * picture.height) < 0.2
    assert Receipt.objects.get().amount == 300


def test_every_figure_can_be_asked_why(aunt_liu: Staff, clerk: Clerk):
    Clause.objects.filter(key="L-8-2").update(full_text="第八条 低保户、特困户、重度残疾人员每人每年缴纳60元。")
    page = open_household(clerk, make_household(aunt_liu, *zhang_family()).pk)
    fee = page.locator(".member", has_text="张小红").locator(".money .why")

    fee.focus()
    clerk.press("Enter")

    panel = page.locator("#why")
    expect(panel).to_contain_text("按重度残疾核定，每人每年个人缴费60元")
    expect(panel).to_contain_text("第八条 低保户、特困户、重度残疾人员每人每年缴纳60元。")
    expect(panel).to_contain_text("连政办发〔2007〕149号")
    clerk.press("Escape")
    expect(panel).to_be_hidden()
    expect(fee).to_be_focused()


def test_a_member_left_out_needs_a_supervisor_who_says_why(aunt_liu: Staff, mr_chen: Staff, clerk: Clerk):
    page = open_household(clerk, make_household(aunt_liu, *zhang_family()).pk)
    clerk.press("F7")
    expect(page.locator("#take-money")).to_be_visible()

    box = page.get_by_label("李秀英参保")
    box.focus()
    clerk.press("Space")
    expect(page.locator(".money-amount")).to_have_text("¥ 300.00")
    expect(box).to_be_focused()
    expect(page.locator(".refusal")).to_contain_text("李秀英应参保而未同时参保")
    expect(page.locator("#take-money")).to_have_count(0)
    page.get_by_text("主管放行…").click()
    expect(page.get_by_label("放行事由")).to_be_focused()
    clerk.write("随子女在外地，下月返回")
    clerk.press("Tab")
    clerk.write("chen")
    clerk.press("Tab")
    clerk.write(PASSWORD)
    clerk.press("Enter")

    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.get_by_label("李秀英参保")).not_to_be_checked()
    expect(page.locator(".warnings")).to_contain_text("李秀英未同时参保，已由主管放行")
    expect(page.locator("#take-money")).to_be_visible()
    assert Override.objects.get().by == mr_chen


def test_a_clerks_own_password_lifts_nothing(aunt_liu: Staff, clerk: Clerk):
    household = make_household(aunt_liu, *zhang_family())
    page = clerk.page
    page.goto(f"/counter/{household.pk}/override/HOUSEHOLD_INCOMPLETE/")

    page.get_by_label("放行事由").fill("着急")
    page.get_by_label("主管登录名").fill("liu")
    page.get_by_label("主管口令").fill(PASSWORD)
    page.locator("main button[type=submit]").click()

    expect(page.locator("main")).to_contain_text("只能由主管、管理员办理")
    assert not Override.objects.exists()


def test_where_nothing_is_to_pay_one_key_enrols(counter_2007: Office, songyang: Office, miss_yang: Staff, page: Page):
    songyang.demo_moment, songyang.demo_set_at = at("2016-11-08 09:00"), timezone.now()
    songyang.save()
    listed = CertificationDraft(category="dibao", funder_list="嵩明县民政局2016年10月名单")
    person = member("杨低保", HEAD, hukou_division="530127", hukou_kind="rural", certifications=(listed,))
    household = make_household(miss_yang, person, moment="2016-11-08 08:00")
    log_in(page, "yang")
    clerk = Clerk(page)
    open_household(clerk, household.pk)
    clerk.press("F7")
    expect(page.locator("#take-money")).to_contain_text("登记参保")
    expect(page.locator("#tendered")).to_have_count(0)

    clerk.press("F9")

    expect(page.locator("#money")).to_contain_text("个人不缴费，不使用票据号码")
    assert not Receipt.objects.exists()


def test_a_receipt_is_voided_at_the_counter_and_the_money_is_due_again(aunt_liu: Staff, mr_chen: Staff, clerk: Clerk):
    page = open_household(clerk, make_household(aunt_liu, *zhang_family()).pk)
    clerk.press("F7")
    expect(page.locator("#take-money")).to_be_visible()
    clerk.press("F9", "Enter")
    expect(page.locator("#receipt-print")).to_be_visible()

    clerk.press("F8")
    expect(page.get_by_label("作废事由")).to_be_focused()
    clerk.write("重复收款")
    clerk.press("Tab")
    clerk.write("chen")
    clerk.press("Tab")
    clerk.write(PASSWORD)
    clerk.press("Enter")

    expect(page.locator("#take-money")).to_be_visible()
    expect(page.locator("#money")).to_contain_text("00012346")
    expect(page.locator("#money")).to_contain_text("已作废")
    assert Receipt.objects.get().voided_by == mr_chen


def test_a_search_with_several_hits_is_chosen_by_the_arrow_keys(aunt_liu: Staff, clerk: Clerk):
    for name in ("张伟民", "张为民", "周文明"):
        make_household(aunt_liu, member(name, HEAD))
    page = clerk.page

    clerk.write("zwm")
    clerk.press("Enter")
    expect(page.get_by_role("option")).to_have_count(3)
    clerk.press("ArrowDown", "ArrowDown", "Enter")

    expect(page.locator("h1")).to_have_text("周文明 户")


def test_a_search_without_a_hit_offers_a_new_household_with_the_name(clerk: Clerk):
    page = clerk.page

    clerk.write("欧阳小米")
    clerk.press("Enter")
    expect(page.locator("#search-answer")).to_contain_text("没有找到“欧阳小米”")
    clerk.press("F2")

    page.wait_for_url("**/registration/")
    expect(page.locator("#rows-0-name")).to_have_value("欧阳小米")


def test_a_card_read_while_something_else_has_the_focus_is_a_search(aunt_liu: Staff, clerk: Clerk):
    first = make_household(aunt_liu, *zhang_family())
    number = id_number("1950-01-01")
    make_household(aunt_liu, member("周大为", HEAD, id_no=number))
    page = open_household(clerk, first.pk)
    clerk.press("F7")
    expect(page.locator("#take-money")).to_be_visible()
    clerk.press("F9")

    clerk.read_card(number)

    expect(page.locator("h1")).to_have_text("周大为 户")


def test_a_reader_that_falters_over_the_money_pays_nothing(aunt_liu: Staff, clerk: Clerk):
    """Half of the digits, a pause, the other half and Enter: no sum of money, and no payment."""
    first = make_household(aunt_liu, *zhang_family())
    number = id_number("1950-01-01")
    make_household(aunt_liu, member("周大为", HEAD, id_no=number))
    page = open_household(clerk, first.pk)
    clerk.press("F7")
    expect(page.locator("#take-money")).to_be_visible()
    clerk.press("F9")
    assert clerk.focused == "tendered"

    type_like_a_reader(page, number[:11], enter=False)
    page.wait_for_timeout(400)
    type_like_a_reader(page, number[11:])

    expect(page.locator("h1")).to_have_text("周大为 户")
    assert not Payment.objects.exists()


@pytest.mark.parametrize("count", [1, 8])
def test_a_household_fits_on_the_screen_whatever_its_size_and_names(aunt_liu: Staff, clerk: Clerk, count: int):
    names = ("阿依古丽·吐尔逊江·买买提明艾则孜", "古丽娜扎尔·阿卜杜热合曼·帕力哈提", "欧阳诸葛")
    members = [
        member(names[place % 3] if place < 6 else "王五", HEAD if place == 0 else "80") for place in range(count)
    ]
    page = open_household(clerk, make_household(aunt_liu, *members, address="市场社区4组12号院3单元501室").pk)

    width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")

    assert width <= 1366
    assert height <= PAGE_HEIGHT
