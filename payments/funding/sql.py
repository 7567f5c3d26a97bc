"""The statements of claiming: who may be claimed, the sheet and its lines in one go, heads for the budgets. 请款的语句.

In sets, because a county claims for tens of thousands at once. One statement writes a sheet with all its lines: its
sum and its lines come from the same snapshot. The period's row is locked before, so that sheets come one by one.
"""

from common.dates import SHANGHAI

# A department's list that names the category and covers the day of payment. Each owner has a statement of its own:
# with OR between them PostgreSQL would read the whole table for every person.
LISTED = """
    SELECT FROM households_certification s
    JOIN named n ON n.edition = a.edition_id AND n.category = e.category AND n.says = s.category
        AND n.kind = s.disability_kind AND n.grade IS NOT DISTINCT FROM s.disability_grade
        AND n.components = s.components
    WHERE {owner} AND s.funder_list <> ''
      AND (s.valid_from IS NULL OR s.valid_from <= d.paid_on) AND (s.valid_to IS NULL OR s.valid_to >= d.paid_on)
      AND (s.ended_on IS NULL OR s.ended_on >= d.paid_on)
"""
OF_A_MEMBER = """s.person_id IN (
    SELECT m.person_id FROM households_membership m WHERE m.household_id = e.household_id
    AND m.starts_on <= d.paid_on AND (m.ends_on IS NULL OR m.ends_on >= d.paid_on))"""

# What was paid at the bank and entered afterwards was paid on the day of its slip; such are few.
AT_THE_BANK = """
    LEFT JOIN (SELECT assessment_id, paid_at FROM payments_payment WHERE entered_at IS NOT NULL) late
        ON late.assessment_id = e.assessment_id"""

# Sponsored, in force and on no standing sheet; `gap` is empty where the person may be claimed, else it says why not.
# `category` and `named` come from the frozen editions under which was decided: see funding_lists.py.
# A list counts if the decision rested on it *and* it still covers the day of payment: what was corrected since is gone.
SPONSORED = f"""
WITH category AS (
    SELECT * FROM jsonb_to_recordset(%(categories)s::jsonb) AS c(edition bigint, category text, listed bool,
                                                                 household bool)
), named AS (
    SELECT * FROM jsonb_to_recordset(%(names)s::jsonb) AS n(edition bigint, category text, says text, kind text,
                                                            grade int, components jsonb)
), sponsored AS (
    SELECT e.id, e.person_id, e.household_id, e.coverage_year, e.division_code, e.category, e.category_name,
           e.standard, e.payable, e.sponsored, e.funder, a.edition_id,
           CASE WHEN c.listed AND NOT e.reasons @> '[{{"code": "CATEGORY"}}]' THEN 'UNDECIDED'
                WHEN c.listed AND NOT (
                    EXISTS ({LISTED.format(owner="s.person_id = e.person_id")})
                    OR c.household AND EXISTS ({LISTED.format(owner="s.household_id = e.household_id")})
                    OR c.household AND EXISTS ({LISTED.format(owner=OF_A_MEMBER)})) THEN 'UNLISTED'
                WHEN EXISTS (
                    SELECT FROM payments_funderclaimline l JOIN payments_fundingclaim f ON f.id = l.claim_id
                    WHERE l.person_id = e.person_id AND l.coverage_year = e.coverage_year AND NOT l.withdrawn
                      AND NOT l.corrected AND l.corrects_id IS NULL
                      AND (f.payer, f.period_id) IS DISTINCT FROM (e.funder, e.period_id)) THEN 'ELSEWHERE'
                ELSE '' END AS gap
    FROM enrollment_enrollment e
    JOIN enrollment_assessment a ON a.id = e.assessment_id
    JOIN category c ON c.edition = a.edition_id AND c.category = e.category{AT_THE_BANK}
    CROSS JOIN LATERAL (SELECT (coalesce(late.paid_at, e.enrolled_at) AT TIME ZONE '{SHANGHAI.key}')::date AS paid_on) d
    WHERE e.period_id = %(period)s AND starts_with(e.division_code, %(division)s)
      AND e.sponsored > 0 AND e.cancelled_at IS NULL AND (%(funder)s = '' OR e.funder = %(funder)s)
      AND NOT EXISTS (SELECT FROM payments_funderclaimline l
                      WHERE l.enrollment_id = e.id AND NOT l.withdrawn AND l.corrects_id IS NULL)
)
"""  # noqa: S608 - put together from constants

# What stands to be taken back: claimed, and the enrolment was cancelled afterwards.
MARK_CANCELLED = """
    UPDATE payments_funderclaimline l SET corrected = true
    FROM payments_fundingclaim f, enrollment_enrollment e
    WHERE f.id = l.claim_id AND e.id = l.enrollment_id AND f.period_id = %(period)s
      AND f.division_code = %(division)s AND f.payer = %(funder)s
      AND NOT l.withdrawn AND NOT l.corrected AND l.corrects_id IS NULL AND e.cancelled_at IS NOT NULL
"""

WRITE_FUNDER_CLAIM = f"""
{SPONSORED}, fresh AS (
    SELECT s.id AS enrollment_id, s.person_id, s.coverage_year, s.division_code, s.category, s.category_name,
           s.sponsored AS amount, s.payable, s.standard, NULL::bigint AS corrects_id, p.name,
           coalesce(p.id_no, '') AS id_no, coalesce(d.name, '') AS town, s.household_id
    FROM sponsored s
    JOIN households_person p ON p.id = s.person_id
    LEFT JOIN offices_division d ON d.code = left(s.division_code, 9) || '000'
        AND d.starts_on <= %(day)s AND (d.ends_on IS NULL OR d.ends_on >= %(day)s)
    WHERE s.gap = ''
), line AS (
    SELECT enrollment_id, person_id, coverage_year, division_code, category, category_name, amount, payable, standard,
           corrects_id, name, id_no, town, household_id
    FROM fresh
    UNION ALL
    SELECT l.enrollment_id, l.person_id, l.coverage_year, l.division_code, l.category, l.category_name, -l.amount,
           -l.payable, -l.standard, l.id, l.name, l.id_no, l.town, e.household_id
    FROM payments_funderclaimline l
    JOIN payments_fundingclaim f ON f.id = l.claim_id
    JOIN enrollment_enrollment e ON e.id = l.enrollment_id
    WHERE f.period_id = %(period)s AND f.division_code = %(division)s AND f.payer = %(funder)s
      AND l.corrected AND NOT l.withdrawn
      AND NOT EXISTS (SELECT FROM payments_funderclaimline r WHERE r.corrects_id = l.id AND NOT r.withdrawn)
), claim AS (
    INSERT INTO payments_fundingclaim
        (kind, period_id, coverage_year, division_code, division_name, payer, number, amount, persons, clause_key,
         clause_line, made_at, made_by_id, withdraw_reason)
    SELECT 'funder', %(period)s, %(year)s, %(division)s, %(division_name)s, %(funder)s,
           (SELECT coalesce(max(f.number), 0) + 1 FROM payments_fundingclaim f
            WHERE f.period_id = %(period)s AND f.division_code = %(division)s AND f.kind = 'funder'),
           sum(amount), count(*) FILTER (WHERE corrects_id IS NULL) - count(corrects_id), %(clause_key)s,
           %(clause_line)s, %(at)s, %(by)s, ''
    FROM line HAVING count(*) > 0
    RETURNING id
), written AS (
    INSERT INTO payments_funderclaimline
        (claim_id, position, enrollment_id, person_id, coverage_year, division_code, town, name, id_no, category,
         category_name, amount, payable, standard, corrects_id)
    SELECT claim.id, row_number() OVER (ORDER BY corrects_id IS NOT NULL, division_code, household_id, enrollment_id),
           enrollment_id, person_id, coverage_year, division_code, town, name, id_no, category, category_name,
           amount, payable, standard, corrects_id
    FROM line, claim
)
SELECT id FROM claim
"""  # noqa: S608 - put together from constants

# By funder: what may be claimed now and what may not, within a scope.
UNCLAIMED = f"""
{SPONSORED}
SELECT funder, count(*) FILTER (WHERE gap = ''), coalesce(sum(sponsored) FILTER (WHERE gap = ''), 0),
       count(*) FILTER (WHERE gap <> ''), coalesce(sum(sponsored) FILTER (WHERE gap <> ''), 0)
FROM sponsored GROUP BY funder
"""  # noqa: S608 - put together from constants

# One by one; `%(wanted)s` is true for those who may be claimed, false for those who may not.
UNCLAIMED_PERSONS = f"""
{SPONSORED}
SELECT s.household_id, h.number, p.name, coalesce(p.id_no, ''), s.category, s.category_name, s.sponsored, s.funder,
       s.gap, s.edition_id
FROM sponsored s
JOIN households_person p ON p.id = s.person_id
JOIN households_household h ON h.id = s.household_id
WHERE (s.gap = '') = %(wanted)s
ORDER BY s.funder, s.division_code, s.household_id, s.id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - put together from constants

# 人数: enrolled by the day and not cancelled by then; who died or moved later was paid for and counts; whose cover was
# ended before it began does not, and neither does who paid a price without subsidy.
HEADS = f"""
    SELECT left(e.division_code, 9) AS town_code, e.category, max(e.category_name) AS category_name, count(*) AS heads
    FROM enrollment_enrollment e{AT_THE_BANK}
    CROSS JOIN LATERAL (SELECT (e.enrolled_at AT TIME ZONE '{SHANGHAI.key}')::date AS enrolled_on,
        (coalesce(late.paid_at, e.enrolled_at) AT TIME ZONE '{SHANGHAI.key}')::date AS paid_on) d
    WHERE e.period_id = %(period)s AND starts_with(e.division_code, %(division)s) AND d.enrolled_on <= %(day)s
      AND (e.cancelled_at IS NULL OR (e.cancelled_at AT TIME ZONE '{SHANGHAI.key}')::date > %(day)s)
      AND NOT EXISTS (SELECT FROM enrollment_termination t WHERE t.enrollment_id = e.id AND t.undone_at IS NULL
                      AND t.last_day < e.benefit_starts_on)
      AND NOT EXISTS (
          SELECT FROM jsonb_to_recordset(%(unsubsidised)s::jsonb) AS x(category text, standard numeric,
                                                                          first date, last date)
          WHERE x.category = e.category AND x.standard = e.standard AND d.paid_on >= coalesce(x.first, d.paid_on)
            AND d.paid_on <= coalesce(x.last, d.paid_on))
    GROUP BY left(e.division_code, 9), e.category
"""  # noqa: S608 - put together from constants

# What each town and category comes to at the rates in force, less what standing sheets have claimed of this budget.
SUBSIDY = f"""
WITH head AS ({HEADS}), claimed AS (
    SELECT l.division_code AS town_code, l.category, max(l.category_name) AS category_name, sum(l.amount) AS before
    FROM payments_subsidyclaimline l JOIN payments_fundingclaim f ON f.id = l.claim_id
    WHERE f.period_id = %(period)s AND f.division_code = left(%(division)s, 6) AND f.payer = %(payer)s
      AND f.withdrawn_at IS NULL AND starts_with(l.division_code, %(division)s)
    GROUP BY l.division_code, l.category
), rate AS (
    SELECT * FROM payments_subsidyrate r
    WHERE r.period_id = %(period)s AND r.division_code = left(%(division)s, 6) AND r.payer = %(payer)s
      AND r.confirmed_at IS NOT NULL AND r.ended_at IS NULL
), due AS (
    SELECT t.*, coalesce(own.id, every.id) AS rate_id, coalesce(own.amount, every.amount) AS rate
    FROM (SELECT town_code, category, coalesce(head.category_name, claimed.category_name) AS category_name,
                 coalesce(head.heads, 0) AS heads, coalesce(claimed.before, 0) AS before
          FROM head FULL JOIN claimed USING (town_code, category)) t
    LEFT JOIN rate own ON own.category = t.category
    LEFT JOIN rate every ON every.category = ''
)
"""  # noqa: S608 - put together from constants

# The categories that nobody has filled in a rate for.
WITHOUT_RATE = f"{SUBSIDY} SELECT DISTINCT category_name FROM due WHERE rate_id IS NULL ORDER BY 1"  # noqa: S608

WRITE_SUBSIDY_CLAIM = f"""
{SUBSIDY}, line AS (
    SELECT due.*, heads * rate - before AS amount, coalesce(d.name, '') AS town
    FROM due LEFT JOIN offices_division d ON d.code = rpad(town_code, 12, '0')
        AND d.starts_on <= %(day)s AND (d.ends_on IS NULL OR d.ends_on >= %(day)s)
    WHERE heads * rate <> before
), claim AS (
    INSERT INTO payments_fundingclaim
        (kind, period_id, coverage_year, division_code, division_name, payer, number, amount, persons, counted_on,
         due_on, clause_key, clause_line, made_at, made_by_id, withdraw_reason)
    SELECT 'subsidy', %(period)s, %(year)s, %(division)s, %(division_name)s, %(payer)s,
           (SELECT coalesce(max(f.number), 0) + 1 FROM payments_fundingclaim f
            WHERE f.period_id = %(period)s AND f.division_code = %(division)s AND f.kind = 'subsidy'),
           sum(amount), sum(heads), %(day)s, %(due_on)s, %(clause_key)s, %(clause_line)s, %(at)s, %(by)s, ''
    FROM line HAVING count(*) > 0
    RETURNING id
), written AS (
    INSERT INTO payments_subsidyclaimline
        (claim_id, position, division_code, town, category, category_name, heads, rate, rate_row_id, before, amount)
    SELECT claim.id, row_number() OVER (ORDER BY town_code, category), town_code, town, category, category_name, heads,
           rate, rate_id, before, amount
    FROM line, claim
)
SELECT id FROM claim
"""  # noqa: S608 - put together from constants

# What each budget would be asked for today, within a scope: heads, what they come to, what sheets hold less than that,
# and the categories without a rate, of which neither can be told.
SUBSIDY_NOW = f"""
{SUBSIDY}
SELECT coalesce(sum(heads), 0), coalesce(sum(heads * rate), 0), coalesce(sum(heads * rate - before), 0),
       coalesce(array_agg(DISTINCT category_name) FILTER (WHERE rate_id IS NULL), '{{}}')
FROM due
"""  # noqa: S608 - put together from constants
