"""票据号段: the numbered fiscal receipts that an office was given, and the next one to use."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Length

from offices.access import visible
from offices.models import Office, Staff
from payments.models import lot as lots
from payments.models.lot import MAX_DIGITS, ReceiptLot

FEW_NUMBERS = 20  # with so few left it is time to ask for a new book


class ReceiptBookQuerySet(models.QuerySet["ReceiptBook"]):
    def visible_to(self, staff: Staff) -> "ReceiptBookQuerySet":
        """Those of offices in the divisions of a member of staff."""
        return visible(self, staff, field="office__division_code")

    def usable(self) -> "ReceiptBookQuerySet":
        """Those that were handed out, are open and have a number left."""
        return self.filter(closed_at__isnull=True, stored_at__isnull=True, next_number__lte=F("last_number"))

    def finished(self) -> "ReceiptBookQuerySet":
        """Those from which no number comes any more: used up, closed, returned or lost."""
        return self.filter(Q(closed_at__isnull=False) | Q(next_number__gt=F("last_number")))

    def unverified(self) -> "ReceiptBookQuerySet":
        """Those finished that nobody has verified (核销) yet."""
        return self.finished().filter(verification__isnull=True)

    def for_clerk(self, clerk: Staff, *, purpose: str = "contribution") -> "ReceiptBookQuerySet":
        """Those a clerk may use, in the order in which they are used: own before shared, older before newer."""
        mine = self.filter(Q(clerk=clerk) | Q(clerk__isnull=True), office_id=clerk.office_id, purpose=purpose)
        return mine.usable().order_by(F("clerk").asc(nulls_last=True), "received_at", "code", "first_number")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["next_number"], append_only=True)
class ReceiptBook(models.Model):
    """票据号段 of one clerk, or of all clerks of the office (`clerk` null). The next number comes from its locked row.

    Numbers first to last, all printed with `width` digits; `next_number` is last + 1 when the book is used up.
    A book is for one kind of money: contributions, or the fee for cards and record books. `lot` null: the office got
    it from the finance office directly. While it lies in the office's cupboard (`stored_at`) nobody takes numbers from
    it; after `closed_at` nothing of it changes. Why it was closed is told by its return or its loss, if there is one.
    """

    Purpose = lots.Purpose

    lot = models.ForeignKey(
        ReceiptLot, verbose_name="入库批次", on_delete=models.PROTECT, null=True, blank=True, related_name="books"
    )
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
    stored_at = models.DateTimeField("存库时间", null=True, blank=True)
    closed_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = ReceiptBookQuerySet.as_manager()
    refusals: ClassVar = {
        "book_inside_its_lot": "号码不在所属的入库批次之内，或属于另一批次，没有办理。请刷新后核对起止号码。",
    }

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
            models.CheckConstraint(
                name="book_stored_with_nobody",
                condition=Q(stored_at__isnull=True) | Q(clerk__isnull=True),
                violation_error_message="存库的票据没有领用人；要用先领用。",
            ),
            lots.numbers_once_per_code(
                "book_numbers_once_per_code", "这些号码与同一票据代码的另一号段重叠，请核对起止号码。"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "clerk"], name="book_of_clerk")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="numbers_stay", exclude=["next_number", "clerk", "stored_at", "closed_at"]),
            pgtrigger.Protect(
                name="closed_stays", operation=pgtrigger.Update, condition=pgtrigger.Q(old__closed_at__isnull=False)
            ),
            # The lock makes a lot and a book of the same code wait for each other: neither can miss the other's row.
            pgtrigger.Trigger(
                name="inside_its_lot",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    PERFORM pg_advisory_xact_lock(hashtextextended('receipt code ' || NEW.code, 0));
                    IF NEW.lot_id IS NULL AND EXISTS (
                        SELECT FROM payments_receiptlot l WHERE l.code = NEW.code
                        AND l.first_number <= NEW.last_number AND l.last_number >= NEW.first_number)
                    OR NEW.lot_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM payments_receiptlot l JOIN offices_office o ON o.id = NEW.office_id
                        WHERE l.id = NEW.lot_id AND l.code = NEW.code AND l.purpose = NEW.purpose
                        AND l.width = NEW.width AND NEW.first_number >= l.first_number
                        AND NEW.last_number <= l.last_number AND starts_with(o.division_code, l.division_code))
                    THEN
                        RAISE EXCEPTION 'book % %-% and its lot part ways', NEW.code, NEW.first_number, NEW.last_number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'book_inside_its_lot';
                    END IF;
                    RETURN NEW;
                """,
            ),
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

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return self.last_number - self.first_number + 1

    @property
    def is_finished(self) -> bool:
        """No number comes from it any more."""
        return self.closed_at is not None or self.left == 0

    @property
    def filled(self) -> models.Manager:
        """The receipts that were written on its numbers: those of its kind of money."""
        return self.workmanship if self.purpose == self.Purpose.WORKMANSHIP else self.receipts
