"""续保预核的语句: everybody's facts reduced to what the rules can see of them, in sets.

A person's facts and those of the household as a whole are reduced to one hash, `seen`: whoever has the same is decided
alike. Where the rule set looks from one member to another, the hashes of all members go into it, and the place among
them. The keys must be at least as fine as the rules' eyes: `tests/enrollment/test_preparing.py` compares with deciding
one by one. Parameters: offices (bigint[]), year, period, day, and what `Eyes` says: recent, births, instants, years,
schools.
"""

# What is counted here is what facts_sql reads and `household_facts` passes on; order and conditions are the same.
_CERTIFIED = """
    SELECT c.{owner}, array_agg(hash_record_extended(ROW(
        c.category, c.disability_kind, c.disability_grade, c.components, c.original_seen_at IS NOT NULL,
        c.copy_kept_at IS NOT NULL, c.funder_list <> '', c.issued_by_division, c.valid_to), 0) ORDER BY c.id) AS seen
    FROM households_certification c
    WHERE c.{owner} IS NOT NULL AND c.claimed AND (c.ended_on IS NULL OR c.ended_on >= %(day)s)
      AND (c.valid_from IS NULL OR c.valid_from <= %(day)s)
    GROUP BY c.{owner}
"""

_SHOWN = """
    SELECT s.{owner}, array_agg(DISTINCT s.document) AS seen
    FROM households_paper s
    WHERE s.person_id IS {null} AND s.original_seen_at IS NOT NULL
      AND (s.coverage_year IS NULL OR s.coverage_year = %(year)s)
    GROUP BY s.{owner}
"""

_HOUSEHOLDS = f"""
    WITH certified AS ({_CERTIFIED.format(owner="household_id")}),
    shown AS ({_SHOWN.format(owner="household_id", null="NULL")}),
    lifted AS (
        SELECT o.household_id, array_agg(o.code ORDER BY o.code) AS seen
        FROM enrollment_override o WHERE o.period_id = %(period)s GROUP BY o.household_id
    )
    SELECT h.id, h.office_id, h.division_code, v.id IS NOT NULL AS is_verified, hash_record_extended(ROW(
        certified.seen, shown.seen, lifted.seen, v.verified_at,
        CASE WHEN (h.registered_at AT TIME ZONE 'Asia/Shanghai')::date <= %(day)s
             THEN width_bucket(h.registered_at, %(instants)s::timestamptz[]) ELSE -1 END,
        CASE WHEN (h.registered_at AT TIME ZONE 'Asia/Shanghai')::date > %(day)s THEN h.registered_at END), 0) AS seen
    FROM households_household h
    LEFT JOIN certified ON certified.household_id = h.id
    LEFT JOIN shown ON shown.household_id = h.id
    LEFT JOIN lifted ON lifted.household_id = h.id
    LEFT JOIN enrollment_verification v ON v.household_id = h.id AND v.period_id = %(period)s
    WHERE h.office_id = ANY(%(offices)s) AND h.closed_at IS NULL
"""  # noqa: S608 - put together from constants

_MEMBERS = f"""
    WITH office_household AS ({_HOUSEHOLDS}),
    certified AS ({_CERTIFIED.format(owner="person_id")}),
    shown AS ({_SHOWN.format(owner="person_id", null="NOT NULL")}),
    covered AS (
        SELECT v.person_id, array_agg(hash_record_extended(ROW(
            v.kind, v.division, v.starts_on, v.ends_on, v.certificate_seen_at IS NOT NULL), 0)
            ORDER BY v.ends_on DESC NULLS FIRST, v.id) AS seen
        FROM households_othercover v WHERE v.starts_on IS NULL OR v.starts_on <= %(day)s
        GROUP BY v.person_id
    ), repaid AS (
        SELECT r.person_id, array_agg(r.coverage_year ORDER BY r.coverage_year) AS seen
        FROM households_repaidyear r WHERE r.withdrawn_at IS NULL AND r.paid_on <= %(day)s
        GROUP BY r.person_id
    ), enrolled AS (
        SELECT n.person_id, bit_or(1::bigint << (n.coverage_year - 2000)) AS seen
        FROM enrollment_enrollment n
        WHERE n.cancelled_at IS NULL AND (%(years)s::int[] IS NULL OR n.coverage_year = ANY(%(years)s::int[]))
        GROUP BY n.person_id
    )
    SELECT m.person_id, m.household_id, h.office_id, h.division_code, m.relation <> '02' AS is_head, m.id AS membership,
           hash_record_extended(ROW(
               h.seen, p.hukou_division, p.hukou_kind,
               CASE WHEN p.birth_date >= %(recent)s OR h.is_verified THEN p.birth_date END,
               width_bucket(p.birth_date, %(births)s::date[]), p.died_on <= %(day)s,
               CASE WHEN m.ends_on IS NOT NULL THEN m.id END, p.exemption, p.parent_unit_level, p.in_employee_scope,
               CASE WHEN p.student_kind = ANY(%(schools)s) THEN p.student_kind END,
               p.student_kind = ANY(%(schools)s) AND p.school_in_area,
               CASE WHEN p.residence_valid_to IS NULL OR p.residence_valid_to >= %(day)s THEN p.residence_holder END,
               p.photos, p.admitted_at IS NOT NULL, certified.seen, covered.seen, shown.seen, repaid.seen,
               enrolled.seen), 0) AS seen
    FROM office_household h
    JOIN households_membership m ON m.household_id = h.id
    JOIN households_person p ON p.id = m.person_id
    LEFT JOIN certified ON certified.person_id = p.id
    LEFT JOIN covered ON covered.person_id = p.id
    LEFT JOIN shown ON shown.person_id = p.id
    LEFT JOIN repaid ON repaid.person_id = p.id
    LEFT JOIN enrolled ON enrolled.person_id = p.id
    WHERE m.starts_on <= %(day)s AND (m.ends_on IS NULL OR m.ends_on >= %(day)s)
"""  # noqa: S608 - put together from constants

# Everybody decided by themselves.
APART = f"""
    CREATE TEMP TABLE preparing_member ON COMMIT DROP AS
    SELECT person_id, household_id, office_id, division_code, seen FROM ({_MEMBERS}) m
"""  # noqa: S608 - put together from constants

# Everybody as one of a household.
TOGETHER = f"""
    CREATE TEMP TABLE preparing_member ON COMMIT DROP AS
    SELECT person_id, household_id, office_id, division_code,
           hash_record_extended(ROW(
               array_agg(seen) OVER (among ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
               row_number() OVER among), 0) AS seen
    FROM ({_MEMBERS}) m WINDOW among AS (PARTITION BY household_id ORDER BY is_head, membership)
"""  # noqa: S608 - put together from constants

# Of each key one household in which it occurs, and who has it there.
KEYS = """
    SELECT DISTINCT ON (k.household_id, seen) seen, k.household_id, m.person_id
    FROM (SELECT seen, min(household_id) AS household_id FROM preparing_member GROUP BY seen) k
    JOIN preparing_member m USING (household_id, seen)
    ORDER BY k.household_id, seen, m.person_id
"""

HOUSEHOLDS = "SELECT count(DISTINCT household_id) FROM preparing_member"

# What is told of one member is told of the whole household.
TOLD = """
    CREATE TEMP TABLE preparing_told ON COMMIT DROP AS
    SELECT m.household_id, bit_or(a.told) AS told
    FROM preparing_member m JOIN preparing_answer a ON a.seen = m.seen WHERE a.told <> 0
    GROUP BY m.household_id
"""
OCCURRING = """
    SELECT DISTINCT a.number, t.told
    FROM preparing_told t
    JOIN preparing_member m ON m.household_id = t.household_id
    JOIN preparing_answer a ON a.seen = m.seen
"""

FORGET = "DELETE FROM enrollment_preparedassessment WHERE office_id = ANY(%(offices)s) AND coverage_year = %(year)s"

WRITE = """
    INSERT INTO enrollment_preparedassessment
        (person_id, household_id, coverage_year, office_id, division_code, outcome_id, prepared_at)
    SELECT m.person_id, m.household_id, %(year)s, m.office_id, m.division_code, o.outcome, %(at)s
    FROM preparing_member m
    JOIN preparing_answer a ON a.seen = m.seen
    LEFT JOIN preparing_told t ON t.household_id = m.household_id
    JOIN preparing_outcome o ON o.number = a.number AND o.told = coalesce(t.told, 0)
    ORDER BY m.person_id
"""
