"""From the payment to the city's account: four people, each at her own step; and a day that was closed."""

from playwright.sync_api import Page, expect

from households.drafts import PaperDraft
from households.models import Household
from offices.models import Staff
from payments.models import Receipt
from tests.browser.counter import Clerk, follow
from tests.browser.test_rule_desk import come_in
from tests.builders import HEAD, make_household, make_staff, member
from tests.payments.money_builders import settle


def bank(page: Page, number: str) -> None:
    """Write the bank's slip down."""
    page.get_by_label("回单号").fill(number)
    page.get_by_label("交易日期").fill("20071025")
    page.get_by_role("button", name="登记回单").click()


def next_one(page: Page, username: str) -> None:
    page.context.clear_cookies()
    come_in(page, username)


def test_four_people_bring_the_money_to_the_citys_account(
    clerk: Clerk, zhang_household: Household, mr_zhou: Staff, page: Page
):
    make_staff(None, "gao", name="高复核", role="administrator")
    page.goto(f"/counter/{zhang_household.pk}/")
    clerk.press("F9", "Enter")
    expect(page.get_by_text("已缴").first).to_be_visible()
    page.goto("/day-end/")
    expect(page.locator("[data-means=cash] .difference")).to_have_text("-420.00")
    clerk.press("4", "Enter", "Enter", "2")  # four hundreds, no fifties, two twenties
    expect(page.locator("[data-means=cash] .difference")).to_have_text("+20.00")
    expect(page.get_by_label("差额事由")).to_be_visible()
    clerk.press("Backspace", "1")
    expect(page.locator("[data-means=cash] .difference")).to_have_text("相符")
    expect(page.get_by_label("差额事由")).to_be_hidden()
    page.get_by_role("button", name="日结").click()
    expect(page.get_by_text("已日结，合计 420.00 元")).to_be_visible()

    next_one(page, "chen")
    page.goto("/remittances/")
    page.get_by_role("checkbox").uncheck()
    expect(page.get_by_role("button", name="制上缴单")).to_be_disabled()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="制上缴单").click()
    bank(page, "N1")
    expect(page.get_by_text("等待经办机构审核")).to_be_visible()

    next_one(page, "admin")
    page.goto("/remittances/")
    follow(page.get_by_role("link", name="JK-"))
    page.get_by_role("button", name="审核通过").click()
    expect(page.get_by_text("可以汇缴")).to_be_visible()
    page.goto("/transfers/")
    page.get_by_role("button", name="制划解单").click()
    bank(page, "N2")
    expect(page.get_by_text("须由另一位管理员复核")).to_be_visible()

    next_one(page, "gao")
    page.goto("/transfers/")
    follow(page.get_by_role("link", name="HJ320705"))
    page.get_by_role("button", name="复核通过").click()
    expect(page.get_by_text("款已到专户")).to_be_visible()
    page.goto("/transfers/")
    page.get_by_role("button", name="制划解单").click()
    bank(page, "N3")
    expect(page.get_by_text("等待另一位管理员复核")).to_be_visible()

    next_one(page, "admin")
    page.goto("/transfers/")
    follow(page.get_by_role("link", name="SJ3207"))
    page.get_by_role("button", name="复核通过").click()
    expect(page.get_by_text("款已到专户")).to_be_visible()

    city = Receipt.objects.get().settlement_line.remittance.transfer.forwarded_in
    assert (city.amount, city.confirmed_by) == (420, mr_zhou)


def test_after_the_day_end_the_counter_takes_no_money_and_says_why(
    clerk: Clerk, zhang_household: Household, aunt_liu: Staff, page: Page
):
    given = {"papers": (PaperDraft("id_card"),), "photos": 2}
    other = make_household(aunt_liu, member("王大力", HEAD, **given), papers=(PaperDraft("hukou_book"),))
    page.goto(f"/counter/{zhang_household.pk}/")
    clerk.press("F9", "Enter")
    expect(page.get_by_text("已缴").first).to_be_visible()
    settle(aunt_liu)

    page.goto(f"/counter/{other.pk}/")

    expect(page.get_by_text("这一天不能再收款")).to_be_visible()
    expect(page.get_by_role("button", name="收款并打印")).to_have_count(0)
    assert Receipt.objects.count() == 1
