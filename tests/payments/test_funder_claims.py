"""资助请款: whoever stands on a list is claimed once, whoever does not never; what came in and what is still owed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.decision import Refusal
from enrollment.models import Enrollment
from households.models import Certification
from offices.models import Act, Staff
from payments.models import FunderClaimLine
from payments.services import (
    cancel_sponsored,
    make_funder_claim,
    reverse_funding,
    void_receipt,
    withdraw_claim,
)
from payments.services.funding import came_in
from tests.builders import at, make_staff
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import (
    CLAIMED,
    COUNTY,
    came,
    claim_on,
    confirmed,
    enrolled,
    pay_for,
    songming_book,
    year_2017,
)

pytestmark = pytest.mark.usefixtures("rulesets")


@pytest.fixture
def boss(songyang) -> Staff:
    return songming_book(songyang)


@pytest.fixture
def second(db) -> Staff:
    """Another administrator."""
    return make_staff(None, "fu", name="傅管理", role="administrator")


def refused(act, match: str) -> None:
    with pytest.raises(Refusal, match=match):
        act()


def test_a_sheet_holds_whom_the_department_pays_for_with_category_and_amount(miss_yang, boss, mr_zhou):
    enrolled(miss_yang, "dibao", "", "two_daughters")
    enrolled(miss_yang, "dibao", name="李")

    claim = claim_on("民政", mr_zhou)
    connection.check_constraints()

    lines = list(claim.lines.values_list("position", "name", "category_name", "amount", "payable", "standard", "town"))
    assert lines == [
        (1, "普一", "城乡低保对象", Decimal(150), Decimal(0), Decimal(150), "嵩阳街道"),
        (2, "李一", "城乡低保对象", Decimal(150), Decimal(0), Decimal(150), "嵩阳街道"),
    ]
    assert (claim.amount, claim.persons, claim.full_number) == (Decimal(300), 2, "2017-530127-Z01")
    assert claim.clause_line == "嵩政办通〔2016〕50号七（一）"
    assert all("********" in each.masked_id for each in claim.lines.all())
    assert Act.objects.filter(verb="make_funder_claim", subject_id=claim.pk).exists()


def test_a_person_is_claimed_once_and_a_later_sheet_holds_only_who_came_later(miss_yang, boss, mr_zhou):
    enrolled(miss_yang, "dibao")
    claim_on("民政", mr_zhou)
    refused(lambda: claim_on("民政", mr_zhou), "现在没有可以请款的人")
    enrolled(miss_yang, "dibao", name="李")

    later = claim_on("民政", mr_zhou)

    assert [line.name for line in later.lines.all()] == ["李一"]
    assert later.number == 2


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"funder_list": ""}, id="名单记错了"),
        pytest.param({"ended_on": at("2016-10-25 09:00").date()}, id="缴费前已移出名单"),
        pytest.param({"valid_to": at("2016-10-25 09:00").date()}, id="缴费时名单已过期"),
        pytest.param({"valid_from": at("2016-11-20 09:00").date()}, id="缴费后才列入名单"),
        pytest.param({"category": "two_daughters"}, id="是另一类别的名单"),
    ],
)
def test_who_stood_on_no_list_when_it_was_paid_is_never_claimed(miss_yang, boss, mr_zhou, change):
    enrolled(miss_yang, "dibao")
    enrolled(miss_yang, "dibao", name="李")
    Certification.objects.filter(person__name="普一").update(**change)

    claim = claim_on("民政", mr_zhou)

    assert [line.name for line in claim.lines.all()] == ["李一"]


def test_who_left_the_list_after_it_was_paid_is_claimed(miss_yang, boss, mr_zhou):
    enrolled(miss_yang, "dibao")
    Certification.objects.update(ended_on=at("2016-11-20 09:00").date())

    assert claim_on("民政", mr_zhou).persons == 1


def test_a_disability_on_the_federations_list_counts_only_where_its_grade_does(miss_yang, boss, mr_zhou):
    enrolled(miss_yang, "severe_disability")
    enrolled(miss_yang, "severe_disability", name="李")
    as_printed = {"category": "", "disability_kind": "肢体", "funder_list": "残联2016年名单"}
    Certification.objects.filter(person__name="普一").update(**as_printed, disability_grade=1)
    Certification.objects.filter(person__name="李一").update(**as_printed, disability_grade=4)

    claim = claim_on("残联", mr_zhou)

    assert [line.name for line in claim.lines.all()] == ["普一"]


def test_an_enrolment_cancelled_after_it_was_claimed_is_taken_back_on_the_next_sheet(miss_yang, boss, mr_zhou):
    gone = enrolled(miss_yang, "dibao")
    claim_on("民政", mr_zhou)
    cancel_sponsored(household_id=gone.pk, coverage_year=2017, reason="重复登记", by=boss, at=CLAIMED)
    enrolled(miss_yang, "dibao", name="李", moment=CLAIMED)
    enrolled(miss_yang, "dibao", name="王", moment=CLAIMED)

    later = claim_on("民政", mr_zhou, moment=CLAIMED + timedelta(days=1))
    connection.check_constraints()

    assert [(line.name, line.amount) for line in later.lines.all()] == [
        ("李一", Decimal(150)),
        ("王一", Decimal(150)),
        ("普一", Decimal(-150)),
    ]
    assert (later.amount, later.persons) == (Decimal(150), 1)


def test_who_was_cancelled_and_enrolled_again_is_taken_back_and_claimed_anew(miss_yang, boss, mr_zhou):
    household = enrolled(miss_yang, "dibao")
    claim_on("民政", mr_zhou)
    cancel_sponsored(household_id=household.pk, coverage_year=2017, reason="登记有误", by=boss, at=CLAIMED)
    pay_for(household, miss_yang, moment=CLAIMED + timedelta(hours=1))

    later = claim_on("民政", mr_zhou, moment=CLAIMED + timedelta(days=1))

    assert [line.amount for line in later.lines.all()] == [Decimal(150), Decimal(-150)]
    assert FunderClaimLine.objects.standing().filter(corrected=False, corrects__isnull=True).count() == 1


def test_a_sheet_that_only_takes_back_is_paid_back_to_the_department(miss_yang, boss, mr_zhou, second):
    gone = enrolled(miss_yang, "dibao")
    came(confirmed(claim_on("民政", mr_zhou), second), "150", mr_zhou)
    cancel_sponsored(household_id=gone.pk, coverage_year=2017, reason="重复登记", by=boss, at=CLAIMED)

    back = claim_on("民政", mr_zhou, moment=CLAIMED + timedelta(days=1))
    confirmed(back, second, moment=CLAIMED + timedelta(days=1))
    refused(
        lambda: came(back, "151", mr_zhou, voucher="退1", received_on=back.made_at.date(), at=back.made_at),
        "还欠 150.00 元",
    )
    came(back, "150", mr_zhou, voucher="退1", received_on=back.made_at.date(), at=back.made_at)

    assert (back.amount, came_in(back)) == (Decimal(-150), Decimal(-150))


def test_a_voided_receipt_takes_back_what_a_department_paid_beside_it(miss_yang, boss, mr_zhou):
    enrolled(miss_yang, "", "dibao")
    claim_on("民政", mr_zhou)
    receipt = Enrollment.objects.get(payable=150).receipt_line.receipt
    void_receipt(receipt_id=receipt.pk, reason="打印不清", by=boss, at=CLAIMED)

    assert claim_on("民政", mr_zhou, moment=CLAIMED + timedelta(days=1)).amount == Decimal(-150)


def test_only_a_confirmed_sheet_takes_money_and_never_more_than_is_owed(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "dibao", "dibao")
    claim = claim_on("民政", mr_zhou)
    refused(lambda: came(claim, "100", mr_zhou), "还没有复核")
    refused(lambda: confirmed(claim, mr_zhou), "本人编制的，须由另一人复核")
    confirmed(claim, second)

    first = came(claim, "200", mr_zhou)
    refused(lambda: came(claim, "100.01", mr_zhou, voucher="农行0002"), "还欠 100.00 元")
    refused(lambda: came(claim, "50", mr_zhou), "已经登记过")
    reverse_funding(payment_id=first.pk, reason="看错了行", by=mr_zhou, at=CLAIMED)
    came(claim, "300", mr_zhou)

    assert came_in(claim) == Decimal(300)
    refused(lambda: reverse_funding(payment_id=first.pk, reason="再冲", by=mr_zhou, at=CLAIMED), "已经冲正过")


def test_a_withdrawn_sheet_lets_its_persons_be_claimed_again_but_not_once_money_came(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "dibao")
    claim = claim_on("民政", mr_zhou)
    withdraw_claim(claim_id=claim.pk, reason="名单要重核", by=mr_zhou, at=CLAIMED)
    again = confirmed(claim_on("民政", mr_zhou), second)
    came(again, "10", mr_zhou)
    connection.check_constraints()

    assert again.number == 2
    refused(lambda: withdraw_claim(claim_id=again.pk, reason="再撤", by=mr_zhou, at=CLAIMED), "请先冲正到账")
    refused(lambda: withdraw_claim(claim_id=claim.pk, reason="再撤", by=mr_zhou, at=CLAIMED), "已于2016-12-01撤回")


def test_a_sheet_whose_lines_a_later_one_takes_back_is_not_withdrawn_before_it(miss_yang, boss, mr_zhou):
    gone = enrolled(miss_yang, "dibao")
    first = claim_on("民政", mr_zhou)
    cancel_sponsored(household_id=gone.pk, coverage_year=2017, reason="重复登记", by=boss, at=CLAIMED)
    later = claim_on("民政", mr_zhou, moment=CLAIMED + timedelta(days=1))
    refused(lambda: withdraw_claim(claim_id=first.pk, reason="撤", by=mr_zhou, at=later.made_at), "请先撤回后一批")

    withdraw_claim(claim_id=later.pk, reason="撤", by=mr_zhou, at=later.made_at)
    withdraw_claim(claim_id=first.pk, reason="撤", by=mr_zhou, at=later.made_at)
    connection.check_constraints()

    assert not FunderClaimLine.objects.standing().exists()


def test_claiming_is_for_an_administrator_of_the_whole_county(miss_yang, boss, mr_zhou):
    enrolled(miss_yang, "dibao")
    of_town = make_staff(None, "town", role="administrator", division_scope="530127001")
    elsewhere = make_staff(None, "he", role="administrator", division_scope="3207")

    refused(lambda: claim_on("民政", boss), "只能由管理员办理")
    refused(lambda: claim_on("民政", of_town), "以县（市、区）为单位")
    refused(lambda: claim_on("民政", elsewhere), "以县（市、区）为单位")
    claim = claim_on("民政", mr_zhou)
    refused(lambda: confirmed(claim, boss), "以县（市、区）为单位")
    refused(lambda: confirmed(claim, elsewhere), "找不到这张请款单")


def test_a_sheet_takes_the_same_statements_for_few_and_for_many(miss_yang, boss, mr_zhou):
    counts = []
    for size in (1, 7):
        for number in range(size):
            enrolled(
                miss_yang, "dibao", "dibao", name=f"甲{'零一二三四五六七八九'[size]}{'零一二三四五六七八九'[number]}"
            )
        with CaptureQueriesContext(
            connection,
        ) as captured:
            make_funder_claim(period_id=year_2017().pk, division=COUNTY, funder="民政", by=mr_zhou, at=CLAIMED)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 13
