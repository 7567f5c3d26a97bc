"""缴费核定、参保登记: what was decided for a household, and who is covered for which year."""

from datetime import date
from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from enrollment.models.ruleset import ContributionPeriod, RuleSetEdition
from households.models import Household, Person
from offices.access import visible
from offices.models import Office, Staff


def parts_make_the_standard(name: str) -> models.CheckConstraint:
    """个人应缴 + 资助 = 缴费标准, none of them negative."""
    return models.CheckConstraint(
        name=name,
        condition=Q(standard=F("payable") + F("sponsored"), payable__gte=0, sponsored__gte=0),
        violation_error_message="个人应缴与资助之和应等于缴费标准。",
    )


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, staff: Staff) -> "AssessmentQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)


class Assessment(models.Model):
    """缴费核定: the decision under which money was taken, frozen with the edition of the rule set that gave it."""

    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, related_name="assessments", db_index=False
    )
    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    edition = models.ForeignKey(
        RuleSetEdition, verbose_name="规则集版本", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    decided_at = models.DateTimeField("核定时间")
    by = models.ForeignKey(Staff, verbose_name="核定人", on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField("办理渠道", max_length=20)
    standard = models.DecimalField("缴费标准合计", max_digits=12, decimal_places=2)
    payable = models.DecimalField("个人应缴合计", max_digits=12, decimal_places=2)
    sponsored = models.DecimalField("资助合计", max_digits=12, decimal_places=2)
    decision = models.JSONField("核定结果")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "缴费核定"
        constraints: ClassVar = [parts_make_the_standard("assessment_parts_make_the_standard")]
        indexes: ClassVar = [
            models.Index(fields=["household", "period"], name="assessment_of_household"),
            models.Index(fields=["office", "period"], name="assessment_of_office"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # At commit: the assessment and its enrolments are written by one statement, in no certain order.
            pgtrigger.Trigger(
                name="is_the_sum_of_its_enrolments",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF (SELECT (sum(standard), sum(payable), sum(sponsored))
                        IS DISTINCT FROM (NEW.standard, NEW.payable, NEW.sponsored)
                        FROM enrollment_enrollment WHERE assessment_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'assessment % is not the sum of its enrolments', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_is_the_sum_of_its_enrolments';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.payable}"


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def in_force(self) -> "EnrollmentQuerySet":
        """Those not cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def standing_on(self, day: date) -> "EnrollmentQuerySet":
        """Those in force whose cover is not over by that day and was not ended before it by a change."""
        ended = Q(terminations__undone_at__isnull=True, terminations__last_day__lt=day)
        over = self.model.objects.filter(ended)
        return self.in_force().filter(benefit_ends_on__gte=day, person__died_on__isnull=True).exclude(pk__in=over)

    def visible_to(self, staff: Staff) -> "EnrollmentQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class Enrollment(models.Model):
    """参保登记: a person covered for a year, once a year anywhere. Only cancelling may change it, and only once."""

    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="enrollments", db_index=False
    )
    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, related_name="enrollments", db_index=False
    )
    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    coverage_year = models.PositiveSmallIntegerField("缴费年度")
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    assessment = models.ForeignKey(
        Assessment, verbose_name="缴费核定", on_delete=models.PROTECT, related_name="enrollments"
    )
    category = models.CharField("人员类别代码", max_length=40, db_collation="C")
    category_name = models.CharField("人员类别", max_length=60)
    standard = models.DecimalField("缴费标准", max_digits=12, decimal_places=2)
    payable = models.DecimalField("个人应缴", max_digits=12, decimal_places=2)
    sponsored = models.DecimalField("资助", max_digits=12, decimal_places=2)
    funder = models.CharField("资助部门", max_length=60, blank=True)
    benefit_starts_on = models.DateField("待遇享受起")
    benefit_ends_on = models.DateField("待遇享受止")
    usable_from = models.DateField("可使用日")
    account_credit = models.DecimalField("个人账户划入", max_digits=12, decimal_places=2, null=True, blank=True)
    account_credit_due_by = models.DateField("个人账户划入期限", null=True, blank=True)
    continuous_years = models.PositiveSmallIntegerField("连续缴费年限", null=True, blank=True)
    reasons = models.JSONField("依据", default=list)
    registered_at = models.DateTimeField("登记时间")
    enrolled_at = models.DateTimeField("参保时间")
    cancelled_at = models.DateTimeField("撤销时间", null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Staff, verbose_name="撤销人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参保登记"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="enrollment_once_a_year_anywhere",
                fields=["person", "coverage_year"],
                condition=Q(cancelled_at__isnull=True),
                violation_error_message="此人本年度已参保，一人一年只能参保一次。",
            ),
            parts_make_the_standard("enrollment_parts_make_the_standard"),
            models.CheckConstraint(
                name="enrollment_names_its_funder",
                condition=Q(sponsored=0) | ~Q(funder=""),
                violation_error_message="有资助金额的，须写明资助部门。",
            ),
            models.CheckConstraint(
                name="enrollment_benefit_is_forward",
                condition=Q(
                    benefit_ends_on__gte=F("benefit_starts_on"),
                    usable_from__gte=F("benefit_starts_on"),
                    usable_from__lte=F("benefit_ends_on"),
                ),
                violation_error_message="待遇享受期的起止日期颠倒，或可使用日不在享受期内。",
            ),
            models.CheckConstraint(
                name="enrollment_credit_is_positive",
                condition=Q(account_credit__isnull=True, account_credit_due_by__isnull=True) | Q(account_credit__gt=0),
                violation_error_message="个人账户划入金额应大于零。",
            ),
            models.CheckConstraint(
                name="enrollment_cancelled_by_someone",
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__gte=F("enrolled_at"), cancelled_by__isnull=False),
                violation_error_message="撤销参保须记录时间和撤销人，且不早于参保时间。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "coverage_year"], name="enrollment_of_household"),
            # Not the year first: see payments/funding/unenrolled.py.
            models.Index(fields=["division_code", "coverage_year"], name="enrollment_by_division"),
            # One in twenty: what departments pay for is summed up again and again.
            models.Index(
                fields=["period", "division_code"],
                name="enrollment_sponsored",
                condition=Q(sponsored__gt=0, cancelled_at__isnull=True),
            ),
            # Few: those in force are found by their unique constraint.
            models.Index(
                fields=["person"], name="enrollment_cancelled_of_person", condition=Q(cancelled_at__isnull=False)
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_cancelled", exclude=["cancelled_at", "cancelled_by"]),
            pgtrigger.Protect(
                name="cancelled_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__cancelled_at__isnull=False),
            ),
            # Once for all rows of a statement: a roster writes thousands. They may come to less than the assessment
            # until its own check at the commit; whatever is added to a whole one comes to more.
            pgtrigger.Trigger(
                name="fits_its_assessment",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    IF EXISTS (
                        SELECT FROM (
                            SELECT DISTINCT f.assessment_id, f.household_id, f.period_id, f.coverage_year
                            FROM fresh f) t
                        LEFT JOIN enrollment_assessment a
                            ON (a.id, a.household_id, a.period_id) = (t.assessment_id, t.household_id, t.period_id)
                        LEFT JOIN enrollment_contributionperiod p
                            ON (p.id, p.coverage_year) = (a.period_id, t.coverage_year)
                        CROSS JOIN LATERAL (
                            SELECT sum(e.standard) AS standard, sum(e.payable) AS payable, sum(e.sponsored) AS sponsored
                            FROM enrollment_enrollment e WHERE e.assessment_id = t.assessment_id) s
                        WHERE p.id IS NULL
                           OR s.standard > a.standard OR s.payable > a.payable OR s.sponsored > a.sponsored)
                    THEN
                        RAISE EXCEPTION 'an enrolment does not fit its assessment'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'enrollment_belongs_to_its_assessment';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.coverage_year}"
