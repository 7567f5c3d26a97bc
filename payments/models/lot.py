"""入库批次: numbered receipts as the finance office issued them, from which books are given to offices."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast, Length

from offices.access import visible
from offices.models import Staff

MAX_DIGITS = 18


class Purpose(models.TextChoices):
    """用途: for which money the receipts are."""

    CONTRIBUTION = "contribution", "医保缴费"
    WORKMANSHIP = "workmanship", "工本费"


def numbers_once_per_code(name: str, message: str) -> ExclusionConstraint:
    """No two rows of one code hold the same number."""
    numbers = Func(
        F("first_number"),
        F("last_number"),
        RangeBoundary(inclusive_lower=True, inclusive_upper=True),
        function="INT8RANGE",
        output_field=BigIntegerRangeField(),
    )
    return ExclusionConstraint(
        name=name,
        expressions=[("code", RangeOperators.EQUAL), (numbers, RangeOperators.OVERLAPS)],
        violation_error_message=message,
    )


class ReceiptLotQuerySet(models.QuerySet["ReceiptLot"]):
    def visible_to(self, staff: Staff) -> "ReceiptLotQuerySet":
        """Those that lie within the divisions of a member of staff."""
        return visible(self, staff)


class ReceiptLot(models.Model):
    """入库批次 of a district (or street): what one issue slip of the finance office brought. Never changed.

    `division_code` is the prefix of the holder's divisions: offices under it are given books from the lot.
    """

    code = models.CharField("票据代码", max_length=20, db_collation="C")
    first_number = models.BigIntegerField("起始号码")
    last_number = models.BigIntegerField("终止号码")
    width = models.PositiveSmallIntegerField("号码位数")
    purpose = models.CharField("用途", max_length=20, choices=Purpose)
    slip_number = models.CharField("领购单号", max_length=40)
    division_code = models.CharField("持有区划", max_length=12, blank=True, db_collation="C")
    received_at = models.DateTimeField("入库时间")
    by = models.ForeignKey(Staff, verbose_name="入库人", on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = ReceiptLotQuerySet.as_manager()
    refusals: ClassVar = {
        "lot_numbers_in_no_book": "这些号码与已经入库的票据重叠，没有办理。请核对领购单上的起止号码。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "票据入库批次"
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="lot_numbers_are_in_order",
                condition=Q(first_number__gte=1, last_number__gte=F("first_number")),
                violation_error_message="起始号码应不小于1，终止号码应不小于起始号码。",
            ),
            models.CheckConstraint(
                name="lot_width_holds_its_numbers",
                condition=Q(width__lte=MAX_DIGITS, width__gte=Length(Cast("last_number", models.TextField()))),
                violation_error_message="号码位数应为1至18位，且能容纳终止号码。",
            ),
            models.CheckConstraint(
                name="lot_purpose_is_known",
                condition=Q(purpose__in=["contribution", "workmanship"]),
                violation_error_message="请选择票据用途：医保缴费或工本费。",
            ),
            models.CheckConstraint(
                name="lot_code_and_slip_are_there",
                condition=~Q(code="") & ~Q(slip_number=""),
                violation_error_message="请填写票据代码和领购单号，与实物一致。",
            ),
            numbers_once_per_code(
                "lot_numbers_once_per_code", "这些号码与同一票据代码的另一批次重叠，请核对领购单上的起止号码。"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["division_code"], name="lot_of_division")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # The lock makes a lot and a book of the same code wait for each other: neither can miss the other's row.
            pgtrigger.Trigger(
                name="numbers_in_no_book",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    PERFORM pg_advisory_xact_lock(hashtextextended('receipt code ' || NEW.code, 0));
                    IF EXISTS (
                        SELECT FROM payments_receiptbook b WHERE b.code = NEW.code
                        AND b.first_number <= NEW.last_number AND b.last_number >= NEW.first_number)
                    THEN
                        RAISE EXCEPTION 'lot % %-% holds numbers of a book', NEW.code, NEW.first_number, NEW.last_number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_numbers_in_no_book';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.printed(self.first_number)}—{self.printed(self.last_number)}"

    def printed(self, number: int) -> str:
        """A number with the zeros that are printed before it."""
        return f"{number:0{self.width}d}"

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return self.last_number - self.first_number + 1
