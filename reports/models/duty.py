"""责任表: which clerk answers for which village in a year, and who collects there."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from common.sealing import PHONE
from offices.models import Staff
from offices.sealed import SealedField


class Duty(models.Model):
    """责任到人 (S-8-2): one member of staff answers for a village at a time; a new one ends the former."""

    division_code = models.CharField("村（社区）", max_length=12, db_collation="C")
    division_name = models.CharField("名称", max_length=60)
    coverage_year = models.PositiveSmallIntegerField("年度")
    staff = models.ForeignKey(Staff, verbose_name="责任人", on_delete=models.PROTECT, related_name="duties")
    collector = models.CharField("村级代办员", max_length=50, blank=True)
    collector_phone = SealedField("代办员电话", kind=PHONE, max_length=30, blank=True)
    made_at = models.DateTimeField("指定时间")
    made_by = models.ForeignKey(
        Staff, verbose_name="指定人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任表"
        ordering: ClassVar = ["division_code", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="duty_one_at_a_time",
                fields=["division_code", "coverage_year"],
                condition=Q(ended_at__isnull=True),
                violation_error_message="这个村（社区）刚刚指定了责任人，请刷新页面。",
            ),
            models.CheckConstraint(
                name="duty_of_a_village",
                condition=Q(division_code__regex=r"^[0-9]{12}$"),
                violation_error_message="责任人按村（社区）指定。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_ended", exclude=["ended_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.division_name} {self.coverage_year} {self.staff_id}"
