"""变更 in a real browser: a death is told before it is done, stands in the person's life, and is undone."""

from decimal import Decimal
from uuid import uuid4

import pypdfium2
from django.utils import timezone
from playwright.sync_api import Page, expect

from enrollment.account_services import credit_accounts, reverse_entry
from enrollment.models import Change
from offices.models import Office, Staff
from payments.services import take_payment
from tests.browser.counter import Clerk, follow
from tests.builders import PASSWORD, PaperDraft, at, make_household, zhang_family


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


def test_a_death_with_a_refund_of_the_account_is_told_done_and_undone(
    clerk: Clerk, counter_2007: Office, aunt_liu: Staff, mr_chen: Staff, page: Page
):
    household = covered_family(counter_2007, aunt_liu)
    credit_accounts(ruleset_code="lianyungang", coverage_year=2008, by=mr_chen, at=at("2008-01-05 09:00"))
    page.goto(f"/counter/{household.pk}/")
    follow(page.get_by_role("link", name="迁移、死亡、转职工医保、分户…"))
    follow(page.locator("tr", has_text="王桂兰").get_by_role("link", name="死亡"))
    page.get_by_label("死亡日期").fill("20080301")
    page.get_by_label("领取余额的继承人").fill("张建国")
    page.get_by_label("继承人与参保人关系").fill("子")
    for paper in ("死亡证明", "申报亲属身份证", "亲属关系证明", "医疗保险卡"):
        page.get_by_label(paper).check()
    clerk.press("F9")
    effect = page.locator("#change-effect")
    expect(effect).to_contain_text("2008年度的待遇到 2008-03-01 为止")
    expect(effect).to_contain_text("第十一条（四）")
    expect(effect).to_contain_text("个人账户余额 50.00 元退给继承人")
    page.wait_for_load_state()
    effect.locator(".chip").first.click()
    expect(page.locator("#why")).to_contain_text("第十一条")
    page.keyboard.press("Escape")
    expect(page.get_by_label("死亡日期")).to_have_value("20080301")
    clerk.press("F9")
    expect(page.locator("#messages")).to_contain_text("死亡已办理")
    expect(page.locator("main")).to_contain_text("2008-01-01 至 03-01 终止")

    slip = page.get_by_role("link", name="个人账户退款单").get_attribute("href")
    paper = pypdfium2.PdfDocument(page.request.get(slip).body())[0].get_textpage().get_text_range()
    for word in ("王桂兰", "张建国", "50.00", "伍拾元整", "死亡"):
        assert word in paper

    page.context.clear_cookies()
    page.goto("/login/")
    page.fill("[name=username]", "chen")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(f"/households/{household.pk}/changes/")
    follow(page.get_by_role("link", name="撤销", exact=True))
    page.get_by_label("撤销事由").fill("同名误报，本人健在")
    clerk.press("F9")
    expect(page.get_by_role("alert")).to_contain_text("个人账户余额 50.00 元已退给张建国")
    entry = Change.objects.get().detail["refund"]
    reverse_entry(entry_id=entry, reason="款已收回", by=mr_chen, at=at("2008-03-05 10:00"))
    clerk.press("F9")

    expect(page.locator("main")).to_contain_text("由陈主任撤销：同名误报，本人健在")
    page.goto(f"/households/{household.pk}/changes/split/")
    page.goto(f"/households/{household.pk}/changes/")
    expect(page.locator(".life-members")).to_contain_text("王桂兰")
