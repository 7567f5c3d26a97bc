"""Two administrators publish next year's rates."""

from playwright.sync_api import Page, expect

from offices.jobs import run_next
from offices.models import Office, Staff
from tests.browser.counter import PASSWORD
from tests.builders import make_staff


def come_in(page: Page, username: str) -> None:
    """Log in as somebody who has no counter."""
    page.goto("/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def test_two_administrators_publish_next_years_rates(counter_2007: Office, mr_zhou: Staff, page: Page):
    make_staff(None, "he2", name="何管理", role="administrator")
    come_in(page, "admin")
    page.goto("/rulesets/songming/desk/")
    page.get_by_role("button", name="复制出下一年度").click()
    page.locator("thead th", has_text="2018年度").get_by_role("link", name="修改").click()
    page.get_by_label("普通居民·缴费标准", exact=True).fill("180")
    page.get_by_label("普通居民·个人缴", exact=True).fill("170")
    page.get_by_role("button", name="存入草稿").click()
    expect(page.locator(".desk-error")).to_contain_text("之和应等于缴费标准")
    page.get_by_label("普通居民·个人缴", exact=True).fill("180")
    page.get_by_role("button", name="存入草稿").click()
    expect(page.locator(".desk-years strong").first).to_have_text("180.00")
    page.get_by_role("link", name="送审").click()
    page.get_by_role("button", name="送审").click()
    page.get_by_role("link", name="查看发布页").click()
    expect(page.get_by_text("另一位管理员").first).to_be_visible()
    expect(page.get_by_role("button", name="发布第")).to_have_count(0)

    page.context.clear_cookies()
    come_in(page, "he2")
    page.goto("/rulesets/songming/desk/")
    page.get_by_role("link", name="核对并发布").click()
    page.get_by_role("button", name="发布第 2 版").click()

    expect(page.get_by_text("已发布，现行规则为第2版")).to_be_visible()
    page.goto("/rulesets/songming/")
    expect(page.locator("#rates")).to_contain_text("180.00")


def test_a_computation_is_stopped_before_it_begins(counter_2007: Office, mr_zhou: Staff, page: Page):
    come_in(page, "admin")
    page.goto("/rulesets/songming/desk/")
    page.get_by_role("button", name="复制出下一年度").click()
    page.get_by_role("button", name="核算影响（2018年度）").click()
    expect(page.get_by_text("正在排队")).to_be_visible()

    page.get_by_role("button", name="取消任务").click()

    expect(page.get_by_text("已取消。")).to_be_visible()
    assert not run_next()
    page.goto("/rulesets/songming/desk/")
    expect(page.get_by_text("尚未按这份草稿核算影响")).to_be_visible()
