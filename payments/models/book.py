"""票据号段: the numbered fiscal receipts that an office was given, and the next one to use."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast, Length

from offices.access import visible
from offices.models import Office, Staff

MAX_DIGITS = 18


class ReceiptBookQuerySet(models.QuerySet["ReceiptBook"]):
    def visible_to(self, staff: Staff) -> "ReceiptBookQuerySet":
        """Those of offices in the divisions of a member of staff."""
        return visible(self, staff, field="office__division_code")

    def usable(self) -> "ReceiptBookQuerySet":
        """Those that are open and have a number left."""
        return self.filter(closed_at__isnull=True, next_number__lte=F("last_number"))

    def for_clerk(self, clerk: Staff, *, purpose: str = "contribution") -> "ReceiptBookQuerySet":
        """Those a clerk may use, in the order in which they are used: own before shared, older before newer."""
        mine = self.filter(Q(clerk=clerk) | Q(clerk__isnull=True), office_id=clerk.office_id, purpose=purpose)
        return mine.usable().order_by(F("clerk").asc(nulls_last=True), "received_at", "code", "first_number")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["next_number"], append_only=True)
class ReceiptBook(models.Model):
    """票据号段 of one clerk, or of all clerks of the office (`clerk` null). The next number comes from its locked row.

    Numbers first to last, all printed with `width` digits; `next_number` is last + 1 when the book is used up.
    A book is for one kind of money: contributions, or the fee for cards and record books.
    """

    class Purpose(models.TextChoices):
        CONTRIBUTION = "contribution", "医保缴费"
        WORKMANSHIP = "workmanship", "工本费"

    code = models.CharField("票据代码", max_length=20, db_collation="C")
    first_number = models.BigIntegerField("起始号码")
    last_number = models.BigIntegerField("终止号码")
    next_number = models.BigIntegerField("下一号码")
    width = models.PositiveSmallIntegerField("号码位数")
    purpose = models.CharField(
        "用途", max_length=20, choices=Purpose, default=Purpose.CONTRIBUTION, db_default=Purpose.CONTRIBUTION
    )
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="receipt_books", db_index=False
    )
    clerk = models.ForeignKey(
        Staff,
        verbose_name="领用人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="receipt_books",
        db_index=False,
    )
    received_at = models.DateTimeField("入库时间")
    closed_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = ReceiptBookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "票据号段"
        ordering: ClassVar = ["office", "code", "first_number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="book_numbers_are_in_order",
                condition=Q(first_number__gte=1, last_number__gte=F("first_number")),
                violation_error_message="起始号码应不小于1，终止号码应不小于起始号码。",
            ),
            models.CheckConstraint(
                name="book_next_number_is_inside",
                condition=Q(next_number__gte=F("first_number"), next_number__lte=F("last_number") + 1),
                violation_error_message="下一号码应在本号段之内。",
            ),
            models.CheckConstraint(
                name="book_width_holds_its_numbers",
                condition=Q(width__lte=MAX_DIGITS, width__gte=Length(Cast("last_number", models.TextField()))),
                violation_error_message="号码位数应为1至18位，且能容纳终止号码。",
            ),
            models.CheckConstraint(
                name="book_purpose_is_known",
                condition=Q(purpose__in=["contribution", "workmanship"]),
                violation_error_message="请选择票据用途：医保缴费或工本费。",
            ),
            models.CheckConstraint(
                name="book_code_is_there",
                condition=~Q(code=""),
                violation_error_message="请填写票据代码，与票据上印的一致。",
            ),
            ExclusionConstraint(
                name="book_numbers_once_per_code",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (
                        Func(
                            F("first_number"),
                            F("last_number"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="INT8RANGE",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="这些号码与同一票据代码的另一号段重叠，请核对起止号码。",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "clerk"], name="book_of_clerk")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="numbers_stay", exclude=["next_number", "clerk", "closed_at"]),
            # At commit: the numbers that were passed must all stand on receipts. So a gap cannot be made.
            pgtrigger.Trigger(
                name="no_number_without_a_receipt",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(old__next_number__df=pgtrigger.F("new__next_number")),
                func="""
                    IF NEW.next_number < OLD.next_number OR
                       (SELECT count(*) FROM payments_receipt r WHERE r.book_id = NEW.id
                        AND r.number >= OLD.next_number AND r.number < NEW.next_number)
                       + (SELECT count(*) FROM payments_workmanshipreceipt w WHERE w.book_id = NEW.id
                          AND w.number >= OLD.next_number AND w.number < NEW.next_number)
                       <> NEW.next_number - OLD.next_number
                    THEN
                        RAISE EXCEPTION 'book %: number % to % without receipts',
                            NEW.code, OLD.next_number, NEW.next_number - 1
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'book_no_number_without_a_receipt';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.printed(self.first_number)}—{self.printed(self.last_number)}"

    def printed(self, number: int) -> str:
        """A number with the zeros that are printed before it."""
        return f"{number:0{self.width}d}"

    @property
    def left(self) -> int:
        """How many numbers are left."""
        return self.last_number - self.next_number + 1
