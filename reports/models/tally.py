"""累计: the sums that a report is made of, kept by the database as enrolments come and go. 累计数.

Triggers write what an enrolment, a cancellation or a corrected hukou changes as rows of `Tally`: only ever new ones, so
that nobody waits for anybody. A day-end folds its division's rows into `PlaceSum` and `DaySum`. A report is the sums
plus what is not folded yet, in one statement: it is always exact, folded or not. See docs/decisions.
"""

from typing import ClassVar

from django.db import models


class Counts(models.Model):
    """Persons and money that came; negative where they went. `is_local`: the hukou lies in the enrolment's county."""

    coverage_year = models.PositiveSmallIntegerField("年度")
    hukou_kind = models.CharField("户口性质", max_length=10)
    is_local = models.BooleanField("户籍在本县")
    persons = models.IntegerField("人数")
    paid = models.IntegerField("缴费人数")
    sponsored = models.IntegerField("受资助人数")
    payable_amount = models.DecimalField("个人缴费", max_digits=16, decimal_places=2)
    sponsored_amount = models.DecimalField("资助金额", max_digits=16, decimal_places=2)

    class Meta:
        abstract = True


class Tally(Counts):
    """A change that is not folded yet: of one village, day, category and funder. 未汇总."""

    division_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("日期")
    category_name = models.CharField("人员类别", max_length=60)
    funder = models.CharField("资助部门", max_length=60)
    is_cancelled = models.BooleanField("撤销")

    class Meta:
        verbose_name = verbose_name_plural = "未汇总的变动"

    def __str__(self) -> str:
        return f"{self.division_code} {self.day} {self.persons:+}"


class PlaceSum(Counts):
    """Who stands enrolled in a village, by category and funder. 各村累计."""

    division_code = models.CharField("区划", max_length=12, db_collation="C")
    category_name = models.CharField("人员类别", max_length=60)
    funder = models.CharField("资助部门", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "各村累计"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="place_sum_once",
                fields=["division_code", "coverage_year", "category_name", "funder", "hukou_kind", "is_local"],
                violation_error_message="这一累计已有一行。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.coverage_year} {self.category_name} {self.persons}"


class DaySum(Counts):
    """Who came, or was cancelled, on a day in a town. 各日累计."""

    town = models.CharField("镇（街道）", max_length=9, db_collation="C")
    day = models.DateField("日期")
    is_cancelled = models.BooleanField("撤销")

    class Meta:
        verbose_name = verbose_name_plural = "各日累计"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="day_sum_once",
                fields=["town", "coverage_year", "day", "is_cancelled", "hukou_kind", "is_local"],
                violation_error_message="这一累计已有一行。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.town} {self.day} {self.persons:+}"
