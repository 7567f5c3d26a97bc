"""督查和责任表: noted by the county, mended by the town, never changed; one clerk answers for a village at a time."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from offices.models import Staff
from reports.models import Duty, Visit
from reports.visit_services import assign_village, finish_visit, record_visit
from tests.acting import as_owner
from tests.builders import at
from tests.payments.funding_builders import COUNTY, year_2017
from tests.reports.conftest import TOWN

pytestmark = pytest.mark.usefixtures("rulesets")
VILLAGE = "530127001001"
NOW = at("2016-11-08 09:00")


def a_visit(by: Staff, **more: object) -> Visit:
    given = {
        "division": VILLAGE,
        "coverage_year": 2017,
        "visited_on": date(2016, 11, 7),
        "visitors": "县医保中心 周某、马某",
        "found": "收款没有当日登记",
        "due_on": date(2016, 11, 14),
    }
    return record_visit(**given | more, by=by, at=NOW)


def test_a_visit_is_noted_by_the_county_and_mended_by_the_town(boss, mr_zhou):
    made = a_visit(mr_zhou)

    finish_visit(visit_id=made.pk, done="已逐日登记", by=boss, at=at("2016-11-10 09:00"))

    made.refresh_from_db()
    assert (made.division_code, made.done, made.done_by) == (VILLAGE, "已逐日登记", boss)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"division": COUNTY}, "PLACE"),
        ({"visited_on": date(2016, 11, 9)}, "VISIT_DAY"),
        ({"due_on": date(2016, 11, 1)}, "VISIT_DUE"),
        ({"found": " "}, "VISIT_WORDS"),
    ],
)
def test_a_visit_wants_a_place_a_day_and_words(boss, mr_zhou, change, code):
    with pytest.raises(Refusal) as refused:
        a_visit(mr_zhou, **change)

    assert refused.value.reasons[0].code == code


def test_what_was_mended_is_said_once_and_only_within_the_scope(boss, mr_zhou, mr_chen):
    made = a_visit(mr_zhou)
    codes = []
    finish_visit(visit_id=made.pk, done="已改", by=boss, at=NOW)
    for staff in (boss, mr_chen):
        with pytest.raises(Refusal) as refused:
            finish_visit(visit_id=made.pk, done="再改", by=staff, at=NOW)
        codes.append(refused.value.reasons[0].code)

    assert codes == ["VISIT_DONE", "VISIT_UNKNOWN"]


@pytest.mark.parametrize("change", ["UPDATE reports_visit SET found = '无'", "DELETE FROM reports_visit"])
def test_the_database_keeps_what_a_visit_found(boss, mr_zhou, change):
    a_visit(mr_zhou)

    with (
        pytest.raises(ProgrammingError, match="pgtrigger: Cannot"),
        transaction.atomic(),
        as_owner(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def assign(by: Staff, staff: Staff, **more: object) -> Duty:
    given = {"division": VILLAGE, "coverage_year": 2017, "collector": "李某", "collector_phone": ""}
    return assign_village(**given | more, staff_id=staff.pk, by=by, at=NOW)


def test_one_clerk_answers_for_a_village_and_the_next_one_takes_over(boss, miss_yang):
    first = assign(boss, miss_yang)
    assign(boss, boss)

    first.refresh_from_db()
    assert first.ended_at == NOW
    assert Duty.objects.get(ended_at=None).staff == boss


@pytest.mark.parametrize(("who", "code"), [("mr_chen", "DUTY_STAFF"), ("town", "PLACE")])
def test_only_the_offices_own_people_answer_and_only_for_a_village(boss, miss_yang, mr_chen, who, code):
    with pytest.raises(Refusal) as refused:
        assign(boss, mr_chen if who == "mr_chen" else miss_yang, **({"division": TOWN} if who == "town" else {}))

    assert refused.value.reasons[0].code == code


def test_the_pages_lead_from_a_visit_to_its_mending_and_from_a_village_to_its_clerk(boss, miss_yang, mr_zhou):
    county, town = Client(), Client()
    county.force_login(mr_zhou)
    town.force_login(boss)
    typed = {
        "division": VILLAGE,
        "visited_on": "2016-10-20",
        "visitors": "周某",
        "found": "登记不全",
        "due_on": "2016-10-27",
    }

    undated = county.post(reverse("visit-record"), typed | {"period": year_2017().pk, "visited_on": ""})
    assert "请填写督查的日期" in undated.content.decode()
    county.post(reverse("visit-record"), typed | {"period": year_2017().pk})
    made = Visit.objects.get()
    town.post(reverse("visit-finish", args=[made.pk]), {"done": "补登记"})
    duty = {"division": VILLAGE, "period": year_2017().pk, "staff_id": miss_yang.pk, "collector": "李某"}
    wrong = town.post(reverse("duty-assign"), duty | {"collector_phone": "1380001"})
    assert "手机号应为11位" in wrong.content.decode()
    town.post(reverse("duty-assign"), duty | {"collector_phone": "１３８ 0001 0001"})
    assert Duty.objects.get().collector_phone == "13800010001"
    asked = {"division": TOWN, "period": year_2017().pk}
    shown = town.get(reverse("visits"), asked).content.decode() + town.get(reverse("duties"), asked).content.decode()

    assert all(each in shown for each in ("登记不全", "补登记", "已整改", miss_yang.name, "李某", "未指定"))


def test_what_is_still_to_be_mended_comes_first(boss, mr_zhou):
    for found, day, due in (("甲", 1, 14), ("乙", 3, 14), ("丙", 5, None), ("丁", 7, 14)):
        a_visit(mr_zhou, found=found, visited_on=date(2016, 11, day), due_on=due and date(2016, 11, due))
    finish_visit(visit_id=Visit.objects.get(found="丁").pk, done="已补", by=boss, at=NOW)
    client = Client()
    client.force_login(boss)

    shown = client.get(reverse("visits"), {"division": TOWN, "period": year_2017().pk}).context["rows"]

    assert [row.found for row, _ in shown] == ["乙", "甲", "丁", "丙"]
