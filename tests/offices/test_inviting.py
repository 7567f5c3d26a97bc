"""邀请: a slip lets one person choose name and password, once and for 72 hours; no administrator ever knows one."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Act, Invitation, Office, Staff
from tests.builders import PASSWORD, make_staff

GOOD = "Xinpu-8215"
FORGOTTEN = {"reason": "忘记口令，本人到场"}
CODE = re.compile(r'class="slip-code">([^<]+)<')


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def slip_for(by: Staff, office: Office, **more: object) -> str:
    """The code of a new slip, as it stands on the page."""
    typed = {"name": "王敏", "work_number": "017", "role": "clerk", "office": office.pk} | more
    return CODE.search(logged_in(by).post(reverse("staff-add"), typed).content.decode()).group(1)


def take_up(code: str, client: Client | None = None, **more: str):
    typed = {"code": code, "username": "wang", "new": GOOD, "again": GOOD} | more
    return (client or Client()).post(reverse("welcome"), typed)


def test_whoever_holds_the_slip_chooses_name_and_password_and_is_in(mr_zhou: Staff, xinpu: Office):
    code = slip_for(mr_zhou, xinpu)
    client = Client()

    asked = client.post(reverse("welcome"), {"code": code.lower().replace("-", " ")}).content.decode()
    done = take_up(code, client)

    assert "王敏，您好" in asked
    assert done.status_code == 302
    assert client.get(reverse("receipts")).status_code == 200
    staff = Staff.objects.get(username="wang")
    assert (staff.name, staff.work_number, staff.office, staff.division_scope) == ("王敏", "017", xinpu, "320705001")
    assert staff.check_password(GOOD)
    assert list(Act.objects.order_by("pk").values_list("verb", flat=True)) == [
        "invite_staff",
        "take_up_invitation",
        "login",
    ]


def test_the_code_stands_on_the_slip_and_nowhere_else(mr_zhou: Staff, xinpu: Office):
    code = slip_for(mr_zhou, xinpu)

    assert code not in str(Invitation.objects.values())
    assert code not in str(Act.objects.values())
    assert code not in logged_in(mr_zhou).get(reverse("staff")).content.decode()


@pytest.mark.parametrize("void", ["used", "expired", "withdrawn", "replaced", "wrong"])
def test_a_slip_that_does_not_hold_opens_nothing(mr_zhou: Staff, xinpu: Office, void: str):
    code = slip_for(mr_zhou, xinpu)
    if void == "used":
        take_up(code)
    elif void == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif void == "withdrawn":
        logged_in(mr_zhou).post(reverse("invitation-withdraw", args=[Invitation.objects.get().pk]))
    elif void == "replaced":
        slip_for(mr_zhou, xinpu)
    else:
        code = "2222-3333-4444"

    answer = take_up(code, username="other")

    assert answer.status_code == 422
    assert "邀请码不对，或已用过、已过期、已撤回" in answer.content.decode()
    assert not Staff.objects.filter(username="other").exists()


def test_a_slip_holds_for_72_hours(mr_zhou: Staff, xinpu: Office):
    slip_for(mr_zhou, xinpu)

    invitation = Invitation.objects.get()
    assert invitation.expires_at - invitation.made_at == timedelta(hours=72)


def test_wrong_codes_stop_further_tries_from_the_place_and_from_no_other(mr_zhou: Staff, xinpu: Office):
    code = slip_for(mr_zhou, xinpu)
    for _ in range(5):
        take_up("2222-3333-4444")

    assert take_up(code).status_code == 422
    assert Client(REMOTE_ADDR="10.7.0.15").post(reverse("welcome"), {"code": code}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({"username": "liu"}, "username", "已有人使用", id="登录名重复"),
        pytest.param({"username": "王敏"}, "username", "只能用小写字母", id="登录名有汉字"),
        pytest.param({"new": "12345678", "again": "12345678"}, "new", "至少要有 3 种", id="口令太弱"),
        pytest.param({"again": "Xinpu-8216"}, "again", "不一致", id="两遍不同"),
    ],
)
def test_what_was_chosen_badly_is_said_and_the_slip_still_holds(
    mr_zhou: Staff, aunt_liu: Staff, typed: dict[str, str], field: str, sentence: str
):
    code = slip_for(mr_zhou, aunt_liu.office)

    answer = take_up(code, **typed)

    assert sentence in answer.context["form"].errors[field][0]
    assert take_up(code).status_code == 302


def test_a_new_password_comes_by_a_slip_too_and_the_old_one_ends_at_once(mr_zhou: Staff, aunt_liu: Staff):
    at_work = logged_in(aunt_liu)

    page = logged_in(mr_zhou).post(reverse("staff-password", args=[aunt_liu.pk]), FORGOTTEN).content.decode()
    ended = at_work.get(reverse("rulesets")).status_code
    by_old = Client().login(username="liu", password=PASSWORD)
    done = take_up(CODE.search(page).group(1), username="ignored")

    assert (ended, by_old, done.status_code) == (302, False, 302)
    aunt_liu.refresh_from_db()
    assert (aunt_liu.username, aunt_liu.check_password(GOOD)) == ("liu", True)


def test_the_password_before_does_not_come_back_by_a_slip(mr_zhou: Staff, aunt_liu: Staff):
    aunt_liu.set_password(GOOD)
    aunt_liu.save()
    page = logged_in(mr_zhou).post(reverse("staff-password", args=[aunt_liu.pk]), FORGOTTEN).content.decode()

    answer = take_up(CODE.search(page).group(1))

    assert "不能与最近 5 次的相同" in answer.content.decode()


def test_a_password_is_reset_for_a_reason_that_the_log_keeps(mr_zhou: Staff, aunt_liu: Staff):
    client, address = logged_in(mr_zhou), reverse("staff-password", args=[aunt_liu.pk])

    refused = client.post(address, {"reason": " "})
    assert Act.objects.filter(verb="reset_password").count() == 0
    client.post(address, FORGOTTEN)

    assert refused.status_code == 422
    assert "请写明事由，例如忘记口令，并核实是本人。" in refused.content.decode()
    assert Act.objects.get(verb="reset_password").detail == FORGOTTEN


def test_who_was_closed_meanwhile_does_not_come_in_by_a_slip(mr_zhou: Staff, aunt_liu: Staff):
    page = logged_in(mr_zhou).post(reverse("staff-password", args=[aunt_liu.pk]), FORGOTTEN).content.decode()
    Staff.objects.filter(pk=aunt_liu.pk).update(is_active=False)

    assert "您的登录已停用" in take_up(CODE.search(page).group(1)).content.decode()


def test_slips_that_wait_are_listed_within_the_scope(mr_zhou: Staff, xinpu: Office):
    slip_for(mr_zhou, xinpu)
    near = make_staff(None, "near", role="administrator", division_scope="320705")
    far = make_staff(None, "far", role="administrator", division_scope="53")

    assert "王敏" in logged_in(near).get(reverse("staff")).content.decode()
    assert "王敏" not in logged_in(far).get(reverse("staff")).content.decode()
