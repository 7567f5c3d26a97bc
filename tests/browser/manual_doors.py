"""Pictures of the doors for the manual: login and what guards it, invitations, the set-up of an empty installation."""

import re

from playwright.sync_api import Page, expect

from offices import founding
from offices.models import Office
from tests.browser.manual import Shot, enter

GOOD = "Xinpu-8215"
DIVISIONS = "320705 新浦区\n320705001 新浦街道\n320705001001 东村\n320705001002 西村\n320705001003 河畔社区"


def the_doors(page: Page, shot: Shot) -> None:
    """登录: the page itself, a slip, who is in, the second factor."""
    page.goto("/login/")
    shot("login")
    enter(page, "admin")
    page.goto("/staff/add/")
    page.locator("[name=name]").fill("王敏")
    page.locator("[name=work_number]").fill("017")
    page.get_by_label("经办机构").select_option(Office.objects.get(code="LYG-XINPU").name)
    page.get_by_role("button", name=re.compile("开邀请单")).click()
    expect(page.locator(".slip-code")).to_be_visible()
    shot("slip")
    page.goto("/staff/")
    expect(page.get_by_role("heading", name="还没有用的邀请单")).to_be_visible()
    shot("staff")
    page.goto("/sessions/")
    expect(page.get_by_role("heading", name="在线登录")).to_be_visible()
    shot("sessions")
    enter(page, "liu")
    page.goto("/second-factor/")
    expect(page.locator("svg.qr")).to_be_visible()
    shot("second-factor")


def the_set_up(page: Page, shot: Shot) -> None:
    """开办: the first page, the divisions, the office, the choice of a rule set."""
    page.goto(f"/setup/?token={founding.offer_token()}")
    expect(page.get_by_role("heading", name="开办：设立管理员")).to_be_visible()
    shot("setup-first")
    for name, value in (
        ("name", "周管理"),
        ("work_number", "001"),
        ("username", "zhou"),
        ("new", GOOD),
        ("again", GOOD),
    ):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name=re.compile("设立管理员")).click()
    page.wait_for_url("**/setup/")
    page.goto("/setup/divisions/")
    page.locator("[name=text]").fill(DIVISIONS)
    shot("setup-divisions")
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.locator(".message")).to_contain_text("已登记 5 个区划")
    page.goto("/setup/office/")
    page.get_by_label("管辖区划").select_option(label="新浦街道（320705001）")
    page.locator("[name=name]").fill("新浦街道劳动保障所")
    page.locator("[name=code]:visible").fill("LYG-XP")
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.locator(".message")).to_contain_text("已登记")
    page.goto("/setup/rules/")
    page.get_by_label(re.compile("连云港")).check()
    shot("setup-rules")
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.locator(".message")).to_contain_text("办理")
    page.goto("/setup/")
    expect(page.get_by_role("link", name=re.compile("票据号段："))).to_be_visible()
    shot("setup")
