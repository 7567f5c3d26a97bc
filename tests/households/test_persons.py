"""Persons: what may change, by whom, and what follows from the number."""

from datetime import date

import pytest

from common.decision import Refusal
from households.duplicates import find_duplicate
from households.models import Household, Person
from households.services import add_member, admit_person, update_household, update_person
from offices.models import Act, Staff
from tests.builders import at, id_number, newborn

NOON = at("2007-10-26 12:00")


@pytest.fixture
def ming(zhang_household: Household) -> Person:
    return zhang_household.memberships.get(person__name="张明").person


def test_facts_are_changed_and_logged_by_name_only(ming: Person, aunt_liu: Staff):
    changes = {"phone": "139-1234-5678", "in_employee_scope": True, "name": "张明"}

    person = update_person(person_id=ming.pk, changes=changes, by=aunt_liu, at=NOON)

    assert (person.phone, person.in_employee_scope) == ("13912345678", True)
    assert Act.objects.get(verb="update_person").detail == {"fields": ["in_employee_scope", "phone"]}


def test_a_new_name_is_found_by_its_new_pinyin(ming: Person, aunt_liu: Staff):
    person = update_person(person_id=ming.pk, changes={"name": "张 晓明"}, by=aunt_liu, at=NOON)

    assert (person.name, person.pinyin, person.initials) == ("张晓明", "zhang xiao ming", ["zx", "zxm"])


def test_a_newborns_number_brings_sex_and_birth_date(zhang_household: Household, aunt_liu: Staff):
    child = newborn("张宝宝", sex="M", born="2007-10-01")
    person_id = add_member(household_id=zhang_household.pk, draft=child, by=aunt_liu, at=NOON).person_id
    number = id_number("2007-10-02", sex="F")

    person = update_person(person_id=person_id, changes={"id_no": number.lower()}, by=aunt_liu, at=NOON)

    assert (person.id_no, person.sex, person.birth_date) == (number, "F", date(2007, 10, 2))
    assert person.birth_certificate_no == child.birth_certificate_no


def test_a_number_is_corrected_by_a_supervisor_only(ming: Person, aunt_liu: Staff, mr_chen: Staff):
    correction = {"person_id": ming.pk, "changes": {"id_no": id_number("1985-04-06")}, "at": NOON}

    with pytest.raises(Refusal, match="只能由主管办理"):
        update_person(**correction, by=aunt_liu)

    assert update_person(**correction, by=mr_chen).birth_date == date(1985, 4, 6)


def test_a_number_that_somebody_else_has_is_refused_with_who_and_where(ming: Person, mr_chen: Staff):
    with pytest.raises(Refusal, match=r"张建国.*户号0001-0001"):
        update_person(person_id=ming.pk, changes={"id_no": id_number("1960-01-01", serial=1)}, by=mr_chen, at=NOON)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"sex": "F"}, "由身份证号得出", id="性别"),
        pytest.param({"birth_date": date(1985, 4, 6)}, "由身份证号得出", id="出生日期"),
        pytest.param({"died_on": date(2007, 10, 27)}, "晚于今天", id="死于明天"),
        pytest.param({"died_on": date(1985, 4, 4)}, "早于出生日期", id="死于生前"),
        pytest.param({"name": ""}, "未录入姓名", id="无姓名"),
        pytest.param({"id_no": "32070519850405"}, "18位", id="号码"),
        pytest.param({"photos": -1}, "已交照片张数", id="照片"),
        pytest.param({"hukou_kind": "x"}, "户口性质", id="户口性质"),
    ],
)
def test_a_change_that_cannot_be_is_refused(ming: Person, aunt_liu: Staff, changes: dict, says: str):
    before = Person.objects.values().get(pk=ming.pk)

    with pytest.raises(Refusal, match=says):
        update_person(person_id=ming.pk, changes=changes, by=aunt_liu, at=NOON)

    assert Person.objects.values().get(pk=ming.pk) == before
    assert not Act.objects.filter(verb="update_person").exists()


def test_only_facts_can_be_changed(ming: Person, aunt_liu: Staff):
    with pytest.raises(ValueError, match="division_code"):
        update_person(person_id=ming.pk, changes={"division_code": "320705001002"}, by=aunt_liu, at=NOON)


def test_a_person_of_another_office_does_not_exist(ming: Person, miss_yang: Staff):
    with pytest.raises(Person.DoesNotExist):
        update_person(person_id=ming.pk, changes={"phone": ""}, by=miss_yang, at=NOON)


def test_a_supervisor_admits_with_a_reason(ming: Person, aunt_liu: Staff, mr_chen: Staff):
    with pytest.raises(Refusal, match="只能由主管办理"):
        admit_person(person_id=ming.pk, reason="国家规定", by=aunt_liu, at=NOON)
    with pytest.raises(Refusal, match="事由"):
        admit_person(person_id=ming.pk, reason=" ", by=mr_chen, at=NOON)

    person = admit_person(person_id=ming.pk, reason="随军家属", by=mr_chen, at=NOON)

    assert (person.admitted_by, person.admitted_at, person.admission_reason) == (mr_chen, NOON, "随军家属")


def test_a_duplicate_is_told_to_each_clerk_as_far_as_she_may_know(ming: Person, aunt_liu: Staff, miss_yang: Staff):
    known = find_duplicate(id_number("1985-04-05", serial=1))

    assert known is not None
    assert known.is_taken
    assert f"张明（320705********{ming.id_no[14:]}）已登记在" in known.sentence(aunt_liu)
    assert known.sentence(miss_yang) == "此人已在新浦街道劳动保障所登记，一人只能属于一户。请先由该机构办理转出。"
    assert find_duplicate(id_number("1985-04-05", serial=400)) is None


def test_a_new_village_takes_the_members_along(zhang_household: Household, ming: Person, aunt_liu: Staff):
    household = update_household(
        household_id=zhang_household.pk, division_code="320705001002", phone="0518 8541 2345", by=aunt_liu, at=NOON
    )

    assert (household.division_code, household.number) == ("320705001002", "0001-0001")
    assert set(Person.objects.values_list("division_code", flat=True)) == {"320705001002"}
    assert Act.objects.get(verb="update_household").detail == {"fields": ["division_code", "phone"]}


def test_a_household_does_not_move_to_another_office(zhang_household: Household, miss_yang: Staff, aunt_liu: Staff):
    with pytest.raises(Refusal, match="不在新浦街道劳动保障所的管辖范围内"):
        update_household(household_id=zhang_household.pk, division_code="530127001001", by=aunt_liu, at=NOON)
    with pytest.raises(Household.DoesNotExist):
        update_household(household_id=zhang_household.pk, address="", by=miss_yang, at=NOON)


def test_nothing_changed_is_nothing_logged(zhang_household: Household, aunt_liu: Staff):
    update_household(household_id=zhang_household.pk, address=zhang_household.address, by=aunt_liu, at=NOON)

    assert not Act.objects.filter(verb="update_household").exists()
