"""另记: a line of the bank's that is known and is no slip of ours: interest, fees, somebody else's money."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from offices.models import Staff
from payments.models.statement import StatementRow


class StatementMarkQuerySet(models.QuerySet["StatementMark"]):
    def standing(self) -> "StatementMarkQuerySet":
        """Those not undone."""
        return self.filter(undone_at__isnull=True)


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class StatementMark(models.Model):
    """另记 of one line: who knows what it is, and what. A marked line is matched with nothing until it is undone."""

    row = models.ForeignKey(StatementRow, verbose_name="对账单明细", on_delete=models.PROTECT, related_name="marks")
    reason = models.CharField("是什么", max_length=200)
    at = models.DateTimeField("另记时间")
    by = models.ForeignKey(Staff, verbose_name="另记人", on_delete=models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField("取消时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        Staff, verbose_name="取消人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    undo_reason = models.CharField("取消事由", max_length=200, blank=True)

    objects = StatementMarkQuerySet.as_manager()
    refusals: ClassVar = {
        "statement_mark_is_of_an_open_row": "这一笔已经核对，或不是本单的收入，不能另记。请刷新页面后再看。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "对账单另记"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="statement_row_marked_once",
                fields=["row"],
                condition=Q(undone_at__isnull=True),
                violation_error_message="这一笔刚刚由别人另记了，请刷新页面后再看。",
            ),
            models.CheckConstraint(
                name="statement_mark_says_what",
                condition=~Q(reason=""),
                violation_error_message="请写明这一笔是什么，例如“结息”。",
            ),
            models.CheckConstraint(
                name="statement_mark_undone_whole",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undo_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason="")),
                violation_error_message="取消另记须记录时间、取消人和事由。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="substance_stays", fields=["row", "reason", "at", "by"]),
            pgtrigger.Protect(
                name="undoing_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__undone_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="is_of_an_open_row",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_statementrow r JOIN payments_bankstatement b ON b.id = r.statement_id
                        WHERE r.id = NEW.row_id AND r.amount > 0 AND r.repeats_id IS NULL AND b.withdrawn_at IS NULL
                          AND NOT EXISTS (SELECT FROM payments_statementmatch m
                                          WHERE m.row_id = r.id AND m.undone_at IS NULL))
                    THEN
                        RAISE EXCEPTION 'row % is not open', NEW.row_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_mark_is_of_an_open_row';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row}：{self.reason}"
