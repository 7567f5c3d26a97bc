"""核定、特批: that a household's papers were complete, and which refusals a supervisor lifted, per year."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from common.dates import local_day
from enrollment.models.ruleset import ContributionPeriod
from households.models import Household
from offices.models import Staff


class Verification(models.Model):
    """参保核定: when the papers of a household were found complete (F7), for rule sets whose windows ask for it."""

    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, related_name="verifications", db_index=False
    )
    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    verified_at = models.DateTimeField("核定时间")
    by = models.ForeignKey(Staff, verbose_name="核定人", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = "参保核定"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="verification_once_a_year",
                fields=["household", "period"],
                violation_error_message="本户本年度已经核定。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {local_day(self.verified_at)}"


class Override(models.Model):
    """主管特批: a refusal that the rule set lets a supervisor lift, for one household and year, with the reason."""

    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, related_name="overrides", db_index=False
    )
    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField("事项", max_length=40, db_collation="C")
    reason = models.CharField("特批事由", max_length=200)
    by = models.ForeignKey(Staff, verbose_name="特批人", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("特批时间")

    class Meta:
        verbose_name = verbose_name_plural = "主管特批"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="override_once_a_year",
                fields=["household", "period", "code"],
                violation_error_message="这一事项本年度已经特批。",
            ),
            models.CheckConstraint(
                name="override_says_why",
                condition=~Q(reason=""),
                violation_error_message="请写明特批事由。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.code}"
