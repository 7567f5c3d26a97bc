"""变更、终止: what happened to a household or a person, and how a cover ended before its year did."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from enrollment.models.enrolment import Enrollment
from households.models import Household, Person
from offices.access import visible
from offices.models import Office, Staff

UNDOING = ["undone_at", "undone_by", "undo_reason"]


class ChangeQuerySet(models.QuerySet["Change"]):
    def visible_to(self, staff: Staff) -> "ChangeQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)

    def standing(self) -> "ChangeQuerySet":
        """Those not undone."""
        return self.filter(undone_at__isnull=True)


class Change(models.Model):
    """变更: one thing that happened, with what it did (`detail`), so that it can be undone. Never edited.

    `person` is null where the whole household changed. An undoing is a fact of its own: when, by whom, why.
    """

    class Kind(models.TextChoices):
        NEW_MEMBER = "new_member", "新增成员"
        NEWBORN_NUMBER = "newborn_number", "新生儿补录身份证号"
        MOVE_WITHIN = "move_within", "区内迁移"
        MOVE_OUT = "move_out", "迁出统筹区"
        DEATH = "death", "死亡"
        EMPLOYEE_START = "employee_start", "参加职工医保"
        SPLIT = "split", "分户"
        MERGE = "merge", "并户"
        HEAD = "head", "变更户主"
        RELATION = "relation", "更正与户主关系"
        NAME = "name", "更正姓名"
        ID_NUMBER = "id_number", "更正身份证号"

    kind = models.CharField("变更种类", max_length=20, choices=Kind)
    household = models.ForeignKey(Household, verbose_name="户", on_delete=models.PROTECT, related_name="changes")
    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="changes", null=True, blank=True
    )
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    happened_on = models.DateField("发生日期")
    done_at = models.DateTimeField("办理时间")
    done_by = models.ForeignKey(
        Staff, verbose_name="办理人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    papers = models.JSONField("已查验材料", default=list, blank=True)
    said = models.JSONField("告知的结果", default=list)
    detail = models.JSONField("所作更改", default=dict)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        Staff, verbose_name="撤销人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    undo_reason = models.CharField("撤销事由", max_length=200, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "变更"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="change_kind_is_known",
                condition=Q(
                    kind__in=[
                        "new_member",
                        "newborn_number",
                        "move_within",
                        "move_out",
                        "death",
                        "employee_start",
                        "split",
                        "merge",
                        "head",
                        "relation",
                        "name",
                        "id_number",
                    ]
                ),
                violation_error_message="请选择变更种类。",
            ),
            models.CheckConstraint(
                name="change_undone_by_someone_for_a_reason",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undo_reason="")
                | (Q(undone_at__gte=F("done_at"), undone_by__isnull=False) & ~Q(undo_reason="")),
                violation_error_message="撤销变更须有撤销人、时间和事由，且不早于办理时间。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_undone", exclude=UNDOING),
            pgtrigger.Protect(
                name="undone_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__undone_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"


class TerminationQuerySet(models.QuerySet["Termination"]):
    def standing(self) -> "TerminationQuerySet":
        """Those whose change was not undone."""
        return self.filter(undone_at__isnull=True)


class Termination(models.Model):
    """终止: a cover ends after `last_day`, or never begins where that lies before it. The enrolment stays as paid."""

    change = models.ForeignKey(Change, verbose_name="变更", on_delete=models.PROTECT, related_name="terminations")
    enrollment = models.ForeignKey(
        Enrollment, verbose_name="参保登记", on_delete=models.PROTECT, related_name="terminations"
    )
    last_day = models.DateField("待遇最后一日")
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = TerminationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "终止"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="termination_once_per_enrollment",
                fields=["enrollment"],
                condition=Q(undone_at__isnull=True),
                violation_error_message="此人这一年度的待遇已经终止，不能再次终止。请刷新页面核对。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_undone", exclude=["undone_at"]),
            pgtrigger.Protect(
                name="undone_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__undone_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.last_day}"
