"""本机设备: readers of three kinds, a camera and the browser, tried at the computer where they stand."""

import json

import pytest
from playwright.sync_api import Page, expect

from offices.models import Staff
from tests.browser.counter import Clerk, follow, type_like_a_reader
from tests.builders import id_number, make_household, zhang_family
from tests.reader_simulator import Pusher, as_json, over_http, over_websocket

CARD = id_number(born="1988-03-04", sex="F")


@pytest.fixture
def devices(clerk: Clerk) -> Clerk:
    clerk.page.goto("/devices/")
    return clerk


def choose(page: Page, way: str, address: str = "", send: str = "") -> None:
    """Tell the computer which reader it has."""
    page.goto("/devices/")
    page.check(f"[name=way][value={way}]")
    if address:
        page.fill("#id_address", address)
    if send:
        page.fill("#id_send", send)
    follow(page.get_by_role("button", name="记下"))


def test_a_keyboard_reader_that_works_is_told_so_and_the_card_is_not_looked_up(devices: Clerk):
    devices.page.focus("#probe")
    devices.read_card(CARD)

    expect(devices.page.locator("#reader-says")).to_contain_text(f"好。号码尾数 {CARD[-4:]}")
    assert CARD not in devices.page.content()
    assert devices.page.url.endswith("/devices/")


@pytest.mark.parametrize(
    ("keys", "enter", "mend"),
    [
        pytest.param(CARD, False, "读后发送回车", id="没有回车"),
        pytest.param(CARD[:17], True, "送来 17 位", id="少一位"),
        pytest.param(CARD[:6] + CARD[7] + CARD[6] + CARD[8:], True, "校验位不符", id="串了两位"),
        pytest.param("A" + CARD, True, "不只是身份证号", id="带前缀"),
    ],
)
def test_a_keyboard_reader_that_does_not_is_told_how_to_mend_it(devices: Clerk, keys: str, enter: bool, mend: str):
    devices.page.focus("#probe")
    type_like_a_reader(devices.page, keys, enter=enter)

    expect(devices.page.locator("#reader-says")).to_contain_text(mend)


def test_a_reader_that_types_slowly_is_told_how_slowly(devices: Clerk):
    devices.page.focus("#probe")
    type_like_a_reader(devices.page, CARD[:9], enter=False)
    devices.page.wait_for_timeout(300)
    type_like_a_reader(devices.page, CARD[9:])

    expect(devices.page.locator("#reader-says")).to_contain_text("两键之间最长隔了")


def test_a_card_read_by_a_service_opens_its_household(aunt_liu: Staff, clerk: Clerk):
    household = make_household(aunt_liu, *zhang_family())
    head = household.memberships.order_by("pk")[0].person
    with over_http(lambda: as_json(head.id_no, head.name)) as address:
        choose(clerk.page, "http", address)
        clerk.page.goto("/counter/")
        clerk.press("Insert")
        clerk.page.wait_for_url(f"**/counter/{household.pk}/")


def test_a_service_that_sends_by_itself_fills_number_and_name_of_a_new_household(clerk: Clerk):
    pusher = Pusher()
    with over_websocket(pusher) as address:
        choose(clerk.page, "websocket", address)
        clerk.page.goto("/registration/")
        clerk.page.wait_for_function("canbao.cardService")
        for _ in range(100):
            if pusher.pages:
                break
            clerk.page.wait_for_timeout(50)
        pusher.push(as_json(CARD, "试小红"))

        expect(clerk.page.locator("[data-cell=id_no]").first).to_have_value(CARD)
        expect(clerk.page.locator("[data-cell=name]").first).to_have_value("试小红")


def test_a_service_that_wants_to_be_asked_is_asked_in_its_own_words(clerk: Clerk):
    pusher = Pusher()
    pusher.answer = lambda: f"callback({json.dumps({'IDCardNo': CARD})});"
    with over_websocket(pusher) as address:
        choose(clerk.page, "websocket", address, send='{"cmd":"read"}')
        clerk.press("Insert")

        expect(clerk.page.locator("#reader-says")).to_contain_text(f"好。号码尾数 {CARD[-4:]}")
        assert pusher.heard == ['{"cmd":"read"}']


def test_a_reader_without_a_card_and_a_service_that_is_not_there_say_what_to_do(clerk: Clerk, complaints):
    with over_http(lambda: '{"resultFlag":-1}') as address:
        choose(clerk.page, "http", address)
        clerk.press("Insert")
        expect(clerk.page.locator("#reader-says")).to_contain_text("没有读到证件")
    clerk.press("Insert")

    expect(clerk.page.locator("#reader-says")).to_contain_text("连不上本机的读卡程序")
    complaints.clear()  # the browser says it too


def test_the_camera_shows_its_picture_and_the_browser_is_found_good(devices: Clerk):
    devices.page.get_by_role("button", name="打开摄像头").click()

    expect(devices.page.locator("#camera-says")).to_contain_text("好。画面")
    expect(devices.page.locator("#browser-version")).to_contain_text("好。")
    expect(devices.page.locator("#browser-clock")).to_contain_text("好。")
