"""冲正: the money of a receipt whose day is closed, given back whole: a new fact with its own paper."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from offices.models import Office, Staff
from payments.models.joining import NOT_SETTLED_AT_ONCE, joins_its_own_line
from payments.models.receipt import Receipt
from payments.models.settlement import SettlementLine
from payments.models.workmanship import WorkmanshipReceipt


@pghistory.track(pghistory.UpdateEvent(), exclude=["settlement_line"], append_only=True)
class Reversal(models.Model):
    """冲正: a settled receipt whose money is given back whole; a new fact with its own paper, the receipt stays.

    Of a contribution (`receipt`) or of workmanship fees (`fee`), whose cards are then taken back. `clerk` paid it out
    of her own till and settles it with her receipts; `by` is the supervisor who approved.
    """

    receipt = models.OneToOneField(
        Receipt, verbose_name="收据", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal"
    )
    fee = models.OneToOneField(
        WorkmanshipReceipt,
        verbose_name="工本费收据",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversal",
    )
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    clerk = models.ForeignKey(Staff, verbose_name="退款人", on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField("退款金额", max_digits=12, decimal_places=2)
    capitals = models.CharField("金额大写", max_length=60)
    means = models.CharField(
        "退款方式",
        max_length=10,
        choices=[("cash", "现金"), ("card", "刷卡"), ("transfer", "转账"), ("qr", "扫码")],
    )
    payee = models.CharField("收款人", max_length=60)
    reason = models.CharField("冲正事由", max_length=200)
    by = models.ForeignKey(Staff, verbose_name="核准人", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("冲正时间")
    settlement_line = models.ForeignKey(
        SettlementLine,
        verbose_name="日结明细",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed",
        db_index=False,
    )
    refusals: ClassVar = {
        "reversal_gives_back_a_settled_receipt": "只有已日结、未作废的收据才能冲正，金额须与收据一致。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "冲正"
        constraints: ClassVar = [
            models.CheckConstraint(name="reversal_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="reversal_is_of_one_receipt",
                condition=Q(receipt__isnull=False, fee__isnull=True) | Q(receipt__isnull=True, fee__isnull=False),
                violation_error_message="一次冲正只退一张收据。",
            ),
            models.CheckConstraint(
                name="reversal_says_why",
                condition=~Q(reason="") & ~Q(payee=""),
                violation_error_message="冲正须写明事由和收款人。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["settlement_line"], name="reversal_of_line"),
            models.Index(fields=["clerk"], name="reversal_unsettled", condition=Q(settlement_line__isnull=True)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_settled", exclude=["settlement_line"]),
            pgtrigger.Protect(
                name="settled_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settlement_line__isnull=False),
            ),
            NOT_SETTLED_AT_ONCE,
            joins_its_own_line(
                """LEFT JOIN payments_receipt r ON r.id = f.receipt_id
                LEFT JOIN payments_payment y ON y.id = r.payment_id
                CROSS JOIN LATERAL (SELECT f.clerk_id, y.period_id) p""",
                moment="at",
            ),
            pgtrigger.Trigger(
                name="gives_back_a_settled_receipt",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    PERFORM pg_advisory_xact_lock_shared(hashtextextended('day-end ' || NEW.clerk_id, 0));
                    IF NOT EXISTS (
                        SELECT FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
                        WHERE r.id = NEW.receipt_id AND r.settlement_line_id IS NOT NULL AND r.voided_at IS NULL
                          AND r.amount = NEW.amount AND r.office_id = NEW.office_id AND p.clerk_id <> NEW.by_id
                        UNION ALL
                        SELECT FROM payments_workmanshipreceipt w
                        WHERE w.id = NEW.fee_id AND w.settlement_line_id IS NOT NULL AND w.voided_at IS NULL
                          AND w.amount = NEW.amount AND w.office_id = NEW.office_id AND w.clerk_id <> NEW.by_id)
                    THEN
                        RAISE EXCEPTION 'receipt % cannot be reversed so', coalesce(NEW.receipt_id, NEW.fee_id)
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_gives_back_a_settled_receipt';
                    END IF;
                    IF EXISTS (
                        SELECT FROM payments_settlement s
                        WHERE s.office_id = NEW.office_id AND s.clerk_id = NEW.clerk_id
                          AND s.day >= (NEW.at AT TIME ZONE 'Asia/Shanghai')::date)
                    THEN
                        RAISE EXCEPTION 'the day of clerk % is settled', NEW.clerk_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_day_is_open';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As printed on its paper."""
        return f"CZ{self.pk:08d}"
