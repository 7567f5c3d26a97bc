"""日结、冲正: the day is counted and closed; nothing is added to it; what follows is a reversal."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from common.decision import Refusal
from enrollment.models import Enrollment
from offices.models import Act
from payments.models import Receipt, SettlementLine
from payments.money.day_end import open_days, takings
from payments.services import Counted, take_payment, void_receipt
from tests.acting import as_owner
from tests.builders import at, make_office, make_staff
from tests.payments.conftest import Pay
from tests.payments.money_builders import another, give_back, notes, remit, settle


@pytest.fixture
def paid(pay: Pay, zhang_household, aunt_liu, book) -> Receipt:
    """420 yuan in cash from the Zhang family on 2007-10-25."""
    return Receipt.objects.get(pk=pay(zhang_household, aunt_liu, "420.00").receipt_id)


def test_a_clock_that_was_set_back_does_not_close_the_day_before_its_receipts(paid, aunt_liu):
    with pytest.raises(Refusal, match="时钟往回拨过"):
        settle(aunt_liu, moment=at("2007-10-25 09:45"))

    assert settle(aunt_liu).expected_cash == 420


def test_a_day_closes_with_what_its_receipts_say(pay: Pay, paid, aunt_liu, mr_chen):
    by_card = another(pay, aunt_liu, means="card")
    void_receipt(receipt_id=another(pay, aunt_liu).pk, reason="录错", by=mr_chen, at=at("2007-10-25 11:00"))

    settlement = settle(aunt_liu)

    connection.check_constraints()
    assert settlement.expected == {"cash": 420, "card": 120, "transfer": 0, "qr": 0}
    (line,) = settlement.lines.all()
    assert (line.receipts, line.voided, line.reversals, line.amount) == (3, 1, 0, Decimal("540.00"))
    assert set(line.settled_receipts.values_list("pk", flat=True)) >= {paid.pk, by_card.pk}
    assert open_days(office_id=aunt_liu.office_id, clerk_id=aunt_liu.pk) == []
    assert Act.objects.get(verb="settle_day").detail["amount"] == "540.00"


def test_what_was_forgotten_on_earlier_days_is_settled_with_the_day(pay: Pay, paid, aunt_liu):
    another(pay, aunt_liu, at=at("2007-10-26 09:00"))

    assert open_days(office_id=aunt_liu.office_id, clerk_id=aunt_liu.pk) == [date(2007, 10, 25), date(2007, 10, 26)]
    assert settle(aunt_liu, day="2007-10-26").expected_cash == 540


def test_nothing_is_added_to_a_settled_day(pay: Pay, paid, aunt_liu):
    settle(aunt_liu)

    with pytest.raises(Refusal, match="已经日结，这一天不能再收款"):
        another(pay, aunt_liu, at=at("2007-10-25 17:45"))

    assert another(pay, aunt_liu, at=at("2007-10-26 09:00")).settlement_line is None


def test_not_even_by_sql(paid, aunt_liu):
    settle(aunt_liu)

    with pytest.raises(DatabaseError, match="is settled"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_payment (idempotency_key, household_id, period_id, assessment_id, office_id,"
            " division_code, clerk_id, channel, means, amount, tendered, change, paid_at) SELECT gen_random_uuid(),"
            " household_id, period_id, assessment_id, office_id, division_code, clerk_id, channel, means, amount,"
            " tendered, change, paid_at FROM payments_payment"
        )


def test_where_departments_pay_for_everybody_a_settled_day_does_not_matter(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_day_is_open%%'")
        conditions = [row[0] for row in cursor.fetchall()]

    assert len(conditions) == 2
    assert all("amount > " in condition for condition in conditions)


def test_a_settled_receipt_is_not_voided(paid, aunt_liu, mr_chen):
    settle(aunt_liu)

    with pytest.raises(Refusal, match="已经日结，不能作废"):
        void_receipt(receipt_id=paid.pk, reason="录错", by=mr_chen, at=at("2007-10-26 09:00"))
    for change in (
        "SET voided_at = now(), voided_by_id = (SELECT max(id) FROM offices_staff), void_reason = 'x'",
        "SET settlement_line_id = NULL",
    ):
        with pytest.raises(DatabaseError, match="is settled"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE payments_receipt {change}")


def test_a_difference_needs_a_reason_and_another_supervisor(paid, aunt_liu, mr_chen):
    short = Counted(notes(Decimal(410)))

    with pytest.raises(Refusal, match="写明事由"):
        settle(aunt_liu, counted=short)
    with pytest.raises(Refusal, match="收款人以外的主管核准"):
        settle(aunt_liu, counted=short, difference_reason="找错10元")
    with pytest.raises(Refusal, match="只能由主管"):
        settle(aunt_liu, counted=short, difference_reason="找错10元", approved_by=make_staff(aunt_liu.office, "sun"))

    settlement = settle(aunt_liu, counted=short, difference_reason="找错10元", approved_by=mr_chen)
    assert (settlement.counted_cash, settlement.lines.get().amount) == (410, 420)


def test_who_counts_for_somebody_absent_does_not_approve_what_she_found(paid, aunt_liu, mr_chen, mr_zhou):
    given = {"counted": Counted(notes(Decimal(410))), "difference_reason": "少10元", "absence_reason": "病假"}

    with pytest.raises(Refusal, match="收款人和代办人以外的主管"):
        settle(aunt_liu, by=mr_chen, approved_by=mr_chen, **given)

    settlement = settle(aunt_liu, by=mr_chen, approved_by=mr_zhou, **given)
    with pytest.raises(DatabaseError, match="approved the difference"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_settlement SELECT (jsonb_populate_record(s, jsonb_build_object(
                   'id', s.id + 1, 'day', s.day + 1, 'approved_by_id', s.by_id))).*
               FROM payments_settlement s WHERE s.id = %s""",
            [settlement.pk],
        )


def test_a_supervisor_of_another_town_does_not_approve(paid, aunt_liu):
    elsewhere = make_office("320706001", name="另一街道")
    stranger = make_staff(elsewhere, "wai", name="外主管", role="supervisor")

    with pytest.raises(Refusal, match="外主管不管"):
        settle(aunt_liu, counted=Counted({}), difference_reason="少", approved_by=stranger)


def test_the_database_itself_asks_whether_who_approves_may(paid, aunt_liu, mr_chen):
    stranger = make_staff(make_office("320706001", name="另一街道"), "wai", name="外主管", role="supervisor")
    short = Counted(notes(Decimal(410)))
    settlement = settle(aunt_liu, counted=short, difference_reason="少", approved_by=mr_chen)

    for approver in (stranger, make_staff(aunt_liu.office, "sun")):
        with (
            pytest.raises(DatabaseError, match="is no supervisor of hers"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                """INSERT INTO payments_settlement SELECT (jsonb_populate_record(s, jsonb_build_object(
                       'id', s.id + 1, 'day', s.day + 1, 'approved_by_id', %s::bigint))).*
                   FROM payments_settlement s WHERE s.id = %s""",
                [approver.pk, settlement.pk],
            )


def test_where_nothing_differs_no_reason_and_no_approval_are_kept(paid, aunt_liu, mr_chen):
    settlement = settle(aunt_liu, difference_reason="没有差额", approved_by=mr_chen)

    assert (settlement.difference_reason, settlement.approved_by) == ("", None)


def test_money_by_card_counted_as_cash_is_a_difference_too(pay: Pay, paid, aunt_liu):
    another(pay, aunt_liu, means="card")

    with pytest.raises(Refusal, match="不符"):
        settle(aunt_liu, counted=Counted(notes(Decimal(540))))


def test_a_clerk_does_not_settle_anothers_money(paid, aunt_liu, mr_chen):
    sun = make_staff(aunt_liu.office, "sun")

    with pytest.raises(Refusal, match="只能日结自己的收款"):
        settle(aunt_liu, by=sun, absence_reason="病假")
    with pytest.raises(Refusal, match="写明事由代为日结"):
        settle(aunt_liu, by=mr_chen)
    assert settle(aunt_liu, by=mr_chen, absence_reason="病假").absence_reason == "病假"


def test_a_day_is_settled_once_and_not_in_advance(paid, aunt_liu):
    with pytest.raises(Refusal, match="还没有到"):
        settle(aunt_liu, day="2007-10-26", moment=at("2007-10-25 17:00"))
    settle(aunt_liu)
    with pytest.raises(Refusal, match="不用日结"):
        settle(aunt_liu)


def test_a_total_that_moved_is_refused(pay: Pay, paid, aunt_liu):
    seen = takings(office_id=aunt_liu.office_id, clerk_id=aunt_liu.pk, day=date(2007, 10, 25)).total
    another(pay, aunt_liu)

    with pytest.raises(Refusal, match=r"由420\.00元变为540\.00元"):
        settle(aunt_liu, previewed=seen)


def test_the_database_refuses_a_line_that_is_not_its_receipts(paid, aunt_liu):
    settle(aunt_liu)

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_settlementline (settlement_id, office_id, receipts, voided, reversals, amount)"
            " SELECT settlement_id, office_id, 0, 0, 0, 5 FROM payments_settlementline"
        )
    with pytest.raises(DatabaseError, match="not the sum of its receipts"):
        connection.check_constraints()


# —— 冲正 ——


def test_after_the_day_is_closed_money_is_given_back_by_a_reversal(paid, aunt_liu, mr_chen, pay: Pay):
    settle(aunt_liu)

    reversal = give_back(paid, aunt_liu, mr_chen)

    paid.refresh_from_db()
    assert (reversal.amount, paid.voided_at) == (paid.amount, None)
    assert not Enrollment.objects.in_force().exists()
    another(pay, aunt_liu, at=at("2007-10-26 10:00"))
    found = Counted({}, advanced=Decimal(300), advanced_by="本所备用金")
    closed = settle(aunt_liu, day="2007-10-26", counted=found)
    connection.check_constraints()
    assert (closed.expected_cash, closed.counted_cash, closed.lines.get().reversals) == (-300, -300, 1)
    assert (closed.advanced_cash, closed.advanced_by, closed.approved_by) == (300, "本所备用金", None)


@pytest.mark.parametrize(
    ("advanced", "by", "words"),
    [
        ("420.01", "本所备用金", "多420.00元，垫付不能多于这个数"),
        ("420.00", " ", "由谁垫付"),
    ],
)
def test_only_what_was_given_back_beyond_the_takings_is_put_up(paid, aunt_liu, mr_chen, advanced, by, words):
    settle(aunt_liu)
    give_back(paid, aunt_liu, mr_chen)

    with pytest.raises(Refusal, match=words):
        settle(aunt_liu, day="2007-10-26", counted=Counted({}, advanced=Decimal(advanced), advanced_by=by))


def test_a_surplus_is_not_explained_away_as_put_up(paid, aunt_liu):
    found = Counted({Decimal(100): 5}, advanced=Decimal(80), advanced_by="刘阿姨")

    with pytest.raises(Refusal, match="不用垫付"):
        settle(aunt_liu, counted=found)


def test_what_went_back_by_card_is_found_below_zero(paid, aunt_liu, mr_chen):
    settle(aunt_liu)
    give_back(paid, aunt_liu, mr_chen, means="card")

    closed = settle(aunt_liu, day="2007-10-26")

    connection.check_constraints()
    assert (closed.expected_card, closed.counted_card) == (-420, -420)


def test_less_than_nothing_is_not_found_where_nothing_was_given_back(paid, aunt_liu, mr_chen):
    found = Counted(notes(paid.amount), qr=Decimal(-1))

    with pytest.raises(Refusal, match="清点的金额不能为负数"):
        settle(aunt_liu, counted=found, difference_reason="记错", approved_by=mr_chen)


def test_a_household_whose_money_was_given_back_may_pay_again(paid, zhang_household, aunt_liu, mr_chen, pay: Pay):
    settle(aunt_liu)
    give_back(paid, aunt_liu, mr_chen)

    assert pay(zhang_household, aunt_liu, "420.00", at=at("2007-10-26 10:00")).amount == 420


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"moment": "2007-12-11 09:00"}, "截止，已缴保费不退.*第十一条"),
        ({"moment": "2008-01-02 09:00"}, "待遇已于2008-01-01开始享受"),
        ({"payee": " "}, "写明收款人和事由"),
        ({"reason": ""}, "写明收款人和事由"),
        ({"means": "gold"}, "选择退款方式"),
    ],
)
def test_a_reversal_that_the_rules_bar_is_refused_with_the_clause(paid, aunt_liu, mr_chen, more, words):
    settle(aunt_liu)

    with pytest.raises(Refusal, match=words):
        give_back(paid, aunt_liu, mr_chen, **more)


def test_what_was_sent_up_is_not_given_back(paid, aunt_liu, mr_chen):
    remit(mr_chen, settle(aunt_liu).lines.get())

    with pytest.raises(Refusal, match="已经上缴"):
        give_back(paid, aunt_liu, mr_chen)


def test_what_is_not_settled_is_voided_not_reversed(paid, aunt_liu, mr_chen):
    with pytest.raises(Refusal, match="还没有日结，请直接作废"):
        give_back(paid, aunt_liu, mr_chen)


def test_a_reversal_needs_a_second_person_and_happens_once(paid, aunt_liu, mr_chen, pay: Pay):
    own = another(pay, mr_chen)
    settle(aunt_liu)
    settle(mr_chen)

    with pytest.raises(Refusal, match="另一位主管"):
        give_back(own, aunt_liu, mr_chen)
    with pytest.raises(Refusal, match="只能由主管"):
        give_back(paid, aunt_liu, aunt_liu)
    give_back(paid, aunt_liu, mr_chen)
    with pytest.raises(Refusal, match="已经作废或冲正"):
        give_back(paid, aunt_liu, mr_chen)


def test_nothing_is_given_back_on_a_settled_day(paid, aunt_liu, mr_chen):
    settle(aunt_liu)

    with pytest.raises(Refusal, match="已经日结"):
        give_back(paid, aunt_liu, mr_chen, moment="2007-10-25 18:00")


@pytest.mark.parametrize("table", ["payments_settlement", "payments_settlementline", "payments_reversal"])
def test_rows_of_a_day_end_are_neither_changed_nor_deleted(paid, aunt_liu, mr_chen, table):
    settle(aunt_liu)
    give_back(paid, aunt_liu, mr_chen)

    column = {"payments_settlement": "counted_cash"}.get(table, "amount")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column} + 1"):  # noqa: S608
        with (
            pytest.raises(DatabaseError, match="Cannot"),
            transaction.atomic(),
            as_owner(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_household_paid_for_by_the_same_key_is_still_found_after_the_day_is_closed(
    paid, zhang_household, aunt_liu, rulesets
):
    key = paid.payment.idempotency_key
    settle(aunt_liu)

    again = take_payment(
        household_id=zhang_household.pk,
        coverage_year=2008,
        key=key,
        expected_total=Decimal("420.00"),
        tendered=None,
        means="cash",
        by=aunt_liu,
        at=at("2007-10-25 18:00"),
    )
    assert again.repeated
    assert uuid4() != key
    assert SettlementLine.objects.count() == 1
