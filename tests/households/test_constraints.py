"""The database keeps the promises: each is broken on purpose, by SQL, and refused."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from households.models import Household, Membership, OtherCover, Person
from offices.models import Staff
from tests.acting import as_owner
from tests.builders import at, make_household

PERSON = "UPDATE households_person SET {} WHERE name = '张建国'"
CERTIFICATION = "UPDATE households_certification SET {}"
COVER = "UPDATE households_othercover SET {}"


def attempt(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        pytest.param(PERSON.format("id_no = '32070519600101001'"), "person_id_no_is_18_characters", id="17位"),
        pytest.param(PERSON.format("id_no = '32070519600101001x'"), "person_id_no_is_18_characters", id="小写x"),
        pytest.param(
            PERSON.format("id_no = (SELECT id_no FROM households_person WHERE name = '张明')"),
            "person_id_no_once",
            id="号码重复",
        ),
        pytest.param(PERSON.format("id_no = NULL"), "person_has_a_number_or_a_newborns_key", id="无号码"),
        pytest.param(
            PERSON.format("id_no = NULL, birth_certificate_no = 'S1', mother_id_no = '1'"),
            "person_has_a_number_or_a_newborns_key",
            id="母亲号码有误",
        ),
        pytest.param(PERSON.format("phone = '13812348888'"), "person_is_sealed", id="电话没有封存"),
        pytest.param(
            "UPDATE households_household SET phone = '13812348888'", "household_is_sealed", id="户的电话没有封存"
        ),
        pytest.param(CERTIFICATION.format("number = 'D1'"), "certification_is_sealed", id="证件号码没有封存"),
        pytest.param(PERSON.format("name = ''"), "person_name_is_there", id="无姓名"),
        pytest.param(PERSON.format("sex = 'X'"), "person_sex_is_known", id="性别"),
        pytest.param(PERSON.format("hukou_division = '3207'"), "person_hukou_is_6_to_12_digits", id="户籍"),
        pytest.param(PERSON.format("hukou_kind = 'x'"), "person_hukou_kind_is_known", id="户口性质"),
        pytest.param(PERSON.format("division_code = '320705'"), "person_division_has_12_digits", id="区划"),
        pytest.param(PERSON.format("died_on = '1959-12-31'"), "person_died_after_birth", id="死于生前"),
        pytest.param(
            PERSON.format("exemption = 'municipal_staff_child'"), "person_exemption_names_the_unit", id="职工子女"
        ),
        pytest.param(PERSON.format("school_in_area = true"), "person_student_names_the_school", id="学校"),
        pytest.param(PERSON.format("residence_holder = 'self'"), "person_residence_is_whole", id="居住证"),
        pytest.param(PERSON.format("admission_reason = '某'"), "person_admission_is_whole", id="特准"),
        pytest.param(
            "UPDATE households_household SET division_code = '320705001'",
            "household_division_has_12_digits",
            id="户的区划",
        ),
        pytest.param(
            "UPDATE households_household SET closed_at = '2000-01-01'", "household_closed_after_registered", id="销户"
        ),
        pytest.param(
            "INSERT INTO households_household (office_id, division_code, number, hukou_book_no, address, phone,"
            " registered_at, registered_by_id) SELECT office_id, division_code, number, '', '', '', registered_at,"
            " registered_by_id FROM households_household",
            "household_number_once_per_office",
            id="户号重复",
        ),
        pytest.param(
            "UPDATE households_membership SET ends_on = '2000-01-01'", "membership_span_is_forward", id="成员日期倒置"
        ),
        pytest.param(
            "UPDATE households_membership SET relation = '02' WHERE relation = '10'",
            "household_has_one_head_at_a_time",
            id="两个户主",
        ),
        pytest.param(
            "UPDATE households_membership SET relation = '80' WHERE relation = '02'",
            "household_has_a_head",
            id="没有户主",
        ),
        pytest.param(
            "UPDATE households_membership SET ends_on = starts_on WHERE relation = '02'",
            "household_has_a_head",
            id="户主离开",
        ),
        pytest.param(
            "INSERT INTO households_membership (household_id, person_id, relation, starts_on)"
            " SELECT household_id, person_id, '80', '2008-01-01' FROM households_membership WHERE relation = '10'",
            "person_in_one_household_at_a_time",
            id="一人两次",
        ),
        pytest.param(
            CERTIFICATION.format(
                "household_id = (SELECT id FROM households_household),"
                " category = 'dibao', disability_kind = '', disability_grade = NULL"
            ),
            "certification_of_one_person_or_one_household",
            id="认定属于两者",
        ),
        pytest.param(
            CERTIFICATION.format("person_id = NULL"), "certification_of_one_person_or_one_household", id="认定无主"
        ),
        pytest.param(
            CERTIFICATION.format("category = 'dibao'"), "certification_is_a_category_or_a_disability", id="两种认定"
        ),
        pytest.param(
            CERTIFICATION.format("disability_kind = ''"), "certification_is_a_category_or_a_disability", id="无认定"
        ),
        pytest.param(CERTIFICATION.format("disability_grade = 5"), "certification_grade_is_1_to_4", id="五级"),
        pytest.param(
            CERTIFICATION.format('components = \'[{"kind": "肢体", "grade": 1}]\''),
            "certification_components_of_multiple_only",
            id="多重",
        ),
        pytest.param(
            CERTIFICATION.format("valid_from = '2008-01-01', valid_to = '2007-12-31'"),
            "certification_validity_is_forward",
            id="有效期倒置",
        ),
        pytest.param(
            CERTIFICATION.format("valid_from = '2008-01-01', ended_on = '2007-12-31'"),
            "certification_ends_after_it_begins",
            id="终止倒置",
        ),
        pytest.param(
            CERTIFICATION.format("original_seen_by_id = NULL"), "certification_original_seen_by_someone", id="谁查验"
        ),
        pytest.param(CERTIFICATION.format("copy_kept_at = NULL"), "certification_copy_kept_by_someone", id="何时留存"),
        pytest.param(
            "INSERT INTO households_certification (person_id, category, disability_kind, disability_grade, components,"
            " kind, number, issued_by_division, funder_list, claimed)"
            " SELECT person_id, '', '肢体', 1, '[]', '', '', '', '', true FROM households_certification",
            "certification_open_once_per_person",
            id="同类两次",
        ),
        pytest.param(COVER.format("kind = 'other'"), "other_cover_kind_is_known", id="险种"),
        pytest.param(
            COVER.format("starts_on = '2008-01-01', ends_on = '2007-01-01'"), "other_cover_span_is_forward", id="倒置"
        ),
        pytest.param(
            COVER.format("certificate_seen_by_id = NULL"), "other_cover_certificate_seen_by_someone", id="谁查验医保证"
        ),
        pytest.param(
            "INSERT INTO households_othercover (person_id, kind, division, starts_on, certificate_number)"
            " SELECT person_id, kind, '', '2009-01-01', '' FROM households_othercover",
            "other_cover_once_per_kind_at_a_time",
            id="同险种重叠",
        ),
        pytest.param(
            "INSERT INTO households_paper (household_id, document, copies)"
            " SELECT household_id, document, 0 FROM households_paper WHERE person_id IS NULL",
            "paper_once",
            id="材料重复",
        ),
        pytest.param("UPDATE households_paper SET document = ''", "paper_is_named", id="材料无名"),
        pytest.param(
            "UPDATE households_paper SET original_seen_at = NULL", "paper_original_seen_by_someone", id="谁查验材料"
        ),
    ],
)
def test_the_database_refuses(zhang_household: Household, statement: str, constraint: str):
    """The owner of the tables too, whom no policy stops before."""
    with as_owner(), pytest.raises(IntegrityError) as broken:
        attempt(statement)

    assert broken.value.__cause__.diag.constraint_name == constraint


def test_two_newborns_without_numbers_may_have_one_mother(zhang_household: Household):
    newborn = (
        "UPDATE households_person SET id_no = NULL,"
        " mother_id_no = (SELECT id_no FROM households_person WHERE name = '王桂兰'),"
    )

    attempt(newborn + " birth_certificate_no = 'S1' WHERE name = '张明'")
    attempt(newborn + " birth_certificate_no = 'S2' WHERE name = '张小红'")
    with pytest.raises(IntegrityError, match="person_newborns_key_once"):
        attempt(newborn + " birth_certificate_no = 'S2' WHERE name = '李秀英'")


def test_a_household_may_be_left_by_everybody(zhang_household: Household):
    attempt("UPDATE households_membership SET ends_on = '2007-12-31'")

    assert not Membership.objects.filter(ends_on=None).exists()


def test_whoever_left_one_household_may_enter_another_the_day_after(zhang_household: Household, aunt_liu: Staff):
    other = make_household(aunt_liu)
    attempt("UPDATE households_membership SET ends_on = '2007-12-31' WHERE relation = '10'")
    left = Membership.objects.get(relation="10")

    with pytest.raises(IntegrityError, match="person_in_one_household_at_a_time"), transaction.atomic():
        Membership.objects.create(household=other, person=left.person, relation="80", starts_on=left.ends_on)
    Membership.objects.create(household=other, person=left.person, relation="80", starts_on="2008-01-01")


@pytest.mark.parametrize("model", [Membership, OtherCover])
def test_reversed_dates_are_refused_in_words_before_the_database_answers(zhang_household: Household, model: type):
    row = model.objects.first()
    row.starts_on, row.ends_on = at("2008-01-02 00:00").date(), at("2008-01-01 00:00").date()

    with pytest.raises(ValidationError, match="截止日期早于开始日期"):
        row.full_clean()


def test_every_person_carries_the_division_of_the_present_household(zhang_household: Household, aunt_liu: Staff):
    make_household(aunt_liu, division_code="320705001002")

    present = Membership.objects.filter(ends_on=None).select_related("household", "person")
    assert {(each.person.division_code == each.household.division_code) for each in present} == {True}
    assert Person.objects.count() == 6
