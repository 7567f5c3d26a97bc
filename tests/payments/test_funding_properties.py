"""Whatever happens in whatever order: claimed is the sum of standing lines, nobody twice, nothing owed below zero."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.decision import Refusal
from enrollment.models import Enrollment
from offices.models import Staff
from payments.funding.overview import overview_of
from payments.models import FunderClaimLine, FundingClaim
from payments.services import cancel_sponsored, confirm_claim, record_funding, reverse_funding, withdraw_claim
from tests.builders import make_staff
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import CLAIMED, COUNTY, claim_on, enrolled, pay_for, songming_book, year_2017

FUNDERS = ("民政", "残联", "卫计")
STEPS = st.one_of(
    st.tuples(st.just("claim"), st.sampled_from(FUNDERS)),
    st.tuples(st.sampled_from(("cancel", "enrol")), st.integers(0, 2)),
    st.tuples(st.sampled_from(("confirm", "withdraw", "reverse")), st.integers(0, 4)),
    st.tuples(st.just("receive"), st.tuples(st.integers(0, 4), st.integers(1, 400))),
)


@pytest.mark.usefixtures("rulesets")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=25))
def test_every_yuan_claimed_is_somebodys_and_none_is_claimed_twice(world, steps):
    with transaction.atomic():
        for number, (step, told) in enumerate(steps):
            try:
                with transaction.atomic():
                    world.do(step, told, number)
                    connection.check_constraints()
            except Refusal:
                pass
            _all_is_well()
        transaction.set_rollback(True)


class World:
    """Three households, two administrators, a supervisor; one act after the other, an hour apart."""

    def __init__(self, clerk: Staff, boss: Staff, first: Staff, second: Staff) -> None:
        self.clerk, self.boss, self.first, self.second = clerk, boss, first, second
        self.households = [
            enrolled(clerk, "dibao", "severe_disability"),
            enrolled(clerk, "two_daughters", "dibao", name="李"),
            enrolled(clerk, "severe_disability", name="王"),
        ]

    def do(self, step, told, number: int) -> None:
        moment = CLAIMED + timedelta(hours=number)
        if step == "claim":
            claim_on(told, self.first, moment=moment)
        elif step == "cancel":
            asked = {"coverage_year": 2017, "reason": "重新登记", "by": self.boss, "at": moment}
            cancel_sponsored(household_id=self.households[told].pk, **asked)
        elif step == "enrol":
            pay_for(self.households[told], self.clerk, moment=moment)
        else:
            self._of_a_claim(step, told, moment)

    def _of_a_claim(self, step, told, moment) -> None:
        claims = list(FundingClaim.objects.order_by("pk"))
        place, amount = told if step == "receive" else (told, 0)
        if not claims:
            return
        claim = claims[place % len(claims)]
        if step == "confirm":
            confirm_claim(claim_id=claim.pk, by=self.second, at=moment)
        elif step == "withdraw":
            withdraw_claim(claim_id=claim.pk, reason="重编", by=self.first, at=moment)
        elif step == "receive":
            asked = {"voucher_number": f"{moment:%d%H}", "received_on": moment.date(), "by": self.first, "at": moment}
            record_funding(claim_id=claim.pk, amount=Decimal(amount), **asked)
        elif paid := claim.payments.filter(reverses__isnull=True, reversed_by__isnull=True).first():
            reverse_funding(payment_id=paid.pk, reason="记错", by=self.first, at=moment)


@pytest.fixture
def world(rulesets, miss_yang, songyang, mr_zhou) -> World:  # noqa: F811
    second = make_staff(None, "fu", role="administrator")
    return World(miss_yang, songming_book(songyang), mr_zhou, second)


def total(rows) -> Decimal:
    return rows.aggregate(n=Sum("amount", default=Decimal(0)))["n"]


def _all_is_well() -> None:
    lines = FunderClaimLine.objects.standing()
    claims = FundingClaim.objects.standing()
    twice = (
        lines.filter(corrects__isnull=True, corrected=False).values("person").annotate(n=Count("pk")).filter(n__gt=1)
    )
    assert not twice.exists()
    assert total(claims) == total(lines)
    for claim in claims:
        came = sum(payment.amount for payment in claim.payments.all())
        assert abs(claim.amount) >= abs(came)
        assert claim.amount * came >= 0
    for each in overview_of(year_2017(), division=COUNTY).funders:
        assert each.owed >= 0
        assert each.to_give_back >= 0
        assert each.claimed == total(lines.filter(claim__payer=each.payer))
        in_force = Enrollment.objects.in_force().filter(funder=each.payer).aggregate(n=Sum("sponsored"))["n"] or 0
        assert each.claimed + each.unclaimed_amount + each.barred_amount - each.cancelled_amount == in_force
