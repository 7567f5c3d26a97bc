"""财政补助: heads by town and category at the rate filled in, frozen when claimed; later sheets hold the difference."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.decision import Refusal
from enrollment import library
from enrollment.models import ContributionPeriod
from households.models import Household
from offices.models import Staff
from payments.funding.overview import overview_of
from payments.models import FundingClaim, SubsidyRate
from payments.services import (
    cancel_sponsored,
    confirm_claim,
    confirm_subsidy_rate,
    end_subsidy_rate,
    fill_subsidy_rate,
    make_subsidy_claim,
    record_funding,
    withdraw_claim,
)
from payments.services.funding import subsidy_due
from payments.services.subsidies import unsubsidised
from tests.builders import at, make_staff
from tests.payments.card_builders import live_in
from tests.payments.conftest import Pay
from tests.payments.funding_builders import CLAIMED, COUNTY, PAID, enrolled, rate, songming_book, subsidy_on, year_2017

pytestmark = pytest.mark.usefixtures("rulesets")


@pytest.fixture
def boss(songyang) -> Staff:
    return songming_book(songyang)


@pytest.fixture
def second(db) -> Staff:
    return make_staff(None, "fu", name="傅管理", role="administrator")


def lines(claim: FundingClaim) -> list[tuple[str, int, str, str]]:
    rows = claim.heads.order_by("position")
    return [(each.category_name, each.heads, str(each.before), str(each.amount)) for each in rows]


def test_heads_times_rate_by_town_and_category_of_those_enrolled_on_the_day(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "dibao", "", "")
    enrolled(miss_yang, "", name="李", moment=CLAIMED)
    rate("市财政", "60", mr_zhou, second)
    rate("市财政", "75.50", mr_zhou, second, category="dibao")

    before = subsidy_on("市财政", mr_zhou, day=date(2016, 11, 30))

    assert lines(before) == [("城乡低保对象", 1, "0.00", "75.50"), ("普通居民", 2, "0.00", "120.00")]
    assert (before.amount, before.persons, before.counted_on) == (Decimal("195.50"), 3, date(2016, 11, 30))
    assert before.full_number == "2017-530127-B01"


def test_a_later_sheet_holds_the_difference_and_a_cancelled_enrolment_is_taken_off(miss_yang, boss, mr_zhou, second):
    gone = enrolled(miss_yang, "dibao", "dibao")
    enrolled(miss_yang, "", name="李")
    rate("市财政", "60", mr_zhou, second)
    subsidy_on("市财政", mr_zhou)
    with pytest.raises(Refusal, match="该请的都已请过"):
        subsidy_on("市财政", mr_zhou)
    cancel_sponsored(household_id=gone.pk, coverage_year=2017, reason="重登", by=boss, at=CLAIMED)
    enrolled(miss_yang, "", name="王", moment=CLAIMED)

    later = subsidy_on("市财政", mr_zhou, moment=CLAIMED + timedelta(days=2))
    connection.check_constraints()

    assert lines(later) == [("城乡低保对象", 0, "120.00", "-120.00"), ("普通居民", 2, "60.00", "60.00")]
    first = FundingClaim.objects.get(number=1)
    with pytest.raises(Refusal, match="请先撤回后一批"):
        withdraw_claim(claim_id=first.pk, reason="撤", by=mr_zhou, at=later.made_at)


def test_a_day_before_that_of_the_last_sheet_would_give_back_what_is_owed_and_is_refused(
    miss_yang, boss, mr_zhou, second
):
    enrolled(miss_yang, "", name="李")
    rate("市财政", "60", mr_zhou, second)
    rate("省财政", "60", mr_zhou, second)
    with pytest.raises(Refusal, match="到1900-01-01还没有可以向市财政请的补助"):
        subsidy_on("市财政", mr_zhou, day=date(1900, 1, 1))
    first = subsidy_on("市财政", mr_zhou)

    with pytest.raises(Refusal, match=f"早于请款单 2017-530127-B01 的{first.counted_on}") as refused:
        subsidy_on("市财政", mr_zhou, day=first.counted_on - timedelta(days=1))

    assert refused.value.code == "COUNTED_ON"
    assert subsidy_on("省财政", mr_zhou, day=first.counted_on - timedelta(days=1)).amount == Decimal("60.00")


@pytest.mark.parametrize(("amount", "words"), [("-1", "不能为负数"), ("100000", "也不能达到100000元")])
def test_a_rate_that_is_no_amount_a_head_is_refused_in_words(mr_zhou, amount, words):
    with pytest.raises(Refusal, match=words):
        fill_subsidy_rate(
            period_id=year_2017().pk,
            division=COUNTY,
            payer="市财政",
            category="",
            amount=Decimal(amount),
            source="文",
            by=mr_zhou,
            at=PAID,
        )


def test_without_a_confirmed_rate_for_everybody_there_is_no_sheet(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "dibao", "")
    rate("市财政", "60", mr_zhou, second, category="dibao")
    with pytest.raises(Refusal, match="市财政对普通居民的补助标准还没有填写"):
        subsidy_on("市财政", mr_zhou)
    given = {"period_id": year_2017().pk, "division": COUNTY, "payer": "市财政", "category": "", "source": "文"}
    made = fill_subsidy_rate(**given, amount=Decimal(60), by=mr_zhou, at=PAID)
    with pytest.raises(Refusal, match="没有复核"):
        subsidy_on("市财政", mr_zhou)
    with pytest.raises(Refusal, match="另一位管理员复核"):
        confirm_subsidy_rate(rate_id=made.pk, by=mr_zhou, at=PAID)
    confirm_subsidy_rate(rate_id=made.pk, by=second, at=PAID)

    assert subsidy_on("市财政", mr_zhou).amount == Decimal(120)


def test_a_sheet_stays_as_it_was_when_the_rate_is_replaced_and_the_next_makes_it_up(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "")
    rate("市财政", "60", mr_zhou, second)
    first = subsidy_on("市财政", mr_zhou)
    end_subsidy_rate(rate_id=SubsidyRate.objects.get().pk, by=mr_zhou, at=CLAIMED)
    rate("市财政", "80", mr_zhou, second)

    later = subsidy_on("市财政", mr_zhou)

    first.refresh_from_db()
    assert (first.amount, lines(later)) == (Decimal(60), [("普通居民", 1, "60.00", "20.00")])


def test_what_has_no_rate_any_more_is_named_and_is_not_told_as_money_to_give_back(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "dibao", "")
    rate("市财政", "60", mr_zhou, second)
    rate("市财政", "75", mr_zhou, second, category="dibao")
    subsidy_on("市财政", mr_zhou)
    end_subsidy_rate(rate_id=SubsidyRate.objects.get(category="").pk, by=mr_zhou, at=CLAIMED)

    (budget,) = overview_of(year_2017(), division=COUNTY).budgets

    assert (budget.persons, budget.sponsored, budget.claimed) == (2, Decimal(75), Decimal(135))
    assert (budget.unclaimed_amount, budget.without_rate) == (Decimal(0), ("普通居民",))


def test_each_budget_has_its_own_sheets(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "")
    for payer, amount in (("市财政", "60"), ("县（区）财政", "40")):
        rate(payer, amount, mr_zhou, second)

    amounts = [subsidy_on(payer, mr_zhou).amount for payer in ("市财政", "县（区）财政")]

    assert amounts == [Decimal(60), Decimal(40)]


def test_a_sheet_takes_the_same_statements_for_few_and_for_many(miss_yang, boss, mr_zhou, second):
    rate("市财政", "60", mr_zhou, second)
    counts = []
    for size in (1, 6):
        for number in range(size):
            enrolled(miss_yang, "", "dibao", name="一二三四五六"[number] + "甲乙"[size > 1])
        with CaptureQueriesContext(connection) as captured:
            subsidy_on("市财政", mr_zhou)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 12


def xinpu_sheet(by: Staff, second: Staff, *, moment: str) -> FundingClaim:
    """A sheet of 新浦区 for 2008, at 20 yuan a head."""
    period = ContributionPeriod.objects.get(ruleset__code="lianyungang", coverage_year=2008)
    given = {"period_id": period.pk, "division": "320705", "payer": "市财政"}
    made = fill_subsidy_rate(**given, category="", amount=Decimal(20), source="99号", by=by, at=at(moment))
    confirm_subsidy_rate(rate_id=made.pk, by=second, at=at(moment))
    claim = make_subsidy_claim(**given, counted_on=at(moment).date(), by=by, at=at(moment))
    return confirm_claim(claim_id=claim.pk, by=second, at=at(moment))


@pytest.mark.parametrize(
    ("on", "said"),
    [
        pytest.param("2008-04-25", "已到齐", id="当天到的不算迟"),
        pytest.param("2008-04-26", "到齐，已逾期", id="次日到的算迟"),
    ],
)
def test_the_subsidy_is_due_by_25_april_of_the_coverage_year(
    pay: Pay,
    zhang_household: Household,
    aunt_liu,
    book,
    mr_zhou,
    second,
    on,
    said,
):
    pay(zhang_household, aunt_liu, "420.00")
    claim = xinpu_sheet(mr_zhou, second, moment="2008-01-10 09:00")
    moment = at(f"{on} 15:00")
    given = {"amount": claim.amount, "received_on": moment.date(), "voucher_number": "国库01", "by": mr_zhou}
    record_funding(claim_id=claim.pk, **given, at=moment)
    client = Client()
    client.force_login(mr_zhou)

    page = client.get(reverse("funding-claim", args=[claim.pk])).content.decode()

    assert (claim.due_on, claim.persons) == (date(2008, 4, 25), 4)
    assert claim.clause_line == "连政办发〔2007〕149号第十条"
    assert said in page


@pytest.mark.parametrize(
    ("now", "late"),
    [pytest.param("2008-04-25 17:00", False, id="当天"), pytest.param("2008-04-26 09:00", True, id="次日")],
)
def test_what_has_not_come_by_then_is_marked_late(
    now,
    late,
    xinpu,
    settings,
    pay: Pay,
    zhang_household: Household,
    aunt_liu,
    book,
    mr_zhou,
    second,
):
    pay(zhang_household, aunt_liu, "420.00")
    xinpu_sheet(mr_zhou, second, moment="2008-01-10 09:00")
    settings.DEMO = True
    live_in(xinpu, now)
    client = Client()
    client.force_login(mr_zhou)

    page = client.get(reverse("funding"), {"division": "320705"}).content.decode()

    assert ("逾期未到" in page) == late


def test_a_rule_set_without_such_a_deadline_shows_none():
    assert subsidy_due(library.current("songming"), 2017) == (None, None)


def test_who_pays_the_whole_price_of_a_late_band_is_not_counted(miss_yang, boss, mr_zhou, second):
    """2025: from July on a general resident pays 1070, the subsidy included."""
    told = unsubsidised(library.current("national-2025"), 2025)

    assert '"standard": "1070.00"' in told
    assert '"category": "general"' in told
    assert unsubsidised(library.current("songming"), 2017) == "[]"
