"""类别认定、其他医保、材料: what a person or household has shown, by whom it was seen, and until when it holds."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from common.sealing import DOCUMENT
from households.models.household import Household
from households.models.person import Person
from households.models.tracking import keep_history
from offices.models import Staff
from offices.sealed import SealedField, only_sealed
from offices.spans import forward, refuse_reversed, span


def seen(at: str, by: str) -> Q:
    """Both or neither: when something was seen, and by whom."""
    return Q(**{f"{at}__isnull": True, f"{by}__isnull": True}) | Q(**{f"{at}__isnull": False, f"{by}__isnull": False})


@keep_history()
class Certification(models.Model):
    """类别认定 of a person or of a whole household: a category of the rule set by its code, or a disability.

    `funder_list` names the department's list on which the person stands (空 if on none);
    `claimed` is false where the family pays the full rate although it could claim the category.
    """

    class DisabilityKind(models.TextChoices):
        SIGHT = "视力", "视力"
        HEARING = "听力", "听力"
        SPEECH = "言语", "言语"
        LIMBS = "肢体", "肢体"
        INTELLECT = "智力", "智力"
        MIND = "精神", "精神"
        MULTIPLE = "多重", "多重"

    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, null=True, blank=True, related_name="certifications"
    )
    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, null=True, blank=True, related_name="certifications"
    )
    category = models.CharField("人员类别", max_length=40, blank=True)
    disability_kind = models.CharField("残疾类别", max_length=2, blank=True, choices=DisabilityKind)
    disability_grade = models.PositiveSmallIntegerField("残疾等级", null=True, blank=True)
    components = models.JSONField("多重残疾各项", default=list, blank=True)
    kind = models.CharField("证件名称", max_length=40, blank=True)
    number = SealedField("证件号码", kind=DOCUMENT, max_length=40, blank=True)
    issued_on = models.DateField("发证日期", null=True, blank=True)
    issued_by_division = models.CharField("发证地区划", max_length=12, blank=True, db_collation="C")
    valid_from = models.DateField("有效期自", null=True, blank=True)
    valid_to = models.DateField("有效期至", null=True, blank=True)
    original_seen_at = models.DateTimeField("原件查验时间", null=True, blank=True)
    original_seen_by = models.ForeignKey(
        Staff,
        verbose_name="原件查验人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    copy_kept_at = models.DateTimeField("复印件留存时间", null=True, blank=True)
    copy_kept_by = models.ForeignKey(
        Staff,
        verbose_name="复印件留存人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    funder_list = models.CharField("资助部门名单", max_length=80, blank=True)
    claimed = models.BooleanField("按此类别缴费", default=True)
    ended_on = models.DateField("终止日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "类别认定"
        constraints: ClassVar = [
            only_sealed("certification_is_sealed", "number"),
            models.CheckConstraint(
                name="certification_of_one_person_or_one_household",
                condition=Q(household__isnull=True, person__isnull=False)
                | Q(household__isnull=False, person__isnull=True),
                violation_error_message="类别认定应属于一个人，或属于一户，二者居一。",
            ),
            models.CheckConstraint(
                name="certification_is_a_category_or_a_disability",
                condition=(~Q(category="") & Q(disability_kind="", disability_grade__isnull=True, components=[]))
                | (Q(category="") & ~Q(disability_kind="") & Q(household__isnull=True)),
                violation_error_message="请选择人员类别；残疾的，请填残疾类别和等级。",
            ),
            models.CheckConstraint(
                name="certification_grade_is_1_to_4",
                condition=Q(disability_grade__isnull=True) | Q(disability_grade__range=(1, 4)),
                violation_error_message="残疾等级应为一级至四级。",
            ),
            models.CheckConstraint(
                name="certification_components_of_multiple_only",
                condition=Q(components=[]) | Q(disability_kind="多重"),
                violation_error_message="只有多重残疾才填各项残疾。",
            ),
            forward("certification_validity_is_forward", "valid_from", "valid_to"),
            forward("certification_ends_after_it_begins", "valid_from", "ended_on"),
            models.CheckConstraint(
                name="certification_original_seen_by_someone",
                condition=seen("original_seen_at", "original_seen_by"),
                violation_error_message="查验原件须记录时间和查验人。",
            ),
            models.CheckConstraint(
                name="certification_copy_kept_by_someone",
                condition=seen("copy_kept_at", "copy_kept_by"),
                violation_error_message="留存复印件须记录时间和留存人。",
            ),
            models.UniqueConstraint(
                name="certification_open_once_per_person",
                fields=["person", "category", "disability_kind"],
                condition=Q(person__isnull=False, ended_on__isnull=True),
                violation_error_message="此人已有同一类别的认定，请在原记录上修改或先终止。",
            ),
            models.UniqueConstraint(
                name="certification_open_once_per_household",
                fields=["household", "category"],
                condition=Q(household__isnull=False, ended_on__isnull=True),
                violation_error_message="本户已有同一类别的认定，请在原记录上修改或先终止。",
            ),
        ]

    def __str__(self) -> str:
        return self.kind or self.category or f"{self.disability_kind}{self.disability_grade or ''}"

    @property
    def on_funder_list(self) -> bool:
        """Named on a department's list."""
        return bool(self.funder_list)


@keep_history()
class OtherCover(models.Model):
    """其他医保: a person's cover by employee insurance or by the rural scheme; an unknown start is null."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", "职工医保"
        NRCMS = "nrcms", "新农合"

    person = models.ForeignKey(Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="other_covers")
    kind = models.CharField("险种", max_length=10, choices=Kind)
    division = models.CharField("参保地区划", max_length=12, blank=True, db_collation="C")
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("最后一日", null=True, blank=True)
    certificate_number = SealedField("医保证号", kind=DOCUMENT, max_length=40, blank=True)
    certificate_seen_at = models.DateTimeField("医保证原件查验时间", null=True, blank=True)
    certificate_seen_by = models.ForeignKey(
        Staff,
        verbose_name="医保证原件查验人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        verbose_name = verbose_name_plural = "其他医保"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="other_cover_kind_is_known",
                condition=Q(kind__in=["employee", "nrcms"]),
                violation_error_message="请选择其他医保的险种。",
            ),
            forward("other_cover_span_is_forward"),
            models.CheckConstraint(
                name="other_cover_certificate_seen_by_someone",
                condition=seen("certificate_seen_at", "certificate_seen_by"),
                violation_error_message="查验医保证原件须记录时间和查验人。",
            ),
            ExclusionConstraint(
                name="other_cover_once_per_kind_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (span(), RangeOperators.OVERLAPS),
                ],
                violation_error_message="此人同一时期已有这种医保的记录，请在原记录上修改。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def clean(self) -> None:
        refuse_reversed(self)


@keep_history()
class Paper(models.Model):
    """材料: a document of the rule set's list that was shown, for the household or for one person.

    `coverage_year` is null for a paper that need be seen only once; `copies` counts the copies kept on file.
    """

    household = models.ForeignKey(Household, verbose_name="户", on_delete=models.PROTECT, related_name="papers")
    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    document = models.CharField("材料", max_length=40)
    coverage_year = models.PositiveSmallIntegerField("缴费年度", null=True, blank=True)
    original_seen_at = models.DateTimeField("原件查验时间", null=True, blank=True)
    original_seen_by = models.ForeignKey(
        Staff,
        verbose_name="原件查验人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    copies = models.PositiveSmallIntegerField("留存份数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "材料"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="paper_once",
                fields=["household", "person", "document", "coverage_year"],
                nulls_distinct=False,
                violation_error_message="这份材料已经登记过。",
            ),
            models.CheckConstraint(
                name="paper_is_named",
                condition=~Q(document=""),
                violation_error_message="请选择材料。",
            ),
            models.CheckConstraint(
                name="paper_original_seen_by_someone",
                condition=seen("original_seen_at", "original_seen_by"),
                violation_error_message="查验原件须记录时间和查验人。",
            ),
        ]

    def __str__(self) -> str:
        return self.document
