"""后台任务 in a browser: ask for a long export, leave, see the mark, come back by it, take the file."""

import re
import threading

import pytest
from playwright.sync_api import Page, expect

from offices import jobs
from offices.models import Job, Office, Staff
from tests.browser.counter import follow
from tests.browser.test_printing import enter_as_supervisor, worker  # noqa: F401 - fixture
from tests.households.pictures import files_folder  # noqa: F401 - fixture

gate = threading.Event()


def held_back(job: Job, progress: jobs.Progress) -> dict[str, object]:
    """The journal's work, which waits half way until the test has looked."""
    from payments.money.journal_job import work

    progress(1, 2)
    gate.wait(timeout=60)
    return work(job, progress)


@pytest.fixture(autouse=True)
def every_journal_is_long(monkeypatch, files_folder):  # noqa: F811
    monkeypatch.setattr("payments.services.exporting.AT_ONCE_ROWS", -1)
    monkeypatch.setitem(jobs.WORK, "journal", f"{__name__}.held_back")
    gate.clear()
    yield
    gate.set()


def test_a_supervisor_leaves_a_long_export_alone_and_comes_back_for_its_file(
    counter_2007: Office,
    page: Page,
    mr_chen: Staff,
    worker: None,  # noqa: F811
):
    enter_as_supervisor(page)
    page.goto("/money/journal/")
    page.get_by_role("button", name="导出电子表").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    expect(page.get_by_text("正在处理：1 / 2 行")).to_be_visible()

    page.goto("/counter/")
    mark = page.locator("#running")
    expect(mark).to_contain_text("任务 1…")
    gate.set()
    expect(mark).to_have_text("任务已结束", timeout=20_000)
    follow(mark.get_by_role("link"))

    row = page.get_by_role("row", name=re.compile("日记账"))
    expect(row).to_contain_text("已完成")
    with page.expect_download() as download:
        row.get_by_role("link", name=re.compile("下载")).click()
    assert re.fullmatch(r"journal-\d{8}-\d{8}-[0-9A-F]{8}\.xlsx", download.value.suggested_filename)


def test_a_running_export_is_cancelled_from_the_list(
    counter_2007: Office,
    page: Page,
    mr_chen: Staff,
    worker: None,  # noqa: F811
):
    enter_as_supervisor(page)
    page.goto("/money/journal/")
    page.get_by_role("button", name="导出电子表").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    expect(page.get_by_text("正在处理：1 / 2 行")).to_be_visible()

    page.goto("/jobs/")
    with page.expect_response(re.compile(r"/cancel/$")):  # it has arrived before the work goes on
        page.get_by_role("button", name=re.compile("取消")).click()
    gate.set()

    expect(page.get_by_text("已取消。")).to_be_visible(timeout=20_000)
    assert Job.objects.get().is_cancelled
