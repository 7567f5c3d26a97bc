"""财政补助: what each budget adds for a person, by rule-set year and category, and the heads on a claim sheet."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from enrollment.models import ContributionPeriod
from offices.access import visible
from offices.models import Staff
from payments.models.funding import FundingClaim

LATER = ["confirmed_at", "confirmed_by", "ended_at", "ended_by"]


class SubsidyRateQuerySet(models.QuerySet["SubsidyRate"]):
    def standing(self) -> "SubsidyRateQuerySet":
        """Those not taken out of use."""
        return self.filter(ended_at__isnull=True)

    def in_force(self) -> "SubsidyRateQuerySet":
        """Those that a second administrator confirmed."""
        return self.standing().filter(confirmed_at__isnull=False)


class SubsidyRate(models.Model):
    """补助标准 of one budget for one county and year, in yuan a head: the document does not give it.

    An empty `category` is everybody who has no rate of their own. Filled in with its source, confirmed by a second
    administrator; never changed: a wrong one is taken out of use and another filled in.
    """

    class Level(models.TextChoices):
        CENTRAL = "中央财政", "中央财政"
        PROVINCE = "省财政", "省财政"
        CITY = "市财政", "市财政"
        COUNTY = "县（区）财政", "县（区）财政"

    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("县（市、区）", max_length=6, db_collation="C")
    payer = models.CharField("财政", max_length=60, choices=Level)
    category = models.CharField("人员类别代码", max_length=40, blank=True, db_collation="C")
    category_name = models.CharField("人员类别", max_length=60, blank=True)
    amount = models.DecimalField("每人每年（元）", max_digits=12, decimal_places=2)
    source = models.CharField("依据文号", max_length=100)
    filled_at = models.DateTimeField("填写时间")
    filled_by = models.ForeignKey(
        Staff, verbose_name="填写人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField("复核时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Staff, verbose_name="复核人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        Staff, verbose_name="停用人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = SubsidyRateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补助标准"
        ordering: ClassVar = ["period", "division_code", "payer", "category"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="subsidy_rate_once",
                fields=["period", "division_code", "payer", "category"],
                condition=Q(ended_at__isnull=True),
                violation_error_message="这一财政、这一类别本年度已经填过标准。要更改，请先停用原来的。",
            ),
            models.CheckConstraint(
                name="subsidy_rate_is_not_negative",
                condition=Q(amount__gte=0) & ~Q(source=""),
                violation_error_message="补助标准不能为负数，并须写明依据文号。",
            ),
            models.CheckConstraint(
                name="subsidy_rate_confirmed_by_another",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (Q(confirmed_at__gte=F("filled_at"), confirmed_by__isnull=False) & ~Q(confirmed_by=F("filled_by"))),
                violation_error_message="补助标准须由填写人以外的管理员复核。",
            ),
            models.CheckConstraint(
                name="subsidy_rate_ended_by_someone",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__gte=F("filled_at"), ended_by__isnull=False),
                violation_error_message="停用补助标准须记录时间和停用人。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_confirmed_or_ended", exclude=LATER),
            pgtrigger.Protect(
                name="confirmed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False)
                & pgtrigger.Q(old__confirmed_at__df=pgtrigger.F("new__confirmed_at")),
            ),
            pgtrigger.Protect(
                name="ended_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.category_name or '全部类别'} {self.amount}"


class SubsidyClaimLineQuerySet(models.QuerySet["SubsidyClaimLine"]):
    def visible_to(self, staff: Staff) -> "SubsidyClaimLineQuerySet":
        """Those of towns in the divisions of a member of staff."""
        if len(staff.division_scope) > 9:
            return self.none()
        return visible(self, staff)


class SubsidyClaimLine(models.Model):
    """补助请款明细: the heads of a town and category on the day of counting, at a rate, less what was claimed."""

    claim = models.ForeignKey(
        FundingClaim, verbose_name="请款单", on_delete=models.PROTECT, related_name="heads", db_index=False
    )
    position = models.PositiveIntegerField("序号")
    division_code = models.CharField("镇（街）区划", max_length=9, db_collation="C")
    town = models.CharField("镇（街）", max_length=60)
    category = models.CharField("人员类别代码", max_length=40, db_collation="C")
    category_name = models.CharField("人员类别", max_length=60)
    heads = models.PositiveIntegerField("人数")
    rate = models.DecimalField("每人每年（元）", max_digits=12, decimal_places=2)
    rate_row = models.ForeignKey(
        SubsidyRate, verbose_name="补助标准", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    before = models.DecimalField("此前已请（元）", max_digits=12, decimal_places=2)
    amount = models.DecimalField("本次请款（元）", max_digits=12, decimal_places=2)

    objects = SubsidyClaimLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补助请款明细"
        ordering: ClassVar = ["claim", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="subsidy_line_once", fields=["claim", "division_code", "category"]),
            models.CheckConstraint(
                name="subsidy_line_is_whole",
                condition=Q(amount=F("heads") * F("rate") - F("before")),
                violation_error_message="本次请款应等于人数乘标准，减去此前已请。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="at_the_rate_filled_in",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    IF EXISTS (
                        SELECT FROM fresh l
                        JOIN payments_fundingclaim c ON c.id = l.claim_id
                        JOIN payments_subsidyrate r ON r.id = l.rate_row_id
                        WHERE (c.kind = 'subsidy' AND r.period_id = c.period_id AND r.payer = c.payer
                               AND r.division_code = c.division_code AND starts_with(l.division_code, c.division_code)
                               AND r.confirmed_at IS NOT NULL AND r.ended_at IS NULL AND r.amount = l.rate
                               AND r.category IN ('', l.category)) IS NOT TRUE)
                    THEN
                        RAISE EXCEPTION 'a line is not at the rate filled in'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'subsidy_line_at_the_rate_filled_in';
                    END IF;
                    IF EXISTS (
                        SELECT FROM payments_fundingclaim c WHERE c.id IN (SELECT f.claim_id FROM fresh f)
                        AND c.amount <> (SELECT sum(l.amount) FROM payments_subsidyclaimline l WHERE l.claim_id = c.id))
                    THEN
                        RAISE EXCEPTION 'a claim is not the sum of its lines'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.town} {self.category_name} {self.amount}"
