"""一张回单只算一次: what a village paid in is not remitted with the same slip, nor the other way round.

Each table has its own such trigger; these look across. A remittance that holds the roster's own receipts is the same
money further on its way and may bear the same slip.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION rosters_slip_counts_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    slip payments_bankslip;
BEGIN
    SELECT * INTO slip FROM payments_bankslip s WHERE s.id = NEW.slip_id;
    PERFORM pg_advisory_xact_lock(hashtextextended('bank slip ' || slip.number, 0));
    IF TG_TABLE_NAME = 'rosters_rosterdeposit' AND EXISTS (
        SELECT FROM payments_bankslip s JOIN payments_remittance m ON m.slip_id = s.id
        WHERE (s.number, s.day, s.amount) = (slip.number, slip.day, slip.amount) AND m.withdrawn_at IS NULL)
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
CREATE TRIGGER slip_counts_once_anywhere BEFORE INSERT OR UPDATE OF slip_id ON rosters_rosterdeposit
FOR EACH ROW WHEN (NEW.slip_id IS NOT NULL) EXECUTE FUNCTION rosters_slip_counts_once();
CREATE TRIGGER slip_counts_once_anywhere BEFORE INSERT OR UPDATE OF slip_id ON payments_remittance
FOR EACH ROW WHEN (NEW.slip_id IS NOT NULL) EXECUTE FUNCTION rosters_slip_counts_once();
"""
BACKWARDS = """
DROP TRIGGER slip_counts_once_anywhere ON payments_remittance;
DROP TRIGGER slip_counts_once_anywhere ON rosters_rosterdeposit;
DROP FUNCTION rosters_slip_counts_once();
"""


class Migration(migrations.Migration):
    dependencies = [("rosters", "0003_recognise_listed_persons"), ("payments", "0015_statements_kept")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
