"""核对相符、缴存、入账: the steps by which a roster becomes money; each a row of its own, none edited."""

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from offices.models import Staff
from payments.models import BankSlip, ReceiptBook
from payments.models.bank_slip import SLIP_ONCE, whole_withdrawal
from payments.models.joining import slip_counts_once
from rosters.models.file import RosterFile
from rosters.models.roster import Roster

WITHDRAWAL = ["withdrawn_at", "withdrawn_by", "withdraw_reason"]


class Withdrawable(models.Model):
    """By somebody at a moment, and until the next step stands taken back with a reason."""

    at = models.DateTimeField("办理时间")
    by = models.ForeignKey(Staff, verbose_name="经办人", on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Staff, verbose_name="撤回人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdraw_reason = models.CharField("撤回事由", max_length=200, blank=True)

    class Meta:
        abstract = True


def steps() -> list[pgtrigger.Trigger]:
    """What is written stays; it is taken back once, never deleted."""
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="substance_stays", exclude=WITHDRAWAL),
        pgtrigger.Protect(
            name="withdrawal_is_final",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
        ),
    ]


def taken_back_before(table: str, column: str, constraint: str) -> pgtrigger.Trigger:
    """A step is not taken back while the next one, a row of `table` that names it in `column`, stands."""
    standing = "" if table == "rostertaking" else "AND n.withdrawn_at IS NULL"
    return pgtrigger.Trigger(
        name="taken_back_in_order",
        operation=pgtrigger.UpdateOf("withdrawn_at"),
        when=pgtrigger.Before,
        condition=pgtrigger.Q(new__withdrawn_at__isnull=False),
        func=f"""
            IF EXISTS (SELECT FROM rosters_{table} n WHERE n.{column} = NEW.id {standing})
            THEN
                RAISE EXCEPTION '% stands on %', '{table}', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';
            END IF;
            RETURN NEW;
        """,
    )


class RosterAgreement(Withdrawable):
    """核对相符 (S-8-6): paper, file and cash agree. `rows` are persons, `payable` what they pay."""

    roster = models.ForeignKey(Roster, verbose_name="花名册", on_delete=models.PROTECT, related_name="agreements")
    file = models.ForeignKey(RosterFile, verbose_name="名册文件", on_delete=models.PROTECT, related_name="agreements")
    paper_count = models.PositiveIntegerField("纸质人数")
    paper_total = models.DecimalField("纸质合计", max_digits=14, decimal_places=2)
    cash = models.DecimalField("收到现款", max_digits=14, decimal_places=2)
    rows = models.PositiveIntegerField("电子人数")
    households = models.PositiveIntegerField("户数")
    payable = models.DecimalField("应缴合计", max_digits=14, decimal_places=2)
    sponsored = models.DecimalField("资助合计", max_digits=14, decimal_places=2)

    refusals: ClassVar = {
        "roster_agreement_is_of_its_rows": "名册刚刚变动了，与核对的人数、金额不符。请刷新页面后重新核对。",
        "roster_agreement_before_deposit": "已登记缴存，不能撤回核对。请先撤回缴存。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "核对相符"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="roster_agreed_once",
                fields=["roster"],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message="这份名册刚刚由别人核对相符了，请刷新页面后再看。",
            ),
            models.CheckConstraint(
                name="roster_agreement_agrees",
                condition=Q(rows__gt=0, paper_count=F("rows"), paper_total=F("payable"), cash=F("payable")),
                violation_error_message="人数、金额不符，不能记为核对相符。",
            ),
            models.CheckConstraint(
                name="roster_agreement_amounts_are_not_negative", condition=Q(payable__gte=0, sponsored__gte=0)
            ),
            whole_withdrawal("roster_agreement_withdrawal_is_whole"),
        ]
        triggers: ClassVar = [
            *steps(),
            taken_back_before("rosterdeposit", "agreement_id", "roster_agreement_before_deposit"),
            pgtrigger.Trigger(
                name="is_of_its_rows",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rosterfile f JOIN rosters_roster o ON o.id = f.roster_id
                        CROSS JOIN LATERAL (
                            SELECT count(*) FILTER (WHERE r.accepted) AS persons,
                                   count(*) FILTER (WHERE NOT r.accepted) AS wrong,
                                   coalesce(sum(r.payable), 0) AS payable, coalesce(sum(r.sponsored), 0) AS sponsored
                            FROM rosters_rosterrow r WHERE r.file_id = f.id AND r.set_aside_at IS NULL) s
                        WHERE f.id = NEW.file_id AND f.roster_id = NEW.roster_id AND f.superseded_at IS NULL
                          AND f.checked_at IS NOT NULL AND o.withdrawn_at IS NULL AND s.wrong = 0
                          AND (s.persons, s.payable, s.sponsored) = (NEW.rows, NEW.payable, NEW.sponsored))
                    THEN
                        RAISE EXCEPTION 'the agreement of roster % is not of its rows', NEW.roster_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_agreement_is_of_its_rows';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rows}人 {self.payable:,.2f}"


class RosterDeposit(Withdrawable):
    """缴存 (S-8-7): the agreed sum went to the bank, as the slip says; there is none where nobody pays anything.

    补录: of what a supervisor entered afterwards, `paid_at` is when the bank took the money, as the slip says, and
    `entry_reason` why; the rules then ask for that moment.
    """

    agreement = models.ForeignKey(
        RosterAgreement, verbose_name="核对", on_delete=models.PROTECT, related_name="deposits"
    )
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    slip = models.OneToOneField(
        BankSlip,
        verbose_name="银行回单",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="roster_deposit",
    )
    paid_at = models.DateTimeField("银行收款时刻", null=True, blank=True)
    entry_reason = models.CharField("补录事由", max_length=200, blank=True, default="", db_default="")

    refusals: ClassVar = {
        "roster_deposit_after_agreement": "名册还没有核对相符，或核对已撤回，不能缴存（先核对，后缴存）。",
        "roster_deposit_is_what_was_paid": "回单的时刻早于核对相符，或与回单的日期不符，没有补录。请核对回单。",
        "roster_deposit_before_taking": "名册已经入账，不能撤回缴存。",
        "bank_slip_counts_once": SLIP_ONCE,
    }

    class Meta:
        verbose_name = verbose_name_plural = "缴存"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="roster_deposited_once",
                fields=["agreement"],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message="这份名册的缴存刚刚由别人登记了，请刷新页面后再看。",
            ),
            models.CheckConstraint(
                name="roster_deposit_has_a_slip",
                condition=Q(amount=0, slip__isnull=True) | Q(amount__gt=0, slip__isnull=False),
                violation_error_message="缴存须有银行回单。",
            ),
            models.CheckConstraint(
                name="roster_deposit_entry_is_whole",
                condition=Q(paid_at__isnull=True, entry_reason="")
                | (Q(paid_at__isnull=False, paid_at__lt=F("at"), slip__isnull=False) & ~Q(entry_reason="")),
                violation_error_message="补录须有银行回单和事由，且回单时刻早于补录的时刻。",
            ),
            whole_withdrawal("roster_deposit_withdrawal_is_whole"),
        ]
        # Few: what was entered from a slip. Every payment that was entered so looks for its deposit.
        indexes: ClassVar = [
            models.Index(fields=["paid_at"], name="roster_deposit_entered", condition=Q(paid_at__isnull=False)),
        ]
        triggers: ClassVar = [
            *steps(),
            taken_back_before("rostertaking", "deposit_id", "roster_deposit_before_taking"),
            slip_counts_once("rosterdeposit", within="true", app="rosters"),
            pgtrigger.Trigger(
                name="is_what_was_agreed",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rosteragreement a LEFT JOIN payments_bankslip s ON s.id = NEW.slip_id
                        WHERE a.id = NEW.agreement_id AND a.withdrawn_at IS NULL AND a.payable = NEW.amount
                          AND (s.id IS NULL OR s.amount = a.payable))
                    THEN
                        RAISE EXCEPTION 'the deposit is not what agreement % says', NEW.agreement_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_deposit_after_agreement';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # First it agrees, then it is paid in: also where the slip is entered afterwards.
            pgtrigger.Trigger(
                name="is_what_was_paid",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__paid_at__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rosteragreement a, payments_bankslip s
                        WHERE a.id = NEW.agreement_id AND s.id = NEW.slip_id AND a.at <= NEW.paid_at
                          AND s.day = (NEW.paid_at AT TIME ZONE 'Asia/Shanghai')::date)
                    THEN
                        RAISE EXCEPTION 'the deposit of agreement % is not what its slip says', NEW.agreement_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_deposit_is_what_was_paid';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount:,.2f}"

    @property
    def decides_at(self) -> datetime:
        """When it was paid: for this moment the rules are asked."""
        return self.paid_at or self.at


class RosterTaking(models.Model):
    """入账: everybody of the roster registered, enrolled, paid and receipted, in one step. Never taken back as a whole.

    `first` and `last` are the receipt numbers; there are none where departments pay for everybody.
    """

    deposit = models.OneToOneField(RosterDeposit, verbose_name="缴存", on_delete=models.PROTECT, related_name="taking")
    book = models.ForeignKey(
        ReceiptBook, verbose_name="票据", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first = models.PositiveBigIntegerField("首号", null=True, blank=True)
    last = models.PositiveBigIntegerField("末号", null=True, blank=True)
    households = models.PositiveIntegerField("户数")
    persons = models.PositiveIntegerField("人数")
    receipts = models.PositiveIntegerField("收据张数")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    at = models.DateTimeField("入账时间")
    by = models.ForeignKey(Staff, verbose_name="经办人", on_delete=models.PROTECT, related_name="+", db_index=False)

    refusals: ClassVar = {
        "roster_taking_is_what_was_agreed": "入账的人数、金额与核对、缴存的不同，没有入账。请撤回核对，重新核对。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "入账"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="roster_taking_numbers_are_a_run",
                condition=Q(book__isnull=True, first__isnull=True, last__isnull=True, receipts=0, amount=0)
                | Q(book__isnull=False, first__isnull=False, last=F("first") + F("receipts") - 1, receipts__gt=0),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="is_what_was_agreed",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rosterdeposit d JOIN rosters_rosteragreement a ON a.id = d.agreement_id
                        WHERE d.id = NEW.deposit_id AND d.withdrawn_at IS NULL AND a.withdrawn_at IS NULL
                          AND (a.rows, a.payable) = (NEW.persons, NEW.amount))
                    THEN
                        RAISE EXCEPTION 'the taking is not what deposit % says', NEW.deposit_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_taking_is_what_was_agreed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.persons}人 {self.amount:,.2f}"

    @property
    def numbers(self) -> str:
        """The receipt numbers as they are printed, from the first to the last."""
        if self.book is None or self.first is None or self.last is None:
            return ""
        return f"{self.book.printed(self.first)} 至 {self.book.printed(self.last)}"
