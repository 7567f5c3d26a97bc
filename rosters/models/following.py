"""联系记录: what was found when somebody who is not enrolled was asked. Dated facts; the last one counts."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from common.sealing import PHONE
from households.models import Person
from offices.models import Staff
from offices.sealed import SealedField


class FollowUp(models.Model):
    """联系记录 of one person for one coverage year."""

    class Found(models.TextChoices):
        CONTACTED = "contacted", "已联系，会来缴费"
        APP = "app", "会用手机APP缴费"
        AWAY = "away", "外出，已留电话"
        UNREACHED = "unreached", "联系不上"
        ELSEWHERE = "elsewhere", "已在外地或别处参保"
        EMPLOYED = "employed", "已参加职工医保"
        REFUSES = "refuses", "不愿参保"
        GONE = "gone", "已死亡或迁出，待办变更"

    person = models.ForeignKey(Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="follow_ups")
    coverage_year = models.PositiveSmallIntegerField("年度")
    found = models.CharField("情况", max_length=12, choices=Found)
    phone = SealedField("外出电话", kind=PHONE, max_length=20, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Staff, verbose_name="记录人", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = "联系记录"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="follow_up_found_is_known",
                condition=Q(
                    found__in=[
                        "contacted",
                        "app",
                        "away",
                        "unreached",
                        "elsewhere",
                        "employed",
                        "refuses",
                        "gone",
                    ]
                ),
                violation_error_message="请选择联系的情况。",
            ),
            models.CheckConstraint(
                name="follow_up_away_leaves_a_phone",
                condition=~Q(found="away") | ~Q(phone=""),
                violation_error_message="外出的，请填写外出地的电话。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["coverage_year", "person", "-id"], name="follow_up_last_of_person"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.get_found_display()
