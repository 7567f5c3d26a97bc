"""Divisions, offices, staff, scope and the offices' clocks."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from common.decision import Refusal
from households.models import Household
from offices.access import visible
from offices.clock import is_demo_time, moment
from offices.demo import OFFICES, create_demo_offices
from offices.models import Act, Division, Office, Staff
from offices.services import set_demo_clock
from tests.builders import at, make_divisions, make_household, make_staff


def test_a_division_is_known_by_the_name_of_its_day(db: None):
    Division.objects.create(
        code="320721000000", name="赣榆县", level=6, starts_on=date(1984, 1, 1), ends_on=date(2014, 6, 30)
    )
    Division.objects.create(code="320721000000", name="赣榆新区", level=6, starts_on=date(2014, 7, 1))

    names = [Division.objects.at(day).get(code="320721000000").name for day in (date(2014, 6, 30), date(2014, 7, 1))]
    assert names == ["赣榆县", "赣榆新区"]
    assert not Division.objects.at(date(1983, 12, 31)).exists()


def test_a_subtree_is_a_prefix(xinpu: Office, songyang: Office):
    assert {each.name for each in Division.objects.within("320705001")} == {"新浦街道", "东村", "西村"}
    town = Division.objects.get(name="新浦街道")
    assert town.prefix == "320705001"


def test_a_code_has_one_name_at_a_time(db: None):
    make_divisions(("320721000000", "赣榆县", 6))
    again = Division(code="320721000000", name="另一个", level=6, starts_on=date(2010, 1, 1))

    with pytest.raises(ValidationError, match="在同一时期已有记录"):
        again.full_clean()
    with pytest.raises(IntegrityError, match="division_code_once_at_a_time"), transaction.atomic():
        again.save()


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        pytest.param("UPDATE offices_division SET code = '3207'", "division_code_has_12_digits", id="区划代码"),
        pytest.param("UPDATE offices_division SET level = 5", "division_level_is_known", id="级别"),
        pytest.param("UPDATE offices_division SET ends_on = '1999-01-01'", "division_span_is_forward", id="倒置"),
        pytest.param("UPDATE offices_office SET division_code = '32070'", "office_division_is_a_prefix", id="管辖"),
        pytest.param("UPDATE offices_office SET demo_moment = now()", "office_demo_clock_is_whole", id="演示时间"),
        pytest.param("UPDATE offices_staff SET role = 'god'", "staff_role_is_known", id="角色"),
        pytest.param(
            "UPDATE offices_staff SET office_id = NULL", "staff_at_the_counter_has_an_office", id="经办员无机构"
        ),
        pytest.param("UPDATE offices_staff SET division_scope = '3207050'", "staff_scope_is_a_prefix", id="范围"),
        pytest.param(
            "UPDATE offices_staff SET division_scope = ''",
            "staff_at_the_counter_sees_at_most_a_county",
            id="经办员看全国",
        ),
        pytest.param(
            "UPDATE offices_staff SET division_scope = '3207'",
            "staff_at_the_counter_sees_at_most_a_county",
            id="经办员看全市",
        ),
    ],
)
def test_the_database_refuses(aunt_liu: Staff, statement: str, constraint: str):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_clerk_sees_her_own_street_and_nobody_elses(
    zhang_household: Household, aunt_liu: Staff, miss_yang: Staff, mr_zhou: Staff
):
    other = make_household(miss_yang)
    households = Household.objects.order_by("pk")

    assert list(visible(households, aunt_liu)) == [zhang_household]
    assert list(visible(households, miss_yang)) == [other]
    assert list(visible(households, mr_zhou)) == [zhang_household, other]


def test_a_scope_ends_at_its_last_digit(xinpu: Office):
    clerk = make_staff(xinpu, "village", division_scope="320705001001")

    assert clerk.covers("320705001001")
    assert not clerk.covers("320705001002")


def test_outside_demonstration_mode_there_is_only_the_servers_clock(xinpu: Office, settings):
    settings.DEMO = False
    xinpu.demo_moment, xinpu.demo_set_at = at("2007-10-25 09:00"), at("2026-01-01 09:00")

    with time_machine.travel(at("2026-01-01 10:00"), tick=False):
        assert moment(xinpu) == moment(None) == at("2026-01-01 10:00")
    assert not is_demo_time(xinpu)


def test_a_demonstration_office_lives_in_its_own_time_which_runs_on(xinpu: Office, settings):
    settings.DEMO = True
    xinpu.demo_moment, xinpu.demo_set_at = at("2007-10-25 09:00"), at("2026-01-01 09:00")

    with time_machine.travel(at("2026-01-03 09:30"), tick=False):
        assert moment(xinpu) == at("2007-10-27 09:30")
        assert str(moment(xinpu).tzinfo) == "Asia/Shanghai"
        assert moment(None) == at("2026-01-03 09:30")
    assert is_demo_time(xinpu)
    assert not is_demo_time(None)


@pytest.fixture
def demo(settings, db: None) -> list[Office]:
    settings.DEMO = True
    return create_demo_offices()


def set_clock(office: Office, to: str, by: Staff, **more: object) -> Office:
    return set_demo_clock(office_id=office.pk, to=at(to), by=by, at=moment(None), **more)


def test_demonstration_offices_are_made_once(demo: list[Office]):
    set_clock(demo[0], "2007-11-20 09:00", Staff.objects.get(username="admin"))

    again = create_demo_offices()

    assert [office.pk for office in again] == [office.pk for office in demo]
    assert [office.ruleset_code for office in again] == ["lianyungang", "songming"]
    assert Staff.objects.count() == 9
    assert {staff.is_demo for staff in Staff.objects.all()} == {True}
    assert moment(again[0]).date() == date(2007, 11, 20)
    assert moment(again[1]).date() == OFFICES[1].moment.date()


def test_demonstration_data_are_refused_outside_demonstration_mode(settings, db: None):
    settings.DEMO = False

    with pytest.raises(Refusal, match="不是演示模式"):
        create_demo_offices()
    assert not Staff.objects.exists()


def test_an_administrator_sets_a_demonstration_clock_which_runs_on_from_there(demo: list[Office]):
    office = set_clock(demo[0], "2007-12-01 08:00", Staff.objects.get(username="admin"))

    assert timedelta() <= moment(office) - at("2007-12-01 08:00") < timedelta(minutes=1)
    assert Act.objects.get(verb="set_demo_clock").detail["to"] == "2007-12-01T08:00:00+08:00"


def test_turning_a_clock_back_says_what_it_means(demo: list[Office]):
    admin = Staff.objects.get(username="admin")

    with pytest.raises(Refusal, match="会晚于当前时间"):
        set_clock(demo[0], "2007-09-10 09:00", admin)

    assert moment(set_clock(demo[0], "2007-09-10 09:00", admin, back_is_understood=True)).month == 9


def test_no_clerk_sets_a_clock_and_nobody_does_outside_demonstration_mode(demo: list[Office], settings):
    with pytest.raises(Refusal, match="只能由主管、管理员办理"):
        set_clock(demo[0], "2007-12-01 08:00", Staff.objects.get(username="liu"))
    settings.DEMO = False
    with pytest.raises(Refusal, match="不是演示模式"):
        set_clock(demo[0], "2007-12-01 08:00", Staff.objects.get(username="admin"))


def test_the_first_administrator_of_an_installation_sees_everything(db: None):
    admin = Staff.objects.create_superuser("root", "x", name="管理员")

    assert (admin.role, admin.division_scope, admin.office) == ("administrator", "", None)
    assert admin.covers("530127001001")
