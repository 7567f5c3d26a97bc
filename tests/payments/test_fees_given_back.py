"""工本费冲正: fees whose day is closed are given back by a new fact, and what was handed out comes back with them."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from offices.models import Staff
from payments.auditing.run import audit
from payments.models import CardIssue, Reversal, WorkmanshipReceipt
from payments.money.journal import Span, entries, totals
from payments.services import Counted, reverse_workmanship, void_workmanship
from tests.builders import PASSWORD, at
from tests.payments.card_builders import fill_fees, give, workmanship_book
from tests.payments.conftest import Pay
from tests.payments.money_builders import settle


@pytest.fixture
def handed_out(pay: Pay, book, aunt_liu: Staff, mr_chen: Staff, mr_zhou: Staff, zhang_household) -> WorkmanshipReceipt:
    """A card and a book for 5 yuan, handed out on 2007-10-25 to somebody who has paid."""
    pay(zhang_household, aunt_liu, "420.00")
    fill_fees(mr_zhou)
    workmanship_book(mr_chen)
    return give(zhang_household, aunt_liu, cards={"张建国": "K1"}, books={"张建国": "B1"}, total="5.00").receipt


@pytest.fixture
def fee(handed_out: WorkmanshipReceipt, aunt_liu: Staff) -> WorkmanshipReceipt:
    """The same, its day closed."""
    settle(aunt_liu)
    handed_out.refresh_from_db()
    return handed_out


def give_back(fee: WorkmanshipReceipt, clerk: Staff, by: Staff, **more: Any) -> Reversal:
    given = {"means": "cash", "payee": "张建国", "reason": "卡未制成", "at": at("2007-10-26 09:00")} | more
    return reverse_workmanship(receipt_id=fee.pk, clerk=clerk, by=by, **given)


def test_fees_are_given_back_and_the_cards_come_back(fee, aunt_liu, mr_chen):
    made = give_back(fee, aunt_liu, mr_chen)
    connection.check_constraints()

    fee.refresh_from_db()
    assert (made.amount, fee.voided_at, fee.is_reversed) == (fee.amount, None, True)
    assert not CardIssue.objects.standing().exists()
    found = Counted({}, advanced=made.amount, advanced_by="本所备用金")
    closed = settle(aunt_liu, day="2007-10-26", counted=found)
    connection.check_constraints()
    (line,) = closed.lines.all()
    assert (line.period, line.reversals, line.amount) == (None, 1, -fee.amount)
    assert list(audit().findings) == []


def test_the_card_may_be_handed_out_again(fee, aunt_liu, mr_chen, zhang_household):
    give_back(fee, aunt_liu, mr_chen)

    given = give(zhang_household, aunt_liu, cards={"张建国": "K2"}, total="3.00", at=at("2007-10-26 10:00"))

    connection.check_constraints()
    assert given.receipt.amount == 3


def test_what_is_not_settled_is_voided_not_reversed(handed_out, aunt_liu, mr_chen):
    with pytest.raises(Refusal, match="还没有日结，请直接作废"):
        give_back(handed_out, aunt_liu, mr_chen)


def test_it_is_given_back_once_and_by_a_second_person(fee, aunt_liu, mr_chen):
    with pytest.raises(Refusal, match="只能由主管"):
        give_back(fee, aunt_liu, aunt_liu)
    give_back(fee, aunt_liu, mr_chen)
    with pytest.raises(Refusal, match="已经作废或冲正"):
        give_back(fee, aunt_liu, mr_chen)
    with pytest.raises(Refusal, match="请冲正"):
        void_workmanship(receipt_id=fee.pk, reason="重复", by=mr_chen, at=at("2007-10-26 09:00"))


def test_the_database_wants_the_whole_fee_and_its_cards(fee, aunt_liu, mr_chen):
    row = {"fee": fee, "office": fee.office, "clerk": aunt_liu, "by": mr_chen, "means": "cash", "payee": "张"}
    row |= {"capitals": "人民币壹元整", "reason": "重复", "at": at("2007-10-26 09:00")}
    with pytest.raises(DatabaseError, match="cannot be reversed so"), transaction.atomic():
        Reversal.objects.create(**row, amount=1)
    taken_back = {"cancelled_at": row["at"], "cancelled_by": mr_chen, "cancel_reason": "卡未制成"}
    CardIssue.objects.update(**taken_back)  # without giving the money back
    with pytest.raises(DatabaseError, match="part ways"):
        connection.check_constraints()


def test_the_database_wants_every_card_of_the_receipt_back(fee, aunt_liu, mr_chen):
    give_back(fee, aunt_liu, mr_chen)
    with pytest.raises(DatabaseError), transaction.atomic():
        CardIssue.objects.filter(item="card").update(cancelled_at=None, cancelled_by=None, cancel_reason="")


def test_the_journal_and_the_totals_show_it(fee, aunt_liu, mr_chen):
    give_back(fee, aunt_liu, mr_chen)
    span = Span([fee.office_id], date(2007, 10, 26), date(2007, 10, 26))

    assert any("工本费冲正" in map(str, row) for row in entries(span).rows)
    assert any("工本费" in map(str, row) for table in totals(span) for row in table.rows)


def test_it_is_given_back_at_the_counter_with_the_supervisors_word(client: Client, fee, aunt_liu, mr_chen):
    client.force_login(aunt_liu)
    page = client.get(reverse("workmanship-receipt", args=[fee.pk])).content.decode()
    assert "冲正…" in page
    assert "作废…" not in page

    sent = {"reason": "卡未制成", "payee": "张建国", "means": "cash", "username": "chen", "password": PASSWORD}
    page = client.post(reverse("workmanship-reverse", args=[fee.pk]), sent, follow=True).content.decode()

    assert "已冲正，请退还 5.00 元" in page
    paper = client.get(reverse("reversal-paper", args=[Reversal.objects.get().pk]))
    assert paper.content.startswith(b"%PDF")
