"""进度 in a browser: from the town to a village, a group and its names, the screen on the wall, the weekly report."""

import re
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reports.demo import seed
from reports.models import Duty, WeeklyReport
from tests.browser.counter import follow
from tests.browser.manual import draw_paper, enter, go, take


@pytest.mark.django_db(transaction=True)
def test_a_supervisor_looks_where_people_are_lacking_and_sends_the_week(
    live_server, page: Page, settings, tmp_path: Path
):
    settings.DEMO, settings.FILES_DIR = True, tmp_path
    seed()
    shot = partial(take, page)

    enter(page, "duan")
    go(page, "进度")
    shot("progress")
    draw_paper(page.request.get(f"{live_server.url}/progress/sheet.pdf").body(), "progress-paper")
    follow(page.get_by_role("link", name="龙泉村", exact=True))
    groups = page.get_by_role("row", name=re.compile(r"^\d+组"))
    row = groups.filter(has=page.locator("td:nth-of-type(3) a")).first
    group = row.get_by_role("rowheader").inner_text()
    lacking = int(row.locator("td").nth(2).inner_text())
    follow(row.locator("td").nth(2).get_by_role("link"))
    expect(page.get_by_role("heading", name=f"龙泉村{group} 尚未参保")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(lacking)
    shot("progress-names")

    go(page, "进度")
    follow(page.get_by_role("link", name="大屏"))
    expect(page.locator(".tile")).to_have_count(4)
    shot("progress-wall")
    with page.expect_response(lambda answer: "/progress/wall/" in answer.url):
        page.evaluate("window.dispatchEvent(new Event('focus'))")  # as when somebody comes to it; else each minute
    expect(page.locator(".tile")).to_have_count(4)
    follow(page.get_by_role("link", name="返回进度"))

    follow(page.get_by_role("link", name="责任表"))
    follow(page.get_by_role("row", name=re.compile("上禾村")).get_by_role("link", name="指定"))
    page.get_by_label(re.compile("责任人")).select_option(index=1)
    follow(page.get_by_role("button", name="指定"))
    expect(page.get_by_role("row", name=re.compile("上禾村"))).to_contain_text("改派")
    assert Duty.objects.filter(division_code="530127001003").count() == 1

    follow(page.get_by_role("link", name="周报"))
    follow(page.get_by_role("link", name=re.compile("^报送.*周报")))
    follow(page.get_by_role("button", name="确认报送这些数字"))
    expect(page.locator("#messages")).to_contain_text("已报送")
    shot("weekly")
    assert WeeklyReport.objects.filter(week="2016-11-07").exists()
