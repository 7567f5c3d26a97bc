"""Login, logout, and what a page gets when its session has run out."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from offices.demo import create_demo_offices, demo_logins
from offices.forms import WRONG
from offices.models import Act, Staff
from tests.builders import PASSWORD

HTMX = {"HX-Request": "true"}


def log_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post(reverse("login"), {"username": username, "password": password} | more)


def test_whoever_logs_in_goes_on_to_where_she_wanted(client: Client, aunt_liu: Staff):
    asked = client.get(reverse("acts"))

    assert asked.status_code == 302
    assert asked.url == f"{reverse('login')}?next={reverse('acts')}"
    assert f'value="{reverse("acts")}"' in client.get(asked.url).content.decode()
    assert log_in(client, "liu", next=reverse("acts")).url == reverse("acts")
    act = Act.objects.get(verb="login")
    assert (act.by, act.office, act.ip) == (aunt_liu, aunt_liu.office, "127.0.0.1")


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "\\\\elsewhere.example"]
)
def test_login_never_leads_to_another_site(client: Client, aunt_liu: Staff, wanted: str):
    assert log_in(client, "liu", next=wanted).url == "/"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param("liu", "wrong", id="口令不对"),
        pytest.param("nobody", PASSWORD, id="没有此人"),
        pytest.param("gone", PASSWORD, id="已停用"),
        pytest.param("demo", PASSWORD, id="演示用户"),
        pytest.param("LIU", PASSWORD, id="大小写"),
    ],
)
def test_a_failed_login_never_tells_which_names_exist(client: Client, aunt_liu: Staff, username: str, password: str):
    for name, more in (("gone", {"is_active": False}), ("demo", {"is_demo": True})):
        Staff.objects.create_user(
            name, PASSWORD, name=name, role="clerk", office=aunt_liu.office, division_scope="320705001", **more
        )

    answer = log_in(client, username, password)

    assert answer.status_code == 422
    assert WRONG in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_name_that_nobody_has_may_be_a_password_and_is_not_kept(client: Client, aunt_liu: Staff):
    log_in(client, "my-secret-password", "x")
    log_in(client, "liu", "wrong")

    unknown, known = Act.objects.filter(verb="login_failed").order_by("pk")
    assert (unknown.subject_id, unknown.by, unknown.detail) == (None, None, {})
    assert (known.subject_id, known.by, known.office) == (aunt_liu.pk, None, aunt_liu.office)


@pytest.mark.parametrize("url", ["login", "login-again"])
@pytest.mark.parametrize("username", ["", "a\x00b", "长" * 300])
def test_odd_input_gets_a_sentence(client: Client, db: None, url: str, username: str):
    answer = client.post(reverse(url), {"username": username, "password": "\x00"})

    assert answer.status_code in (400, 422)
    assert re.search("[。？]", answer.content.decode())


@pytest.mark.parametrize(
    "headers", [HTMX, {"X-Requested-With": "fetch"}, {"Sec-Fetch-Dest": "empty"}, {"Accept": "*/*"}]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_script_without_a_session_gets_401_and_no_page(client: Client, db: None, headers: dict, method: str):
    answer = getattr(client, method)(reverse("acts"), headers=headers)

    assert answer.status_code == 401
    assert answer.headers["Canbao-Login"] == "required"
    assert "<" not in answer.content.decode()


def test_a_refused_script_keeps_the_cookie_which_may_be_of_a_later_login(client: Client, aunt_liu: Staff):
    client.cookies[settings.SESSION_COOKIE_NAME] = "ended0000000000000000000000000000"

    refused, page = client.get(reverse("acts"), headers=HTMX), client.get(reverse("login"))

    assert refused.status_code == 401
    assert settings.SESSION_COOKIE_NAME not in refused.cookies
    assert page.cookies[settings.SESSION_COOKIE_NAME].value == ""  # a page says so at once


def test_a_form_sent_without_a_session_returns_to_its_page_after_login(client: Client, db: None):
    answer = client.post(reverse("own-password"), headers={"Referer": "http://testserver/staff/?q=1"})

    assert answer.url == f"{reverse('login')}?next=http%3A//testserver/staff/%3Fq%3D1"


def test_whoever_logs_in_again_under_her_page_goes_on_with_a_fresh_token(aunt_liu: Staff):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("login"))
    token = client.cookies["csrftoken"].value
    again = {"username": "liu", "password": PASSWORD}

    answer = client.post(reverse("login-again"), again, headers={"X-CSRFToken": token})

    assert answer.status_code == 200
    assert answer.json()["staff"] == aunt_liu.pk
    fresh = answer.json()["csrf_token"]
    assert client.post(reverse("logout"), headers={"X-CSRFToken": token}).status_code == 403
    assert client.post(reverse("logout"), headers={"X-CSRFToken": fresh}).status_code == 302


def test_a_wrong_password_under_the_page_is_said_there(client: Client, aunt_liu: Staff):
    answer = client.post(reverse("login-again"), {"username": "liu", "password": "wrong"})

    assert (answer.status_code, answer.json()) == (422, {"error": WRONG})


def test_a_page_of_one_clerk_does_not_act_in_the_name_of_another(client: Client, aunt_liu: Staff, mr_chen: Staff):
    client.force_login(mr_chen)

    other = client.get(reverse("acts"), headers={"Canbao-Staff": str(aunt_liu.pk)})
    own = client.get(reverse("acts"), headers={"Canbao-Staff": str(mr_chen.pk)})

    assert (other.status_code, other.headers["Canbao-Login"]) == (401, "other")
    assert own.status_code == 200


def test_whoever_is_closed_is_out_at_the_next_request(client: Client, mr_chen: Staff):
    client.force_login(mr_chen)
    assert client.get(reverse("acts")).status_code == 200

    Staff.objects.update(is_active=False)

    assert client.get(reverse("acts")).status_code == 302


def test_logging_out_wants_a_post_and_ends_the_session(client: Client, aunt_liu: Staff):
    client.force_login(aunt_liu)

    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).url == reverse("login")
    assert "_auth_user_id" not in client.session
    assert Act.objects.get(verb="logout").by == aunt_liu


def test_demonstration_users_exist_in_demonstration_mode_only(client: Client, db: None, settings):
    settings.DEMO = True
    create_demo_offices()
    username, password, *_ = demo_logins()[0]

    assert password in client.get(reverse("login")).content.decode()
    assert log_in(client, username, password).status_code == 302
    settings.DEMO = False
    assert client.get(reverse("acts")).status_code == 302
    assert log_in(client, username, password).status_code == 422
    assert password not in client.get(reverse("login")).content.decode()


def test_error_pages_speak_chinese(client: Client, aunt_liu: Staff):
    client.force_login(aunt_liu)

    lost = client.get("/no/such/page/")
    forbidden = client.get(reverse("staff"))

    assert lost.status_code == 404
    assert "没有找到这一页" in lost.content.decode()
    assert forbidden.status_code == 403
    assert "如需办理，请与其联系" in forbidden.content.decode()


def test_every_answer_names_its_request(client: Client, aunt_liu: Staff):
    answer = log_in(client, "liu")

    assert str(Act.objects.get(verb="login").request_id) == answer.headers["Canbao-Request"]
