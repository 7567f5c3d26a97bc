"""发放医保卡和病历: who gets them, the fee and its own receipt, reissue, taking back, what the database refuses."""

from datetime import timedelta
from decimal import Decimal
from threading import Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from common.decision import Refusal
from households.models import Household
from offices.models import Act, Staff
from payments.models import CardIssue, Receipt, ReceiptBook, WorkmanshipReceipt
from payments.services import (
    book_for,
    record_workmanship_print,
    take_back_card,
    void_receipt,
    void_workmanship,
)
from tests.acting import as_owner
from tests.builders import at, make_staff
from tests.payments.card_builders import fill_fees, give, workmanship_book
from tests.payments.conftest import Pay

LATER = at("2007-10-26 09:00")


@pytest.fixture
def covered(zhang_household: Household, aunt_liu: Staff, book: ReceiptBook, pay: Pay) -> Household:
    """The family of Zhang, paid for 2008; nobody has said what card and book cost."""
    pay(zhang_household, aunt_liu, "420.00")
    return zhang_household


@pytest.fixture
def priced(covered: Household, mr_zhou: Staff, mr_chen: Staff) -> Household:
    """The same; a card costs 3 yuan, a book 2, and there is a book of workmanship receipts."""
    fill_fees(mr_zhou)
    workmanship_book(mr_chen)
    return covered


def test_what_a_household_gets_stands_on_one_receipt_of_its_own(priced: Household, aunt_liu: Staff):
    done = give(priced, aunt_liu, cards={"张建国": "K1", "李秀英": "K2"}, books={"张建国": "B1"}, total="8.00")

    receipt = done.receipt
    assert (receipt.full_number, receipt.amount, receipt.capitals) == (
        "GB2007 00000501",
        Decimal("8.00"),
        "人民币捌元整",
    )
    assert [(row.number, row.fee) for row in receipt.issues.order_by("number")] == [
        ("B1", Decimal("2.00")),
        ("K1", Decimal("3.00")),
        ("K2", Decimal("3.00")),
    ]
    assert "第六条" in receipt.clause_line
    assert Receipt.objects.count() == 1
    assert Act.objects.get(verb="issue_cards").detail["receipt"] == "GB2007 00000501"


def test_the_exempt_pay_nothing_and_use_no_number(priced: Household, aunt_liu: Staff):
    done = give(priced, aunt_liu, cards={"张小红": "K3"})

    assert done.receipt is None
    assert "工本费免缴" in done.issues[0].fee_reason
    assert ReceiptBook.objects.get(purpose="workmanship").left == 50


def test_exempt_and_paying_members_together_pay_for_those_who_pay(priced: Household, aunt_liu: Staff):
    done = give(priced, aunt_liu, cards={"张小红": "K3", "张建国": "K1"}, total="3.00")

    assert [issue.receipt for issue in done.issues] == [None, done.receipt]
    assert done.receipt.payer == "张建国"


def test_an_amount_that_nobody_filled_in_is_not_invented(covered: Household, aunt_liu: Staff, mr_chen: Staff):
    workmanship_book(mr_chen)

    with pytest.raises(Refusal, match="工本费还没有填写"):
        give(covered, aunt_liu, cards={"张建国": "K1"})

    assert give(covered, aunt_liu, cards={"张小红": "K3"}).receipt is None


def test_a_fee_of_nothing_is_no_receipt(covered: Household, aunt_liu: Staff, mr_zhou: Staff):
    fill_fees(mr_zhou, card="0", book="0")

    assert give(covered, aunt_liu, cards={"张建国": "K1"}).receipt is None


def test_who_is_not_covered_gets_nothing(priced: Household, aunt_liu: Staff):
    with pytest.raises(Refusal, match="张明没有有效的参保"):
        give(priced, aunt_liu, cards={"张明": "K9"}, total="3.00")


def test_nobody_is_given_a_second_one_without_a_cause(priced: Household, aunt_liu: Staff):
    give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00")

    with pytest.raises(Refusal, match="遗失或损坏的请办理补发"):
        give(priced, aunt_liu, cards={"张建国": "K2"}, total="3.00")


def test_a_number_belongs_to_one_card(priced: Household, aunt_liu: Staff):
    give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00")

    with pytest.raises(Refusal, match="已经发给了别人"):
        give(priced, aunt_liu, cards={"李秀英": "k1"}, total="3.00")
    assert ReceiptBook.objects.get(purpose="workmanship").next_number == 502


def test_a_reissue_is_charged_again_and_the_old_number_holds_no_longer(priced: Household, aunt_liu: Staff):
    first = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00").issues[0]

    again = give(priced, aunt_liu, cards={"张建国": "K2"}, total="3.00", cause="lost", at=LATER)

    assert again.issues[0].replaces == first
    assert again.receipt.printed_number == "00000502"
    assert [issue.number for issue in CardIssue.objects.valid()] == ["K2"]


def test_the_same_submit_is_charged_once(priced: Household, aunt_liu: Staff):
    key = uuid4()
    first = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00", key=key)
    second = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00", key=key)

    assert (second.receipt, second.repeated) == (first.receipt, True)
    assert WorkmanshipReceipt.objects.count() == 1


def test_another_total_than_the_page_showed_is_refused(priced: Household, aunt_liu: Staff):
    with pytest.raises(Refusal, match="应收工本费是3"):
        give(priced, aunt_liu, cards={"张建国": "K1"}, total="0.00")
    assert not CardIssue.objects.exists()


def test_cash_gives_change(priced: Household, aunt_liu: Staff):
    done = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00", tendered=Decimal(10))

    assert done.receipt.change == Decimal("7.00")
    assert "找零 7.00 元" in done.sentence


def test_the_contribution_and_the_fee_never_share_a_book(covered: Household, aunt_liu: Staff, mr_zhou: Staff):
    fill_fees(mr_zhou)

    with pytest.raises(Refusal, match="工本费不能用医保缴费的收据"):
        give(covered, aunt_liu, cards={"张建国": "K1"}, total="3.00")


def test_a_workmanship_book_takes_no_contribution(
    zhang_household: Household, aunt_liu: Staff, mr_chen: Staff, pay: Pay
):
    workmanship_book(mr_chen)

    with pytest.raises(Refusal, match="没有可用的票据号段"):
        pay(zhang_household, aunt_liu, "420.00")
    assert book_for(aunt_liu) is None


def test_a_void_by_a_second_person_takes_back_what_was_handed_out(priced: Household, aunt_liu: Staff, mr_chen: Staff):
    receipt = give(priced, aunt_liu, cards={"张建国": "K1"}, books={"张建国": "B1"}, total="5.00").receipt

    void_workmanship(receipt_id=receipt.pk, reason="卡号录错", by=mr_chen, at=LATER)

    assert not CardIssue.objects.standing().exists()
    retyped = give(priced, aunt_liu, cards={"李秀英": "K1"}, total="3.00", at=LATER)
    assert retyped.receipt.printed_number == "00000502"


@pytest.mark.parametrize(
    ("who", "reason", "sentence"),
    [("aunt_liu", "错", "只能由"), ("mr_chen", " ", "请写明事由")],
    ids=["经办员", "没有事由"],
)
def test_a_void_needs_a_supervisor_and_a_reason(
    priced: Household, aunt_liu: Staff, request: pytest.FixtureRequest, who: str, reason: str, sentence: str
):
    receipt = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00").receipt

    with pytest.raises(Refusal, match=sentence):
        void_workmanship(receipt_id=receipt.pk, reason=reason, by=request.getfixturevalue(who), at=LATER)


def test_who_took_the_money_does_not_void_it(priced: Household, mr_chen: Staff):
    receipt = give(priced, mr_chen, cards={"张建国": "K1"}, total="3.00").receipt

    with pytest.raises(Refusal, match="须由另一位主管"):
        void_workmanship(receipt_id=receipt.pk, reason="错", by=mr_chen, at=LATER)


def test_what_was_replaced_is_not_taken_back_alone(priced: Household, aunt_liu: Staff, mr_chen: Staff):
    receipt = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00").receipt
    give(priced, aunt_liu, cards={"张建国": "K2"}, total="3.00", cause="damaged")

    with pytest.raises(Refusal, match="先收回补发的那一件"):
        void_workmanship(receipt_id=receipt.pk, reason="错", by=mr_chen, at=LATER)


def test_what_cost_nothing_is_taken_back_without_a_receipt(priced: Household, aunt_liu: Staff, mr_chen: Staff):
    issue = give(priced, aunt_liu, cards={"张小红": "K3"}).issues[0]

    take_back_card(issue_id=issue.pk, reason="录错", by=mr_chen, at=LATER)

    assert give(priced, aunt_liu, cards={"张小红": "K4"}).issues[0].cause == "first"


def test_what_was_paid_for_goes_back_with_its_receipt_only(priced: Household, aunt_liu: Staff, mr_chen: Staff):
    issue = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00").issues[0]

    with pytest.raises(Refusal, match="请作废它的收据"):
        take_back_card(issue_id=issue.pk, reason="录错", by=mr_chen, at=LATER)


def test_a_clerk_of_another_office_finds_neither_household_nor_receipt(
    priced: Household, aunt_liu: Staff, miss_yang: Staff
):
    receipt = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00").receipt

    with pytest.raises(Refusal, match="找不到"):
        give(priced, miss_yang, cards={"李秀英": "K2"}, total="3.00")
    with pytest.raises(Refusal, match="找不到这张收据"):
        record_workmanship_print(receipt_id=receipt.pk, by=miss_yang, at=LATER)


def test_a_void_of_the_contribution_ends_what_may_be_handed_out(priced: Household, aunt_liu: Staff, mr_chen: Staff):
    void_receipt(receipt_id=Receipt.objects.get().pk, reason="退", by=mr_chen, at=LATER)

    with pytest.raises(Refusal, match="没有有效的参保"):
        give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00", at=LATER + timedelta(minutes=1))


def refused_by_the_database(statement: str, name: str) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")
    assert name in str(caught.value.__cause__.diag.constraint_name)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        pytest.param(
            "UPDATE payments_receiptbook SET next_number = next_number + 1 WHERE purpose = 'workmanship'",
            "book_no_number_without_a_receipt",
            id="空号",
        ),
        pytest.param(
            "UPDATE payments_workmanshipreceipt SET voided_at = now(), voided_by_id = clerk_id, void_reason = 'x'",
            "workmanship_void_takes_back",
            id="作废而不收回",
        ),
        pytest.param(
            "UPDATE payments_cardissue SET cancelled_at = now(), cancelled_by_id = by_id, cancel_reason = 'x'",
            "card_taken_back_with_its_receipt",
            id="收回而不作废",
        ),
    ],
)
def test_the_database_keeps_money_numbers_and_cards_together(
    priced: Household, aunt_liu: Staff, statement: str, name: str
):
    give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00")

    refused_by_the_database(statement, name)


def test_the_database_lets_no_receipt_come_from_a_book_of_the_other_kind(
    priced: Household, aunt_liu: Staff, mr_chen: Staff
):
    give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00")
    columns = ", ".join(field.column for field in WorkmanshipReceipt._meta.fields if not field.primary_key)
    taken = {"idempotency_key": "gen_random_uuid()", "book_id": "b.id", "book_code": "b.code"}
    taken |= {"number": "b.next_number", "printed_number": "lpad(b.next_number::text, b.width, '0')"}
    values = ", ".join(taken.get(column, f"r.{column}") for column in columns.split(", "))
    bump = "UPDATE payments_receiptbook SET next_number = next_number + 1 WHERE purpose = 'contribution'"

    refused_by_the_database(
        f"""INSERT INTO payments_workmanshipreceipt ({columns})
            SELECT {values} FROM payments_workmanshipreceipt r, payments_receiptbook b
            WHERE b.purpose = 'contribution'; {bump}""",  # noqa: S608 - names of our own columns
        "workmanship_number_from_its_book",
    )


def test_rows_are_neither_changed_nor_deleted(priced: Household, aunt_liu: Staff):
    give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00")

    for statement in (
        "UPDATE payments_workmanshipreceipt SET amount = 1",
        "DELETE FROM payments_workmanshipreceipt",
        "UPDATE payments_cardissue SET number = 'X'",
        "DELETE FROM payments_cardissue",
        "UPDATE payments_receiptbook SET purpose = 'contribution'",
    ):
        with pytest.raises(Exception, match="Cannot"), transaction.atomic(), as_owner(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_clerks_who_issue_at_once_leave_no_gap_and_no_twin(priced: Household, aunt_liu: Staff, mr_chen: Staff):
    sun = make_staff(aunt_liu.office, "sun")
    names = ["张建国", "李秀英", "王桂兰"]

    def one(place: int, name: str) -> None:
        try:
            give(priced, (aunt_liu, sun, mr_chen)[place], cards={name: f"K{place}"}, total="3.00")
        finally:
            connection.close()

    threads = [Thread(target=one, args=(place, name)) for place, name in enumerate(names)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(WorkmanshipReceipt.objects.values_list("number", flat=True)) == [501, 502, 503]
