"""Edges of a day-end: midnight, a clock that is set back, and sums as long as a column holds."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from payments.models import Receipt
from payments.money.day_end import open_days
from payments.money.papers import settlement_slip
from payments.money.pdf import money_slip
from payments.services import Counted
from tests.builders import at
from tests.payments.card_builders import text_of
from tests.payments.conftest import Pay
from tests.payments.money_builders import another, give_back, notes, settle

LONGEST = Decimal("9999999999.99")


@pytest.fixture
def paid(pay: Pay, zhang_household, aunt_liu, book) -> Receipt:
    """420 yuan in cash from the Zhang family on 2007-10-25."""
    return Receipt.objects.get(pk=pay(zhang_household, aunt_liu, "420.00").receipt_id)


def test_the_day_ends_at_midnight_of_shanghai(paid, pay: Pay, aunt_liu):
    last = another(pay, aunt_liu, at=at("2007-10-25 23:59"))
    first = another(pay, aunt_liu, at=at("2007-10-26 00:00"))

    line = settle(aunt_liu, moment=at("2007-10-26 08:00")).lines.get()

    assert set(line.settled_receipts.values_list("pk", flat=True)) == {paid.pk, last.pk}
    assert open_days(office_id=aunt_liu.office_id, clerk_id=aunt_liu.pk) == [date(2007, 10, 26)]
    assert settle(aunt_liu, day="2007-10-26").lines.get().settled_receipts.get() == first
    connection.check_constraints()


def test_money_from_before_the_clock_was_set_back_waits_for_its_own_day(paid, pay: Pay, aunt_liu):
    settle(aunt_liu)
    ahead = another(pay, aunt_liu, at=at("2007-10-27 09:00"))

    with pytest.raises(Refusal, match="还没有到"):
        settle(aunt_liu, day="2007-10-27", moment=at("2007-10-26 17:30"))
    with pytest.raises(Refusal, match="没有未日结的收款"):
        settle(aunt_liu, day="2007-10-26", moment=at("2007-10-26 17:30"))

    assert settle(aunt_liu, day="2007-10-27").lines.get().settled_receipts.get() == ahead
    connection.check_constraints()


def test_a_clock_that_is_set_back_behind_a_day_end_takes_no_money_into_the_closed_day(paid, pay: Pay, aunt_liu):
    settle(aunt_liu)
    another(pay, aunt_liu, at=at("2007-10-26 09:00"))
    settle(aunt_liu, day="2007-10-26")

    with pytest.raises(Refusal, match="不能再收款"):
        another(pay, aunt_liu, at=at("2007-10-25 16:00"))


def test_the_longest_sum_is_kept_and_printed_to_the_cent(paid, aunt_liu, mr_chen):
    counted = Counted(notes(Decimal(420)), card=LONGEST)

    made = settle(aunt_liu, counted=counted, difference_reason="签购单误录", approved_by=mr_chen)

    made.refresh_from_db()
    assert made.counted_card == LONGEST
    text = text_of(money_slip(settlement_slip(made)))
    assert "9,999,999,999.99" in text
    assert "+9,999,999,999.99" in text


@time_machine.travel("2007-10-25 17:30+08:00", tick=False)
def test_a_longer_sum_is_refused_beside_the_field(paid, aunt_liu):
    client = Client()
    client.force_login(aunt_liu)
    typed = {"day": "2007-10-25", "previewed": "420.00", "d_100": "4", "d_20": "1", "card": "10000000000"}

    page = client.post(reverse("day-end"), typed)

    assert page.status_code == 422
    assert "金额过大" in page.content.decode()


def test_a_day_of_refunds_alone_has_no_table_of_numbers(paid, aunt_liu, mr_chen):
    with_numbers = settlement_slip(settle(aunt_liu))
    give_back(paid, aunt_liu, mr_chen)

    counted = Counted({}, advanced=Decimal(420), advanced_by="本所备用金")
    made = settle(aunt_liu, day="2007-10-26", counted=counted)

    without = settlement_slip(made)
    assert all(table.rows for table in without.tables)
    assert [table.caption for table in with_numbers.tables][-1] == "所用票据号码"
    assert "所用票据号码：无。" in text_of(money_slip(without))
