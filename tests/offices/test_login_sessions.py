"""会话: idle and absolute time-out, who is in now, ending sessions by hand and by what changes about a person."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.doors.lockout import ADDRESS
from offices.doors.sessions import kept_as
from offices.inviting import invite_anew
from offices.models import Act, LoginSession, Staff
from offices.staffing import change_staff, deactivate_staff
from tests.builders import PASSWORD, at

NOW = at("2007-10-25 09:00")
GOOD = "Xinpu-8215"


def came_in(staff: Staff, **more: str) -> Client:
    client = Client(**more)
    assert client.post(reverse("login"), {"username": staff.username, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("rulesets")).status_code == 200


def aged(client: Client, *, hours: float) -> Client:
    session = client.session
    session["began"] -= hours * 3600
    session.save()
    return client


def ends_in(client: Client) -> timedelta:
    return LoginSession.objects.get(pk=kept_as(client.session.session_key)).expire_date - timezone.now()


def test_a_login_lasts_twelve_hours_however_busy_the_screen(aunt_liu: Staff):
    client = came_in(aunt_liu)

    assert is_in(aged(client, hours=11.9))
    answer = aged(client, hours=0.2).post(reverse("search"), {"q": "张"}, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["Canbao-Login"]) == (401, "required")
    assert not LoginSession.objects.filter(staff=aunt_liu).exists()


def test_the_hours_are_a_setting(settings, aunt_liu: Staff):
    settings.SESSION_HOURS = 2
    client = came_in(aunt_liu)

    assert not is_in(aged(client, hours=2))


def test_a_click_makes_the_idle_time_begin_anew_and_a_page_that_renews_itself_does_not(aunt_liu: Staff):
    client = came_in(aunt_liu)
    left = timezone.now() + timedelta(minutes=20)
    session = client.session
    session["seen"] -= 600
    session.save()
    LoginSession.objects.update(expire_date=left)

    client.get(reverse("jobs-running"), headers={"Canbao-Unattended": "1"})
    by_itself = ends_in(client)
    client.get(reverse("jobs-running"))

    assert by_itself <= timedelta(minutes=20)
    assert ends_in(client) > timedelta(minutes=29)


def test_after_the_clock_was_set_back_a_session_lasts_no_longer_for_it(aunt_liu: Staff):
    client = came_in(aunt_liu)
    session = client.session
    session["seen"] += 86_400  # while the clock was a day ahead
    session.save()
    LoginSession.objects.update(expire_date=timezone.now() + timedelta(days=1))

    client.get(reverse("jobs-running"))

    assert ends_in(client) <= timedelta(minutes=30)


def test_what_follows_at_once_writes_no_session(aunt_liu: Staff, django_assert_num_queries):
    client = came_in(aunt_liu)
    client.get(reverse("session"))

    with django_assert_num_queries(3):  # the session, its owner, and the scope taken back after the answer
        client.get(reverse("session"))


def test_a_session_that_was_left_alone_is_over(aunt_liu: Staff):
    client = came_in(aunt_liu)

    LoginSession.objects.update(expire_date=timezone.now())

    assert not is_in(client)


def test_an_administrator_sees_who_is_in_and_never_a_key(mr_zhou: Staff, aunt_liu: Staff):
    clerk, office = came_in(aunt_liu, REMOTE_ADDR="10.7.0.15"), came_in(mr_zhou)

    page = office.get(reverse("sessions")).content.decode()

    assert "刘阿姨" in page
    assert "10.7.0.15" in page
    assert clerk.session.session_key not in page


def test_an_administrator_ends_a_session(mr_zhou: Staff, aunt_liu: Staff):
    clerk, office = came_in(aunt_liu), came_in(mr_zhou)
    row = next(each for each in office.get(reverse("sessions")).context["rows"] if each.staff == aunt_liu)

    said = office.post(reverse("session-end", args=[row.handle]), follow=True).content.decode()
    again = office.post(reverse("session-end", args=[row.handle]), follow=True).content.decode()

    assert "刘阿姨的这次登录已结束" in said
    assert "已经结束了" in again
    assert not is_in(clerk)
    assert is_in(office)
    assert Act.objects.get(verb="end_session").subject_id == aunt_liu.pk


def test_nobody_ends_the_session_of_another_but_an_administrator_of_the_place(
    aunt_liu: Staff, mr_chen: Staff, mr_zhou: Staff
):
    clerk = came_in(aunt_liu)
    row = came_in(mr_zhou).get(reverse("sessions")).context["rows"][-1]
    assert row.staff == aunt_liu

    came_in(mr_chen).post(reverse("session-end", args=[row.handle]))
    mr_zhou.division_scope = "53"
    mr_zhou.save()
    came_in(mr_zhou).post(reverse("session-end", args=[row.handle]))

    assert is_in(clerk)


def test_one_sees_and_ends_ones_own_other_logins(aunt_liu: Staff, mr_chen: Staff):
    here, there = came_in(aunt_liu), came_in(aunt_liu)
    came_in(mr_chen)

    rows = here.get(reverse("own-sessions")).context["rows"]
    other = next(row for row in rows if not row.is_own)
    here.post(reverse("session-end", args=[other.handle]), {"own": "1"})

    assert len(rows) == 2
    assert is_in(here)
    assert not is_in(there)


def test_a_new_password_ends_all_other_logins(aunt_liu: Staff):
    here, there = came_in(aunt_liu), came_in(aunt_liu)

    here.post(reverse("own-password"), {"old": PASSWORD, "new": GOOD, "again": GOOD})

    assert is_in(here)
    assert not is_in(there)
    assert LoginSession.objects.filter(staff=aunt_liu).count() == 1


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(deactivate_staff, id="停用"),
        pytest.param(partial(invite_anew, reason="忘记口令"), id="重设口令"),
        pytest.param(
            lambda **who: change_staff(
                name="刘阿姨", work_number="", role="supervisor", office_id=Staff.objects.get(username="liu").office_id,
                division_scope="", **who,
            ),
            id="换角色",
        ),
    ],
)  # fmt: skip
def test_what_changes_about_a_person_ends_her_logins(mr_zhou: Staff, aunt_liu: Staff, act):
    client = came_in(aunt_liu)

    act(staff_id=aunt_liu.pk, by=mr_zhou, at=NOW)

    assert not is_in(client)
    assert not LoginSession.objects.filter(staff=aunt_liu).exists()


def test_an_address_that_failed_too_often_is_shown_and_let_in_again(mr_zhou: Staff):
    for number in range(ADDRESS):
        Client().post(reverse("login"), {"username": f"n{number}", "password": "x"}, REMOTE_ADDR="203.0.113.9")
    office = came_in(mr_zhou)

    shown = office.get(reverse("sessions")).content.decode()
    said = office.post(reverse("address-unlock"), {"address": "203.0.113.9"}, follow=True).content.decode()

    assert "203.0.113.9" in shown
    assert "203.0.113.9 可以重新登录了" in said
    assert "暂停登录的地址" not in said
