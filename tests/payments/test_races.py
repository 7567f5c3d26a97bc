"""Many clerks at once: no gap, no twin, no payment without receipt; a submit that arrives twice pays once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Count, Sum

from common.decision import Refusal
from enrollment.models import Assessment, Enrollment
from households.drafts import PaperDraft
from households.models import Household, Membership, Person
from offices.models import Act, Staff
from payments.models import Payment, Receipt, ReceiptBook, ReceiptLine, ReceiptLot
from payments.services import (
    TakenPayment,
    allot_book,
    allot_from_lot,
    receive_lot,
    report_lost_book,
    verify_book,
    void_receipt,
)
from tests.builders import HEAD, at, make_household, make_office, make_staff, member
from tests.payments.conftest import Pay, a_book
from tests.payments.many import make_couples
from tests.payments.together import in_thread, together, wait_until, waiting_for_locks

pytestmark = pytest.mark.django_db(transaction=True)

SHOWN = {"papers": (PaperDraft("id_card"),), "photos": 2}
BOOKLET = {"papers": (PaperDraft("hukou_book"),)}


def test_sixteen_clerks_take_two_thousand_payments_over_four_books(pay: Pay, xinpu):
    """Two offices, eight clerks in each; an office's second book is begun when the first is used up."""
    offices = [xinpu, make_office("320706001", name="海州街道劳动保障所")]
    shares: list[tuple[Staff, list[int]]] = []
    for office in offices:
        supervisor = make_staff(office, f"zhuguan{office.pk}", role="supervisor")
        for first in (1, 601):
            a_book(supervisor, code=f"BOOK{office.pk}", first=first, count=600)
        households = make_couples(supervisor, 1000)
        clerks = [make_staff(office, f"clerk{office.pk}-{number}") for number in range(8)]
        shares += [(clerk, households[number::8]) for number, clerk in enumerate(clerks)]

    def work(clerk: Staff, households: list[int]) -> list[TakenPayment]:
        return [pay(Household(pk=pk), clerk, "240.00", tendered=Decimal(250)) for pk in households]

    results = together(*(partial(work, clerk, households) for clerk, households in shares))

    refused = [result for result in results if isinstance(result, Refusal)]
    assert not refused
    assert sum(len(taken) for taken in results) == 2000
    for book in ReceiptBook.objects.all():
        numbers = list(book.receipts.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(book.first_number, book.next_number))
    used = [book.next_number - book.first_number for book in ReceiptBook.objects.order_by("code", "first_number")]
    assert used == [600, 400, 600, 400]
    assert Payment.objects.filter(receipt__isnull=True).count() == 0
    assert Receipt.objects.count() == Payment.objects.count() == Assessment.objects.count() == 2000
    totals = [
        model.objects.aggregate(total=Sum(column))["total"]
        for model, column in (
            (Payment, "amount"),
            (Receipt, "amount"),
            (ReceiptLine, "payable"),
            (Enrollment, "payable"),
            (Assessment, "payable"),
        )
    ]
    assert set(totals) == {Decimal(480000)}
    assert not Enrollment.objects.values("person", "coverage_year").annotate(times=Count("pk")).filter(times__gt=1)
    assert Act.objects.filter(verb="take_payment").count() == 2000


def test_a_double_click_pays_once(pay: Pay, aunt_liu, zhang_household, book):
    key = uuid4()

    results = together(*[lambda: pay(zhang_household, aunt_liu, "420.00", key=key)] * 8)

    assert len({result.payment_id for result in results}) == 1
    assert Counter(result.repeated for result in results) == {True: 7, False: 1}
    assert Payment.objects.count() == Receipt.objects.count() == 1


def test_two_clerks_at_one_household_take_its_money_once(pay: Pay, aunt_liu, mr_chen, zhang_household, book):
    results = together(
        *(lambda by=by: pay(zhang_household, by, "420.00") for by in (aunt_liu, mr_chen, aunt_liu, mr_chen))
    )

    refused = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in refused] == ["DUPLICATE"] * 3
    assert Payment.objects.count() == 1
    book.refresh_from_db()
    assert book.next_number == book.first_number + 1


def test_one_key_for_two_households_pays_for_one(pay: Pay, aunt_liu, zhang_household, book):
    other = make_household(aunt_liu, member("王大力", HEAD, **SHOWN), **BOOKLET)
    key = uuid4()

    results = together(
        lambda: pay(zhang_household, aunt_liu, "420.00", key=key), lambda: pay(other, aunt_liu, "120.00", key=key)
    )

    assert sorted(type(result).__name__ for result in results) == ["Refusal", "TakenPayment"]
    assert next(result.code for result in results if isinstance(result, Refusal)) == "KEY_REUSED"
    assert Payment.objects.count() == 1


def test_a_payment_waits_for_a_change_of_the_household_and_sees_it(pay: Pay, aunt_liu, zhang_household, book):
    """Facts are read under the household's lock: the change that came first counts, the old total is refused."""
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            Household.objects.select_for_update().get(pk=zhang_household.pk)
            clerk = pool.submit(in_thread, lambda: pay(zhang_household, aunt_liu, "420.00"))
            wait_until(lambda: waiting_for_locks() == 1)
            gone = {"starts_on": date(2007, 10, 1), "ends_on": date(2007, 10, 24)}
            Membership.objects.filter(person__name="王桂兰").update(**gone)
        result = clerk.result(timeout=30)

    assert result.code == "TOTAL_CHANGED"
    assert "应收已由420.00元变为300.00元" in str(result)
    assert not Payment.objects.exists()


def two_at_the_last_number(pay: Pay, by: Staff, book: ReceiptBook) -> list[TakenPayment | Refusal]:
    """Two households whose payments have both read the book, and wait for its row, before either takes the number."""
    households = [make_household(by, member(f"王{n}", HEAD, **SHOWN), **BOOKLET) for n in "一二"]
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            ReceiptBook.objects.select_for_update().get(pk=book.pk)
            clerks = [pool.submit(in_thread, lambda each=each: pay(each, by, "120.00")) for each in households]
            wait_until(lambda: waiting_for_locks() == 2)
        return [clerk.result(timeout=30) for clerk in clerks]


def test_the_last_number_goes_to_one_clerk_and_the_other_takes_the_next_book(pay: Pay, aunt_liu, mr_chen):
    book = a_book(mr_chen, code="A", count=1)
    a_book(mr_chen, code="B", count=5)

    results = two_at_the_last_number(pay, aunt_liu, book)

    assert sorted(result.book_code for result in results) == ["A", "B"]
    assert Receipt.objects.count() == 2


def test_the_last_number_of_the_last_book_goes_to_one_and_the_other_is_told(pay: Pay, aunt_liu, mr_chen):
    book = a_book(mr_chen, code="A", count=1)

    results = two_at_the_last_number(pay, aunt_liu, book)

    assert sorted(type(result).__name__ for result in results) == ["Refusal", "TakenPayment"]
    assert next(result.code for result in results if isinstance(result, Refusal)) == "BOOK_MISSING"
    assert Enrollment.objects.count() == Payment.objects.count() == 1


def test_one_person_in_two_offices_clocks_is_enrolled_once_and_named(pay: Pay, aunt_liu, mr_chen):
    """Moved on the 25th, and two clerks live on different days: each sees the person; the constraint sees both."""
    book = a_book(mr_chen)
    old = make_household(aunt_liu, member("王大力", HEAD, **SHOWN), moment="2007-10-01 09:00", **BOOKLET)
    new = make_household(aunt_liu, member("李小二", HEAD, **SHOWN), moment="2007-10-01 09:00", **BOOKLET)
    mover = Person.objects.get(name="王大力")
    Membership.objects.filter(person=mover).update(ends_on=date(2007, 10, 24))
    Membership.objects.create(household=new, person=mover, relation="80", starts_on=date(2007, 10, 25))

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            ReceiptBook.objects.select_for_update().get(pk=book.pk)
            first = pool.submit(in_thread, lambda: pay(old, aunt_liu, "120.00", at=at("2007-10-23 10:00")))
            wait_until(lambda: waiting_for_locks() == 1)  # enrolled, and waiting for the number
            second = pool.submit(in_thread, lambda: pay(new, aunt_liu, "240.00", at=at("2007-10-25 10:00")))
            wait_until(lambda: waiting_for_locks() == 2)  # has read the person as not covered, and meets the enrolment
        paid, refused = first.result(timeout=30), second.result(timeout=30)

    assert isinstance(paid, TakenPayment)
    assert refused.code == "DUPLICATE"
    assert "王大力刚在别处参加了2008年度居民医保" in str(refused)
    assert Enrollment.objects.filter(person=mover).count() == 1
    assert Payment.objects.count() == 1


def waiting_payment(pay: Pay, by: Staff, book: ReceiptBook, meanwhile: Callable[[], Any]) -> Any:
    """What comes of a payment that has read the book and waits for its row while something is done to the book."""
    household = make_household(by, member("王大力", HEAD, **SHOWN), **BOOKLET)
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            ReceiptBook.objects.select_for_update().get(pk=book.pk)
            clerk = pool.submit(in_thread, lambda: pay(household, by, "120.00"))
            wait_until(lambda: waiting_for_locks() == 1)
            meanwhile()
        return clerk.result(timeout=30)


def lost(book: ReceiptBook, by: Staff) -> Any:
    given = {"place": "途中", "lost_at": at("2007-10-25 09:00"), "circumstances": "丢失", "reporter_id": by.pk}
    return report_lost_book(book_id=book.pk, **given, by=by, at=at("2007-10-25 10:00"))


def test_a_payment_that_waits_while_its_book_is_reported_lost_takes_the_next_book(pay: Pay, aunt_liu, mr_chen):
    book = a_book(mr_chen, code="A")
    a_book(mr_chen, code="B")

    taken = waiting_payment(pay, aunt_liu, book, lambda: lost(book, mr_chen))

    assert taken.book_code == "B"
    assert not book.receipts.exists()


def test_a_payment_that_waits_while_its_only_book_is_reported_lost_is_refused(pay: Pay, aunt_liu, mr_chen):
    book = a_book(mr_chen)

    refused = waiting_payment(pay, aunt_liu, book, lambda: lost(book, mr_chen))

    assert refused.code == "BOOK_MISSING"
    assert not Payment.objects.exists()


def test_a_payment_that_waits_while_its_book_goes_to_a_colleague_does_not_use_it(pay: Pay, aunt_liu, mr_chen):
    book = a_book(mr_chen, clerk_id=aunt_liu.pk)

    refused = waiting_payment(
        pay, aunt_liu, book, lambda: allot_book(book_id=book.pk, clerk_id=mr_chen.pk, by=mr_chen, at=at("2007-10-25"))
    )

    assert refused.code == "BOOK_MISSING"


def test_two_overlapping_ranges_of_one_lot_go_out_once(mr_zhou, xinpu):
    numbers = {"code": "L", "first_number": 1, "last_number": 500, "width": 8, "purpose": "contribution"}
    given = {"by": mr_zhou, "at": at("2007-10-25 09:00")}
    lot = receive_lot(division_code="320705", slip_number="1", **numbers, **given)

    results = together(
        *(
            partial(allot_from_lot, lot_id=lot.pk, office_id=xinpu.pk, first_number=n, last_number=n + 99, **given)
            for n in (1, 50, 99, 2)
        )
    )

    refused = [result for result in results if isinstance(result, Refusal)]
    assert {refusal.code for refusal in refused} == {"book_numbers_once_per_code"}
    assert ReceiptBook.objects.count() == 1


def test_a_lot_and_a_book_of_the_same_numbers_come_in_once(mr_zhou, mr_chen):
    numbers = {"code": "L", "first_number": 1, "last_number": 500, "width": 8, "purpose": "contribution"}
    given = {"slip_number": "1", "by": mr_zhou, "at": at("2007-10-25 09:00")}

    results = together(
        lambda: receive_lot(division_code="", **numbers, **given), lambda: a_book(mr_chen, code="L", first=400)
    )

    assert sum(isinstance(result, Refusal) for result in results) == 1
    assert ReceiptBook.objects.count() + ReceiptLot.objects.count() == 1


def test_a_void_waits_for_the_verification_of_its_book_and_is_refused(pay: Pay, aunt_liu, mr_chen, zhang_household):
    book = a_book(mr_chen, count=1)
    receipt = pay(zhang_household, aunt_liu, "420.00").receipt_id
    evening = {"by": mr_chen, "at": at("2007-10-25 17:00")}

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            verify_book(book_id=book.pk, void_copies=[], **evening)
            void = pool.submit(in_thread, lambda: void_receipt(receipt_id=receipt, reason="收错", **evening))
            wait_until(lambda: waiting_for_locks() == 1)
        refused = void.result(timeout=30)

    assert refused.code == "BOOK_VERIFIED"
    assert Receipt.objects.get().voided_at is None
