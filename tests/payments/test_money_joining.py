"""归入: by SQL nothing slips into a settled day, a sheet that is at the bank, or under a slip that counts already."""

import pytest
from django.db import DatabaseError, connection, transaction

from common.decision import Refusal
from payments.models import Receipt, SettlementLine
from payments.services import bank_remittance, void_receipt, withdraw_remittance
from tests.builders import at, make_staff
from tests.payments.conftest import Pay
from tests.payments.money_builders import another, confirmed, give_back, remit, reviewed, settle, slip, transfer
from tests.payments.test_remitting import line, mrs_gao  # noqa: F401 - fixtures


def refused(statement: str, *values: object, match: str) -> None:
    """One statement, refused at once or at the commit."""
    with pytest.raises(DatabaseError, match=match):
        _committed(statement, values)


@transaction.atomic
def _committed(statement: str, values: tuple[object, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount
    connection.check_constraints()


JOIN = "UPDATE payments_receipt SET settlement_line_id = %s WHERE id = %s"
NOT_ITS_OWN = "takes what is not its own"


def test_a_later_receipt_does_not_slip_into_a_settled_day(pay: Pay, line, aunt_liu, mr_chen):  # noqa: F811
    late = another(pay, aunt_liu, at=at("2007-10-26 09:00"))
    refused(JOIN, line.pk, late.pk, match=NOT_ITS_OWN)

    void_receipt(receipt_id=late.pk, reason="录错", by=mr_chen, at=at("2007-10-26 10:00"))
    refused(JOIN, line.pk, late.pk, match=NOT_ITS_OWN)


def test_nor_another_clerks(pay: Pay, line, aunt_liu):  # noqa: F811
    other = make_staff(aunt_liu.office, "qian", name="小钱")
    theirs = another(pay, other, registered="2007-10-25 08:00", at=at("2007-10-25 09:00"))

    refused(JOIN, line.pk, theirs.pk, match=NOT_ITS_OWN)


def test_nor_money_given_back(line, aunt_liu, mr_chen):  # noqa: F811
    back = give_back(Receipt.objects.get(), aunt_liu, mr_chen)

    refused("UPDATE payments_reversal SET settlement_line_id = %s WHERE id = %s", line.pk, back.pk, match=NOT_ITS_OWN)


def test_a_settled_day_gets_no_line_more(pay: Pay, line, aunt_liu):  # noqa: F811
    """A line with receipts of its own adds up by itself; the day would not."""
    late = another(pay, aunt_liu, at=at("2007-10-26 09:00"))
    fresh = settle(aunt_liu, day="2007-10-26").lines.get()

    refused(
        "INSERT INTO payments_settlementline (settlement_id, office_id, receipts, voided, reversals, amount)"
        " VALUES (%s, %s, 0, 0, 0, 0), (%s, %s, 1, 0, 0, 0)",
        *(line.settlement_id, line.office_id, fresh.settlement_id, line.office_id),
        match="not the sum of its receipts",
    )
    assert late.amount == fresh.amount


@pytest.fixture
def two_days(pay: Pay, aunt_liu, book) -> tuple[SettlementLine, SettlementLine]:
    """Two settled days of 120 yuan each."""
    another(pay, aunt_liu)
    first = settle(aunt_liu).lines.get()
    another(pay, aunt_liu, at=at("2007-10-26 09:00"))
    return first, settle(aunt_liu, day="2007-10-26").lines.get()


def test_days_of_the_same_sum_do_not_change_places(two_days, mr_chen):
    first, second = two_days
    one, two = remit(mr_chen, first), remit(mr_chen, second)
    connection.check_constraints()

    refused(
        "UPDATE payments_settlementline SET remittance_id = CASE remittance_id WHEN %s THEN %s::bigint ELSE %s END",
        *(one.pk, two.pk, one.pk),
        match="breaks the sum",
    )


def test_what_is_at_the_bank_or_withdrawn_takes_no_day_more(two_days, mr_chen, mr_zhou):
    first, second = two_days
    at_bank, withdrawn = reviewed(mr_chen, mr_zhou, first), remit(mr_chen, second)
    withdraw_remittance(remittance_id=withdrawn.pk, reason="选错", by=mr_chen, at=at("2007-10-27 09:00"))

    for sheet in (at_bank, withdrawn):
        put = "UPDATE payments_settlementline SET remittance_id = %s WHERE id = %s"
        refused(put, sheet.pk, second.pk, match="is at the bank or withdrawn")


@pytest.fixture
def two_sheets(two_days, mr_chen, mr_zhou):
    """Two reviewed remittances of 120 yuan each."""
    first, second = two_days
    one = reviewed(mr_chen, mr_zhou, first)
    two = remit(mr_chen, second)
    return one, two


def test_a_slip_of_the_bank_counts_once(two_sheets, mr_chen):
    one, two = two_sheets

    with pytest.raises(Refusal, match="一张回单只能登记一次"):
        bank_remittance(remittance_id=two.pk, slip=slip(two.amount), by=mr_chen, at=at("2007-10-27 10:00"))

    other = slip(two.amount, number="7789")
    assert bank_remittance(remittance_id=two.pk, slip=other, by=mr_chen, at=at("2007-10-27 10:00")).slip_id
    assert one.slip_id


def test_a_slip_of_a_sheet_that_was_withdrawn_is_written_down_again(two_days, mr_chen):
    first, _ = two_days
    wrong = remit(mr_chen, first)
    bank_remittance(remittance_id=wrong.pk, slip=slip(wrong.amount), by=mr_chen, at=at("2007-10-26 10:00"))
    withdraw_remittance(remittance_id=wrong.pk, reason="选错", by=mr_chen, at=at("2007-10-27 09:00"))

    again = remit(mr_chen, first)

    assert (
        bank_remittance(
            remittance_id=again.pk, slip=slip(again.amount), by=mr_chen, at=at("2007-10-27 10:00")
        ).slip.number
        == "7788"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_remittance SET reviewed_by_id = (SELECT max(id) FROM offices_staff)",
        "UPDATE payments_transfer SET confirmed_by_id = (SELECT min(id) FROM offices_staff)",
    ],
)
def test_who_found_it_in_order_stays(line, mr_chen, mr_zhou, mrs_gao, statement):  # noqa: F811
    sheet = reviewed(mr_chen, mr_zhou, line)
    confirmed(transfer("district", "320705", sheet, by=mr_zhou), by=mr_zhou, second=mrs_gao)
    make_staff(None, "last", name="末位", role="administrator")

    refused(statement, match="Cannot update")


def test_a_confirmed_sum_does_not_leave_its_transfer(line, mr_chen, mr_zhou, mrs_gao):  # noqa: F811
    sheet = reviewed(mr_chen, mr_zhou, line)
    district = confirmed(transfer("district", "320705", sheet, by=mr_zhou), by=mr_zhou, second=mrs_gao)
    transfer("city", "3207", district, by=mr_zhou)
    connection.check_constraints()

    refused("UPDATE payments_transfer SET forwarded_in_id = NULL WHERE level = 'district'", match="not the sum")
    refused("UPDATE payments_remittance SET transfer_id = NULL", match="breaks the sum")
