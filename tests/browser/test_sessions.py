"""登录超时 on pages sent as a whole: what was typed is sent after the password; a second click sends nothing."""

import re

from playwright.sync_api import Page, expect

from offices.models import LoginSession, Staff
from tests.browser.conftest import Complaints
from tests.browser.counter import Clerk
from tests.browser.test_rule_desk import come_in
from tests.builders import PASSWORD, id_number, make_household, zhang_family


def test_an_edit_whose_session_is_gone_is_saved_after_the_password(
    aunt_liu: Staff, clerk: Clerk, complaints: Complaints
):
    household = make_household(aunt_liu, *zhang_family())
    page = clerk.page
    page.goto(f"/counter/{household.pk}/edit/")
    page.fill("[name=address]", "市场社区4组12号")

    LoginSession.objects.all().delete()
    clerk.press("F9")
    expect(page.locator("#relogin")).to_be_visible()
    clerk.write(PASSWORD)
    clerk.press("Enter")

    page.wait_for_url(f"**/counter/{household.pk}/")
    household.refresh_from_db()
    assert household.address == "市场社区4组12号"
    assert all("401" in each for each in complaints), complaints
    complaints.clear()


def test_two_clicks_on_a_page_send_one_form(aunt_liu: Staff, clerk: Clerk):
    household = make_household(aunt_liu, *zhang_family())
    page = clerk.page
    page.goto(f"/counter/{household.pk}/edit/")
    page.fill("[name=address]", "市场社区4组12号")
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)

    page.get_by_role("button", name=re.compile("保存")).dblclick()

    page.wait_for_url(f"**/counter/{household.pk}/")
    assert len(posts) == 1


def test_where_a_file_comes_the_next_one_may_be_asked_for_at_once(mr_chen: Staff, page: Page):
    come_in(page, "chen")
    page.goto("/money/journal/")
    names = []
    for name in ("日记账 CSV", "汇总 CSV"):
        with page.expect_download(timeout=4_000) as download:
            page.get_by_role("button", name=name).click()
        names.append(download.value.suggested_filename.split("-")[0])

    assert names == ["journal", "totals"]


def test_a_half_typed_row_in_a_grid_is_sent_after_the_password(clerk: Clerk, complaints: Complaints):
    """新户登记: three fields typed, the login over twelve hours old; nothing is typed twice."""
    page = clerk.page
    clerk.press("F2")
    page.wait_for_url("**/registration/")
    clerk.type(id_number("1965-03-02", serial=7))
    clerk.write("丁大为")

    too_old()
    clerk.press("Enter")
    expect(page.locator("#relogin")).to_be_visible()
    clerk.write(PASSWORD)
    clerk.press("Enter")

    expect(page.locator("#relogin")).to_be_hidden()
    expect(page.locator("[name=rows-0-name]")).to_have_value("丁大为")
    expect(page.locator("#reg-total")).to_contain_text("120.00")
    assert all("401" in each for each in complaints), complaints
    complaints.clear()


def too_old() -> None:
    """Make every login older than any may be."""
    for row in LoginSession.objects.all():
        data = row.get_decoded()
        row.session_data = LoginSession.get_session_store_class()().encode(data | {"began": data["began"] - 86_400})
        row.save()
