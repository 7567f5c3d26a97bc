"""名单的语句: a list beside what is registered, and taking it in. In sets: a county's list has tens of thousands.

Parameters: list, division (prefix), month, kind; codes (what the department pays for) and disability (those of them
that a disability certificate proves); label, at.
"""

from common.dates import SHANGHAI

# On this department's list already: by the category, or by a disability certificate that is marked as listed.
OPEN_CERTIFICATE = """
    SELECT c.id FROM households_certification c
    WHERE c.person_id = {person} AND c.ended_on IS NULL AND {listed}
      AND (c.category = l.category OR c.category = '' AND l.category = ANY(%(disability)s))
"""
LISTED = "c.funder_list <> ''"

# Who stands on a department's list by what is registered: by a certificate of one's own, or of the household.
HOLDERS = """
    (SELECT c.id, c.person_id, c.category, c.funder_list, c.valid_from, c.ended_on
     FROM households_certification c WHERE c.person_id IS NOT NULL AND c.funder_list <> ''
     UNION ALL
     SELECT c.id, m.person_id, c.category, c.funder_list, c.valid_from, c.ended_on
     FROM households_certification c
     JOIN households_membership m ON m.household_id = c.household_id AND m.ends_on IS NULL
     WHERE c.funder_list <> '')
"""

# What taking a line in would do. A line that cannot be read comes first, then whom it means, then what changes. Who
# stands there a second time, be it by another word for the same category, is one person.
LINES = f"""
    SELECT l.id, l.person_id, CASE
        WHEN l.id_no = '' OR l.problems <> '[]' THEN 'wrong'
        WHEN %(kind)s = 'support' AND l.category = '' THEN 'other'
        WHEN %(kind)s = 'support' AND row_number() OVER (
            PARTITION BY l.id_no_index, l.name, l.category, l.problems = '[]' ORDER BY l.id) > 1 THEN 'again'
        WHEN p.id IS NULL THEN 'unknown'
        WHEN p.name <> l.name THEN 'named'
        WHEN %(kind)s = 'died' THEN CASE WHEN p.died_on IS NOT NULL THEN 'kept' ELSE 'new' END
        WHEN p.died_on IS NOT NULL THEN 'died'
        WHEN %(kind)s = 'employed' THEN CASE WHEN EXISTS (
            SELECT FROM households_othercover v WHERE v.person_id = p.id AND v.kind = 'employee' AND v.ends_on IS NULL)
            THEN 'kept' ELSE 'new' END
        WHEN EXISTS ({OPEN_CERTIFICATE.format(person="p.id", listed=LISTED)}) THEN 'kept'
        WHEN EXISTS (
            SELECT FROM rosters_funderlistline b
            WHERE b.listing_id = (
                SELECT f.id FROM rosters_funderlist f
                WHERE f.kind = 'support' AND f.applied_at IS NOT NULL AND f.superseded_at IS NULL
                  AND (f.funder, f.division_code) = (%(funder)s, %(division)s))
              AND b.id_no_index = l.id_no_index AND b.category NOT IN ('', l.category)) THEN 'changed'
        ELSE 'new' END AS state
    FROM rosters_funderlistline l
    LEFT JOIN households_person p ON p.id_no_index = l.id_no_index AND starts_with(p.division_code, %(division)s)
    WHERE l.listing_id = %(list)s
"""  # noqa: S608 - put together from constants

# Who stands on the department's list by what is registered, and not on this one. Whose line cannot be read stays.
ENDED = """
    SELECT c.id, c.person_id, c.category, c.funder_list, c.valid_from
    FROM households_certification c JOIN households_person p ON p.id = c.person_id
    WHERE c.funder_list <> '' AND c.ended_on IS NULL AND starts_with(p.division_code, %(division)s)
      AND (c.category = ANY(%(codes)s) OR c.category = '' AND cardinality(%(disability)s::text[]) > 0)
      AND NOT EXISTS (
          SELECT FROM rosters_funderlistline l WHERE l.listing_id = %(list)s AND l.id_no_index = p.id_no_index
            AND (l.category = c.category OR c.category = '' AND l.category = ANY(%(disability)s)))
      AND NOT EXISTS (
          SELECT FROM rosters_funderlistline l WHERE l.listing_id = %(list)s AND l.id_no = '' AND l.name = p.name)
"""

# What each line was when the list was taken in, for the page that shows it later.
KEEP_STATES = f"""
    UPDATE rosters_funderlistline l SET state = s.state FROM ({LINES}) s WHERE s.id = l.id
"""  # noqa: S608 - put together from constants

MATCH = """
    UPDATE rosters_funderlistline l SET person_id = p.id, matched_at = %(at)s, division_code = p.division_code
    FROM households_person p
    WHERE l.listing_id = %(list)s AND l.id_no <> '' AND p.id_no_index = l.id_no_index AND p.name = l.name
      AND starts_with(p.division_code, %(division)s)
"""

# It ends with the month before; where something was decided by it later, with the day of that: what was decided stays.
END = f"""
    WITH gone AS ({ENDED}), decided AS (
        SELECT g.id, max((e.enrolled_at AT TIME ZONE '{SHANGHAI.key}')::date) AS day
        FROM gone g JOIN enrollment_enrollment e ON e.person_id = g.person_id
        WHERE e.sponsored > 0 AND e.cancelled_at IS NULL GROUP BY g.id)
    UPDATE households_certification c
    SET ended_on = GREATEST(%(month)s::date - 1, c.valid_from, decided.day)
    FROM gone LEFT JOIN decided ON decided.id = gone.id WHERE c.id = gone.id
    RETURNING c.id
"""  # noqa: S608 - put together from constants

# A disability certificate holds on when the department's list no longer names its holder.
HOLDS_ON = """
    INSERT INTO households_certification (household_id, person_id, category, disability_kind, disability_grade,
        components, kind, number, issued_on, issued_by_division, valid_from, valid_to, original_seen_at,
        original_seen_by_id, copy_kept_at, copy_kept_by_id, funder_list, claimed, ended_on)
    SELECT NULL, c.person_id, '', c.disability_kind, c.disability_grade, c.components, c.kind, c.number, c.issued_on,
        c.issued_by_division, c.ended_on + 1, GREATEST(c.valid_to, c.ended_on + 1), c.original_seen_at,
        c.original_seen_by_id, c.copy_kept_at, c.copy_kept_by_id, '', c.claimed, NULL
    FROM households_certification c WHERE c.id = ANY(%(ended)s) AND c.category = ''
"""

# A certificate that was registered without a list is marked; who has none gets one.
MARK = """
    UPDATE households_certification c SET funder_list = %(label)s
    FROM rosters_funderlistline l
    WHERE l.listing_id = %(list)s AND l.person_id = c.person_id AND c.category = l.category AND l.problems = '[]'
      AND c.ended_on IS NULL AND c.funder_list = ''
"""
ADD = f"""
    INSERT INTO households_certification (person_id, category, disability_kind, components, kind, number,
        issued_by_division, valid_from, funder_list, claimed)
    SELECT DISTINCT ON (l.person_id, l.category) l.person_id, l.category, '', '[]'::jsonb, '', '', '',
        COALESCE(l.day, %(month)s), %(label)s, true
    FROM rosters_funderlistline l JOIN households_person p ON p.id = l.person_id
    WHERE l.listing_id = %(list)s AND l.category <> '' AND l.problems = '[]' AND p.died_on IS NULL
      AND NOT EXISTS ({OPEN_CERTIFICATE.format(person="l.person_id", listed=LISTED)})
      AND NOT EXISTS (SELECT FROM households_certification c WHERE c.person_id = l.person_id
                      AND c.category = l.category AND c.ended_on IS NULL)
    ORDER BY l.person_id, l.category, l.id
"""  # noqa: S608 - put together from constants

COUNT_LINES = f"SELECT state, count(*) FROM ({LINES}) s GROUP BY state"  # noqa: S608 - of constants
LINES_IN_STATE = f"SELECT id FROM ({LINES}) s WHERE state = %(state)s"  # noqa: S608 - of constants
COUNT_ENDED = f"SELECT count(*) FROM ({ENDED}) s"  # noqa: S608 - of constants
IDS_ENDED = f"SELECT id FROM ({ENDED}) s"  # noqa: S608 - of constants
