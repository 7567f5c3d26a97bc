"""参保人: a person, once in the whole database, with the facts that the rules ask about."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Left, Length, Replace
from django.db.models.lookups import Exact

from common.sealing import DOCUMENT, ID_NUMBER, PHONE
from households.models.tracking import keep_history
from offices.models import Staff
from offices.sealed import SealedField, digest_of, only_sealed

TOWN_DIGITS = 9
SEALED_ID_NUMBER = ID_NUMBER.length(18)
_DERIVED = ("spelled", "town", "id_no_index", "id_no_tail6", "id_no_tail4", "mother_id_no_index", "phone_tail4")


def town_of(column: str) -> models.GeneratedField:
    """The town of a division code, which the database keeps beside it: what every search begins with."""
    first = models.CharField(max_length=TOWN_DIGITS, db_collation="C")
    return models.GeneratedField(expression=Left(column, TOWN_DIGITS), output_field=first, db_persist=True)


def sealed_of(column: str) -> Exact:
    """Whether a column holds a sealed number of 18 characters, and not the number itself."""
    return Exact(Length(F(column)), SEALED_ID_NUMBER)


@keep_history(exclude=["pinyin", "initials", "division_code", *_DERIVED])
class Person(models.Model):
    """参保人. `division_code` repeats the household's (the last one's, for somebody who left): search is scoped by it.

    A newborn without a number is known by the birth certificate and the mother's ID number until the number comes.
    """

    class Sex(models.TextChoices):
        MALE = "M", "男"
        FEMALE = "F", "女"

    class HukouKind(models.TextChoices):
        URBAN = "urban", "城镇"
        RURAL = "rural", "农业"
        CONVERTED = "converted", "农转城"

    class UnitLevel(models.TextChoices):
        MUNICIPAL = "municipal", "市级"
        DISTRICT = "district", "区（县）级"
        OTHER = "other", "其他"

    class ResidenceHolder(models.TextChoices):
        SELF = "self", "本人"
        PARENT = "parent", "父母"

    name = models.CharField("姓名", max_length=60, db_collation="C")
    pinyin = models.CharField("姓名拼音", max_length=400, blank=True, db_collation="C")
    spelled = models.GeneratedField(
        expression=Replace("pinyin", Value(" ")),
        output_field=models.CharField(max_length=400, db_collation="C"),
        db_persist=True,
    )
    # Every beginning, from two letters up, of every reading: 曾小明 → cx, cxm, zx, zxm.
    initials = ArrayField(models.CharField(max_length=60, db_collation="C"), verbose_name="拼音首字母", default=list)
    # Null, not '': several newborns have no number yet, and the rest must be unique.
    id_no = SealedField("身份证号", kind=ID_NUMBER, max_length=18, null=True, blank=True)
    id_no_index = digest_of("id_no", ID_NUMBER)
    id_no_tail6 = digest_of("id_no", ID_NUMBER, tail=6)
    id_no_tail4 = digest_of("id_no", ID_NUMBER, tail=4)
    birth_certificate_no = models.CharField("出生医学证明编号", max_length=20, blank=True, db_collation="C")
    mother_id_no = SealedField("母亲身份证号", kind=ID_NUMBER, max_length=18, blank=True)
    mother_id_no_index = digest_of("mother_id_no", ID_NUMBER)
    sex = models.CharField("性别", max_length=1, choices=Sex)
    birth_date = models.DateField("出生日期")
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    phone = SealedField("电话", kind=PHONE, max_length=20, blank=True)
    phone_tail4 = digest_of("phone", PHONE, tail=4)
    hukou_division = models.CharField("户籍所在地", max_length=12, db_collation="C")
    hukou_kind = models.CharField("户口性质", max_length=10, choices=HukouKind)
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    town = town_of("division_code")
    died_on = models.DateField("死亡日期", null=True, blank=True)

    # A code of the rule set's `together.exemptions`; only of this one the table itself wants to know the parents' unit.
    STAFF_CHILD = "municipal_staff_child"
    exemption = models.CharField("可不参保", max_length=40, blank=True)
    parent_unit = models.CharField("父母工作单位", max_length=80, blank=True)
    parent_unit_level = models.CharField("父母单位级别", max_length=10, blank=True, choices=UnitLevel)
    in_employee_scope = models.BooleanField("属于职工医保参保范围", default=False)
    student_kind = models.CharField("在校学生类别", max_length=20, blank=True)
    school_name = models.CharField("学校", max_length=80, blank=True)
    school_in_area = models.BooleanField("学校在统筹区内", default=False)
    residence_holder = models.CharField("居住证持有人", max_length=10, blank=True, choices=ResidenceHolder)
    residence_kind = models.CharField("居住证件种类", max_length=20, blank=True)
    residence_number = SealedField("居住证件号码", kind=DOCUMENT, max_length=40, blank=True)
    residence_valid_to = models.DateField("居住证件有效期至", null=True, blank=True)
    photos = models.PositiveSmallIntegerField("已交照片张数", default=0)
    admitted_by = models.ForeignKey(
        Staff,
        verbose_name="特准参保审批人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    admitted_at = models.DateTimeField("特准参保审批时间", null=True, blank=True)
    admission_reason = models.CharField("特准参保事由", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参保人"
        constraints: ClassVar = [
            only_sealed("person_is_sealed", "id_no", "mother_id_no", "phone", "residence_number"),
            models.UniqueConstraint(
                name="person_id_no_once",
                fields=["id_no_index"],
                violation_error_message="这个身份证号已有登记，请先查找此人。",
            ),
            models.CheckConstraint(
                name="person_id_no_is_18_characters",
                condition=Q(id_no__isnull=True) | Q(sealed_of("id_no")),
                violation_error_message="身份证号应为18位：17位数字，末位是数字或大写X。",
            ),
            models.CheckConstraint(
                name="person_has_a_number_or_a_newborns_key",
                condition=Q(id_no__isnull=False) | (~Q(birth_certificate_no="") & Q(sealed_of("mother_id_no"))),
                violation_error_message="没有身份证号的新生儿，须填出生医学证明编号和母亲身份证号。",
            ),
            models.UniqueConstraint(
                name="person_newborns_key_once",
                fields=["birth_certificate_no", "mother_id_no_index"],
                condition=~Q(birth_certificate_no=""),
                violation_error_message="这份出生医学证明已经登记过，请按母亲身份证号查找。",
            ),
            models.CheckConstraint(
                name="person_name_is_there",
                condition=~Q(name=""),
                violation_error_message="请填写姓名，与证件一致。",
            ),
            models.CheckConstraint(
                name="person_sex_is_known",
                condition=Q(sex__in=["M", "F"]),
                violation_error_message="请选择性别。",
            ),
            models.CheckConstraint(
                name="person_hukou_is_6_to_12_digits",
                condition=Q(hukou_division__regex=r"^[0-9]{6,12}$"),
                violation_error_message="户籍所在地应为6至12位区划代码。",
            ),
            models.CheckConstraint(
                name="person_hukou_kind_is_known",
                condition=Q(hukou_kind__in=["urban", "rural", "converted"]),
                violation_error_message="请选择户口性质。",
            ),
            models.CheckConstraint(
                name="person_division_has_12_digits",
                condition=Q(division_code__regex=r"^[0-9]{12}$"),
                violation_error_message="参保人的区划应为12位代码。",
            ),
            models.CheckConstraint(
                name="person_died_after_birth",
                condition=Q(died_on__isnull=True) | Q(died_on__gte=F("birth_date")),
                violation_error_message="死亡日期早于出生日期，请核对。",
            ),
            models.CheckConstraint(
                name="person_exemption_names_the_unit",
                condition=~Q(exemption="municipal_staff_child") | (~Q(parent_unit="") & ~Q(parent_unit_level="")),
                violation_error_message="职工子女可不参保的，须填父母工作单位及其级别。",
            ),
            models.CheckConstraint(
                name="person_student_names_the_school",
                condition=Q(student_kind="", school_name="", school_in_area=False) | (~Q(student_kind="")),
                violation_error_message="填了学校的，请选择在校学生类别。",
            ),
            models.CheckConstraint(
                name="person_residence_is_whole",
                condition=Q(
                    residence_holder="", residence_kind="", residence_number="", residence_valid_to__isnull=True
                )
                | (~Q(residence_holder="") & ~Q(residence_kind="") & ~Q(residence_number="")),
                violation_error_message="居住证件须填持有人、种类和号码。",
            ),
            models.CheckConstraint(
                name="person_admission_is_whole",
                condition=Q(admitted_by__isnull=True, admitted_at__isnull=True, admission_reason="")
                | (Q(admitted_by__isnull=False, admitted_at__isnull=False) & ~Q(admission_reason="")),
                violation_error_message="特准参保须有审批人、时间和事由。",
            ),
        ]
        # Scoped by town first: "张%" in one street touches that street only, however large the database. The columns
        # stand as they are compared: under row-level security no function of a column can use an index.
        indexes: ClassVar = [
            models.Index(fields=["town", "name"], name="person_by_name"),
            models.Index(fields=["town", "spelled"], name="person_by_pinyin"),
            models.Index(fields=["town", "id_no_tail6"], name="person_by_last_six"),
            models.Index(fields=["town", "id_no_tail4"], name="person_by_last_four"),
            models.Index(fields=["town", "phone_tail4"], name="person_by_phone"),
            GinIndex(fields=["town", "initials"], name="person_by_initials", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name
