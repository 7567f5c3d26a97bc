"""补录银行缴费: decided as when the bank took the money, booked when its slip is entered, by a supervisor, once."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from common.decision import Refusal
from enrollment.models import Enrollment
from enrollment.paid_impact import _payments_of_a_day
from enrollment.services import verify_papers
from households.drafts import PaperDraft
from households.models import Certification, Household, Person
from offices.models import Act, Staff
from payments.auditing.run import audit
from payments.bank.reconciled import reconciled
from payments.models import BankSlip, Payment, Receipt, StatementMatch
from payments.money.day_end import takings
from payments.paper.receipt import document, documents, printable
from payments.paper.receipt_pdf import receipt_pdf
from payments.past import past_of
from payments.services import bank_remittance, void_receipt
from payments.services.slip_entry import Entry
from payments.today import office_day
from reports.services import make_weekly_report, weekly_report_now
from tests.builders import HEAD, OTHER, at, make_household, make_staff, member, zhang_family
from tests.payments.bank_builders import csv
from tests.payments.bank_builders import take as take_statement
from tests.payments.card_builders import text_of
from tests.payments.conftest import Pay, a_book
from tests.payments.entry_builders import AFTER, LAST_DAY, enter, paper
from tests.payments.funding_builders import claim_on, enrolled, listed, year_2017
from tests.payments.money_builders import another, give_back, remit, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]
CLOSING = at("2017-02-23 16:40")
NEXT_DAY = at("2017-02-24 09:00")


@pytest.fixture
def second(xinpu) -> Staff:
    """Another supervisor of 新浦街道: who entered the slip does not void it."""
    return make_staff(xinpu, "second", name="王主任", role="supervisor")


# --- in time, late, after the window --------------------------------------------------------------------------


def test_what_was_paid_in_time_is_entered_after_the_window(zhang_household, mr_chen, book):
    taken = enter(zhang_household, mr_chen)

    payment = Payment.objects.get(pk=taken.payment_id)
    assert (payment.paid_at, payment.entered_at) == (LAST_DAY, AFTER)
    assert (payment.means, payment.amount, payment.change, payment.clerk) == ("transfer", Decimal(420), 0, mr_chen)
    assert (payment.slip.number, payment.slip.day) == ("农行5501", date(2007, 12, 10))
    assert payment.entry_reason == "回单今天才送到"
    assert (taken.paid_at, payment.receipt.issued_at, payment.assessment.decided_at) == (LAST_DAY, AFTER, AFTER)
    enrolled = Enrollment.objects.filter(assessment=payment.assessment)
    assert {each.enrolled_at for each in enrolled} == {AFTER}
    assert {each.benefit_starts_on for each in enrolled} == {date(2008, 1, 1)}
    connection.check_constraints()
    assert not audit().findings


@pytest.fixture
def duan(songyang) -> Staff:
    """The supervisor of 嵩阳街道 with a book."""
    boss = make_staff(songyang, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-16", first=1, count=50)
    return boss


@pytest.fixture
def verified(miss_yang, duan) -> Household:
    """A household of 嵩明 whose papers were complete in time: 150 yuan for 2017."""
    home = make_household(miss_yang, listed("普一", ""), moment="2016-10-20 09:00")
    verify_papers(household_id=home.pk, coverage_year=2017, by=miss_yang, at=at("2017-02-22 16:00"))
    return home


def songming(household: Household, by: Staff, moment=CLOSING, amount="150.00", **more):
    slip = paper(amount, moment=moment)
    return enter(household, by, **({"coverage_year": 2017, "slip": slip, "paid_at": moment, "at": NEXT_DAY} | more))


@pytest.mark.parametrize("clock", ["16:40:00", "17:00:00"])
def test_until_17_of_the_last_day_the_bank_took_it_in_time(verified, duan, clock):
    taken = songming(verified, duan, moment=at(f"2017-02-23 {clock}"))

    assert (taken.amount, taken.receipt_id is not None) == (Decimal("150.00"), True)
    assert not audit().findings


def test_a_second_later_the_rules_refuse_in_their_words(verified, duan):
    with pytest.raises(Refusal, match="2017年度缴费已于 2017-02-23 17:00 截止，不能再缴费") as refused:
        songming(verified, duan, moment=at("2017-02-23 17:00:01"))

    assert refused.value.reasons[0].clause.key == "S-5-3"
    assert not BankSlip.objects.exists()


def test_who_was_not_verified_in_time_is_refused_all_the_same(miss_yang, duan):
    home = make_household(miss_yang, listed("普一", ""), moment="2016-10-20 09:00")

    with pytest.raises(Refusal, match="参保核定已于 2017-02-22 17:00 截止"):
        songming(home, duan)


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        pytest.param("2007-08-31 16:40", "未到2008年度缴费期", id="还没有开始"),
        pytest.param("2007-12-11 09:00", "2008年度缴费已于 2007-12-10 截止", id="已经截止"),
    ],
)
def test_a_slip_of_a_day_outside_the_window_is_refused(zhang_household, mr_chen, book, moment, sentence):
    Household.objects.update(registered_at=at("2007-08-01 09:00"))
    zhang_household.memberships.update(starts_on=date(2007, 8, 1))

    with pytest.raises(Refusal, match=sentence):
        enter(zhang_household, mr_chen, slip=paper(moment=at(moment)), paid_at=at(moment))


# --- what is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param({"slip": paper("300.00")}, "回单金额300.00元与应缴的420.00元不符", id="金额不符"),
        pytest.param({"slip": paper(number=" ")}, "请填写银行回单号", id="没有回单号"),
        pytest.param({"reason": "  "}, "没有写事由", id="没有事由"),
        pytest.param({"reason": "长" * 201}, "事由最多200个字，现在是201个字", id="事由太长"),
        pytest.param(
            {"at": LAST_DAY}, "回单上的时刻2007-12-10 16:40还没有到（现在是2007-12-10 16:40）", id="不早于现在"
        ),
        pytest.param({"paid_at": at("2007-12-09 16:40")}, "不是同一天", id="另一天的时刻"),
        pytest.param({"applying": [0]}, "还没有登记在本户", id="不是本户的人"),
        pytest.param(
            {"paid_at": at("2007-10-01 09:00"), "slip": paper(moment=at("2007-10-01 09:00"))},
            "2007-10-01缴费时本户还没有登记，或此后",
            id="未登记",
        ),
    ],
)
def test_it_is_refused_and_nothing_is_written(zhang_household, mr_chen, book, more, sentence):
    with pytest.raises(Refusal) as refused:
        enter(zhang_household, mr_chen, **more)

    assert sentence in str(refused.value)
    assert not any(model.objects.exists() for model in (Payment, Receipt, BankSlip, Enrollment))


def test_a_clerk_enters_nothing(zhang_household, aunt_liu, book):
    with pytest.raises(Refusal, match="主管"):
        enter(zhang_household, aunt_liu)


def test_another_office_does_not_find_the_household(zhang_household, book, duan):
    with pytest.raises(Refusal, match="找不到"):
        enter(zhang_household, duan)


def test_who_has_paid_at_the_counter_is_not_enrolled_twice(pay: Pay, zhang_household, aunt_liu, mr_chen, book):
    pay(zhang_household, aunt_liu, "420.00")

    with pytest.raises(Refusal, match="已参加2008年度居民医保，一年只能参保一次"):
        enter(zhang_household, mr_chen)


def test_whoever_enters_it_has_her_day_open(pay: Pay, zhang_household, mr_chen, book):
    another(pay, mr_chen, at=at("2007-12-10 09:00"))
    settle(mr_chen, day="2007-12-10")

    entered = enter(zhang_household, mr_chen)
    settle(mr_chen, day="2007-12-13")

    assert entered.receipt_id
    with pytest.raises(Refusal, match="您2007-12-13已经日结，这一天不能再收款"):
        enter(alone(mr_chen), mr_chen, slip=paper("120.00", number="2"))


# --- once -----------------------------------------------------------------------------------------------------


def test_the_same_submit_again_writes_no_second_slip(zhang_household, mr_chen, book):
    key = uuid4()

    first, again = (enter(zhang_household, mr_chen, key=key) for _ in range(2))

    assert (first.payment_id, first.repeated, again.repeated) == (again.payment_id, False, True)
    assert BankSlip.objects.count() == 1


def alone(by: Staff, name: str = "王大力") -> Household:
    """A household of one: 120 yuan."""
    shown = {"papers": (PaperDraft("id_card"),), "photos": 2}
    return make_household(by, member(name, HEAD, **shown), papers=(PaperDraft("hukou_book"),))


def test_a_slip_is_entered_once(aunt_liu, mr_chen, book):
    taken = enter(alone(aunt_liu), mr_chen, slip=paper("120.00"))
    receipt = Receipt.objects.get(pk=taken.receipt_id)

    with pytest.raises(Refusal) as refused:
        enter(alone(aunt_liu, "李大山"), mr_chen, slip=paper("120.00"))

    assert f"已经补录为收据 {receipt.full_number}（户号 {receipt.household_number}）" in str(refused.value)
    assert BankSlip.objects.count() == 1


@pytest.mark.parametrize("typed", ["55 01", "５５０１", "5501\u200b", "\u202e5501", "05501"])
def test_a_slip_is_entered_once_however_its_number_is_typed(aunt_liu, mr_chen, book, typed):
    enter(alone(aunt_liu), mr_chen, slip=paper("120.00", number="5501"))

    with pytest.raises(Refusal, match="已经补录为收据"):
        enter(alone(aunt_liu, "李大山"), mr_chen, slip=paper("120.00", number=typed))


def test_another_slip_of_the_same_day_and_sum_is_another(aunt_liu, mr_chen, book):
    for name, number in (("王大力", "5501"), ("李大山", "5502"), ("赵大海", "NH5501")):
        enter(alone(aunt_liu, name), mr_chen, slip=paper("120.00", number=number))

    assert not audit().findings


def test_the_database_itself_takes_a_slip_once_and_only_as_it_is(aunt_liu, mr_chen, book, monkeypatch):
    monkeypatch.setattr(Entry, "_refuse_entered", lambda self: None)
    enter(alone(aunt_liu), mr_chen, slip=paper("120.00"))

    with pytest.raises(Refusal, match="一张回单只能登记一次"):
        enter(alone(aunt_liu, "李大山"), mr_chen, slip=paper("120.00"))


def entered_by_hand(**wrong: object) -> None:
    """The entered payment once more with another slip, and with what is wrong about it."""
    made = Payment.objects.select_related("slip").get()
    slip = made.slip
    slip.pk, slip.number = None, "农行5502"
    slip.save(force_insert=True)
    made.pk, made.idempotency_key, made.slip = None, uuid4(), slip
    for name, value in wrong.items():
        setattr(made, name, value)
    made.save(force_insert=True)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"entry_reason": ""}, id="没有事由"),
        pytest.param({"slip": None}, id="没有回单"),
        pytest.param({"entered_at": None}, id="没有补录时间"),
        pytest.param({"entered_at": LAST_DAY}, id="补录不晚于缴费"),
        pytest.param({"means": "qr"}, id="不是转账"),
    ],
)
def test_the_database_keeps_slip_moment_and_reason_together(zhang_household, mr_chen, book, wrong):
    enter(zhang_household, mr_chen)

    with pytest.raises(IntegrityError, match="payment_entry_is_whole"), transaction.atomic():
        entered_by_hand(**wrong)


def test_the_slip_of_another_day_is_not_what_was_paid(zhang_household, mr_chen, book):
    enter(zhang_household, mr_chen)

    with pytest.raises(IntegrityError, match="is not what its slip says"), transaction.atomic():
        entered_by_hand(paid_at=at("2007-12-09 16:40"))


# --- void and reversal free the slip --------------------------------------------------------------------------


def test_a_void_frees_the_slip(zhang_household, mr_chen, second, book):
    first = enter(zhang_household, mr_chen)
    void_receipt(receipt_id=first.receipt_id, reason="户录错了", by=second, at=at("2007-12-13 11:00"))

    again = enter(zhang_household, mr_chen, at=at("2007-12-13 12:00"))

    assert again.payment_id != first.payment_id
    assert not audit().findings


def test_a_reversal_frees_the_slip(zhang_household, mr_chen, second, book):
    moment = at("2007-11-01 16:40")
    given = {"slip": paper(moment=moment), "paid_at": moment}
    first = enter(zhang_household, mr_chen, **given, at=at("2007-11-05 10:00"))
    settle(mr_chen, day="2007-11-05")
    give_back(Receipt.objects.get(pk=first.receipt_id), second, second, moment="2007-11-06 09:00", means="transfer")

    again = enter(zhang_household, mr_chen, **given, at=at("2007-11-06 12:00"))

    assert again.payment_id != first.payment_id
    assert not audit().findings


def test_a_settled_day_and_its_money_stay_as_they_were(pay: Pay, zhang_household, aunt_liu, mr_chen, book):
    another(pay, aunt_liu, at=at("2007-12-10 16:00"))
    another(pay, mr_chen, name="李大山", at=at("2007-12-10 16:10"))
    before = [settle(each, day="2007-12-10") for each in (aunt_liu, mr_chen)]

    enter(zhang_household, mr_chen)

    for settled in before:
        expected = settled.expected_cash
        settled.refresh_from_db()
        assert settled.expected_cash == expected
        assert settled.lines.get().receipts == 1
    mine = takings(office_id=mr_chen.office_id, clerk_id=mr_chen.pk, day=AFTER.date())
    assert mine.expected["transfer"] == Decimal("420.00")
    assert not audit().findings


def test_what_is_entered_today_is_in_todays_figures(zhang_household, mr_chen, xinpu, book):
    enter(zhang_household, mr_chen)

    (row,) = office_day(xinpu, at=AFTER).clerks
    assert (row.name, row.receipts, row.households, row.persons, row.amount) == ("陈主任", 1, 1, 4, Decimal("420.00"))
    assert office_day(xinpu, at=LAST_DAY).clerks == office_day(xinpu, at=AFTER).clerks


def test_a_frozen_week_stays_and_the_entry_counts_in_its_own(songyang, miss_yang, verified, duan):
    enrolled(miss_yang, "", moment=at("2016-11-08 10:00"), name="李")
    then = {"period_id": year_2017().pk, "week": date(2016, 11, 7), "by": duan, "at": at("2016-11-11 16:00")}
    frozen = make_weekly_report(**then, expected=weekly_report_now(**then).seal)

    songming(verified, duan, moment=at("2016-11-09 16:40"), at=at("2016-11-15 10:00"))

    frozen.refresh_from_db()
    later = {**then, "week": date(2016, 11, 14), "at": at("2016-11-18 16:00")}
    assert (frozen.enrolled, weekly_report_now(**later).enrolled) == (1, 2)


# --- the slip's day decides -----------------------------------------------------------------------------------


def test_the_benefit_follows_the_slips_day(aunt_liu, mr_chen, book):
    family = make_household(aunt_liu, *zhang_family(), papers=(PaperDraft("hukou_book"),), moment="2007-09-05 09:00")
    moment = at("2007-09-18 16:40")

    enter(family, mr_chen, slip=paper(moment=moment), paid_at=moment, at=at("2007-10-25 10:00"))

    assert set(Enrollment.objects.values_list("benefit_starts_on", flat=True)) == {date(2007, 10, 1)}


def test_who_has_died_since_is_not_enrolled(zhang_household, mr_chen, book):
    Person.objects.filter(name="王桂兰").update(died_on=date(2007, 12, 12))

    with pytest.raises(Refusal, match=r"与应缴的300\.00元不符"):
        enter(zhang_household, mr_chen)
    with pytest.raises(Refusal, match="已经离户、去世"):
        enter(zhang_household, mr_chen, applying=list(Person.objects.values_list("pk", flat=True)))


def test_where_departments_pay_for_all_there_is_nothing_to_enter(miss_yang, duan):
    home = make_household(miss_yang, listed("普一", "dibao"), moment="2016-10-20 09:00")
    moment = at("2016-11-09 16:40")

    with pytest.raises(Refusal, match="个人不缴费，没有银行缴费可以补录"):
        songming(home, duan, moment=moment, amount="0.00", at=at("2016-11-15 10:00"))


def test_a_certificate_counts_that_ran_out_between_the_slip_and_the_papers(zhang_household, mr_chen, book):
    verify_papers(household_id=zhang_household.pk, coverage_year=2008, by=mr_chen, at=AFTER)
    Certification.objects.update(valid_to=date(2007, 12, 11))

    assert enter(zhang_household, mr_chen).amount == Decimal("420.00")


def test_the_departments_list_must_cover_the_slips_day(miss_yang, duan, mr_zhou):
    home = make_household(miss_yang, listed("普一", ""), listed("普二", "dibao", OTHER), moment="2016-10-20 09:00")
    Certification.objects.update(valid_to=date(2016, 11, 10))

    songming(home, duan, moment=at("2016-11-09 16:40"), at=at("2016-11-15 10:00"))

    assert claim_on("民政", mr_zhou).amount == Decimal("150.00")


def test_an_amendment_asks_what_they_would_have_paid_on_the_slips_day(zhang_household, mr_chen, book):
    enter(zhang_household, mr_chen)

    ((payment,),) = _payments_of_a_day(Enrollment.objects.all())

    assert {each.paid_at for each in payment} == {LAST_DAY}


# --- where it is told -----------------------------------------------------------------------------------------


def test_it_is_an_act_of_its_own(zhang_household, mr_chen, book):
    taken = enter(zhang_household, mr_chen)

    act = Act.objects.exclude(verb__in=("register_household", "receive_book")).get(by=mr_chen)
    assert (act.verb, act.at, act.subject_id) == ("enter_slip", AFTER, taken.payment_id)
    assert act.detail == {
        "household": "0001-0001",
        "year": 2008,
        "amount": "420.00",
        "receipt": "00012346",
        "slip": "农行5501",
        "moment": "2007-12-10T16:40+08:00",
        "reason": "回单今天才送到",
    }


def test_the_history_tells_it(zhang_household, mr_chen, book):
    taken = enter(zhang_household, mr_chen)

    told = past_of(zhang_household)[0]
    assert (told.title, told.receipt_id) == ("补录银行缴费", taken.receipt_id)
    assert "2007-12-10 16:40 在银行缴纳，回单号 农行5501，事由：回单今天才送到。" in told.text


def test_the_paper_tells_when_the_bank_took_it(zhang_household, mr_chen, book):
    taken = enter(zhang_household, mr_chen)

    one, many = document(printable(taken.receipt_id)), documents({taken.receipt_id: 1})

    assert many == [one]
    assert one.banked == "2007-12-10 16:40 银行缴费，回单号 农行5501"
    assert "转账　　（2007-12-10 16:40 银行缴费，回单号 农行5501）" in text_of(receipt_pdf(one))


def test_the_banks_statement_knows_it(zhang_household, mr_chen, second, book):
    taken = enter(zhang_household, mr_chen)
    line = "2007-12-10,农行5501,缴存,,420.00,张建国"

    statement = take_statement(mr_chen, csv(line), at=at("2007-12-14 09:00"))

    found = reconciled(statement)
    ((_, ours),) = found.matches
    assert found.is_clear
    assert (ours.page, ours.paper.pk, ours.paper.number) == ("receipt", taken.receipt_id, "0001-0001 张建国")
    void_receipt(receipt_id=taken.receipt_id, reason="户录错了", by=second, at=at("2007-12-14 11:00"))
    assert StatementMatch.objects.get().undo_reason == "收据 32070107 00012346 已作废"
    assert [row.number for row in reconciled(statement).unknown] == ["农行5501"]


def test_the_slip_is_a_remittances_only_where_its_money_is_on_it(pay: Pay, aunt_liu, mr_chen, book):
    enter(alone(aunt_liu), mr_chen, slip=paper("120.00"))
    another(pay, aunt_liu, name="李大山", at=at("2007-12-10 09:00"))
    other = remit(mr_chen, settle(aunt_liu, day="2007-12-10").lines.get(), moment="2007-12-13 11:00")
    own = remit(mr_chen, settle(mr_chen, day="2007-12-13").lines.get(), moment="2007-12-13 18:00")

    with pytest.raises(Refusal, match="一张回单只能登记一次"):
        bank_remittance(remittance_id=other.pk, slip=paper("120.00"), by=mr_chen, at=at("2007-12-13 19:00"))
    bank_remittance(remittance_id=own.pk, slip=paper("120.00"), by=mr_chen, at=at("2007-12-13 19:00"))

    statement = take_statement(mr_chen, csv("2007-12-10,农行5501,缴存,,120.00,"), at=at("2007-12-14 09:00"))
    assert reconciled(statement).is_clear
    assert not audit().findings


@pytest.mark.parametrize("typed", ["农行 5501", "农行５５０１"])
def test_an_entered_slip_is_no_other_remittances_however_its_number_is_typed(pay: Pay, aunt_liu, mr_chen, book, typed):
    enter(alone(aunt_liu), mr_chen, slip=paper("120.00"))
    another(pay, aunt_liu, name="李大山", at=at("2007-12-10 09:00"))
    other = remit(mr_chen, settle(aunt_liu, day="2007-12-10").lines.get(), moment="2007-12-13 11:00")

    with pytest.raises(Refusal, match="一张回单只能登记一次"):
        bank_remittance(
            remittance_id=other.pk, slip=paper("120.00", number=typed), by=mr_chen, at=at("2007-12-13 19:00")
        )


def test_a_remittances_slip_is_nobodys_payment(pay: Pay, aunt_liu, mr_chen, book):
    another(pay, aunt_liu, at=at("2007-12-10 09:00"))
    made = remit(mr_chen, settle(aunt_liu, day="2007-12-10").lines.get(), moment="2007-12-10 18:00")
    bank_remittance(remittance_id=made.pk, slip=paper("120.00"), by=mr_chen, at=at("2007-12-10 19:00"))

    with pytest.raises(Refusal, match="一张回单只能登记一次"):
        enter(alone(aunt_liu, "李大山"), mr_chen, slip=paper("120.00"))
