"""操作手册, the office: trials, accounts, renewal, and the desk where rules are drafted and published."""

import re

from playwright.sync_api import Page, expect

from households.models import Household
from offices.demo import PASSWORD
from offices.jobs import run_next
from offices.models import Staff
from tests.browser.counter import Clerk, follow
from tests.browser.manual import Shot, enter, go
from tests.browser.manual_household import live_in
from tests.builders import id_number


def the_trial(page: Page, shot: Shot) -> None:
    """试算: two people described, one fact changed."""
    clerk = Clerk(page)
    go(page, "试算")
    page.fill("#id_m0-birth_date", "1960-01-01")
    clerk.press("F4")
    page.fill("#id_m1-birth_date", "1988-03-04")
    clerk.press("F9")
    expect(page.locator("#decision")).to_contain_text("¥ 240.00")
    shot("trial")
    page.select_option("#id_m1-category", label="肢体残疾二级")
    clerk.press("F9")
    expect(page.locator("#decision .trial-changed")).to_contain_text("120.00 → 60.00")
    shot("trial-changed")


def the_accounts(page: Page, shot: Shot, household: Household) -> None:
    """个人账户: what is due in January, credited; one person's entries."""
    live_in(household, "2008-01-07 09:00")
    go(page, "个人账户")
    expect(page.get_by_text("应划未划", exact=True)).to_be_visible()
    shot("accounts")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^划入")).click()
    page.goto(f"/persons/{household.memberships.order_by('pk')[1].person_id}/")
    follow(page.get_by_role("link", name="个人账户", exact=True))
    expect(page.locator(".grid tbody tr")).to_have_count(1)
    shot("account")


def the_bank(page: Page, shot: Shot) -> None:
    """银行对账: the demonstration's statement, with what is matched, marked and unknown."""
    page.goto("/bank/")
    follow(page.get_by_role("link", name="上缴专户").first)
    expect(page.get_by_role("heading", name="银行有、我方没有")).to_be_visible()
    shot("bank")


def the_renewal(page: Page, shot: Shot) -> None:
    """续保: the households of the year before."""
    go(page, "续保")
    expect(page.locator(".grid .state", has_text="须先核对").first).to_be_visible()
    shot("renewal")


def the_rule_desk(page: Page, shot: Shot) -> None:
    """规则台: next year's rates drafted, weighed, submitted and published by somebody else."""
    Staff.objects.create_user("lin", PASSWORD, name="林管理员", role=Staff.Role.ADMINISTRATOR)
    open_desk(page)
    the_draft(page, shot)
    the_impact(page, shot)
    open_desk(page)
    follow(page.get_by_role("link", name="送审", exact=True))
    shot("desk-submit")
    page.get_by_role("button", name="送审").click()
    expect(page.get_by_text("草稿已送审", exact=True)).to_be_visible()
    enter(page, "lin")
    open_desk(page)
    follow(page.get_by_role("link", name="核对并发布"))
    shot("desk-publish")
    page.get_by_role("button", name="发布第 2 版").click()
    expect(page.get_by_text("已发布，现行规则为第2版")).to_be_visible()
    shot("desk-published")


def open_desk(page: Page) -> None:
    """Open the rule desk of 嵩明 by its links."""
    go(page, "规则与条款")
    follow(page.locator("main").get_by_role("link", name=re.compile("嵩明县")).first)
    follow(page.get_by_role("link", name="规则台"))


def the_draft(page: Page, shot: Shot) -> None:
    """Next year copied from the last one, everybody's rate raised from 150 to 180 yuan."""
    page.get_by_role("button", name="复制出下一年度").click()
    follow(page.locator("thead th", has_text="2018年度").get_by_role("link", name="修改"))
    for field in page.get_by_label(re.compile("·(缴费标准|个人缴|资助)$")).all():
        if field.input_value() == "150":
            field.fill("180")
    shot("desk-year")
    page.get_by_role("button", name="存入草稿").click()
    expect(page.locator(".desk-years strong").first).to_have_text("180.00")
    shot("desk")


def the_impact(page: Page, shot: Shot) -> None:
    """What the draft means for every household."""
    page.get_by_role("button", name="核算影响（2018年度）").click()
    page.wait_for_url("**/jobs/**")
    assert run_next()
    expect(page.locator("main")).to_contain_text("多缴")
    shot("impact")


def the_devices(page: Page, shot: Shot) -> None:
    """本机设备: a card tried, a camera opened."""
    page.goto("/devices/")
    page.focus("#probe")
    Clerk(page).read_card(id_number(born="1988-03-04", sex="F"))
    expect(page.locator("#reader-says")).to_contain_text("好。")
    shot("devices")
