"""Cards and certificates at once: a double click issues once, the last number of a book goes to one clerk."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection, transaction

from common.decision import Refusal
from households.drafts import PaperDraft
from households.models import Household
from offices.models import Act, Staff
from payments.models import CardIssue, CoverCertificate, ReceiptBook, WorkmanshipReceipt
from payments.services import IssuedCards, issue_certificate
from tests.builders import HEAD, at, make_household, member
from tests.payments.card_builders import fill_fees, give, person, workmanship_book
from tests.payments.conftest import Pay
from tests.payments.together import in_thread, together, wait_until, waiting_for_locks

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("王大力", "李小二")


@pytest.fixture
def households(pay: Pay, aunt_liu: Staff, mr_zhou: Staff, book: ReceiptBook) -> list[Household]:
    """Two households of one, paid for 2008; a card costs 3 yuan."""
    shown = {"papers": (PaperDraft("id_card"),), "photos": 2}
    booklet = {"papers": (PaperDraft("hukou_book"),)}
    made = [make_household(aunt_liu, member(name, HEAD, **shown), **booklet) for name in NAMES]
    for each in made:
        pay(each, aunt_liu, "120.00")
    fill_fees(mr_zhou)
    return made


def test_who_waits_for_a_day_end_holds_no_book(households: list[Household], aunt_liu: Staff, mr_chen: Staff):
    """Else a void that holds a receipt of the day waits for the book, and the day-end for the void, for ever."""
    book = workmanship_book(mr_chen)
    give_one = partial(give, households[0], aunt_liu, cards={NAMES[0]: "K1"}, total="3.00")
    with ThreadPoolExecutor() as pool, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('day-end ' || %s, 0))", [aunt_liu.pk])
        given = pool.submit(in_thread, give_one)
        wait_until(lambda: waiting_for_locks() == 1)

        assert ReceiptBook.objects.select_for_update(nowait=True).get(pk=book.pk).next_number == book.first_number
    assert given.result().receipt.number == book.first_number


def two_at_the_last_number(households: list[Household], by: Staff, book: ReceiptBook) -> list[IssuedCards | Refusal]:
    """Two households to which cards are given wait for the book's row before either takes its last number."""
    works = [
        partial(give, household, by, cards={name: f"K{place}"}, total="3.00")
        for place, (household, name) in enumerate(zip(households, NAMES, strict=True))
    ]
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            ReceiptBook.objects.select_for_update().get(pk=book.pk)
            clerks = [pool.submit(in_thread, work) for work in works]
            wait_until(lambda: waiting_for_locks() == 2)
        return [clerk.result(timeout=30) for clerk in clerks]


def test_the_last_number_goes_to_one_clerk_and_the_other_takes_the_next_book(
    households: list[Household], aunt_liu: Staff, mr_chen: Staff
):
    last = workmanship_book(mr_chen, code="GA", count=1)
    workmanship_book(mr_chen, code="GB", count=5)

    results = two_at_the_last_number(households, aunt_liu, last)

    assert sorted(result.receipt.book_code for result in results) == ["GA", "GB"]
    assert WorkmanshipReceipt.objects.count() == CardIssue.objects.count() == 2


def test_the_last_number_of_the_last_book_goes_to_one_and_the_other_is_told(
    households: list[Household], aunt_liu: Staff, mr_chen: Staff
):
    last = workmanship_book(mr_chen, count=1)

    results = two_at_the_last_number(households, aunt_liu, last)

    assert sorted(type(result).__name__ for result in results) == ["IssuedCards", "Refusal"]
    assert next(result.code for result in results if isinstance(result, Refusal)) == "BOOK_MISSING"
    assert WorkmanshipReceipt.objects.count() == CardIssue.objects.count() == 1
    last.refresh_from_db()
    assert last.left == 0


def test_two_clerks_give_the_same_person_one_card(households: list[Household], aunt_liu: Staff, mr_chen: Staff):
    workmanship_book(mr_chen)

    results = together(
        *(partial(give, households[0], by, cards={"王大力": f"K{by.pk}"}, total="3.00") for by in (aunt_liu, mr_chen))
    )

    assert [result.code for result in results if isinstance(result, Refusal)] == ["HELD"]
    assert WorkmanshipReceipt.objects.count() == CardIssue.objects.count() == 1


def test_one_number_goes_to_one_of_two_households(households: list[Household], aunt_liu: Staff, mr_chen: Staff):
    workmanship_book(mr_chen)

    results = together(
        *(
            partial(give, each, aunt_liu, cards={name: "K1"}, total="3.00")
            for each, name in zip(households, NAMES, strict=True)
        )
    )

    refused = [str(result) for result in results if isinstance(result, Refusal)]
    assert len(refused) == 1
    assert "这个编号已经发给了别人" in refused[0]
    assert WorkmanshipReceipt.objects.count() == CardIssue.objects.count() == 1


def test_a_double_click_issues_one_certificate(households: list[Household], aunt_liu: Staff):
    household = households[0]
    asked = {"household_id": household.pk, "coverage_year": 2008, "key": uuid4()}
    who = {"person_id": person(household, "王大力").pk, "by": aunt_liu, "at": at("2007-10-25 10:10")}

    results = together(*[partial(issue_certificate, **asked, **who)] * 8)

    assert len({result.certificate.pk for result in results}) == 1
    assert Counter(result.repeated for result in results) == {True: 7, False: 1}
    assert CoverCertificate.objects.count() == Act.objects.filter(verb="issue_certificate").count() == 1
