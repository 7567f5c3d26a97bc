"""督查记录: what a visit of the county found in a town or village, by when it is to be mended, and what was done."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from offices.models import Staff


class Visit(models.Model):
    """督查 of a town or village (S-9-6). What was found stays as it was written; that it is done is noted once."""

    division_code = models.CharField("镇（街道）或村（社区）", max_length=12, db_collation="C")
    division_name = models.CharField("名称", max_length=60)
    coverage_year = models.PositiveSmallIntegerField("年度")
    visited_on = models.DateField("督查日期")
    visitors = models.CharField("督查人", max_length=60)
    found = models.CharField("发现", max_length=500)
    due_on = models.DateField("整改期限", null=True, blank=True)
    made_at = models.DateTimeField("登记时间")
    made_by = models.ForeignKey(
        Staff, verbose_name="登记人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    done = models.CharField("整改情况", max_length=500, blank=True)
    done_at = models.DateTimeField("整改登记时间", null=True, blank=True)
    done_by = models.ForeignKey(
        Staff,
        verbose_name="整改登记人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        verbose_name = verbose_name_plural = "督查记录"
        ordering: ClassVar = ["-visited_on", "-id"]
        indexes: ClassVar = [models.Index(fields=["division_code", "coverage_year"], name="visit_of_division")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="visit_of_a_town_or_village",
                condition=Q(division_code__regex=r"^([0-9]{9}|[0-9]{12})$"),
                violation_error_message="督查记录按镇（街道）或村（社区）登记。",
            ),
            models.CheckConstraint(
                name="visit_says_who_and_what",
                condition=~Q(visitors="") & ~Q(found=""),
                violation_error_message="请写明督查人和发现的情况。",
            ),
            models.CheckConstraint(
                name="visit_due_after_it",
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("visited_on")),
                violation_error_message="整改期限不能早于督查日期。",
            ),
            models.CheckConstraint(
                name="visit_done_is_whole",
                condition=Q(done="", done_at__isnull=True, done_by__isnull=True)
                | (~Q(done="") & Q(done_at__isnull=False, done_by__isnull=False)),
                violation_error_message="登记整改须写明做了什么。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_done", exclude=["done", "done_at", "done_by"]),
            pgtrigger.Protect(
                name="done_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_name} {self.visited_on}"
