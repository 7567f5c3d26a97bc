"""A real browser on the running application; whatever it complains about fails the test."""

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from enrollment.services import load_ruleset
from offices.models import Office, Staff
from payments.services import receive_book
from tests.browser.counter import Clerk, log_in
from tests.browser_setup import find_browser, font_configuration
from tests.builders import at

RESULTS = Path("test-results")
RULESETS = Path(__file__).parents[2] / "enrollment" / "rulesets"
HAS_FAILED = pytest.StashKey[bool]()
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # A camera that shows a moving test picture, and that nobody has to allow.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
COUNT_PRINTS = """window.print = () => {
    const said = top.document.documentElement.dataset;
    said.printed = Number(said.printed ?? 0) + 1;
}"""
# A form that is answered with its errors is no fault of the page.
EXPECTED = re.compile(r"Failed to load resource: .* status of 422")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, so that its page is photographed."""
    report = yield
    if report.when == "call":
        item.stash[HAS_FAILED] = report.failed
    return report


class Complaints(list[str]):
    """What the browser complained about; a test that provokes something on purpose checks it and clears it."""

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.append(f"script error: {error.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.match(message.text):
            self.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        # The browser's own PDF viewer is made of pages inside the browser.
        if parts.scheme not in {"data", "blob", "chrome", "chrome-extension"} and parts.hostname != "127.0.0.1":
            self.append(f"request that leaves this machine: {request.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for all tests of the run."""
    executable = find_browser()
    assert executable, "没有浏览器，请先运行 make test 或 python -m tests.browser_setup"
    # Playwright's event loop runs in this thread. Django takes that for an asynchronous view, and keeps the connections
    # opened beside it apart from the others: so neither side may leave one open.
    connections.close_all()
    expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    environment = os.environ | {"FONTCONFIG_FILE": str(font_configuration())}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS, env=environment)
        yield browser
        browser.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, complaints: Complaints
) -> Iterator[Page]:
    """A fresh page of an office PC on the running application; addresses may be relative."""
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 1366, "height": 768},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    complaints.watch(context)
    # A browser without a screen breaks down over its own print dialog; tests count what would have been printed.
    context.add_init_script(COUNT_PRINTS)
    page = context.new_page()
    yield page
    if request.node.stash.get(HAS_FAILED, False):
        RESULTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "_", request.node.name)
        page.screenshot(path=RESULTS / f"{name}.png", full_page=True)
    context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def counter_2007(settings: Any, live_server: LiveServer, xinpu: Office, aunt_liu: Staff, mr_chen: Staff) -> Office:
    """新浦街道 on 2007-10-25 at nine: rule sets in force, receipts from 00012346 on, nobody registered."""
    settings.DEMO = True
    for path in sorted(RULESETS.glob("*.toml")):
        load_ruleset(text=path.read_text(), by=None, at=at("2007-08-07 09:00"))
    receive_book(
        office_id=xinpu.pk,
        code="32070107",
        first_number=12346,
        last_number=12445,
        width=8,
        by=mr_chen,
        at=at("2007-08-20 09:00"),
    )
    xinpu.demo_moment, xinpu.demo_set_at = at("2007-10-25 09:00"), timezone.now()
    xinpu.save()
    return xinpu


@pytest.fixture
def clerk(counter_2007: Office, page: Page) -> Clerk:
    """刘阿姨, logged in, at her counter."""
    log_in(page)
    return Clerk(page)
