"""The one statement that reads all facts about households: a JSON document for each. 事实的读取.

One statement, because the counter must see one moment: after the household's row is locked, everything in it comes
from the same snapshot. And because the number of queries must not grow with members or households.
What there is little of is put in order by who reads it: a sort for each of a member's lists, nearly all of them empty,
takes longer than reading them.
Parameters: households (bigint[]) or household, year, day (the office's date: what holds on it counts as held).
"""

# A certification counts while it has begun, was not ended and is claimed. One whose validity has run out still
# comes along: the rules warn about it, a supervisor decides.
CERTIFICATIONS = """
    SELECT json_agg(json_build_object(
        'id', c.id, 'category', c.category,
        'disability_kind', c.disability_kind, 'disability_grade', c.disability_grade,
        'components', c.components, 'original_seen', c.original_seen_at IS NOT NULL,
        'copy_kept', c.copy_kept_at IS NOT NULL, 'on_funder_list', c.funder_list <> '',
        'issued_by_division', c.issued_by_division, 'valid_until', c.valid_to))
    FROM households_certification c
    WHERE {owner} AND c.claimed AND (c.ended_on IS NULL OR c.ended_on >= %(day)s)
      AND (c.valid_from IS NULL OR c.valid_from <= %(day)s)
"""

PAPERS = """
    SELECT json_agg(s.document)
    FROM households_paper s
    WHERE {owner} AND s.original_seen_at IS NOT NULL AND (s.coverage_year IS NULL OR s.coverage_year = %(year)s)
"""

# `= ANY`, which only a B-tree knows: the index of the exclusion constraint seems as cheap and is not.
OTHER_COVERS = """
    SELECT json_agg(json_build_object(
        'id', v.id, 'kind', v.kind, 'division', v.division, 'starts_on', v.starts_on, 'ends_on', v.ends_on,
        'certificate_seen', v.certificate_seen_at IS NOT NULL))
    FROM households_othercover v
    WHERE v.person_id = ANY(ARRAY[p.id]) AND (v.starts_on IS NULL OR v.starts_on <= %(day)s)
"""

# By person, wherever the enrolment was made: once a year anywhere. The rules ask the years; a page shows the rest.
YEARS = """
    SELECT json_agg(n.coverage_year) FROM enrollment_enrollment n WHERE n.person_id = p.id AND n.cancelled_at IS NULL
"""
ENROLLMENTS = """
    SELECT json_agg(json_build_object(
        'id', n.id, 'coverage_year', n.coverage_year, 'household', n.household_id, 'office', no.name,
        'assessment', n.assessment_id, 'category_name', n.category_name, 'payable', n.payable::text,
        'sponsored', n.sponsored::text, 'funder', n.funder, 'benefit_starts_on', n.benefit_starts_on,
        'benefit_ends_on', n.benefit_ends_on, 'enrolled_at', n.enrolled_at,
        'terminated', (SELECT json_build_object('last_day', t.last_day, 'kind', c.kind)
                       FROM enrollment_termination t JOIN enrollment_change c ON c.id = t.change_id
                       WHERE t.enrollment_id = n.id AND t.undone_at IS NULL)) ORDER BY n.coverage_year)
    FROM enrollment_enrollment n JOIN offices_office no ON no.id = n.office_id
    WHERE n.person_id = p.id AND n.cancelled_at IS NULL
"""

# Whose relation changes (a new head) has a row that ends and one that follows: that is no leaving.
# A scalar subquery, not NOT EXISTS: the planner may answer that one by hashing the whole table.
LEFT_ON = """
    CASE WHEN m.ends_on IS NOT NULL AND (
        SELECT f.id FROM households_membership f
        WHERE f.person_id = m.person_id AND f.household_id = m.household_id AND f.starts_on = m.ends_on + 1
        LIMIT 1) IS NULL
    THEN m.ends_on END
"""

_MEMBERS = f"""
    SELECT json_agg(json_build_object(
        'person', p.id, 'name', p.name, 'id_no', p.id_no, 'sex', p.sex, 'birth_date', p.birth_date,
        'relation', m.relation, 'joined_on', m.starts_on, 'left_on', {LEFT_ON}, 'phone', p.phone, 'died_on', p.died_on,
        'hukou_division', p.hukou_division, 'hukou_kind', p.hukou_kind,
        'exemption', p.exemption, 'parent_unit_level', p.parent_unit_level,
        'in_employee_scope', p.in_employee_scope, 'student_kind', p.student_kind, 'school_in_area', p.school_in_area,
        'residence_holder', CASE WHEN p.residence_valid_to IS NULL OR p.residence_valid_to >= %(day)s
                                 THEN p.residence_holder ELSE '' END,
        'photos', p.photos, 'admitted', p.admitted_at IS NOT NULL,
        'certifications', ({CERTIFICATIONS.format(owner="c.person_id = p.id")}),
        'other_covers', ({OTHER_COVERS}),
        'papers', ({PAPERS.format(owner="s.person_id = p.id")}),
        'repaid', (SELECT json_agg(r.coverage_year) FROM households_repaidyear r
                   WHERE r.person_id = p.id AND r.withdrawn_at IS NULL AND r.paid_on <= %(day)s),
        {{covered}}
    ) ORDER BY m.relation <> '02', m.id)
    FROM households_membership m JOIN households_person p ON p.id = m.person_id
    WHERE m.household_id = h.id AND m.starts_on <= %(day)s AND (m.ends_on IS NULL OR m.ends_on >= %(day)s)
"""  # noqa: S608 - put together from the constants above

_DOCUMENT = f"""
    SELECT json_build_object(
        'id', h.id, 'office', o.id, 'office_name', o.name, 'division_code', h.division_code, 'number', h.number,
        'hukou_book_no', h.hukou_book_no, 'address', h.address, 'phone', h.phone,
        'registered_at', h.registered_at, 'closed_at', h.closed_at,
        'ruleset', o.ruleset_code, 'edition', e.id, 'sha256', e.sha256, 'period', y.id,
        'verified_at', (SELECT a.verified_at FROM enrollment_verification a
                        WHERE a.household_id = h.id AND a.period_id = y.id),
        'overrides', (SELECT json_agg(a.code) FROM enrollment_override a
                      WHERE a.household_id = h.id AND a.period_id = y.id),
        'certifications', ({CERTIFICATIONS.format(owner="c.household_id = h.id")}),
        'papers', ({PAPERS.format(owner="s.household_id = h.id AND s.person_id IS NULL")}),
        'members', ({_MEMBERS})
    )
    FROM households_household h
    JOIN offices_office o ON o.id = h.office_id
    LEFT JOIN enrollment_ruleset r ON r.code = o.ruleset_code
    LEFT JOIN enrollment_rulesetedition e ON e.id = r.current_edition_id
    LEFT JOIN enrollment_contributionperiod y ON y.ruleset_id = r.id AND y.coverage_year = %(year)s
"""  # noqa: S608 - put together from the constants above

HOUSEHOLDS = _DOCUMENT.format(covered=f"'enrollments', ({ENROLLMENTS})") + "WHERE h.id = ANY(%(households)s)"
# What a payment asks of its household. Of a single one the planner knows that it is one: a prepared plan that serves
# all is as good as one made for it.
HOUSEHOLD = _DOCUMENT.format(covered=f"'years', ({YEARS})") + "WHERE h.id = %(household)s"
