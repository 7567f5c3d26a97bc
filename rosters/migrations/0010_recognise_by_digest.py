"""名单上的人登记时认出, by the digests of the numbers: sealed values are equal only under the same key."""

from django.db import migrations

FORWARDS = """
CREATE OR REPLACE FUNCTION rosters_recognise_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM rosters_funderlistline l WHERE l.person_id IS NULL AND l.id_no_index = NEW.id_no_index) THEN
        RETURN NULL;
    END IF;
    WITH found AS (
        UPDATE rosters_funderlistline l
        SET person_id = NEW.id, matched_at = now(), division_code = NEW.division_code
        FROM rosters_funderlist f
        WHERE f.id = l.listing_id AND l.person_id IS NULL AND l.id_no_index = NEW.id_no_index AND l.name = NEW.name
          AND f.kind = 'support' AND f.applied_at IS NOT NULL AND f.superseded_at IS NULL
          AND starts_with(NEW.division_code, f.division_code)
        RETURNING l.category, COALESCE(l.day, f.month) AS day, l.problems,
                  f.funder_name || to_char(f.month, 'YYYY"年"MM"月"') || '资助名单' AS label
    ), marked AS (
        UPDATE households_certification c SET funder_list = found.label FROM found
        WHERE c.person_id = NEW.id AND c.category = found.category AND c.ended_on IS NULL AND c.funder_list = ''
    )
    INSERT INTO households_certification (person_id, category, disability_kind, components, kind, number,
        issued_by_division, valid_from, funder_list, claimed)
    SELECT DISTINCT ON (category) NEW.id, category, '', '[]'::jsonb, '', '', '', day, label, true
    FROM found
    WHERE category <> '' AND problems = '[]' AND NEW.died_on IS NULL AND NOT EXISTS (
        SELECT FROM households_certification c
        WHERE c.person_id = NEW.id AND c.category = found.category AND c.ended_on IS NULL);
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS recognise_listed ON households_person;
CREATE CONSTRAINT TRIGGER recognise_listed
AFTER INSERT OR UPDATE OF id_no, name, division_code ON households_person
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id_no IS NOT NULL)
EXECUTE FUNCTION rosters_recognise_listed();
"""


class Migration(migrations.Migration):
    dependencies = [("rosters", "0009_only_sealed")]

    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
