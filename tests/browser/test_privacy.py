"""个人信息: no name, number or telephone in an address, a title, the browser's storage or the server's log."""

import io
import logging
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from config.scrubbing import ScrubbedFormatter
from households.models import Certification, Household, Person
from offices.models import Act
from tests.browser.counter import Clerk

STORED = """() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"""


@pytest.fixture
def known(zhang_household: Household) -> list[str]:
    """What nobody but a reader of the page may learn: names, numbers, telephones, certificates."""
    Certification.objects.update(number="32070519880304000142")
    persons = Person.objects.filter(memberships__household=zhang_household)
    facts = [fact for each in persons for fact in (each.name, each.id_no, each.phone)]
    return [fact for fact in [*facts, "32070519880304000142"] if fact]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Every line that the server would write."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(ScrubbedFormatter("%(name)s %(message)s"))
    names = ("", "django", "django.server", "canbao.requests")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(logging.INFO)
    yield out
    for name in names:
        logging.getLogger(name).removeHandler(handler)
        logging.getLogger(name).setLevel(before[name])


def test_nothing_personal_leaves_the_page(clerk: Clerk, zhang_household: Household, known: list[str], log: io.StringIO):
    page = clerk.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(unquote(request.url)))
    head = zhang_household.memberships.get(relation="02").person
    home = f"/counter/{zhang_household.pk}/"
    told: list[str] = []
    whole: list[str] = []

    def look(address: str) -> None:
        page.goto(address)
        told.extend((page.title(), page.url, page.evaluate(STORED)))
        numbers = [fact for fact in known if re.search(r"\d{11}", fact) and fact in page.content()]
        whole.extend(f"{address} {fact}" for fact in numbers)

    page.goto("/counter/")
    page.locator("#search-box").fill(head.id_no)
    page.locator("#search-box").press("Enter")
    expect(page.get_by_role("heading", name=re.compile(head.name))).to_be_visible()
    told.extend((page.title(), page.url, page.evaluate(STORED)))
    for address in (
        home,
        f"{home}edit/",
        f"{home}members/{head.pk}/",
        f"{home}members/add/",
        f"{home}history/",
        f"{home}checklist/",
        f"{home}files/",
        f"{home}members/{head.pk}/photo/",
        f"/households/{zhang_household.pk}/changes/",
        f"/households/{zhang_household.pk}/cards/",
        f"/households/{zhang_household.pk}/certificates/",
        f"/persons/{head.pk}/",
        f"/trial/households/{zhang_household.pk}/",
        "/renewal/",
        "/receipts/",
        "/cards/unissued/",
        "/rosters/omissions/",
        "/registration/",
    ):
        look(address)

    everything = "\n".join([*asked, *told, log.getvalue()])
    assert len(asked) > 50
    assert "/counter/" in everything
    assert [fact for fact in known if fact in everything] == []
    assert whole == []


def test_a_number_is_shown_by_keys_and_hidden_again(clerk: Clerk, zhang_household: Household):
    page = clerk.page
    page.clock.install()
    head = zhang_household.memberships.get(relation="02").person
    page.goto(f"/counter/{zhang_household.pk}/members/{head.pk}/")
    number = page.locator(f"#masked-id-no-{head.pk}")
    expect(number).to_contain_text(f"{head.id_no[:6]}********{head.id_no[14:]}")

    number.get_by_role("link", name="显示").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("核对证件"))).to_be_focused()
    page.keyboard.press("1")

    expect(number).to_contain_text(f"{head.id_no[6:14]}")
    page.clock.run_for(61_000)
    expect(page.locator(f"#masked-id-no-{head.pk}")).to_contain_text("********")
    assert [act.detail["reason"] for act in Act.objects.filter(verb="reveal")] == ["核对证件"]


def test_escape_leaves_the_number_hidden_and_the_form_as_it_was(clerk: Clerk, zhang_household: Household):
    page = clerk.page
    head = zhang_household.memberships.get(relation="02").person
    page.goto(f"/counter/{zhang_household.pk}/members/{head.pk}/")
    page.locator("#id_school_name").fill("写了一半")
    page.locator(f"#masked-person-phone-{head.pk}").get_by_role("link", name="显示").click()
    expect(page.get_by_role("button", name=re.compile("核对证件"))).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.locator(".reveal-panel")).to_have_count(0)
    expect(page.locator("#id_school_name")).to_have_value("写了一半")
    assert not Act.objects.filter(verb="reveal").exists()


def test_a_reason_of_ones_own_does_not_send_the_form_around_it(clerk: Clerk, zhang_household: Household):
    page = clerk.page
    head = zhang_household.memberships.get(relation="02").person
    address = f"/counter/{zhang_household.pk}/members/{head.pk}/"
    page.goto(address)
    page.locator(f"#masked-person-phone-{head.pk}").get_by_role("link", name="显示").click()
    expect(page.get_by_role("button", name=re.compile("核对证件"))).to_be_focused()
    page.keyboard.press("5")
    page.keyboard.type("协助派出所核实")
    page.keyboard.press("Enter")

    expect(page.locator(f"#masked-person-phone-{head.pk}")).to_contain_text("13812348888")
    assert page.url.endswith(address)
    assert Act.objects.get(verb="reveal").detail["reason"] == "协助派出所核实"


def test_the_reason_for_a_list_is_chosen_by_a_digit_and_remembered(clerk: Clerk, zhang_household: Household):
    page: Page = clerk.page
    page.goto("/rosters/omissions/")
    page.get_by_role("link", name="下载电子表").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("2")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.startswith("omissions-")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("link", name="下载电子表").click()

    expect(page.get_by_label(re.compile("下发村"))).to_be_checked()
