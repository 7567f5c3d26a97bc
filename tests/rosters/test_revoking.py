"""撤回已入库的名单: what a wrong list did is undone, the one before is in force again, what was paid by it is told."""

from datetime import date

import pytest

from common.decision import Refusal
from households.models import Certification, Person
from offices.models import Act
from rosters.lists.applying import settle_list
from rosters.lists.importing import import_list
from rosters.lists.revoking import Revoked, revoke_list
from rosters.lists.standing import mismatches
from rosters.models import FunderList
from rosters.place import choose
from tests.builders import at
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import pay_for, songming_book
from tests.rosters.lists_made import NOVEMBER, OCTOBER, ONE, THREE, TWO, draft, home, took_in
from tests.rosters.made import csv_of
from tests.rosters.test_lists import payable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]
LATER = at("2016-11-12 09:00")


def test_the_list_before_is_in_force_again_and_so_is_what_it_certified(boss, miss_yang):
    household = home(miss_yang, ("普一", ONE), ("普二", TWO))
    october = took_in(boss, ("普一", ONE, "低保"))
    wrong = took_in(boss, ("普二", TWO, "低保"), month="2016-11-01", moment=NOVEMBER)
    assert payable(household, LATER) == [150, 0]

    done = revoke_list(list_id=wrong.pk, reason="发错了文件", by=boss, at=LATER)

    assert done == Revoked(ended=1, reopened=1, stays=0)
    assert payable(household, LATER) == [0, 150]
    assert list(FunderList.objects.current()) == [october]
    wrong.refresh_from_db()
    assert (wrong.withdrawn_at, wrong.withdraw_reason) == (LATER, "发错了文件")
    assert Act.objects.get(verb="revoke_list").detail["reason"] == "发错了文件"


def test_a_certificate_that_somebody_showed_is_only_no_longer_marked(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    person = Person.objects.get()
    shown = Certification.objects.create(person=person, category="dibao", kind="低保证", number="D1")
    wrong = took_in(boss, ("普一", ONE, "低保"))

    revoke_list(list_id=wrong.pk, reason="发错了文件", by=boss, at=LATER)

    shown.refresh_from_db()
    assert (shown.funder_list, shown.ended_on) == ("", None)


def test_a_disability_certificate_is_marked_by_the_list_before_again(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    Certification.objects.create(
        person=Person.objects.get(), disability_kind="肢体", disability_grade=1, funder_list="残联名单"
    )
    wrong = took_in(boss, ("普三", THREE, "重度残疾"), month="2016-11-01", funder="disabled_persons_federation")
    assert Certification.objects.get(ended_on=None).funder_list == ""

    revoke_list(list_id=wrong.pk, reason="发错了文件", by=boss, at=LATER)

    assert Certification.objects.get(ended_on=None).funder_list == "残联名单"


def test_who_was_paid_for_by_it_stays_so_and_is_told(boss, miss_yang, songyang):
    songming_book(songyang)
    household = home(miss_yang, ("普一", ONE))
    right = took_in(boss, ("普三", THREE, "低保"))
    wrong = took_in(boss, ("普三", THREE, "低保"), ("普一", ONE, "低保"), month="2016-11-01", moment=NOVEMBER)
    pay_for(household, miss_yang, total=0, moment=at("2016-11-11 10:00"))

    done = revoke_list(list_id=wrong.pk, reason="发错了文件", by=boss, at=LATER)

    assert done.stays == 1
    assert Certification.objects.get().ended_on == date(2016, 11, 11)
    assert [each.name for each in mismatches(choose({}, staff=boss), "beyond")] == ["普一"]
    assert list(FunderList.objects.current()) == [right]


def test_only_the_list_in_force_is_taken_back_and_with_a_reason(boss, miss_yang):
    october = took_in(boss, ("普一", ONE, "低保"))
    november = took_in(boss, ("普一", ONE, "低保"), month="2016-11-01", moment=NOVEMBER)

    with pytest.raises(Refusal, match="不是现行的"):
        revoke_list(list_id=october.pk, reason="发错了文件", by=boss, at=LATER)
    with pytest.raises(Refusal, match="事由"):
        revoke_list(list_id=november.pk, reason=" ", by=boss, at=LATER)
    with pytest.raises(Refusal):
        revoke_list(list_id=november.pk, reason="发错了文件", by=miss_yang, at=LATER)


def test_of_the_agencys_list_what_was_registered_stays(boss, miss_yang):
    home(miss_yang, ("普一", ONE), ("普二", TWO))
    data = csv_of([["姓名", "身份证号", "死亡时间"], ["普二", TWO, "2016-09-29"]])
    found = import_list(draft=draft(data, kind="died", funder=""), by=boss, at=OCTOBER)
    settle_list(list_id=found.pk, by=boss, at=OCTOBER)

    assert revoke_list(list_id=found.pk, reason="发错了文件", by=boss, at=LATER).stays == 1
    assert Person.objects.get(name="普二").died_on == date(2016, 9, 29)
