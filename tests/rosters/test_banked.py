"""名册缴存的回单: found on the bank's statement, and no paper of the bank's counts twice, here or on a remittance."""

from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from offices.models import Staff
from payments.bank.reconciled import choices_for, reconciled
from payments.models import BankSlip, Remittance, SettlementLine, StatementMatch
from payments.services import SlipDraft, bank_remittance, make_remittance, withdraw_remittance
from rosters.services import withdraw_deposit
from rosters.services.taking import take_roster
from tests.builders import at, make_household, make_staff
from tests.payments.bank_builders import csv, take
from tests.payments.conftest import a_book, rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import listed, pay_for
from tests.payments.money_builders import settle
from tests.rosters.roster_builders import MOMENT, a_roster, a_village, agreed, deposited, handed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]
LATER = at("2016-11-10 09:00")


@pytest.fixture
def duan(songyang) -> Staff:
    """The supervisor of 嵩阳街道 with a book."""
    boss = make_staff(songyang, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-16R", first=1, count=50)
    return boss


@pytest.fixture
def roster(miss_yang):
    """450 yuan at the bank on 2016-11-01 under 农行8801."""
    a_village()
    made = a_roster(miss_yang)
    handed_in(made, miss_yang)
    agreed(made, miss_yang)
    deposited(made, miss_yang)
    return made


def test_what_the_village_paid_in_is_found_on_the_statement(roster, duan):
    statement = take(duan, csv("2016-11-01,农行8801,缴存,,450.00,东村"), at=LATER)

    assert StatementMatch.objects.get().slip == BankSlip.objects.get()
    found = reconciled(statement)
    assert found.is_clear
    ((_, ours),) = found.matches
    assert (ours.page, ours.paper.pk, ours.paper.number) == ("roster", roster.pk, roster.title)


def test_a_deposit_that_the_bank_does_not_show_is_missing_and_can_be_chosen(roster, duan):
    statement = take(duan, csv("2016-11-01,K1,缴存,,400.00,", "2016-11-20,K2,缴存,,450.00,"), at=at("2016-11-21 09:00"))

    assert [each.paper.number for each in reconciled(statement).missing] == [roster.title]
    assert [each.paper.number for each in choices_for(statement.rows.get(number="K2"))] == [roster.title]


def test_a_deposit_taken_back_is_no_longer_looked_for(roster, duan, miss_yang):
    withdraw_deposit(roster_id=roster.pk, reason="回单是另一村的", by=miss_yang, at=LATER)

    statement = take(duan, csv("2016-11-01,农行8801,缴存,,450.00,东村"), at=LATER)

    assert [row.number for row in reconciled(statement).unknown] == ["农行8801"]


def remitted(clerk: Staff, boss: Staff, *, count: int, day: str) -> Remittance:
    """What `count` people pay at the counter on a day, 150 each, settled and on a remittance."""
    for number in range(count):
        home = make_household(clerk, listed(f"李{'甲乙丙'[number]}", ""), moment=f"{day} 08:00")
        pay_for(home, clerk, total=150, moment=at(f"{day} 09:00"))
    line = settle(clerk, day=day).lines.get()
    return make_remittance(
        office_id=boss.office_id,
        period_id=line.period_id,
        line_ids=[line.pk],
        previewed=line.amount,
        by=boss,
        at=at(f"{day} 18:00"),
    )


def slip_8801(day: str) -> SlipDraft:
    return SlipDraft("农行8801", at(f"{day} 00:00").date(), Decimal("450.00"), "农业银行")


def test_the_slip_of_a_roster_is_no_slip_of_a_remittance(roster, duan, miss_yang):
    made = remitted(miss_yang, duan, count=3, day="2016-11-01")

    with pytest.raises(Refusal, match="一张回单只能登记一次"):
        bank_remittance(remittance_id=made.pk, slip=slip_8801("2016-11-01"), by=duan, at=at("2016-11-01 19:00"))

    assert BankSlip.objects.count() == 1


def test_the_slip_of_a_remittance_is_no_slip_of_a_roster(duan, miss_yang):
    made = remitted(miss_yang, duan, count=3, day="2016-10-31")
    bank_remittance(remittance_id=made.pk, slip=slip_8801("2016-11-01"), by=duan, at=MOMENT)
    a_village()
    roster = a_roster(miss_yang)
    handed_in(roster, miss_yang)
    agreed(roster, miss_yang)

    with pytest.raises(Refusal, match="一张回单只能登记一次"):
        deposited(roster, miss_yang)


@pytest.mark.parametrize("taken", [pytest.param(MOMENT, id="同日入账"), pytest.param(LATER, id="以后入账")])
def test_a_remittance_of_the_rosters_own_money_may_bear_its_slip(roster, duan, miss_yang, taken):
    take_roster(roster_id=roster.pk, by=miss_yang, at=taken)
    line = settle(miss_yang, day=f"{taken:%Y-%m-%d}").lines.get()
    made = make_remittance(
        office_id=duan.office_id,
        period_id=line.period_id,
        line_ids=[line.pk],
        previewed=line.amount,
        by=duan,
        at=taken.replace(hour=18),
    )

    with pytest.raises(Refusal, match="早于2017年度缴费期开始的2016-10-08"):
        bank_remittance(remittance_id=made.pk, slip=slip_8801("2015-11-01"), by=duan, at=taken.replace(hour=19))
    banked = bank_remittance(remittance_id=made.pk, slip=slip_8801("2016-11-01"), by=duan, at=taken.replace(hour=19))

    assert banked.slip.number == "农行8801"


def test_cash_and_a_rosters_deposit_on_one_remittance_are_told_before_it_is_made(roster, duan, miss_yang):
    take_roster(roster_id=roster.pk, by=miss_yang, at=LATER)
    settle(miss_yang, day="2016-11-10")
    kept = remitted(miss_yang, duan, count=2, day="2016-11-11")
    boss = Client()
    boss.force_login(duan)

    with time_machine.travel(at("2016-11-11 19:00"), tick=False):
        alone = boss.get(reverse("remittances")).content.decode()
        withdraw_remittance(remittance_id=kept.pk, reason="重制", by=duan, at=at("2016-11-11 19:00"))
        page = boss.get(reverse("remittances")).content.decode()
        lines = list(SettlementLine.objects.order_by("pk"))
        sent = {"period": lines[0].period_id, "parts": [line.pk for line in lines], "previewed": "750.00"}
        made = boss.post(reverse("remittances"), sent, follow=True).content.decode()

    mixed = "既有转账到银行的款（如名册缴存），又有柜台收的现金"
    assert mixed not in alone
    assert f"{mixed}：两笔款各有各的回单" in page
    assert "先只勾有转账的日结制一张，再勾其余的" in page
    assert "分不开" not in page
    assert (page.count("data-transfer"), page.count("data-cash")) == (1, 1)
    assert "请撤回这张单，把有转账的日结和其余的分开制单" in made


def test_a_day_that_holds_both_is_told_as_one_that_cannot_be_parted(roster, duan, miss_yang):
    take_roster(roster_id=roster.pk, by=miss_yang, at=LATER)
    remitted(miss_yang, duan, count=1, day="2016-11-10")
    boss = Client()
    boss.force_login(duan)

    page = boss.get(reverse("remittance", args=[Remittance.objects.get().pk])).content.decode()

    assert "2016-11-10杨燕的日结里两样都有，分不开：登记时把两张回单号都写上" in page
    assert "请撤回这张单" not in page
