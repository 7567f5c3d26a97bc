"""补录银行缴费 at the keyboard: a mistake keeps what was typed, the rules answer for the slip's moment, a receipt."""

import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from households.drafts import PaperDraft
from offices.models import Office, Staff
from payments.models import Payment
from tests.browser.test_rule_desk import come_in
from tests.builders import at, make_household, zhang_family


def test_a_supervisor_enters_a_slip_without_a_mouse(counter_2007: Office, mr_chen: Staff, aunt_liu: Staff, page: Page):
    counter_2007.demo_moment, counter_2007.demo_set_at = at("2007-12-13 10:00"), timezone.now()
    counter_2007.save()
    family = make_household(aunt_liu, *zhang_family(), papers=(PaperDraft("hukou_book"),))
    come_in(page, "chen")
    page.goto(f"/counter/{family.pk}/")
    page.get_by_role("link", name="补录银行缴费").press("Enter")
    expect(page.get_by_label("回单号")).to_be_focused()
    keys = page.keyboard
    for typed in ("5501", "农业银行", "20071211", "9:00", "300"):
        keys.insert_text(typed)
        keys.press("Tab")
    expect(page.get_by_text("2008年度缴费已于 2007-12-10 截止")).to_be_visible()
    keys.press("Tab")
    keys.insert_text("回单今天才送到")
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("2008年度缴费已于 2007-12-10 截止")
    page.get_by_label("交易日期").fill("20071210")
    page.get_by_label("交易时间").fill("16：40")
    page.get_by_label("交易时间").press("Tab")
    expect(page.locator("#entry-members")).to_contain_text("按 2007-12-10 16:40 核定")
    expect(page.locator("#entry-members")).not_to_contain_text("截止")
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("回单金额300.00元与应缴的420.00元不符")
    expect(page.get_by_label("补录事由")).to_have_value("回单今天才送到")
    page.get_by_label("金额").fill("420")
    keys.press("Enter")

    expect(page).to_have_url(re.compile(r"/receipts/\d+/$"))
    expect(page.get_by_text("已补录2007-12-10 16:40的银行缴费。已收420.00元")).to_be_visible()
    expect(page.get_by_text("2007-12-10 16:40，回单号 5501")).to_be_visible()
    assert Payment.objects.get().paid_at == at("2007-12-10 16:40")


def test_a_change_does_not_send_the_scan(counter_2007: Office, mr_chen: Staff, aunt_liu: Staff, page: Page):
    family = make_household(aunt_liu, *zhang_family(), papers=(PaperDraft("hukou_book"),))
    come_in(page, "chen")
    page.goto(f"/counter/{family.pk}/slip/")
    scan = {"name": "slip.jpg", "mimeType": "image/jpeg", "buffer": bytes(500_000)}
    page.get_by_label("回单扫描件").set_input_files(files=[scan])
    page.get_by_label("金额").fill("420")

    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.get_by_label("金额").press("Tab")

    assert int(asked.value.all_headers()["content-length"]) < 10_000


def test_a_clerk_is_shown_no_way_there(counter_2007: Office, aunt_liu: Staff, page: Page):
    family = make_household(aunt_liu, *zhang_family(), papers=(PaperDraft("hukou_book"),))
    come_in(page, "liu")
    page.goto(f"/counter/{family.pk}/")

    expect(page.get_by_text("迁移、死亡")).to_be_visible()
    expect(page.get_by_text("补录银行缴费")).to_have_count(0)
