"""出错页: what went wrong, why, what to do, the way back and the request's number; never a bare error."""

import errno
import logging
import re
from io import StringIO

import pytest
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from offices.models import LoginSession, Staff

NUMBER = re.compile(r"<code>([0-9a-f]{8})</code> 20[0-9]{2}-")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("坏了")


def odd(request: HttpRequest) -> HttpResponse:
    raise BadRequest("页码应为数字。")


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("server closed the connection unexpectedly")


def full(request: HttpRequest) -> HttpResponse:
    raise OSError(errno.ENOSPC, "No space left on device")


def logged_out_elsewhere(request: HttpRequest) -> HttpResponse:
    LoginSession.objects.all().delete()
    return HttpResponse("done")


def closed(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("本页供主管使用。如需办理，请与其联系。")


urlpatterns = [
    path("", include("config.urls")),
    path("broken/", broken),
    path("odd/", odd),
    path("closed/", closed),
    path("away/", away),
    path("full/", full),
    path("logged-out/", logged_out_elsewhere),
]
handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"


@pytest.fixture
def browser_of_liu(aunt_liu: Staff) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(aunt_liu)
    return client


@override_settings(ROOT_URLCONF=__name__)
def test_a_script_whose_session_ended_under_way_has_the_password_given(browser_of_liu: Client):
    response = browser_of_liu.get("/logged-out/", headers={"HX-Request": "true"})

    assert (response.status_code, response.headers["Canbao-Login"]) == (401, "required")


def test_a_login_whose_session_ends_while_it_begins_begins_anew(aunt_liu: Staff):
    def end_it(**_: object) -> None:
        LoginSession.objects.all().delete()

    user_logged_in.connect(end_it)
    try:
        response = Client().post("/login/?next=/receipts/", {"username": "liu", "password": "canbao-test"})
    finally:
        user_logged_in.disconnect(end_it)

    assert (response.status_code, response.headers["Location"]) == (302, "/login/?next=/receipts/")


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        pytest.param("/broken/", 500, "服务器出错，这一步没有完成", id="服务器出错"),
        pytest.param("/full/", 503, "服务器的磁盘满了，这一步没有完成", id="磁盘满"),
        pytest.param("/logged-out/", 400, "请重新登录；收款前先查找这一户", id="登录在别处结束"),
        pytest.param("/odd/", 400, "页码应为数字。", id="请求有误"),
        pytest.param("/closed/", 403, "本页供主管使用。如需办理，请与其联系。", id="无权使用"),
        pytest.param("/nowhere/", 404, "没有找到这一页", id="没有找到"),
    ],
)
@override_settings(ROOT_URLCONF=__name__)
def test_an_error_page_says_what_and_carries_the_number_of_its_request(
    browser_of_liu: Client, address: str, status: int, sentence: str
):
    response = browser_of_liu.get(address)

    page = response.content.decode()
    assert response.status_code == status
    assert sentence in page
    assert 'href="/"' in page
    assert NUMBER.search(page)[1] == response["Canbao-Request"][:8]


@override_settings(ROOT_URLCONF=__name__)
def test_the_log_of_an_error_carries_the_number_that_the_page_shows(browser_of_liu: Client, monkeypatch):
    log = StringIO()
    monkeypatch.setattr(logging.getLogger("django").handlers[0], "stream", log)

    response = browser_of_liu.get("/broken/")

    number = NUMBER.search(response.content.decode())[1]
    assert re.search(rf"\[{number}-[0-9a-f-]{{27}}\]: Internal Server Error: /broken/", log.getvalue())


def test_an_error_page_leads_back_to_the_page_before(browser_of_liu: Client):
    page = browser_of_liu.get("/nowhere/", headers={"Referer": "http://testserver/receipts/"}).content.decode()

    assert 'href="http://testserver/receipts/"' in page


def test_an_error_page_does_not_lead_to_a_stranger(browser_of_liu: Client):
    page = browser_of_liu.get("/nowhere/", headers={"Referer": "http://example.com/"}).content.decode()

    assert "example.com" not in page


def test_a_request_under_another_name_of_the_server_is_explained(browser_of_liu: Client):
    response = browser_of_liu.get("/nowhere/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert "服务器看不懂这个请求" in response.content.decode()


def test_a_stale_form_is_explained_and_leads_back(aunt_liu: Staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(aunt_liu)

    response = client.post(reverse("own-password"), {"old": "x"}, headers={"Referer": "http://testserver/password/"})

    page = response.content.decode()
    assert response.status_code == 403
    assert "这一页已过期，没有保存" in page
    assert 'href="http://testserver/password/"' in page


@pytest.mark.parametrize("name", ["papers-seen", "household-pay", "household-assess"])
def test_an_address_that_takes_only_forms_is_explained_when_it_is_opened(browser_of_liu: Client, name: str):
    response = browser_of_liu.get(reverse(name, args=[1]))

    assert response.status_code == 405
    assert "这个地址不能直接打开" in response.content.decode()


@pytest.mark.parametrize("address", ["/rulesets/%00/", "/clauses/lianyungang/L%00/", "/%00"])
def test_an_address_with_a_nul_is_no_page(browser_of_liu: Client, address: str):
    assert browser_of_liu.get(address).status_code == 404


@pytest.mark.parametrize("name", ["search", "registration", "registration-check", "receipts"])
def test_a_nul_in_a_form_is_explained(browser_of_liu: Client, name: str):
    response = browser_of_liu.post(reverse(name), {"q": "王\0", "rows-0-name": "王\0", "payer": "王\0"})

    assert response.status_code == 400
    assert "空字符" in response.content.decode()


def test_half_a_character_in_another_encoding_is_explained(browser_of_liu: Client):
    form = b'--B\r\nContent-Disposition: form-data; name="q"\r\n\r\n\\ud800\r\n--B--\r\n'
    kind = "multipart/form-data; boundary=B"

    other = browser_of_liu.post(reverse("search"), form, content_type=f"{kind}; charset=raw_unicode_escape")
    ours = browser_of_liu.post(reverse("search"), form, content_type=f"{kind}; charset=UTF8")

    assert (other.status_code, ours.status_code) == (400, 200)
    assert "不是 UTF-8 编码" in other.content.decode()


@pytest.mark.parametrize("name", ["search", "registration", "registration-check", "receipts", "login"])
def test_a_form_that_is_far_too_large_is_explained(browser_of_liu: Client, name: str):
    response = browser_of_liu.post(reverse(name), {"q": "王" * 3_000_000})

    assert response.status_code == 413
    assert "送来的内容太多，没有保存" in response.content.decode()


def test_a_form_with_far_too_many_fields_is_explained(browser_of_liu: Client):
    response = browser_of_liu.post(reverse("search"), {f"f{number}": "" for number in range(2000)})

    assert response.status_code == 413


@override_settings(ROOT_URLCONF=__name__)
def test_a_database_that_is_away_is_named(browser_of_liu: Client):
    response = browser_of_liu.get("/away/")

    assert response.status_code == 503
    assert "数据库暂时连不上" in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_a_database_that_is_away_takes_one_line_in_the_log(browser_of_liu: Client, monkeypatch):
    log = StringIO()
    monkeypatch.setattr(logging.getLogger("django").handlers[0], "stream", log)

    browser_of_liu.get("/away/")

    assert "数据库连不上：server closed the connection unexpectedly" in log.getvalue()
    assert "Traceback" not in log.getvalue()
