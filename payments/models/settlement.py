"""日结: a clerk's money of a day, counted, compared with the receipts, and closed."""

from functools import reduce
from operator import and_
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from enrollment.models import ContributionPeriod
from offices.access import visible
from offices.models import Office, Staff
from payments.models.joining import joins_what_is_open

MEANS = ("cash", "card", "transfer", "qr")
# What one line of a settlement comes to: its receipts that stand, less what was given back.
LINE_SUM = """
    coalesce((SELECT sum(r.amount) FROM payments_receipt r
              WHERE r.settlement_line_id = {line} AND r.voided_at IS NULL), 0)
    + coalesce((SELECT sum(w.amount) FROM payments_workmanshipreceipt w
                WHERE w.settlement_line_id = {line} AND w.voided_at IS NULL), 0)
    - coalesce((SELECT sum(v.amount) FROM payments_reversal v WHERE v.settlement_line_id = {line}), 0)
"""


def _not_below_what_was_given_back(means: str) -> Q:
    """Less than nothing is found only where more was given back than taken."""
    return Q(**{f"counted_{means}__gte": 0}) | Q(**{f"counted_{means}__gte": F(f"expected_{means}")})


class SettlementQuerySet(models.QuerySet["Settlement"]):
    def visible_to(self, staff: Staff) -> "SettlementQuerySet":
        """Those of offices in the divisions of a member of staff."""
        return visible(self, staff)


class Settlement(models.Model):
    """日结 of one clerk in one office: everything received up to the end of `day` that was not settled before.

    `expected_*` is what the receipts say by means of payment, `counted_*` what was found. Where they differ somebody
    else, a supervisor, approves, and the reason is written down. Nothing is added to a settled day.

    Where more cash was given back than taken, somebody put it up: `advanced_cash` by `advanced_by`. The cash found is
    then the notes and coins less what was put up, so that such a day agrees like any other.
    """

    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="settlements", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    clerk = models.ForeignKey(Staff, verbose_name="收款人", on_delete=models.PROTECT, related_name="settlements")
    day = models.DateField("日结日")
    expected_cash = models.DecimalField("应有现金", max_digits=12, decimal_places=2)
    expected_card = models.DecimalField("应有刷卡", max_digits=12, decimal_places=2)
    expected_transfer = models.DecimalField("应有转账", max_digits=12, decimal_places=2)
    expected_qr = models.DecimalField("应有扫码", max_digits=12, decimal_places=2)
    counted_cash = models.DecimalField("实点现金", max_digits=12, decimal_places=2)
    counted_card = models.DecimalField("实点刷卡", max_digits=12, decimal_places=2)
    counted_transfer = models.DecimalField("实点转账", max_digits=12, decimal_places=2)
    counted_qr = models.DecimalField("实点扫码", max_digits=12, decimal_places=2)
    advanced_cash = models.DecimalField("垫付现金", max_digits=12, decimal_places=2, default=0, db_default=0)
    advanced_by = models.CharField("垫付人", max_length=50, blank=True, db_default="")
    denominations = models.JSONField("券别张数", default=dict)
    difference_reason = models.CharField("差额事由", max_length=200, blank=True)
    approved_by = models.ForeignKey(
        Staff, verbose_name="差额核准人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(Staff, verbose_name="日结人", on_delete=models.PROTECT, related_name="+", db_index=False)
    absence_reason = models.CharField("代为日结事由", max_length=200, blank=True)
    at = models.DateTimeField("日结时间")

    objects = SettlementQuerySet.as_manager()
    refusals: ClassVar = {
        "settlement_sums_are_those_of_its_receipts": "日结金额与收据不符，没有日结。请刷新页面，重新核对后再日结。",
        "settlement_cash_is_its_denominations": "各券别之和与实点现金不符，请重新清点。",
        "receipt_is_settled_and_stays": "这张收据已经日结，不能更改或作废；确属误收的，请主管冲正。",
        "payment_day_is_open": "您今天已经日结，不能再收款。请由其他经办员收款，或明日再收。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "日结"
        ordering: ClassVar = ["-day", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="settlement_once_a_day",
                fields=["office", "clerk", "day"],
                violation_error_message="这一天已经日结过，不能再日结。请刷新页面。",
            ),
            models.CheckConstraint(
                name="settlement_counts_are_not_negative",
                condition=reduce(and_, (_not_below_what_was_given_back(means) for means in MEANS)),
                violation_error_message="清点的金额不能为负数，除非退出的多于收进的。",
            ),
            models.CheckConstraint(
                name="settlement_advance_is_what_was_given_back",
                condition=Q(advanced_cash=0, advanced_by="")
                | (Q(advanced_cash__gt=0, advanced_cash__lte=-F("expected_cash")) & ~Q(advanced_by="")),
                violation_error_message="垫付只用于退出的现金多于收进的，不能多于多退的数，并须写明由谁垫付。",
            ),
            models.CheckConstraint(
                name="settlement_difference_is_approved",
                condition=Q(**{f"counted_{means}": F(f"expected_{means}") for means in MEANS})
                | (~Q(difference_reason="") & Q(approved_by__isnull=False) & ~Q(approved_by=F("clerk"))),
                violation_error_message="实点与应有不符，须写明事由，并由另一位主管核准。",
            ),
            models.CheckConstraint(
                name="settlement_by_the_clerk",
                condition=Q(by=F("clerk")) | ~Q(absence_reason=""),
                violation_error_message="只能日结自己的收款；收款人不在岗的，由主管写明事由代办。",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["clerk", "day"], name="settlement_of_clerk")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # At commit: by each means what the settled receipts say; the cash what its notes and coins make.
            pgtrigger.Trigger(
                name="sums_are_those_of_its_receipts",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        WITH part AS (
                            SELECT r.means, r.amount FROM payments_receipt r
                            JOIN payments_settlementline l ON l.id = r.settlement_line_id
                            WHERE l.settlement_id = NEW.id AND r.voided_at IS NULL
                            UNION ALL
                            SELECT w.means, w.amount FROM payments_workmanshipreceipt w
                            JOIN payments_settlementline l ON l.id = w.settlement_line_id
                            WHERE l.settlement_id = NEW.id AND w.voided_at IS NULL
                            UNION ALL
                            SELECT v.means, -v.amount FROM payments_reversal v
                            JOIN payments_settlementline l ON l.id = v.settlement_line_id
                            WHERE l.settlement_id = NEW.id)
                        SELECT FROM (VALUES ('cash', NEW.expected_cash), ('card', NEW.expected_card),
                                            ('transfer', NEW.expected_transfer), ('qr', NEW.expected_qr))
                                    AS expected(means, amount)
                        WHERE expected.amount <> coalesce(
                            (SELECT sum(p.amount) FROM part p WHERE p.means = expected.means), 0))
                       OR NOT EXISTS (SELECT FROM payments_settlementline l WHERE l.settlement_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'settlement % is not the sum of its receipts', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_sums_are_those_of_its_receipts';
                    END IF;
                    IF NEW.counted_cash + NEW.advanced_cash <> coalesce(
                        (SELECT sum(d.key::numeric * d.value::int) FROM jsonb_each_text(NEW.denominations) d), 0)
                    THEN
                        RAISE EXCEPTION 'the cash of settlement % is not what its notes make', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_cash_is_its_denominations';
                    END IF;
                    RETURN NULL;
                """,
            ),
            # The clerk's payments and day-end take the same lock: a payment shares it, the day-end has it alone.
            pgtrigger.Trigger(
                name="waits_for_payments",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    PERFORM pg_advisory_xact_lock(hashtextextended('day-end ' || NEW.clerk_id, 0));
                    RETURN NEW;
                """,
            ),
            # At the time of the day-end: later she may have another office.
            pgtrigger.Trigger(
                name="approved_by_who_may",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__approved_by__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM offices_staff a
                        WHERE a.id = NEW.approved_by_id AND a.is_active AND a.role IN ('supervisor', 'administrator')
                          AND starts_with(NEW.division_code, a.division_scope))
                    THEN
                        RAISE EXCEPTION 'who approved the difference of clerk % is no supervisor of hers', NEW.clerk_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_difference_is_approved';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Who counts for somebody absent does not approve what she found: `settlement_difference_is_approved`.
            pgtrigger.Trigger(
                name="approved_by_who_did_not_count",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__approved_by=pgtrigger.F("new__by")),
                func="""
                    RAISE EXCEPTION 'who counted the money of clerk % approved the difference', NEW.clerk_id
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_difference_is_approved';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} 日结"

    @property
    def expected(self) -> dict[str, object]:
        """What should be there, by means of payment, in yuan."""
        return {means: getattr(self, f"expected_{means}") for means in MEANS}

    @property
    def counted(self) -> dict[str, object]:
        """What was found, by means of payment, in yuan."""
        return {means: getattr(self, f"counted_{means}") for means in MEANS}


class SettlementLine(models.Model):
    """日结明细: one kind of money of a settlement: contributions of one year, or workmanship fees (`period` null).

    `amount` may be negative where more was given back than taken. Contributions are remitted, fees never with them.
    """

    settlement = models.ForeignKey(Settlement, verbose_name="日结", on_delete=models.PROTECT, related_name="lines")
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    period = models.ForeignKey(
        ContributionPeriod,
        verbose_name="缴费年度",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    receipts = models.PositiveIntegerField("收据张数")
    voided = models.PositiveIntegerField("其中作废")
    reversals = models.PositiveIntegerField("冲正笔数")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    remittance = models.ForeignKey(
        "payments.Remittance",
        verbose_name="上缴单",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
    )
    refusals: ClassVar = {
        "settlement_line_sums_its_receipts": "日结金额与收据不符，没有日结。请刷新页面，重新核对后再日结。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "日结明细"
        ordering: ClassVar = ["settlement", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="settlement_line_once_per_kind", fields=["settlement", "period"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="settlement_line_of_fees_is_not_remitted",
                condition=Q(remittance__isnull=True) | Q(period__isnull=False),
                violation_error_message="工本费不属于保险费，不能与保险费一起上缴。",
            ),
            models.CheckConstraint(name="settlement_line_counts_its_voids", condition=Q(voided__lte=F("receipts"))),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["office", "period"], name="settlement_line_to_remit", condition=Q(remittance__isnull=True)
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_remitted", exclude=["remittance"]),
            pgtrigger.Trigger(
                name="is_the_sum_of_its_receipts",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=f"""
                    IF NEW.amount <> {LINE_SUM.format(line="NEW.id")}
                       OR (NEW.receipts, NEW.voided, NEW.reversals) <> (
                           SELECT count(*) FILTER (WHERE NOT h.back), count(h.voided_at), count(*) FILTER (WHERE h.back)
                           FROM (SELECT r.voided_at, false AS back FROM payments_receipt r
                                 WHERE r.settlement_line_id = NEW.id
                                 UNION ALL
                                 SELECT w.voided_at, false FROM payments_workmanshipreceipt w
                                 WHERE w.settlement_line_id = NEW.id
                                 UNION ALL
                                 SELECT NULL, true FROM payments_reversal v WHERE v.settlement_line_id = NEW.id) h)
                       OR EXISTS (
                           SELECT FROM payments_settlement s
                           WHERE s.id = NEW.settlement_id
                             AND (s.office_id <> NEW.office_id
                                  OR s.expected_cash + s.expected_card + s.expected_transfer + s.expected_qr <>
                                     (SELECT sum(l.amount) FROM payments_settlementline l
                                      WHERE l.settlement_id = s.id)))
                    THEN
                        RAISE EXCEPTION 'settlement line % is not the sum of its receipts', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_line_sums_its_receipts';
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608 - put together from constants
            ),
            # Whichever way a line goes, the remittance that it leaves and the one that it joins must still add up.
            pgtrigger.Trigger(
                name="remittance_still_adds_up",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("remittance_id"),
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT FROM payments_remittance m
                        WHERE m.id IN (OLD.remittance_id, NEW.remittance_id)
                          AND CASE WHEN m.withdrawn_at IS NULL THEN m.amount ELSE 0 END IS DISTINCT FROM
                              coalesce((SELECT sum(l.amount) FROM payments_settlementline l
                                        WHERE l.remittance_id = m.id), 0))
                       OR EXISTS (
                        SELECT FROM payments_remittance m
                        WHERE m.id = NEW.remittance_id
                          AND (m.office_id <> NEW.office_id OR m.period_id <> NEW.period_id))
                       OR EXISTS (
                        SELECT FROM payments_remittance m
                        WHERE m.id = OLD.remittance_id AND m.id IS DISTINCT FROM NEW.remittance_id
                          AND m.withdrawn_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'settlement line % breaks the sum of its remittance', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
            ),
            joins_what_is_open("remittance"),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_id} {self.amount}"
