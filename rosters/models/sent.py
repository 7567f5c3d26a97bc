"""上报和录入: a taken roster goes to the county, which enters each row or returns it with a reason (S-8-9, S-8-10)."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from offices.models import Staff
from payments.models.bank_slip import whole_withdrawal
from rosters.models.file import RosterRow
from rosters.models.money import RosterTaking, Withdrawable, steps
from rosters.models.roster import Roster


class RosterSubmission(Withdrawable):
    """上报: the supervisor sends the roster to the county; taken back only while no row was entered or returned."""

    roster = models.ForeignKey(Roster, verbose_name="花名册", on_delete=models.PROTECT, related_name="submissions")
    taking = models.ForeignKey(RosterTaking, verbose_name="入账", on_delete=models.PROTECT, related_name="submissions")
    rows = models.PositiveIntegerField("人数")

    refusals: ClassVar = {
        "roster_submission_before_entry": "县里已经录入或退回了几行，不能撤回上报。",
        "roster_submission_of_its_taking": "名册还没有入账，不能上报。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "上报"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="roster_submitted_once",
                fields=["roster"],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message="这份名册刚刚由别人上报了，请刷新页面后再看。",
            ),
            whole_withdrawal("roster_submission_withdrawal_is_whole"),
        ]
        triggers: ClassVar = [
            *steps(),
            pgtrigger.Trigger(
                name="of_its_taking",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rostertaking t JOIN rosters_rosterdeposit d ON d.id = t.deposit_id
                        JOIN rosters_rosteragreement a ON a.id = d.agreement_id
                        WHERE t.id = NEW.taking_id AND a.roster_id = NEW.roster_id AND t.persons = NEW.rows)
                    THEN
                        RAISE EXCEPTION 'roster % was not taken', NEW.roster_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_submission_of_its_taking';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="taken_back_in_order",
                operation=pgtrigger.UpdateOf("withdrawn_at"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__withdrawn_at__isnull=False),
                func="""
                    IF EXISTS (
                        SELECT FROM rosters_rosterentry e WHERE e.submission_id = NEW.id AND e.undone_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'rows of submission % are entered', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_submission_before_entry';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster} 上报"


class RosterEntryQuerySet(models.QuerySet["RosterEntry"]):
    def standing(self) -> "RosterEntryQuerySet":
        """What counts: not undone by the county, not answered by the town."""
        return self.filter(undone_at__isnull=True, answered_at__isnull=True)


class RosterEntry(models.Model):
    """录入或退回 of one row by the county. The town answers what was returned, and the county decides once more."""

    class Outcome(models.TextChoices):
        ENTERED = "entered", "已录入"
        RETURNED = "returned", "已退回"

    submission = models.ForeignKey(
        RosterSubmission, verbose_name="上报", on_delete=models.PROTECT, related_name="entries"
    )
    row = models.ForeignKey(RosterRow, verbose_name="名册的行", on_delete=models.PROTECT, related_name="entries")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    reason = models.CharField("退回事由", max_length=200, blank=True)
    at = models.DateTimeField("办理时间")
    by = models.ForeignKey(Staff, verbose_name="经办人", on_delete=models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        Staff, verbose_name="撤销人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField("处理时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        Staff, verbose_name="处理人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    answer = models.CharField("处理情况", max_length=200, blank=True)

    objects = RosterEntryQuerySet.as_manager()
    refusals: ClassVar = {
        "roster_entry_of_its_roster": "这一行不在上报的名册里，或上报已撤回。请刷新页面后再看。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "录入"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="roster_row_entered_once",
                fields=["row"],
                condition=Q(undone_at__isnull=True, answered_at__isnull=True),
                violation_error_message="这一行刚刚由别人录入或退回了，请刷新页面后再看。",
            ),
            models.CheckConstraint(
                name="roster_entry_returned_with_a_reason",
                condition=Q(outcome="entered", reason="", answered_at__isnull=True)
                | (Q(outcome="returned") & ~Q(reason="")),
                violation_error_message="退回须写明事由。",
            ),
            models.CheckConstraint(
                name="roster_entry_undone_whole",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False, answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="roster_entry_answered_whole",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                violation_error_message="请写明怎样处理的。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="substance_stays", fields=["submission", "row", "outcome", "reason", "at", "by"]),
            pgtrigger.Protect(
                name="end_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__undone_at__isnull=False) | pgtrigger.Q(old__answered_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="of_its_roster",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rostersubmission s JOIN rosters_rostertaking t ON t.id = s.taking_id
                        JOIN rosters_rosterdeposit d ON d.id = t.deposit_id
                        JOIN rosters_rosteragreement a ON a.id = d.agreement_id
                        JOIN rosters_rosterrow r ON r.file_id = a.file_id
                        WHERE s.id = NEW.submission_id AND s.withdrawn_at IS NULL AND r.id = NEW.row_id
                          AND r.accepted AND r.set_aside_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'row % is not of submission %', NEW.row_id, NEW.submission_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_entry_of_its_roster';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.get_outcome_display()}"
