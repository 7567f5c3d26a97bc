"""周报: what towns reported week by week."""

import zlib
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from offices.models import Staff

# What a supervisor is shown before it is frozen.
SHOWN = ("base", "percent", "enrolled", "others", "paid", "sponsored", "payable_amount", "sponsored_amount")


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

    @property
    def seal(self) -> str:
        """Tells whether the same report would be frozen: the same town and week, and every figure as it was shown."""
        figures = [None if (value := getattr(self, name)) is None else f"{value:.2f}" for name in SHOWN]
        told = (self.division_code, self.coverage_year, self.week.isoformat(), self.is_late, figures)
        return f"{zlib.crc32(repr(told).encode()):08x}"
