"""票据号段的经过: who held a book, its return, its loss, its verification 核销. Written once, never changed."""

from datetime import date
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from common.dates import add_months, local_day
from offices.models import Staff
from payments.models.book import ReceiptBook

# 财政票据管理办法（财政部令第70号，2020年第104号令修改）: stubs are kept five years; we count from the verification.
STUB_YEARS = 5
KEEP = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def _closed_book(name: str) -> pgtrigger.Trigger:
    """At commit: the book of this row takes no numbers any more, so that what it blocks stays blocked."""
    return pgtrigger.Trigger(
        name="of_a_closed_book",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        func=f"""
            IF NOT EXISTS (
                SELECT FROM payments_receiptbook b WHERE b.id = NEW.book_id AND b.closed_at IS NOT NULL)
            THEN
                RAISE EXCEPTION 'book % is still open', NEW.book_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
            END IF;
            RETURN NULL;
        """,
    )


class BookHolding(models.Model):
    """领用与交回: a clerk (null: all clerks of the office) had the book from one number on, until another."""

    book = models.ForeignKey(
        ReceiptBook, verbose_name="票据号段", on_delete=models.PROTECT, related_name="holdings", db_index=False
    )
    clerk = models.ForeignKey(
        Staff, verbose_name="领用人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    from_number = models.BigIntegerField("领用时下一号")
    given_at = models.DateTimeField("领用时间")
    given_by = models.ForeignKey(
        Staff, verbose_name="发放人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    until_number = models.BigIntegerField("交回时下一号", null=True, blank=True)
    ended_at = models.DateTimeField("交回时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        Staff, verbose_name="收回人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "票据领用"
        ordering: ClassVar = ["book", "given_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="book_held_once",
                fields=["book"],
                condition=Q(ended_at__isnull=True),
                violation_error_message="这本票据还在别人手里，请刷新后重新办理。",
            ),
            models.CheckConstraint(
                name="holding_end_is_whole",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, until_number__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False, until_number__gte=F("from_number")),
                violation_error_message="交回须同时记录时间、收回人和号码。",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["book", "given_at"], name="holding_of_book")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_ended", exclude=["until_number", "ended_at", "ended_by"]),
            pgtrigger.Protect(
                name="ended_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clerk.name if self.clerk else '本机构共用'} {local_day(self.given_at)}"


class BookReturn(models.Model):
    """退回: the book went back to the district or the finance office with its unused numbers; they leave the stock."""

    book = models.OneToOneField(ReceiptBook, verbose_name="票据号段", on_delete=models.PROTECT, related_name="returned")
    returned_to = models.CharField("退回单位", max_length=60)
    document = models.CharField("退票单号", max_length=40, blank=True)
    returned_at = models.DateTimeField("退回时间")
    by = models.ForeignKey(Staff, verbose_name="办理人", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = "票据退回"
        triggers: ClassVar = [KEEP, _closed_book("return_of_a_closed_book")]

    def __str__(self) -> str:
        return f"{self.book} 退回{self.returned_to}"


class BookLoss(models.Model):
    """遗失: where, when and how the book was lost; its unused numbers are blocked for good."""

    book = models.OneToOneField(ReceiptBook, verbose_name="票据号段", on_delete=models.PROTECT, related_name="loss")
    place = models.CharField("遗失地点", max_length=100)
    lost_at = models.DateTimeField("遗失（发现）时间")
    circumstances = models.CharField("经过", max_length=500)
    reporter = models.ForeignKey(
        Staff, verbose_name="报告人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reported_at = models.DateTimeField("报告时间")
    by = models.ForeignKey(Staff, verbose_name="登记人", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = "票据遗失"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="loss_before_its_report",
                condition=Q(lost_at__lte=F("reported_at")),
                violation_error_message="遗失时间不能晚于报告时间。",
            ),
            models.CheckConstraint(
                name="loss_says_where_and_how",
                condition=~Q(place="") & ~Q(circumstances=""),
                violation_error_message="请写明遗失的地点和经过。",
            ),
        ]
        triggers: ClassVar = [KEEP, _closed_book("loss_of_a_closed_book")]

    def __str__(self) -> str:
        return f"{self.book} 遗失"


class BookVerification(models.Model):
    """核销: a second person compared a finished book with its stubs and void copies; the counts are frozen.

    `valid` + `voided` + `unused` is the whole book; `amount` is that of the valid receipts, in yuan. `remitted` is how
    much of it had gone up by then, null where that is not known. Only a lost book may lack void copies.
    """

    book = models.OneToOneField(
        ReceiptBook, verbose_name="票据号段", on_delete=models.PROTECT, related_name="verification"
    )
    valid = models.PositiveIntegerField("有效")
    voided = models.PositiveIntegerField("作废")
    unused = models.BigIntegerField("未用")
    void_copies_seen = models.PositiveIntegerField("已验作废联")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    remitted = models.DecimalField("已上缴", max_digits=14, decimal_places=2, null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    verified_at = models.DateTimeField("核销时间")
    by = models.ForeignKey(Staff, verbose_name="核销人", on_delete=models.PROTECT, related_name="+", db_index=False)
    refusals: ClassVar = {
        "verification_agrees_with_its_book": "清点的数目与票据不符，或由用过它的人核销，没有办理。请刷新后重新清点。",
        "receipt_not_voided_once_verified": "这张收据所在的票据已经核销，不能再作废。",
        "workmanship_not_voided_once_verified": "这张收据所在的票据已经核销，不能再作废。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "票据核销"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="verification_saw_no_more_than_voided",
                condition=Q(void_copies_seen__lte=F("voided")),
                violation_error_message="作废联的份数多于作废的收据，请重新清点。",
            ),
        ]
        triggers: ClassVar = [
            KEEP,
            pgtrigger.Trigger(
                name="agrees_with_its_book",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_receiptbook b, (
                            SELECT count(*) FILTER (WHERE r.voided_at IS NULL) AS valid,
                                   count(r.voided_at) AS voided,
                                   coalesce(sum(r.amount) FILTER (WHERE r.voided_at IS NULL), 0) AS amount,
                                   coalesce(bool_or(r.clerk_id = NEW.by_id), false) AS own
                            FROM (SELECT r.voided_at, r.amount, p.clerk_id FROM payments_receipt r
                                  JOIN payments_payment p ON p.id = r.payment_id WHERE r.book_id = NEW.book_id
                                  UNION ALL
                                  SELECT w.voided_at, w.amount, w.clerk_id FROM payments_workmanshipreceipt w
                                  WHERE w.book_id = NEW.book_id) r) AS found
                        WHERE b.id = NEW.book_id AND (b.closed_at IS NOT NULL OR b.next_number > b.last_number)
                          AND NEW.unused = b.last_number - b.next_number + 1
                          AND (NEW.valid, NEW.voided, NEW.amount) = (found.valid, found.voided, found.amount)
                          AND NOT found.own
                          AND (NEW.void_copies_seen = NEW.voided
                               OR EXISTS (SELECT FROM payments_bookloss l WHERE l.book_id = NEW.book_id)))
                    THEN
                        RAISE EXCEPTION 'the verification of book % does not agree with it', NEW.book_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'verification_agrees_with_its_book';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} 核销"

    @property
    def stubs_kept_until(self) -> date:
        """The last day on which the stubs (存根) must be at hand."""
        return add_months(local_day(self.verified_at), 12 * STUB_YEARS)
