"""动态码: RFC 6238; who must have one; once only; recovery codes; taken away by an administrator, with a reason."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.doors import second_factor, totp
from offices.inviting import invite_anew
from offices.models import Act, RecoveryCode, SecondFactor, Staff
from tests.builders import PASSWORD

SECRET = base64.b32encode(b"12345678901234567890").decode()
CODES = re.compile(r"<li>([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})</li>")


@pytest.fixture(autouse=True)
def required(settings) -> None:
    settings.SECOND_FACTOR = True


def code_now(*, steps: int = 0) -> str:
    return totp.code_at(SECRET, int(timezone.now().timestamp()) // totp.STEP + steps)


def with_factor(staff: Staff) -> Staff:
    now = timezone.now()
    SecondFactor.objects.create(staff=staff, secret=SECRET, made_at=now, confirmed_at=now)
    return staff


def give_password(staff: Staff, client: Client | None = None, **more: str):
    client = client or Client()
    return client, client.post(reverse("login"), {"username": staff.username, "password": PASSWORD} | more)


def give_code(client: Client, code: str, **more: str):
    return client.post(reverse("login-code"), {"code": code} | more)


def is_in(client: Client) -> bool:
    return client.get(reverse("rulesets")).status_code == 200


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(moment: int, code: str):
    assert totp.code_at(SECRET, moment // totp.STEP) == code
    assert totp.step_of(SECRET, code, at=moment) == moment // totp.STEP


@pytest.mark.parametrize(("late", "found"), [(-60, False), (-29, True), (0, True), (30, True), (61, False)])
def test_a_telephone_may_be_half_a_minute_wrong(late: int, found: bool):
    assert (totp.step_of(SECRET, "081804", at=1111111109 + late) is not None) is found


def test_the_code_is_asked_for_after_the_password_and_the_way_goes_on(mr_chen: Staff):
    client, asked = give_password(with_factor(mr_chen), next=reverse("acts"))

    before = is_in(client)
    page = client.get(asked.url).content.decode()
    done = give_code(client, code_now(), next=reverse("acts"))

    assert asked.url.startswith(reverse("login-code"))
    assert not before
    assert f'value="{reverse("acts")}"' in page
    assert done.url == reverse("acts")
    assert is_in(client)


def test_a_code_is_good_once(mr_chen: Staff):
    with_factor(mr_chen)
    code = code_now()

    first = give_code(give_password(mr_chen)[0], code).status_code
    again = give_code(give_password(mr_chen)[0], code)

    assert first == 302
    assert again.status_code == 422
    assert "已用过" in again.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_a_code_together_one_comes_in(mr_chen: Staff):
    with_factor(mr_chen)
    code = code_now()

    def one(_: int) -> bool:
        try:
            return second_factor.holds(mr_chen, code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(8))) == 1


@pytest.mark.parametrize("code", ["000000", "", "１２３４５６", "abc", "2222-3333", "9" * 40])
def test_a_wrong_code_does_not_open(mr_chen: Staff, code: str):
    client, _ = give_password(with_factor(mr_chen))

    assert give_code(client, code).status_code == 422
    assert not is_in(client)


def test_codes_cannot_be_tried_on_and_on_though_the_password_is_known(mr_chen: Staff):
    with_factor(mr_chen)
    for _ in range(5):
        give_code(give_password(mr_chen)[0], "000000")

    assert give_code(give_password(mr_chen)[0], code_now()).status_code == 422


def test_the_right_password_is_worth_five_minutes(mr_chen: Staff):
    client, _ = give_password(with_factor(mr_chen))
    session = client.session
    session["pending"]["at"] -= 301
    session.save()

    assert give_code(client, code_now()).url == reverse("login")
    assert not is_in(client)


def test_nobody_is_asked_for_a_code_without_a_password(mr_chen: Staff):
    with_factor(mr_chen)

    assert Client().get(reverse("login-code")).url == reverse("login")


@pytest.mark.parametrize(("who", "bound"), [("liu", False), ("chen", True), ("admin", True), ("audit", False)])
def test_supervisors_and_administrators_set_one_up_before_anything_else(aunt_liu, mr_chen, mr_zhou, mrs_wu, who, bound):
    client, _ = give_password(Staff.objects.get(username=who))

    answer = client.get(reverse("rulesets"))
    posted = client.post(reverse("search"), {"q": "张"})

    assert answer.status_code == (302 if bound else 200)
    assert posted.status_code == (302 if bound else 200)
    if bound:
        assert answer.url.startswith(reverse("own-factor"))


def test_setting_one_up_shows_recovery_codes_once_and_the_way_goes_on(mr_chen: Staff):
    client, _ = give_password(mr_chen)
    page = client.get(reverse("own-factor"), {"next": reverse("acts")}).content.decode()
    SecondFactor.objects.update(secret=SECRET)

    refused = client.post(reverse("own-factor"), {"code": "000000"})
    done = client.post(reverse("own-factor"), {"code": code_now(), "next": reverse("acts")}).content.decode()

    assert "<svg" in page
    assert refused.status_code == 422
    codes = CODES.findall(done)
    assert len(set(codes)) == 10
    assert f'href="{reverse("acts")}"' in done
    assert client.get(reverse("acts")).status_code == 200
    assert not any(code in client.get(reverse("own-factor")).content.decode() for code in codes)
    assert not any(code in str(RecoveryCode.objects.values()) for code in codes)
    assert Act.objects.filter(verb="switch_on_second_factor", subject_id=mr_chen.pk).exists()


def test_the_secret_is_not_shown_again_once_it_is_confirmed(mr_chen: Staff):
    client, _ = give_password(with_factor(mr_chen))
    give_code(client, code_now())

    page = client.get(reverse("own-factor")).content.decode()

    assert "<svg" not in page
    assert SECRET[:4] not in page


def test_the_database_holds_the_secret_sealed(mr_chen: Staff):
    with_factor(mr_chen)

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM offices_secondfactor")
        (kept,) = cursor.fetchone()

    assert SECRET.encode() not in bytes(kept)
    assert SecondFactor.objects.get().secret == SECRET


def test_a_recovery_code_opens_once(mr_chen: Staff):
    with_factor(mr_chen)
    codes = second_factor.renew_codes(by=mr_chen, at=timezone.now())
    typed = codes[0].lower().replace("-", " ")

    assert give_code(give_password(mr_chen)[0], typed).status_code == 302
    assert give_code(give_password(mr_chen)[0], codes[0]).status_code == 422
    assert give_code(give_password(mr_chen)[0], codes[1]).status_code == 302
    assert second_factor.codes_left(mr_chen) == 8


def test_new_recovery_codes_want_a_code_and_make_the_old_ones_void(mr_chen: Staff):
    with_factor(mr_chen)
    old = second_factor.renew_codes(by=mr_chen, at=timezone.now())
    client = Client()
    client.force_login(mr_chen)

    refused = client.post(reverse("own-factor"), {"do": "codes", "code": "000000"}).status_code
    done = client.post(reverse("own-factor"), {"do": "codes", "code": code_now()}).content.decode()

    assert refused == 422
    assert len(CODES.findall(done)) == 10
    assert not second_factor.holds(mr_chen, old[0])


def test_a_clerk_may_have_one_and_do_without_again_and_a_supervisor_may_not(aunt_liu: Staff, mr_chen: Staff):
    for staff, left in ((aunt_liu, False), (mr_chen, True)):
        client = Client()
        client.force_login(with_factor(staff))
        client.post(reverse("own-factor"), {"do": "off", "code": code_now()})
        assert second_factor.has(staff) is left


def test_an_administrator_takes_it_from_somebody_who_lost_it_with_a_reason(mr_zhou: Staff, mr_chen: Staff):
    at_work, _ = give_password(with_factor(mr_chen))
    give_code(at_work, code_now())
    office = Client()
    office.force_login(mr_zhou)
    url = reverse("staff-factor", args=[mr_chen.pk])

    without = office.post(url, {"reason": ""})
    office.post(url, {"reason": "手机丢失"})

    assert without.status_code == 422
    assert not is_in(at_work)
    assert not second_factor.has(mr_chen)
    assert Act.objects.get(verb="reset_second_factor").detail == {"reason": "手机丢失"}


def test_nobody_takes_away_ones_own(mr_zhou: Staff):
    office = Client()
    office.force_login(with_factor(mr_zhou))

    said = office.post(reverse("staff-factor", args=[mr_zhou.pk]), {"reason": "试试"}).content.decode()

    assert "请由另一位管理员办理" in said
    assert second_factor.has(mr_zhou)


def test_under_a_page_that_waits_the_code_is_asked_for_too(mr_chen: Staff):
    with_factor(mr_chen)
    client, typed = Client(), {"username": "chen", "password": PASSWORD}

    without = client.post(reverse("login-again"), typed)
    done = client.post(reverse("login-again"), typed | {"code": code_now()})

    assert (without.status_code, without.json()["asks_code"]) == (422, True)
    assert done.status_code == 200
    assert is_in(client)


def test_a_new_password_by_a_slip_still_wants_the_code(mr_zhou: Staff, mr_chen: Staff):
    with_factor(mr_chen)
    slip = invite_anew(staff_id=mr_chen.pk, reason="忘记口令", by=mr_zhou, at=timezone.now())
    client = Client()

    answer = client.post(reverse("welcome"), {"code": slip.code, "new": "Xinpu-8215", "again": "Xinpu-8215"})

    assert answer.url.startswith(reverse("login-code"))
    assert not is_in(client)


def test_the_demonstration_asks_for_none_and_says_so(settings, mr_chen: Staff):
    settings.DEMO, settings.SECOND_FACTOR = True, False
    Staff.objects.update(is_demo=True)

    client, _ = give_password(mr_chen)
    page = client.get(reverse("own-factor")).content.decode()
    SecondFactor.objects.update(secret=SECRET)
    refused = client.post(reverse("own-factor"), {"code": code_now()}).content.decode()

    assert is_in(client)
    assert "也不要求动态码" in Client().get(reverse("login")).content.decode()
    assert "演示模式没有要求动态码" in page
    assert "不能启用" in refused
    assert not second_factor.has(mr_chen)
