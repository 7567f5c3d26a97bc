"""补录花名册缴存: a deposit may bear the moment of its slip, and why it was entered afterwards."""

import pgtrigger.compiler
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from offices.migration_operations import AddTrigger, RemoveTrigger

# A payment that was entered without a slip of its own is of a roster that is being taken: it was paid when the slip of
# the roster's deposit says, and entered for the reason that stands there. Of all other payments nothing is asked; the
# counter's have a slip by their own check.
AS_DEPOSITED = """
CREATE FUNCTION rosters_entered_as_deposited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM rosters_rosterdeposit d JOIN rosters_rosteragreement a ON a.id = d.agreement_id
        JOIN rosters_roster o ON o.id = a.roster_id
        WHERE d.paid_at = NEW.paid_at AND d.entry_reason = NEW.entry_reason
          AND d.withdrawn_at IS NULL AND a.withdrawn_at IS NULL
          AND (o.period_id, o.channel) = (NEW.period_id, NEW.channel)
          AND NOT EXISTS (SELECT FROM rosters_rostertaking t WHERE t.deposit_id = d.id))
    THEN
        RAISE EXCEPTION 'payment % is of no deposit that was entered', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_is_what_was_deposited';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entered_as_deposited BEFORE INSERT ON payments_payment
FOR EACH ROW WHEN (NEW.entered_at IS NOT NULL AND NEW.slip_id IS NULL AND NEW.channel <> 'counter')
EXECUTE FUNCTION rosters_entered_as_deposited();
"""
UNASKED = """
DROP TRIGGER entered_as_deposited ON payments_payment;
DROP FUNCTION rosters_entered_as_deposited();
"""


class AsDeposited(migrations.RunSQL):
    online = True  # entries in the catalogue


class Migration(migrations.Migration):
    """Entries in the catalogue; no row is touched."""

    dependencies = [("rosters", "0006_slip_of_a_payment"), ("payments", "0008_entered_of_many")]

    operations = [
        RemoveTrigger(
            model_name="rosterdeposit",
            name="substance_stays",
        ),
        migrations.AddField(
            model_name="rosterdeposit",
            name="paid_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="银行收款时刻"),
        ),
        migrations.AddField(
            model_name="rosterdeposit",
            name="entry_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="补录事由"),
        ),
        AddTrigger(
            model_name="rosterdeposit",
            trigger=pgtrigger.compiler.Trigger(
                name="substance_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."agreement_id" IS DISTINCT FROM (NEW."agreement_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."slip_id" IS DISTINCT FROM (NEW."slip_id") OR OLD."paid_at" IS DISTINCT FROM (NEW."paid_at") OR OLD."entry_reason" IS DISTINCT FROM (NEW."entry_reason"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2fef3ed8b083f60eaa3b7a2c35d7b24d2d5ac494",
                    operation="UPDATE",
                    pgid="pgtrigger_substance_stays_8d7bd",
                    table="rosters_rosterdeposit",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="rosterdeposit",
            trigger=pgtrigger.compiler.Trigger(
                name="is_what_was_paid",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."paid_at" IS NOT NULL)',
                    func="\n                    IF NOT EXISTS (\n                        SELECT FROM rosters_rosteragreement a, payments_bankslip s\n                        WHERE a.id = NEW.agreement_id AND s.id = NEW.slip_id AND a.at <= NEW.paid_at\n                          AND s.day = (NEW.paid_at AT TIME ZONE 'Asia/Shanghai')::date)\n                    THEN\n                        RAISE EXCEPTION 'the deposit of agreement % is not what its slip says', NEW.agreement_id\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_deposit_is_what_was_paid';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="91155848fb59d1ee7b6f4c84b9142b759764812f",
                    operation="INSERT",
                    pgid="pgtrigger_is_what_was_paid_81237",
                    table="rosters_rosterdeposit",
                    when="BEFORE",
                ),
            ),
        ),
        AddConstraintNotValid(
            model_name="rosterdeposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry_reason", ""), ("paid_at__isnull", True)),
                    models.Q(
                        ("paid_at__isnull", False),
                        ("paid_at__lt", models.F("at")),
                        ("slip__isnull", False),
                        models.Q(("entry_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="roster_deposit_entry_is_whole",
                violation_error_message="补录须有银行回单和事由，且回单时刻早于补录的时刻。",
            ),
        ),
        AsDeposited(AS_DEPOSITED, UNASKED),
    ]
