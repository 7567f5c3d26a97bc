"""补录银行缴费: a payment may bear the bank's slip, when it was entered, and why."""

import django.db.models.deletion
import pgtrigger.compiler
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from offices.migration_operations import AddTrigger, RemoveTrigger

# Its rows are checked later, while the counter works.
FOREIGN_KEY = """
    ALTER TABLE payments_payment ADD CONSTRAINT payment_slip_fk FOREIGN KEY (slip_id) REFERENCES payments_bankslip (id)
    DEFERRABLE INITIALLY DEFERRED NOT VALID
"""


class ForeignKeyNotValid(migrations.RunSQL):
    online = True  # an entry in the catalogue


def slip(**more: bool) -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="payments",
        to="payments.bankslip",
        verbose_name="银行回单",
        **more,
    )


class Migration(migrations.Migration):
    """Entries in the catalogue; no row is touched."""

    dependencies = [("payments", "0003_fits_by_statement")]

    operations = [
        RemoveTrigger(
            model_name="payment",
            name="day_is_open",
        ),
        migrations.AddField(
            model_name="payment",
            name="entered_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="补录时间"),
        ),
        migrations.AddField(
            model_name="payment",
            name="entry_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="补录事由"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AddField(model_name="payment", name="slip", field=slip(db_constraint=False)),
                ForeignKeyNotValid(FOREIGN_KEY, "ALTER TABLE payments_payment DROP CONSTRAINT payment_slip_fk"),
            ],
            state_operations=[migrations.AddField(model_name="payment", name="slip", field=slip())],
        ),
        AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="day_is_open",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."amount" > 0)',
                    func="\n            PERFORM pg_advisory_xact_lock_shared(hashtextextended('day-end ' || NEW.clerk_id, 0));\n            IF EXISTS (\n                SELECT FROM payments_settlement s\n                WHERE s.office_id = NEW.office_id AND s.clerk_id = NEW.clerk_id\n                  AND s.day >= (coalesce(NEW.entered_at, NEW.paid_at) AT TIME ZONE 'Asia/Shanghai')::date)\n            THEN\n                RAISE EXCEPTION 'the day of clerk % is settled', NEW.clerk_id\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_day_is_open';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="a9545365aa02adaf023979cd8213414687679ded",
                    operation="INSERT",
                    pgid="pgtrigger_day_is_open_b4268",
                    table="payments_payment",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="slip_counts_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."slip_id" IS NOT NULL)',
                    func="\n            PERFORM pg_advisory_xact_lock(hashtextextended('bank slip ' || s.number, 0))\n            FROM payments_bankslip s WHERE s.id = NEW.slip_id;\n            IF EXISTS (\n                SELECT FROM payments_bankslip mine\n                JOIN payments_bankslip s ON (s.number, s.day, s.amount) = (mine.number, mine.day, mine.amount)\n                JOIN payments_payment m ON m.slip_id = s.id\n                WHERE mine.id = NEW.slip_id AND m.id <> NEW.id AND NOT EXISTS (\n                    SELECT FROM payments_receipt r LEFT JOIN payments_reversal v ON v.receipt_id = r.id\n                    WHERE r.payment_id = m.id AND (r.voided_at IS NOT NULL OR v.id IS NOT NULL)) AND true)\n            THEN\n                RAISE EXCEPTION 'the slip of % % stands elsewhere', 'payment', NEW.id\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_slip_counts_once';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="cf58f7c54951b051f4af706359849e3568c1ef9d",
                    operation='INSERT OR UPDATE OF "slip_id"',
                    pgid="pgtrigger_slip_counts_once_1bd90",
                    table="payments_payment",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="slip_is_what_was_paid",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."slip_id" IS NOT NULL)',
                    func="\n                    IF NOT EXISTS (\n                        SELECT FROM payments_bankslip s WHERE s.id = NEW.slip_id\n                        AND (s.amount, s.day) = (NEW.amount, (NEW.paid_at AT TIME ZONE 'Asia/Shanghai')::date))\n                    THEN\n                        RAISE EXCEPTION 'payment % is not what its slip says', NEW.id\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_slip_is_what_was_paid';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="51c134e80a95fe185f8be8361f6e5a7e30e372c9",
                    operation="INSERT",
                    pgid="pgtrigger_slip_is_what_was_paid_90f1b",
                    table="payments_payment",
                    when="BEFORE",
                ),
            ),
        ),
        AddConstraintNotValid(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entered_at__isnull", True), ("entry_reason", ""), ("slip__isnull", True)),
                    models.Q(
                        ("amount__gt", 0),
                        ("entered_at__gt", models.F("paid_at")),
                        ("entered_at__isnull", False),
                        ("means", "transfer"),
                        ("slip__isnull", False),
                        models.Q(("entry_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payment_entry_is_whole",
                violation_error_message="补录须有银行回单和事由，按转账记，且回单时刻早于补录的时刻。",
            ),
        ),
    ]
