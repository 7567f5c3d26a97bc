"""变更 in a real browser: a death is told before it is done, stands in the person's life, and is undone."""

import os
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import Page, expect

from offices.models import Office, Staff
from payments.services import take_payment
from tests.browser.counter import Clerk
from tests.builders import PASSWORD, PaperDraft, at, make_household, zhang_family

SHOTS = os.environ.get("CANBAO_SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def covered_family(office: Office, clerk: Staff):
    """张建国户, paid for 2008; it is 2008-03-05 at the office."""
    household = make_household(clerk, *zhang_family(), papers=(PaperDraft("hukou_book"),))
    take_payment(
        household_id=household.pk,
        coverage_year=2008,
        key=uuid4(),
        expected_total=Decimal("420.00"),
        tendered=None,
        means="cash",
        by=clerk,
        at=at("2007-10-25 10:00"),
    )
    office.demo_moment, office.demo_set_at = at("2008-03-05 09:00"), timezone.now()
    office.save()
    return household


def test_a_death_is_told_done_and_undone(
    clerk: Clerk, counter_2007: Office, aunt_liu: Staff, mr_chen: Staff, page: Page
):
    household = covered_family(counter_2007, aunt_liu)
    page.goto(f"/counter/{household.pk}/")
    shot(page, "1-desk")
    page.get_by_role("link", name="迁移、死亡、转职工医保、分户…").click()
    shot(page, "2-changes")
    page.locator("tr", has_text="王桂兰").get_by_role("link", name="死亡").click()
    page.get_by_label("死亡日期").fill("20080301")
    for paper in ("死亡证明", "申报亲属身份证", "亲属关系证明", "医疗保险卡"):
        page.get_by_label(paper).check()
    page.keyboard.press("F9")
    effect = page.locator("#change-effect")
    expect(effect).to_contain_text("2008年度的待遇到 2008-03-01 为止")
    expect(effect).to_contain_text("第十一条（四）")
    shot(page, "3-effect")
    page.keyboard.press("F9")
    expect(page.locator("#messages")).to_contain_text("死亡已办理")
    expect(page.locator("main")).to_contain_text("2008-01-01 至 03-01 终止")
    shot(page, "4-life")

    page.context.clear_cookies()
    page.goto("/login/")
    page.fill("[name=username]", "chen")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(f"/households/{household.pk}/changes/")
    page.get_by_role("link", name="撤销", exact=True).click()
    page.get_by_label("撤销事由").fill("同名误报，本人健在")
    shot(page, "5-undo")
    page.keyboard.press("F9")

    expect(page.locator("main")).to_contain_text("由陈主任撤销：同名误报，本人健在")
    shot(page, "6-undone")
    page.goto(f"/households/{household.pk}/changes/split/")
    shot(page, "7-split")
    page.goto(f"/households/{household.pk}/changes/")
    expect(page.locator(".life-members")).to_contain_text("王桂兰")
