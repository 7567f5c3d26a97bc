"""划解: reviewed remittances into the district's account, the districts' sums into the city's."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, RPad

from common.dates import local_day
from enrollment.models import ContributionPeriod
from offices.models import Division, Staff
from payments.models.bank_slip import BankSlip, whole_withdrawal
from payments.models.joining import joins_what_is_open, slip_counts_once


class TransferQuerySet(models.QuerySet["Transfer"]):
    def standing(self) -> "TransferQuerySet":
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, staff: Staff) -> "TransferQuerySet":
        """Those of the divisions of a member of staff, and those into which an office's money went."""
        scope = staff.division_scope
        above = Q(division_code__in=[scope[:6], scope[:4]]) if scope else Q(pk__in=[])
        return self.filter(Q(division_code__startswith=scope) | above)

    def with_place(self) -> "TransferQuerySet":
        """With `place`, the newest name of the district or city; its code where the divisions know none."""
        whole = RPad(OuterRef("division_code"), 12, Value("0"))
        names = Division.objects.filter(code=whole).order_by("-starts_on").values("name")[:1]
        return self.annotate(place=Coalesce(Subquery(names), Concat(Value("区划 "), F("division_code"))))


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class Transfer(models.Model):
    """划解: reviewed remittances paid into the district's account, or those sums passed on to the city's.

    `division_code` is the prefix of the district (6 digits) or of the city (4). `due_on` was the last day in time when
    the transfer was made, as the rule set says. Made by one person, confirmed by another once the bank slip is there.
    """

    class Level(models.TextChoices):
        DISTRICT = "district", "汇缴区县财政专户"
        CITY = "city", "上解市级财政专户"

    level = models.CharField("级次", max_length=10, choices=Level)
    serial = models.PositiveIntegerField("序号")
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    due_on = models.DateField("期限", null=True, blank=True)
    made_at = models.DateTimeField("制单时间")
    made_by = models.ForeignKey(
        Staff, verbose_name="制单人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    slip = models.OneToOneField(
        BankSlip, verbose_name="银行回单", on_delete=models.PROTECT, null=True, blank=True, related_name="transfer"
    )
    confirmed_at = models.DateTimeField("复核时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Staff, verbose_name="复核人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Staff, verbose_name="撤回人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdraw_reason = models.CharField("撤回事由", max_length=200, blank=True)
    forwarded_in = models.ForeignKey(
        "self", verbose_name="上解单", on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )

    objects = TransferQuerySet.as_manager()
    refusals: ClassVar = {
        "transfer_is_the_sum_of_its_parts": "划解单与所含的款项不符，没有办理。请刷新页面后重新办理。",
        "transfer_takes_nothing_more": "这张划解单已经登记银行回单或撤回，不能再加款项。请刷新页面后重新办理。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "划解单"
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="transfer_serial_once",
                fields=["level", "division_code", "period", "serial"],
                violation_error_message="另一个人刚刚制了单，请刷新页面后再办理。",
            ),
            models.CheckConstraint(name="transfer_level_is_known", condition=Q(level__in=["district", "city"])),
            models.CheckConstraint(
                name="transfer_amount_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message="划解金额应大于零。",
            ),
            models.CheckConstraint(
                name="transfer_confirmed_by_another",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (Q(confirmed_at__isnull=False, slip__isnull=False) & ~Q(confirmed_by=F("made_by"))),
                violation_error_message="复核须在登记银行回单之后，由制单人以外的人办理。",
            ),
            models.CheckConstraint(
                name="transfer_not_withdrawn_once_confirmed",
                condition=Q(withdrawn_at__isnull=True) | Q(confirmed_at__isnull=True),
                violation_error_message="已复核的划解单不能撤回。",
            ),
            models.CheckConstraint(
                name="transfer_forwarded_from_the_district",
                condition=Q(forwarded_in__isnull=True) | Q(level="district", confirmed_at__isnull=False),
            ),
            whole_withdrawal("transfer_withdrawal_is_whole"),
        ]
        indexes: ClassVar = [models.Index(fields=["period", "level"], name="transfer_of_period")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="substance_stays",
                fields=["level", "serial", "division_code", "period", "amount", "due_on", "made_at", "made_by"],
            ),
            pgtrigger.Protect(
                name="steps_are_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False)
                | (pgtrigger.Q(old__slip__isnull=False) & pgtrigger.Q(old__slip__df=pgtrigger.F("new__slip")))
                | (
                    pgtrigger.Q(old__confirmed_at__isnull=False)
                    & (
                        pgtrigger.Q(old__confirmed_at__df=pgtrigger.F("new__confirmed_at"))
                        | pgtrigger.Q(old__confirmed_by__df=pgtrigger.F("new__confirmed_by"))
                    )
                ),
            ),
            pgtrigger.Trigger(
                name="is_the_sum_of_its_parts",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id IN (NEW.id, NEW.forwarded_in_id, OLD.forwarded_in_id)
                          AND CASE WHEN t.withdrawn_at IS NULL THEN t.amount ELSE 0 END IS DISTINCT FROM
                              CASE t.level
                              WHEN 'district' THEN coalesce(
                                  (SELECT sum(m.amount) FROM payments_remittance m WHERE m.transfer_id = t.id), 0)
                              ELSE coalesce(
                                  (SELECT sum(d.amount) FROM payments_transfer d WHERE d.forwarded_in_id = t.id), 0)
                              END)
                       OR EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id = NEW.forwarded_in_id
                          AND (t.level <> 'city' OR t.period_id <> NEW.period_id
                               OR NOT starts_with(NEW.division_code, t.division_code)))
                       OR EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id = OLD.forwarded_in_id AND t.id IS DISTINCT FROM NEW.forwarded_in_id
                          AND t.withdrawn_at IS NULL)
                       OR EXISTS (
                        SELECT FROM payments_bankslip s WHERE s.id = NEW.slip_id AND s.amount <> NEW.amount)
                    THEN
                        RAISE EXCEPTION 'transfer % is not the sum of its parts', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_is_the_sum_of_its_parts';
                    END IF;
                    RETURN NULL;
                """,
            ),
            joins_what_is_open("forwarded_in"),
            slip_counts_once("transfer", within="m.level = NEW.level"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As printed: level, division and a number that runs within the year."""
        kind = "HJ" if self.level == self.Level.DISTRICT else "SJ"
        return f"{kind}{self.division_code}-{local_day(self.made_at).year}-{self.serial:04d}"

    @property
    def is_late(self) -> bool:
        """Whether the bank took it after the last day in time."""
        return bool(self.due_on and self.slip and self.slip.day > self.due_on)
