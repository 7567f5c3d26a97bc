"""可打印: a sentence that stands on a slip later is refused while it can be typed anew; a paper never fails mute."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from payments.models import BookLoss, Receipt, Settlement
from payments.services import Counted, bank_remittance, report_lost_book
from tests.acting import as_owner
from tests.builders import at
from tests.payments.conftest import Pay, a_book
from tests.payments.money_builders import give_back, notes, remit, settle, slip
from tests.payments.test_protection import put_triggers_aside

UNSEEN = "👨‍👩‍👧"  # no typeface of ours draws a family


@pytest.fixture
def paid(pay: Pay, zhang_household, aunt_liu, book) -> Receipt:
    """420 yuan in cash on 2007-10-25."""
    return Receipt.objects.get(pk=pay(zhang_household, aunt_liu, "420.00").receipt_id)


@pytest.mark.parametrize("text", [UNSEEN, "少\x0710元", "少\t10元"], ids=["表情", "控制字符", "制表符"])
def test_a_day_is_not_closed_with_a_reason_that_its_slip_could_not_show(paid, aunt_liu, mr_chen, text: str):
    with pytest.raises(Refusal, match=r"差额事由“.*”打印不出来，没有日结。现有字体不能打印"):
        settle(aunt_liu, counted=Counted(notes(Decimal(410))), difference_reason=text, approved_by=mr_chen)

    assert not Settlement.objects.exists()


def test_nor_done_for_somebody_absent_with_such_a_reason(paid, aunt_liu, mr_chen):
    with pytest.raises(Refusal, match=r"代办事由“.*”打印不出来"):
        settle(aunt_liu, by=mr_chen, absence_reason=UNSEEN)


def test_nor_is_money_given_back_sent_up_or_a_loss_reported(paid, aunt_liu, mr_chen, book):
    remittance = remit(mr_chen, settle(aunt_liu).lines.get())

    with pytest.raises(Refusal, match=r"事由“.*”打印不出来，没有冲正"):
        give_back(paid, aunt_liu, mr_chen, reason=UNSEEN)
    draft = slip(remittance.amount, number=UNSEEN)
    with pytest.raises(Refusal, match=r"回单号“.*”打印不出来，没有登记"):
        bank_remittance(remittance_id=remittance.pk, slip=draft, by=mr_chen, at=at("2007-10-26 10:00"))
    gone = a_book(mr_chen, code="LOST")
    lost = {"place": "途中", "circumstances": UNSEEN, "lost_at": at("2007-10-25 09:00"), "reporter_id": aunt_liu.pk}
    with pytest.raises(Refusal, match=r"遗失经过“.*”打印不出来，没有登记"):
        report_lost_book(book_id=gone.pk, **lost, by=mr_chen, at=lost["lost_at"] + timedelta(hours=1))
    assert not BookLoss.objects.exists()


def test_a_paper_with_an_old_sentence_that_no_typeface_draws_is_refused_in_words(paid, aunt_liu, mr_chen):
    """Such as one from before this was asked, or whose typeface was taken away."""
    settlement = settle(
        aunt_liu, counted=Counted(notes(Decimal(410))), difference_reason="找错10元", approved_by=mr_chen
    )
    connection.check_constraints()  # as at the commit
    put_triggers_aside("payments_settlement")
    with as_owner():
        Settlement.objects.update(difference_reason=UNSEEN)
    client = Client(raise_request_exception=False)
    client.force_login(aunt_liu)

    answer = client.get(reverse("settlement-paper", args=[settlement.pk]))

    assert answer.status_code == 400
    assert "现有字体不能打印“👨”（U+1F468）" in answer.content.decode()
