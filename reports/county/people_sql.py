"""造县的户和人: the statements that make households, persons and what is known about them.

Every figure is drawn by `draw(number, purpose, below)`: a hash of the row's number, so the same seed makes the same
county. Parameters: persons, households, seed-dependent `draw`, first ids, TODAY.
"""

# Inlined by the planner.
DRAW = """
    CREATE FUNCTION pg_temp.draw(number bigint, purpose int, below int) RETURNS int LANGUAGE sql IMMUTABLE
    RETURN ((hashint8extended(number, {seed}::bigint * 1000 + purpose) & 9223372036854775807) % below)::int
"""

# A village's households live in groups (村民小组) or, in town, in buildings.
HOUSEHOLDS = """
    CREATE TEMP TABLE made_household ON COMMIT DROP AS
    SELECT h, h + %(first_household)s AS id, v.code AS village, v.office, v.is_town,
           v.clerks[1 + pg_temp.draw(h, 2, cardinality(v.clerks))] AS clerk,
           CASE WHEN pg_temp.draw(h, 3, 100) < v.urban THEN 'urban'
                WHEN pg_temp.draw(h, 3, 100) < v.urban + v.converted THEN 'converted' ELSE 'rural' END AS hukou_kind,
           k.kind, k.youngest + pg_temp.draw(h, 5, k.oldest - k.youngest + 1) AS head_age,
           pg_temp.draw(h, 6, 100) < k.men AS head_is_a_man,
           CASE WHEN y < 68 THEN '{2014,2015,2016}' WHEN y < 75 THEN '{2015,2016}' WHEN y < 80 THEN '{2016}'
                WHEN y < 85 THEN '{2014,2016}' WHEN y < 89 THEN '{2014,2015}' ELSE '{}' END::int[] AS years,
           v.name || CASE WHEN v.is_town THEN 1 + pg_temp.draw(h, 8, 60) || '号' || 1 + pg_temp.draw(h, 9, 6)
                                              || '0' || 1 + pg_temp.draw(h, 10, 4) || '室'
                          ELSE 1 + pg_temp.draw(h, 8, 12) || '组' || 1 + pg_temp.draw(h, 9, 60) || '号' END AS address,
           CASE WHEN pg_temp.draw(h, 11, 10) < 9
                THEN '154' || lpad((h::bigint * 61803399 %% 100000000)::text, 8, '0') ELSE '' END AS phone,
           NULL::timestamptz AS registered_at, NULL::text AS number
    FROM generate_series(1, %(households)s) h
    JOIN made_village v ON v.number = pg_temp.draw(h, 1, %(villages)s)
    JOIN made_lot k ON k.is_town = v.is_town AND k.lot = pg_temp.draw(h, 4, 100)
    CROSS JOIN LATERAL (SELECT pg_temp.draw(h, 7, 100)) AS d(y)
"""

# Who would not be born yet is left out; of the rest the first so many, in the order of the households.
PERSONS = """
    CREATE TEMP TABLE made_person ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY h, position) AS n, *,
           %(today)s::date - (age * 365.25)::int - pg_temp.draw(h * 16 + position, 26, 365) AS born,
           CASE WHEN child THEN (CASE sex WHEN 'M' THEN 21 ELSE 31 END + row_number() OVER (
                PARTITION BY h, child, sex ORDER BY position))::text
                WHEN sex = 'M' THEN man ELSE woman END AS relation
    FROM (
        SELECT m.h, m.id AS household, m.village, m.office, m.clerk, m.hukou_kind, m.is_town, m.years, m.kind, m.phone,
               s.position, s.man, s.woman, s.child, s.own_surname,
               m.head_age - s.least - pg_temp.draw(m.h * 16 + s.position, 21, s.most - s.least + 1) AS age,
               CASE s.sex WHEN 'head' THEN CASE WHEN m.head_is_a_man THEN 'M' ELSE 'F' END
                          WHEN '' THEN CASE pg_temp.draw(m.h * 16 + s.position, 22, 2) WHEN 0 THEN 'M' ELSE 'F' END
                          ELSE s.sex END AS sex
        FROM made_household m JOIN made_slot s ON s.kind = m.kind
        WHERE pg_temp.draw(m.h * 16 + s.position, 23, 100) < s.share
    ) AS family
    WHERE age BETWEEN 0 AND 98
    ORDER BY h, position
    LIMIT %(persons)s
"""

NAMES = """
    CREATE TEMP TABLE made_called ON COMMIT DROP AS
    SELECT p.n, s.name || g.name AS name
    FROM made_person p
    JOIN made_surname s
      ON s.lot = pg_temp.draw(CASE WHEN p.own_surname THEN p.h * 16 + p.position ELSE p.h * 16 END, 24, %(surnames)s)
    JOIN made_era e ON e.sex = p.sex AND extract(year FROM p.born) BETWEEN e.first_year AND e.last_year
    JOIN made_given g ON g.era = e.era AND g.lot = pg_temp.draw(p.n, 25, e.names)
"""

# 530199 and the codes before it were never given to a county, so nobody can hold such a number. Within one day of birth
# and sex the serials are given out in turn, from a place that differs from day to day. OFFSET 0 keeps the digits from
# being taken apart once for each use.
NUMBERS = """
    CREATE TEMP TABLE made_number ON COMMIT DROP AS
    SELECT n, first17 || substr('10X98765432', 1 + (
               7 * (b[1] + b[11]) + 9 * (b[2] + b[12]) + 10 * (b[3] + b[13]) + 5 * (b[4] + b[14])
               + 8 * (b[5] + b[15]) + 4 * (b[6] + b[16]) + 2 * (b[7] + b[17]) + b[8] + 6 * b[9] + 3 * b[10]) %% 11, 1)
           AS id_no
    FROM (
        SELECT n, first17, string_to_array(first17, NULL)::int[] AS b
        FROM (
            SELECT n, (530199 - turn / 500)::text || to_char(born, 'YYYYMMDD')
                      || lpad((((turn * 37 + pg_temp.draw(born - date '1900-01-01', 27, 500)) %% 500) * 2
                               + (sex = 'M')::int)::text, 3, '0') AS first17
            FROM (SELECT n, born, sex, row_number() OVER (PARTITION BY born, sex ORDER BY n) - 1 AS turn
                  FROM made_person) AS turns
        ) AS begun OFFSET 0
    ) AS digits
"""

# Each telephone once. A head has the household's, who is grown up often one of his own.
PHONES = """
    CREATE TEMP TABLE made_dialled ON COMMIT DROP AS
    SELECT n, CASE WHEN position = 1 THEN phone
                   WHEN age BETWEEN 18 AND 65 AND pg_temp.draw(n, 34, 10) < 4
                   THEN '154' || lpad(((n + 50000000) * 61803399 %% 100000000)::text, 8, '0') ELSE '' END AS phone
    FROM made_person;
    CREATE TEMP TABLE made_phone ON COMMIT DROP AS
    SELECT row_number() OVER () AS n, phone FROM (
        SELECT phone FROM made_dialled UNION SELECT phone FROM made_household) AS every WHERE phone <> ''
"""

# A household is registered before it pays for the first time; a new one came in the last weeks.
REGISTERED = """
    UPDATE made_household m SET
        registered_at = CASE WHEN cardinality(years) > 0
            THEN (make_date(years[1] - 1, 10, 8) + pg_temp.draw(h, 30, 60) + time '08:30' + pg_temp.draw(h, 31, 180)
                  * interval '1 minute')
            ELSE date '2016-10-10' + pg_temp.draw(h, 30, 28) + time '08:30' + pg_temp.draw(h, 31, 180)
                 * interval '1 minute' END AT TIME ZONE 'Asia/Shanghai',
        number = v.prefix || '-' || lpad(t.turn::text, 4, '0')
    FROM (SELECT id, row_number() OVER (PARTITION BY village ORDER BY h) AS turn FROM made_household) AS t,
         made_village v
    WHERE t.id = m.id AND v.code = m.village
"""

WRITE_HOUSEHOLDS = """
    INSERT INTO households_household (id, office_id, division_code, number, hukou_book_no, address, phone,
                                      registered_at, registered_by_id)
    SELECT m.id, m.office, m.village, m.number, lpad((m.h::bigint * 7919 %% 1000000)::text, 6, '0'), m.address,
           coalesce(d.sealed, ''), m.registered_at, m.clerk
    FROM made_household m
    LEFT JOIN (made_phone JOIN made_phone_sealed d USING (n)) ON made_phone.phone = m.phone
"""

WRITE_SERIES = """
    INSERT INTO households_numberseries (office_id, prefix, last_number)
    SELECT m.office, v.prefix, count(*) FROM made_household m JOIN made_village v ON v.code = m.village GROUP BY 1, 2
"""

WRITE_PERSONS = """
    INSERT INTO households_person
        (id, name, pinyin, initials, id_no, birth_certificate_no, mother_id_no, sex, birth_date, ethnicity, phone,
         hukou_division, hukou_kind, division_code, exemption, parent_unit, parent_unit_level, in_employee_scope,
         student_kind, school_name, school_in_area, residence_holder, residence_kind, residence_number, photos,
         admission_reason)
    SELECT p.n + %(first_person)s, c.name, s.pinyin, s.initials, i.sealed, '', '', p.sex, p.born,
           CASE pg_temp.draw(p.h, 33, 10) WHEN 0 THEN '彝族' WHEN 1 THEN '苗族' ELSE '汉族' END,
           coalesce(ds.sealed, ''),
           %(county)s, p.hukou_kind, p.village, '', '', '', false, coalesce(k.kind, ''), coalesce(k.school, ''),
           k.kind IS NOT NULL, '', '', '', 2, ''
    FROM made_person p JOIN made_called c USING (n) JOIN made_number_sealed i USING (n)
    JOIN made_name s ON s.name = c.name JOIN made_dialled own USING (n)
    LEFT JOIN made_phone d ON d.phone = own.phone LEFT JOIN made_phone_sealed ds ON ds.n = d.n
    LEFT JOIN (VALUES ('小学', 7, 12, '示例小学'), ('初中', 13, 15, '示例中学'), ('高中', 16, 18, '示例中学'))
              AS k(kind, least, most, school) ON p.age BETWEEN k.least AND k.most
    ORDER BY p.n
"""

# Who was born after the household was registered joined it some weeks later.
WRITE_MEMBERSHIPS = """
    INSERT INTO households_membership (id, household_id, person_id, relation, starts_on)
    SELECT p.n + %(first_membership)s, p.household, p.n + %(first_person)s, p.relation,
           least(%(today)s::date,
                 greatest((m.registered_at AT TIME ZONE 'Asia/Shanghai')::date, CASE WHEN p.position = 1 THEN p.born
                                                                                ELSE p.born + 40 END))
    FROM made_person p JOIN made_household m ON m.h = p.h
    ORDER BY p.n
"""

WRITE_PAPERS = """
    INSERT INTO households_paper (household_id, document, original_seen_at, original_seen_by_id, copies)
    SELECT id, 'hukou_book', registered_at, clerk, 1 FROM made_household ORDER BY h
"""

# 民政, 残联 and 卫计 have these persons on their lists; a few disabled of a grade that does not count have only a card.
CERTIFIED = """
    CREATE TEMP TABLE made_certified ON COMMIT DROP AS
    SELECT p.n, c.category, c.disability_kind, c.grade, c.list
    FROM made_person p
    CROSS JOIN LATERAL (
        SELECT 'dibao' AS category, '' AS disability_kind, NULL::int AS grade, '民政资助名单' AS list
        WHERE pg_temp.draw(p.h, 40, 1000) < 35
        UNION ALL
        SELECT 'wubao', '', NULL, '民政资助名单'
        WHERE p.kind = 1 AND p.hukou_kind = 'rural' AND pg_temp.draw(p.h, 41, 100) < 15
        UNION ALL
        SELECT 'low_income_elder', '', NULL, '民政资助名单'
        WHERE p.hukou_kind = 'urban' AND p.age >= 60 AND pg_temp.draw(p.n, 42, 100) < 6
        UNION ALL
        SELECT 'only_child_parent', '', NULL, '卫计资助名单'
        WHERE p.kind = 4 AND p.position < 3 AND p.hukou_kind <> 'urban' AND pg_temp.draw(p.h, 43, 100) < 30
        UNION ALL
        SELECT 'only_child', '', NULL, '卫计资助名单'
        WHERE p.kind = 4 AND p.position = 3 AND p.age < 18 AND p.hukou_kind <> 'urban'
              AND pg_temp.draw(p.h, 43, 100) < 30
        UNION ALL
        SELECT '', (ARRAY['肢体', '视力', '听力', '智力', '精神', '言语'])[1 + pg_temp.draw(p.n, 45, 6)],
               1 + pg_temp.draw(p.n, 46, 4),
               CASE WHEN pg_temp.draw(p.n, 46, 4) < 2 THEN '残联重度残疾人名单' ELSE '' END
        WHERE p.age > 5 AND pg_temp.draw(p.n, 44, 1000) < 22
    ) AS c
"""

WRITE_CERTIFICATIONS = """
    INSERT INTO households_certification
        (person_id, category, disability_kind, disability_grade, components, kind, number, issued_by_division,
         original_seen_at, original_seen_by_id, copy_kept_at, copy_kept_by_id, funder_list, claimed)
    SELECT p.n + %(first_person)s, c.category, c.disability_kind, c.grade, '[]',
           CASE WHEN c.category = '' THEN '残疾人证' ELSE '部门名单' END, '', %(county)s,
           m.registered_at, m.clerk, m.registered_at, m.clerk, c.list, true
    FROM made_certified c JOIN made_person p USING (n) JOIN made_household m ON m.h = p.h
    ORDER BY c.n
"""

# 职工医保 that runs on: these belong to the household and are not enrolled.
EMPLOYED = """
    CREATE TEMP TABLE made_employed ON COMMIT DROP AS
    SELECT n FROM made_person p
    WHERE age BETWEEN 22 AND CASE sex WHEN 'M' THEN 59 ELSE 49 END
      AND pg_temp.draw(n, 50, 100) < CASE WHEN hukou_kind = 'rural' THEN 6 ELSE 28 END
      AND NOT EXISTS (SELECT FROM made_certified c WHERE c.n = p.n)
"""

WRITE_COVERS = """
    INSERT INTO households_othercover (person_id, kind, division, certificate_number)
    SELECT n + %(first_person)s, 'employee', '530100', '' FROM made_employed ORDER BY n
"""

WRITE_BASES = """
    INSERT INTO reports_basepopulation (division_code, division_name, coverage_year, persons, source, source_day,
                                        filled_at, filled_by_id, confirmed_at, confirmed_by_id)
    SELECT left(p.village, 9), d.name, 2017, count(*), '示例县统计局2015年农业人口年报', date '2016-01-20',
           %(now)s, %(first_administrator)s, %(now)s, %(second_administrator)s
    FROM made_person p JOIN offices_division d ON d.code = left(p.village, 9) || '000'
    WHERE p.hukou_kind <> 'urban'
    GROUP BY 1, 2
"""
