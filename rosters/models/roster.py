"""花名册: one batch of a village (group), a school or a department; its stage is what was done last."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from common.sealing import PHONE
from enrollment.models import ContributionPeriod
from offices.access import visible
from offices.models import DIVISION_PREFIX, Office, Staff
from offices.sealed import SealedField
from payments.models.bank_slip import whole_withdrawal


class RosterQuerySet(models.QuerySet["Roster"]):
    def standing(self) -> "RosterQuerySet":
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, staff: Staff) -> "RosterQuerySet":
        """Those of the divisions of a member of staff; at an office those of the office."""
        rows = visible(self, staff)
        return rows.filter(office=staff.office_id) if staff.office_id else rows


class Roster(models.Model):
    """花名册 of one village (group), school or department and one day (S-8-4). `serial` counts its batches of the year.

    `division_code` is the village's where there is one, else the office's; `place` is how the village or the school is
    called. Until money was deposited a roster can be withdrawn with a reason.
    """

    class Channel(models.TextChoices):
        VILLAGE = "village", "村组"
        SCHOOL = "school", "学校"
        DEPARTMENT = "department", "部门"

    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="rosters", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    channel = models.CharField("渠道", max_length=20, choices=Channel)
    place = models.CharField("村（社区）、学校或部门", max_length=60)
    group = models.CharField("小组或班级", max_length=30, blank=True)
    serial = models.PositiveSmallIntegerField("批次")
    coverage_year = models.PositiveSmallIntegerField("年度")
    period = models.ForeignKey(
        ContributionPeriod, verbose_name="缴费年度", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField("日期")
    collector = models.CharField("代办员", max_length=50)
    collector_phone = SealedField("代办员电话", kind=PHONE, max_length=30, blank=True)
    created_at = models.DateTimeField("建立时间")
    created_by = models.ForeignKey(
        Staff, verbose_name="建立人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Staff, verbose_name="撤销人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdraw_reason = models.CharField("撤销事由", max_length=200, blank=True)

    objects = RosterQuerySet.as_manager()
    refusals: ClassVar = {
        "roster_withdrawn_before_money": "这份名册已经登记缴存，不能撤销。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "花名册"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="roster_serial_once",
                fields=["office", "coverage_year", "channel", "division_code", "place", "group", "serial"],
                violation_error_message="另一个人刚刚为这里建了名册，请刷新页面后再看。",
            ),
            models.CheckConstraint(
                name="roster_channel_is_known", condition=Q(channel__in=["village", "school", "department"])
            ),
            models.CheckConstraint(
                name="roster_division_is_a_prefix", condition=Q(division_code__regex=DIVISION_PREFIX)
            ),
            models.CheckConstraint(
                name="roster_has_a_place",
                condition=~Q(place=""),
                violation_error_message="请选择村（社区），或填写学校、部门的名称。",
            ),
            models.CheckConstraint(
                name="roster_has_a_collector",
                condition=~Q(collector=""),
                violation_error_message="请填写代办员（由谁收取、交来）。",
            ),
            whole_withdrawal("roster_withdrawal_is_whole"),
        ]
        indexes: ClassVar = [models.Index(fields=["division_code", "coverage_year"], name="roster_of_division")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="substance_stays", exclude=["withdrawn_at", "withdrawn_by", "withdraw_reason"]),
            pgtrigger.Protect(
                name="withdrawal_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="withdrawn_before_money",
                operation=pgtrigger.UpdateOf("withdrawn_at"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__withdrawn_at__isnull=False),
                func="""
                    IF EXISTS (
                        SELECT FROM rosters_rosteragreement a
                        JOIN rosters_rosterdeposit d ON d.agreement_id = a.id AND d.withdrawn_at IS NULL
                        WHERE a.roster_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'roster % has been deposited', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_withdrawn_before_money';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """东村3组 2017年度 第1批."""
        return f"{self.place}{self.group} {self.coverage_year}年度 第{self.serial}批"
