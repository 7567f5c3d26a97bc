"""登录锁定: too many failures stop the tries, by name and by address; every failure looks and costs the same."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.settings import networks
from offices.doors import lockout
from offices.doors.models import LoginFailure
from offices.forms import WRONG
from offices.models import Act, Staff
from offices.origin import client_address
from tests.builders import PASSWORD, make_staff

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


class CountedHasher(MD5PasswordHasher):
    """Counts what it hashes."""

    algorithm = "counted"
    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        CountedHasher.hashed += 1
        return super().encode(password, salt)


@pytest.fixture
def counted(settings) -> type[CountedHasher]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    return CountedHasher


def attempt(username: str = "liu", password: str = PASSWORD + "x", *, client: Client | None = None, **more: str):
    return (client or Client()).post(reverse("login"), {"username": username, "password": password}, **more)


def fail(times: int, username: str = "liu", **more: str) -> None:
    for _ in range(times):
        assert attempt(username, **more).status_code == 422


def comes_in(username: str = "liu", **more) -> bool:
    return attempt(username, PASSWORD, **more).status_code == 302


def test_after_five_failures_from_one_place_the_right_password_is_of_no_use_for_a_quarter(aunt_liu: Staff):
    fail(5)

    assert not comes_in()
    LoginFailure.objects.update(at=timezone.now() - timedelta(minutes=15, seconds=1))
    assert comes_in()


def test_four_failures_are_forgotten_by_a_success(aunt_liu: Staff):
    fail(4)
    assert comes_in()
    fail(4)
    assert comes_in()


def test_what_is_refused_while_locked_does_not_make_the_lock_longer(aunt_liu: Staff):
    fail(8)

    assert LoginFailure.objects.count() == 5


def test_a_name_that_fails_from_many_addresses_is_locked_for_all_unknown_browsers(aunt_liu: Staff):
    for number in range(20):
        fail(1, REMOTE_ADDR=f"203.0.113.{number}")

    assert not comes_in(REMOTE_ADDR="198.51.100.1")


def test_a_clerk_still_comes_in_from_her_own_browser_while_others_fail_with_her_name(aunt_liu: Staff):
    own = Client()
    assert comes_in(client=own)
    for number in range(20):
        fail(1, REMOTE_ADDR=f"203.0.113.{number}")

    assert not comes_in()
    assert comes_in(client=own)


def test_her_own_browser_is_locked_by_its_own_failures(aunt_liu: Staff):
    own = Client()
    assert comes_in(client=own)
    fail(5, client=own)

    assert not comes_in(client=own)
    assert comes_in()


def test_a_mark_that_we_have_not_signed_makes_no_browser_known(settings, aunt_liu: Staff):
    forged = Client()
    forged.cookies[settings.BROWSER_COOKIE_NAME] = "e30:1abcde:forged"
    fail(5)

    assert not comes_in(client=forged)


def test_an_address_that_tries_many_names_is_locked_and_others_are_not(aunt_liu: Staff):
    for number in range(60):
        fail(1, f"name{number}", **ELSEWHERE)

    assert not comes_in(**ELSEWHERE)
    assert comes_in()


def test_a_browser_known_at_an_office_comes_in_though_its_address_is_locked(aunt_liu: Staff):
    own = Client()
    assert comes_in(client=own)
    for number in range(60):
        fail(1, f"name{number}")

    assert comes_in(client=own)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param("liu", "wrong", id="口令不对"),
        pytest.param("nobody", "wrong", id="没有此人"),
        pytest.param("gone", PASSWORD, id="已停用"),
        pytest.param("demo", PASSWORD, id="演示用户"),
        pytest.param("empty", PASSWORD, id="没有口令"),
        pytest.param("locked", PASSWORD, id="已锁定"),
    ],
)
def test_every_failure_hashes_one_password_and_says_one_sentence(counted, aunt_liu: Staff, username, password):
    make_staff(aunt_liu.office, "gone", is_active=False)
    make_staff(aunt_liu.office, "demo", is_demo=True)
    make_staff(aunt_liu.office, "locked")
    Staff.objects.create_user(
        "empty", None, name="空", role="clerk", office=aunt_liu.office, division_scope="320705001"
    )
    fail(5, "locked")
    before = counted.hashed

    answer = attempt(username, password)

    assert counted.hashed - before == 1
    assert re.findall(r'class="door-error" role="alert">([^<]*)<', answer.content.decode()) == [WRONG]


@pytest.mark.django_db(transaction=True)
def test_twenty_tries_at_once_are_not_more_than_five(aunt_liu: Staff):
    def one(_: int) -> bool:
        try:
            return lockout.begin(lockout.digest_of("liu"), lockout.Place("203.0.113.1", is_known=False)) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as threads:
        tried = list(threads.map(one, range(20)))

    assert sum(tried) == 5


def test_no_name_that_was_tried_is_kept(aunt_liu: Staff):
    fail(1, "my-secret-password")

    assert "secret" not in str(LoginFailure.objects.values())


def test_the_log_says_when_a_login_was_stopped(aunt_liu: Staff):
    fail(6)

    details = Act.objects.filter(verb="login_failed").order_by("pk").values_list("detail", flat=True)
    assert [bool(each) for each in details] == [False] * 4 + [True] * 2


def test_an_administrator_sees_who_is_locked_and_lets_her_try_again(mr_zhou: Staff, aunt_liu: Staff):
    fail(5)
    office = Client()
    office.force_login(mr_zhou)

    shown = office.get(reverse("staff")).content.decode()
    office.post(reverse("staff-unlock", args=[aunt_liu.pk]))

    assert shown.count("暂停登录") == 1
    assert "暂停登录" not in office.get(reverse("staff")).content.decode()
    assert comes_in()
    assert Act.objects.get(verb="unlock_login").subject_id == aunt_liu.pk


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        pytest.param("10.0.0.5", "203.0.113.1", "10.0.0.5", id="陌生人自称的不算"),
        pytest.param("127.0.0.1", "203.0.113.1", "203.0.113.1", id="代理说的算"),
        pytest.param("127.0.0.1", "6.6.6.6, 203.0.113.1", "203.0.113.1", id="浏览器自称的不算"),
        pytest.param("127.0.0.1", "203.0.113.1, 192.168.7.2", "203.0.113.1", id="两层代理"),
        pytest.param("127.0.0.1", "", "127.0.0.1", id="没有说"),
        pytest.param("127.0.0.1", "nonsense", "127.0.0.1", id="不是地址"),
        pytest.param("", "6.6.6.6, 203.0.113.1", "203.0.113.1", id="经套接字文件"),
        pytest.param("", "", None, id="没有来处"),
    ],
)
def test_only_a_trusted_proxy_says_where_a_browser_is(settings, peer, forwarded, found):
    settings.PROXIES = networks("CANBAO_TRY", default="127.0.0.1,192.168.7.0/24")

    assert client_address(peer, forwarded) == found


def test_addresses_of_one_ipv6_household_are_one():
    assert lockout.address_of("2001:db8::1") == lockout.address_of("2001:db8::ffff:1")
    assert lockout.address_of("2001:db8::1") != lockout.address_of("2001:db8:0:1::1")
