"""补录花名册缴存: what a village paid in at the bank in time, entered from its slip by a supervisor, with a reason."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from common.decision import Refusal
from enrollment.models import Assessment, Enrollment
from enrollment.services import load_ruleset
from households.models import Certification, Household
from offices.models import Act, Staff
from payments.auditing.run import audit
from payments.bank.reconciled import reconciled
from payments.models import BankSlip, Payment, Receipt
from payments.paper.receipt import document, documents, printable
from payments.past import past_of
from payments.services import void_receipt
from reports.services import make_weekly_report, weekly_report_now
from rosters.models import Roster, RosterDeposit
from rosters.services import agree, deposit, withdraw_deposit
from rosters.services.taking import take_roster
from rosters.stage import steps_of
from tests.acting import as_owner
from tests.builders import OTHER, at, make_household
from tests.payments.bank_builders import csv
from tests.payments.bank_builders import take as take_statement
from tests.payments.conftest import RULESETS, a_book, rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import claim_on, listed, pay_for, year_2017
from tests.payments.money_builders import settle
from tests.rosters.entry_builders import BANKED, NEXT_DAY, REASON, enter, slip
from tests.rosters.made import LIU
from tests.rosters.roster_builders import MOMENT, a_roster, a_village, agreed, handed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


def take(roster: Roster, by: Staff, moment: datetime = NEXT_DAY) -> Any:
    taking = take_roster(roster_id=roster.pk, by=by, at=moment)
    with connection.cursor() as cursor:  # what the commit would check
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return taking


# --- in time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", ["16:30:00", "17:00:00"])
def test_what_the_bank_took_by_17_of_the_last_day_is_entered_and_taken(roster, duan, miss_yang, clock):
    moment = at(f"2017-02-23 {clock}")

    made = enter(roster, duan, moment)
    taking = take(roster, miss_yang)

    assert (made.paid_at, made.at, made.entry_reason, made.amount) == (moment, NEXT_DAY, REASON, Decimal("450.00"))
    assert (taking.persons, taking.receipts, taking.amount) == (3, 2, Decimal("450.00"))
    payments = Payment.objects.values_list("paid_at", "entered_at", "entry_reason", "slip", "means")
    assert set(payments) == {(moment, NEXT_DAY, REASON, None, "transfer")}
    assert set(Receipt.objects.values_list("issued_at", flat=True)) == {NEXT_DAY}
    assert set(Enrollment.objects.values_list("enrolled_at", flat=True)) == {NEXT_DAY}
    assert set(Assessment.objects.values_list("decided_at", flat=True)) == {NEXT_DAY}
    assert not audit().findings


def test_a_second_later_the_bank_took_it_too_late(roster, duan):
    with pytest.raises(Refusal, match=r"缴费已于2017-02-23 17:00截止.*没有补录.*从银行取回") as refused:
        enter(roster, duan, at("2017-02-23 17:00:01"))

    assert [(reason.code, reason.clause.key) for reason in refused.value.reasons] == [("ROSTER_STALE", "S-5-3")]
    assert not BankSlip.objects.exists()


def test_first_it_agrees_and_then_it_is_paid_in(roster, duan):
    with pytest.raises(Refusal, match=r"早于核对相符的2016-11-01 10:00，没有补录（先核对，后缴存）") as refused:
        enter(roster, duan, at("2016-11-01 09:59"))

    assert [(reason.code, reason.clause.key) for reason in refused.value.reasons] == [("CHECK_FIRST", "S-8-7")]
    assert enter(roster, duan, MOMENT).paid_at == MOMENT


def test_what_does_not_agree_yet_is_not_entered(roster, duan, miss_yang):
    other = a_roster(miss_yang, group="3组")
    handed_in(other, miss_yang, [["1", "李小山", "53012719600101999X", "户主", "", 150]])

    with pytest.raises(Refusal, match="还没有核对相符"):
        enter(other, duan)


def test_what_agrees_after_the_end_of_verification_cannot_be_entered(miss_yang, duan):
    """S-5-2 is asked of the agreement, as ever: no slip dates it back."""
    a_village()
    made = a_roster(miss_yang)
    handed_in(made, miss_yang)
    figures = {"paper_count": 3, "paper_total": Decimal("450.00"), "cash": Decimal("450.00")}

    with pytest.raises(Refusal, match="参保核定已于2017-02-22 17:00截止"):
        agree(roster_id=made.pk, **figures, by=miss_yang, at=at("2017-02-22 17:01"))
    with pytest.raises(Refusal, match="还没有核对相符"):
        enter(made, duan)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param({"reason": " "}, "没有写事由，无法存查", id="没有事由"),
        pytest.param({"reason": "迟" * 201}, "事由最多200个字，现在是201个字", id="事由太长"),
        pytest.param({"slip": slip(amount="440.00")}, r"回单金额440\.00元与应缴的450\.00元不符", id="金额"),
        pytest.param({"slip": slip(MOMENT)}, "不是同一天", id="另一天的时刻"),
        pytest.param({"at": BANKED}, "回单上的时刻2017-02-23 16:30还没有到", id="不早于现在"),
    ],
)
def test_it_is_refused_and_nothing_is_written(roster, duan, more, sentence):
    with pytest.raises(Refusal, match=sentence):
        enter(roster, duan, **more)

    assert not BankSlip.objects.exists()
    assert not RosterDeposit.objects.exists()


def test_a_clerk_enters_nothing_and_is_told_who_does(roster, miss_yang):
    with pytest.raises(Refusal, match="只能由主管办理"):
        enter(roster, miss_yang)
    with pytest.raises(Refusal, match="银行在那以前已经收了款的，请主管按银行回单补录"):
        deposit(roster_id=roster.pk, slip=slip(), by=miss_yang, at=NEXT_DAY)


def test_another_office_finds_no_such_roster(roster, mr_chen):
    with pytest.raises(Refusal, match="找不到这份名册"):
        enter(roster, mr_chen)


def test_where_departments_pay_for_all_there_is_nothing_to_enter(miss_yang, duan):
    a_village()
    home = make_household(miss_yang, listed("普一"), moment="2016-10-20 09:00")
    made = a_roster(miss_yang)
    row = ["1", "普一", str(home.memberships.get().person.id_no), "户主", "城乡低保对象", 0]
    handed_in(made, miss_yang, [row])
    agreed(made, miss_yang, "0.00", 1)

    with pytest.raises(Refusal, match="没有银行回单可以补录"):
        enter(made, duan)


def test_a_slip_is_entered_once(roster, duan, miss_yang):
    enter(roster, duan)
    other = a_roster(miss_yang, group="3组")
    handed_in(other, miss_yang, [["1", "李小山", "53012719600101999X", "户主", "", 150]])
    with pytest.raises(Refusal, match="已经登记缴存"):
        enter(roster, duan)

    withdraw_deposit(roster_id=roster.pk, reason="回单号录错", by=miss_yang, at=NEXT_DAY)

    assert steps_of(roster).stage.code == "agreed"
    assert enter(roster, duan).slip.number == "农行8801"


# --- the slip's moment decides --------------------------------------------------------------------------------


def test_the_price_is_that_of_the_slips_day(roster, duan, miss_yang):
    bands = """bands = [
      { until = 2016-11-15, benefit_starts = 2017-01-01, clause = "S-6-1" },
      { from = 2016-11-16, benefit_starts = 2017-02-01, clause = "S-6-1", rates = [
        { category = "general", standard = 200, payable = 200, clause = "S-4-1" } ] },
    ]
    gaps_closed = true"""
    text = (RULESETS / "songming.toml").read_text()
    text = text.replace('bands = [{ benefit_starts = 2017-01-01, clause = "S-6-1" }]', bands)
    load_ruleset(text=text, by=None, at=at("2016-10-01 09:00"))
    later = at("2016-11-25 09:00")

    with pytest.raises(Refusal, match="缴费标准自2016-11-16起不同"):
        enter(roster, duan, at("2016-11-16 08:30"), at=later)
    enter(roster, duan, at("2016-11-15 16:30"), at=later)
    take(roster, miss_yang, later)

    kept = Enrollment.objects.values_list("payable", "benefit_starts_on")
    assert set(kept) == {(Decimal("150.00"), date(2017, 1, 1))}
    assert not audit().findings


def test_a_departments_list_that_covered_the_slips_day_pays(miss_yang, duan, mr_zhou):
    a_village()
    home = make_household(miss_yang, listed("普一"), listed("普二", "", OTHER), moment="2016-10-20 09:00")
    made = a_roster(miss_yang)
    people = [each.person for each in home.memberships.order_by("pk")]
    words = (("户主", "城乡低保对象", 0), ("其他", "", 150))
    rows = [["1", each.name, str(each.id_no), *word] for each, word in zip(people, words, strict=True)]
    handed_in(made, miss_yang, [*rows, ["2", "刘利", LIU, "户主", "", 150]])
    agreed(made, miss_yang, "300.00")
    moment, later = at("2016-11-09 16:40"), at("2016-11-15 10:00")

    enter(made, duan, moment, slip=slip(moment, "300.00"), at=later)
    Certification.objects.update(valid_to=date(2016, 11, 10))
    take(made, miss_yang, later)

    assert claim_on("民政", mr_zhou).amount == Decimal("150.00")
    assert not audit().findings


def test_a_household_for_which_departments_pay_bears_the_same_moments(miss_yang, duan):
    a_village()
    home = make_household(miss_yang, listed("普一"), moment="2016-10-20 09:00")
    made = a_roster(miss_yang)
    number = str(home.memberships.get().person.id_no)
    handed_in(made, miss_yang, [["1", "普一", number, "户主", "城乡低保对象", 0], ["2", "刘利", LIU, "户主", "", 150]])
    agreed(made, miss_yang, "150.00", 2)

    enter(made, duan, slip=slip(amount="150.00"))
    take(made, miss_yang)

    paid = Payment.objects.order_by("amount").values_list("amount", "paid_at", "entered_at")
    assert list(paid) == [(Decimal(0), BANKED, NEXT_DAY), (Decimal(150), BANKED, NEXT_DAY)]
    assert not audit().findings


def test_who_paid_at_the_counter_meanwhile_is_named(roster, duan, miss_yang):
    home = make_household(miss_yang, listed("刘利", "", id_no=LIU), moment="2016-11-02 09:00")
    pay_for(home, miss_yang, total=150, moment=at("2016-11-03 09:00"))
    enter(roster, duan)

    with pytest.raises(Refusal, match="刘利"):
        take_roster(roster_id=roster.pk, by=miss_yang, at=NEXT_DAY)

    assert Payment.objects.count() == 1


# --- and the moment of the taking books -----------------------------------------------------------------------


def test_the_money_stands_in_the_day_of_the_taking(roster, duan, miss_yang):
    home = make_household(miss_yang, listed("普一", ""), moment="2016-11-02 09:00")
    pay_for(home, miss_yang, total=150, moment=at("2017-02-22 10:00"))
    before = settle(miss_yang, day="2017-02-22", moment=at("2017-02-22 18:00"))

    enter(roster, duan, at("2017-02-22 16:30"))
    take(roster, miss_yang)
    after = settle(miss_yang, day="2017-02-24", moment=at("2017-02-24 18:00"))

    assert before.lines.get().receipts == 1
    assert after.lines.get().receipts == 2
    assert not audit().findings


def test_a_frozen_week_stays_and_the_entry_counts_in_its_own(roster, duan, miss_yang):
    home = make_household(miss_yang, listed("普一", ""), moment="2016-11-02 09:00")
    pay_for(home, miss_yang, total=150, moment=at("2016-11-08 10:00"))
    then = {"period_id": year_2017().pk, "week": date(2016, 11, 7), "by": duan, "at": at("2016-11-11 16:00")}
    frozen = make_weekly_report(**then, expected=weekly_report_now(**then).seal)

    enter(roster, duan, at("2016-11-09 16:40"), at=at("2016-11-15 10:00"))
    take(roster, miss_yang, at("2016-11-15 10:00"))

    frozen.refresh_from_db()
    later = {**then, "week": date(2016, 11, 14), "at": at("2016-11-18 16:00")}
    assert (frozen.enrolled, weekly_report_now(**later).enrolled) == (1, 4)


def test_an_ordinary_deposit_stays_as_it_was(roster, duan, miss_yang):
    made = deposit(roster_id=roster.pk, slip=slip(MOMENT), by=miss_yang, at=at("2016-11-02 09:00"))
    take(roster, miss_yang, at("2016-11-03 09:00"))

    assert (made.paid_at, made.entry_reason) == (None, "")
    payments = Payment.objects.values_list("paid_at", "entered_at", "entry_reason", "slip")
    assert set(payments) == {(at("2016-11-03 09:00"), None, "", None)}


def test_a_void_of_one_receipt_leaves_the_villages_slip(roster, duan, miss_yang):
    enter(roster, duan)
    take(roster, miss_yang)
    statement = take_statement(duan, csv("2017-02-23,农行8801,缴存,,450.00,东村"), at=at("2017-02-24 10:00"))

    void_receipt(receipt_id=Receipt.objects.first().pk, reason="户录错了", by=duan, at=at("2017-02-24 11:00"))

    ((_, ours),) = reconciled(statement).matches
    assert (ours.page, ours.paper.pk) == ("roster", roster.pk)
    assert not audit().findings


# --- where it is told -----------------------------------------------------------------------------------------


def test_it_is_an_act_of_its_own(roster, duan, miss_yang):
    enter(roster, duan)
    take(roster, miss_yang)

    act = Act.objects.get(verb="enter_roster_deposit")
    assert (act.by, act.at, act.subject_id) == (duan, NEXT_DAY, roster.pk)
    assert act.detail == {
        "amount": "450.00",
        "slip": "农行8801",
        "moment": "2017-02-23T16:30+08:00",
        "reason": REASON,
    }
    assert not Act.objects.filter(verb="deposit_roster").exists()
    assert Act.objects.get(verb="take_roster").detail["moment"] == "2017-02-23T16:30+08:00"
    assert {each.detail["moment"] for each in Act.objects.filter(verb="take_payment")} == {"2017-02-23T16:30+08:00"}


def test_history_and_receipt_tell_when_the_bank_took_it(roster, duan, miss_yang):
    enter(roster, duan)
    take(roster, miss_yang)
    receipt = Receipt.objects.order_by("number").first()

    told = past_of(Household.objects.get(number=receipt.household_number))[0]
    one, many = document(printable(receipt.pk)), documents({receipt.pk: 1})

    assert told.title == "收款"
    assert "2017-02-23 16:30 随花名册缴入银行，按那一刻核定。" in told.text
    assert many == [one]
    assert one.banked == "2017-02-23 16:30 银行缴费，随花名册缴存"


# --- what the database keeps ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param({"entry_reason": ""}, "roster_deposit_entry_is_whole", id="没有事由"),
        pytest.param({"paid_at": None}, "roster_deposit_entry_is_whole", id="没有时刻"),
        pytest.param({"at": BANKED}, "roster_deposit_entry_is_whole", id="补录不晚于缴存"),
        pytest.param({"paid_at": at("2017-02-22 16:30")}, "is not what its slip says", id="回单是另一天的"),
    ],
)
def test_the_database_keeps_slip_moment_and_reason_together(roster, duan, wrong, told):
    made = enter(roster, duan)
    withdraw_deposit(roster_id=roster.pk, reason="再录", by=duan, at=NEXT_DAY)
    paper = BankSlip.objects.get()
    paper.pk = None
    paper.save(force_insert=True)
    given = {"agreement": made.agreement, "amount": made.amount, "slip": paper, "by": duan}
    given |= {"at": NEXT_DAY, "paid_at": BANKED, "entry_reason": REASON}

    with pytest.raises(IntegrityError, match=told), transaction.atomic():
        RosterDeposit.objects.create(**given | wrong)


def test_the_database_takes_no_slip_of_before_the_agreement(roster, duan):
    made = roster.agreements.get()
    paper = BankSlip.objects.create(
        number="农行1", day=MOMENT.date(), amount=made.payable, name=None, at=NEXT_DAY, by=duan
    )
    given = {"agreement": made, "amount": made.payable, "slip": paper, "at": NEXT_DAY, "by": duan}

    with pytest.raises(IntegrityError, match="is not what its slip says"), transaction.atomic():
        RosterDeposit.objects.create(**given, paid_at=at("2016-11-01 09:59"), entry_reason=REASON)


def test_what_was_entered_stays(roster, duan):
    made = enter(roster, duan)

    with pytest.raises(DatabaseError, match="Cannot update"), as_owner(), transaction.atomic():
        RosterDeposit.objects.filter(pk=made.pk).update(paid_at=at("2017-02-23 16:00"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param({"paid_at": at("2017-02-23 16:31")}, "is of no deposit that was entered", id="另一刻"),
        pytest.param({"entry_reason": "别的"}, "is of no deposit that was entered", id="另一事由"),
        pytest.param({}, "is of no deposit that was entered", id="名册已入账"),
        pytest.param({"channel": "counter"}, "payment_entry_is_whole", id="收款台的"),
    ],
)
def test_without_a_slip_only_what_a_roster_paid_in_is_entered(roster, duan, miss_yang, wrong, told):
    enter(roster, duan)
    take(roster, miss_yang)
    made = Payment.objects.first()
    made.pk, made.idempotency_key = None, "6f6c9d0e-4b0b-4d0e-9a5f-2d1b7c3f0a54"
    for name, value in wrong.items():
        setattr(made, name, value)

    with pytest.raises(IntegrityError, match=told), transaction.atomic():
        made.save(force_insert=True)
