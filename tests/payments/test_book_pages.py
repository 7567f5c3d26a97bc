"""一本票据的页面: its story, its papers, its end; lots and stock; the clerk who is told when numbers run low."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from households.models import Household
from offices.models import Office, Staff
from payments.context import day_of
from payments.models import BookLoss, ReceiptBook, ReceiptLot
from payments.services import take_back_book, verify_book, void_receipt
from tests.builders import at, make_staff
from tests.payments.card_builders import live_in, text_of
from tests.payments.conftest import Pay, a_book
from tests.payments.test_book_ends import lose, mrs_ma, used_up  # noqa: F401 - fixtures
from tests.payments.test_book_lots import a_book_of, a_lot
from tests.payments.test_books_page import client_of


def page(by: Staff, name: str, *arguments: object, **more: str) -> str:
    answer = client_of(by).get(reverse(name, args=arguments), more)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_book_tells_its_whole_story(used_up: ReceiptBook, mr_chen: Staff):  # noqa: F811
    text = page(mr_chen, "book", used_up.pk)

    assert "待核销" in text
    assert "00000100—00000101" in text
    assert "420.00" in text
    assert "卡纸" in text
    assert "刘阿姨" in text
    assert reverse("book-verify", args=[used_up.pk]) in text


def test_numbers_are_told_by_day_in_unbroken_runs(pay: Pay, mr_chen, aunt_liu, zhang_household: Household):
    book = a_book(mr_chen, first=100)
    for day in ("25", "26"):
        receipt = pay(zhang_household, aunt_liu, "420.00", at=at(f"2007-10-{day} 10:00")).receipt_id
        void_receipt(receipt_id=receipt, reason="收错", by=mr_chen, at=at(f"2007-10-{day} 10:05"))
    pay(zhang_household, aunt_liu, "420.00", at=at("2007-10-26 11:00"))

    runs = client_of(mr_chen).get(reverse("book", args=[book.pk])).context["story"].runs

    assert [(run.first, run.last, run.count, run.voided, run.amount) for run in runs] == [
        ("00000100", "00000100", 1, 1, 0),
        ("00000101", "00000102", 2, 1, 420),
    ]


def test_from_a_book_one_comes_to_its_receipts(used_up: ReceiptBook, mr_chen: Staff):  # noqa: F811
    text = page(mr_chen, "book-receipts", used_up.pk)

    for receipt in used_up.receipts.all():
        assert reverse("receipt", args=[receipt.pk]) in text


def test_a_book_is_verified_on_its_page(used_up: ReceiptBook, mrs_ma: Staff):  # noqa: F811
    client, address = client_of(mrs_ma), reverse("book-verify", args=[used_up.pk])

    refused = client.post(address, {"note": "存根齐全"})
    done = client.post(address, {"void_copies": ["100"], "note": "存根齐全"}, follow=True).content.decode()

    assert refused.status_code == 422
    assert "各联还没有查验" in refused.content.decode()
    assert "已核销" in done
    assert "存根保存至2012-10-26" not in done  # the server's clock, not the day of the receipts
    assert used_up.verification.note == "存根齐全"


def test_who_used_it_is_refused_in_words(pay: Pay, zhang_household, mr_chen: Staff):
    book = a_book(mr_chen, count=1)
    pay(zhang_household, mr_chen, "420.00")

    answer = client_of(mr_chen).post(reverse("book-verify", args=[book.pk]), {})

    assert answer.status_code == 422
    assert "须由没有用过它的另一位主管或管理员办理" in answer.content.decode()


def test_the_sheet_says_all_that_the_finance_office_asks(used_up: ReceiptBook, mrs_ma: Staff):  # noqa: F811
    before = text_of(client_of(mrs_ma).get(reverse("book-sheet", args=[used_up.pk])).content)
    verify_book(book_id=used_up.pk, void_copies=[100], note="存根齐全", by=mrs_ma, at=at("2007-10-26 09:00"))

    paper = text_of(client_of(mrs_ma).get(reverse("book-sheet", args=[used_up.pk])).content)

    assert "尚未核销" in before
    for words in ("财政票据核销表", "32070107", "刘阿姨", "卡纸", "2007-10-25", "已验作废联1份", "马副主任", "验票人"):
        assert words in paper
    assert "存根保存至2012-10-26" in paper


def test_the_workbook_holds_the_same_in_sheets(used_up: ReceiptBook, mr_chen: Staff):  # noqa: F811
    answer = client_of(mr_chen).get(reverse("book-workbook", args=[used_up.pk]))

    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert book.sheet_names == ["核销表", "作废收据", "按日使用", "领用与交回"]
    assert book.get_sheet_by_name("作废收据").to_python()[1][0] == "00000100"
    assert book.get_sheet_by_name("按日使用").to_python()[1][1:] == ["00000100", "00000101", 2, 1, 420]


def test_a_sheet_of_many_voids_goes_on_on_another_page(pay: Pay, mr_chen, aunt_liu, zhang_household):
    book = a_book(mr_chen, count=45)
    for minute in range(45):
        receipt = pay(zhang_household, aunt_liu, "420.00", at=at(f"2007-10-25 10:{minute:02d}")).receipt_id
        void_receipt(receipt_id=receipt, reason="卡纸", by=mr_chen, at=at(f"2007-10-25 10:{minute:02d}"))

    paper = text_of(client_of(mr_chen).get(reverse("book-sheet", args=[book.pk])).content)

    assert "财政票据核销表（续）" in paper
    assert "第2页" in paper
    assert paper.count("卡纸") == 45


def test_a_lost_book_is_blocked_and_its_report_printed(mr_chen: Staff, aunt_liu: Staff):
    book = a_book(mr_chen, clerk_id=aunt_liu.pk)
    client = client_of(mr_chen)
    typed = {"place": "途中", "lost_at": "2007-10-25 14:00", "circumstances": "票包滑落。", "reporter": aunt_liu.pk}

    refused = client.post(reverse("book-lost", args=[book.pk]), typed | {"lost_at": "昨天"})
    day_only = client.post(reverse("book-lost", args=[book.pk]), typed | {"lost_at": "20071024"})
    done = client.post(reverse("book-lost", args=[book.pk]), typed, follow=True).content.decode()
    paper = text_of(client.get(reverse("book-loss-paper", args=[book.pk])).content)

    assert refused.status_code == 422
    assert (day_only.status_code, "请填写日期和时刻" in day_only.content.decode()) == (422, True)
    assert BookLoss.objects.get().lost_at == at("2007-10-25 14:00")
    assert "遗失后封锁，永不使用" in done
    for words in ("书面报告", "遗失公告", "00012346", "自即日起声明", "刘阿姨"):
        assert words in paper


@pytest.mark.parametrize("typed", ["0001-01-01 00:00", "1907-10-25 14:00", "2007-08-19 23:59"])
def test_a_book_is_not_lost_before_it_was_there(mr_chen: Staff, aunt_liu: Staff, typed: str):
    book = a_book(mr_chen, clerk_id=aunt_liu.pk)
    told = {"place": "途中", "lost_at": typed, "circumstances": "票包滑落。", "reporter": aunt_liu.pk}

    answer = client_of(mr_chen).post(reverse("book-lost", args=[book.pk]), told)

    assert answer.status_code == 422
    assert "遗失时间不能早于票据入库的日期（2007-08-20）" in answer.content.decode()
    assert not BookLoss.objects.exists()


def test_a_book_that_was_not_lost_has_no_report(mr_chen: Staff):
    book = a_book(mr_chen)

    assert client_of(mr_chen).get(reverse("book-loss-paper", args=[book.pk])).status_code == 404


def test_a_book_is_taken_back_and_returned(mr_chen: Staff, aunt_liu: Staff):
    book = a_book(mr_chen, clerk_id=aunt_liu.pk)
    client = client_of(mr_chen)

    client.post(reverse("book-take-back", args=[book.pk]))
    stored = ReceiptBook.objects.get().stored_at
    refused = client.post(reverse("book-return", args=[book.pk]), {"returned_to": ""})
    done = client.post(reverse("book-return", args=[book.pk]), {"returned_to": "区财政局"}, follow=True)

    assert stored
    assert refused.status_code == 422
    assert "退回区财政局" in done.content.decode()


@pytest.mark.parametrize(
    "name", ["book", "book-receipts", "book-sheet", "book-workbook", "book-allot", "book-lost", "book-verify"]
)
def test_a_book_of_another_office_does_not_exist(mr_chen: Staff, songyang: Office, name: str):
    stranger = make_staff(songyang, "he", role="supervisor")

    assert client_of(stranger).get(reverse(name, args=[a_book(mr_chen).pk])).status_code == 404


def test_an_administrator_receives_a_lot_and_gives_a_book_of_it_out(mr_zhou: Staff, xinpu: Office):
    client = client_of(mr_zhou)
    typed = {"division": "320705", "slip_number": "领1", "code": "L", "first": "0001", "last": "0500"}

    refused = client.post(reverse("lot-receive"), typed | {"last": "500", "purpose": "contribution"})
    client.post(reverse("lot-receive"), typed | {"purpose": "contribution"})
    lot = ReceiptLot.objects.get()
    proposed = client.get(reverse("lot-allot", args=[lot.pk])).context["form"].initial
    client.post(reverse("lot-allot", args=[lot.pk]), {"office": xinpu.pk, "first": "0101", "last": "0200"})
    listed = page(mr_zhou, "lots")

    assert "号码位数相同" in refused.content.decode()
    assert proposed == {"first": "0001", "last": "0100"}
    assert ReceiptBook.objects.get().lot == lot
    assert "0001—0100" in listed
    assert "0201—0500" in listed


def test_a_lot_given_out_twice_is_refused_beside_the_numbers(mr_zhou: Staff, xinpu: Office):
    lot = a_lot(mr_zhou)
    a_book_of(lot, xinpu, mr_zhou)

    typed = {"office": xinpu.pk, "first": "00000100", "last": "00000150"}
    answer = client_of(mr_zhou).post(reverse("lot-allot", args=[lot.pk]), typed)

    assert answer.status_code == 422
    assert "重叠" in "".join(answer.context["form"].errors["first"])


def test_the_stock_is_told_by_office_and_holder(
    used_up: ReceiptBook,  # noqa: F811
    mrs_ma: Staff,  # noqa: F811
    mr_chen: Staff,
    aunt_liu: Staff,
):
    verify_book(book_id=used_up.pk, void_copies=[100], by=mrs_ma, at=at("2007-10-26 09:00"))
    a_book(mr_chen, code="B", count=15, clerk_id=aunt_liu.pk)
    a_book(mr_chen, code="C", count=30, stored=True)
    lose(a_book(mr_chen, code="D", count=7), mr_chen)

    offices = client_of(mr_chen).get(reverse("book-stock")).context["offices"]

    rows = {row.holder: row for row in offices[0].rows}
    hers, stored, shared = rows["刘阿姨"], rows["在库，未领用"], rows["本机构共用"]
    assert (hers.books, hers.size, hers.used, hers.voided, hers.stock, hers.is_low) == (2, 17, 2, 1, 15, True)
    assert (stored.stock, stored.used, stored.is_low) == (30, 0, False)
    assert (shared.stock, shared.blocked, shared.lost, shared.waiting) == (0, 7, 1, 1)
    total = offices[0].total
    assert total.size == total.used + total.stock + total.blocked + total.gone == 54


def test_the_list_can_be_of_one_holder(mr_chen: Staff, aunt_liu: Staff, xinpu: Office):
    a_book(mr_chen, code="A", clerk_id=aunt_liu.pk)
    a_book(mr_chen, code="B")
    client = client_of(mr_chen)

    hers = client.get(reverse("books"), {"office": xinpu.pk, "clerk": aunt_liu.pk}).context["books"]
    shared = client.get(reverse("books"), {"office": xinpu.pk, "clerk": 0}).context["books"]

    assert [row.book.code for row in hers] == ["A"]
    assert [row.book.code for row in shared] == ["B"]


def test_verified_books_stand_by_themselves_with_the_day_of_their_stubs(used_up, mr_chen, mrs_ma):  # noqa: F811
    verify_book(book_id=used_up.pk, void_copies=[100], by=mrs_ma, at=at("2007-10-26 09:00"))

    answer = client_of(mr_chen).get(reverse("books"))

    assert answer.context["books"] == []
    assert [row.book for row in answer.context["verified"]] == [used_up]
    assert "2012-10-26" in answer.content.decode()


@pytest.mark.parametrize(
    ("own", "shared", "told"),
    [
        pytest.param(21, 0, "", id="本人还够"),
        pytest.param(20, 0, "您的收据只剩 20 张，请向主管领新票。", id="本人快用完"),
        pytest.param(20, 300, "用完接着用共用的（余 300 张）", id="还有共用的"),
        pytest.param(0, 300, "", id="共用的还够"),
        pytest.param(0, 9, "本机构共用的收据只剩 9 张，请告诉主管。", id="共用的快用完"),
        pytest.param(0, 0, "", id="没有号码另有说明"),
    ],
)
def test_a_clerk_is_told_when_numbers_run_low(mr_chen: Staff, aunt_liu: Staff, own: int, shared: int, told: str):
    if own:
        a_book(mr_chen, code="OWN", count=own, clerk_id=aunt_liu.pk)
    if shared:
        a_book(mr_chen, code="SHARED", count=shared)

    said = day_of(aunt_liu).few_numbers

    assert told in said
    assert bool(told) == bool(said)


def test_the_counter_shows_the_line(pay: Pay, mr_chen: Staff, aunt_liu: Staff, zhang_household: Household, settings):
    settings.DEMO = True
    a_book(mr_chen, count=5, clerk_id=aunt_liu.pk)
    client = Client()
    client.force_login(aunt_liu)
    live_in(aunt_liu.office, "2007-10-25 09:00")

    text = client.get(reverse("household", args=[zhang_household.pk])).content.decode()

    assert "您的收据只剩 5 张" in text


def test_what_waits_is_on_the_supervisors_page(used_up: ReceiptBook, mr_chen: Staff):  # noqa: F811
    assert "用完、停用的票据待核销" in page(mr_chen, "home")


def test_a_stored_book_is_none_of_the_numbers_left(mr_chen: Staff, aunt_liu: Staff):
    book = a_book(mr_chen, clerk_id=aunt_liu.pk)
    take_back_book(book_id=book.pk, by=mr_chen, at=at("2007-10-01 09:00"))

    assert day_of(aunt_liu).book is False
