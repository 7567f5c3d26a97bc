"""安全响应头: what each page tells the browser about caches, frames, devices and other sites; cookies over HTTPS."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from config.places import BASE_DIR
from offices.models import Staff
from tests.builders import PASSWORD
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.conftest import book, pay, rulesets  # noqa: F401 - fixtures
from tests.test_access import PAGES, address, arguments, cast  # noqa: F401 - fixtures

PICTURES = {"file", "slip-scan", "roster-scan", "overprint-stock"}
READ_BACK = (
    "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE)"
)


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:  # noqa: F811
    """A command with the settings of real work; no database is asked."""
    ours = ("CANBAO_", "DATABASE_URL", "DJANGO_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    state = str(configured.STATIC_ROOT.parent)
    real = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "CANBAO_STATE_DIR": state}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, env=inherited | real | environment, cwd=BASE_DIR, capture_output=True, text=True, check=False
    )


def test_djangos_own_checks_of_a_deployment_have_nothing_to_say():
    done = manage("check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_cookies_of_real_work_can_be_set_by_this_host_over_https_alone():
    done = manage("shell", "--verbosity", "0", "-c", READ_BACK)

    assert done.stdout.split() == ["__Host-session", "__Host-csrftoken", "True"], done.stderr


def test_cookies_of_the_demonstration_have_plain_names():
    done = manage("shell", "--verbosity", "0", "-c", READ_BACK, CANBAO_DEMO="1")

    assert done.stdout.split() == ["sessionid", "csrftoken", "False"], done.stderr


@pytest.fixture
def over_https(settings) -> Client:
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrftoken"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    return Client(enforce_csrf_checks=True)


def test_over_https_one_logs_in_and_the_cookies_keep_to_this_host(over_https: Client, aunt_liu: Staff):
    over_https.get(reverse("login"), secure=True)
    token = over_https.cookies["__Host-csrftoken"].value
    form = {"username": "liu", "password": PASSWORD, "csrfmiddlewaretoken": token}

    answer = over_https.post(reverse("login"), form, secure=True, headers={"Referer": "https://testserver/login/"})

    assert answer.status_code == 302
    for cookie in answer.cookies.values():
        assert cookie.key.startswith("__Host-")
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert answer.cookies["__Host-session"]["httponly"]


def test_over_https_the_browser_is_told_to_stay_there(over_https: Client, db: None):
    answer = over_https.get(reverse("login"), secure=True)

    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_every_answer_is_kept_by_nobody_and_framed_by_nobody(
    arguments: dict[str, object],  # noqa: F811
    cast: dict[str, Staff],  # noqa: F811
    settings,
):
    settings.DEMO = True
    wrong, seen = [], set()

    for who in ("主管", "管理员"):
        client = Client()
        client.force_login(cast[who])
        for name in PAGES:
            answer = client.get(address(name, arguments))
            seen.add(answer.status_code)
            wrong += [(name, answer.status_code, said) for said in complaints_of(name, answer)]

    assert not wrong
    assert {200, 403, 405} <= seen


def complaints_of(name: str, answer: HttpResponse) -> list[str]:
    policy = answer["Content-Security-Policy"]
    is_paper = answer["Content-Type"] == "application/pdf"
    framed = "SAMEORIGIN" if is_paper else "DENY"
    ancestors = "frame-ancestors 'self'" if is_paper else "frame-ancestors 'none'"
    holds = {
        "no-store": "no-store" in answer["Cache-Control"],
        "nosniff": answer["X-Content-Type-Options"] == "nosniff",
        "opener": answer["Cross-Origin-Opener-Policy"] == "same-origin",
        "resource": answer["Cross-Origin-Resource-Policy"] == "same-origin",
        "referrer": answer["Referrer-Policy"] == "same-origin",
        "devices": "usb=()" in answer["Permissions-Policy"],
        "policy": "default-src 'none'" in policy and "unsafe" not in policy,
        "frames": answer["X-Frame-Options"] == framed and (ancestors in policy or "sandbox" in policy),
        "attachment": is_shown(name, answer) or answer["Content-Disposition"].startswith("attachment"),
    }
    return [what for what, held in holds.items() if not held]


def is_shown(name: str, answer: HttpResponse) -> bool:
    """Whether the browser may show it: a page, a paper that we drew, a picture that we drew anew."""
    content = answer["Content-Type"].split(";")[0]
    return (
        content in {"text/html", "application/pdf", "application/json"}
        or not (answer.streaming or answer.content)
        or (name in PICTURES and content in {"image/jpeg", "image/png"})
    )
