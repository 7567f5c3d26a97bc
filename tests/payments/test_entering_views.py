"""补录银行缴费: the page of a household's slip: whom it is for, as at the slip's moment, and what was typed stays."""

from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.models import Household, Person
from offices.models import Staff
from payments.models import BankSlip, Payment, Receipt
from payments.services import void_receipt
from tests.builders import DAUGHTER, HEAD, SON, at, make_household, make_staff, member
from tests.households.pictures import picture
from tests.payments.entry_builders import AFTER, LAST_DAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets", "book")]


@pytest.fixture
def boss(mr_chen: Staff) -> Client:
    client = Client()
    client.force_login(mr_chen)
    with time_machine.travel(AFTER, tick=False):
        yield client


def send(client: Client, household: Household, *, headers: Any = None, query: str = "", **more: Any) -> HttpResponse:
    """The slip of 420 yuan for those who are due, unless told otherwise."""
    due = Person.objects.filter(memberships__household=household).exclude(name="张明")
    typed = {
        "key": uuid4(),
        "applying": list(due.values_list("pk", flat=True)),
        "number": "农行5501",
        "bank": "农业银行",
        "day": "20071210",
        "clock": "16：40",
        "amount": "420",
        "reason": "回单今天才送到",
    }
    return client.post(reverse("household-slip", args=[household.pk]) + query, typed | more, headers=headers)


def test_the_slip_becomes_a_receipt(boss, zhang_household):
    answer = send(boss, zhang_household, scan=SimpleUploadedFile("slip.jpg", picture()))

    payment = Payment.objects.get()
    assert answer["Location"] == reverse("receipt", args=[payment.receipt.pk])
    assert (payment.paid_at, payment.entered_at) == (LAST_DAY, AFTER)
    page = boss.get(answer["Location"]).content.decode()
    assert "已补录2007-12-10 16:40的银行缴费。已收420.00元，收据 32070107 00012346。" in page
    assert "2007-12-10 16:40，回单号 农行5501，农业银行" in page
    assert boss.get(reverse("slip-scan", args=[payment.slip_id])).status_code == 200


def test_a_second_press_leads_to_the_same_receipt(boss, zhang_household):
    key = uuid4()

    first, again = (send(boss, zhang_household, key=key) for _ in range(2))

    assert first["Location"] == again["Location"]
    assert BankSlip.objects.count() == 1


def test_another_slip_sent_from_the_same_page_is_not_said_to_be_entered(boss, zhang_household):
    key = uuid4()
    send(boss, zhang_household, key=key)

    answer = send(boss, zhang_household, key=key, number="农行5502", clock="10:00")

    page = boss.get(answer["Location"]).content.decode()
    assert "没有重复收取" in page
    assert "已补录2007-12-10 10:00" not in page


def test_a_page_that_is_sent_after_the_void_is_told_that_nothing_was_taken(boss, zhang_household, xinpu):
    key = uuid4()
    boss.get(send(boss, zhang_household, key=key)["Location"])
    second = make_staff(xinpu, "second", role="supervisor")
    void_receipt(receipt_id=Receipt.objects.get().pk, reason="户录错了", by=second, at=AFTER)

    page = boss.get(send(boss, zhang_household, key=key)["Location"]).content.decode()

    assert "收据 32070107 00012346 已经作废，没有再收" in page
    assert "已收420.00元" not in page


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("1640", "16:40"),
        ("9:05", "09:05"),
        ("905", "09:05"),
        ("16:40:05", "16:40:05"),
        ("164005", "16:40:05"),
        ("16： 40", "16:40"),
    ],
)
def test_the_time_is_written_as_on_the_slip(boss, zhang_household, typed, moment):
    send(boss, zhang_household, clock=typed)

    assert Payment.objects.get().paid_at == at(f"2007-12-10 {moment}")


@pytest.mark.parametrize("typed", ["16", "165", "1660", "12405", "9:5", "16:4", "24:00", "16:60", "下午4点"])
def test_what_can_be_read_in_two_ways_is_no_time(boss, zhang_household, typed):
    answer = send(boss, zhang_household, clock=typed)

    assert "请按时:分录入，例如 16:40。" in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode()
    assert not Payment.objects.exists()


def test_seconds_are_shown_where_they_decide(boss, zhang_household):
    shown = send(boss, zhang_household, clock="17:00:59", headers={"HX-Request": "true"})

    assert "按 2007-12-10 17:00:59 核定" in shown.content.decode()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param({"amount": "300"}, "回单金额300.00元与应缴的420.00元不符", id="金额"),
        pytest.param({"clock": "25:10"}, "请按时:分录入，例如 16:40。", id="时间"),
        pytest.param({"clock": ""}, "请填写回单上的交易时间", id="没有时间"),
        pytest.param({"reason": ""}, "请写明为什么补录", id="事由"),
        pytest.param({"day": "20071213", "clock": "1640"}, "回单上的时刻2007-12-13 16:40还没有到", id="以后"),
        pytest.param({"day": "20071211"}, "2008年度缴费已于 2007-12-10 截止", id="窗口以外"),
    ],
)
def test_a_mistake_keeps_what_was_typed(boss, zhang_household, more, sentence):
    ticked = Person.objects.get(name="张建国").pk
    answer = send(boss, zhang_household, **({"applying": [ticked]} if "clock" in more else {}), **more)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert all(f'value="{typed}"' in page for typed in ("农行5501", "农业银行"))
    assert page.count('name="applying"') == 5
    assert page.count(" checked") == (1 if "clock" in more else 4)
    assert not Payment.objects.exists()


def test_a_mistake_tells_that_the_scan_is_to_be_chosen_again(boss, zhang_household):
    without, chosen = (
        send(boss, zhang_household, amount="300", **scan).content.decode()
        for scan in ({}, {"scan": SimpleUploadedFile("slip.jpg", picture())})
    )

    assert "扫描件没有存下，请重新选择" in chosen
    assert "扫描件没有存下" not in without


def test_a_change_shows_who_is_due_as_at_the_slips_moment(boss, zhang_household):
    now = boss.get(reverse("household-slip", args=[zhang_household.pk])).content.decode()
    then = send(boss, zhang_household, number="", headers={"HX-Request": "true"})
    without_script = send(boss, zhang_household, query="?look=1")

    assert "现在的核定" in now
    assert "按 2007-12-10 16:40 核定" in then.content.decode()
    assert "<form" not in then.content.decode()
    assert (then.status_code, without_script.status_code) == (200, 200)
    assert 'value="农行5501"' in without_script.content.decode()
    assert not Payment.objects.exists()


def test_what_was_only_looked_at_can_be_entered_without_script(boss, zhang_household):
    page = send(boss, zhang_household, query="?look=1").content.decode()

    # Without an action the page would send its slip where it came from: to be looked at, again and again.
    assert (
        f'<form class="cols entry" method="post" action="{reverse("household-slip", args=[zhang_household.pk])}"'
        in page
    )


def test_the_year_is_the_one_on_sale_at_the_slips_moment(boss, zhang_household):
    with time_machine.travel(at("2008-10-08 09:00"), tick=False):
        send(boss, zhang_household)

    assert Payment.objects.get().period.coverage_year == 2008


def test_a_clerk_is_refused_and_shown_no_link(zhang_household, aunt_liu, boss):
    clerk = Client()
    clerk.force_login(aunt_liu)
    link, home = (reverse(name, args=[zhang_household.pk]) for name in ("household-slip", "household"))

    assert send(clerk, zhang_household).status_code == 403
    assert link not in clerk.get(home).content.decode()
    assert link in boss.get(home).content.decode()


def test_a_supervisor_of_another_office_finds_no_such_household(zhang_household, songyang):
    client = Client()
    client.force_login(make_staff(songyang, "duan", role="supervisor"))

    assert send(client, zhang_household).status_code == 404


def test_the_page_costs_the_same_for_many(boss, mr_chen):
    one = make_household(mr_chen, member("王大力", HEAD))
    rows = [member(f"孙{n}", HEAD if n == "一" else SON if n == "二" else DAUGHTER) for n in "一二三四五六"]
    six = make_household(mr_chen, *rows)
    costs = []
    for household in (one, one, six):
        with CaptureQueriesContext(connection) as asked:
            boss.get(reverse("household-slip", args=[household.pk]))
        costs.append(len(asked))

    assert costs[1] == costs[2]
