"""核账: what departments and budgets were asked for and have paid, and what the bank's statement was matched with."""

from payments.auditing.check import Check

CLAIM = "c.coverage_year || '-' || c.division_code || ' ' || c.payer || ' 第' || c.number || '批'"
CLAIMED = f"""
    SELECT c.id, NULL::bigint, {CLAIM}, (coalesce(l.total, 0) + coalesce(s.total, 0))::text, c.amount::text
    FROM payments_fundingclaim c
    LEFT JOIN (SELECT claim_id, sum(amount) AS total FROM payments_funderclaimline GROUP BY claim_id) l
        ON l.claim_id = c.id
    LEFT JOIN (SELECT claim_id, sum(amount) AS total FROM payments_subsidyclaimline GROUP BY claim_id) s
        ON s.claim_id = c.id
    WHERE c.amount <> coalesce(l.total, 0) + coalesce(s.total, 0)
"""  # noqa: S608 - put together from constants
CLAIM_LINE = f"""
    SELECT l.id, n.office_id, {CLAIM} || ' 第' || l.position || '人', n.sponsored::text, l.amount::text
    FROM payments_funderclaimline l JOIN payments_fundingclaim c ON c.id = l.claim_id
    JOIN enrollment_enrollment n ON n.id = l.enrollment_id
    WHERE abs(l.amount) <> n.sponsored OR n.funder <> c.payer OR n.period_id <> c.period_id
"""  # noqa: S608 - put together from constants
CLAIM_GONE = f"""
    SELECT l.id, n.office_id, {CLAIM} || ' 第' || l.position || '人', '撤回', '仍在请款'
    FROM payments_funderclaimline l JOIN payments_fundingclaim c ON c.id = l.claim_id
    JOIN enrollment_enrollment n ON n.id = l.enrollment_id
    WHERE l.withdrawn <> (c.withdrawn_at IS NOT NULL)
"""  # noqa: S608 - put together from constants
CAME_IN = f"""
    SELECT c.id, NULL::bigint, {CLAIM}, '不超过' || c.amount, p.total::text
    FROM payments_fundingclaim c
    JOIN (SELECT claim_id, sum(amount) AS total FROM payments_fundingpayment GROUP BY claim_id) p ON p.claim_id = c.id
    WHERE p.total NOT BETWEEN least(c.amount, 0) AND greatest(c.amount, 0)
       OR (c.withdrawn_at IS NOT NULL AND p.total <> 0)
"""  # noqa: S608 - put together from constants
MATCHED = """
    SELECT m.id, NULL::bigint, b.number, b.amount::text, r.amount::text
    FROM payments_statementmatch m JOIN payments_statementrow r ON r.id = m.row_id
    JOIN payments_bankslip b ON b.id = m.slip_id
    WHERE m.undone_at IS NULL AND r.amount <> b.amount
"""
LINES = "payments_funderclaimline"

CLAIMS = (
    Check("claim", "请款单应为明细之和", "payments_fundingclaim", "请款单", CLAIMED),
    Check("claim_line", "请款应与参保时的资助相符", LINES, "请款明细", CLAIM_LINE),
    Check("claim_gone", "明细应随请款单撤回", LINES, "请款明细", CLAIM_GONE),
    Check("claim_paid", "到账应不多于请款", "payments_fundingclaim", "请款单", CAME_IN),
    Check("bank_match", "银行明细应与回单同额", "payments_statementmatch", "银行核对", MATCHED),
)
