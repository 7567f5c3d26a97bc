"""资助名单: a department's or the agency's list of one month, its lines, and what the department's words mean."""

from typing import ClassVar
from uuid import uuid4

import pgtrigger
from django.db import models
from django.db.models import F, Q

from common.sealing import ID_NUMBER, PHONE
from households.models import Person
from offices.models import DIVISION_PREFIX, Staff
from offices.sealed import SealedField, digest_of, only_sealed


def _staff(label: str, **more: object) -> models.ForeignKey:
    given = {"on_delete": models.PROTECT, "related_name": "+", "db_index": False} | more
    return models.ForeignKey(Staff, verbose_name=label, **given)


class FunderListQuerySet(models.QuerySet["FunderList"]):
    def visible_to(self, staff: Staff) -> "FunderListQuerySet":
        """Those within the scope, and those of the county that the scope is a part of: its lines are cut to it."""
        scope = staff.division_scope
        above = [scope[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(scope)]
        return self.filter(Q(division_code__startswith=scope) | Q(division_code__in=above))

    def current(self) -> "FunderListQuerySet":
        """Those in force: taken in, and replaced by no later one."""
        return self.filter(applied_at__isnull=False, superseded_at__isnull=True)


class FunderList(models.Model):
    """名单 of one month for a county or town. It is imported, looked at, and taken in (入库); or withdrawn, also later.

    A support list is the department's whole list: who stood on the one before and not on this one has ended. The lists
    of the dead and of those in employee insurance come from the agency and name no department.
    """

    class Kind(models.TextChoices):
        SUPPORT = "support", "资助名单"
        DIED = "died", "死亡名单"
        EMPLOYED = "employed", "职工参保名单"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    ruleset_code = models.CharField("规则集", max_length=40)
    funder = models.CharField("部门代码", max_length=40, blank=True)
    funder_name = models.CharField("部门", max_length=60)
    division_code = models.CharField("范围", max_length=12, db_collation="C")
    month = models.DateField("月份")
    filename = models.CharField("文件名", max_length=200)
    name = models.UUIDField("存放名", default=uuid4, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, db_collation="C")
    headings = models.CharField("表头", max_length=64, db_collation="C")
    mapping = models.JSONField("改正的栏目", default=dict)
    columns = models.JSONField("所取各列", default=list)
    left_out = models.JSONField("没有读的行", default=list)
    imported_at = models.DateTimeField("导入时间")
    imported_by = _staff("导入人")
    counts = models.JSONField("入库结果", default=dict)
    applied_at = models.DateTimeField("入库时间", null=True, blank=True)
    applied_by = _staff("入库人", null=True, blank=True)
    superseded_at = models.DateTimeField("被替换时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = _staff("撤回人", null=True, blank=True)
    withdraw_reason = models.CharField("撤回事由", max_length=200, blank=True)

    objects = FunderListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名单"
        ordering: ClassVar = ["-month", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="funder_list_one_waits",
                fields=["kind", "funder", "division_code"],
                condition=Q(applied_at__isnull=True, withdrawn_at__isnull=True),
                violation_error_message="这个部门已有一份名单等着入库，请先入库或撤回。",
            ),
            models.UniqueConstraint(
                name="funder_list_one_is_current",
                fields=["kind", "funder", "division_code"],
                condition=Q(kind="support", applied_at__isnull=False, superseded_at__isnull=True),
                violation_error_message="另一个人刚刚入库了这个部门的名单，请刷新页面后再看。",
            ),
            models.CheckConstraint(
                name="funder_list_kind_is_known", condition=Q(kind__in=["support", "died", "employed"])
            ),
            models.CheckConstraint(
                name="funder_list_of_a_department",
                condition=(Q(kind="support") & ~Q(funder="")) | (~Q(kind="support") & Q(funder="")),
                violation_error_message="请选择资助部门。",
            ),
            models.CheckConstraint(name="funder_list_of_a_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="funder_list_division_is_a_prefix", condition=Q(division_code__regex=DIVISION_PREFIX)
            ),
            models.CheckConstraint(name="funder_list_digest", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="funder_list_applied_by_someone",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True, superseded_at__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False, withdrawn_at__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False, superseded_at=F("withdrawn_at")),
            ),
            models.CheckConstraint(
                name="funder_list_withdrawn_with_a_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdraw_reason="")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["division_code", "month"], name="funder_list_of_division")]
        triggers: ClassVar = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.funder_name}{self.month:%Y年%m月}{self.get_kind_display()}"

    @property
    def waits(self) -> bool:
        """Neither taken in nor withdrawn."""
        return self.applied_at is None and self.withdrawn_at is None


class FunderListLine(models.Model):
    """名单的一行: what the list says of somebody. No line is lost: who is not registered yet is recognised later.

    `said` is the department's word, `category` what it means (empty: nothing yet, or no sponsored category); `day` is
    since when the person is on the list, of the other kinds the day of death or the first day in employee insurance.
    `settled` says what became of a line of the agency's lists.
    """

    listing = models.ForeignKey(
        FunderList, verbose_name="名单", on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    sheet = models.CharField("工作表", max_length=60)
    row_number = models.PositiveIntegerField("行号")
    name = models.CharField("姓名", max_length=60, blank=True, db_collation="C")
    id_no = SealedField("身份证号", kind=ID_NUMBER, max_length=18, blank=True)
    id_no_index = digest_of("id_no", ID_NUMBER)
    said = models.CharField("名单上的身份", max_length=60, blank=True)
    category = models.CharField("人员类别", max_length=40, blank=True, db_collation="C")
    day = models.DateField("日期", null=True, blank=True)
    town = models.CharField("镇（街）", max_length=60, blank=True)
    village = models.CharField("村（居）", max_length=60, blank=True)
    division_code = models.CharField("区划", max_length=12, blank=True, db_collation="C")
    phone = SealedField("电话", kind=PHONE, max_length=30, blank=True)
    problems = models.JSONField("读不出的原因", default=list)
    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, null=True, blank=True, related_name="list_lines"
    )
    matched_at = models.DateTimeField("认出时间", null=True, blank=True)
    state = models.CharField("入库时的情形", max_length=10, blank=True)
    settled = models.CharField("处理结果", max_length=200, blank=True)
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_by = _staff("处理人", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "名单的行"
        ordering: ClassVar = ["listing", "id"]
        constraints: ClassVar = [only_sealed("list_line_is_sealed", "id_no", "phone")]
        indexes: ClassVar = [
            models.Index(fields=["listing", "category"], name="list_line_of_category"),
            models.Index(fields=["listing", "id_no_index"], name="list_line_by_number"),
            models.Index(fields=["id_no_index"], name="list_line_unmatched", condition=Q(person__isnull=True)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="what_was_said_stays", fields=["name", "id_no", "said", "day", "row_number"]),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} 第{self.row_number}行"


class CategoryWord(models.Model):
    """名称对照: which category a department means by a word; empty means none that is sponsored."""

    ruleset_code = models.CharField("规则集", max_length=40)
    funder = models.CharField("部门代码", max_length=40)
    word = models.CharField("名单上的身份", max_length=60, blank=True)
    category = models.CharField("人员类别", max_length=40, blank=True)
    chosen_at = models.DateTimeField("选定时间")
    chosen_by = _staff("选定人")

    class Meta:
        verbose_name = verbose_name_plural = "名称对照"
        constraints: ClassVar = [
            models.UniqueConstraint(name="category_word_once", fields=["ruleset_code", "funder", "word"]),
        ]

    def __str__(self) -> str:
        return f"{self.word}→{self.category}"
