"""退回、遗失、核销: how a book ends, who looks at it then, and that there is no new one before that."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from common.decision import Refusal
from households.models import Household
from offices.models import Act, Staff
from payments.books.shown import books_shown, stock
from payments.books.told import book_story
from payments.models import BookLoss, BookVerification, ReceiptBook
from payments.services import (
    allot_book,
    bank_remittance,
    book_for,
    close_book,
    report_lost_book,
    return_book,
    reverse_receipt,
    take_back_book,
    verify_book,
    void_receipt,
    void_workmanship,
)
from payments.services.book_checks import remitted_of
from tests.acting import as_owner
from tests.builders import at, make_staff
from tests.payments.card_builders import fill_fees, give, workmanship_book
from tests.payments.conftest import Pay, a_book
from tests.payments.money_builders import remit, settle, slip

EVENING = at("2007-10-25 17:00")
NEXT_DAY = at("2007-10-26 09:00")


@pytest.fixture
def mrs_ma(mr_chen: Staff) -> Staff:
    """Another supervisor of 新浦街道, who takes no money."""
    return make_staff(mr_chen.office, "ma", name="马副主任", role="supervisor")


@pytest.fixture
def used_up(pay: Pay, mr_chen: Staff, aunt_liu: Staff, zhang_household: Household) -> ReceiptBook:
    """A book of Aunt Liu's, used up by one receipt that was voided and one that stands."""
    book = a_book(mr_chen, first=100, count=2, clerk_id=aunt_liu.pk)
    first = pay(zhang_household, aunt_liu, "420.00")
    void_receipt(receipt_id=first.receipt_id, reason="卡纸", by=mr_chen, at=at("2007-10-25 10:05"))
    pay(zhang_household, aunt_liu, "420.00", at=at("2007-10-25 10:10"))
    book.refresh_from_db()
    return book


def lose(book: ReceiptBook, by: Staff, **more: object) -> BookLoss:
    given = {
        "place": "新浦街道至东村途中",
        "lost_at": at("2007-10-25 14:00"),
        "circumstances": "下村收款途中票包滑落，沿路寻找未果。",
        "reporter_id": by.pk,
    }
    return report_lost_book(book_id=book.pk, **(given | more), by=by, at=EVENING)


def test_a_verification_freezes_the_counts_and_tells_how_long_the_stubs_stay(used_up: ReceiptBook, mrs_ma: Staff):
    done = verify_book(book_id=used_up.pk, void_copies=[100], by=mrs_ma, at=NEXT_DAY)

    assert (done.valid, done.voided, done.unused, done.void_copies_seen) == (1, 1, 0, 1)
    assert (str(done.amount), done.remitted) == ("420.00", 0)
    assert done.stubs_kept_until.isoformat() == "2012-10-26"
    assert used_up.holdings.get().ended_at == NEXT_DAY
    assert Act.objects.get(verb="verify_book").detail["voided"] == 1


@pytest.mark.parametrize("seen", [[], [101]])
def test_each_void_receipt_must_be_at_hand(used_up: ReceiptBook, mrs_ma: Staff, seen: list[int]):
    with pytest.raises(Refusal, match="作废收据 00000100 共1张的各联还没有查验"):
        verify_book(book_id=used_up.pk, void_copies=seen, by=mrs_ma, at=NEXT_DAY)

    assert not BookVerification.objects.exists()


def test_a_book_in_use_is_not_verified(mr_chen: Staff, mrs_ma: Staff):
    book = a_book(mr_chen)

    with pytest.raises(Refusal, match="还在用，剩余100张"):
        verify_book(book_id=book.pk, void_copies=[], by=mrs_ma, at=NEXT_DAY)


def test_who_took_money_with_a_book_or_held_it_does_not_verify_it(
    pay: Pay, zhang_household: Household, mr_chen: Staff, mrs_ma: Staff, mr_zhou: Staff
):
    book = a_book(mr_chen, count=1)
    held = a_book(mr_chen, code="B", clerk_id=mrs_ma.pk)
    pay(zhang_household, mr_chen, "420.00")
    take_back_book(book_id=held.pk, by=mr_chen, at=EVENING)
    close_book(book_id=held.pk, by=mr_chen, at=EVENING)

    for one, by in ((book, mr_chen), (held, mrs_ma)):
        with pytest.raises(Refusal, match="须由没有用过它的另一位主管或管理员办理"):
            verify_book(book_id=one.pk, void_copies=[], by=by, at=NEXT_DAY)

    assert verify_book(book_id=book.pk, void_copies=[], by=mr_zhou, at=NEXT_DAY).valid == 1


def test_a_clerk_and_a_stranger_verify_nothing(used_up: ReceiptBook, aunt_liu: Staff, miss_yang: Staff):
    stranger = make_staff(miss_yang.office, "he", role="supervisor")

    with pytest.raises(Refusal, match="只能由主管、管理员办理"):
        verify_book(book_id=used_up.pk, void_copies=[100], by=aunt_liu, at=NEXT_DAY)
    with pytest.raises(Refusal, match="找不到这个票据号段"):
        verify_book(book_id=used_up.pk, void_copies=[100], by=stranger, at=NEXT_DAY)


def test_a_book_is_verified_once_and_stays_so(used_up: ReceiptBook, mrs_ma: Staff, mr_chen: Staff):
    verify_book(book_id=used_up.pk, void_copies=[100], by=mrs_ma, at=NEXT_DAY)

    with pytest.raises(Refusal, match="已于2007-10-26核销，不必再核销"):
        verify_book(book_id=used_up.pk, void_copies=[100], by=mrs_ma, at=NEXT_DAY)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic(), as_owner():
        BookVerification.objects.update(voided=0)
    for end in (lose, lambda book, by: return_book(book_id=book.pk, returned_to="财政局", by=by, at=NEXT_DAY)):
        with pytest.raises(Refusal, match="已经核销"):
            end(used_up, mr_chen)


def test_nothing_of_a_verified_book_is_voided(used_up: ReceiptBook, mrs_ma: Staff, mr_chen: Staff):
    verify_book(book_id=used_up.pk, void_copies=[100], by=mrs_ma, at=NEXT_DAY)
    receipt = used_up.receipts.get(number=101)

    with pytest.raises(Refusal, match="已于2007-10-26核销，不能再作废"):
        void_receipt(receipt_id=receipt.pk, reason="收错", by=mr_chen, at=NEXT_DAY)
    with pytest.raises(IntegrityError, match="was verified"), transaction.atomic():
        used_up.receipts.filter(number=101).update(voided_at=NEXT_DAY, voided_by=mr_chen, void_reason="收错")


@pytest.mark.parametrize("wrong", [{"valid": 2}, {"voided": 0}, {"unused": 1}, {"amount": 1}, {"void_copies_seen": 0}])
def test_the_database_itself_counts_again(used_up: ReceiptBook, mrs_ma: Staff, wrong: dict[str, int]):
    right = {"valid": 1, "voided": 1, "unused": 0, "amount": 420, "void_copies_seen": 1}

    with pytest.raises(IntegrityError, match=r"does not agree|no_more_than_voided"), transaction.atomic():
        BookVerification.objects.create(book=used_up, **(right | wrong), verified_at=NEXT_DAY, by=mrs_ma)


def test_the_database_itself_wants_a_second_person(used_up: ReceiptBook, aunt_liu: Staff):
    right = {"valid": 1, "voided": 1, "unused": 0, "amount": 420, "void_copies_seen": 1}

    with pytest.raises(IntegrityError, match="does not agree"), transaction.atomic():
        BookVerification.objects.create(book=used_up, **right, verified_at=NEXT_DAY, by=aunt_liu)


def test_no_new_book_for_an_office_before_the_old_one_is_verified(used_up: ReceiptBook, mr_chen, mrs_ma):
    with pytest.raises(Refusal, match="旧票据 32070107 00000100—00000101 已经用完或停用，还没有核销，不能领新票"):
        a_book(mr_chen, code="NEW")
    workmanship_book(mr_chen)  # another kind of money

    verify_book(book_id=used_up.pk, void_copies=[100], by=mrs_ma, at=NEXT_DAY)

    assert a_book(mr_chen, code="NEW").left == 100


def test_no_new_book_for_a_clerk_before_hers_is_verified(pay: Pay, mr_chen, mrs_ma, aunt_liu, zhang_household):
    spare = a_book(mr_chen, code="SPARE", stored=True)
    old = a_book(mr_chen, count=1, clerk_id=aunt_liu.pk)
    pay(zhang_household, aunt_liu, "420.00")

    with pytest.raises(Refusal, match="刘阿姨的旧票据 32070107 00012346—00012346 已经用完或停用"):
        allot_book(book_id=spare.pk, clerk_id=aunt_liu.pk, by=mr_chen, at=EVENING)
    allot_book(book_id=spare.pk, clerk_id=mrs_ma.pk, by=mr_chen, at=EVENING)
    take_back_book(book_id=spare.pk, by=mr_chen, at=EVENING)
    verify_book(book_id=old.pk, void_copies=[], by=mrs_ma, at=EVENING)
    allot_book(book_id=spare.pk, clerk_id=aunt_liu.pk, by=mr_chen, at=NEXT_DAY)

    assert book_for(aunt_liu) == spare


def test_the_counter_goes_on_with_the_next_book_she_holds_already(pay: Pay, mr_chen, aunt_liu, zhang_household):
    a_book(mr_chen, code="A", count=1, clerk_id=aunt_liu.pk)
    a_book(mr_chen, code="B", clerk_id=aunt_liu.pk)
    first = pay(zhang_household, aunt_liu, "420.00")
    void_receipt(receipt_id=first.receipt_id, reason="卡纸", by=mr_chen, at=at("2007-10-25 10:05"))

    second = pay(zhang_household, aunt_liu, "420.00", at=at("2007-10-25 10:10"))

    assert (first.book_code, second.book_code) == ("A", "B")


def test_a_returned_book_leaves_the_stock(mr_chen: Staff, aunt_liu: Staff, mrs_ma: Staff):
    book = a_book(mr_chen, clerk_id=aunt_liu.pk)

    return_book(book_id=book.pk, returned_to="新浦区财政局", document="退07-3", by=mr_chen, at=EVENING)

    assert book_for(aunt_liu) is None
    assert book.holdings.get().ended_at == EVENING
    assert verify_book(book_id=book.pk, void_copies=[], by=mrs_ma, at=NEXT_DAY).unused == 100
    with pytest.raises(Refusal, match="停用、退回或遗失，号码不再使用"):
        allot_book(book_id=book.pk, clerk_id=None, by=mr_chen, at=NEXT_DAY)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [({"returned_to": " "}, "请写明退回给哪个单位"), ({"document": "9" * 41}, "退票单号，最多40个字")],
)
def test_a_return_says_where_to(mr_chen: Staff, more: dict[str, str], sentence: str):
    book = a_book(mr_chen)

    with pytest.raises(Refusal, match=sentence):
        return_book(book_id=book.pk, **({"returned_to": "财政局"} | more), by=mr_chen, at=EVENING)

    assert ReceiptBook.objects.get().closed_at is None


def test_a_used_up_book_has_nothing_to_return(used_up: ReceiptBook, mr_chen: Staff):
    with pytest.raises(Refusal, match="没有未用的号码可退"):
        return_book(book_id=used_up.pk, returned_to="财政局", by=mr_chen, at=EVENING)


def test_the_numbers_of_a_lost_book_are_blocked_for_good(mr_chen: Staff, aunt_liu: Staff):
    book = a_book(mr_chen, clerk_id=aunt_liu.pk)

    lose(book, mr_chen, reporter_id=aunt_liu.pk)

    assert book_for(aunt_liu) is None
    assert BookLoss.objects.get().reporter == aunt_liu
    for change in ({"closed_at": None}, {"next_number": 12347}, {"clerk": mr_chen.pk}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic(), as_owner():
            ReceiptBook.objects.filter(pk=book.pk).update(**change)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"place": ""}, "请写明在哪里遗失"),
        ({"circumstances": " "}, "请写明遗失的经过"),
        ({"lost_at": at("2007-10-25 17:01")}, "遗失时间不能晚于现在"),
        ({"reporter_id": 0}, "报告人应是本机构的工作人员"),
    ],
)
def test_a_report_of_loss_is_whole(mr_chen: Staff, more: dict[str, object], sentence: str):
    book = a_book(mr_chen)

    with pytest.raises(Refusal, match=sentence):
        lose(book, mr_chen, **more)

    assert ReceiptBook.objects.get().closed_at is None


def test_a_book_is_lost_once(mr_chen: Staff):
    book = a_book(mr_chen)
    lose(book, mr_chen)

    with pytest.raises(Refusal, match="已于2007-10-25报告遗失，不能再报告遗失"):
        lose(book, mr_chen)
    with pytest.raises(Refusal, match="已于2007-10-25报告遗失，不能再退回"):
        return_book(book_id=book.pk, returned_to="财政局", by=mr_chen, at=NEXT_DAY)


def test_the_void_copies_of_a_lost_book_may_be_lost_too(used_up: ReceiptBook, mr_chen: Staff, mrs_ma: Staff):
    lose(used_up, mr_chen)

    done = verify_book(book_id=used_up.pk, void_copies=[], note="随票包遗失", by=mrs_ma, at=NEXT_DAY)

    assert (done.voided, done.void_copies_seen) == (1, 0)


def test_a_loss_of_an_open_book_is_not_written_past_the_service(mr_chen: Staff):
    book = a_book(mr_chen)
    row = {"place": "途中", "lost_at": EVENING, "circumstances": "丢失", "reporter": mr_chen, "by": mr_chen}

    BookLoss.objects.create(book=book, reported_at=EVENING, **row)

    with pytest.raises(IntegrityError, match="is still open"):
        connection.check_constraints()


def test_a_workmanship_book_is_verified_with_its_own_receipts(
    pay: Pay, zhang_household, aunt_liu, mr_chen, mr_zhou, mrs_ma
):
    a_book(mr_chen)
    pay(zhang_household, aunt_liu, "420.00")
    fill_fees(mr_zhou)
    book = workmanship_book(mr_chen, count=1)
    issued = give(zhang_household, aunt_liu, cards={"张建国": "K001"}, total="3.00")

    done = verify_book(book_id=book.pk, void_copies=[], by=mrs_ma, at=EVENING)

    assert (done.valid, str(done.amount)) == (1, "3.00")
    with pytest.raises(Refusal, match="不能再作废"):
        void_workmanship(receipt_id=issued.receipt.pk, reason="收错", by=mr_chen, at=NEXT_DAY)


def test_a_verification_knows_what_had_gone_to_the_bank_by_then(
    pay: Pay, zhang_household: Household, aunt_liu: Staff, mr_chen: Staff, mrs_ma: Staff
):
    book = a_book(mr_chen, count=1)
    pay(zhang_household, aunt_liu, "420.00")
    line = settle(aunt_liu).lines.get()
    remittance = remit(mr_chen, line)
    made = remitted_of(book)
    bank_remittance(remittance_id=remittance.pk, slip=slip(remittance.amount), by=mr_chen, at=at("2007-10-26 10:00"))

    done = verify_book(book_id=book.pk, void_copies=[], by=mrs_ma, at=at("2007-10-26 11:00"))

    assert (str(made), str(done.remitted)) == ("0.00", "420.00")


def test_money_given_back_after_the_day_is_told_beside_the_receipts(
    pay: Pay, zhang_household: Household, aunt_liu: Staff, mr_chen: Staff
):
    book = a_book(mr_chen, count=1)
    receipt = pay(zhang_household, aunt_liu, "420.00").receipt_id
    settle(aunt_liu)
    given = {"means": "cash", "payee": "张建国", "reason": "重复参保", "clerk": aunt_liu, "by": mr_chen}
    reverse_receipt(receipt_id=receipt, **given, at=at("2007-10-26 09:00"))

    story = book_story(book.pk, staff=mr_chen)

    assert (story.valid, str(story.amount), story.reversals, str(story.reversed)) == (1, "420.00", 1, "420.00")


def test_a_book_lost_from_the_cupboard_was_nobodys(mr_chen: Staff, aunt_liu: Staff):
    shared = a_book(mr_chen, code="A")
    stored = a_book(mr_chen, code="B", stored=True)
    given_back = a_book(mr_chen, code="C", clerk_id=aunt_liu.pk)
    take_back_book(book_id=given_back.pk, by=mr_chen, at=at("2007-10-25 09:00"))

    for each in (shared, stored, given_back):
        lose(each, mr_chen)

    assert {each.book.code: each.holder for each in books_shown(mr_chen)} == {
        "A": "本机构共用",
        "B": "在库",
        "C": "在库",
    }
    (office,) = stock(mr_chen)
    assert [(row.holder, row.lost) for row in office.rows] == [("在库，未领用", 2), ("本机构共用", 1)]
