"""The browser tests' own ground: pages are reached, and complaints are heard."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Complaints


def test_the_application_answers_a_real_browser(page: Page):
    response = page.goto("/healthz/")

    assert response is not None
    assert response.status == 200
    assert page.inner_text("body").strip() == "ok"


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        pytest.param("console.error('坏了')", "console: 坏了", id="控制台错误"),
        pytest.param("setTimeout(() => { throw new Error('坏了') })", "script error: 坏了", id="脚本错误"),
        pytest.param("fetch('http://example.com/').catch(() => {})", "http://example.com/", id="外部请求"),
        pytest.param(
            "document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))",
            "Content Security Policy",
            id="内嵌脚本",
        ),
    ],
)
def test_complaints_are_heard(page: Page, complaints: Complaints, script: str, complaint: str):
    page.goto("/healthz/")

    page.evaluate(f"() => {{ {script} }}")
    for _ in range(200):  # the browser tells it when it comes to it; 20 s at most
        if complaint in "\n".join(complaints):
            break
        page.wait_for_timeout(100)

    assert complaint in "\n".join(complaints)
    complaints.clear()


def test_chinese_is_drawn_with_the_packaged_fonts(page: Page):
    page.goto("/healthz/")
    fonts = page.context.new_cdp_session(page)

    page.evaluate("() => { document.body.textContent = '参保' }")
    fonts.send("DOM.enable")
    fonts.send("CSS.enable")
    body = fonts.send(
        "DOM.querySelector", {"nodeId": fonts.send("DOM.getDocument")["root"]["nodeId"], "selector": "body"}
    )
    used = fonts.send("CSS.getPlatformFontsForNode", {"nodeId": body["nodeId"]})["fonts"]

    assert {font["familyName"] for font in used} <= {"Noto Sans SC", "Noto Serif SC"}
    assert used
