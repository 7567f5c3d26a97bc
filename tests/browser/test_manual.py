"""操作手册: the pages that the manual shows still open as it says; with CANBAO_MANUAL=1 its pictures are taken anew.

The people in the pictures are those of the demonstration district.
"""

import re
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from enrollment.models import Clause
from enrollment.services import load_ruleset
from households.models import Household
from households.services import update_household
from offices import jobs
from offices.clock import moment
from offices.demo import create_demo_offices
from offices.models import Office, Staff
from payments.counter.reading import open_desk
from payments.demo.seeding import seed_demo
from payments.models import ReceiptBook
from tests.browser.conftest import RULESETS
from tests.browser.counter import Clerk, follow
from tests.browser.manual import IMAGES, MANUAL, Shot, enter, take
from tests.browser.manual_doors import the_doors, the_set_up
from tests.browser.manual_household import the_cards, the_changes, the_files
from tests.browser.manual_office import the_accounts, the_bank, the_devices, the_renewal, the_rule_desk, the_trial
from tests.browser.manual_rosters import the_rosters
from tests.builders import at, id_number
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.stock import stock_picture

MOST_BYTES = 150_000
EXERCISE = re.compile(r"^\| (\d{17}[\dX]) \| (\S+) \| (\d?)", re.MULTILINE)


@pytest.fixture
def shot(page: Page) -> Shot:
    """Takes a picture for the manual of the page as it is."""
    return partial(take, page)


def due_household() -> Household:
    """A household of 新浦街道 that can pay now, of four or more, one of them with a reduced fee."""
    office = Office.objects.get(code="LYG-XINPU")
    clerk, at = Staff.objects.get(username="liu"), moment(office)
    for household in Household.objects.filter(office=office).select_related("office").order_by("pk"):
        desk = open_desk(household, staff=clerk, at=at)
        fees = {row.fee.text for row in desk.rows if row.state == "due"}
        if desk.can_pay and len(desk.rows) >= 4 and len(fees) > 1:
            return household
    raise AssertionError("no household of the demonstration is due with a reduced fee")


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_the_manual_open_as_it_shows_them(
    live_server,
    page: Page,
    shot: Shot,
    settings,
    tmp_path: Path,
):
    settings.DEMO, settings.FILES_DIR = True, tmp_path
    seed_demo()
    # The documents' own words are not ours to copy into pictures.
    Clause.objects.update(full_text="（这里显示该条款的原文。）")
    household = due_household()

    enter(page, "liu")
    the_counter(page, shot, household)
    the_registration(page, shot)
    the_first_day(page, shot)
    the_cards(page, shot, household)
    the_files(page, shot, household)
    the_trial(page, shot)
    the_devices(page, shot)
    enter(page, "chen")
    the_receipts(page, shot, household)
    the_printing(page, shot)
    the_bank(page, shot)
    the_supervisor(page, shot, household)
    the_accounts(page, shot, household)
    the_changes(page, shot, household)
    enter(page, "yang")
    the_renewal(page, shot)
    the_rosters(page, shot)
    enter(page, "admin")
    the_administrator(page, shot)
    the_rule_desk(page, shot)


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_the_doors_open_as_the_manual_shows_them(live_server, page: Page, shot: Shot, settings):
    settings.DEMO = True
    create_demo_offices()

    the_doors(page, shot)


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_the_set_up_open_as_the_manual_shows_them(live_server, page: Page, shot: Shot, settings, tmp_path):
    settings.SETUP_TOKEN = tmp_path / "setup-token"
    for path in sorted(RULESETS.glob("*.toml")):
        load_ruleset(text=path.read_text(), by=None, at=at("2007-08-07 09:00"))

    the_set_up(page, shot)


def the_counter(page: Page, shot: Shot, household: Household) -> None:
    """收款台: search, look, ask why, take the money."""
    clerk = Clerk(page)
    expect(page.get_by_role("heading", name="刷身份证，或查找一户")).to_be_visible()
    shot("counter")
    clerk.write("张")
    clerk.press("Enter")
    expect(page.locator(".hit").first).to_be_visible()
    shot("search")

    page.goto(f"/counter/{household.pk}/")
    expect(page.locator("#take-money")).to_be_visible()
    shot("household")
    page.locator(".members .money .why").first.click()
    expect(page.locator("#why .why-text").first).to_be_visible()
    shot("clause")
    clerk.press("Escape", "F9")
    clerk.press("Enter")
    expect(page.locator("#receipt-print")).to_be_visible()
    shot("paid")


def the_registration(page: Page, shot: Shot) -> None:
    """新户登记: three rows, not sent."""
    clerk = Clerk(page)
    clerk.press("F2")
    page.wait_for_url("**/registration/")
    for name, born, sex, relation in (("丁大为", "1965-03-02", "M", ""), ("罗春兰", "1967-08-11", "F", "2")):
        clerk.read_card(id_number(born, sex=sex, serial=7))
        clerk.write(name)
        clerk.press(*relation, "Enter")
    clerk.read_card(id_number("1990-05-06", sex="F", serial=7))
    clerk.write("丁小雨")
    clerk.press("4")
    expect(page.locator("#reg-total")).to_contain_text("360.00")
    shot("registration")


def the_first_day(page: Page, shot: Shot) -> None:
    """第一天: the exercise of the manual, with its own people, by keyboard alone."""
    clerk = Clerk(page)
    page.goto("/counter/")
    clerk.press("F2")
    page.wait_for_url("**/registration/")
    page.get_by_role("button", name="不要草稿").click()
    expect(page.locator("#rows-0-id_no")).to_be_focused()
    for row, (id_no, name, relation) in enumerate(EXERCISE.findall((MANUAL / "first-day.md").read_text())):
        (clerk.read_card if row else clerk.type)(id_no)  # one by hand; a reader is as good for the others
        clerk.write(name)
        clerk.press(relation or "Enter")
    expect(page.locator("#reg-total")).to_contain_text("360.00")
    clerk.press("F9")
    expect(page.locator("#papers-complete")).to_be_visible()
    shot("first-papers")
    clerk.press("F7")
    expect(page.locator("#take-money")).to_be_visible()
    clerk.press("F9")
    clerk.type("500")
    expect(page.locator("#change")).to_have_text("140.00")
    shot("first-tendered")
    clerk.press("Enter")
    expect(page.locator("#receipt-print")).to_be_visible()
    clerk.press("Enter")
    expect(page.locator("html[data-printed='1']")).to_be_attached()
    page.goto("/day-end/")
    expect(page.locator("[data-value]").first).to_be_focused()
    clerk.press("3", "Enter")
    shot("day-end")


def the_receipts(page: Page, shot: Shot, household: Household) -> None:
    """收据: the list, one receipt, voiding it, the household's history."""
    page.goto("/receipts/")
    expect(page.get_by_role("heading", name="收据")).to_be_visible()
    shot("receipts")
    page.locator(".grid tbody a").first.click()
    expect(page.get_by_role("heading", name="打印记录")).to_be_visible()
    shot("receipt")
    page.locator("#receipt-void").click()
    expect(page.get_by_text("作废事由")).to_be_visible()
    shot("void")
    clerk = Staff.objects.get(username="liu")
    update_household(household_id=household.pk, phone="13812348888", by=clerk, at=moment(clerk.office))
    page.goto(f"/counter/{household.pk}/history/")
    expect(page.get_by_text("更改资料")).to_be_visible()
    shot("history")


def the_printing(page: Page, shot: Shot) -> None:
    """批量打印: what was chosen, the finished run, a layout over a picture of its stock."""
    page.goto("/receipts/batch/")
    page.locator("[name=reprints]").check()
    page.keyboard.press("Enter")
    expect(page.locator(".batch-choice")).to_contain_text("开始打印")
    shot("print-batch")
    page.click("button[name=start]")
    page.wait_for_url(re.compile(r"/receipts/runs/\d+/$"))
    jobs.run_next()
    expect(page.locator(".print-done")).to_contain_text("张收据")
    shot("print-run")
    the_jobs(page, shot)
    page.goto("/receipts/overprint/add/")
    page.get_by_label("名称", exact=True).fill("三联收据")
    page.set_input_files("[name=stock]", {"name": "票样.jpg", "mimeType": "image/jpeg", "buffer": stock_picture()})
    page.click("button[name=save]")
    expect(page.locator("svg image")).to_have_attribute("width", "241")
    shot("overprint")


def the_jobs(page: Page, shot: Shot) -> None:
    """后台任务: one that is done, and the same once more that waits for its turn."""
    page.goto("/receipts/batch/")
    page.locator("[name=reprints]").check()
    page.keyboard.press("Enter")
    page.click("button[name=start]")
    page.wait_for_url(re.compile(r"/receipts/runs/\d+/$"))
    page.goto("/jobs/")
    expect(page.get_by_role("row", name=re.compile("批量打印"))).to_have_count(2)
    expect(page.get_by_role("button", name=re.compile("取消"))).to_be_visible()
    shot("jobs")
    jobs.run_next()


def the_supervisor(page: Page, shot: Shot, household: Household) -> None:
    """主管: the day, the books of receipt numbers, the log, the rules."""
    verified = ReceiptBook.objects.get(verification__isnull=False)
    for address, heading, name in (
        ("/", re.compile("10月25日"), "today"),
        ("/books/", "票据号段", "books"),
        ("/books/receive/", "票据入库", "book-receive"),
        ("/books/stock/", "票据库存", "book-stock"),
        (f"/books/{verified.pk}/", verified.code, "book"),
        ("/money/", "资金去向", "money"),
        ("/remittances/", "上缴", "remittances"),
        ("/acts/", "操作日志", "acts"),
        ("/rulesets/", "规则与条款", "rulesets"),
        ("/rulesets/lianyungang/", "连云港市市区城镇居民基本医疗保险", "ruleset"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        shot(name)


def the_administrator(page: Page, shot: Shot) -> None:
    """管理员: the clock of a demonstration, the lots of receipts, claims on departments and budgets."""
    for address, heading, name in (
        ("/demo-clock/", "演示时间", "demo-clock"),
        ("/books/lots/", "入库批次", "lots"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        shot(name)
    page.goto("/funding/?division=530127")
    expect(page.get_by_role("button", name=re.compile("编制请款单")).first).to_be_visible()
    shot("funding")
    follow(page.get_by_role("link", name="2017-530127-Z01"))
    expect(page.get_by_role("link", name="登记到账")).to_be_visible()
    shot("funding-claim")


def test_the_manual_shows_every_picture_that_it_has_and_has_every_one_that_it_shows():
    shown = {name for path in MANUAL.glob("*.md") for name in re.findall(r"\(images/([\w-]+\.png)\)", path.read_text())}

    assert shown == {path.name for path in IMAGES.glob("*.png")}
    assert not {path.name for path in IMAGES.glob("*.png") if path.stat().st_size >= MOST_BYTES}


def test_the_contents_of_the_manual_lead_to_every_chapter():
    listed = set(re.findall(r"\(([^()/]+\.md)\)", (MANUAL / "README.md").read_text()))

    assert listed == {path.name for path in MANUAL.glob("*.md")} - {"README.md"}
