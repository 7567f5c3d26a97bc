"""History: who changed what, when, from what to what; readable, masked, and beyond anybody's reach."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from households.drafts import CertificationDraft, SeenToday
from households.history import history_of
from households.models import Certification, Household, Paper
from households.services import (
    add_member,
    correct_certification,
    mark_papers_seen,
    unmark_paper,
    update_household,
    update_person,
)
from offices.models import Staff
from tests.acting import as_owner
from tests.builders import SON, PaperDraft, at, id_number, newborn

NOON = at("2007-10-26 12:00")


def test_a_change_tells_who_when_what_before_and_after(zhang_household: Household, mr_chen: Staff):
    update_household(household_id=zhang_household.pk, address="东村5组1号", by=mr_chen, at=NOON)

    latest = history_of(zhang_household)[0]

    assert (latest.at, latest.by, latest.subject, latest.done) == (NOON, "陈主任", "本户", "更改")
    assert (latest.field, latest.before, latest.after) == ("居住地址", "新浦街道东村3组12号", "东村5组1号")
    assert latest.recorded_at.year > 2007


def test_a_registration_is_told_row_by_row(zhang_household: Household):
    rows = history_of(zhang_household)

    assert {row.by for row in rows} == {"刘阿姨"}
    assert {row.done for row in rows} == {"新增"}
    (certified,) = [row for row in rows if row.subject == "张小红 类别认定"]
    assert "残疾类别：肢体；残疾等级：2" in certified.after
    assert "原件查验时间：2007-10-25 09:00；原件查验人：刘阿姨" in certified.after
    assert len([row for row in rows if row.subject.endswith("家庭成员")]) == 5


def test_a_certification_tells_what_it_was(zhang_household: Household, aunt_liu: Staff):
    certification = Certification.objects.get()
    draft = CertificationDraft(disability_kind="肢体", disability_grade=3, kind="残疾人证", original_seen=True)

    correct_certification(certification_id=certification.pk, draft=draft, by=aunt_liu, at=NOON)

    changed = {row.field: (row.before, row.after) for row in history_of(zhang_household) if row.done == "更改"}
    assert changed == {
        "残疾等级": ("2", "3"),
        "复印件留存时间": ("2007-10-25 09:00", ""),
        "复印件留存人": ("刘阿姨", ""),
    }


def test_numbers_are_masked(zhang_household: Household, aunt_liu: Staff):
    child = newborn("张宝宝")
    membership = add_member(household_id=zhang_household.pk, draft=child, by=aunt_liu, at=NOON)
    number = id_number("2007-10-01", serial=7)
    update_person(person_id=membership.person_id, changes={"id_no": number}, by=aunt_liu, at=at("2007-11-20 09:00"))

    rows = history_of(zhang_household)

    (given,) = [row for row in rows if row.field == "身份证号"]
    assert (given.before, given.after) == ("", f"320705********{number[14:]}")
    told = "".join(row.before + row.after for row in rows)
    assert number not in told
    assert child.mother_id_no not in told


def test_what_was_taken_back_is_still_told(zhang_household: Household, aunt_liu: Staff):
    paper = Paper.objects.get(document="hukou_book")

    unmark_paper(paper_id=paper.pk, by=aunt_liu, at=NOON)

    latest = history_of(zhang_household)[0]
    assert (latest.subject, latest.done) == ("本户 材料", "删除")
    assert latest.before.startswith("材料：hukou_book")


def test_the_number_of_statements_does_not_grow(zhang_household: Household, aunt_liu: Staff):
    with CaptureQueriesContext(connection) as short:
        history_of(zhang_household)
    for day in range(1, 9):
        update_household(
            household_id=zhang_household.pk, address=f"东村{day}组", by=aunt_liu, at=at(f"2007-11-0{day} 09:00")
        )
    add_member(household_id=zhang_household.pk, draft=newborn("张宝宝", SON), by=aunt_liu, at=NOON)
    with CaptureQueriesContext(connection) as long:
        history_of(zhang_household)

    assert len(short) == len(long) == 8


def test_papers_ticked_in_one_go_are_told(zhang_household: Household, aunt_liu: Staff):
    ming = zhang_household.memberships.get(person__name="张明").person
    seen = SeenToday(papers=((ming.pk, PaperDraft("id_card", copies=1)),), photos={ming.pk: 2})

    mark_papers_seen(household_id=zhang_household.pk, seen=seen, by=aunt_liu, at=NOON)

    told = [(row.subject, row.field, row.after) for row in history_of(zhang_household) if row.at == NOON]
    assert ("张明", "已交照片张数", "2") in told
    assert any(subject == "张明 材料" and "id_card" in after for subject, _, after in told)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE households_personevent SET name = '某某'", id="改"),
        pytest.param("DELETE FROM households_personevent", id="删"),
        pytest.param("DELETE FROM households_householdevent", id="删户"),
    ],
)
def test_history_itself_cannot_be_changed(zhang_household: Household, statement: str):
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_change_around_the_services_is_kept_too(zhang_household: Household):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
        cursor.execute("UPDATE households_household SET address = '改过' WHERE id = %s", [zhang_household.pk])

    latest = history_of(zhang_household)[0]

    assert (latest.by, latest.field, latest.after) == ("", "居住地址", "改过")
    assert latest.at.date() >= date(2020, 1, 1)
