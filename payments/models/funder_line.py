"""资助请款明细: the persons on a funder's claim sheet, each once, copied from the enrolment as it was paid."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from common.idcard import mask
from common.sealing import ID_NUMBER
from enrollment.models import Enrollment
from households.models import Person
from offices.access import visible
from offices.models import Staff
from offices.sealed import SealedField, only_sealed
from payments.models.funding import FundingClaim


class FunderClaimLineQuerySet(models.QuerySet["FunderClaimLine"]):
    def visible_to(self, staff: Staff) -> "FunderClaimLineQuerySet":
        """Those of persons enrolled in the divisions of a member of staff."""
        return visible(self, staff)

    def standing(self) -> "FunderClaimLineQuerySet":
        """Those of sheets that were not withdrawn."""
        return self.filter(withdrawn=False)


class FunderClaimLine(models.Model):
    """One person on a sheet; a correction (`corrects`) takes back a line whose enrolment was cancelled afterwards.

    `withdrawn` goes with the sheet; `corrected` says that a standing correction takes the line back.
    """

    claim = models.ForeignKey(
        FundingClaim, verbose_name="请款单", on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveIntegerField("序号")
    enrollment = models.ForeignKey(
        Enrollment, verbose_name="参保登记", on_delete=models.PROTECT, related_name="funder_lines"
    )
    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    coverage_year = models.PositiveSmallIntegerField("年度")
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    town = models.CharField("镇（街）", max_length=60)
    name = models.CharField("姓名", max_length=60)
    id_no = SealedField("身份证号码", kind=ID_NUMBER, max_length=18, blank=True)
    category = models.CharField("代缴类别代码", max_length=40, db_collation="C")
    category_name = models.CharField("代缴类别", max_length=60)
    amount = models.DecimalField("代缴金额", max_digits=12, decimal_places=2)
    payable = models.DecimalField("个人缴费金额", max_digits=12, decimal_places=2)
    standard = models.DecimalField("缴费总额", max_digits=12, decimal_places=2)
    corrects = models.ForeignKey(
        "self", verbose_name="冲减的明细", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    withdrawn = models.BooleanField("已撤回", default=False, db_default=False)
    corrected = models.BooleanField("已冲减", default=False, db_default=False)

    objects = FunderClaimLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资助请款明细"
        ordering: ClassVar = ["claim", "position"]
        constraints: ClassVar = [
            only_sealed("funder_line_is_sealed", "id_no"),
            models.UniqueConstraint(name="funder_line_position_once", fields=["claim", "position"]),
            models.UniqueConstraint(
                name="funder_line_person_once_a_year",
                fields=["person", "coverage_year"],
                condition=Q(withdrawn=False, corrected=False, corrects__isnull=True),
                violation_error_message="其中有人本年度已经请过款，一人只请一次，没有重复请款。请刷新页面后再办。",
            ),
            models.UniqueConstraint(
                name="funder_line_enrollment_once",
                fields=["enrollment"],
                condition=Q(withdrawn=False, corrects__isnull=True),
                violation_error_message="其中有人本年度已经请过款，一人只请一次，没有重复请款。请刷新页面后再办。",
            ),
            models.UniqueConstraint(
                name="funder_line_corrected_once",
                fields=["corrects"],
                condition=Q(withdrawn=False),
                violation_error_message="其中有人的请款已经冲减过，没有重复冲减。请刷新页面后再办。",
            ),
            models.CheckConstraint(
                name="funder_line_is_whole",
                condition=Q(standard=F("payable") + F("amount"))
                & (
                    Q(corrects__isnull=True, amount__gt=0, payable__gte=0)
                    | Q(corrects__isnull=False, amount__lt=0, payable__lte=0, corrected=False)
                ),
                violation_error_message="代缴金额与个人缴费之和应等于缴费总额；冲减的为负数。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_withdrawn_or_corrected", exclude=["withdrawn", "corrected"]),
            pgtrigger.Protect(
                name="withdrawn_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__withdrawn=True)
            ),
            # Once for all lines of a statement: a sheet may have a hundred thousand.
            pgtrigger.Trigger(
                name="says_what_the_enrolment_says",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    IF EXISTS (
                        SELECT FROM fresh l
                        JOIN payments_fundingclaim c ON c.id = l.claim_id
                        JOIN enrollment_enrollment e ON e.id = l.enrollment_id
                        LEFT JOIN payments_funderclaimline o ON o.id = l.corrects_id
                        WHERE (c.kind = 'funder' AND c.period_id = e.period_id AND c.payer = e.funder
                               AND starts_with(e.division_code, c.division_code) AND e.person_id = l.person_id
                               AND e.coverage_year = l.coverage_year AND e.category = l.category
                               AND CASE WHEN l.corrects_id IS NULL
                                   THEN (l.amount, l.payable) = (e.sponsored, e.payable)
                                   ELSE (l.amount, l.payable) = (-o.amount, -o.payable)
                                        AND o.enrollment_id = l.enrollment_id
                                        AND o.corrected AND o.corrects_id IS NULL AND e.cancelled_at IS NOT NULL
                                   END) IS NOT TRUE)
                    THEN
                        RAISE EXCEPTION 'a line is not what was paid'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funder_line_says_what_the_enrolment_says';
                    END IF;
                    IF EXISTS (
                        SELECT FROM payments_fundingclaim c WHERE c.id IN (SELECT f.claim_id FROM fresh f)
                        AND c.amount <> (SELECT sum(l.amount) FROM payments_funderclaimline l WHERE l.claim_id = c.id))
                    THEN
                        RAISE EXCEPTION 'a claim is not the sum of its lines'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="corrected_by_a_standing_line",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(old__corrected__df=pgtrigger.F("new__corrected")),
                func="""
                    IF (SELECT l.corrected <> EXISTS (
                            SELECT FROM payments_funderclaimline c WHERE c.corrects_id = l.id AND NOT c.withdrawn)
                        FROM payments_funderclaimline l WHERE l.id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'line % and its correction part ways', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funder_line_corrected_by_a_line';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.amount}"

    @property
    def masked_id(self) -> str:
        """The number as paper and screens show it."""
        return mask(self.id_no)
