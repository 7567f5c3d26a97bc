"""学生名册: classes come in with a school's roster, and go out again the year after, class by class."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from common.dates import local_day
from enrollment import library
from households.models import Membership, Person
from rosters.checks import Terms
from rosters.outgoing.places import schools_of
from rosters.outgoing.pupils import pupils_of
from rosters.outgoing.renewing import of_school
from rosters.outgoing.template import school_template
from rosters.reading.rows import read_roster
from rosters.services import withdraw_roster
from tests.builders import OTHER, make_household
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import listed
from tests.rosters.made import csv_of
from tests.rosters.roster_builders import MOMENT, a_roster, a_village, handed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets", "kept_files")]
SCHOOL = "嵩阳一小"
HEADS = ["姓名", "身份证号", "班级", "缴费金额"]


@pytest.fixture
def pupils(miss_yang):
    """Three children of one household, of whom only the first is registered with a school."""
    a_village()
    first = listed("普七", "", OTHER, student_kind="小学", school_name=SCHOOL)
    make_household(miss_yang, listed("普六", ""), first, listed("普八", "", OTHER), listed("普九", "", OTHER))
    return {each.name: each.id_no for each in Person.objects.all()}


@pytest.fixture
def roster(pupils, miss_yang):
    """What the school handed in; a class stands once above its pupils."""
    rows = [("普七", "二年级10班"), ("普八", "二年级2班"), ("普九", "")]
    data = csv_of([HEADS, *([name, pupils[name], written, 150] for name, written in rows)])
    made = a_roster(miss_yang, channel="school", village_code="", place=SCHOOL)
    return handed_in(made, miss_yang, data).roster


def terms(office) -> Terms:
    return Terms(library.current(office.ruleset_code), 2017, MOMENT, "school", office)


def test_the_class_of_each_row_is_kept_and_shown(roster, miss_yang):
    client = Client()
    client.force_login(miss_yang)

    page = client.get(f"/rosters/{roster.pk}/").content.decode()

    kept = list(roster.files.get().rows.order_by("position").values_list("name", "school_class"))
    assert kept == [("普七", "二年级10班"), ("普八", "二年级2班"), ("普九", "二年级2班")]
    assert "二年级10班" in page


def test_the_next_list_of_the_school_is_by_classes_and_names_whom_its_roster_named(roster, songyang):
    found = of_school(SCHOOL, terms(songyang))

    rows = [(each.row.number, each.school_class, each.row.name) for each in found.rows]
    assert rows == [(1, "二年级2班", "普八"), (2, "二年级2班", "普九"), (3, "二年级10班", "普七")]


def test_the_list_that_went_out_comes_in_with_its_classes(roster, songyang):
    data = school_template(of_school(SCHOOL, terms(songyang)), terms(songyang), school=SCHOOL, mark="")

    read = read_roster(data, today=local_day(MOMENT))

    assert [row.school_class for row in read.rows] == ["二年级2班", "二年级2班", "二年级10班"]
    assert CalamineWorkbook.from_filelike(BytesIO(data)).sheet_names


def test_a_school_is_offered_with_all_its_pupils_who_are_not_enrolled(roster, songyang):
    assert schools_of(songyang, terms(songyang)) == [(SCHOOL, 3)]


def test_a_class_may_be_called_by_a_raised_number(roster, pupils, miss_yang, songyang):
    handed_in(roster, miss_yang, csv_of([HEADS, ["普九", pupils["普九"], "1²", 150]]))

    assert {each.school_class for each in of_school(SCHOOL, terms(songyang)).rows} == {"", "1²"}


def test_who_has_left_every_household_is_no_pupil_to_be_enrolled(roster, songyang):
    Membership.objects.filter(person__name="普八").update(ends_on=date(2016, 10, 1))

    assert schools_of(songyang, terms(songyang)) == [(SCHOOL, 2)]
    assert len(of_school(SCHOOL, terms(songyang)).rows) == 2


def test_the_pupils_of_earlier_years_have_left_the_school(roster, songyang):
    assert [set(pupils_of(songyang, year)) for year in (2017, 2018, 2019)] == [{SCHOOL}, {SCHOOL}, set()]


def test_a_withdrawn_roster_names_nobody(roster, songyang, miss_yang):
    withdraw_roster(roster_id=roster.pk, reason="交错了", by=miss_yang, at=MOMENT)

    assert schools_of(songyang, terms(songyang)) == [(SCHOOL, 1)]
