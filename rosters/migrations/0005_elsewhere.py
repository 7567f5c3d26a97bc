"""两份名册上的人: which other rosters of a year stand for the holders of these numbers."""

from django.db import migrations

# With the owner's rights: a policy's condition would come first, and cutting a digest out of a number is not known to be
# leakproof, so that no index could be used. Number by number (OFFSET 0), because nothing is known of how often one stands
# in the table, and of a long list all rows of all years would be read.
ELSEWHERE = """
CREATE FUNCTION rosters_elsewhere(numbers bytea[], year integer, beside bigint)
RETURNS TABLE (number bytea, office bigint, place text, handed_in timestamptz, agreed timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT asked.number, s.office_id, s.place || s."group" || '第' || s.serial || '批', f.received_at, a.at
    FROM unnest(numbers) AS asked(number)
    CROSS JOIN LATERAL (
        SELECT r.file_id, r.accepted FROM rosters_rosterrow r
        WHERE SUBSTRING(r.id_no, 5, 16) = asked.number AND r.set_aside_at IS NULL
        OFFSET 0) r
    JOIN rosters_rosterfile f ON f.id = r.file_id AND f.superseded_at IS NULL
    JOIN rosters_roster s ON s.id = f.roster_id AND s.withdrawn_at IS NULL AND s.coverage_year = year
    LEFT JOIN rosters_rosteragreement a ON a.file_id = f.id AND a.withdrawn_at IS NULL
    WHERE s.id IS DISTINCT FROM beside AND (a.id IS NULL OR r.accepted)
      AND NOT EXISTS (SELECT FROM rosters_rosterdeposit d JOIN rosters_rostertaking t ON t.deposit_id = d.id
                      WHERE d.agreement_id = a.id)
$$;
"""


class Elsewhere(migrations.RunSQL):
    online = True  # an entry in the catalogue


class Migration(migrations.Migration):
    """A function; no row is touched."""

    dependencies = [("rosters", "0004_rows_by_number")]
    operations = [Elsewhere(ELSEWHERE, "DROP FUNCTION rosters_elsewhere(bytea[], integer, bigint)")]
