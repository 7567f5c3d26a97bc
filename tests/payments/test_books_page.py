"""票据号段的页面: what was used and is left, receiving, allotting, closing; refusals beside their fields."""

import pytest
from django.test import Client
from django.urls import reverse

from households.models import Household
from offices.models import Office, Staff
from payments.models import ReceiptBook
from payments.services import void_receipt
from tests.builders import at, make_staff
from tests.payments.conftest import Pay, a_book


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def typed(office: Office, **more: object) -> dict[str, object]:
    given = {"office": office.pk, "code": "32070108", "first": "00000001", "last": "00000100", "clerk": ""}
    return given | more


def test_the_list_counts_used_voided_and_left(
    zhang_household: Household, aunt_liu: Staff, mr_chen: Staff, book: ReceiptBook, pay: Pay
):
    receipt = pay(zhang_household, aunt_liu, "420.00").receipt_id
    void_receipt(receipt_id=receipt, reason="收错", by=mr_chen, at=at("2007-10-25 11:00"))
    pay(zhang_household, aunt_liu, "420.00", at=at("2007-10-25 11:05"))

    row = client_of(mr_chen).get(reverse("books")).context["books"][0]

    assert (row.used, row.voided, row.left, row.next, row.state) == (2, 1, 98, "00012348", "open")


def test_a_book_with_few_numbers_says_so_and_comes_before_those_used_up(mr_chen: Staff):
    a_book(mr_chen, code="A", count=1)
    a_book(mr_chen, code="B", count=500)

    rows = client_of(mr_chen).get(reverse("books")).context["books"]

    assert [(row.book.code, row.state) for row in rows] == [("A", "low"), ("B", "open")]


def test_a_supervisor_receives_a_book(mr_chen: Staff, aunt_liu: Staff, xinpu: Office):
    page = client_of(mr_chen).post(reverse("book-receive"), typed(xinpu, clerk=aunt_liu.pk), follow=True)

    book = ReceiptBook.objects.get()
    assert (book.first_number, book.last_number, book.width, book.clerk) == (1, 100, 8, aunt_liu)
    assert "票据 32070108 00000001—00000100 已入库，共 100 张" in page.content.decode()


def test_code_and_numbers_are_read_in_full_width_and_without_their_blanks(mr_chen: Staff, xinpu: Office):
    numbers = {"code": " ３２０７ 0108 ", "first": "００００　０００１", "last": "0000 0100"}
    client_of(mr_chen).post(reverse("book-receive"), typed(xinpu, **numbers))

    assert str(ReceiptBook.objects.get()) == "32070108 00000001—00000100"


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        pytest.param({"first": "12400", "last": "12500", "code": "32070107"}, "first", "重叠", id="与已有号段重叠"),
        pytest.param({"first": "00000200"}, "last", "终止号码应不小于起始号码", id="起止颠倒"),
        pytest.param({"first": "1"}, "last", "号码位数相同", id="位数不同"),
        pytest.param({"first": "A1"}, "first", "号码只有数字", id="不是数字"),
        pytest.param({"last": "99999999"}, "last", "一次最多登记100万张", id="号码太多"),
        pytest.param({"code": ""}, "code", "请填写票据代码", id="没有代码"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_kept(
    mr_chen: Staff, xinpu: Office, book: ReceiptBook, more: dict[str, str], field: str, sentence: str
):
    answer = client_of(mr_chen).post(reverse("book-receive"), typed(xinpu, **more))

    assert answer.status_code == 422
    assert sentence in "".join(answer.context["form"].errors[field])
    assert ReceiptBook.objects.count() == 1


def test_a_book_of_another_office_cannot_be_received(mr_chen: Staff, songyang: Office):
    answer = client_of(mr_chen).post(reverse("book-receive"), typed(songyang))

    assert answer.status_code == 422
    assert "不在您的管辖范围内" in "".join(answer.context["form"].errors["office"])
    assert not ReceiptBook.objects.exists()


def test_a_book_goes_to_a_clerk_and_back_to_all(mr_chen: Staff, aunt_liu: Staff, book: ReceiptBook):
    client, address = client_of(mr_chen), reverse("book-allot", args=[book.pk])

    client.post(address, {"clerk": aunt_liu.pk})
    hers = ReceiptBook.objects.get().clerk
    client.post(address, {"clerk": ""})

    assert hers == aunt_liu
    assert ReceiptBook.objects.get().clerk is None


def test_a_book_goes_to_nobody_of_another_office(mr_chen: Staff, miss_yang: Staff, book: ReceiptBook):
    answer = client_of(mr_chen).post(reverse("book-allot", args=[book.pk]), {"clerk": miss_yang.pk})

    assert answer.status_code == 422
    assert ReceiptBook.objects.get().clerk is None


def test_closing_a_book_is_asked_once_more(mr_chen: Staff, book: ReceiptBook):
    client, address = client_of(mr_chen), reverse("book-close", args=[book.pk])

    asked = client.get(address).content.decode()
    done = client.post(address, follow=True).content.decode()

    assert "剩余 100 张将不再使用" in asked
    assert "请按规定缴销" in done
    assert ReceiptBook.objects.get().closed_at


def test_the_books_of_another_office_are_out_of_sight(book: ReceiptBook, miss_yang: Staff):
    stranger = client_of(make_staff(miss_yang.office, "duan", role="supervisor"))

    assert stranger.get(reverse("books")).context["books"] == []
    assert stranger.post(reverse("book-close", args=[book.pk])).status_code == 404
    assert ReceiptBook.objects.get().closed_at is None


def test_the_number_of_queries_does_not_grow_with_the_books(mr_chen: Staff, django_assert_max_num_queries):
    for number in range(12):
        a_book(mr_chen, code=f"C{number}")
    client = client_of(mr_chen)

    with django_assert_max_num_queries(11):
        client.get(reverse("books"))
