"""演示时间的页面: a supervisor sets the own office's clock, an administrator any; nobody outside demonstration mode."""

import pytest
from django.test import Client
from django.urls import reverse

from offices.clock import moment
from offices.models import Act, Office, Staff


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def demo(settings) -> None:
    settings.DEMO = True


@pytest.mark.usefixtures("demo")
def test_a_supervisor_sets_the_clock_of_the_own_office(mr_chen: Staff, xinpu: Office):
    typed = {"office": xinpu.pk, "to": "2099-12-10 08:55"}

    page = client_of(mr_chen).post(reverse("demo-clock"), typed, follow=True)

    xinpu.refresh_from_db()
    assert f"{moment(xinpu):%Y-%m-%d %H:%M}" == "2099-12-10 08:55"
    assert "演示时间已设为 2099-12-10 08:55" in page.content.decode()
    assert Act.objects.get(verb="set_demo_clock").by == mr_chen


@pytest.mark.usefixtures("demo")
def test_turning_it_back_asks_first(mr_chen: Staff, xinpu: Office):
    client, typed = client_of(mr_chen), {"office": xinpu.pk, "to": "2007-10-25 09:00"}

    asked = client.post(reverse("demo-clock"), typed)
    done = client.post(reverse("demo-clock"), typed | {"back_is_understood": "on"})

    assert asked.status_code == 422
    assert "确实要往回拨，请确认后再提交" in asked.content.decode()
    assert 'value="2007-10-25 09:00"' in asked.content.decode()
    assert done.status_code == 302
    xinpu.refresh_from_db()
    assert moment(xinpu).year == 2007


@pytest.mark.usefixtures("demo")
def test_a_supervisor_does_not_set_another_offices_clock(mr_chen: Staff, songyang: Office):
    answer = client_of(mr_chen).post(reverse("demo-clock"), {"office": songyang.pk, "to": "2099-12-10 08:55"})

    assert answer.status_code == 422
    assert "不在您的管辖范围内" in answer.content.decode()
    songyang.refresh_from_db()
    assert songyang.demo_moment is None


@pytest.mark.usefixtures("demo")
def test_an_odd_moment_is_explained(mr_chen: Staff, xinpu: Office):
    answer = client_of(mr_chen).post(reverse("demo-clock"), {"office": xinpu.pk, "to": "明天"})

    assert "请写成 2007-12-10 09:00" in answer.content.decode()


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("typed", ["9999-12-31 23:59", "0001-01-01 00:00"])
def test_the_clock_does_not_run_out_of_the_calendar(mr_chen: Staff, xinpu: Office, typed: str):
    given = {"office": xinpu.pk, "to": typed, "back_is_understood": "on"}

    answer = client_of(mr_chen).post(reverse("demo-clock"), given)

    assert answer.status_code == 422
    assert "年份应在 1900 至 2199 之间" in answer.content.decode()
    xinpu.refresh_from_db()
    assert xinpu.demo_moment is None


def test_outside_demonstration_mode_there_is_no_such_page(mr_chen: Staff, xinpu: Office, settings):
    settings.DEMO = False

    assert client_of(mr_chen).get(reverse("demo-clock")).status_code == 404
