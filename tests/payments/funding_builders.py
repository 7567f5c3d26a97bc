"""Builders for claims: households of 嵩明 whose members stand on departments' lists, paid for in the autumn of 2016."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from common.relations import HEAD
from enrollment.models import ContributionPeriod
from households.drafts import CertificationDraft, MemberDraft, PaperDraft
from households.models import Household
from offices.models import Staff
from payments.models import FundingClaim, FundingPayment
from payments.services import (
    confirm_claim,
    confirm_subsidy_rate,
    fill_subsidy_rate,
    make_funder_claim,
    make_subsidy_claim,
    record_funding,
    take_payment,
)
from tests.builders import OTHER, at, make_household, make_staff, member
from tests.payments.conftest import a_book

COUNTY = "530127"
NUMERALS = "零一二三四五六七八九"
PAID = at("2016-11-01 10:00")
CLAIMED = at("2016-12-01 10:00")
LISTS = {"dibao": "民政2016年10月名单", "severe_disability": "残联2016年名单", "two_daughters": "卫计2016年名单"}


def listed(name: str, category: str = "dibao", relation: str = HEAD, **more: Any) -> MemberDraft:
    """Somebody of 嵩明 on the list of the department that pays for the category; an empty category: on none."""
    certifications = (CertificationDraft(category=category, funder_list=LISTS[category]),) if category else ()
    more = {"hukou_division": COUNTY, "hukou_kind": "rural", "papers": (PaperDraft("id_card"),)} | more
    return member(name, relation, certifications=certifications, **more)


def enrolled(clerk: Staff, *categories: str, moment: Any = PAID, name: str = "普") -> Household:
    """A household enrolled for 2017, one member for each category."""
    relations = (HEAD, *(OTHER for _ in categories[1:]))
    people = [
        listed(f"{name}{NUMERALS[number]}", category, relation)
        for number, (category, relation) in enumerate(zip(categories, relations, strict=True), 1)
    ]
    household = make_household(clerk, *people, moment="2016-10-20 09:00")
    pay_for(household, clerk, total=150 * categories.count(""), moment=moment)
    return household


def pay_for(household: Household, clerk: Staff, *, total: int = 0, moment: Any = PAID) -> None:
    take_payment(
        household_id=household.pk,
        coverage_year=2017,
        key=uuid4(),
        expected_total=Decimal(total),
        tendered=None,
        means="cash",
        by=clerk,
        at=moment,
    )


def songming_book(office: Any) -> Staff:
    """A supervisor of 嵩阳街道 with a book of receipts that all share."""
    boss = make_staff(office, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-16A", first=1, count=400)
    return boss


def year_2017() -> ContributionPeriod:
    return ContributionPeriod.objects.get(ruleset__code="songming", coverage_year=2017)


def claim_on(funder: str, by: Staff, *, moment: Any = CLAIMED) -> FundingClaim:
    return make_funder_claim(period_id=year_2017().pk, division=COUNTY, funder=funder, by=by, at=moment)


def confirmed(claim: FundingClaim, by: Staff, *, moment: Any = CLAIMED) -> FundingClaim:
    return confirm_claim(claim_id=claim.pk, by=by, at=moment)


def came(claim: FundingClaim, amount: str, by: Staff, *, voucher: str = "农行0001", **more: Any) -> FundingPayment:
    given = {"received_on": CLAIMED.date(), "at": CLAIMED} | more
    return record_funding(claim_id=claim.pk, amount=Decimal(amount), voucher_number=voucher, by=by, **given)


def rate(payer: str, amount: str, by: Staff, second: Staff, *, category: str = "", period: Any = None) -> None:
    """A rate filled in by one administrator and confirmed by another."""
    made = fill_subsidy_rate(
        period_id=(period or year_2017()).pk,
        division=COUNTY,
        payer=payer,
        category=category,
        amount=Decimal(amount),
        source="昆政办〔2016〕99号",
        by=by,
        at=PAID,
    )
    confirm_subsidy_rate(rate_id=made.pk, by=second, at=PAID)


def subsidy_on(payer: str, by: Staff, *, moment: Any = CLAIMED, day: Any = None) -> FundingClaim:
    return make_subsidy_claim(
        period_id=year_2017().pk,
        division=COUNTY,
        payer=payer,
        counted_on=day or moment.date(),
        by=by,
        at=moment,
    )
