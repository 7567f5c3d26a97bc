"""A real browser on the running application; whatever it complains about fails the test."""

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser_setup import find_browser, font_configuration

RESULTS = Path("test-results")
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
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
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
        if parts.scheme not in {"data", "blob"} and parts.hostname != "127.0.0.1":
            self.append(f"request that leaves this machine: {request.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for all tests of the run."""
    executable = find_browser()
    assert executable, "没有浏览器，请先运行 make test 或 python -m tests.browser_setup"
    # Playwright's event loop runs in this thread, and Django takes that for an asynchronous view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    environment = os.environ | {"FONTCONFIG_FILE": str(font_configuration())}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS, env=environment)
        yield browser
        browser.close()
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
    page = context.new_page()
    yield page
    if request.node.stash.get(HAS_FAILED, False):
        RESULTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "_", request.node.name)
        page.screenshot(path=RESULTS / f"{name}.png", full_page=True)
    context.close()
    assert not complaints, "\n".join(complaints)
