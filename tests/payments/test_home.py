"""首页: each role begins where its work is; the supervisor's day is right to the yuan."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from common.relations import HEAD
from enrollment.services import verify_papers
from households.drafts import CertificationDraft, PaperDraft
from households.models import Household
from households.services import end_membership
from offices.models import Office, Staff
from payments.models import ReceiptBook
from payments.services import cancel_sponsored, void_receipt
from payments.today import office_day, offices_overview
from tests.builders import at, make_household, make_staff, member
from tests.payments.conftest import Pay, a_book

EVENING = at("2007-10-25 17:00")


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def alone(by: Staff, name: str) -> Household:
    head = member(name, HEAD, papers=(PaperDraft("id_card"),), photos=2)
    return make_household(by, head, papers=(PaperDraft("hukou_book"),), moment="2007-10-20 09:00")


@pytest.mark.parametrize(
    ("who", "page"),
    [
        pytest.param("aunt_liu", "counter", id="经办员到收款台"),
        pytest.param("mrs_wu", "acts", id="审计员到操作日志"),
    ],
)
def test_each_role_begins_at_its_work(request: pytest.FixtureRequest, who: str, page: str):
    answer = client_of(request.getfixturevalue(who)).get(reverse("home"))

    assert answer["Location"] == reverse(page)


def test_the_day_is_counted_by_clerk_without_what_was_voided(
    zhang_household: Household, aunt_liu: Staff, mr_chen: Staff, xinpu: Office, book: ReceiptBook, pay: Pay
):
    pay(alone(aunt_liu, "王大力"), aunt_liu, "120.00", at=at("2007-10-24 16:00"))
    pay(zhang_household, aunt_liu, "420.00")
    wrong = pay(alone(aunt_liu, "王小满"), aunt_liu, "120.00").receipt_id
    pay(alone(aunt_liu, "欧阳春"), mr_chen, "120.00")
    void_receipt(receipt_id=wrong, reason="收错", by=mr_chen, at=EVENING)

    day = office_day(xinpu, at=EVENING)

    assert [(row.name, row.receipts, row.households, row.persons, row.amount) for row in day.clerks] == [
        ("陈主任", 1, 1, 1, Decimal("120.00")),
        ("刘阿姨", 1, 1, 4, Decimal("420.00")),
    ]
    assert (day.total.receipts, day.total.persons, day.total.amount) == (2, 5, Decimal("540.00"))
    assert day.voided == 1
    assert [(str(past.day), past.receipts, past.amount) for past in day.days] == [("2007-10-24", 1, Decimal("120.00"))]


def test_who_pays_nothing_counts_among_the_persons_until_cancelled(miss_yang: Staff, songyang: Office, pay: Pay):
    listed = CertificationDraft(category="dibao", funder_list="民政名单")
    head = member("何文", HEAD, hukou_division="530127", certifications=(listed,), papers=(PaperDraft("id_card"),))
    household = make_household(miss_yang, head, moment="2016-11-01 09:00")
    duan = make_staff(songyang, "duan", role="supervisor")
    evening = at("2016-11-08 17:00")

    pay(household, miss_yang, "0.00", coverage_year=2017, at=at("2016-11-08 10:00"))
    paid = office_day(songyang, at=evening).total
    cancel_sponsored(household_id=household.pk, coverage_year=2017, reason="误登", by=duan, at=evening)
    cancelled = office_day(songyang, at=evening).total

    assert (paid.households, paid.persons, paid.receipts) == (1, 1, 0)
    assert (cancelled.households, cancelled.persons) == (0, 0)


def test_households_found_complete_and_not_paid_wait(
    zhang_household: Household, aunt_liu: Staff, xinpu: Office, book: ReceiptBook, pay: Pay
):
    verify_papers(household_id=zhang_household.pk, coverage_year=2008, by=aunt_liu, at=at("2007-10-25 09:30"))
    waiting = office_day(xinpu, at=EVENING).verified_unpaid
    pay(zhang_household, aunt_liu, "420.00")

    assert (waiting, office_day(xinpu, at=EVENING).verified_unpaid) == (1, 0)


def test_a_household_that_is_no_more_is_not_waited_for(zhang_household: Household, aunt_liu: Staff, xinpu, rulesets):
    alone_now = alone(aunt_liu, "王大力")
    for household in (zhang_household, alone_now):
        verify_papers(household_id=household.pk, coverage_year=2008, by=aunt_liu, at=at("2007-10-25 09:30"))
    membership = alone_now.memberships.get()
    end_membership(membership_id=membership.pk, last_day=EVENING.date(), by=aunt_liu, at=EVENING)

    assert office_day(xinpu, at=EVENING).verified_unpaid == 1


def test_low_numbers_are_seen(aunt_liu: Staff, mr_chen: Staff, xinpu: Office, rulesets):
    a_book(mr_chen, code="A", count=3, clerk_id=aunt_liu.pk)

    numbers = office_day(xinpu, at=EVENING).numbers

    assert [(row.name, row.left, row.is_low) for row in numbers] == [("本机构共用", 0, True), ("刘阿姨", 3, True)]


def test_numbers_for_the_workmanship_fee_are_counted_apart(mr_chen: Staff, xinpu: Office, book: ReceiptBook, mr_zhou):
    left = offices_overview(mr_zhou)[0].left
    a_book(mr_chen, code="G", count=5, purpose="workmanship")

    shared, fee = office_day(xinpu, at=EVENING).numbers

    assert (shared.left, fee.name, fee.left, fee.is_low) == (book.left, "工本费", 5, True)
    assert offices_overview(mr_zhou)[0].left == left


def test_a_supervisor_sees_the_day_and_the_way_to_the_counter(mr_chen: Staff, rulesets, book: ReceiptBook):
    page = client_of(mr_chen).get(reverse("home")).content.decode()

    assert reverse("counter") in page
    assert f'hx-get="{reverse("rosters-told")}"' in page
    assert "今天还没有收款" in page


def test_the_day_costs_the_same_number_of_queries_however_full(
    aunt_liu: Staff, xinpu: Office, book: ReceiptBook, pay: Pay, django_assert_max_num_queries
):
    for number in range(5):
        pay(alone(aunt_liu, f"赵{'一二三四五'[number]}"), aunt_liu, "120.00")

    with django_assert_max_num_queries(15):
        office_day(xinpu, at=EVENING)


def test_an_administrator_sees_the_offices_of_the_own_divisions(
    mr_zhou: Staff, xinpu: Office, songyang: Office, rulesets, book: ReceiptBook
):
    rows = {line.office.name: (line.ruleset, line.staff, line.left) for line in offices_overview(mr_zhou)}
    page = client_of(mr_zhou).get(reverse("home")).content.decode()

    assert rows["新浦街道劳动保障所"] == ("连云港市市区城镇居民基本医疗保险", 1, 100)
    assert rows["嵩阳街道社会事务保障所"][2] == 0
    assert "快用完" in page
