"""银行对账: what the bank's statement says, line by line, and which line is which bank slip of ours."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from offices.access import visible
from offices.models import Office, Staff
from payments.models.bank_slip import BankSlip


class BankStatementQuerySet(models.QuerySet["BankStatement"]):
    def visible_to(self, staff: Staff) -> "BankStatementQuerySet":
        """Those of the divisions of a member of staff; at an office those of the office."""
        rows = visible(self, staff)
        return rows.filter(office=staff.office_id) if staff.office_id else rows


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class BankStatement(models.Model):
    """对账单: one file of the bank's about one account. `step` is the money that comes in there.

    `stored` is where its bytes lie; those taken in before they were kept have none. `columns` tells which column
    was taken for what, `unread` the rows that could not be read, each with why. A statement that was taken in by
    mistake is withdrawn with a reason; the file may then be taken in once more.
    """

    class Step(models.TextChoices):
        OFFICE = "office", "上缴款"
        DISTRICT = "district", "汇缴区县款"
        CITY = "city", "上解市级款"

    step = models.CharField("款项", max_length=10, choices=Step)
    office = models.ForeignKey(
        Office, verbose_name="机构", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    division_code = models.CharField("范围", max_length=12, blank=True, db_collation="C")
    account = models.CharField("账户", max_length=60)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64, db_collation="C")
    stored = models.UUIDField("存放名", null=True, blank=True)
    first_day = models.DateField("起始日")
    last_day = models.DateField("截止日")
    columns = models.JSONField("所取各列", default=list)
    unread = models.JSONField("没有读出的行", default=list)
    at = models.DateTimeField("导入时间")
    by = models.ForeignKey(Staff, verbose_name="导入人", on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Staff, verbose_name="撤回人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdraw_reason = models.CharField("撤回事由", max_length=200, blank=True)

    objects = BankStatementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对账单"
        ordering: ClassVar = ["-last_day", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="bank_statement_once",
                fields=["sha256", "division_code"],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message="这份对账单已经导入过，不必再导。",
            ),
            models.CheckConstraint(
                name="bank_statement_step_is_known", condition=Q(step__in=["office", "district", "city"])
            ),
            models.CheckConstraint(name="bank_statement_days_in_order", condition=Q(first_day__lte=F("last_day"))),
            models.CheckConstraint(name="bank_statement_digest", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="bank_statement_has_an_account",
                condition=~Q(account=""),
                violation_error_message="请填写账户，例如“农行上缴专户”。",
            ),
            models.CheckConstraint(
                name="bank_statement_withdrawal_is_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdraw_reason="")),
                violation_error_message="撤回须记录时间、撤回人和事由。",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["division_code", "last_day"], name="bank_statement_of_division")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="substance_stays",
                exclude=["withdrawn_at", "withdrawn_by", "withdraw_reason"],
            ),
            pgtrigger.Protect(
                name="withdrawal_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.first_day} 至 {self.last_day}"


class StatementRow(models.Model):
    """对账单的一笔. `place` is where it stands in the file; `amount` is positive where money came in.

    `repeats` is the same line of an earlier statement of the account: two files may overlap, the money came once.
    """

    statement = models.ForeignKey(BankStatement, verbose_name="对账单", on_delete=models.PROTECT, related_name="rows")
    place = models.CharField("位置", max_length=60)
    day = models.DateField("交易日期")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    number = models.CharField("流水号", max_length=60, blank=True, db_collation="C")
    text = models.CharField("摘要", max_length=200, blank=True)
    party = models.CharField("对方", max_length=100, blank=True)
    repeats = models.ForeignKey(
        "self", verbose_name="已见于", on_delete=models.PROTECT, null=True, blank=True, related_name="repeated"
    )

    class Meta:
        verbose_name = verbose_name_plural = "对账单明细"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="statement_row_moves_money", condition=~Q(amount=0)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.amount:,.2f}"


class StatementMatchQuerySet(models.QuerySet["StatementMatch"]):
    def standing(self) -> "StatementMatchQuerySet":
        """Those not undone."""
        return self.filter(undone_at__isnull=True)


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class StatementMatch(models.Model):
    """核对: this line of the bank's is that slip of ours. By the machine where it is plain, else by hand."""

    class How(models.TextChoices):
        EXACT = "exact", "号、额、日全同"
        NEAR = "near", "同额，日期相近"
        HAND = "hand", "人工"

    row = models.ForeignKey(StatementRow, verbose_name="对账单明细", on_delete=models.PROTECT, related_name="matches")
    slip = models.ForeignKey(BankSlip, verbose_name="银行回单", on_delete=models.PROTECT, related_name="matches")
    how = models.CharField("依据", max_length=10, choices=How)
    at = models.DateTimeField("核对时间")
    by = models.ForeignKey(Staff, verbose_name="核对人", on_delete=models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField("取消时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        Staff, verbose_name="取消人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    undo_reason = models.CharField("取消事由", max_length=200, blank=True)

    objects = StatementMatchQuerySet.as_manager()
    refusals: ClassVar = {
        "statement_match_is_of_one_sum": "两边金额不同，不能核对为一笔。请与银行核实。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "银行核对"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="statement_row_matched_once",
                fields=["row"],
                condition=Q(undone_at__isnull=True),
                violation_error_message="对账单的这一笔刚刚由别人核对了，请刷新页面后再看。",
            ),
            models.UniqueConstraint(
                name="bank_slip_matched_once",
                fields=["slip"],
                condition=Q(undone_at__isnull=True),
                violation_error_message="这张回单刚刚由别人核对了，请刷新页面后再看。",
            ),
            models.CheckConstraint(name="statement_match_how_is_known", condition=Q(how__in=["exact", "near", "hand"])),
            models.CheckConstraint(
                name="statement_match_undone_whole",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undo_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason="")),
                violation_error_message="取消核对须记录时间、取消人和事由。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="substance_stays", fields=["row", "slip", "how", "at", "by"]),
            pgtrigger.Protect(
                name="undoing_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__undone_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="is_of_one_sum",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_statementrow r
                        JOIN payments_bankstatement b ON b.id = r.statement_id
                        JOIN payments_bankslip s ON s.id = NEW.slip_id
                        WHERE r.id = NEW.row_id AND r.amount = s.amount AND r.repeats_id IS NULL
                          AND b.withdrawn_at IS NULL
                          AND NOT EXISTS (SELECT FROM payments_statementmark k
                                          WHERE k.row_id = r.id AND k.undone_at IS NULL))
                    THEN
                        RAISE EXCEPTION 'row % and slip % are of two sums', NEW.row_id, NEW.slip_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_match_is_of_one_sum';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row} = {self.slip}"
