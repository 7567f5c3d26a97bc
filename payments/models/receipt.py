"""收据: what was printed, copied from the moment of payment and never changed; void marks it, nothing more."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from common.idcard import mask
from common.sealing import ID_NUMBER
from enrollment.models import Enrollment
from enrollment.models.enrolment import parts_make_the_standard
from offices.access import visible
from offices.models import Office, Staff
from offices.sealed import SealedField, only_sealed
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
from payments.models.payment import Payment


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, staff: Staff) -> "ReceiptQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)

    def valid(self) -> "ReceiptQuerySet":
        """Those not voided."""
        return self.filter(voided_at__isnull=True)


@pghistory.track(pghistory.UpdateEvent(), exclude=["settlement_line"], append_only=True)
class Receipt(models.Model):
    """收据 of one payment. The number stays used when the receipt is voided (作废)."""

    book = models.ForeignKey(
        ReceiptBook, verbose_name="票据号段", on_delete=models.PROTECT, related_name="receipts", db_index=False
    )
    book_code = models.CharField("票据代码", max_length=20, db_collation="C")
    number = models.BigIntegerField("号码")
    printed_number = models.CharField("票据号码", max_length=18, db_collation="C")
    payment = models.OneToOneField(Payment, verbose_name="缴费", on_delete=models.PROTECT, related_name="receipt")
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    capitals = models.CharField("金额大写", max_length=60)
    means = models.CharField("收款方式", max_length=10)
    payer = models.CharField("缴款人", max_length=60)
    household_number = models.CharField("户号", max_length=20)
    address = models.CharField("地址", max_length=120, blank=True)
    coverage_year = models.PositiveSmallIntegerField("缴费年度")
    title = models.CharField("项目", max_length=100)
    office_name = models.CharField("收款单位", max_length=60)
    clerk_name = models.CharField("收款人", max_length=50)
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
        related_name="settled_receipts",
        db_index=False,
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "收据"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="receipt_number_once_per_book",
                fields=["book", "number"],
                violation_error_message="这个票据号码已经用过。",
            ),
            models.CheckConstraint(
                name="receipt_amount_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message="收据金额应大于零。",
            ),
            void_is_whole("receipt"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "issued_at"], name="receipt_of_office"),
            models.Index(fields=["printed_number"], name="receipt_by_number"),
            models.Index(fields=["settlement_line"], name="receipt_of_line"),
            models.Index(fields=["office"], name="receipt_unsettled", condition=Q(settlement_line__isnull=True)),
            models.Index(fields=["book"], name="receipt_voided_of_book", condition=Q(voided_at__isnull=False)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            ONLY_VOIDED,
            VOIDED_ONCE,
            SETTLED_STAYS,
            NOT_SETTLED_AT_ONCE,
            joins_its_own_line("JOIN payments_payment p ON p.id = f.payment_id"),
            not_voided_once_verified("receipt"),
            number_from_its_book(
                "receipt", purpose="contribution", told="receipt", lines=("payments_receiptline", "l"), amount="payable"
            ),
        ]

    def __str__(self) -> str:
        return self.full_number

    @property
    def stands(self) -> bool:
        """Whether the money is still with the office: neither voided nor given back."""
        return self.voided_at is None and not self.is_reversed

    @property
    def is_reversed(self) -> bool:
        """Whether its money was given back after the day was settled."""
        return hasattr(self, "reversal")

    @property
    def full_number(self) -> str:
        """Code and number as printed."""
        return f"{self.book_code} {self.printed_number}"


class ReceiptLine(models.Model):
    """收据明细: one person's part, copied from the enrolment as it was paid."""

    receipt = models.ForeignKey(
        Receipt, verbose_name="收据", on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveSmallIntegerField("序号")
    enrollment = models.OneToOneField(
        Enrollment, verbose_name="参保登记", on_delete=models.PROTECT, related_name="receipt_line"
    )
    name = models.CharField("姓名", max_length=60)
    id_no = SealedField("身份证号", kind=ID_NUMBER, max_length=18, blank=True)
    category_name = models.CharField("人员类别", max_length=60)
    standard = models.DecimalField("缴费标准", max_digits=12, decimal_places=2)
    payable = models.DecimalField("个人应缴", max_digits=12, decimal_places=2)
    sponsored = models.DecimalField("资助", max_digits=12, decimal_places=2)
    funder = models.CharField("资助部门", max_length=60, blank=True)
    benefit_starts_on = models.DateField("待遇享受起")
    benefit_ends_on = models.DateField("待遇享受止")

    class Meta:
        verbose_name = verbose_name_plural = "收据明细"
        ordering: ClassVar = ["receipt", "position"]
        constraints: ClassVar = [
            only_sealed("receipt_line_is_sealed", "id_no"),
            models.UniqueConstraint(name="receipt_line_position_once", fields=["receipt", "position"]),
            parts_make_the_standard("receipt_line_parts_make_the_standard"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # A line says what its enrolment says. Lines may come to less than their receipt until its own check at the
            # commit; whatever is added to one already issued comes to more.
            pgtrigger.Trigger(
                name="fits_its_receipt",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    IF EXISTS (
                        SELECT FROM (SELECT DISTINCT f.receipt_id FROM fresh f) t
                        LEFT JOIN payments_receipt r ON r.id = t.receipt_id
                        LEFT JOIN payments_payment p ON p.id = r.payment_id
                        CROSS JOIN LATERAL (
                            SELECT sum(l.payable) AS payable, count(*) = count(e.id) AS alike
                            FROM payments_receiptline l
                            LEFT JOIN enrollment_enrollment e
                                ON (e.id, e.assessment_id, e.standard, e.payable, e.sponsored)
                                 = (l.enrollment_id, p.assessment_id, l.standard, l.payable, l.sponsored)
                            WHERE l.receipt_id = t.receipt_id) s
                        WHERE (s.alike AND s.payable <= r.amount) IS NOT TRUE)
                    THEN
                        RAISE EXCEPTION 'a receipt line does not fit its receipt'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_line_belongs_to_its_receipt';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.payable}"

    @property
    def masked_id(self) -> str:
        """The number as paper and screens show it."""
        return mask(self.id_no)


class ReceiptPrint(models.Model):
    """打印: each time a receipt was printed; copy 1 is the original, from 2 on it says 补打."""

    receipt = models.ForeignKey(
        Receipt, verbose_name="收据", on_delete=models.PROTECT, related_name="prints", db_index=False
    )
    copy = models.PositiveSmallIntegerField("第几次")
    at = models.DateTimeField("打印时间")
    by = models.ForeignKey(Staff, verbose_name="打印人", on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(
        "payments.PrintRun",
        verbose_name="打印批次",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="prints",
        db_index=False,
    )

    class Meta:
        verbose_name = verbose_name_plural = "打印记录"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="receipt_once_per_run",
                fields=["run", "receipt"],
                violation_error_message="这张收据在本批次里已经打印过。",
            ),
            models.UniqueConstraint(name="receipt_copy_once", fields=["receipt", "copy"]),
            models.CheckConstraint(name="receipt_copy_is_positive", condition=Q(copy__gte=1)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} 第{self.copy}次"
