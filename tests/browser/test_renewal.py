"""Renewal in a real browser: a certificate that has expired is seen on the list, recorded anew, and lowers the fee."""

import re
from datetime import date
from decimal import Decimal
from uuid import uuid4

from playwright.sync_api import Page, expect

from households.drafts import CertificationDraft, PaperDraft
from offices.models import Office, Staff
from payments.models import Receipt
from payments.services import take_payment
from tests.browser.counter import Clerk, follow, log_in
from tests.builders import HEAD, at, make_household, member


def test_a_household_whose_certificate_has_expired_renews_it_and_pays_60_instead_of_120(
    counter_2007: Office, aunt_liu: Staff, page: Page
):
    severe = CertificationDraft(
        disability_kind="肢体",
        disability_grade=2,
        kind="残疾人证",
        original_seen=True,
        copy_kept=True,
        valid_to=date(2008, 6, 30),
    )
    person = member("张小红", HEAD, sex="F", certifications=(severe,), papers=(PaperDraft("id_card"),), photos=2)
    household = make_household(aunt_liu, person, papers=(PaperDraft("hukou_book"),))
    take_payment(
        household_id=household.pk,
        coverage_year=2008,
        key=uuid4(),
        expected_total=Decimal("60.00"),
        tendered=None,
        means="cash",
        by=aunt_liu,
        at=at("2007-10-25 09:00"),
    )
    counter_2007.demo_moment = at("2008-09-01 09:00")
    counter_2007.save()
    log_in(page)
    clerk = Clerk(page)

    page.goto("/renewal/")
    row = page.locator("tbody tr", has_text="张小红")
    expect(row).to_contain_text("已于2008-06-30到期")
    expect(row).to_contain_text("须先核对")
    follow(row.get_by_role("link", name=household.number))
    page.wait_for_url(f"**/counter/{household.pk}/")
    expect(page.locator("#desk")).to_contain_text("已于2008-06-30到期，不能据以减免")
    expect(page.locator("#take-money")).to_have_count(0)
    follow(page.get_by_role("link", name="张小红", exact=True))
    page.locator("section", has_text="类别认定").get_by_role("link", name="修改").click()
    page.fill("#dialog [name=valid_to]", "2018-06-30")
    page.locator("#dialog button[type=submit]").click()
    expect(page.locator("#dialog form")).to_have_count(0)
    page.goto(f"/counter/{household.pk}/")
    expect(page.locator(".money-amount")).to_have_text("¥ 60.00")
    expect(page.locator("#take-money")).to_be_visible()
    clerk.press("F9", "Enter")
    expect(page.locator("#receipt-print")).to_be_visible()
    assert page.goto("/renewal/").ok
    expect(page.locator("tbody tr", has_text="张小红")).to_have_text(re.compile("已缴"))

    assert [receipt.amount for receipt in Receipt.objects.order_by("pk")] == [60, 60]
