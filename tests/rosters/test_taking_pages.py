"""入账 on the page of a roster: which book, one press, and what came of it; a large one goes to a worker."""

import re

import pytest
from django.urls import reverse

from offices import jobs
from payments.models import Receipt
from rosters.models import RosterTaking
from rosters.services import taking
from tests.builders import make_staff
from tests.payments.conftest import a_book, rulesets  # noqa: F401 - fixture
from tests.rosters.deposited import deposited, village_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


@pytest.fixture
def duan(songyang):
    """The supervisor of 嵩阳街道."""
    return make_staff(songyang, "duan", name="段主任", role="supervisor")


@pytest.fixture
def roster(miss_yang):
    """A roster of ten households, deposited in time and taken in today's year."""
    return deposited(miss_yang, village_of(30))


def test_the_clerk_sees_what_is_to_come_and_takes_it(client, miss_yang, duan, roster):
    book = a_book(duan, code="530127-16A", first=1, count=40)
    client.force_login(miss_yang)

    shown = client.get(reverse("roster", args=[roster.pk])).content.decode()
    answer = client.post(reverse("roster-take", args=[roster.pk]), {"book": book.pk}, follow=True)

    assert "收据 10 张" in shown
    assert "530127-16A 00000001 起，剩 40 张" in shown
    assert "已入账：10户30人，4500.00元，收据10张。" in answer.content.decode()
    assert "已入账" in answer.content.decode()
    assert "<dd>00000001 至 00000010</dd>" in answer.content.decode()
    assert RosterTaking.objects.get().by == miss_yang


def test_a_second_press_is_told_that_it_is_done_though_the_book_is_used_up(client, miss_yang, duan, roster):
    book = a_book(duan, code="530127-16A", first=1, count=10)
    client.force_login(miss_yang)

    client.post(reverse("roster-take", args=[roster.pk]), {"book": book.pk})
    again = client.post(reverse("roster-take", args=[roster.pk]), {"book": book.pk}, follow=True)

    assert "这份名册已经入账，没有再收。" in again.content.decode()
    assert Receipt.objects.count() == 10


def test_without_a_book_that_lasts_the_page_says_what_is_missing(client, miss_yang, duan, roster):
    a_book(duan, code="530127-16A", first=1, count=4)
    client.force_login(miss_yang)

    shown = client.get(reverse("roster", args=[roster.pk])).content.decode()
    answer = client.post(reverse("roster-take", args=[roster.pk]))

    assert "只剩4个，还差6个" in shown
    assert reverse("roster-take", args=[roster.pk]) in shown
    assert answer.status_code == 422
    assert not Receipt.objects.exists()


def test_a_large_roster_is_taken_by_a_worker(client, miss_yang, duan, roster, monkeypatch):
    a_book(duan, code="530127-16A", first=1, count=40)
    monkeypatch.setattr(taking, "AT_ONCE", 20)
    client.force_login(miss_yang)

    waiting = client.post(reverse("roster-take", args=[roster.pk]), follow=True).content.decode()
    assert "正在排队" in waiting
    assert not RosterTaking.objects.exists()
    assert jobs.run_next()
    done = client.get(reverse("roster", args=[roster.pk])).content.decode()

    assert RosterTaking.objects.get().receipts == 10
    assert "已入账" in done


def test_what_the_worker_refused_stands_on_the_page(client, miss_yang, duan, roster, monkeypatch):
    book = a_book(duan, code="530127-16A", first=1, count=40)
    monkeypatch.setattr(taking, "AT_ONCE", 20)
    client.force_login(miss_yang)
    client.post(reverse("roster-take", args=[roster.pk]))
    type(book).objects.update(closed_at=roster.created_at)

    jobs.run_next()
    shown = client.get(reverse("roster", args=[roster.pk])).content.decode()

    assert "没有可用的票据号段" in shown


def test_another_offices_clerk_does_not_find_the_roster(client, aunt_liu, roster):
    client.force_login(aunt_liu)

    assert client.post(reverse("roster-take", args=[roster.pk])).status_code == 404


def test_who_is_registered_anew_is_told_before_the_taking_and_the_same_after_it(client, miss_yang, duan, roster):
    book = a_book(duan, code="530127-16A", first=1, count=40)
    client.force_login(miss_yang)

    before = client.get(reverse("roster", args=[roster.pk]))
    client.post(reverse("roster-take", args=[roster.pk]), {"book": book.pk})
    after = client.get(reverse("roster", args=[roster.pk]))

    assert "新登记 30 人，其中新户 10 户。" in before.content.decode()
    assert before.context["newcomers"] == after.context["newcomers"]


def test_the_receipts_of_a_roster_are_one_press_from_the_printer(client, miss_yang, duan, roster):
    book = a_book(duan, code="530127-16A", first=1, count=40)
    client.force_login(miss_yang)
    client.post(reverse("roster-take", args=[roster.pk]), {"book": book.pk})

    page = client.get(reverse("roster", args=[roster.pk])).content.decode()
    form = page.split(f'action="{reverse("print-batch")}"')[1].split("</form>")[0]
    sent = dict(re.findall(r'<input type="hidden" name="(book|first|last|form)" value="([^"]*)">', form))
    choice = client.post(reverse("print-batch"), sent | {"look": "1"}).context["choice"]

    assert sent == {"book": "530127-16A", "first": "1", "last": "10", "form": "half"}
    assert "打印这 10 张收据" in form
    assert set(choice.ids) == set(Receipt.objects.values_list("pk", flat=True))
    assert choice.count == 10


def test_a_colleague_is_told_who_prints_them(client, miss_yang, duan, roster, songyang):
    book = a_book(duan, code="530127-16A", first=1, count=40)
    client.force_login(miss_yang)
    client.post(reverse("roster-take", args=[roster.pk]), {"book": book.pk})
    client.force_login(make_staff(songyang, "he", name="何经办"))

    page = client.get(reverse("roster", args=[roster.pk])).content.decode()

    assert reverse("print-batch") not in page.split("<main")[1]
    assert f"由入账的{miss_yang.name}或主管" in page
