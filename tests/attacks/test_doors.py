"""What was tried at the doors: a login, a slip, a code, a session. docs/attacks.md tells of each."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices import origin
from offices.doors import lockout
from offices.inviting import invite_anew
from offices.models import LoginSession, Office, Staff
from offices.staffing import deactivate_staff
from tests.builders import PASSWORD, at, make_staff
from tests.offices.test_inviting import logged_in, slip_for, take_up
from tests.offices.test_second_factor import code_now, give_code, give_password, is_in, with_factor

NOON = at("2007-10-25 12:00")


def test_a_slip_that_an_administrator_made_for_himself_dies_with_his_login(mr_zhou: Staff, xinpu: Office):
    leaving = make_staff(None, "qian", role="administrator")
    code = slip_for(leaving, xinpu)

    deactivate_staff(staff_id=leaving.pk, by=mr_zhou, at=NOON)
    answer = take_up(code)

    assert answer.status_code == 422
    assert not Staff.objects.filter(username="wang").exists()


def test_a_password_that_was_taken_away_does_not_wait_for_its_code(settings, mr_chen: Staff, mr_zhou: Staff):
    settings.SECOND_FACTOR = True
    client, _ = give_password(with_factor(mr_chen))

    invite_anew(staff_id=mr_chen.pk, reason="忘记口令", by=mr_zhou, at=NOON)

    assert give_code(client, code_now()).url == reverse("login")
    assert not is_in(client)


def test_a_session_that_waits_for_its_code_opens_no_page(settings, mr_chen: Staff):
    settings.SECOND_FACTOR = True
    client, _ = give_password(with_factor(mr_chen))

    for name in ("home", "jobs", "acts", "own-factor", "own-password"):
        assert client.get(reverse(name)).status_code == 302, name


def test_the_session_gets_another_key_at_login(aunt_liu: Staff):
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted

    client.post(reverse("login"), {"username": "liu", "password": PASSWORD})

    assert client.cookies["sessionid"].value != planted
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert stranger.get(reverse("rulesets")).status_code == 302


def test_a_login_under_somebody_elses_page_needs_the_code_as_well(settings, mr_chen: Staff):
    settings.SECOND_FACTOR = True
    with_factor(mr_chen)
    client = Client()

    answer = client.post(reverse("login-again"), {"username": "chen", "password": PASSWORD})

    assert answer.status_code == 422
    assert not is_in(client)


def test_a_login_leads_nowhere_but_here(aunt_liu: Staff):
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = Client().post(reverse("login"), {"username": "liu", "password": PASSWORD, "next": wanted})
        assert answer.url == "/", wanted


@pytest.mark.parametrize(
    "said", ["1.2.3.4", "127.0.0.1", "fe80::1%eth0", "'; DROP TABLE", "::ffff:127.0.0.1", "1.2.3.4, " * 900]
)
def test_nobody_says_from_where_he_comes(settings, said: str):
    settings.PROXIES = []
    assert origin.client_address("10.0.0.9", said) == "10.0.0.9"


def test_what_a_browser_says_before_our_web_server_is_not_believed(settings):
    from ipaddress import ip_network

    settings.PROXIES = [ip_network("127.0.0.1/32")]
    assert origin.client_address("127.0.0.1", "127.0.0.1, 9.9.9.9, 10.0.0.7") == "10.0.0.7"


def test_a_forged_mark_of_a_browser_frees_from_no_lock(aunt_liu: Staff, settings):
    forged = signing.dumps({"id": "x", "names": [lockout.digest_of("liu")]}, key="another key", salt=lockout.SALT)
    client = Client()
    client.cookies[settings.BROWSER_COOKIE_NAME] = forged
    for _ in range(lockout.PAIR):
        client.post(reverse("login"), {"username": "liu", "password": "wrong"})

    assert client.post(reverse("login"), {"username": "liu", "password": PASSWORD}).status_code == 422


def test_five_wrong_recovery_codes_lock_as_five_wrong_codes_do(settings, mr_chen: Staff):
    settings.SECOND_FACTOR = True
    with_factor(mr_chen)
    for number in range(5):
        give_code(give_password(mr_chen)[0], f"2222-222{number + 2}")

    assert give_code(give_password(mr_chen)[0], code_now()).status_code == 422


def test_an_administrator_does_not_raise_himself(mr_zhou: Staff, xinpu: Office):
    small = make_staff(None, "small", role="administrator", division_scope="320705")
    typed = {"name": "甲", "work_number": "9", "role": "administrator", "office": "", "division_scope": ""}

    own = logged_in(small).post(reverse("staff-change", args=[small.pk]), typed)
    above = logged_in(small).post(reverse("staff-add"), typed)
    auditor = logged_in(small).post(
        reverse("staff-change", args=[small.pk]), typed | {"role": "auditor", "division_scope": "320705"}
    )
    reach = logged_in(small).post(reverse("staff-password", args=[mr_zhou.pk]))

    assert [own.status_code, above.status_code, auditor.status_code, reach.status_code] == [422, 422, 422, 404]


def test_a_clerk_cannot_end_another_ones_session(aunt_liu: Staff, mr_chen: Staff):
    from offices.doors.sessions import handle_of, kept_as

    victim = logged_in(mr_chen)
    key = victim.session.session_key

    logged_in(aunt_liu).post(reverse("session-end", args=[handle_of(kept_as(key))]))

    assert LoginSession.objects.filter(pk=kept_as(key)).exists()
    assert victim.get(reverse("rulesets")).status_code == 200


def test_the_database_does_not_say_by_which_cookie_somebody_is_in(mr_chen: Staff):
    client = logged_in(mr_chen)
    cookie = client.cookies["sessionid"].value

    stolen = list(LoginSession.objects.values_list("session_key", flat=True))
    thief = Client()
    got_in = []
    for key in stolen:
        thief.cookies["sessionid"] = key
        got_in.append(thief.get(reverse("rulesets")).status_code == 200)

    assert client.get(reverse("rulesets")).status_code == 200
    assert cookie not in stolen
    assert not any(got_in)


@pytest.mark.parametrize("send", ["读卡", "a\nb\nc", "é", "x" * 200, '";Path=/;', "READ"])
def test_what_a_reader_wants_to_hear_breaks_no_cookie(aunt_liu: Staff, send: str):
    client = logged_in(aunt_liu)
    typed = {"way": "websocket", "address": "ws://127.0.0.1:18089/", "send": send}

    done = client.post(reverse("devices"), typed)
    header = done.cookies.output()
    header.encode("latin-1")
    shown = client.get(reverse("devices"))

    assert done.status_code == 302
    assert shown.status_code == 200
    assert "ws://127.0.0.1:18089" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address",
    [
        "http://evil.example/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:80; script-src *",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example",
        "http://[::1]/",
        "javascript:alert(1)",
        "http://127.0.0.1\t.evil.example",
        "http://127.0.0.1:99999/",
        "http://127。0.0.1/",
    ],
)
def test_no_reader_stands_on_another_computer(aunt_liu: Staff, address: str):
    client = logged_in(aunt_liu)

    answer = client.post(reverse("devices"), {"way": "http", "address": address})

    assert answer.status_code == 422
    assert "evil" not in answer.headers["Content-Security-Policy"]


def test_a_readers_mark_that_we_did_not_sign_is_nothing(aunt_liu: Staff):
    client = logged_in(aunt_liu)
    client.cookies["canbao-reader"] = "http\nhttp://evil.example\n:x:y"

    assert "evil" not in client.get(reverse("home")).headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["healthz", "health-live", "health-ready", "metrics"])
def test_machines_pages_tell_strangers_nothing(db: None, settings, name: str):
    settings.METRICS_TOKEN = "a-token-of-twenty-characters"
    for given in ("", "Bearer ", "Bearer wrong", "Bearer a-token-of-twenty-character", "Bearer é"):
        answer = Client().get(reverse(name), headers={"Authorization": given})
        assert answer.status_code in ((404,) if name == "metrics" else (200, 503)), given
        assert name == "metrics" or len(answer.content) < 5


def test_another_hosts_name_is_refused_and_not_repeated(db: None):
    for name in ("login", "healthz", "welcome"):
        answer = Client().get(reverse(name), headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert "evil.example" not in answer.content.decode()


def test_the_setup_is_closed_when_an_administrator_is_there(mr_zhou: Staff, settings, tmp_path):
    settings.SETUP_TOKEN = tmp_path / "token"
    settings.SETUP_TOKEN.write_text("known")

    answer = Client().get(reverse("setup"), {"token": "known"})

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))


def test_an_administrator_does_not_put_away_his_own_alert(mr_zhou: Staff):
    from offices.models import UsageAlert

    own = UsageAlert.objects.create(staff=mr_zhou, kind="reveals", day=timezone.now().date(), at=timezone.now(), most=1)

    logged_in(mr_zhou).post(reverse("alert-see", args=[own.pk]))
    own.refresh_from_db()

    assert own.seen_at is None


def test_nobody_lifts_a_limit_of_another_office(mr_zhou: Staff, songyang: Office, aunt_liu: Staff):
    from offices.models import UsageAlert

    boss = make_staff(songyang, "he", role="supervisor")
    alert = UsageAlert.objects.create(
        staff=aunt_liu, kind="reveals", day=timezone.localdate(), at=timezone.now(), most=1
    )

    answer = logged_in(boss).post(reverse("alert-lift", args=[alert.pk]), {"reason": "帮忙"})

    assert answer.status_code == 404
