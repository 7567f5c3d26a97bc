"""收据: void by a second person with a reason, every print noted, the paper made of frozen rows only."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection

from common.decision import Refusal
from enrollment.models import Enrollment
from households.models import Household, Person
from offices.models import Act, Office, Staff
from payments.models import Payment, Receipt, ReceiptPrint
from payments.paper.receipt import document, printable
from payments.services import record_print, void_receipt
from tests.builders import at, make_staff
from tests.payments.conftest import Pay

LATER = at("2007-10-25 16:00")


@pytest.fixture
def paid(pay: Pay, zhang_household, aunt_liu, book) -> Receipt:
    """The receipt of a household that has paid."""
    return Receipt.objects.get(pk=pay(zhang_household, aunt_liu, "420.00", tendered=Decimal(500)).receipt_id)


def test_a_void_marks_the_receipt_and_cancels_the_enrolments(paid: Receipt, mr_chen: Staff):
    void_receipt(receipt_id=paid.pk, reason=" 金额收错 ", by=mr_chen, at=LATER)

    paid.refresh_from_db()
    assert (paid.voided_at, paid.voided_by, paid.void_reason) == (LATER, mr_chen, "金额收错")
    assert not Enrollment.objects.in_force().exists()
    assert set(Enrollment.objects.values_list("cancelled_at", "cancelled_by")) == {(LATER, mr_chen.pk)}
    act = Act.objects.get(verb="void_receipt")
    assert (act.by, act.subject_id, act.detail["receipt"]) == (mr_chen, paid.pk, "32070107 00012346")
    assert (act.detail["amount"], act.detail["persons"]) == ("420.00", 4)
    connection.check_constraints()


def test_the_number_stays_used_and_the_household_pays_again(pay: Pay, paid, zhang_household, aunt_liu, mr_chen, book):
    void_receipt(receipt_id=paid.pk, reason="金额收错", by=mr_chen, at=LATER)

    again = pay(zhang_household, aunt_liu, "420.00", at=at("2007-10-25 16:05"))

    assert again.printed_number == "00012347"
    assert Enrollment.objects.in_force().count() == 4
    assert Receipt.objects.valid().get().printed_number == "00012347"


def test_the_same_submit_after_a_void_does_not_pay_anew(pay: Pay, paid, zhang_household, aunt_liu, mr_chen):
    void_receipt(receipt_id=paid.pk, reason="金额收错", by=mr_chen, at=LATER)

    again = pay(zhang_household, aunt_liu, "420.00", key=Payment.objects.get().idempotency_key)

    assert again.repeated
    assert again.voided
    assert Payment.objects.count() == 1


def test_the_history_knows_what_was_before_and_who_changed_it(paid: Receipt, mr_chen: Staff):
    void_receipt(receipt_id=paid.pk, reason="金额收错", by=mr_chen, at=LATER)

    event = apps.get_model("payments", "ReceiptEvent").objects.get(pgh_obj=paid.pk)
    assert event.void_reason == "金额收错"
    assert event.pgh_context.metadata == {"staff": mr_chen.pk, "at": LATER.isoformat()}


def second_supervisor(office: Office) -> Staff:
    return make_staff(office, "supervisor2", name="马主任", role="supervisor")


def test_who_took_the_money_does_not_void_it(pay: Pay, zhang_household, mr_chen: Staff, book):
    taken = pay(zhang_household, mr_chen, "420.00")

    with pytest.raises(Refusal, match="是您本人收的款，作废须由另一位主管办理"):
        void_receipt(receipt_id=taken.receipt_id, reason="金额收错", by=mr_chen, at=LATER)
    void_receipt(receipt_id=taken.receipt_id, reason="金额收错", by=second_supervisor(mr_chen.office), at=LATER)

    assert Receipt.objects.get().voided_at == LATER


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("", "没有写事由"), (" \n ", "没有写事由"), ("错" * 201, "最多200个字，现在是201个字")],
)
def test_a_void_needs_a_reason(paid: Receipt, mr_chen: Staff, reason, sentence):
    with pytest.raises(Refusal, match=sentence):
        void_receipt(receipt_id=paid.pk, reason=reason, by=mr_chen, at=LATER)

    assert Enrollment.objects.in_force().count() == 4


def test_a_void_is_done_once(paid: Receipt, mr_chen: Staff):
    void_receipt(receipt_id=paid.pk, reason="金额收错", by=mr_chen, at=LATER)

    with pytest.raises(Refusal, match="已于2007-10-25作废"):
        void_receipt(receipt_id=paid.pk, reason="再来", by=mr_chen, at=LATER)


@pytest.mark.parametrize("who", ["aunt_liu", "mrs_wu"])
def test_clerks_and_auditors_do_not_void(request, paid: Receipt, who: str):
    with pytest.raises(Refusal, match="只能由主管、管理员办理"):
        void_receipt(receipt_id=paid.pk, reason="金额收错", by=request.getfixturevalue(who), at=LATER)


def test_the_supervisor_of_another_office_does_not_find_the_receipt(paid: Receipt, songyang: Office):
    stranger = make_staff(songyang, "he", name="何主管", role="supervisor")

    with pytest.raises(Refusal, match="找不到这张收据，或不在您的管辖范围内"):
        void_receipt(receipt_id=paid.pk, reason="金额收错", by=stranger, at=LATER)
    with pytest.raises(Refusal, match="找不到这张收据"):
        record_print(receipt_id=paid.pk, by=stranger, at=LATER)
    assert not Receipt.objects.visible_to(stranger).exists()


def test_receipts_are_seen_within_the_scope(paid: Receipt, aunt_liu, mr_chen, mr_zhou):
    for staff in (aunt_liu, mr_chen, mr_zhou):
        assert list(Receipt.objects.visible_to(staff)) == [paid]


# --- paper ----------------------------------------------------------------------------------------------------


def test_the_first_print_is_the_original_and_the_next_are_copies(paid: Receipt, aunt_liu, mr_chen):
    prints = [record_print(receipt_id=paid.pk, by=by, at=LATER) for by in (aunt_liu, aunt_liu, mr_chen)]

    assert [each.copy for each in prints] == [1, 2, 3]
    papers = [document(printable(paid.pk), copy=each.copy) for each in prints]
    assert [paper.copy_label for paper in papers] == ["", "补打 第2次", "补打 第3次"]
    assert ReceiptPrint.objects.get(copy=3).by == mr_chen
    assert Act.objects.filter(verb="print_receipt").count() == 3


def test_the_paper_keeps_the_names_of_the_day_it_was_issued(paid: Receipt, zhang_household, aunt_liu):
    before = document(printable(paid.pk))

    Person.objects.filter(name="张建国").update(name="张改名")
    Household.objects.update(address="别处", number="9999-9999")
    Office.objects.filter(pk=aunt_liu.office_id).update(name="改名的所")
    Staff.objects.filter(pk=aunt_liu.pk).update(name="王阿姨")

    assert document(printable(paid.pk)) == before
    assert (before.payer, before.clerk, before.office) == ("张建国", "刘阿姨", "新浦街道劳动保障所")


def test_the_paper_says_what_was_paid(paid: Receipt):
    paper = document(printable(paid.pk))

    assert (paper.book_code, paper.number, paper.coverage_year) == ("32070107", "00012346", 2008)
    assert (paper.total, paper.capitals, paper.means) == (Decimal("420.00"), "人民币肆佰贰拾元整", "现金")
    assert (paper.tendered, paper.change) == (Decimal("500.00"), Decimal("80.00"))
    assert [line.name for line in paper.lines] == ["张建国", "李秀英", "张小红", "王桂兰"]
    assert paper.lines[0].benefit == "2008-01-01 至 2008-12-31"
    assert (paper.voided, paper.demo) == (False, False)


def test_the_paper_of_a_voided_receipt_is_stamped(paid: Receipt, mr_chen: Staff):
    void_receipt(receipt_id=paid.pk, reason="金额收错", by=mr_chen, at=LATER)

    assert document(printable(paid.pk), copy=2).voided


def test_no_tendered_amount_is_printed_for_a_card(pay: Pay, zhang_household, aunt_liu, book):
    taken = pay(zhang_household, aunt_liu, "420.00", means="card")

    paper = document(printable(taken.receipt_id))

    assert (paper.means, paper.tendered, paper.change) == ("刷卡", None, None)


def test_a_receipt_is_read_for_printing_in_two_queries(paid: Receipt, django_assert_num_queries):
    with django_assert_num_queries(2):
        document(printable(paid.pk))
