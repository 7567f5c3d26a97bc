"""资金去向的语句: what came in and where it stands, by office and period; each figure from rows of its own.

`%(offices)s` are ids. Nothing on the right is computed from what stands on the left: that is how a broken sum shows.
"""

DUE = """
    SELECT office_id, count(*) AS n, sum(payable) AS amount FROM enrollment_assessment
    WHERE office_id = ANY(%(offices)s) AND period_id = %(period)s GROUP BY office_id
"""
PAID = """
    SELECT office_id, count(*) AS n, sum(amount) AS amount FROM payments_payment
    WHERE office_id = ANY(%(offices)s) AND period_id = %(period)s GROUP BY office_id
"""
RECEIPTED = """
    SELECT r.office_id, count(*) AS n, sum(r.amount) AS amount,
           count(*) FILTER (WHERE r.voided_at IS NOT NULL) AS voided_n,
           coalesce(sum(r.amount) FILTER (WHERE r.voided_at IS NOT NULL), 0) AS voided
    FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
    WHERE r.office_id = ANY(%(offices)s) AND p.office_id = ANY(%(offices)s) AND p.period_id = %(period)s
    GROUP BY r.office_id
"""
REVERSED = """
    SELECT v.office_id, count(*) AS n, sum(v.amount) AS amount
    FROM payments_reversal v JOIN payments_receipt r ON r.id = v.receipt_id
    JOIN payments_payment p ON p.id = r.payment_id
    WHERE v.office_id = ANY(%(offices)s) AND p.period_id = %(period)s GROUP BY v.office_id
"""
UNSETTLED = """
    SELECT open.office_id, count(*) AS n, sum(open.amount) AS amount, min(open.at) AS since,
           array_agg(DISTINCT c.name) AS clerks
    FROM (SELECT r.office_id, p.clerk_id, r.issued_at AS at,
                 CASE WHEN r.voided_at IS NULL THEN r.amount ELSE 0 END AS amount
          FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
          WHERE r.settlement_line_id IS NULL AND r.office_id = ANY(%(offices)s)
            AND p.office_id = ANY(%(offices)s) AND p.period_id = %(period)s
          UNION ALL
          SELECT v.office_id, v.clerk_id, v.at, -v.amount
          FROM payments_reversal v JOIN payments_receipt r ON r.id = v.receipt_id
          JOIN payments_payment p ON p.id = r.payment_id
          WHERE v.settlement_line_id IS NULL AND v.office_id = ANY(%(offices)s)
            AND p.office_id = ANY(%(offices)s) AND p.period_id = %(period)s) open
    JOIN offices_staff c ON c.id = open.clerk_id GROUP BY open.office_id
"""
SETTLED = """
    SELECT l.office_id, count(*) AS n, sum(l.amount) AS amount, min(s.day) AS since
    FROM payments_settlementline l JOIN payments_settlement s ON s.id = l.settlement_id
    WHERE l.remittance_id IS NULL AND l.office_id = ANY(%(offices)s) AND l.period_id = %(period)s
    GROUP BY l.office_id
"""
# A remittance stands where its last confirmed step has brought it.
STANDS = """
    CASE WHEN c.confirmed_at IS NOT NULL THEN 'city' WHEN t.confirmed_at IS NOT NULL THEN 'district'
         WHEN m.reviewed_at IS NOT NULL THEN 'reviewed' ELSE 'remitted' END
"""
REMITTED = f"""
    SELECT m.office_id, {STANDS} AS place, count(*) AS n, sum(m.amount) AS amount,
           min(m.due_on) FILTER (WHERE m.slip_id IS NULL) AS due_on,
           count(*) FILTER (WHERE m.slip_id IS NULL) AS unbanked,
           min(coalesce(b.day, (m.made_at AT TIME ZONE 'Asia/Shanghai')::date)) AS since,
           count(*) FILTER (WHERE b.day > m.due_on) AS late
    FROM payments_remittance m LEFT JOIN payments_transfer t ON t.id = m.transfer_id
    LEFT JOIN payments_transfer c ON c.id = t.forwarded_in_id LEFT JOIN payments_bankslip b ON b.id = m.slip_id
    WHERE m.withdrawn_at IS NULL AND m.office_id = ANY(%(offices)s) AND m.period_id = %(period)s
    GROUP BY m.office_id, place
"""  # noqa: S608 - put together from constants
# What departments pay for those who are covered, through assessments: they are found by office.
FUNDERS = """
    SELECT n.funder, count(*) AS n, sum(n.sponsored) AS amount
    FROM enrollment_assessment a JOIN enrollment_enrollment n ON n.assessment_id = a.id
    WHERE a.office_id = ANY(%(offices)s) AND a.period_id = %(period)s AND a.sponsored > 0
      AND n.sponsored > 0 AND n.cancelled_at IS NULL
    GROUP BY n.funder ORDER BY amount DESC, n.funder
"""
# What these offices' persons stand for on the departments' claim sheets.
CLAIMED = """
    SELECT c.payer AS funder, sum(l.amount) AS amount
    FROM payments_funderclaimline l
    JOIN payments_fundingclaim c ON c.id = l.claim_id
    JOIN enrollment_enrollment n ON n.id = l.enrollment_id
    WHERE c.period_id = %(period)s AND c.kind = 'funder' AND NOT l.withdrawn AND n.office_id = ANY(%(offices)s)
    GROUP BY c.payer
"""
# What departments have paid to whole counties within the scope; their money names no office.
CAME_IN = """
    SELECT c.payer AS funder, sum(p.amount) AS amount
    FROM payments_fundingpayment p JOIN payments_fundingclaim c ON c.id = p.claim_id
    WHERE c.period_id = %(period)s AND c.kind = 'funder' AND starts_with(c.division_code, %(scope)s)
    GROUP BY c.payer
"""
# The transfers of whole districts and cities within the scope, against the remittances that they hold.
TRANSFERRED = """
    SELECT coalesce(sum(t.amount) FILTER (WHERE t.level = 'district'), 0) AS district,
           coalesce(sum(t.amount) FILTER (WHERE t.level = 'city'), 0) AS city
    FROM payments_transfer t
    WHERE t.confirmed_at IS NOT NULL AND t.period_id = %(period)s AND starts_with(t.division_code, %(scope)s)
"""
