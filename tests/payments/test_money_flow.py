"""资金去向: both sides are summed on their own and agree; what is broken shows; figures lead to receipts."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.models import ContributionPeriod
from offices.models import Staff
from payments.models import Receipt, Remittance, SettlementLine
from payments.money.flow import money_of, offices_seen
from payments.services import cancel_sponsored
from tests.builders import SON, at, make_household, make_office, make_staff
from tests.payments.bank_builders import banked
from tests.payments.chain_builders import paid, whole_chain
from tests.payments.conftest import Pay, a_book
from tests.payments.funding_builders import came, claim_on, confirmed, enrolled, year_2017
from tests.payments.money_builders import remit, settle
from tests.payments.test_auditing import break_by_hand
from tests.payments.test_taking import DIBAO, NOW_2016, listed

TODAY = at("2008-01-05 09:00").date()


@pytest.fixture
def period(pay: Pay, zhang_household, aunt_liu, mr_chen, mr_zhou, book) -> ContributionPeriod:
    """The year of the whole chain of 新浦街道."""
    whole_chain(zhang_household, aunt_liu, mr_chen, mr_zhou)
    connection.check_constraints()  # as at the commit of each step
    return ContributionPeriod.objects.get(ruleset__code="lianyungang", coverage_year=2008)


def page(staff, **query: object) -> str:
    client = Client()
    client.force_login(staff)
    answer = client.get(reverse("money"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_yuan_is_somewhere(period, xinpu):
    whole = money_of([xinpu], period, today=TODAY, scope="").whole

    assert (whole.receipted.amount, whole.voided.amount, whole.reversed.amount) == (1020, 120, 120)
    assert whole.due.amount == whole.paid.amount == 1020
    at_places = {code: place.sum.amount for code, place in whole.places.items()}
    assert at_places == {
        "unsettled": 120,
        "settled": 0,
        "remitted": 240,
        "reviewed": 0,
        "district": 0,
        "city": 420,
    }
    assert whole.net == whole.placed == 780
    assert whole.is_balanced


def test_what_is_late_stands_beside_its_step_with_its_clause(period, xinpu):
    places = money_of([xinpu], period, today=TODAY).whole.places

    assert places["unsettled"].is_late
    assert places["unsettled"].note == "刘阿姨"
    assert places["remitted"].note == "1张没有银行回单"
    assert places["settled"].clause.key == "L-10-1"
    assert not places["district"].is_late  # nothing waits there


def test_reviewed_money_is_late_after_the_rule_sets_day(period, xinpu, mr_zhou):
    from payments.services import bank_remittance, review_remittance
    from tests.payments.money_builders import slip

    waiting = Remittance.objects.get(reviewed_at__isnull=True)
    supervisor = waiting.made_by
    given = {"remittance_id": waiting.pk, "by": supervisor, "at": at("2007-10-29 10:00")}
    bank_remittance(slip=slip(waiting.amount, day="2007-10-29", number="9"), **given)
    review_remittance(remittance_id=waiting.pk, by=mr_zhou, at=at("2007-10-30 10:00"))

    places = money_of([xinpu], period, today=at("2007-12-20 09:00").date()).whole.places
    assert str(places["reviewed"].due_on) == "2007-12-20"
    assert not places["reviewed"].is_late
    assert money_of([xinpu], period, today=at("2007-12-21 09:00").date()).whole.places["reviewed"].is_late


@pytest.mark.parametrize(
    "change",
    [
        "payments_settlementline SET amount = amount - 1 WHERE remittance_id IS NULL AND period_id IS NOT NULL",
        "payments_remittance SET amount = amount - 1 WHERE reviewed_at IS NULL",
        "payments_receipt SET amount = amount + 1 WHERE settlement_line_id IS NOT NULL AND voided_at IS NULL",
        "payments_payment SET amount = amount + 1, tendered = tendered + 1",
        "payments_reversal SET amount = amount + 1",
        "payments_transfer SET amount = amount + 1 WHERE level = 'city'",
        "payments_transfer SET amount = amount + 1 WHERE level = 'district'",
        "payments_receipt SET settlement_line_id = NULL WHERE id = (SELECT min(id) FROM payments_receipt)",
    ],
)
def test_a_sum_that_is_broken_by_hand_is_named_on_the_page(period, mr_zhou, change: str):
    assert "不平衡" not in page(mr_zhou)

    break_by_hand(change)

    shown = page(mr_zhou)
    assert "不平衡" in shown
    assert "相差" in shown
    assert "audit_money" in shown


def test_a_rule_set_without_accounts_ends_with_what_was_reviewed(pay: Pay, songyang, miss_yang):
    period = ContributionPeriod.objects.get(ruleset__code="songming", coverage_year=2017)

    places = money_of([songyang], period, today=TODAY).whole.places

    assert list(places) == ["unsettled", "settled", "remitted", "reviewed"]
    assert places["reviewed"].name == "已审核到账"


def test_an_administrator_has_a_row_for_each_office_and_a_supervisor_her_own(period, mr_zhou, mr_chen):
    other = make_office("320706001", name="海州街道劳动保障所")
    supervisor = make_staff(other, "qian", role="supervisor")
    a_book(supervisor, code="H")
    paid(make_staff(other, "he"), "何某")

    whole = page(mr_zhou)

    assert "新浦街道劳动保障所" in whole
    assert "海州街道劳动保障所" in whole
    assert "1,140.00" in whole
    assert "海州街道" not in page(mr_chen, office=other.pk)
    assert offices_seen(mr_chen) == [mr_chen.office]


def test_each_figure_leads_down_to_the_single_receipt(period, mr_chen):
    client = Client()
    client.force_login(mr_chen)
    line = SettlementLine.objects.filter(remittance__reviewed_at__isnull=True, remittance__isnull=False).get()

    top = client.get(reverse("money")).content.decode()
    remittances = reverse("money-remittances", args=[period.pk, "remitted"])
    assert remittances in top
    lines = f"{reverse('money-lines', args=[period.pk])}?remittance={line.remittance_id}"
    assert lines in client.get(remittances).content.decode()
    receipts = f"{reverse('money-receipts', args=[period.pk, 'line'])}?line={line.pk}"
    assert receipts in client.get(lines).content.decode()
    shown = client.get(receipts).content.decode()
    for receipt in Receipt.objects.filter(settlement_line=line):
        assert reverse("receipt", args=[receipt.pk]) in shown


@pytest.mark.parametrize(("kind", "count"), [("receipted", 6), ("voided", 1), ("reversed", 1), ("unsettled", 1)])
def test_receipts_are_listed_by_kind(period, mr_chen, kind: str, count: int):
    client = Client()
    client.force_login(mr_chen)

    answer = client.get(reverse("money-receipts", args=[period.pk, kind]))

    assert len(answer.context["page"].rows) == count


def test_sponsored_sums_stand_by_department_even_where_nothing_is_paid(pay: Pay, songyang, miss_yang):
    rows = (listed("杨德福", certifications=(DIBAO,)), listed("杨小福", SON, certifications=(DIBAO,)))
    household = make_household(miss_yang, *rows, moment="2016-11-08 09:00")
    pay(household, miss_yang, "0.00", **NOW_2016)
    period = ContributionPeriod.objects.get(ruleset__code="songming", coverage_year=2017)

    money = money_of([songyang], period, today=TODAY)

    assert [(each.funder, each.persons, each.amount) for each in money.funders] == [("民政", 2, Decimal("300.00"))]
    assert (money.funders[0].claimed, money.funders[0].received) == (0, None)
    assert money.is_balanced


def test_what_departments_were_asked_for_and_what_came_in_stands_beside_what_they_owe(
    rulesets, songyang, miss_yang, mr_zhou
):
    enrolled(miss_yang, "dibao", "dibao")
    claim = confirmed(claim_on("民政", mr_zhou), make_staff(None, "second", role="administrator"))
    came(claim, "100.00", mr_zhou)

    (whole,) = money_of([songyang], year_2017(), today=TODAY, scope="530127").funders
    (office,) = money_of([songyang], year_2017(), today=TODAY).funders

    assert (whole.claimed, whole.received) == (Decimal("300.00"), Decimal("100.00"))
    assert (office.claimed, office.received) == (Decimal("300.00"), None)


def test_a_claim_stands_beside_a_department_whose_persons_were_all_cancelled(rulesets, songyang, miss_yang, mr_zhou):
    household = enrolled(miss_yang, "dibao")
    claim = confirmed(claim_on("民政", mr_zhou), make_staff(None, "second", role="administrator"))
    came(claim, "100.00", mr_zhou)
    boss = make_staff(songyang, "duan", role="supervisor")
    cancel_sponsored(household_id=household.pk, coverage_year=2017, reason="重复", by=boss, at=at("2016-12-02 09:00"))

    (whole,) = money_of([songyang], year_2017(), today=TODAY, scope="530127").funders

    assert (whole.funder, whole.persons, whole.amount) == ("民政", 0, 0)
    assert (whole.claimed, whole.received) == (150, 100)


def test_what_is_said_of_all_offices_counts_each_of_them(rulesets, xinpu, aunt_liu, mr_chen, book):
    offices, clerks = [xinpu], [aunt_liu]
    for code in ("320706001", "320706002", "320706003"):
        offices.append(make_office(code, name=f"{code}所"))
        a_book(make_staff(offices[-1], f"boss{code}", role="supervisor"), code=f"B{code}", count=20)
        clerks.append(make_staff(offices[-1], f"clerk{code}", name=f"何{code[-1]}"))
    for clerk in clerks:
        paid(clerk, "钱一")
    for clerk in clerks[:2]:
        settle(clerk)
    banked(mr_chen, SettlementLine.objects.get(office=xinpu))
    remit(Staff.objects.get(username="boss320706001"), SettlementLine.objects.get(office=offices[1]))
    paid(clerks[0], "钱二", at=at("2007-10-26 09:00"))
    paid(clerks[1], "钱三", at=at("2007-10-26 09:00"))
    year = ContributionPeriod.objects.get(ruleset__code="lianyungang", coverage_year=2008)

    places = money_of(offices, year, today=TODAY).whole.places

    assert (places["remitted"].sum.n, places["remitted"].note) == (2, "1张没有银行回单")
    assert (places["unsettled"].sum.n, places["unsettled"].note) == (4, "刘阿姨、何1、何2等4人")


def test_the_number_of_statements_does_not_grow(period, mr_zhou):
    with CaptureQueriesContext(connection) as few:
        page(mr_zhou)
    office = make_office("320706001", name="海州街道劳动保障所")
    a_book(make_staff(office, "qian", role="supervisor"), code="H", count=20)
    clerk = make_staff(office, "he")
    for name in ("何一", "何二", "何三"):
        paid(clerk, name)

    with CaptureQueriesContext(connection) as many:
        page(mr_zhou)

    assert len(many) == len(few)
