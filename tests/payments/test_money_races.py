"""Two at once on the same money: one wins, the other is told; whoever wins, every sum still holds."""

import pytest

from common.decision import Refusal
from households.models import Household
from payments.auditing.run import audit
from payments.models import Receipt, Remittance, Settlement
from payments.services import TakenPayment, void_receipt
from tests.builders import at, make_staff
from tests.payments.conftest import Pay, take
from tests.payments.entry_builders import enter, paper
from tests.payments.many import make_couples
from tests.payments.money_builders import remit, settle
from tests.payments.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(results: list[object]) -> list[str]:
    return [result.code for result in results if isinstance(result, Refusal)]


def test_two_sessions_of_a_clerk_close_the_day_once(pay: Pay, zhang_household, aunt_liu, book):
    pay(zhang_household, aunt_liu, "420.00")

    results = together(*[lambda: settle(aunt_liu)] * 4)

    assert len(refusals(results)) == 3
    assert Settlement.objects.get().expected_cash == 420
    assert not audit().findings


def test_a_void_and_the_day_end_never_both_count_a_receipt(pay: Pay, aunt_liu, mr_chen, book):
    households = [Household(pk=pk) for pk in make_couples(mr_chen, 8)]
    for day in ("2007-10-22", "2007-10-23", "2007-10-24", "2007-10-25"):
        take(households.pop(), aunt_liu, "240.00", at=at(f"{day} 09:00"))
        taken = take(households.pop(), aunt_liu, "240.00", at=at(f"{day} 09:30"))
        receipt = Receipt.objects.get(pk=taken.receipt_id)
        void = {"receipt_id": receipt.pk, "reason": "录错", "by": mr_chen, "at": at(f"{day} 10:00")}

        results = together(lambda void=void: void_receipt(**void), lambda day=day: settle(aunt_liu, day=day))

        receipt.refresh_from_db()
        settled = receipt.settlement_line
        assert refusals(results) in ([], ["SETTLED"], ["TOTAL_CHANGED"], ["receipt_is_settled_and_stays"])
        if settled:
            assert settled.amount == (240 if receipt.voided_at else 480)
        else:
            assert receipt.voided_at
            settle(aunt_liu, day=day)
        assert not audit().findings


def test_a_payment_is_in_the_day_that_closes_or_is_not_taken(pay: Pay, aunt_liu, mr_chen, book):
    households = [Household(pk=pk) for pk in make_couples(mr_chen, 12)]
    for day in ("2007-10-22", "2007-10-23", "2007-10-24", "2007-10-25"):
        first, *others = [households.pop() for _ in range(3)]
        take(first, aunt_liu, "240.00", at=at(f"{day} 09:00"))

        payments = [lambda each=each, day=day: take(each, aunt_liu, "240.00", at=at(f"{day} 17:00")) for each in others]
        results = together(*payments, lambda day=day: settle(aunt_liu, day=day))

        if not Settlement.objects.filter(day=day).exists():
            assert refusals(results).count("TOTAL_CHANGED") == 1
            settle(aunt_liu, day=day)
        taken = sum(isinstance(result, TakenPayment) for result in results)
        assert Settlement.objects.get(day=day).expected_cash == 240 + 240 * taken
        assert not Receipt.objects.filter(settlement_line__isnull=True).exists()
        assert not audit().findings


def test_two_supervisors_send_the_same_money_up_once(pay: Pay, zhang_household, aunt_liu, mr_chen, book):
    pay(zhang_household, aunt_liu, "420.00")
    line = settle(aunt_liu).lines.get()
    second = make_staff(mr_chen.office, "zhu", role="supervisor")

    results = together(*(lambda by=by: remit(by, line) for by in (mr_chen, second, mr_chen, second)))

    assert refusals(results) == ["LINES_CHANGED"] * 3
    assert Remittance.objects.get().amount == 420
    assert not audit().findings


def test_one_slip_for_several_households_at_once_is_one_payment(rulesets, mr_chen, book):
    households = [Household(pk=pk) for pk in make_couples(mr_chen, 4)]

    results = together(*[lambda each=each: enter(each, mr_chen, slip=paper("240.00")) for each in households])

    assert len(refusals(results)) == 3
    assert set(refusals(results)) <= {"bank_slip_counts_once", "SLIP_ENTERED"}
    assert [receipt.amount for receipt in Receipt.objects.all()] == [240]
    assert not audit().findings
