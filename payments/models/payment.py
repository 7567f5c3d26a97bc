"""缴费: money taken from a household, once per idempotency key."""

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from enrollment.models import Assessment, ContributionPeriod
from households.models import Household
from offices.access import visible
from offices.models import Office, Staff
from payments.models.bank_slip import SLIP_ONCE, BankSlip
from payments.models.joining import slip_counts_once


def day_is_open(moment: str) -> pgtrigger.Trigger:
    """No money is added to a day that its clerk has settled; her day-end waits for payments under way.

    `moment`: when the row NEW is booked, in SQL.
    """
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
                  AND s.day >= ({moment} AT TIME ZONE 'Asia/Shanghai')::date)
            THEN
                RAISE EXCEPTION 'the day of clerk % is settled', NEW.clerk_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_day_is_open';
            END IF;
            RETURN NEW;
        """,
    )


# Of a payment `m`: its money is still with the office.
STANDS = """NOT EXISTS (
                    SELECT FROM payments_receipt r LEFT JOIN payments_reversal v ON v.receipt_id = r.id
                    WHERE r.payment_id = m.id AND (r.voided_at IS NOT NULL OR v.id IS NOT NULL))"""


class PaymentQuerySet(models.QuerySet["Payment"]):
    def visible_to(self, staff: Staff) -> "PaymentQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)

    def booked_since(self, start: datetime) -> "PaymentQuerySet":
        """Those taken, or entered from a bank slip, since a moment."""
        return self.filter(Q(paid_at__gte=start) | Q(entered_at__gte=start))


class Payment(models.Model):
    """缴费 of one household for one year. Written once; a mistake is voided through its receipt, never edited.

    `amount` is zero where departments pay for everybody: then no receipt number is used.

    补录: what a household paid at the bank and a supervisor entered afterwards, from its slip. `paid_at` is when the
    bank took it, and decides; `entered_at` is when it was entered, and is the moment by which the money is booked.
    What a collector paid in for many has one slip for all of them, which is on the deposit and not here.
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
    entered_at = models.DateTimeField("补录时间", null=True, blank=True)
    slip = models.ForeignKey(
        BankSlip,
        verbose_name="银行回单",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        db_index=False,
    )
    entry_reason = models.CharField("补录事由", max_length=200, blank=True, default="", db_default="")

    objects = PaymentQuerySet.as_manager()
    refusals: ClassVar = {
        "bank_slip_counts_once": SLIP_ONCE,
        "payment_slip_is_what_was_paid": "银行回单的金额或日期与这笔缴费不符，没有补录。请核对回单。",
    }

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
            models.CheckConstraint(
                name="payment_entry_is_whole",
                condition=Q(entered_at__isnull=True, slip__isnull=True, entry_reason="")
                | (
                    Q(
                        entered_at__isnull=False,
                        entered_at__gt=F("paid_at"),
                        means="transfer",
                    )
                    & (Q(slip__isnull=False, amount__gt=0) | (Q(slip__isnull=True) & ~Q(channel="counter")))
                    & ~Q(entry_reason="")
                ),
                violation_error_message="补录须有银行回单和事由，按转账记，且回单时刻早于补录的时刻。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "paid_at"], name="payment_of_household"),
            models.Index(fields=["office", "paid_at"], name="payment_of_office"),
            models.Index(fields=["clerk", "paid_at"], name="payment_of_clerk"),
            # Few: what was entered from a slip.
            models.Index(fields=["slip"], name="payment_of_slip", condition=Q(slip__isnull=False)),
            models.Index(
                fields=["office", "entered_at"], name="payment_entered", condition=Q(entered_at__isnull=False)
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            day_is_open("coalesce(NEW.entered_at, NEW.paid_at)"),
            slip_counts_once("payment", within="true", stands=STANDS),
            pgtrigger.Trigger(
                name="slip_is_what_was_paid",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__slip__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_bankslip s WHERE s.id = NEW.slip_id
                        AND (s.amount, s.day) = (NEW.amount, (NEW.paid_at AT TIME ZONE 'Asia/Shanghai')::date))
                    THEN
                        RAISE EXCEPTION 'payment % is not what its slip says', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_slip_is_what_was_paid';
                    END IF;
                    RETURN NEW;
                """,
            ),
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
