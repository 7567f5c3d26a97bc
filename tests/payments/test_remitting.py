"""上缴、划解: settled money goes up step by step; each step is the sum of its parts and has a second person."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from common.decision import Refusal
from enrollment.models import ContributionPeriod
from offices.models import Staff
from payments.models import Receipt, Remittance, SettlementLine, Transfer
from payments.services import (
    SlipDraft,
    bank_remittance,
    bank_transfer,
    confirm_transfer,
    make_remittance,
    review_remittance,
    withdraw_remittance,
    withdraw_transfer,
)
from payments.services.remitting import step_of
from tests.acting import as_owner
from tests.builders import at, make_office, make_staff
from tests.payments.conftest import Pay, a_book
from tests.payments.money_builders import another, confirmed, remit, reviewed, settle, slip, transfer


@pytest.fixture
def mrs_gao(db: None) -> Staff:
    """A second administrator of the city."""
    return make_staff(None, "gao", name="高复核", role="administrator")


@pytest.fixture
def line(pay: Pay, zhang_household, aunt_liu, book) -> SettlementLine:
    """420 yuan, settled on 2007-10-25."""
    pay(zhang_household, aunt_liu, "420.00")
    return settle(aunt_liu).lines.get()


@pytest.fixture
def done(line, mr_chen, mr_zhou) -> Remittance:
    """A remittance that was banked and reviewed."""
    return reviewed(mr_chen, mr_zhou, line)


def test_settled_money_goes_up_to_the_citys_account(line, mr_chen, mr_zhou, mrs_gao):
    remittance = reviewed(mr_chen, mr_zhou, line)
    district = confirmed(transfer("district", "320705", remittance, by=mr_zhou), by=mr_zhou, second=mrs_gao)
    city = confirmed(transfer("city", "3207", district, by=mrs_gao), by=mrs_gao, second=mr_zhou, day="2007-12-25")

    connection.check_constraints()
    chain = Receipt.objects.get().settlement_line.remittance.transfer.forwarded_in
    assert chain == city
    assert [district.due_on, city.due_on] == [date(2007, 12, 20), date(2007, 12, 25)]
    assert {step.amount for step in (remittance, district, city)} == {Decimal("420.00")}
    assert not district.is_late
    assert not city.is_late


def test_the_last_day_is_in_time_and_the_day_after_is_late(done, mr_zhou, mrs_gao):
    made = transfer("district", "320705", done, by=mr_zhou)
    assert confirmed(made, by=mr_zhou, second=mrs_gao, day="2007-12-21").is_late


def test_a_remittance_holds_the_lines_that_were_chosen(pay: Pay, line, aunt_liu, mr_chen):
    another(pay, aunt_liu, at=at("2007-10-26 09:00"))
    later = settle(aunt_liu, day="2007-10-26").lines.get()

    first, second = remit(mr_chen, line), remit(mr_chen, later)

    assert (first.serial, first.amount, first.receipts) == (1, 420, 1)
    assert (second.serial, second.amount) == (2, 120)


def test_a_line_is_remitted_once(line, mr_chen):
    remit(mr_chen, line)

    with pytest.raises(Refusal, match="刚刚由别人上缴"):
        remit(mr_chen, line)


def test_another_sum_than_was_shown_is_refused(line, mr_chen):
    with pytest.raises(Refusal, match="金额已变"):
        make_remittance(
            office_id=mr_chen.office_id,
            period_id=line.period_id,
            line_ids=[line.pk],
            previewed=Decimal("419.00"),
            by=mr_chen,
            at=at("2007-10-26 09:00"),
        )


def test_the_bank_slip_must_be_of_the_same_sum(line, mr_chen):
    remittance = remit(mr_chen, line)

    for wrong, words in (
        (slip(Decimal("400.00")), r"回单金额400\.00元与应缴的420\.00元不符"),
        (slip(Decimal("420.00"), number=" "), "回单号"),
        (slip(Decimal("420.00"), day="2007-10-27"), "还没有到"),
        (slip(Decimal("420.00"), day="2007-10-24"), "早于这笔款收齐的2007-10-25"),
    ):
        with pytest.raises(Refusal, match=words):
            bank_remittance(remittance_id=remittance.pk, slip=wrong, by=mr_chen, at=at("2007-10-26 10:00"))


def test_money_banked_on_the_day_it_came_is_taken_though_the_day_was_settled_later(
    pay: Pay, zhang_household, aunt_liu, book, mr_chen
):
    pay(zhang_household, aunt_liu, "420.00")
    remittance = remit(mr_chen, settle(aunt_liu, day="2007-10-26").lines.get())
    same_day = slip(remittance.amount, day="2007-10-25")

    bank_remittance(remittance_id=remittance.pk, slip=same_day, by=mr_chen, at=at("2007-10-26 18:00"))

    assert Remittance.objects.get().slip.day == date(2007, 10, 25)


def test_what_had_not_come_in_does_not_go_on(line, mr_chen, mr_zhou):
    made = transfer("district", "320705", reviewed(mr_chen, mr_zhou, line), by=mr_zhou)
    early = slip(made.amount, day="2007-10-25", number="9")

    with pytest.raises(Refusal, match="早于这笔款收齐的2007-10-26"):
        bank_transfer(transfer_id=made.pk, slip=early, by=mr_zhou, at=at("2007-12-15 10:00"))


def test_a_scan_that_is_no_picture_is_refused_and_nothing_is_kept(line, mr_chen):
    remittance = remit(mr_chen, line)
    draft = SlipDraft("7788", date(2007, 10, 26), Decimal("420.00"), scan=b"MZ not a picture")

    with pytest.raises(Refusal):
        bank_remittance(remittance_id=remittance.pk, slip=draft, by=mr_chen, at=at("2007-10-26 10:00"))
    remittance.refresh_from_db()
    assert remittance.slip is None


def test_who_made_it_does_not_review_it_and_without_a_slip_nobody_does(line, mr_chen, mr_zhou):
    remittance = remit(mr_chen, line)

    with pytest.raises(Refusal, match="还没有登记银行回单"):
        review_remittance(remittance_id=remittance.pk, by=mr_zhou, at=at("2007-10-26 11:00"))
    bank_remittance(remittance_id=remittance.pk, slip=slip(remittance.amount), by=mr_chen, at=at("2007-10-26 10:00"))
    with pytest.raises(Refusal, match="只能由管理员"):
        review_remittance(remittance_id=remittance.pk, by=mr_chen, at=at("2007-10-26 11:00"))
    review_remittance(remittance_id=remittance.pk, by=mr_zhou, at=at("2007-10-26 11:00"))
    with pytest.raises(Refusal, match="已经审核"):
        review_remittance(remittance_id=remittance.pk, by=mr_zhou, at=at("2007-10-26 11:00"))


def test_withdrawn_before_review_its_lines_are_free_again(line, mr_chen):
    remittance = remit(mr_chen, line)

    with pytest.raises(Refusal, match="写明为什么"):
        withdraw_remittance(remittance_id=remittance.pk, reason=" ", by=mr_chen, at=at("2007-10-26 10:00"))
    withdraw_remittance(remittance_id=remittance.pk, reason="少选一天", by=mr_chen, at=at("2007-10-26 10:00"))

    connection.check_constraints()
    assert remit(mr_chen, line).serial == 2
    connection.check_constraints()


def test_what_was_reviewed_is_not_withdrawn(done, mr_chen):
    with pytest.raises(Refusal, match="不能撤回"):
        withdraw_remittance(remittance_id=done.pk, reason="再想想", by=mr_chen, at=at("2007-10-28 09:00"))


def test_the_years_money_goes_to_the_city_in_one_sum(pay: Pay, done, aunt_liu, mr_chen, mr_zhou, mrs_gao):
    district = confirmed(transfer("district", "320705", done, by=mr_zhou), by=mr_zhou, second=mrs_gao)
    transfer("city", "3207", district, by=mr_zhou, moment="2007-12-20 09:00")
    another(pay, aunt_liu, at=at("2007-10-28 09:00"))
    more = reviewed(mr_chen, mr_zhou, settle(aunt_liu, day="2007-10-28").lines.get(), day="2007-10-29")
    second = confirmed(transfer("district", "320705", more, by=mr_zhou), by=mr_zhou, second=mrs_gao, day="2007-12-19")

    with pytest.raises(Refusal, match=r"一次性上解市级财政专户.*第十条"):
        transfer("city", "3207", second, by=mr_zhou, moment="2007-12-21 09:00")

    withdraw_transfer(
        transfer_id=Transfer.objects.get(level="city").pk, reason="合并重制", by=mr_zhou, at=at("2007-12-21 10:00")
    )
    assert transfer("city", "3207", district, second, by=mr_zhou, moment="2007-12-21 11:00").amount == 540
    connection.check_constraints()


def test_a_transfer_needs_a_bank_slip_and_a_second_person(done, mr_zhou, mrs_gao):
    made = transfer("district", "320705", done, by=mr_zhou)

    with pytest.raises(Refusal, match="还没有登记银行回单"):
        confirm_transfer(transfer_id=made.pk, by=mrs_gao, at=at("2007-12-16 09:00"))
    bank_transfer(transfer_id=made.pk, slip=slip(made.amount, day="2007-12-16"), by=mr_zhou, at=at("2007-12-16 10:00"))
    with pytest.raises(Refusal, match="另一位管理员"):
        confirm_transfer(transfer_id=made.pk, by=mr_zhou, at=at("2007-12-16 11:00"))
    confirm_transfer(transfer_id=made.pk, by=mrs_gao, at=at("2007-12-16 11:00"))
    with pytest.raises(Refusal, match="不能撤回"):
        withdraw_transfer(transfer_id=made.pk, reason="x", by=mr_zhou, at=at("2007-12-16 12:00"))


def test_only_what_lies_in_the_district_and_in_the_scope_is_transferred(done, mr_zhou, xinpu):
    with pytest.raises(Refusal, match="刚刚由别人办理"):
        transfer("district", "320706", done, by=mr_zhou)
    with pytest.raises(Refusal, match="没有这个区县"):
        transfer("district", "3207", done, by=mr_zhou)
    other = make_staff(None, "hu", role="administrator", division_scope="320706")
    with pytest.raises(Refusal, match="不在您的管辖范围内"):
        transfer("district", "320705", done, by=other)


def test_where_the_rule_set_knows_no_step_there_is_none(rulesets):
    songming = ContributionPeriod.objects.get(ruleset__code="songming", coverage_year=2017)

    assert step_of(songming, "office").clause.key == "S-8-7"
    assert step_of(songming, "district") is None


def test_an_office_does_not_remit_anothers_money(line, mr_zhou):
    other = make_office("320706001", name="海州街道劳动保障所")
    boss = make_staff(other, "boss", role="supervisor")
    a_book(boss, first=99000)

    with pytest.raises(Refusal, match="找不到这个机构"):
        make_remittance(
            office_id=line.office_id,
            period_id=line.period_id,
            line_ids=[line.pk],
            previewed=line.amount,
            by=boss,
            at=at("2007-10-26 09:00"),
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_remittance SET amount = amount + 1",
        "UPDATE payments_remittance SET slip_id = NULL, reviewed_at = NULL, reviewed_by_id = NULL",
        "UPDATE payments_remittance SET reviewed_at = NULL, reviewed_by_id = NULL",
        "DELETE FROM payments_remittance",
        "UPDATE payments_transfer SET amount = amount + 1",
        "UPDATE payments_transfer SET confirmed_at = NULL, confirmed_by_id = NULL",
        "DELETE FROM payments_transfer",
        "UPDATE payments_bankslip SET amount = 1",
        "DELETE FROM payments_bankslip",
    ],
)
def test_what_went_up_is_neither_changed_nor_deleted(done, mr_zhou, mrs_gao, statement):
    confirmed(transfer("district", "320705", done, by=mr_zhou), by=mr_zhou, second=mrs_gao)

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_settlementline SET remittance_id = NULL",
        "UPDATE payments_remittance SET transfer_id = NULL",
    ],
)
def test_no_part_slips_out_of_its_sum(done, mr_zhou, statement):
    transfer("district", "320705", done, by=mr_zhou)
    connection.check_constraints()  # as at the commit of each

    with connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(DatabaseError, match="breaks the sum"):
        connection.check_constraints()
