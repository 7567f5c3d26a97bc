"""The stopwatch of the counter: how many keys a renewal and a new household cost, counted as they are pressed."""

import re

import pytest
from playwright.sync_api import expect

from offices.models import Staff
from payments.models import Payment, Receipt, ReceiptPrint
from tests.browser.counter import FAMILY, Clerk
from tests.builders import HEAD, WIFE, PaperDraft, id_number, make_household, member


def renewing_couple(aunt_liu: Staff) -> str:
    """Two people who owe 240 yuan and whose papers are known; the head's ID number."""
    shown = {"papers": (PaperDraft("id_card"),), "photos": 2}
    number = id_number("1955-05-05")
    make_household(
        aunt_liu,
        member("周大为", HEAD, id_no=number, **shown),
        member("吴梅", WIFE, born="1957-06-06", sex="F", **shown),
        papers=(PaperDraft("hukou_book"),),
    )
    return number


def paid(clerk: Clerk) -> Receipt:
    """The receipt that the page shows, printed once."""
    expect(clerk.page.locator("#money")).to_contain_text("已缴")
    expect(clerk.page.locator("html[data-printed='1']")).to_be_attached()
    receipt = Receipt.objects.get()
    assert ReceiptPrint.objects.get().receipt == receipt
    return receipt


@pytest.mark.parametrize("by_reader", [pytest.param(True, id="读卡"), pytest.param(False, id="手录身份证号")])
def test_a_renewal_with_exact_cash_costs_three_keys_after_the_id(aunt_liu: Staff, clerk: Clerk, by_reader: bool):
    number = renewing_couple(aunt_liu)
    if by_reader:
        clerk.read_card(number)
    else:
        clerk.type(number)
        clerk.press("Enter")
    expect(clerk.page.locator("#take-money")).to_be_visible()
    clerk.keys = 0

    clerk.press("F9", "Enter")
    expect(clerk.page.locator("#receipt-print")).to_be_visible()
    clerk.press("Enter")

    assert paid(clerk).amount == 240
    assert clerk.keys <= 3


def test_a_renewal_with_cash_and_change_costs_six_keys(aunt_liu: Staff, clerk: Clerk):
    clerk.read_card(renewing_couple(aunt_liu))
    expect(clerk.page.locator("#take-money")).to_be_visible()
    clerk.keys = 0

    clerk.press("F9", "5", "0", "0")
    expect(clerk.page.locator("#change")).to_have_text("260.00")
    clerk.press("Enter")
    expect(clerk.page.locator(".receipt-facts")).to_contain_text("找零 260.00")
    clerk.press("Enter")

    paid(clerk)
    payment = Payment.objects.get()
    assert (payment.tendered, payment.change) == (500, 260)
    assert clerk.keys <= 6


def save_see_papers_and_take_the_money(clerk: Clerk) -> None:
    """From the filled form to the printed receipt."""
    clerk.press("F9")
    clerk.page.wait_for_url(re.compile(r"/counter/\d+/$"))
    clerk.press("F7")
    expect(clerk.page.locator("#take-money")).to_be_visible()
    clerk.press("F9", "Enter")
    expect(clerk.page.locator("#receipt-print")).to_be_visible()
    clerk.press("Enter")


def test_a_new_household_of_four_read_from_cards_costs_32_keys(clerk: Clerk):
    numbers = [id_number(born, sex=sex) for born, sex in FAMILY]

    clerk.press("F2")
    clerk.page.wait_for_url("**/registration/")
    clerk.read_card(numbers[0])
    clerk.write("陈建国")
    clerk.press("Enter")
    clerk.read_card(numbers[1])
    clerk.write("李秀英")
    clerk.press("2")
    clerk.read_card(numbers[2])
    clerk.write("陈小红")
    clerk.press("4", "F8", "4", "2", "Enter")
    clerk.read_card(numbers[3])
    clerk.write("陈明")
    clerk.press("3", "F10", "1")
    save_see_papers_and_take_the_money(clerk)

    assert paid(clerk).amount == 300
    assert clerk.keys <= 32


def test_a_new_household_of_four_typed_by_hand_costs_150_keys(clerk: Clerk):
    numbers = [id_number(born, sex=sex) for born, sex in FAMILY]

    clerk.press("F2")
    clerk.page.wait_for_url("**/registration/")
    for number, name, after in zip(
        numbers,
        ("陈建国", "李秀英", "陈小红", "陈明"),
        (["Enter"], ["2"], ["4", "F8", "4", "2", "Enter"], ["3", "F10", "1"]),
        strict=True,
    ):
        clerk.type(number)
        clerk.write(name)
        clerk.press(*after)
    save_see_papers_and_take_the_money(clerk)

    assert paid(clerk).amount == 300
    assert clerk.keys <= 150
