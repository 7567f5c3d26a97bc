"""补录花名册缴存: the fields on the roster's page, whom they are for, and what was typed stays."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from offices.models import Staff
from rosters.models import RosterDeposit
from tests.builders import at
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.rosters.entry_builders import BANKED, NEXT_DAY, REASON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


def browser(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def next_day() -> Iterator[None]:
    with time_machine.travel(NEXT_DAY, tick=False):
        yield


def typed(**more: Any) -> dict[str, Any]:
    given = {"number": "农行8801", "bank": "农业银行", "day": "20170223", "amount": "450"}
    return given | {"clock": "16：30", "reason": REASON} | more


@pytest.mark.usefixtures("next_day")
def test_a_supervisor_enters_the_slip_on_the_rosters_page(roster, duan):
    client, page = browser(duan), reverse("roster", args=[roster.pk])
    shown = client.get(page).content.decode()
    assert '<details class="slip-entry" open>' in shown
    assert "请主管按银行回单补录" in shown

    answer = client.post(reverse("roster-deposit", args=[roster.pk]), typed())

    assert answer["Location"] == page
    told = client.get(page).content.decode()
    assert "已补录2017-02-23 16:30的缴存，按那一刻入账。" in told
    assert "2017-02-23 16:30</dd>" in told
    assert f"段主任：{REASON}" in told
    assert "按银行收款的 2017-02-23 16:30 核定" in told
    assert RosterDeposit.objects.get().paid_at == BANKED


@pytest.mark.usefixtures("next_day")
@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param({"reason": ""}, "请写明为什么补录", id="没有事由"),
        pytest.param({"clock": ""}, "请填写回单上的交易时间", id="没有时间"),
        pytest.param({"clock": "25:10"}, "请按时:分录入，例如 16:40。", id="时间"),
        pytest.param({"clock": "1701"}, "缴费已于2017-02-23 17:00截止", id="截止以后"),
        pytest.param({"day": "20161101", "clock": "0930"}, "先核对，后缴存", id="核对以前"),
        pytest.param({"amount": "440"}, "与应缴的450.00元不符", id="金额"),
        pytest.param({"day": "20170224", "clock": "0930"}, "还没有到", id="以后"),
        pytest.param({"clock": "", "reason": ""}, "请主管按银行回单补录", id="截止以后照常登记"),
    ],
)
def test_a_mistake_keeps_what_was_typed(roster, duan, more, sentence):
    answer = browser(duan).post(reverse("roster-deposit", args=[roster.pk]), typed(**more))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    kept = [value for name, value in typed(**more).items() if name in ("number", "bank", "clock", "reason") and value]
    assert all(f'value="{value}"' in page for value in kept)
    assert '<details class="slip-entry" open>' in page
    assert not RosterDeposit.objects.exists()


@pytest.mark.usefixtures("next_day")
def test_a_clerk_sees_no_such_fields_and_is_refused(roster, miss_yang):
    client = browser(miss_yang)

    shown = client.get(reverse("roster", args=[roster.pk])).content.decode()
    answer = client.post(reverse("roster-deposit", args=[roster.pk]), typed())

    assert 'name="clock"' not in shown
    assert "请主管按银行回单补录" in shown
    assert answer.status_code == 422
    assert "只能由主管办理" in answer.content.decode()
    assert 'value="农行8801"' in answer.content.decode()
    assert not RosterDeposit.objects.exists()


def test_in_the_window_the_fields_are_folded_away_and_may_stay_empty(roster, duan):
    with time_machine.travel(at("2016-11-02 09:00"), tick=False):
        client = browser(duan)
        shown = client.get(reverse("roster", args=[roster.pk])).content.decode()
        client.post(reverse("roster-deposit", args=[roster.pk]), typed(day="20161102", clock="", reason=""))

    assert '<details class="slip-entry">' in shown
    assert RosterDeposit.objects.get().paid_at is None
