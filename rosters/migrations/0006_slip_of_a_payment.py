"""银行回单只用一次: what a household paid at the bank counts among the rosters' deposits and the remittances too."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("rosters.migrations.0001_initial").SLIP_COUNTS_ONCE_ANYWHERE

# As it was, and with the slips of payments that a supervisor entered: the slip of one is no deposit's, and a
# remittance's only where the money is on it.
ANYWHERE = """
CREATE OR REPLACE FUNCTION rosters_slip_counts_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    slip payments_bankslip;
BEGIN
    SELECT * INTO slip FROM payments_bankslip s WHERE s.id = NEW.slip_id;
    PERFORM pg_advisory_xact_lock(hashtextextended('bank slip ' || slip.number, 0));
    IF TG_TABLE_NAME <> 'payments_remittance' AND EXISTS (
        SELECT FROM payments_bankslip s JOIN payments_remittance m ON m.slip_id = s.id
        WHERE (s.number, s.day, s.amount) = (slip.number, slip.day, slip.amount) AND m.withdrawn_at IS NULL)
    OR TG_TABLE_NAME = 'payments_payment' AND EXISTS (
        SELECT FROM payments_bankslip s JOIN rosters_rosterdeposit d ON d.slip_id = s.id
        WHERE (s.number, s.day, s.amount) = (slip.number, slip.day, slip.amount) AND d.withdrawn_at IS NULL)
    OR TG_TABLE_NAME <> 'payments_payment' AND EXISTS (
        SELECT FROM payments_bankslip s JOIN payments_payment p ON p.slip_id = s.id
        JOIN payments_receipt r ON r.payment_id = p.id
        LEFT JOIN payments_settlementline l ON l.id = r.settlement_line_id
        LEFT JOIN payments_reversal v ON v.receipt_id = r.id
        WHERE (s.number, s.day, s.amount) = (slip.number, slip.day, slip.amount)
          AND r.voided_at IS NULL AND v.id IS NULL
          AND NOT (TG_TABLE_NAME = 'payments_remittance' AND l.remittance_id IS NOT DISTINCT FROM NEW.id))
    OR TG_TABLE_NAME = 'payments_remittance' AND EXISTS (
        SELECT FROM payments_bankslip s JOIN rosters_rosterdeposit d ON d.slip_id = s.id
        WHERE (s.number, s.day, s.amount) = (slip.number, slip.day, slip.amount) AND d.withdrawn_at IS NULL
          AND NOT EXISTS (
              SELECT FROM rosters_rostertaking t
              JOIN payments_receipt r ON r.book_id = t.book_id AND r.number BETWEEN t.first AND t.last
              JOIN payments_settlementline l ON l.id = r.settlement_line_id
              WHERE t.deposit_id = d.id AND l.remittance_id = NEW.id))
    THEN
        RAISE EXCEPTION 'slip % stands elsewhere', NEW.slip_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_slip_counts_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER slip_counts_once_anywhere BEFORE INSERT ON payments_payment
FOR EACH ROW WHEN (NEW.slip_id IS NOT NULL) EXECUTE FUNCTION rosters_slip_counts_once();
"""
IN_THE_OTHERS = "DROP TRIGGER slip_counts_once_anywhere ON payments_payment;" + (
    BEFORE.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
)


class Anywhere(migrations.RunSQL):
    online = True  # entries in the catalogue


class Migration(migrations.Migration):
    """A function and a trigger; no row is touched."""

    dependencies = [("rosters", "0005_elsewhere"), ("payments", "0004_slip_entered")]
    operations = [Anywhere(ANYWHERE, IN_THE_OTHERS)]
