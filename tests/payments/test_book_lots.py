"""入库批次: numbers come from the finance office, go to offices and clerks, and are nowhere twice."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from common.decision import Refusal
from offices.models import Act, Office, Staff
from payments.models import ReceiptBook, ReceiptLot
from payments.services import (
    allot_book,
    allot_from_lot,
    book_for,
    receive_lot,
    take_back_book,
)
from tests.acting import as_owner
from tests.builders import at, make_staff
from tests.payments.conftest import Pay, a_book

NOW = at("2007-08-20 09:00")


def a_lot(by: Staff, **more: object) -> ReceiptLot:
    given = {
        "division_code": "320705",
        "code": "32070108",
        "first_number": 1,
        "last_number": 1000,
        "width": 8,
        "purpose": "contribution",
        "slip_number": "领2007-018",
    }
    return receive_lot(**(given | more), by=by, at=NOW)


def a_book_of(lot: ReceiptLot, office: Office, by: Staff, first: int = 1, last: int = 100, **more) -> ReceiptBook:
    return allot_from_lot(
        lot_id=lot.pk, office_id=office.pk, first_number=first, last_number=last, by=by, at=NOW, **more
    )


def test_a_range_of_a_lot_becomes_a_book_in_the_cupboard_of_an_office(mr_zhou: Staff, xinpu: Office, aunt_liu: Staff):
    lot = a_lot(mr_zhou)

    book = a_book_of(lot, xinpu, mr_zhou)

    assert (book.lot, book.code, book.width, book.size) == (lot, "32070108", 8, 100)
    assert book.stored_at == NOW
    assert book_for(aunt_liu) is None
    assert list(Act.objects.order_by("pk").values_list("verb", flat=True))[-2:] == ["receive_lot", "allot_from_lot"]


def test_a_book_is_given_out_comes_back_and_goes_to_another(mr_zhou: Staff, xinpu: Office, aunt_liu, mr_chen):
    book = a_book_of(a_lot(mr_zhou), xinpu, mr_zhou)
    sun = make_staff(xinpu, "sun", name="孙晓梅")

    allot_book(book_id=book.pk, clerk_id=aunt_liu.pk, by=mr_chen, at=at("2007-08-21 09:00"))
    hers = book_for(aunt_liu)
    take_back_book(book_id=book.pk, by=mr_chen, at=at("2007-08-22 09:00"))
    nobodys = book_for(aunt_liu)
    allot_book(book_id=book.pk, clerk_id=sun.pk, by=mr_chen, at=at("2007-08-23 09:00"))

    assert (hers, nobodys, book_for(sun)) == (book, None, book)
    first, second = book.holdings.all()
    assert (first.clerk, first.given_by, first.ended_by) == (aunt_liu, mr_chen, mr_chen)
    assert (first.given_at, first.ended_at) == (at("2007-08-21 09:00"), at("2007-08-22 09:00"))
    assert (second.clerk, second.ended_at) == (sun, None)


def test_a_holding_knows_from_which_number_to_which(pay: Pay, mr_chen, aunt_liu, zhang_household):
    book = a_book(mr_chen, first=100, clerk_id=aunt_liu.pk)
    pay(zhang_household, aunt_liu, "420.00")

    take_back_book(book_id=book.pk, by=mr_chen, at=at("2007-10-25 17:00"))

    held = book.holdings.get()
    assert (held.from_number, held.until_number) == (100, 101)


def test_no_money_is_taken_from_a_book_in_the_cupboard(pay: Pay, mr_chen, aunt_liu, zhang_household):
    a_book(mr_chen, stored=True)

    with pytest.raises(Refusal, match="没有可用的票据号段"):
        pay(zhang_household, aunt_liu, "420.00")


def test_giving_a_book_to_who_has_it_changes_nothing(mr_chen: Staff, aunt_liu: Staff):
    book = a_book(mr_chen, clerk_id=aunt_liu.pk)

    allot_book(book_id=book.pk, clerk_id=aunt_liu.pk, by=mr_chen, at=NOW)

    assert book.holdings.count() == 1
    assert not Act.objects.filter(verb="allot_book").exists()


def test_a_book_in_the_cupboard_is_not_given_back_again(mr_chen: Staff):
    book = a_book(mr_chen, stored=True)

    with pytest.raises(Refusal, match="已经在库"):
        take_back_book(book_id=book.pk, by=mr_chen, at=NOW)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param({"division_code": "530127"}, "不在您的管辖范围内", id="别的区划"),
        pytest.param({"slip_number": " "}, "领购单的编号", id="没有领购单号"),
        pytest.param({"code": ""}, "票据代码应有1至20个字符", id="没有代码"),
        pytest.param({"last_number": 0}, "终止号码应不小于起始号码", id="起止颠倒"),
        pytest.param({"width": 3}, "号码位数应在4至18之间", id="位数不够"),
    ],
)
def test_odd_lots_are_refused_in_words(db: None, more: dict[str, object], sentence: str):
    district = make_staff(None, "qu", role="administrator", division_scope="320705")

    with pytest.raises(Refusal, match=sentence):
        a_lot(district, **more)

    assert not ReceiptLot.objects.exists()


def test_a_clerk_receives_no_lot_and_gives_nothing_out(aunt_liu: Staff, mr_zhou: Staff, xinpu: Office):
    lot = a_lot(mr_zhou)

    for act in (lambda: a_lot(aunt_liu), lambda: a_book_of(lot, xinpu, aunt_liu)):
        with pytest.raises(Refusal, match="只能由主管、管理员办理"):
            act()


@pytest.mark.parametrize(("first", "last"), [(1000, 1000), (1, 2000), (500, 501), (900, 1100)])
def test_numbers_of_one_code_are_in_one_lot_only(mr_zhou: Staff, first: int, last: int):
    a_lot(mr_zhou)

    with pytest.raises(Refusal, match="与同一票据代码的另一批次重叠"):
        a_lot(mr_zhou, division_code="530127", first_number=first, last_number=last)

    a_lot(mr_zhou, first_number=1001, last_number=1100)
    a_lot(mr_zhou, code="OTHER", first_number=first, last_number=last)


def test_two_books_of_a_lot_do_not_overlap(mr_zhou: Staff, xinpu: Office):
    lot = a_lot(mr_zhou)
    a_book_of(lot, xinpu, mr_zhou, 1, 100)

    with pytest.raises(Refusal, match="与同一票据代码的另一号段重叠"):
        a_book_of(lot, xinpu, mr_zhou, 100, 200)

    assert a_book_of(lot, xinpu, mr_zhou, 101, 200).size == 100


@pytest.mark.parametrize(("first", "last"), [(0, 10), (1000, 1001), (1001, 1100)])
def test_a_book_lies_in_its_lot(mr_zhou: Staff, xinpu: Office, first: int, last: int):
    lot = a_lot(mr_zhou, first_number=10)

    with pytest.raises(Refusal, match=r"号码应在本批次|起始号码应不小于1"):
        a_book_of(lot, xinpu, mr_zhou, first, last)


def test_a_lot_goes_to_offices_of_its_divisions_only(mr_zhou: Staff, songyang: Office, mr_chen: Staff):
    lot = a_lot(mr_zhou)
    stranger = make_staff(songyang, "he", name="何主管", role="supervisor")

    with pytest.raises(Refusal, match="不在这个批次的区划之内"):
        a_book_of(lot, songyang, mr_zhou)
    with pytest.raises(Refusal, match="找不到这个入库批次"):
        a_book_of(lot, songyang, stranger)
    with pytest.raises(Refusal, match="找不到这个入库批次"):
        a_book_of(lot, mr_chen.office, mr_chen)


def test_a_book_received_directly_holds_no_number_of_a_lot(mr_zhou: Staff, mr_chen: Staff):
    a_lot(mr_zhou, code="32070107")

    with pytest.raises(Refusal, match="在入库批次 32070107 00000001—00001000 之内，请从该批次下发"):
        a_book(mr_chen, first=1000)

    a_book(mr_chen, first=1001)


def test_a_lot_holds_no_number_of_a_book(mr_zhou: Staff, mr_chen: Staff):
    a_book(mr_chen, code="32070108", first=900, count=200)

    with pytest.raises(Refusal, match="与已经入库的票据"):
        a_lot(mr_zhou)


@pytest.mark.parametrize(
    "change", [{"code": "X"}, {"width": 9}, {"purpose": "workmanship"}, {"last_number": 1001, "first_number": 950}]
)
def test_the_database_itself_keeps_a_book_in_its_lot(mr_zhou: Staff, xinpu: Office, change: dict[str, object]):
    lot = a_lot(mr_zhou)
    numbers = {"code": lot.code, "first_number": 1, "last_number": 9, "width": 8, "purpose": lot.purpose} | change
    row = ReceiptBook(lot=lot, office=xinpu, next_number=numbers["first_number"], received_at=NOW, **numbers)

    with pytest.raises(IntegrityError, match="part ways"), transaction.atomic():
        row.save()


def test_the_database_itself_keeps_lots_and_books_apart(mr_zhou: Staff, mr_chen: Staff, xinpu: Office):
    lot = a_lot(mr_zhou)
    a_book(mr_chen)

    with pytest.raises(IntegrityError, match="part ways"), transaction.atomic():
        ReceiptBook.objects.create(
            code=lot.code, first_number=5, last_number=6, next_number=5, width=8, office=xinpu, received_at=NOW
        )
    with pytest.raises(IntegrityError, match="holds numbers of a book"), transaction.atomic():
        ReceiptLot.objects.create(
            code="32070107", first_number=1, last_number=20000, width=8, slip_number="1", received_at=NOW, by=mr_zhou
        )
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic(), as_owner():
        ReceiptLot.objects.update(last_number=5)
