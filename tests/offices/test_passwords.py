"""口令要求: 等保三级 or ASVS; used ones do not come back; an expired one is changed first, and the way goes on."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.decision import Refusal
from offices.models import Staff
from offices.staffing import change_own_password
from tests.builders import PASSWORD, at

NOW = at("2007-10-25 09:00")
GOOD, BETTER = "Xinpu-8215", "Songyang-1608"


def made_days_ago(staff: Staff, days: int) -> Staff:
    staff.password_set_at = timezone.now() - timedelta(days=days)
    staff.save()
    return staff


def come_in(**more: str) -> tuple[Client, object]:
    client = Client()
    return client, client.post(reverse("login"), {"username": "liu", "password": PASSWORD} | more)


@pytest.mark.parametrize(
    ("profile", "password", "fault"),
    [
        pytest.param("dengbao3", "Mofa-82", "至少 8 位", id="等保-七位"),
        pytest.param("dengbao3", "mofa8215", "至少要有 3 种", id="等保-两种"),
        pytest.param("dengbao3", "Mofa8215", "", id="等保-三种"),
        pytest.param("dengbao3", "mofa-8215", "", id="等保-符号"),
        pytest.param("dengbao3", "mofa魔法8215", "", id="等保-汉字算符号"),
        pytest.param("dengbao3", "LiuXinpu-8", "与登录名或姓名太像", id="等保-像登录名"),
        pytest.param("dengbao3", "P@ssw0rd", "太常见", id="等保-常见"),
        pytest.param("asvs", "Mofa-821540", "至少 12 位", id="ASVS-十一位"),
        pytest.param("asvs", "mofayizhuoda", "", id="ASVS-只有小写"),
        pytest.param("asvs", "123456789012", "太常见", id="ASVS-常见"),
    ],
)
def test_each_profile_says_what_a_password_lacks(settings, profile: str, password: str, fault: str):
    settings.PASSWORD_PROFILE = profile
    staff = Staff(username="liuxinpu", name="刘阿姨")

    try:
        validate_password(password, staff)
        said = ""
    except ValidationError as error:
        said = "".join(error.messages)

    assert (fault in said) if fault else said == ""


def test_the_last_five_passwords_do_not_come_back(aunt_liu: Staff):
    used = [PASSWORD, *(f"Mofa-{number}215" for number in range(1, 6))]
    for old, new in pairwise(used):
        change_own_password(old=old, new=new, by=aunt_liu, at=NOW)

    for again in used[1:]:
        with pytest.raises(Refusal, match="不能与最近 5 次的相同"):
            change_own_password(old=used[-1], new=again, by=aunt_liu, at=NOW)
    with pytest.raises(Refusal, match="至少要有 3 种"):  # it is old enough, but would not be taken today
        change_own_password(old=used[-1], new=PASSWORD, by=aunt_liu, at=NOW)


def test_asvs_remembers_the_present_password_only(settings, aunt_liu: Staff):
    settings.PASSWORD_PROFILE = "asvs"
    change_own_password(old=PASSWORD, new="mofa yi zhuo da", by=aunt_liu, at=NOW)
    change_own_password(old="mofa yi zhuo da", new="dong cun xi cun", by=aunt_liu, at=NOW)

    with pytest.raises(Refusal, match="与原口令相同"):
        change_own_password(old="dong cun xi cun", new="dong cun xi cun", by=aunt_liu, at=NOW)
    change_own_password(old="dong cun xi cun", new="mofa yi zhuo da", by=aunt_liu, at=NOW)


def test_an_expired_password_is_changed_first_and_the_way_goes_on(aunt_liu: Staff):
    made_days_ago(aunt_liu, 90)
    wanted = reverse("receipts") + "?day=2007-10-25"

    client, _ = come_in()
    sent_to = client.get(wanted).url
    page = client.get(sent_to).content.decode()
    typed = {"old": PASSWORD, "new": GOOD, "again": GOOD, "next": wanted}
    done = client.post(reverse("own-password"), typed)

    assert sent_to.startswith(reverse("own-password") + "?next=")
    assert "口令已到期" in page
    assert done.url == wanted
    assert client.get(wanted).status_code == 200


@pytest.mark.parametrize("profile", ["dengbao3", "asvs"])
def test_when_a_password_expires_depends_on_the_profile(settings, aunt_liu: Staff, profile: str):
    settings.PASSWORD_PROFILE = profile
    made_days_ago(aunt_liu, 90)

    client, _ = come_in()

    assert client.get(reverse("receipts")).status_code == (302 if profile == "dengbao3" else 200)


def test_nothing_else_can_be_done_with_an_expired_password(aunt_liu: Staff):
    made_days_ago(aunt_liu, 91)
    client, _ = come_in()

    assert client.post(reverse("search"), {"q": "张"}).url == reverse("own-password")
    assert client.post(reverse("search"), {"q": "张"}, headers={"HX-Request": "true"}).status_code == 403
    assert client.get(reverse("session"), headers={"HX-Request": "true"}).status_code == 204
    assert client.post(reverse("logout")).url == reverse("login")


def test_a_page_that_waits_is_still_sent_when_the_password_expires_under_it(aunt_liu: Staff):
    made_days_ago(aunt_liu, 91)
    client = Client()
    client.post(reverse("login-again"), {"username": "liu", "password": PASSWORD})

    assert client.post(reverse("search"), {"q": "张"}).status_code == 200
    assert client.get(reverse("receipts")).url.startswith(reverse("own-password"))


def test_a_password_that_expires_soon_is_said_at_login(aunt_liu: Staff):
    made_days_ago(aunt_liu, 85)

    client, _ = come_in()

    assert "口令还有 4 天到期" in client.get(reverse("receipts")).content.decode()


def test_a_demonstration_password_does_not_expire(settings, aunt_liu: Staff):
    settings.DEMO = True
    made_days_ago(aunt_liu, 400)
    Staff.objects.update(is_demo=True)

    client, _ = come_in()

    assert client.get(reverse("receipts")).status_code == 200


def test_the_old_password_cannot_be_guessed_at_a_screen_that_was_left_open(aunt_liu: Staff):
    client = Client()
    client.force_login(aunt_liu)
    for _ in range(5):
        client.post(reverse("own-password"), {"old": "wrong", "new": GOOD, "again": GOOD})

    answer = client.post(reverse("own-password"), {"old": PASSWORD, "new": GOOD, "again": GOOD})

    assert "请 15 分钟后再试" in answer.content.decode()
    assert Client().login(username="liu", password=PASSWORD)


def test_the_command_line_asks_for_as_good_a_password(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", BETTER)

    call_command("createsuperuser", username="rescue", name="救急", interactive=False, verbosity=0)

    staff = Staff.objects.get(username="rescue")
    assert staff.check_password(BETTER)
    assert staff.password_set_at is not None
