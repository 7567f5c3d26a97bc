"""上缴: settled contributions of an office on their way to the agency, which reviews them."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from enrollment.models import ContributionPeriod
from offices.access import visible
from offices.models import Office, Staff
from payments.models.bank_slip import SLIP_ONCE, BankSlip, whole_withdrawal
from payments.models.joining import joins_what_is_open, slip_counts_once
from payments.models.transfer import Transfer


class RemittanceQuerySet(models.QuerySet["Remittance"]):
    def standing(self) -> "RemittanceQuerySet":
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, staff: Staff) -> "RemittanceQuerySet":
        """Those of offices in the divisions of a member of staff."""
        return visible(self, staff)


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class Remittance(models.Model):
    """上缴单: settled contributions of one office and one year on their way to the agency, which reviews them (审核).

    Not reviewed yet it can be withdrawn by the office, or sent back by the agency, with a reason: its lines are free
    again. Reviewed by somebody else than who made it, once the bank slip is there.
    """

    serial = models.PositiveIntegerField("序号")
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="remittances", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    receipts = models.PositiveIntegerField("收据张数")
    due_on = models.DateField("期限", null=True, blank=True)
    made_at = models.DateTimeField("制单时间")
    made_by = models.ForeignKey(
        Staff, verbose_name="制单人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    slip = models.OneToOneField(
        BankSlip, verbose_name="银行回单", on_delete=models.PROTECT, null=True, blank=True, related_name="remittance"
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Staff, verbose_name="审核人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Staff, verbose_name="撤回人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdraw_reason = models.CharField("撤回事由", max_length=200, blank=True)
    transfer = models.ForeignKey(
        Transfer, verbose_name="划解单", on_delete=models.PROTECT, null=True, blank=True, related_name="remittances"
    )

    objects = RemittanceQuerySet.as_manager()
    refusals: ClassVar = {
        "remittance_is_the_sum_of_its_lines": "上缴单与日结明细不符，没有办理。请刷新页面后重新办理。",
        "remittance_takes_nothing_more": "这张上缴单已经登记银行回单或撤回，不能再加款项。请刷新页面后重新办理。",
        "bank_slip_counts_once": SLIP_ONCE,
    }

    class Meta:
        verbose_name = verbose_name_plural = "上缴单"
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="remittance_serial_once",
                fields=["office", "serial"],
                violation_error_message="另一个人刚刚制了上缴单，请刷新页面后再办理。",
            ),
            models.CheckConstraint(
                name="remittance_amount_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message="上缴金额应大于零。",
            ),
            models.CheckConstraint(
                name="remittance_reviewed_by_another",
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | (Q(reviewed_at__isnull=False, slip__isnull=False) & ~Q(reviewed_by=F("made_by"))),
                violation_error_message="审核须在登记银行回单之后，由制单人以外的人办理。",
            ),
            models.CheckConstraint(
                name="remittance_not_withdrawn_once_reviewed",
                condition=Q(withdrawn_at__isnull=True) | Q(reviewed_at__isnull=True),
                violation_error_message="已审核的上缴单不能撤回。",
            ),
            models.CheckConstraint(
                name="remittance_transferred_once_reviewed",
                condition=Q(transfer__isnull=True) | Q(reviewed_at__isnull=False),
                violation_error_message="未经审核的上缴单不能汇缴。",
            ),
            whole_withdrawal("remittance_withdrawal_is_whole"),
        ]
        indexes: ClassVar = [models.Index(fields=["period", "office"], name="remittance_of_period")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="substance_stays",
                fields=[
                    "serial",
                    "office",
                    "division_code",
                    "period",
                    "amount",
                    "receipts",
                    "due_on",
                    "made_at",
                    "made_by",
                ],
            ),
            pgtrigger.Protect(
                name="steps_are_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False)
                | (pgtrigger.Q(old__slip__isnull=False) & pgtrigger.Q(old__slip__df=pgtrigger.F("new__slip")))
                | (
                    pgtrigger.Q(old__reviewed_at__isnull=False)
                    & (
                        pgtrigger.Q(old__reviewed_at__df=pgtrigger.F("new__reviewed_at"))
                        | pgtrigger.Q(old__reviewed_by__df=pgtrigger.F("new__reviewed_by"))
                    )
                ),
            ),
            pgtrigger.Trigger(
                name="is_the_sum_of_its_lines",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT FROM payments_remittance m WHERE m.id = NEW.id
                          AND CASE WHEN m.withdrawn_at IS NULL THEN m.amount ELSE 0 END IS DISTINCT FROM
                              coalesce((SELECT sum(l.amount) FROM payments_settlementline l
                                        WHERE l.remittance_id = m.id), 0))
                       OR EXISTS (
                        SELECT FROM payments_remittance m WHERE m.id = NEW.id AND m.withdrawn_at IS NULL
                          AND m.receipts IS DISTINCT FROM (
                              SELECT sum(l.receipts - l.voided) FROM payments_settlementline l
                              WHERE l.remittance_id = m.id))
                       OR EXISTS (
                        SELECT FROM payments_bankslip s WHERE s.id = NEW.slip_id AND s.amount <> NEW.amount)
                    THEN
                        RAISE EXCEPTION 'remittance % is not the sum of its lines', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="transfer_still_adds_up",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("transfer_id"),
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id IN (OLD.transfer_id, NEW.transfer_id)
                          AND CASE WHEN t.withdrawn_at IS NULL THEN t.amount ELSE 0 END IS DISTINCT FROM
                              coalesce((SELECT sum(m.amount) FROM payments_remittance m
                                        WHERE m.transfer_id = t.id), 0))
                       OR EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id = NEW.transfer_id
                          AND (t.level <> 'district' OR t.period_id <> NEW.period_id
                               OR NOT starts_with(NEW.division_code, t.division_code)))
                       OR EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id = OLD.transfer_id AND t.id IS DISTINCT FROM NEW.transfer_id
                          AND t.withdrawn_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'remittance % breaks the sum of its transfer', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_is_the_sum_of_its_parts';
                    END IF;
                    RETURN NULL;
                """,
            ),
            joins_what_is_open("transfer"),
            slip_counts_once("remittance", within="true"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As printed: the office's code and a number that runs."""
        return f"JK-{self.office.code}-{self.serial:04d}"

    @property
    def is_late(self) -> bool:
        """Whether the bank took it after the last day in time."""
        return bool(self.due_on and self.slip and self.slip.day > self.due_on)
