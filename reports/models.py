"""基数人口和周报: the population that a rate is measured against, and what towns reported week by week."""

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


class WeeklyReport(models.Model):
    """周报 of one town for one ISO week, frozen: the figures as they stood at `counted_at`.

    `week` is its Monday. `enrolled` are those of the base population, `others` the rest; a town whose base is not
    known has none. `percent` is the target of the time.
    """

    division_code = models.CharField("镇（街道）", max_length=9, db_collation="C")
    division_name = models.CharField("名称", max_length=60)
    coverage_year = models.PositiveSmallIntegerField("年度")
    week = models.DateField("周一")
    due_on = models.DateField("报送期限", null=True, blank=True)
    is_late = models.BooleanField("逾期", default=False)
    counted_at = models.DateTimeField("统计时点")
    base = models.PositiveIntegerField("基数人口", null=True, blank=True)
    percent = models.PositiveSmallIntegerField("目标", null=True, blank=True)
    enrolled = models.PositiveIntegerField("参保人数")
    others = models.PositiveIntegerField("基数以外")
    paid = models.PositiveIntegerField("个人缴费人数")
    sponsored = models.PositiveIntegerField("受资助人数")
    payable_amount = models.DecimalField("个人缴费", max_digits=14, decimal_places=2)
    sponsored_amount = models.DecimalField("资助金额", max_digits=14, decimal_places=2)
    made_at = models.DateTimeField("报送时间")
    made_by = models.ForeignKey(
        Staff, verbose_name="报送人", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "周报"
        ordering: ClassVar = ["-week", "division_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="weekly_report_once",
                fields=["division_code", "coverage_year", "week"],
                violation_error_message="这一周已经报送过，报送后不能更改。",
            ),
            models.CheckConstraint(
                name="weekly_report_of_a_town",
                condition=Q(division_code__regex=r"^[0-9]{9}$"),
                violation_error_message="周报以镇（街道）为单位。",
            ),
            models.CheckConstraint(
                name="weekly_report_of_a_monday",
                condition=Q(week__iso_week_day=1),
                violation_error_message="周报从周一算起。",
            ),
            models.CheckConstraint(
                name="weekly_report_counted_before_it_was_made",
                condition=Q(counted_at__lte=F("made_at")),
                violation_error_message="统计时点不能晚于报送时间。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.division_name} {self.week}"

    @property
    def persons(self) -> int:
        """Everybody enrolled, within the base population or not."""
        return self.enrolled + self.others
