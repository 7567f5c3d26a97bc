"""Registering a household: everything or nothing, every person once, refusals in words."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.decision import Refusal
from common.relations import HEAD
from households.history import history_of
from households.models import Certification, Household, Membership, OtherCover, Paper, Person
from households.services import add_member, end_membership, register_household
from households.services.persons import MemberRefusal
from offices.models import Act, Staff
from tests.builders import (
    DAUGHTER,
    SON,
    WIFE,
    at,
    household_draft,
    id_number,
    make_household,
    member,
    newborn,
    zhang_family,
)

MORNING = at("2007-10-25 09:00")


def test_a_family_is_registered_with_everything_that_was_shown(zhang_household: Household, aunt_liu: Staff):
    members = {each.person.name: each for each in zhang_household.memberships.select_related("person").order_by("pk")}

    assert zhang_household.number == "0001-0001"
    assert list(members) == ["张建国", "李秀英", "张小红", "张明", "王桂兰"]
    assert members["张建国"].relation == HEAD
    assert members["张小红"].person.sex == "F"
    assert members["张小红"].person.birth_date == date(1988, 3, 4)
    assert members["张小红"].person.pinyin == "zhang xiao hong"
    assert {each.division_code for each in Person.objects.all()} == {"320705001001"}
    certification = Certification.objects.get()
    assert (certification.disability_kind, certification.disability_grade) == ("肢体", 2)
    assert certification.original_seen_by == certification.copy_kept_by == aunt_liu
    assert OtherCover.objects.get().certificate_seen_at == MORNING
    assert Paper.objects.filter(document="id_card").count() == 4
    assert Paper.objects.get(document="hukou_book").person is None
    assert Act.objects.get(verb="register_household").subject_id == zhang_household.pk


def test_registering_costs_the_same_statements_for_two_members_and_for_eight(aunt_liu: Staff):
    small = household_draft(*zhang_family()[:3])
    large = household_draft(member("钱大", HEAD), *(member(f"钱{sign}", SON) for sign in "二三四五六七八"))

    with CaptureQueriesContext(connection) as first:
        register_household(draft=small, by=aunt_liu, at=MORNING)
    with CaptureQueriesContext(connection) as second:
        register_household(draft=large, by=aunt_liu, at=MORNING)

    assert len(second) <= len(first) <= 13  # two of them look for the persons beyond the clerk's divisions, and back


def test_household_numbers_run_per_village_without_gaps(aunt_liu: Staff):
    first = make_household(aunt_liu)
    with pytest.raises(Refusal):
        make_household(aunt_liu, member("孙一", WIFE))
    second = make_household(aunt_liu)
    west = make_household(aunt_liu, division_code="320705001002")

    assert [first.number, second.number, west.number] == ["0001-0001", "0001-0002", "0002-0001"]


def test_whoever_is_in_a_household_cannot_be_registered_again(zhang_household: Household, aunt_liu: Staff):
    again = member("张建国", HEAD, id_no=id_number("1960-01-01", serial=1))

    with pytest.raises(MemberRefusal) as refused:
        make_household(aunt_liu, member("孙一", HEAD), replace(again, relation=SON))

    assert list(refused.value.by_row) == [1]
    assert "张建国（320705********" in str(refused.value)
    assert "户号0001-0001" in str(refused.value)
    assert Household.objects.count() == 1


def test_another_office_learns_where_but_not_who(zhang_household: Household, miss_yang: Staff):
    again = member("张建国", HEAD, id_no=id_number("1960-01-01", serial=1))

    with pytest.raises(MemberRefusal) as refused:
        make_household(miss_yang, again)

    assert "新浦街道劳动保障所" in str(refused.value)
    assert "张建国" not in str(refused.value)
    assert zhang_household.number not in str(refused.value)


def test_whoever_left_keeps_the_old_row_and_what_the_new_form_leaves_empty(
    zhang_household: Household, miss_yang: Staff, aunt_liu: Staff
):
    ming = zhang_household.memberships.get(person__name="张明")
    Person.objects.filter(pk=ming.person_id).update(ethnicity="回族")
    end_membership(membership_id=ming.pk, last_day=date(2007, 10, 25), by=aunt_liu, at=MORNING)
    again = member("张明", HEAD, id_no=id_number("1985-04-05", serial=1), hukou_division="530127")

    household = make_household(miss_yang, again, moment="2007-11-01 09:00")

    person = household.memberships.get().person
    assert person.pk == ming.person_id
    assert (person.division_code, person.hukou_division, person.ethnicity) == ("530127001001", "530127", "回族")


def test_a_known_number_with_another_name_is_asked_back_until_the_clerk_has_compared(
    zhang_household: Household, aunt_liu: Staff
):
    ming = zhang_household.memberships.get(person__name="张明")
    end_membership(membership_id=ming.pk, last_day=date(2007, 10, 25), by=aunt_liu, at=MORNING)
    renamed = member("张晓明", HEAD, id_no=id_number("1985-04-05", serial=1))

    with pytest.raises(MemberRefusal, match="以前登记的姓名不是张晓明"):
        make_household(aunt_liu, renamed, moment="2007-10-26 09:00")
    household = make_household(aunt_liu, replace(renamed, renamed=True), moment="2007-10-26 09:00")

    assert household.memberships.get().person.name == "张晓明"


def test_a_newborn_without_a_number_is_known_by_certificate_and_mother(aunt_liu: Staff):
    child = newborn("王宝宝")

    household = make_household(aunt_liu, member("王大力", HEAD), child)

    person = household.memberships.get(relation=SON).person
    assert (person.id_no, person.mother_id_no) == (None, child.mother_id_no)
    assert person.birth_date == date(2007, 10, 1)
    with pytest.raises(MemberRefusal, match="一人只能属于一户"):
        make_household(aunt_liu, member("王二", HEAD), child)


MOTHER = id_number("1980-01-01", sex="F")
CHILD = newborn("王宝宝", mother_id_no=MOTHER)
WITH_NUMBER = member("王宝宝", SON, id_no=id_number("2007-10-01"))


@pytest.fixture
def family_wang(aunt_liu: Staff) -> Household:
    """A mother as head with her newborn, who has no number yet."""
    return make_household(aunt_liu, member("孙芳", HEAD, id_no=MOTHER), CHILD)


def test_a_child_known_without_a_number_is_given_it_and_not_registered_again(family_wang: Household, aunt_liu: Staff):
    with pytest.raises(
        MemberRefusal, match=r"王宝宝（2007-10-01出生）已作为尚无号码的新生儿登记，在户号.+补录身份证号"
    ):
        add_member(household_id=family_wang.pk, draft=WITH_NUMBER, by=aunt_liu, at=MORNING)

    add_member(household_id=family_wang.pk, draft=replace(WITH_NUMBER, name="王贝贝"), by=aunt_liu, at=MORNING)


def test_a_child_known_by_its_mother_is_not_registered_again_elsewhere(family_wang: Household, aunt_liu: Staff):
    father = member("王大力", HEAD)
    for each in family_wang.memberships.order_by("-relation"):
        end_membership(membership_id=each.pk, last_day=MORNING.date(), by=aunt_liu, at=MORNING)
    wife = member("孙芳", WIFE, id_no=MOTHER)

    with pytest.raises(MemberRefusal, match="已作为尚无号码的新生儿登记") as refused:
        make_household(aunt_liu, father, wife, WITH_NUMBER, moment="2007-10-26 09:00")

    assert list(refused.value.by_row) == [2]


def test_a_birth_certificate_is_one_childs(family_wang: Household, aunt_liu: Staff):
    other = replace(CHILD, name="王小二", mother_id_no=id_number("1981-01-01", sex="F"))

    with pytest.raises(MemberRefusal, match="一人只能属于一户"):
        add_member(household_id=family_wang.pk, draft=other, by=aunt_liu, at=MORNING)
    Membership.objects.filter(person__birth_certificate_no=CHILD.birth_certificate_no).delete()
    with pytest.raises(MemberRefusal, match="登记的母亲身份证号与这里的不同"):
        add_member(household_id=family_wang.pk, draft=replace(other, name="王宝宝"), by=aunt_liu, at=MORNING)


def test_a_child_is_one_row_of_the_form(aunt_liu: Staff):
    with pytest.raises(MemberRefusal, match="与第2行同名、同日出生"):
        make_household(aunt_liu, member("孙芳", HEAD, id_no=MOTHER), CHILD, WITH_NUMBER)


def test_a_newborn_is_not_registered_beside_the_same_child_with_a_number(aunt_liu: Staff):
    household = make_household(aunt_liu, member("孙芳", HEAD, id_no=MOTHER), WITH_NUMBER)

    with pytest.raises(MemberRefusal, match="已凭身份证号登记，在户号"):
        add_member(household_id=household.pk, draft=CHILD, by=aunt_liu, at=MORNING)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"id_no": "320705196001010018"}, "校验位不符", id="校验位"),
        pytest.param({"id_no": "320705600101001"}, "15位", id="十五位"),
        pytest.param({"id_no": ""}, "出生医学证明编号", id="无号码"),
        pytest.param({"name": "张3"}, "数字", id="姓名"),
        pytest.param({"phone": "1381234"}, "手机号应为11位", id="电话"),
        pytest.param({"hukou_division": "新浦"}, "6至12位", id="户籍"),
        pytest.param({"hukou_kind": "other"}, "户口性质", id="户口性质"),
        pytest.param({"exemption": "municipal_staff_child"}, "父母工作单位", id="职工子女"),
        pytest.param({"school_name": "一中"}, "在校学生类别", id="学校"),
        pytest.param({"residence_holder": "self"}, "居住证件", id="居住证"),
    ],
)
def test_what_is_wrong_in_a_row_is_said_of_that_row(aunt_liu: Staff, changes: dict, says: str):
    wrong = replace(member("孙二", WIFE), **changes)

    with pytest.raises(MemberRefusal, match=says) as refused:
        make_household(aunt_liu, member("孙一", HEAD), wrong)

    assert list(refused.value.by_row) == [1]
    assert not Person.objects.exists()


def test_a_newborn_is_not_born_tomorrow(aunt_liu: Staff):
    with pytest.raises(MemberRefusal, match="晚于今天"):
        make_household(aunt_liu, member("王大力", HEAD), newborn("王宝宝", born="2007-10-26"))


def test_the_same_number_twice_on_one_form_names_the_other_row(aunt_liu: Staff):
    first = member("孙一", HEAD)

    with pytest.raises(MemberRefusal, match="与第1行（孙一）的证件号相同"):
        make_household(aunt_liu, first, member("孙二", WIFE, id_no=first.id_no))


@pytest.mark.parametrize(
    ("relations", "says"),
    [
        pytest.param([], "户中还没有人", id="空户"),
        pytest.param([WIFE, DAUGHTER], "没有户主", id="无户主"),
        pytest.param([HEAD, HEAD], "第1行已是户主", id="两户主"),
    ],
)
def test_a_household_has_one_head(aunt_liu: Staff, relations: list[str], says: str):
    draft = replace(household_draft(), members=tuple(member("孙某", relation) for relation in relations))

    with pytest.raises(Refusal, match=says):
        register_household(draft=draft, by=aunt_liu, at=MORNING)


@pytest.mark.parametrize(
    "division_code",
    [
        pytest.param("530127001001", id="别的机构"),
        pytest.param("320705001999", id="没有这个村"),
        pytest.param("320705001000", id="街道不是村"),
    ],
)
def test_a_household_lies_in_a_village_of_the_office(aunt_liu: Staff, miss_yang: Staff, division_code: str):
    with pytest.raises(Refusal, match="村（社区）"):
        make_household(aunt_liu, division_code=division_code)


def test_an_auditor_registers_nothing(mrs_wu: Staff):
    with pytest.raises(Refusal, match="只能由经办员、主管办理"):
        register_household(draft=household_draft(), by=mrs_wu, at=MORNING)


def test_a_member_is_added_from_today_on(zhang_household: Household, aunt_liu: Staff):
    child = member("张小宝", SON, born="2007-10-20")

    membership = add_member(household_id=zhang_household.pk, draft=child, by=aunt_liu, at=at("2007-10-26 10:00"))

    assert membership.starts_on == date(2007, 10, 26)
    assert membership.person.division_code == zhang_household.division_code


def test_a_second_head_is_not_added(zhang_household: Household, aunt_liu: Staff):
    with pytest.raises(Refusal, match="本户已有户主"):
        add_member(household_id=zhang_household.pk, draft=member("孙一", HEAD), by=aunt_liu, at=MORNING)


def test_a_household_of_another_office_does_not_exist_for_a_clerk(zhang_household: Household, miss_yang: Staff):
    with pytest.raises(Household.DoesNotExist):
        add_member(household_id=zhang_household.pk, draft=member("孙一"), by=miss_yang, at=MORNING)


def test_a_head_who_leaves_is_followed_by_another(zhang_household: Household, aunt_liu: Staff):
    head, wife = zhang_household.memberships.order_by("pk")[:2]
    leaving = {"membership_id": head.pk, "last_day": date(2007, 10, 30), "by": aunt_liu, "at": at("2007-11-01 09:00")}

    with pytest.raises(Refusal, match="须有新户主"):
        end_membership(**leaving)
    end_membership(**leaving, new_head_id=wife.pk)

    present = Membership.objects.get(household=zhang_household, relation=HEAD, ends_on=None)
    assert (present.person_id, present.starts_on) == (wife.person_id, date(2007, 10, 31))


def test_whoever_moves_leaves_yesterday_and_is_registered_today(zhang_household: Household, aunt_liu: Staff):
    ming = zhang_household.memberships.get(person__name="张明")
    moving = member("张明", HEAD, id_no=ming.person.id_no)
    today = at("2007-11-05 09:00")

    end_membership(membership_id=ming.pk, last_day=date(2007, 11, 5), by=aunt_liu, at=today)
    with pytest.raises(Refusal, match="原户的最后一日应是昨天"):
        make_household(aunt_liu, moving, moment="2007-11-05 09:00")
    Membership.objects.filter(pk=ming.pk).update(ends_on=None)
    end_membership(membership_id=ming.pk, last_day=date(2007, 11, 4), by=aunt_liu, at=today)
    household = make_household(aunt_liu, moving, moment="2007-11-05 09:00")

    assert household.memberships.get().starts_on == date(2007, 11, 5)


def test_whoever_never_belonged_is_taken_out_and_the_history_keeps_it(zhang_household: Household, aunt_liu: Staff):
    ming = zhang_household.memberships.get(person__name="张明")

    end_membership(membership_id=ming.pk, last_day=date(2007, 10, 24), by=aunt_liu, at=MORNING)

    assert not Membership.objects.filter(person=ming.person_id).exists()
    assert any(row.subject == "张明 家庭成员" and row.done == "删除" for row in history_of(zhang_household))


def test_a_household_that_everybody_has_left_is_closed(aunt_liu: Staff):
    household = make_household(aunt_liu)

    end_membership(
        membership_id=household.memberships.get().pk,
        last_day=date(2007, 10, 25),
        by=aunt_liu,
        at=at("2007-10-25 10:00"),
    )

    household.refresh_from_db()
    assert household.closed_at == at("2007-10-25 10:00")
    with pytest.raises(Refusal, match="已销户"):
        add_member(household_id=household.pk, draft=member("孙一"), by=aunt_liu, at=at("2007-10-26 10:00"))


def test_a_head_entered_by_mistake_is_followed_on_the_same_day(zhang_household: Household, aunt_liu: Staff):
    head, wife = zhang_household.memberships.order_by("pk")[:2]

    end_membership(membership_id=head.pk, last_day=date(2007, 10, 24), new_head_id=wife.pk, by=aunt_liu, at=MORNING)

    present = zhang_household.memberships.get(relation=HEAD)
    assert (present.person_id, present.starts_on) == (wife.person_id, date(2007, 10, 25))


@pytest.mark.parametrize("last_day", [date(2007, 10, 23), date(2007, 10, 26)])
def test_a_last_day_lies_between_joining_and_today(zhang_household: Household, aunt_liu: Staff, last_day: date):
    ming = zhang_household.memberships.get(person__name="张明")

    with pytest.raises(Refusal, match="最后一日应在"):
        end_membership(membership_id=ming.pk, last_day=last_day, by=aunt_liu, at=MORNING)
