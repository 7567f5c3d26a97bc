"""发放登记: insurance cards 医保卡 and record books 病历, handed to a person once, or again for a reason."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left

from common.idcard import mask
from common.sealing import ID_NUMBER
from households.models import Household, Person
from offices.access import visible
from offices.models import Office, Staff
from offices.sealed import SealedField
from payments.models.workmanship import WorkmanshipReceipt

COUNTY_DIGITS = 6


class CardIssueQuerySet(models.QuerySet["CardIssue"]):
    def visible_to(self, staff: Staff) -> "CardIssueQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)

    def standing(self) -> "CardIssueQuerySet":
        """Those not taken back."""
        return self.filter(cancelled_at__isnull=True)

    def valid(self) -> "CardIssueQuerySet":
        """Those whose number holds: not taken back, and no other was given in their place."""
        replaced = self.model.objects.standing().filter(replaces=models.OuterRef("pk"))
        return self.standing().filter(~models.Exists(replaced))


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class CardIssue(models.Model):
    """发放 of one card or one record book. Reissue names what it `replaces`, whose number holds no longer.

    `fee` is what was charged, zero where nothing is charged; a fee is on a receipt, and only a fee is.
    """

    class Item(models.TextChoices):
        CARD = "card", "医疗保险卡"
        BOOK = "book", "医疗保险病历"

    class Cause(models.TextChoices):
        FIRST = "first", "首发"
        LOST = "lost", "遗失补发"
        DAMAGED = "damaged", "损坏换发"

    idempotency_key = models.UUIDField("请求编号")
    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="card_issues", db_index=False
    )
    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, related_name="card_issues", db_index=False
    )
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    item = models.CharField("项目", max_length=10, choices=Item)
    number = models.CharField("编号", max_length=30, db_collation="C")
    cause = models.CharField("事由", max_length=10, choices=Cause)
    replaces = models.ForeignKey(
        "self",
        verbose_name="补换哪一张",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replacements",
        db_index=False,
    )
    name = models.CharField("姓名", max_length=60)
    id_no = SealedField("身份证号", kind=ID_NUMBER, max_length=18, blank=True)
    receiver = models.CharField("领取人", max_length=60)
    fee = models.DecimalField("工本费", max_digits=12, decimal_places=2)
    fee_reason = models.CharField("工本费依据", max_length=200, blank=True)
    receipt = models.ForeignKey(
        WorkmanshipReceipt,
        verbose_name="工本费收据",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="issues",
    )
    issued_at = models.DateTimeField("发放时间")
    by = models.ForeignKey(Staff, verbose_name="发放人", on_delete=models.PROTECT, related_name="+", db_index=False)
    cancelled_at = models.DateTimeField("收回时间", null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Staff, verbose_name="收回人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    cancel_reason = models.CharField("收回事由", max_length=200, blank=True)

    objects = CardIssueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "医保卡和病历发放"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="card_item_is_known",
                condition=Q(item__in=["card", "book"]),
                violation_error_message="请选择医保卡或病历。",
            ),
            models.CheckConstraint(
                name="card_number_and_receiver_are_there",
                condition=~Q(number="") & ~Q(receiver=""),
                violation_error_message="请填写编号和领取人。",
            ),
            models.CheckConstraint(
                name="card_reissue_says_why",
                condition=Q(cause="first", replaces__isnull=True)
                | Q(cause__in=["lost", "damaged"], replaces__isnull=False),
                violation_error_message="补发须写明原来的编号和事由（遗失或损坏）。",
            ),
            models.CheckConstraint(
                name="card_fee_is_on_a_receipt",
                condition=Q(fee=0, receipt__isnull=True) | Q(fee__gt=0, receipt__isnull=False),
                violation_error_message="收了工本费的须有工本费收据，不收的不能有。",
            ),
            models.CheckConstraint(
                name="card_cancelled_as_a_whole",
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason="")
                | (Q(cancelled_at__gte=F("issued_at"), cancelled_by__isnull=False) & ~Q(cancel_reason="")),
                violation_error_message="收回须同时记录时间、收回人和事由。",
            ),
            # A number that was mistyped may be typed again; two counties number their cards independently.
            models.UniqueConstraint(
                "item",
                Left("division_code", COUNTY_DIGITS),
                "number",
                name="card_number_once",
                condition=Q(cancelled_at__isnull=True),
                violation_error_message="这个编号已经发给了别人，请照实物核对后重录。",
            ),
            models.UniqueConstraint(
                name="card_first_issue_once",
                fields=["person", "item"],
                condition=Q(cancelled_at__isnull=True, replaces__isnull=True),
                violation_error_message="此人已经领过，遗失或损坏的请办理补发。",
            ),
            models.UniqueConstraint(
                name="card_replaced_once",
                fields=["replaces"],
                condition=Q(cancelled_at__isnull=True),
                violation_error_message="这一张已经补发过，请刷新后在新的一张上办理。",
            ),
            models.UniqueConstraint(
                name="card_once_per_submit",
                fields=["idempotency_key", "person", "item"],
                violation_error_message="这次提交已经办过，没有重复发放。请刷新页面查看。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household"], name="card_of_household"),
            models.Index(fields=["division_code", "issued_at"], name="card_by_division"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_cancelled", exclude=["cancelled_at", "cancelled_by", "cancel_reason"]),
            pgtrigger.Protect(
                name="cancelled_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__cancelled_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="replaces_its_own",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__replaces__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_cardissue o WHERE o.id = NEW.replaces_id
                        AND (o.person_id, o.item) = (NEW.person_id, NEW.item) AND o.cancelled_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'card % does not replace one of its own person', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'card_replaces_its_own';
                    END IF;
                    RETURN NULL;
                """,
            ),
            # At commit: the receipt's money is what its cards and books cost, neither more nor less.
            pgtrigger.Trigger(
                name="belongs_to_its_receipt",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__receipt__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_workmanshipreceipt r
                        WHERE r.id = NEW.receipt_id AND r.household_id = NEW.household_id
                          AND r.amount = (SELECT sum(i.fee) FROM payments_cardissue i WHERE i.receipt_id = r.id))
                    THEN
                        RAISE EXCEPTION 'card % does not fit its receipt', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'card_belongs_to_its_receipt';
                    END IF;
                    RETURN NULL;
                """,
            ),
            # At commit: what is taken back stands on a receipt that is void or reversed, and there all is taken back.
            pgtrigger.Trigger(
                name="taken_back_with_its_receipt",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__receipt__isnull=False),
                func="""
                    IF EXISTS (
                        SELECT FROM payments_workmanshipreceipt r JOIN payments_cardissue i ON i.receipt_id = r.id
                        LEFT JOIN payments_reversal v ON v.fee_id = r.id
                        WHERE r.id = NEW.receipt_id
                          AND (r.voided_at IS NULL AND v.id IS NULL) <> (i.cancelled_at IS NULL))
                    THEN
                        RAISE EXCEPTION 'card % and its receipt part ways', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'card_taken_back_with_its_receipt';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_item_display()} {self.number}"

    @property
    def masked_id(self) -> str:
        """The number as paper and screens show it."""
        return mask(self.id_no)
