"""票据号段: numbers that cannot overlap, given to clerks by a supervisor."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from common.decision import Refusal
from offices.models import Act, Office, Staff
from payments.models import ReceiptBook
from payments.services import allot_book, book_for, close_book, receive_book
from tests.builders import at, make_staff
from tests.payments.conftest import a_book

NOW = at("2007-10-01 09:00")


def test_a_book_is_received_with_its_first_number_next(mr_chen: Staff):
    book = a_book(mr_chen, first=12346, count=100)

    assert (book.next_number, book.last_number, book.left) == (12346, 12445, 100)
    assert str(book) == "32070107 00012346—00012445"
    assert Act.objects.get(verb="receive_book").detail["last"] == 12445


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"code": " "}, "票据代码应有1至20个字符"),
        ({"code": "9" * 21}, "票据代码应有1至20个字符"),
        ({"code": "3207 0107"}, "票据代码中间不能有空格"),
        ({"code": "32070107\u300012"}, "票据代码中间不能有空格"),
        ({"last_number": 100_000_000, "width": 9}, "共有100000000张，一次最多登记100万张"),
        ({"last_number": 1_000_001}, "请核对起止号码；确有这么多的，请分几次登记"),
        ({"first_number": 0}, "起始号码应不小于1"),
        ({"first_number": 200}, "终止号码应不小于起始号码"),
        ({"width": 2}, "号码位数应在3至18之间"),
        ({"width": 19}, "号码位数应在3至18之间"),
    ],
)
def test_odd_numbers_are_refused_in_words(mr_chen: Staff, numbers, sentence):
    given = {"code": "A", "first_number": 1, "last_number": 100, "width": 8} | numbers

    with pytest.raises(Refusal, match=sentence):
        receive_book(office_id=mr_chen.office_id, by=mr_chen, at=NOW, **given)

    assert not ReceiptBook.objects.exists()


@pytest.mark.parametrize(("first", "count"), [(100, 1), (1, 500), (50, 51), (150, 500), (199, 1)])
def test_numbers_of_one_code_are_in_one_book_only(mr_chen: Staff, songyang: Office, first: int, count: int):
    a_book(mr_chen, first=100, count=100)
    stranger = make_staff(songyang, "he", name="何主管", role="supervisor")

    with pytest.raises(Refusal, match="与同一票据代码的另一号段重叠"):
        a_book(stranger, first=first, count=count)

    a_book(stranger, first=200, count=5)
    a_book(stranger, code="OTHER", first=first, count=count)


@pytest.mark.parametrize("change", [{"next_number": 99}, {"next_number": 201}])
def test_the_next_number_lies_in_the_book(mr_chen: Staff, change):
    book = a_book(mr_chen, first=100, count=100)

    with pytest.raises(IntegrityError, match="book_next_number_is_inside"), transaction.atomic():
        ReceiptBook.objects.filter(pk=book.pk).update(**change)


def test_a_number_may_have_18_digits(mr_chen: Staff):
    last = 10**18 - 1
    book = receive_book(
        office_id=mr_chen.office_id, code="A", first_number=last - 99, last_number=last, width=18, by=mr_chen, at=NOW
    )

    assert book.printed(1) == "000000000000000001"


def test_a_book_holds_a_million_numbers_at_most(mr_chen: Staff):
    numbers = {"first_number": 1001, "last_number": 1_001_000, "width": 8}

    assert receive_book(office_id=mr_chen.office_id, code="A", **numbers, by=mr_chen, at=NOW).size == 1_000_000


@pytest.mark.parametrize("who", ["aunt_liu", "mrs_wu"])
def test_clerks_and_auditors_receive_no_books(request, mr_chen: Staff, who: str):
    book = a_book(mr_chen)
    by = request.getfixturevalue(who)

    with pytest.raises(Refusal, match="只能由主管、管理员办理"):
        allot_book(book_id=book.pk, clerk_id=None, by=by, at=NOW)
    with pytest.raises(Refusal, match="只能由主管、管理员办理"):
        close_book(book_id=book.pk, by=by, at=NOW)


def test_books_of_another_office_are_not_there(mr_chen: Staff, songyang: Office, miss_yang: Staff):
    book = a_book(mr_chen)
    stranger = make_staff(songyang, "he", name="何主管", role="supervisor")

    with pytest.raises(Refusal, match="找不到这个票据号段"):
        allot_book(book_id=book.pk, clerk_id=miss_yang.pk, by=stranger, at=NOW)
    with pytest.raises(Refusal, match="找不到这个机构"):
        receive_book(office_id=mr_chen.office_id, code="A", first_number=1, last_number=9, width=8, by=stranger, at=NOW)
    assert book_for(miss_yang) is None
    assert not ReceiptBook.objects.visible_to(stranger).exists()


def test_a_book_goes_to_a_clerk_of_its_office_only(mr_chen: Staff, aunt_liu: Staff, miss_yang: Staff):
    book = a_book(mr_chen)

    with pytest.raises(Refusal, match="领用人应是本机构在用的经办员或主管"):
        allot_book(book_id=book.pk, clerk_id=miss_yang.pk, by=mr_chen, at=NOW)
    allot_book(book_id=book.pk, clerk_id=aunt_liu.pk, by=mr_chen, at=NOW)

    assert book_for(aunt_liu) == book
    assert book_for(mr_chen) is None


def test_the_history_of_a_book_tells_whose_it_was(mr_chen: Staff, aunt_liu: Staff):
    events = apps.get_model("payments", "ReceiptBookEvent").objects
    book = a_book(mr_chen)
    allot_book(book_id=book.pk, clerk_id=aunt_liu.pk, by=mr_chen, at=NOW)
    close_book(book_id=book.pk, by=mr_chen, at=NOW)
    close_book(book_id=book.pk, by=mr_chen, at=at("2007-10-02 09:00"))

    states = events.filter(pgh_obj=book.pk).order_by("pgh_id").values_list("clerk", "closed_at")
    assert list(states) == [(None, None), (aunt_liu.pk, None), (aunt_liu.pk, NOW)]
