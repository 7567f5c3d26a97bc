"""开办: from an empty database to the first payment, taken by the clerk who was invited, in one real browser."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from enrollment.services import load_ruleset
from offices import founding
from offices.doors import totp
from offices.models import Act, Office, Staff
from payments.models import Receipt
from tests.browser.conftest import RULESETS
from tests.browser.counter import Clerk
from tests.builders import at, id_number

GOOD, HERS = "Xinpu-8215", "Dongcun-1608"
DIVISIONS = "320705\t新浦区\n320705001\t新浦街道\n320705001001\t东村\n320705001002\t西村"


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]:visible").fill(value)


def invite(page: Page, **values: str) -> str:
    """Print a slip; its code."""
    page.get_by_role("link", name="邀请人员").click()
    role = values.pop("role")
    fill(page, **values)
    page.get_by_label("角色").select_option(role)
    page.get_by_label("经办机构").select_option(label="新浦街道劳动保障所")
    page.get_by_role("button", name=re.compile("开邀请单")).click()
    code = page.locator(".slip-code").inner_text()
    page.get_by_role("link", name="已打印或抄下，返回").click()
    return code


@pytest.mark.django_db(transaction=True)
def test_an_empty_installation_takes_its_first_payment(live_server, page: Page, settings, tmp_path):
    settings.SECOND_FACTOR, settings.SETUP_TOKEN = True, tmp_path / "setup-token"
    for path in sorted(RULESETS.glob("*.toml")):
        load_ruleset(text=path.read_text(), by=None, at=at("2007-08-07 09:00"))
    token = founding.offer_token()

    page.goto(f"/setup/?token={token}")
    the_administrator(page)
    the_office(page)
    code = the_people(page)
    the_clerk(page, code, settings)

    receipt = Receipt.objects.get()
    assert (receipt.number, str(receipt.amount)) == (1, "120.00")


def the_administrator(page: Page) -> None:
    """Name, password, authenticator; the token is of no use afterwards."""
    assert "token" not in page.url
    fill(page, name="周管理", work_number="001", username="zhou", new=GOOD, again=GOOD)
    page.get_by_role("button", name=re.compile("设立管理员")).click()
    expect(page.get_by_role("heading", name="绑定动态码")).to_be_visible()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    fill(page, code=totp.code_at(secret, int(timezone.now().timestamp()) // totp.STEP))
    page.get_by_role("button", name=re.compile("绑定")).click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="继续").click()
    expect(page.get_by_role("heading", name="开办", exact=True)).to_be_visible()
    assert not founding.wants_founding()


def the_office(page: Page) -> None:
    """Divisions, an office, its rule set, its receipts."""
    page.get_by_role("link", name=re.compile("行政区划：")).click()
    fill(page, text=DIVISIONS)
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.locator(".message")).to_contain_text("已登记 4 个区划")
    page.get_by_role("link", name="下一步").click()
    fill(page, name="新浦街道劳动保障所", code="LYG-XP", phone="0518-1234567")
    page.get_by_label("管辖区划").select_option(label="新浦街道（320705001）")
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.locator(".message")).to_contain_text("新浦街道劳动保障所已登记")
    page.get_by_role("link", name="下一步").click()
    page.get_by_label(re.compile("连云港")).check()
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.locator(".message")).to_contain_text("连云港")
    page.get_by_role("link", name="下一步").click()
    page.get_by_label("机构").first.select_option(label="新浦街道劳动保障所")
    fill(page, code="32070107", first="00000001", last="00000100")
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.locator(".message")).to_contain_text("已入库")
    page.goto("/")  # left, and come back
    page.get_by_role("link", name="还差：工作人员").click()
    page.get_by_role("link", name=re.compile("工作人员：")).click()


def the_people(page: Page) -> str:
    """An auditor and a clerk get slips."""
    page.get_by_role("link", name="邀请人员").click()
    fill(page, name="周管理", work_number="009")
    page.get_by_label("角色").select_option("auditor")
    page.get_by_role("button", name=re.compile("开邀请单")).click()
    expect(page.locator(".form-errors")).to_contain_text("管理员和审计员不能是同一个人")
    page.get_by_role("link", name="不邀请了").click()
    code = invite(page, name="王敏", work_number="017", role="clerk")
    expect(page.locator(".grid")).to_contain_text("待接受邀请")
    page.get_by_role("link", name="看看还差什么").click()
    expect(page.get_by_role("heading", name="可以收款了")).to_be_visible()
    page.locator(".day-person summary").click()
    page.get_by_role("button", name="退出登录").click()
    return code


def the_clerk(page: Page, code: str, settings) -> None:
    """The slip, her own name and password, a new household, its money."""
    page.get_by_role("link", name="我有邀请码").click()
    fill(page, code=code.lower())
    page.get_by_role("button", name=re.compile("下一步")).click()
    fill(page, username="wangmin", new=HERS, again=HERS)
    page.get_by_role("button", name=re.compile("完成并登录")).click()
    page.wait_for_url("**/counter/")
    settings.DEMO = True  # the rule set's window was open in 2007
    Office.objects.update(demo_moment=at("2007-10-25 09:00"), demo_set_at=timezone.now())
    clerk = Clerk(page)
    clerk.press("F2")
    page.wait_for_url("**/registration/")
    clerk.read_card(id_number("1965-03-02", serial=7))
    clerk.write("丁大为")
    clerk.press("Enter")
    expect(page.locator("#reg-total")).to_contain_text("120.00")
    clerk.press("F9")
    expect(page.locator("#papers-complete")).to_be_visible()
    clerk.press("F7")
    expect(page.locator("#take-money")).to_be_visible()
    clerk.press("F9", "Enter")
    expect(page.locator("#receipt-print")).to_be_visible()
    assert Act.objects.get(verb="take_payment").by == Staff.objects.get(username="wangmin")
