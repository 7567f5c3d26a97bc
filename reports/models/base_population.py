"""基数人口: the population that a rate is measured against."""

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from offices.models import Staff


class BasePopulationQuerySet(models.QuerySet["BasePopulation"]):
    def in_force(self, at: datetime) -> "BasePopulationQuerySet":
        """The figure of each division and year that was confirmed last by that moment."""
        rows = self.filter(confirmed_at__lte=at)
        return rows.order_by("division_code", "coverage_year", "-confirmed_at", "-pk").distinct(
            "division_code", "coverage_year"
        )


class BasePopulation(models.Model):
    """基数人口 of a town or village for one coverage year, with the document that it comes from.

    Filled in by an administrator and confirmed by another. Never changed: a new figure, once confirmed, replaces it.
    """

    division_code = models.CharField("区划", max_length=12, db_collation="C")
    division_name = models.CharField("名称", max_length=60)
    coverage_year = models.PositiveSmallIntegerField("年度")
    persons = models.PositiveIntegerField("基数人口")
    source = models.CharField("来源", max_length=100)
    source_day = models.DateField("来源日期")
    filled_at = models.DateTimeField("填写时间")
    filled_by = models.ForeignKey(
        Staff, verbose_name="填写人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField("复核时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Staff, verbose_name="复核人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = BasePopulationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "基数人口"
        ordering: ClassVar = ["division_code", "-pk"]
        indexes: ClassVar = [models.Index(fields=["coverage_year", "division_code"], name="base_population_of_year")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="base_population_of_a_town_or_village",
                condition=Q(division_code__regex=r"^([0-9]{9}|[0-9]{12})$"),
                violation_error_message="基数人口按镇（街道）或村（社区）填写。",
            ),
            models.CheckConstraint(
                name="base_population_names_its_source",
                condition=~Q(source=""),
                violation_error_message="请写明基数人口的来源。",
            ),
            models.CheckConstraint(
                name="base_population_confirmed_by_another",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (Q(confirmed_at__gte=F("filled_at"), confirmed_by__isnull=False) & ~Q(confirmed_by=F("filled_by"))),
                violation_error_message="基数人口须由填写人以外的管理员复核。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_confirmed", exclude=["confirmed_at", "confirmed_by"]),
            pgtrigger.Protect(
                name="confirmed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_name} {self.coverage_year} {self.persons}"
