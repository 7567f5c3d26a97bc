"""缴费: money taken from a household, once per idempotency key."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from enrollment.models import Assessment, ContributionPeriod
from households.models import Household
from offices.access import visible
from offices.models import Office, Staff


def day_is_open(moment: str) -> pgtrigger.Trigger:
    """No money is added to a day that its clerk has settled; her day-end waits for payments under way."""
    return pgtrigger.Trigger(
        name="day_is_open",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        condition=pgtrigger.Q(new__amount__gt=0),
        func=f"""
            PERFORM pg_advisory_xact_lock_shared(hashtextextended('day-end ' || NEW.clerk_id, 0));
            IF EXISTS (
                SELECT FROM payments_settlement s
                WHERE s.office_id = NEW.office_id AND s.clerk_id = NEW.clerk_id
                  AND s.day >= (NEW.{moment} AT TIME ZONE 'Asia/Shanghai')::date)
            THEN
                RAISE EXCEPTION 'the day of clerk % is settled', NEW.clerk_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_day_is_open';
            END IF;
            RETURN NEW;
        """,
    )


class PaymentQuerySet(models.QuerySet["Payment"]):
    def visible_to(self, staff: Staff) -> "PaymentQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)


class Payment(models.Model):
    """缴费 of one household for one year. Written once; a mistake is voided through its receipt, never edited.

    `amount` is zero where departments pay for everybody: then no receipt number is used.
    """

    class Means(models.TextChoices):
        CASH = "cash", "现金"
        CARD = "card", "刷卡"
        TRANSFER = "transfer", "转账"
        QR = "qr", "扫码"

    idempotency_key = models.UUIDField("请求编号")
    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, related_name="payments", db_index=False
    )
    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    assessment = models.OneToOneField(
        Assessment, verbose_name="缴费核定", on_delete=models.PROTECT, related_name="payment"
    )
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    clerk = models.ForeignKey(Staff, verbose_name="收款人", on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField("办理渠道", max_length=20)
    means = models.CharField("收款方式", max_length=10, choices=Means)
    amount = models.DecimalField("应收", max_digits=12, decimal_places=2)
    tendered = models.DecimalField("实收", max_digits=12, decimal_places=2)
    change = models.DecimalField("找零", max_digits=12, decimal_places=2)
    paid_at = models.DateTimeField("缴费时间")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "缴费"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="payment_once_per_key",
                fields=["idempotency_key"],
                violation_error_message="这次提交已经收过款，没有再收。请刷新页面查看收据。",
            ),
            models.CheckConstraint(
                name="payment_amount_is_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message="应收金额不能为负数。",
            ),
            models.CheckConstraint(
                name="payment_change_is_the_difference",
                condition=Q(change=F("tendered") - F("amount"), change__gte=0),
                violation_error_message="找零应等于实收减应收，且不能为负数。",
            ),
            models.CheckConstraint(
                name="payment_change_is_cash",
                condition=Q(means="cash") | Q(change=0),
                violation_error_message="只有现金才有找零。",
            ),
            models.CheckConstraint(
                name="payment_means_is_known",
                condition=Q(means__in=["cash", "card", "transfer", "qr"]),
                violation_error_message="请选择收款方式。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "paid_at"], name="payment_of_household"),
            models.Index(fields=["office", "paid_at"], name="payment_of_office"),
            models.Index(fields=["clerk", "paid_at"], name="payment_of_clerk"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            day_is_open("paid_at"),
            # At commit: one statement writes assessment, payment and receipt. No money without a number.
            pgtrigger.Trigger(
                name="no_money_without_a_number",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM enrollment_assessment a WHERE a.id = NEW.assessment_id
                        AND a.household_id = NEW.household_id AND a.period_id = NEW.period_id
                        AND a.payable = NEW.amount)
                    THEN
                        RAISE EXCEPTION 'payment % is not what was assessed', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_is_what_was_assessed';
                    END IF;
                    IF (SELECT count(*) FROM payments_receipt r
                        WHERE r.payment_id = NEW.id AND r.amount = NEW.amount) <> (NEW.amount > 0)::int
                    THEN
                        RAISE EXCEPTION 'payment % of % without its receipt', NEW.id, NEW.amount
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_has_its_receipt';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paid_at:%Y-%m-%d} {self.amount}"
