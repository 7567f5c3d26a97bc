"""Two at once about paper: a claim and a cancellation, a fee given back and the day-end, one print run and another."""

from functools import partial

import pytest

from common.decision import Refusal
from households.models import Household
from offices import jobs
from offices.models import Staff
from payments.auditing.run import audit
from payments.models import FundingClaim, PrintRun, ReceiptPrint, Reversal, Settlement
from payments.printing.choice import choice_of
from payments.services import cancel_sponsored, reverse_workmanship, start_run
from tests.builders import at, make_staff
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.card_builders import fill_fees, give, workmanship_book
from tests.payments.conftest import Pay, take
from tests.payments.funding_builders import CLAIMED, claim_on, enrolled, songming_book
from tests.payments.many import make_couples
from tests.payments.money_builders import settle
from tests.payments.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_claim_and_a_cancellation_never_ask_for_who_is_gone(rulesets, songyang, miss_yang, mr_zhou):
    boss = songming_book(songyang)
    for number in "一二三四":
        household = enrolled(miss_yang, "dibao", "dibao", name=f"何{number}")
        cancel = {"household_id": household.pk, "coverage_year": 2017, "reason": "录错", "by": boss, "at": CLAIMED}

        claimed, _ = together(partial(claim_on, "民政", mr_zhou), partial(cancel_sponsored, **cancel))

        (after,) = together(partial(claim_on, "民政", mr_zhou))
        asked = sum(each.amount for each in (claimed, after) if isinstance(each, FundingClaim))
        assert asked == 0  # what was asked for is taken off again on the next sheet
        assert not audit().findings


def test_a_fee_given_back_is_in_the_day_that_closes_or_stays_out(pay: Pay, aunt_liu, mr_chen, mr_zhou, book):
    fill_fees(mr_zhou)
    workmanship_book(mr_chen)
    households = [Household(pk=pk) for pk in make_couples(mr_chen, 8)]
    for number in range(3):
        first, later = households.pop(), households.pop()
        take(first, aunt_liu, "240.00", at=at(f"2007-10-{20 + 2 * number} 09:00"))
        fee = give(
            first, aunt_liu, cards={"钱众": f"K{number}"}, total="3.00", at=at(f"2007-10-{20 + 2 * number} 09:10")
        )
        settle(aunt_liu, day=f"2007-10-{20 + 2 * number}")
        day = f"2007-10-{21 + 2 * number}"
        take(later, aunt_liu, "240.00", at=at(f"{day} 09:00"))
        back = {"means": "cash", "payee": "钱众", "reason": "没有发出", "clerk": aunt_liu, "by": mr_chen}

        results = together(
            partial(reverse_workmanship, receipt_id=fee.receipt.pk, **back, at=at(f"{day} 16:00")),
            partial(settle, aunt_liu, day=day),
        )

        if not Settlement.objects.filter(day=day).exists():
            assert [each.code for each in results if isinstance(each, Refusal)] == ["TOTAL_CHANGED"]
            settle(aunt_liu, day=day)
        given_back = Reversal.objects.filter(fee=fee.receipt.pk).first()
        expected = Settlement.objects.get(day=day).expected_cash
        assert expected == (237 if given_back and given_back.settlement_line_id else 240)
        assert not audit().findings


def test_two_print_runs_of_the_same_receipts_make_one_original_of_each(pay: Pay, aunt_liu: Staff, mr_chen, book):
    second = make_staff(aunt_liu.office, "zhu", role="supervisor")
    for pk in make_couples(mr_chen, 6):
        take(Household(pk=pk), aunt_liu, "240.00")

    def asked(by: Staff) -> PrintRun:
        kept = {"layout_id": None, "printer_id": None, "form": "half", "reprints": False, "chosen": {}}
        return start_run(**kept, expected=choice_of(by, {}, reprints=False).seal, by=by, at=at("2007-10-25 11:00"))

    together(*(partial(asked, by) for by in (mr_chen, second)))
    together(jobs.run_next, jobs.run_next)

    while jobs.run_next():
        pass
    originals = ReceiptPrint.objects.filter(copy=1).values_list("receipt", flat=True)
    assert len(originals) == len(set(originals)) == 6
    assert ReceiptPrint.objects.count() == 6
