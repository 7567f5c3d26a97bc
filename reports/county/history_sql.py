"""造县的往年: what was enrolled, paid, receipted and settled for one coverage year; one statement for each table.

The ids follow from the number of the household (h) and of the person (n), so that the tables are joined by sums.
Parameters: year, period, edition, and the first ids of the year.
"""

PAYING = """
    CREATE TEMP TABLE made_paying ON COMMIT DROP AS
    SELECT h, id AS household, clerk, office, village, registered_at,
           greatest(registered_at + interval '20 minutes',
                    (d.days[1 + pg_temp.draw(h, %(year)s, cardinality(d.days))] + time '08:40'
                     + pg_temp.draw(h, %(year)s + 10, 480) * interval '1 minute') AT TIME ZONE 'Asia/Shanghai') AS at,
           CASE WHEN pg_temp.draw(h, %(year)s + 20, 10) < 8 THEN 'cash' ELSE 'card' END AS means
    FROM made_household, (SELECT %(days)s::date[] AS days) AS d
    WHERE %(year)s = ANY(years)
"""

# The categories that rank higher come first in the rates of a year.
ENROL = """
    INSERT INTO enrollment_enrollment
        (id, person_id, household_id, period_id, coverage_year, office_id, division_code, assessment_id, category,
         category_name, standard, payable, sponsored, funder, benefit_starts_on, benefit_ends_on, usable_from, reasons,
         registered_at, enrolled_at)
    SELECT p.n + %(first_enrollment)s, p.n + %(first_person)s, p.household, %(period)s, %(year)s, p.office, p.village,
           p.h + %(first_assessment)s, r.category, r.category_name, r.standard, r.payable, r.sponsored, r.funder,
           r.benefit_starts_on, r.benefit_ends_on, r.usable_from, r.reasons, y.registered_at, y.at
    FROM made_person p
    JOIN made_paying y ON y.h = p.h
    LEFT JOIN made_listed l ON l.n = p.n
    JOIN made_rate r ON r.year = %(year)s AND r.category = coalesce(l.category, 'general')
    WHERE p.born + 40 <= (y.at AT TIME ZONE 'Asia/Shanghai')::date
      AND NOT EXISTS (SELECT FROM made_employed e WHERE e.n = p.n)
    ORDER BY p.n
"""

LISTED = """
    CREATE TEMP TABLE made_listed ON COMMIT DROP AS
    SELECT DISTINCT ON (c.n) c.n, r.category
    FROM made_certified c
    JOIN (VALUES ('dibao', 1), ('wubao', 2), ('severe_disability', 3)) AS r(category, rank)
      ON c.list <> '' AND (c.category = r.category OR r.category = 'severe_disability' AND c.grade <= 2)
    ORDER BY c.n, r.rank
"""

ASSESS = """
    INSERT INTO enrollment_assessment
        (id, household_id, period_id, edition_id, office_id, division_code, decided_at, by_id, channel,
         standard, payable, sponsored, decision)
    SELECT e.assessment_id, y.household, %(period)s, %(edition)s, y.office, y.village, y.at, y.clerk, 'counter',
           e.standard, e.payable, e.sponsored,
           jsonb_build_object('coverage_year', %(year)s::int, 'standard', e.standard::text, 'payable', e.payable::text,
                              'sponsored', e.sponsored::text, 'refusals', '[]'::jsonb, 'warnings', '[]'::jsonb,
                              'members', ('[' || e.members || ']')::jsonb)
    FROM (
        SELECT n.assessment_id, sum(n.standard) AS standard, sum(n.payable) AS payable, sum(n.sponsored) AS sponsored,
               string_agg('{"ref": "' || n.person_id || '", ' || r.member, ', ' ORDER BY n.person_id) AS members
        FROM enrollment_enrollment n JOIN made_rate r ON r.year = %(year)s AND r.category = n.category
        WHERE n.period_id = %(period)s AND n.id > %(first_enrollment)s
        GROUP BY n.assessment_id
    ) AS e JOIN made_paying y ON y.h = e.assessment_id - %(first_assessment)s
    ORDER BY e.assessment_id
"""

PAY = """
    INSERT INTO payments_payment
        (id, idempotency_key, household_id, period_id, assessment_id, office_id, division_code, clerk_id, channel,
         means, amount, tendered, change, paid_at)
    SELECT y.h + %(first_payment)s, gen_random_uuid(), a.household_id, a.period_id, a.id, a.office_id, a.division_code,
           a.by_id, 'counter', y.means, a.payable, a.payable, 0, a.decided_at
    FROM enrollment_assessment a JOIN made_paying y ON y.h = a.id - %(first_assessment)s
    WHERE a.period_id = %(period)s AND a.id > %(first_assessment)s
    ORDER BY y.h
"""

# Every clerk's days, with what she took on each.
SETTLE = """
    CREATE TEMP TABLE made_day ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY clerk_id, (paid_at AT TIME ZONE 'Asia/Shanghai')::date) AS id,
           clerk_id, office_id, (paid_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*) AS receipts,
           coalesce(sum(amount) FILTER (WHERE means = 'cash'), 0) AS cash,
           coalesce(sum(amount) FILTER (WHERE means = 'card'), 0) AS card
    FROM payments_payment
    WHERE period_id = %(period)s AND id > %(first_payment)s AND amount > 0
    GROUP BY 2, 3, 4
"""

WRITE_SETTLEMENTS = """
    INSERT INTO payments_settlement
        (id, office_id, division_code, clerk_id, day, expected_cash, expected_card, expected_transfer, expected_qr,
         counted_cash, counted_card, counted_transfer, counted_qr, denominations, difference_reason, by_id,
         absence_reason, at)
    SELECT d.id + %(first_settlement)s, d.office_id, o.division_code, d.clerk_id, d.day, d.cash, d.card, 0, 0, d.cash,
           d.card, 0, 0, jsonb_build_object('100', div(d.cash, 100)::int, '10', (mod(d.cash, 100) / 10)::int), '',
           d.clerk_id, '', (d.day + time '17:40') AT TIME ZONE 'Asia/Shanghai'
    FROM made_day d JOIN offices_office o ON o.id = d.office_id
"""

WRITE_SETTLEMENT_LINES = """
    INSERT INTO payments_settlementline
        (id, settlement_id, office_id, period_id, receipts, voided, reversals, amount)
    SELECT id + %(first_line)s, id + %(first_settlement)s, office_id, %(period)s, receipts, 0, 0, cash + card
    FROM made_day
"""

# One book for each clerk and year, used up by its last receipt.
WRITE_BOOKS = """
    INSERT INTO payments_receiptbook
        (id, code, first_number, last_number, next_number, width, purpose, office_id, clerk_id, received_at)
    SELECT clerk_id + %(first_book)s, %(county)s || '-' || %(year)s - 2001 || '-' || clerk_id, 1, sum(receipts),
           sum(receipts) + 1, 8, 'contribution', office_id, clerk_id,
           make_timestamptz(%(year)s - 1, 10, 1, 9, 0, 0, 'Asia/Shanghai')
    FROM made_day GROUP BY clerk_id, office_id
"""

WRITE_RECEIPTS = """
    INSERT INTO payments_receipt
        (id, book_id, book_code, number, printed_number, payment_id, office_id, division_code, amount, capitals, means,
         payer, household_number, address, coverage_year, title, office_name, clerk_name, clause_line, issued_at, demo,
         void_reason, settlement_line_id)
    SELECT p.h + %(first_receipt)s, b.id, b.code, p.number, lpad(p.number::text, 8, '0'), p.id, p.office_id,
           p.division_code, p.amount, w.words, p.means, head.name, m.number, m.address, %(year)s, %(title)s, o.name,
           s.name, %(clause_line)s, p.paid_at, true, '', d.id + %(first_line)s
    FROM (SELECT *, id - %(first_payment)s AS h,
                 row_number() OVER (PARTITION BY clerk_id ORDER BY paid_at, id) AS number
          FROM payments_payment WHERE period_id = %(period)s AND id > %(first_payment)s AND amount > 0) AS p
    JOIN payments_receiptbook b ON b.id = p.clerk_id + %(first_book)s
    JOIN made_day d ON d.clerk_id = p.clerk_id AND d.day = (p.paid_at AT TIME ZONE 'Asia/Shanghai')::date
    JOIN made_words w ON w.amount = p.amount
    JOIN made_household m ON m.h = p.h
    JOIN made_head head ON head.h = p.h
    JOIN offices_office o ON o.id = p.office_id
    JOIN offices_staff s ON s.id = p.clerk_id
    ORDER BY p.h
"""

WRITE_LINES = """
    INSERT INTO payments_receiptline
        (id, receipt_id, position, enrollment_id, name, id_no, category_name, standard, payable, sponsored, funder,
         benefit_starts_on, benefit_ends_on)
    SELECT e.id - %(first_enrollment)s + %(first_receipt_line)s, r.id, p.position, e.id, c.name,
           i.sealed, e.category_name, e.standard, e.payable, e.sponsored,
           e.funder, e.benefit_starts_on, e.benefit_ends_on
    FROM enrollment_enrollment e
    JOIN made_person p ON p.n = e.id - %(first_enrollment)s
    JOIN made_called c USING (n) JOIN made_number_sealed i USING (n)
    JOIN payments_receipt r ON r.id = p.h + %(first_receipt)s
    WHERE e.period_id = %(period)s AND e.id > %(first_enrollment)s
    ORDER BY e.id
"""
