"""Hostile strings in every row, seen through Chromium: no dialog opens, no script runs, nothing is asked of elsewhere.

Whatever the browser complains about (a script error, a violation of the content policy) fails the test. Chromium runs
in a thread of its own: the tests of `tests/browser` may hold another one in this.
"""

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings as known_settings
from django.db import transaction
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from offices.models import Staff
from tests.browser.conftest import COUNT_PRINTS, FLAGS, Complaints
from tests.browser_setup import find_browser, font_configuration
from tests.faults.conftest import Keep
from tests.faults.hostile_rows import overwrite
from tests.faults.hostile_strings import strings
from tests.faults.looks import Looks
from tests.faults.walk import CAST, client_of
from tests.test_access import (  # noqa: F401 - fixtures
    PAGES,
    address,
    arguments,
    book,
    cast,
    files_folder,
    pay,
    rulesets,
    savepoint,
)

SHORT, TURNS_FULL = 8, 12
# Set where a string managed to run though no dialog opened; asked of each page.
RAN = "() => document.documentElement.dataset.ran ?? ''"
WATCH = """
    for (const name of ["alert", "confirm", "prompt"])
        window[name] = () => { top.document.documentElement.dataset.ran = name; };
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that shows something: its name, where it is, and the session of somebody who may see it."""

    name: str
    url: str
    cookie: str


def test_hostile_rows_run_nowhere_in_a_browser(
    full: bool,
    live_server: LiveServer,
    arguments: dict[str, object],  # noqa: F811
    cast: dict[str, Staff],  # noqa: F811
    settings,
    keep: Keep,
):
    settings.DEMO = True
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    chance, hostile, seen, fields = random.Random(seed), strings(), 0, 0

    for turn in range(TURNS_FULL if full else 1):
        with transaction.atomic():
            fields = len(overwrite(hostile, turn=turn * 25 + chance.randrange(25)))
        there = list(pages(arguments, cast, None if full else SHORT, chance))
        browsers = 2 if full else 1
        with ThreadPoolExecutor(browsers) as pool:
            jobs = [pool.submit(look, live_server.url, there[place::browsers]) for place in range(browsers)]
            complaints = [each for job in jobs for each in job.result()]
        seen += len(there)

        assert not complaints, complaints[:3]
    keep(f"{fields} fields, {seen} pages in Chromium: no dialog, no script, no complaint")


def pages(
    arguments: dict[str, object],  # noqa: F811
    cast: dict[str, Staff],  # noqa: F811
    most: int | None,
    chance: random.Random,
) -> Iterator[Visit]:
    """Those that answer with a page, as many as are wanted, in random order."""
    clients = {who: client_of(cast[who]) for who in CAST}
    names = [name for name in PAGES if name not in Looks.papers()]
    found = 0
    for name in chance.sample(names, len(names)):
        client = clients[next(who for who in CAST if cast[who].role in PAGES[name].roles)]
        url = address(name, arguments)
        with savepoint():
            answer = client.get(url)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield Visit(name, url, client.cookies[known_settings.SESSION_COOKIE_NAME].value)
            found += 1
        if found == most:
            return


def look(base: str, there: list[Visit]) -> list[str]:
    """Open each page; what was complained about."""
    found: list[str] = []
    environment = os.environ | {"FONTCONFIG_FILE": str(font_configuration())}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS, env=environment)
        for cookie in sorted({visit.cookie for visit in there}):
            theirs = [visit for visit in there if visit.cookie == cookie]
            found += list(looked_at(browser, base, cookie, theirs))
        browser.close()
    return found


def looked_at(browser: Browser, base: str, cookie: str, there: list[Visit]) -> Iterator[str]:
    context = browser.new_context(base_url=base, viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.add_cookies([{"name": known_settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])
    context.add_init_script(COUNT_PRINTS + "\n" + WATCH)
    complaints = Complaints()
    complaints.watch(context)
    page = context.new_page()
    for visit in there:
        yield from (f"{visit.name}: {each}" for each in (*opened(page, visit), *complaints))
        complaints.clear()
    context.close()


def opened(page: Page, visit: Visit) -> Iterator[str]:
    answer = page.goto(visit.url, wait_until="networkidle")
    if answer is None or answer.status != 200:
        yield f"answered {answer.status if answer else 'nothing'}"
    if ran := page.evaluate(RAN):
        yield f"{ran} was called"
    if folder := os.environ.get("CANBAO_LOOK"):  # to see for oneself
        page.screenshot(path=f"{folder}/{visit.name}.png")
