"""演示请款: what the county has claimed so far for those whom departments pay for, and the budgets' rates."""

from datetime import datetime
from decimal import Decimal

from common.decision import Refusal
from enrollment.models import ContributionPeriod
from offices.models import Staff
from payments.models import FundingClaim
from payments.services import (
    confirm_claim,
    confirm_subsidy_rate,
    fill_subsidy_rate,
    make_funder_claim,
    record_funding,
)

COUNTY = "530127"
RATES = (("市财政", "", "60.00"), ("县（区）财政", "", "40.00"))


def claim(at: datetime) -> FundingClaim | None:
    """民政's sheet, confirmed and paid in part; rates of two budgets, one still to be confirmed."""
    first, second = (Staff.objects.get(username=name) for name in ("admin", "fu"))
    period = ContributionPeriod.objects.get(ruleset__code="songming", coverage_year=2017)
    for payer, category, amount in RATES:
        rate = fill_subsidy_rate(
            period_id=period.pk,
            division=COUNTY,
            payer=payer,
            category=category,
            amount=Decimal(amount),
            source="示例财社〔2016〕1号",
            by=first,
            at=at,
        )
        if payer == "市财政":
            confirm_subsidy_rate(rate_id=rate.pk, by=second, at=at)
    try:
        made = make_funder_claim(period_id=period.pk, division=COUNTY, funder="民政", by=first, at=at)
    except Refusal:
        return None  # nobody of those who have paid so far stands on its list
    confirm_claim(claim_id=made.pk, by=second, at=at)
    part = made.amount - Decimal(150)
    if part > 0:
        given = {"received_on": at.date(), "voucher_number": "示例国库0001", "by": first, "at": at}
        record_funding(claim_id=made.pk, amount=part, **given)
    return made
