"""补录花名册缴存 at the keyboard: the last day's slip on the next morning, a mistake mended, the roster taken."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from offices.models import Office, Staff
from payments.models import Payment
from rosters.models import Roster, RosterDeposit
from tests.browser.test_rule_desk import come_in
from tests.builders import at, make_staff
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.conftest import a_book
from tests.rosters.roster_builders import a_roster, a_village, agreed, handed_in


@pytest.fixture
def roster(counter_2007: Office, songyang: Office, miss_yang: Staff, files_folder) -> Roster:  # noqa: F811
    """A roster that agreed in November, on the morning after the end of payment."""
    songyang.demo_moment, songyang.demo_set_at = at("2017-02-24 09:00"), timezone.now()
    songyang.save()
    a_book(make_staff(songyang, "duan", name="段主任", role="supervisor"), code="530127-16A", first=1, count=50)
    a_village()
    made = a_roster(miss_yang)
    handed_in(made, miss_yang)
    agreed(made, miss_yang)
    return made


def test_a_supervisor_enters_a_villages_slip_without_a_mouse(roster: Roster, page: Page):
    come_in(page, "duan")
    page.goto(f"/rosters/{roster.pk}/")
    expect(page.get_by_text("请主管按银行回单补录")).to_be_visible()
    expect(page.get_by_label("交易时间")).to_be_visible()
    page.get_by_label("回单号").focus()
    keys = page.keyboard
    for label, typed in (("回单号", "8801"), ("交易日期", "20170223"), ("金额", "450.00"), ("银行", "农业银行")):
        expect(page.get_by_label(label, exact=label == "银行")).to_be_focused()
        keys.press("Control+A")
        keys.insert_text(typed)
        keys.press("Tab")
    keys.press("Tab")  # the scan
    keys.press("Tab")  # the fold
    keys.insert_text("17：01")
    keys.press("Tab")
    keys.insert_text("村里截止日下午缴存，回单今天才送到")
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("缴费已于2017-02-23 17:00截止")
    expect(page.get_by_label("补录事由")).to_have_value("村里截止日下午缴存，回单今天才送到")
    page.get_by_label("交易时间").fill("16：30")
    keys.press("Enter")

    expect(page.get_by_text("已补录2017-02-23 16:30的缴存，按那一刻入账。")).to_be_visible()
    expect(page.locator(".steps")).to_contain_text("补录")
    with page.expect_navigation():
        page.get_by_role("button", name="入账").press("Enter")
    expect(page.get_by_text("已入账：2户3人")).to_be_visible()
    assert RosterDeposit.objects.get().paid_at == at("2017-02-23 16:30")
    assert set(Payment.objects.values_list("paid_at", flat=True)) == {at("2017-02-23 16:30")}


def test_a_clerk_is_told_who_enters_it(roster: Roster, page: Page):
    come_in(page, "yang")
    page.goto(f"/rosters/{roster.pk}/")

    expect(page.get_by_text("请主管按银行回单补录")).to_be_visible()
    expect(page.get_by_text("补录较早的银行回单")).to_have_count(0)
