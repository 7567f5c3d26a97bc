"""补缴: years of a broken cover that were paid back, each with the evidence of its payment."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from households.models.person import Person
from households.models.tracking import keep_history
from offices.models import Staff


@keep_history()
class RepaidYear(models.Model):
    """补缴年度. Where it was paid (the tax authority, another office) is on the evidence; a mistake is withdrawn."""

    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="repaid_years", db_index=False
    )
    coverage_year = models.PositiveSmallIntegerField("补缴的年度")
    paid_on = models.DateField("补缴日期")
    evidence = models.CharField("缴费凭证号", max_length=60)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        Staff, verbose_name="登记人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Staff, verbose_name="撤回人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "补缴年度"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="repaid_once_a_year",
                fields=["person", "coverage_year"],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message="这一年度已经登记过补缴。请核对年度。",
            ),
            models.CheckConstraint(
                name="repaid_year_has_evidence",
                condition=~Q(evidence="") & Q(coverage_year__range=(1990, 2199)),
                violation_error_message="补缴须写明年度和缴费凭证号。",
            ),
            models.CheckConstraint(
                name="repaid_withdrawn_by_someone",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                violation_error_message="撤回须记录时间和撤回人。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_withdrawn", exclude=["withdrawn_at", "withdrawn_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.coverage_year}年度"
