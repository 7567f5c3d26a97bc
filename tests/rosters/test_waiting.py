"""留意: the supervisor's start page names the rosters that wait to be submitted and the lists that wait for 入库."""

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import Staff
from payments.models import ReceiptBook
from payments.services import SlipDraft
from rosters.lists.importing import import_list
from rosters.models import RosterDeposit, RosterTaking
from rosters.services import deposit, submit_roster, withdraw_submission
from rosters.waiting import Waiting, lists_waiting, rosters_waiting
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.rosters.lists_made import NOVEMBER, OCTOBER, ONE, draft, rows, took_in
from tests.rosters.made import LI
from tests.rosters.roster_builders import MOMENT, a_roster, a_village, agreed, deposited, handed_in, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


@pytest.fixture
def roster(miss_yang: Staff, boss: Staff):
    """A roster that is taken; another one waits for the bank."""
    a_village()
    found = a_roster(miss_yang)
    handed_in(found, miss_yang)
    agreed(found, miss_yang)
    deposited(found, miss_yang)
    taken(found, miss_yang, boss)
    a_roster(miss_yang, group="2组")
    return found


def taken_too(roster, by: Staff) -> None:
    made = RosterDeposit.objects.get(agreement__roster=roster)
    book = ReceiptBook.objects.get(code="530127-16R")
    given = {"households": 1, "persons": 1, "receipts": 1, "amount": made.amount, "at": MOMENT, "by": by}
    RosterTaking.objects.create(deposit=made, book=book, first=3, last=3, **given)


def told(staff: Staff) -> str:
    client = Client()
    client.force_login(staff)
    return client.get(reverse("rosters-told")).content.decode()


def test_a_roster_waits_from_its_taking_until_it_is_submitted(roster, boss):
    waits = rosters_waiting(boss)
    submit_roster(roster_id=roster.pk, by=boss, at=MOMENT)
    submitted = rosters_waiting(boss)
    withdraw_submission(roster_id=roster.pk, reason="漏了一页", by=boss, at=MOMENT)

    assert (waits, submitted) == (Waiting(1, roster.pk), Waiting(0, None))
    assert rosters_waiting(boss).only == roster.pk


def test_a_list_waits_until_it_is_taken_in(boss):
    took_in(boss, ("普一", ONE, "低保"))
    taken_in = lists_waiting(boss)
    found = import_list(draft=draft(rows(("李大山", LI, "低保")), month="2016-11-01"), by=boss, at=NOVEMBER)

    assert taken_in.count == 0
    assert lists_waiting(boss) == Waiting(1, found.pk)


def test_lists_of_another_street_or_of_the_agency_do_not_wait_here(boss, mr_chen):
    import_list(draft=draft(rows(("李大山", LI, "低保"))), by=boss, at=OCTOBER)
    import_list(draft=draft(rows(("普一", ONE, "")), kind="died", funder=""), by=boss, at=OCTOBER)

    assert lists_waiting(boss).count == 1
    assert (lists_waiting(mr_chen).count, rosters_waiting(mr_chen).count) == (0, 0)


def test_the_start_page_leads_to_what_waits(roster, boss):
    found = import_list(draft=draft(rows(("李大山", LI, "低保"))), by=boss, at=OCTOBER)

    page = told(boss)

    assert f'href="{reverse("roster", args=[roster.pk])}">花名册已入账、待上报</a><strong>1 份' in page
    assert f'href="{reverse("funder-list", args=[found.pk])}">部门名单待入库</a><strong>1 份' in page


def test_several_lead_to_the_list_of_them(roster, boss, miss_yang):
    another = a_roster(miss_yang, group="3组")
    handed_in(another, miss_yang, [["1", "赵六", ONE, "户主", "", 150]])
    agreed(another, miss_yang, "150.00", 1)
    given = SlipDraft("农行9", MOMENT.date(), 150, "农业银行")
    deposit(roster_id=another.pk, slip=given, by=miss_yang, at=MOMENT)
    taken_too(another, miss_yang)

    assert f'href="{reverse("rosters")}?stage=taken">花名册已入账、待上报</a><strong>2 份' in told(boss)


def test_what_waits_costs_two_statements_however_much_there_is(roster, boss, django_assert_num_queries):
    import_list(draft=draft(rows(("李大山", LI, "低保"))), by=boss, at=OCTOBER)

    with django_assert_num_queries(2):
        rosters_waiting(boss)
        lists_waiting(boss)


def test_nothing_is_told_where_nothing_waits(boss):
    assert told(boss).strip() == ""
