"""每一页: opened in a real browser by someone whose it is; neither policy nor script complains (`page` listens)."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from offices.models import Staff
from tests.browser.test_rule_desk import come_in
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.conftest import book, pay, rulesets  # noqa: F401 - fixtures
from tests.test_access import ADMINISTRATOR, CLERK, PAGES, SUPERVISOR, address, arguments  # noqa: F401 - fixture

LOGINS = {CLERK: "liu", SUPERVISOR: "chen", ADMINISTRATOR: "admin"}
COLLECTS = """(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`);
    });
})()"""


@pytest.mark.django_db(transaction=True)
def test_no_page_breaks_its_own_policy(
    live_server: LiveServer,
    page: Page,
    arguments: dict[str, object],  # noqa: F811
    aunt_liu: Staff,
    mr_chen: Staff,
    mr_zhou: Staff,
    settings,
):
    settings.DEMO = True
    page.add_init_script(COLLECTS)
    opened, violations = [], []

    for role, login in LOGINS.items():
        page.context.clear_cookies()
        come_in(page, login)
        for name in [name for name, each in PAGES.items() if role in each.roles and name not in opened]:
            if is_page(page, address(name, arguments)):
                page.goto(address(name, arguments))
                violations += [(name, said) for said in page.evaluate("window.violations")]
                opened.append(name)

    assert not violations
    assert len(opened) > 100, opened


def is_page(page: Page, url: str) -> bool:
    """Whether the address answers with a page to look at, not with a file or with words for whoever opens a form's."""
    answer = page.request.get(url, max_redirects=0, headers={"Accept": "text/html"})
    return answer.status == 200 and answer.headers["content-type"].startswith("text/html")
