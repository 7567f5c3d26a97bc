"""请款: what is claimed from departments and budgets, sheet by sheet, and what came in for each sheet."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from enrollment.models import ContributionPeriod
from offices.models import Staff

LATER = ["confirmed_at", "confirmed_by", "withdrawn_at", "withdrawn_by", "withdraw_reason"]


class FundingClaimQuerySet(models.QuerySet["FundingClaim"]):
    def standing(self) -> "FundingClaimQuerySet":
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def seen_by(self, staff: Staff) -> "FundingClaimQuerySet":
        """Those of counties in the scope, and those of the county in which a smaller scope lies."""
        scope = staff.division_scope
        if len(scope) > 6:
            return self.filter(division_code=scope[:6])
        return self.filter(division_code__startswith=scope)


class FundingClaim(models.Model):
    """请款单 of one county to one payer, for one coverage year: a department (资助) or a budget (财政补助).

    `amount` is the sum of the lines; a sheet that takes back more than it asks for is negative, and the payer gets
    money back. A second person confirms it. What was confirmed is withdrawn, with a reason, while no money came in.
    """

    class Kind(models.TextChoices):
        FUNDER = "funder", "资助"
        SUBSIDY = "subsidy", "财政补助"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    coverage_year = models.PositiveSmallIntegerField("年度")
    division_code = models.CharField("县（市、区）", max_length=6, db_collation="C")
    division_name = models.CharField("县（市、区）名称", max_length=60)
    payer = models.CharField("付款部门", max_length=60)
    number = models.PositiveIntegerField("请款批次")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    persons = models.IntegerField("人数")
    counted_on = models.DateField("统计日", null=True, blank=True)
    due_on = models.DateField("到账期限", null=True, blank=True)
    clause_key = models.CharField("条款", max_length=40, blank=True, db_collation="C")
    clause_line = models.CharField("依据", max_length=200, blank=True)
    made_at = models.DateTimeField("编制时间")
    made_by = models.ForeignKey(
        Staff, verbose_name="编制人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField("复核时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Staff, verbose_name="复核人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Staff, verbose_name="撤回人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdraw_reason = models.CharField("撤回事由", max_length=200, blank=True)

    objects = FundingClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请款单"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="funding_claim_number_once",
                fields=["period", "division_code", "kind", "number"],
                violation_error_message="这个请款批次刚刚由别人用了，没有重复编制。请刷新页面后再办。",
            ),
            models.CheckConstraint(
                name="funding_claim_of_a_county",
                condition=Q(division_code__regex=r"^[0-9]{6}$"),
                violation_error_message="请款以县（市、区）为单位。",
            ),
            models.CheckConstraint(
                name="funding_claim_kind_is_whole",
                condition=Q(kind="funder", counted_on__isnull=True) | Q(kind="subsidy", counted_on__isnull=False),
                violation_error_message="财政补助的请款须写明统计日。",
            ),
            models.CheckConstraint(
                name="funding_claim_confirmed_by_another",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (Q(confirmed_at__gte=F("made_at"), confirmed_by__isnull=False) & ~Q(confirmed_by=F("made_by"))),
                violation_error_message="请款单须由编制人以外的人复核。",
            ),
            models.CheckConstraint(
                name="funding_claim_withdrawal_is_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | (Q(withdrawn_at__gte=F("made_at"), withdrawn_by__isnull=False) & ~Q(withdraw_reason="")),
                violation_error_message="撤回请款单须同时记录时间、撤回人和事由。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_confirmed_or_withdrawn", exclude=LATER),
            pgtrigger.Protect(
                name="confirmed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False)
                & pgtrigger.Q(old__confirmed_at__df=pgtrigger.F("new__confirmed_at")),
            ),
            pgtrigger.Protect(
                name="withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="is_the_sum_of_its_lines",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF NEW.amount IS DISTINCT FROM
                        (SELECT coalesce(sum(l.amount), 0) FROM payments_funderclaimline l WHERE l.claim_id = NEW.id)
                        + (SELECT coalesce(sum(s.amount), 0) FROM payments_subsidyclaimline s WHERE s.claim_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'claim % is not the sum of its lines', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_is_the_sum_of_its_lines';
                    END IF;
                    IF EXISTS (SELECT FROM payments_funderclaimline l WHERE l.claim_id = NEW.id
                               AND l.withdrawn <> (SELECT c.withdrawn_at IS NOT NULL FROM payments_fundingclaim c
                                                   WHERE c.id = NEW.id))
                    THEN
                        RAISE EXCEPTION 'claim % and its lines part ways', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_and_lines_part_ways';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="withdrawn_before_money_came",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__withdrawn_at__isnull=False),
                func="""
                    IF (SELECT coalesce(sum(p.amount), 0) FROM payments_fundingpayment p WHERE p.claim_id = NEW.id) <> 0
                    THEN
                        RAISE EXCEPTION 'money came in for claim %', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_has_money';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.full_number}"

    @property
    def full_number(self) -> str:
        """Year, county and batch: 2017-530127-Z02 for a department's, …-B02 for a budget's."""
        letter = "Z" if self.kind == self.Kind.FUNDER else "B"
        return f"{self.coverage_year}-{self.division_code}-{letter}{self.number:02d}"


class FundingPayment(models.Model):
    """到账: money that came in for a claim, or went back for a negative one. Only added; a mistake is reversed.

    Never before the claim is confirmed, never more than is claimed: the database sees to both under the claim's lock.
    """

    claim = models.ForeignKey(FundingClaim, verbose_name="请款单", on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    received_on = models.DateField("到账日期")
    voucher_number = models.CharField("凭证号", max_length=40)
    reverses = models.OneToOneField(
        "self", verbose_name="冲正的到账", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    reason = models.CharField("冲正事由", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        Staff, verbose_name="登记人", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "到账"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="funding_payment_is_whole",
                condition=~Q(amount=0)
                & ~Q(voucher_number="")
                & (Q(reverses__isnull=True, reason="") | (Q(reverses__isnull=False) & ~Q(reason=""))),
                violation_error_message="到账须有金额和凭证号；冲正还须写明事由。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # The claim is locked first, so that two payments at once cannot both find the same money owed.
            pgtrigger.Trigger(
                name="within_the_claim",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[("claim", "payments_fundingclaim%ROWTYPE"), ("total", "numeric")],
                func="""
                    SELECT * INTO claim FROM payments_fundingclaim c WHERE c.id = NEW.claim_id FOR NO KEY UPDATE;
                    SELECT coalesce(sum(p.amount), 0) + NEW.amount INTO total
                    FROM payments_fundingpayment p WHERE p.claim_id = NEW.claim_id;
                    IF claim.confirmed_at IS NULL OR claim.withdrawn_at IS NOT NULL
                        OR total * sign(claim.amount) < 0 OR abs(total) > abs(claim.amount)
                        OR (NEW.reverses_id IS NOT NULL AND NOT EXISTS (
                            SELECT FROM payments_fundingpayment p WHERE p.id = NEW.reverses_id
                            AND p.claim_id = NEW.claim_id AND p.amount = -NEW.amount AND p.reverses_id IS NULL))
                    THEN
                        RAISE EXCEPTION 'payment does not fit claim %', NEW.claim_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_payment_within_the_claim';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_number} {self.amount}"
