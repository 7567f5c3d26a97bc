"""The three statements of a payment: lock, read, write. 收款的语句.

Written by hand because a queue stands behind each of them: through the ORM the same work costs some forty round
trips, and the order of locks would be left to chance. Locks are taken household first, receipt book last: a book is
shared by the clerks of an office and must be held for the shortest time; only the commit follows.
"""

from enrollment.facts_sql import HOUSEHOLD

# One submit at a time per household (its row) and per idempotency key (an advisory lock, gone with the transaction).
# NO KEY: rows that only refer to the household, such as a draft, need not wait.
# Statements that come after see what those we waited for have committed: READ COMMITTED takes a new snapshot each time.
LOCK = """
    SELECT h.id, pg_advisory_xact_lock(hashtextextended(%(key)s::text, 0))
    FROM households_household h
    WHERE h.id = %(household)s AND starts_with(h.division_code, %(scope)s)
    FOR NO KEY UPDATE
"""

# A payment as the till answers it, fresh or found again by its key.
TAKEN = """
    SELECT json_build_object(
        'payment', p.id, 'household', p.household_id, 'coverage_year', y.coverage_year, 'amount', p.amount::text,
        'tendered', p.tendered::text, 'change', p.change::text, 'means', p.means, 'paid_at', p.paid_at,
        'sponsored', a.sponsored::text,
        'persons', (SELECT count(*) FROM enrollment_enrollment n WHERE n.assessment_id = a.id),
        'receipt', r.id, 'book_code', r.book_code, 'printed_number', r.printed_number, 'capitals', r.capitals,
        'voided', r.voided_at IS NOT NULL)
    FROM payments_payment p
    JOIN enrollment_assessment a ON a.id = p.assessment_id
    JOIN enrollment_contributionperiod y ON y.id = p.period_id
    LEFT JOIN payments_receipt r ON r.payment_id = p.id
"""

# The clerk's own book before one shared by the office; the older before the newer; each used up to its end.
BOOK = """
    SELECT b.id FROM payments_receiptbook b
    WHERE b.office_id = %(office)s AND (b.clerk_id = %(clerk)s OR b.clerk_id IS NULL)
      AND b.purpose = 'contribution' AND b.closed_at IS NULL AND b.stored_at IS NULL
      AND b.next_number <= b.last_number
    ORDER BY b.clerk_id NULLS LAST, b.received_at, b.code, b.first_number
    LIMIT 1
"""

READ = f"""
    SELECT ({HOUSEHOLD}) AS household,
           ({TAKEN} WHERE p.idempotency_key = %(key)s) AS taken,
           ({BOOK}) AS book,
           (SELECT max(s.day) FROM payments_settlement s
            WHERE s.office_id = %(office)s AND s.clerk_id = %(clerk)s) AS settled,
           (SELECT json_build_object('name', o.name, 'demo', o.demo_moment IS NOT NULL)
            FROM offices_office o WHERE o.id = %(office)s) AS office
"""  # noqa: S608 - put together from constants

# Everything that a payment writes. `members` is a JSON array, one object per person who is enrolled.
# numbered waits for enrolled (it counts its rows): when the book's row is locked, all that could still be refused by a
# unique constraint has been written. Foreign keys and the triggers that compare sums are checked at commit.
# Without a book (nothing to pay, or it was used up, taken back or lost meanwhile) numbered is empty, and so are receipt
# and lines.
_WRITE = """
WITH member AS (
    SELECT * FROM jsonb_to_recordset(%(members)s::jsonb) AS m(
        position int, person_id bigint, name text, id_no bytea, category text, category_name text,
        standard numeric, payable numeric, sponsored numeric, funder text,
        benefit_starts_on date, benefit_ends_on date, usable_from date,
        account_credit numeric, account_credit_due_by date, continuous_years smallint, reasons jsonb)
), assessed AS (
    INSERT INTO enrollment_assessment
        (household_id, period_id, edition_id, office_id, division_code, decided_at, by_id, channel,
         standard, payable, sponsored, decision)
    VALUES (%(household)s, %(period)s, %(edition)s, %(office)s, %(division)s, %(at)s, %(clerk)s, %(channel)s,
            %(standard)s, %(amount)s, %(sponsored)s, %(decision)s::jsonb)
    RETURNING id
), enrolled AS (
    INSERT INTO enrollment_enrollment
        (person_id, household_id, period_id, coverage_year, office_id, division_code, assessment_id,
         category, category_name, standard, payable, sponsored, funder, benefit_starts_on, benefit_ends_on,
         usable_from, account_credit, account_credit_due_by, continuous_years, reasons, registered_at, enrolled_at)
    SELECT m.person_id, %(household)s, %(period)s, %(coverage_year)s, %(office)s, %(division)s, assessed.id,
           m.category, m.category_name, m.standard, m.payable, m.sponsored, m.funder, m.benefit_starts_on,
           m.benefit_ends_on, m.usable_from, m.account_credit, m.account_credit_due_by, m.continuous_years,
           m.reasons, %(registered_at)s, %(at)s
    FROM member m, assessed
    ORDER BY m.person_id
    RETURNING id, person_id
), paid AS (
    INSERT INTO payments_payment
        (idempotency_key, household_id, period_id, assessment_id, office_id, division_code, clerk_id, channel,
         means, amount, tendered, change, paid_at{columns})
    SELECT %(key)s, %(household)s, %(period)s, assessed.id, %(office)s, %(division)s, %(clerk)s, %(channel)s,
           %(means)s, %(amount)s, %(tendered)s, %(change)s, {paid_at}{values}
    FROM assessed
    RETURNING id
), numbered AS (
    UPDATE payments_receiptbook b SET next_number = b.next_number + 1
    FROM (SELECT count(*) AS persons FROM enrolled) AS written
    WHERE b.id = %(book)s AND b.closed_at IS NULL AND b.stored_at IS NULL AND b.next_number <= b.last_number
      AND (b.clerk_id = %(clerk)s OR b.clerk_id IS NULL) AND written.persons > 0
    RETURNING b.id, b.code, b.next_number - 1 AS number, lpad((b.next_number - 1)::text, b.width, '0') AS printed
), receipted AS (
    INSERT INTO payments_receipt
        (book_id, book_code, number, printed_number, payment_id, office_id, division_code, amount, capitals, means,
         payer, household_number, address, coverage_year, title, office_name, clerk_name, clause_line, issued_at,
         demo, void_reason)
    SELECT numbered.id, numbered.code, numbered.number, numbered.printed, paid.id, %(office)s, %(division)s,
           %(amount)s, %(capitals)s, %(means)s, %(payer)s, %(household_number)s, %(address)s, %(coverage_year)s,
           %(title)s, %(office_name)s, %(clerk_name)s, %(clause_line)s, %(at)s, %(demo)s, ''
    FROM numbered, paid
    RETURNING id, book_code, printed_number, capitals
), lined AS (
    INSERT INTO payments_receiptline
        (receipt_id, position, enrollment_id, name, id_no, category_name, standard, payable, sponsored, funder,
         benefit_starts_on, benefit_ends_on)
    SELECT receipted.id, m.position, enrolled.id, m.name, m.id_no, m.category_name, m.standard, m.payable,
           m.sponsored, m.funder, m.benefit_starts_on, m.benefit_ends_on
    FROM receipted, member m JOIN enrolled ON enrolled.person_id = m.person_id
), logged AS (
    INSERT INTO offices_act
        (by_id, at, verb, subject_type, subject_id, office_id, division_code, detail, ip, agent, request_id)
    SELECT %(clerk)s, %(at)s, '{verb}', 'payments.payment', paid.id, %(office)s, %(division)s,
           jsonb_build_object('household', %(household_number)s::text, 'year', %(coverage_year)s::int,
                              'amount', %(amount)s::text, 'receipt', (SELECT printed_number FROM receipted){detail}),
           %(ip)s::inet, %(agent)s, %(request_id)s::uuid
    FROM paid
)
SELECT json_build_object(
    'payment', paid.id, 'household', %(household)s, 'coverage_year', %(coverage_year)s, 'amount', %(amount)s::text,
    'tendered', %(tendered)s::text, 'change', %(change)s::text, 'means', %(means)s::text, 'paid_at', {paid_at},
    'sponsored', %(sponsored)s::text, 'persons', (SELECT count(*) FROM enrolled),
    'receipt', r.id, 'book_code', r.book_code, 'printed_number', r.printed_number, 'capitals', r.capitals,
    'voided', false)
FROM paid LEFT JOIN receipted r ON true
"""
WRITE = _WRITE.format(columns="", values="", paid_at="%(at)s", verb="take_payment", detail="")

# 补录: the same of a payment at the bank, booked when its slip is entered.
WRITE_ENTERED = _WRITE.format(
    columns=", entered_at, slip_id, entry_reason",
    values=", %(at)s, %(slip)s, %(entry_reason)s",
    paid_at="%(paid_at)s",
    verb="enter_slip",
    detail=""",
                              'moment', %(slip_moment)s::text, 'slip', %(slip_number)s::text,
                              'reason', %(entry_reason)s::text""",
)
