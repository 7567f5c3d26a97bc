"""本机设备: which reader a computer has is kept by its browser, and only this computer's own services can be named."""

import pytest
from django.test import Client
from django.urls import reverse

from offices.workstation import HTTP, WEBSOCKET, is_on_this_computer


@pytest.mark.parametrize(
    ("address", "way"),
    [
        pytest.param("http://127.0.0.1:18088/read?type=1", HTTP, id="本机HTTP"),
        pytest.param("http://localhost/read", HTTP, id="不写端口"),
        pytest.param("ws://127.0.0.1:18089/", WEBSOCKET, id="本机WebSocket"),
    ],
)
def test_a_service_of_this_computer_may_be_named(address: str, way: str):
    assert is_on_this_computer(address, way=way)


@pytest.mark.parametrize(
    ("address", "way"),
    [
        pytest.param("http://192.0.2.7/read", HTTP, id="别的电脑"),
        pytest.param("http://127.0.0.1.example.org/", HTTP, id="样子像本机"),
        pytest.param("http://127.0.0.1@example.org/", HTTP, id="用户名像本机"),
        pytest.param("https://127.0.0.1:18088/", HTTP, id="不是HTTP"),
        pytest.param("http://127.0.0.1:18088/; script-src *", HTTP, id="夹带策略"),
        pytest.param("http://127.0.0.1:99999/", HTTP, id="端口太大"),
        pytest.param("javascript:alert(1)", HTTP, id="脚本"),
        pytest.param("http://127.0.0.1/", WEBSOCKET, id="方式不符"),
        pytest.param("", WEBSOCKET, id="空着"),
    ],
)
def test_nothing_else_may(address: str, way: str):
    assert not is_on_this_computer(address, way=way)


@pytest.fixture
def client(client: Client, aunt_liu) -> Client:
    client.force_login(aunt_liu)
    return client


def test_a_computer_that_was_told_lets_its_pages_talk_to_its_reader_alone(client: Client):
    client.post(reverse("devices"), {"way": "websocket", "address": "ws://127.0.0.1:18089/", "send": "read"})

    page = client.get(reverse("devices"))

    assert "connect-src 'self' ws://127.0.0.1:18089;" in page["Content-Security-Policy"] + ";"
    assert 'data-reader-address="ws://127.0.0.1:18089/"' in page.text


def test_a_keyboard_reader_opens_nothing(client: Client):
    client.post(reverse("devices"), {"way": "websocket", "address": "ws://127.0.0.1:18089/"})
    client.post(reverse("devices"), {"way": "keyboard", "address": "ws://127.0.0.1:18089/"})

    page = client.get(reverse("devices"))

    assert "18089" not in page["Content-Security-Policy"] + page.text


def test_an_address_elsewhere_is_refused_in_words_and_what_was_typed_stays(client: Client):
    answer = client.post(reverse("devices"), {"way": "http", "address": "http://192.0.2.7/read"})

    assert answer.status_code == 422
    assert "读卡服务只能在这台电脑上" in answer.text
    assert 'value="http://192.0.2.7/read"' in answer.text


def test_a_cookie_made_by_hand_is_not_believed(client: Client):
    client.cookies["canbao-reader"] = "http\nhttp://127.0.0.1:1/\n"

    page = client.get(reverse("devices"))

    assert "127.0.0.1:1" not in page["Content-Security-Policy"]


def test_the_trial_page_of_a_printer_is_one_sheet_of_a4(client: Client):
    answer = client.get(reverse("printer-test"))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.count(b"/Type /Page\n") == 1 or answer.content.count(b"/MediaBox") == 1
