"""病历和医保卡 in a browser: numbers are typed, the amount follows, paper comes; anybody checks a certificate."""

import re

from playwright.sync_api import expect

from offices.models import Staff
from payments.models import CoverCertificate
from payments.services import take_payment
from tests.browser.counter import Clerk, follow
from tests.builders import PaperDraft, make_household, zhang_family
from tests.payments.card_builders import fill_fees, pay_arguments, workmanship_book


def test_cards_are_handed_out_and_paid_for_and_a_certificate_is_checked(
    clerk: Clerk, aunt_liu: Staff, mr_chen: Staff, mr_zhou: Staff
):
    household = make_household(aunt_liu, *zhang_family(), hukou_book_no="0098", papers=(PaperDraft("hukou_book"),))
    take_payment(**pay_arguments(household, aunt_liu))
    fill_fees(mr_zhou)
    workmanship_book(mr_chen)
    page = clerk.page

    page.goto(f"/counter/{household.pk}/")
    follow(page.locator("text=病历和医保卡"))
    page.get_by_label("张建国的医疗保险卡编号").fill("K0001")
    page.get_by_label("张建国的医疗保险病历编号").fill("B0001")
    page.get_by_label("领取人").focus()
    expect(page.locator("#cards-due")).to_contain_text("2 件，应收工本费 ¥ 5.00")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/workmanship/\d+/$"))
    expect(page.locator("tfoot")).to_contain_text("人民币伍元整")
    with page.expect_response(re.compile(r"/workmanship/\d+/1\.pdf$")):
        page.click("button:has-text('打印')")

    page.goto(f"/households/{household.pk}/certificates/")
    page.click("button:has-text('开具')")
    expect(page.locator(".message")).to_contain_text("已开具")
    page.context.clear_cookies()
    page.goto(f"/verify/{CoverCertificate.objects.get().token}/")

    expect(page.locator(".verify-answer")).to_have_text("是　2008年度")
