"""续保预核: what everybody of an office would pay for a year, decided ahead for all at once; figures, no money."""

from typing import ClassVar

from django.db import models

from enrollment.models.enrolment import parts_make_the_standard
from enrollment.models.ruleset import ContributionPeriod, RuleSetEdition
from households.models import Household, Person
from offices.access import visible
from offices.models import Office, Staff


class PreparedOutcome(models.Model):
    """预核结果: one answer of the rules, shared by all who look alike to them.

    `codes` are the refusals of the household; `attention`: something is to be looked at before money is taken.
    Whoever is not due (paid, insured elsewhere) has no amounts.
    """

    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    edition = models.ForeignKey(
        RuleSetEdition, verbose_name="规则集版本", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_due = models.BooleanField("应缴")
    attention = models.BooleanField("须先核对")
    codes = models.JSONField("不予办理", default=list)
    category = models.CharField("人员类别代码", max_length=40, blank=True, db_collation="C")
    category_name = models.CharField("人员类别", max_length=60, blank=True)
    standard = models.DecimalField("缴费标准", max_digits=12, decimal_places=2)
    payable = models.DecimalField("个人应缴", max_digits=12, decimal_places=2)
    sponsored = models.DecimalField("资助", max_digits=12, decimal_places=2)
    funder = models.CharField("资助部门", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "续保预核结果"
        constraints: ClassVar = [parts_make_the_standard("prepared_parts_make_the_standard")]

    def __str__(self) -> str:
        return f"{self.category_name} {self.payable}"


class PreparedQuerySet(models.QuerySet["PreparedAssessment"]):
    def visible_to(self, staff: Staff) -> "PreparedQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)


class PreparedAssessment(models.Model):
    """续保预核 of one person for one year. Written anew each time an office has its year prepared."""

    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    coverage_year = models.PositiveSmallIntegerField("缴费年度")
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    outcome = models.ForeignKey(
        PreparedOutcome, verbose_name="预核结果", on_delete=models.PROTECT, related_name="persons", db_index=False
    )
    prepared_at = models.DateTimeField("预核时间")

    objects = PreparedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "续保预核"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="prepared_once_a_year",
                fields=["person", "coverage_year"],
                violation_error_message="此人本年度已经预核。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "coverage_year", "division_code"], name="prepared_of_office"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.coverage_year}"
