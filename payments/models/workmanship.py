"""工本费收据: what was charged for cards and record books; never on the contribution's receipt, never fund money."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from households.models import Household
from offices.access import visible
from offices.models import Office, Staff
from payments.models.book import ReceiptBook
from payments.models.joining import NOT_SETTLED_AT_ONCE, joins_its_own_line
from payments.models.numbered import (
    ONLY_VOIDED,
    SETTLED_STAYS,
    VOIDED_ONCE,
    not_voided_once_verified,
    number_from_its_book,
    void_is_whole,
)
from payments.models.payment import day_is_open


class WorkmanshipReceiptQuerySet(models.QuerySet["WorkmanshipReceipt"]):
    def visible_to(self, staff: Staff) -> "WorkmanshipReceiptQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)

    def valid(self) -> "WorkmanshipReceiptQuerySet":
        """Those not voided."""
        return self.filter(voided_at__isnull=True)


@pghistory.track(pghistory.UpdateEvent(), exclude=["settlement_line"], append_only=True)
class WorkmanshipReceipt(models.Model):
    """工本费收据 with its money, from a book of its own kind. Its lines are the cards and books that were handed over.

    Written once, once per idempotency key; void marks it, the number stays used.
    """

    idempotency_key = models.UUIDField("请求编号")
    book = models.ForeignKey(
        ReceiptBook, verbose_name="票据号段", on_delete=models.PROTECT, related_name="workmanship", db_index=False
    )
    book_code = models.CharField("票据代码", max_length=20, db_collation="C")
    number = models.BigIntegerField("号码")
    printed_number = models.CharField("票据号码", max_length=18, db_collation="C")
    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, related_name="workmanship_receipts"
    )
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    clerk = models.ForeignKey(Staff, verbose_name="收款人", on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    capitals = models.CharField("金额大写", max_length=60)
    means = models.CharField(
        "收款方式",
        max_length=10,
        choices=[("cash", "现金"), ("card", "刷卡"), ("transfer", "转账"), ("qr", "扫码")],
    )
    tendered = models.DecimalField("实收", max_digits=12, decimal_places=2)
    change = models.DecimalField("找零", max_digits=12, decimal_places=2)
    payer = models.CharField("缴款人", max_length=60)
    household_number = models.CharField("户号", max_length=20)
    title = models.CharField("项目", max_length=100)
    office_name = models.CharField("收款单位", max_length=60)
    clerk_name = models.CharField("收款人姓名", max_length=50)
    clause_line = models.TextField("依据", blank=True)
    issued_at = models.DateTimeField("开票时间")
    demo = models.BooleanField("演示", default=False)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(
        Staff, verbose_name="作废人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    void_reason = models.CharField("作废事由", max_length=200, blank=True)
    settlement_line = models.ForeignKey(
        "payments.SettlementLine",
        verbose_name="日结明细",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="settled_fees",
        db_index=False,
    )

    objects = WorkmanshipReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工本费收据"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="workmanship_once_per_key",
                fields=["idempotency_key"],
                violation_error_message="这次提交已经收过工本费，没有再收。请刷新页面查看收据。",
            ),
            models.UniqueConstraint(
                name="workmanship_number_once_per_book",
                fields=["book", "number"],
                violation_error_message="这个票据号码已经用过。",
            ),
            models.CheckConstraint(
                name="workmanship_amount_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message="收据金额应大于零。",
            ),
            models.CheckConstraint(
                name="workmanship_change_is_the_difference",
                condition=Q(change=F("tendered") - F("amount"), change__gte=0),
                violation_error_message="找零应等于实收减应收，且不能为负数。",
            ),
            models.CheckConstraint(
                name="workmanship_change_is_cash",
                condition=Q(means="cash") | Q(change=0),
                violation_error_message="只有现金才有找零。",
            ),
            models.CheckConstraint(
                name="workmanship_means_is_known",
                condition=Q(means__in=["cash", "card", "transfer", "qr"]),
                violation_error_message="请选择收款方式。",
            ),
            void_is_whole("workmanship"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "issued_at"], name="workmanship_of_office"),
            models.Index(fields=["printed_number"], name="workmanship_by_number"),
            models.Index(fields=["settlement_line"], name="workmanship_of_line"),
            models.Index(fields=["clerk"], name="workmanship_unsettled", condition=Q(settlement_line__isnull=True)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            ONLY_VOIDED,
            VOIDED_ONCE,
            SETTLED_STAYS,
            NOT_SETTLED_AT_ONCE,
            joins_its_own_line("CROSS JOIN LATERAL (SELECT f.clerk_id, NULL::bigint AS period_id) p"),
            day_is_open("NEW.issued_at"),
            not_voided_once_verified("workmanship"),
            number_from_its_book(
                "workmanship",
                purpose="workmanship",
                told="workmanship receipt",
                lines=("payments_cardissue", "i"),
                amount="fee",
            ),
            pgtrigger.Trigger(
                name="void_takes_back",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT FROM payments_cardissue i LEFT JOIN payments_reversal v ON v.fee_id = NEW.id
                        WHERE i.receipt_id = NEW.id
                          AND (NEW.voided_at IS NULL AND v.id IS NULL) <> (i.cancelled_at IS NULL))
                    THEN
                        RAISE EXCEPTION 'workmanship receipt % and its cards part ways', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'workmanship_void_takes_back';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.full_number

    @property
    def is_reversed(self) -> bool:
        """Its money was given back after its day was closed."""
        return hasattr(self, "reversal")

    @property
    def full_number(self) -> str:
        """Code and number as printed."""
        return f"{self.book_code} {self.printed_number}"


class WorkmanshipPrint(models.Model):
    """打印: each time a workmanship receipt was printed; from copy 2 on it says 补打."""

    receipt = models.ForeignKey(
        WorkmanshipReceipt, verbose_name="工本费收据", on_delete=models.PROTECT, related_name="prints", db_index=False
    )
    copy = models.PositiveSmallIntegerField("第几次")
    at = models.DateTimeField("打印时间")
    by = models.ForeignKey(Staff, verbose_name="打印人", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = "工本费收据打印记录"
        constraints: ClassVar = [
            models.UniqueConstraint(name="workmanship_copy_once", fields=["receipt", "copy"]),
            models.CheckConstraint(name="workmanship_copy_is_positive", condition=Q(copy__gte=1)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} 第{self.copy}次"
