"""批量打印 in a browser: choose, look, start, watch the bar, take the file; a layout over a picture of the stock."""

import re
import threading
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from households.models import Household
from offices import jobs
from offices.models import Office, Staff
from payments.services import take_payment
from tests.browser.counter import follow
from tests.builders import PASSWORD
from tests.households.pictures import files_folder, picture  # noqa: F401 - fixture
from tests.payments.card_builders import pay_arguments
from tests.payments.many import make_couples


@pytest.fixture
def worker(live_server) -> Iterator[None]:
    """A worker beside the server, as `make run` has one."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(0.3):
            jobs.run_next()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stopped.set()
    thread.join()


def enter_as_supervisor(page: Page) -> None:
    page.goto("/login/")
    page.fill("[name=username]", "chen")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


def test_a_supervisor_prints_a_batch_on_the_offices_stock(
    counter_2007: Office, page: Page, aunt_liu: Staff, mr_chen: Staff, worker: None
):
    for household in make_couples(aunt_liu, 4):
        take_payment(**pay_arguments(Household(pk=household), aunt_liu) | {"expected_total": Decimal(240)})
    enter_as_supervisor(page)

    page.goto("/receipts/overprint/add/")
    page.get_by_label("名称", exact=True).fill("三联收据")
    stock = {"name": "stock.png", "mimeType": "image/png", "buffer": picture((1205, 700), form="PNG")}
    page.set_input_files("[name=stock]", stock)
    with page.expect_response(re.compile(r"/receipts/overprint/\d+/stock/")) as shown:
        page.click("button[name=save]")
    assert shown.value.ok
    expect(page.locator("svg image")).to_have_attribute("width", "241")
    expect(page.locator("svg text", has_text="古丽努尔·买买提")).to_be_visible()

    page.goto("/receipts/")
    follow(page.get_by_role("link", name="批量打印"))
    page.get_by_label("号码", exact=True).fill("12347")
    page.get_by_label("版式", exact=True).select_option(label="套打　三联收据")
    page.keyboard.press("Enter")
    expect(page.locator(".batch-choice")).to_contain_text("00012347 — 00012349")
    expect(page.locator(".batch-choice")).to_contain_text("720.00")
    page.click("button[name=start]")
    page.wait_for_url(re.compile(r"/receipts/runs/\d+/$"))

    expect(page.locator(".print-done")).to_contain_text("3 张收据")
    with (
        page.context.expect_page() as opened,
        page.context.expect_event("response", lambda answer: answer.url.endswith("/receipts.pdf")) as paper,
    ):
        page.click("#print-run-file")
    assert paper.value.ok
    opened.value.close()
    page.goto("/receipts/runs/")
    expect(page.locator("tbody tr")).to_contain_text("套打 三联收据")
