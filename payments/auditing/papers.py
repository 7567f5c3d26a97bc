"""核账: assessments, payments, receipts, books, accounts: what was decided is what was paid and printed."""

from payments.auditing.check import Check

# The two kinds of receipts as they look to their books.
ISSUED = """
    SELECT id, office_id, book_id, book_code, number, printed_number, 'contribution' AS purpose,
           'payments_receipt' AS table_name FROM payments_receipt
    UNION ALL
    SELECT id, office_id, book_id, book_code, number, printed_number, 'workmanship', 'payments_workmanshipreceipt'
    FROM payments_workmanshipreceipt
"""
RECEIPT = "r.book_code || ' ' || r.printed_number"


def _from_its_book(table: str, purpose: str) -> str:
    return f"""
        SELECT r.id, r.office_id, {RECEIPT},
               b.code || ' ' || lpad(b.first_number::text, b.width, '0') || ' 至 '
                   || lpad((b.next_number - 1)::text, b.width, '0'),
               r.book_code || ' ' || r.printed_number || '（' || r.number || '）'
        FROM {table} r JOIN payments_receiptbook b ON b.id = r.book_id
        WHERE NOT (r.book_code = b.code AND b.purpose = '{purpose}' AND r.number >= b.first_number
                   AND r.number < b.next_number AND r.printed_number = lpad(r.number::text, b.width, '0'))
    """  # noqa: S608 - put together from constants


def _once(table: str) -> str:
    return f"""
        WITH issued AS ({ISSUED}), twin AS (
            SELECT book_code, printed_number, count(*) AS times FROM issued
            GROUP BY book_code, printed_number HAVING count(*) > 1)
        SELECT r.id, r.office_id, {RECEIPT}, '1张', t.times || '张'
        FROM issued r JOIN twin t USING (book_code, printed_number) WHERE r.table_name = '{table}'
    """  # noqa: S608 - put together from constants


ASSESSED = """
    SELECT a.id, a.office_id, '户 ' || h.number,
           coalesce(e.payable, 0)::text || ' + ' || coalesce(e.sponsored, 0)::text,
           a.payable::text || ' + ' || a.sponsored::text
    FROM enrollment_assessment a JOIN households_household h ON h.id = a.household_id
    LEFT JOIN (SELECT assessment_id, sum(standard) AS standard, sum(payable) AS payable, sum(sponsored) AS sponsored
               FROM enrollment_enrollment GROUP BY assessment_id) e ON e.assessment_id = a.id
    WHERE (e.standard, e.payable, e.sponsored) IS DISTINCT FROM (a.standard, a.payable, a.sponsored)
"""
PAID = """
    SELECT p.id, p.office_id, '户 ' || h.number, a.payable::text || '（' || y.coverage_year || '年度）',
           p.amount::text || '（' || z.coverage_year || '年度）'
    FROM payments_payment p JOIN enrollment_assessment a ON a.id = p.assessment_id
    JOIN households_household h ON h.id = p.household_id
    JOIN enrollment_contributionperiod y ON y.id = a.period_id
    JOIN enrollment_contributionperiod z ON z.id = p.period_id
    WHERE (p.amount, p.household_id, p.period_id) IS DISTINCT FROM (a.payable, a.household_id, a.period_id)
"""
RECEIPTED = """
    SELECT p.id, p.office_id, '户 ' || h.number, CASE WHEN p.amount > 0 THEN '有收据' ELSE '没有收据' END,
           CASE WHEN r.id IS NULL THEN '没有收据' ELSE '收据 ' || r.book_code || ' ' || r.printed_number END
    FROM payments_payment p JOIN households_household h ON h.id = p.household_id
    LEFT JOIN payments_receipt r ON r.payment_id = p.id
    WHERE (p.amount > 0) <> (r.id IS NOT NULL)
"""
ENTERED = """
    SELECT p.id, p.office_id, '户 ' || h.number,
           coalesce('回单 ' || b.number || ' ' || b.day || ' ' || b.amount, '有银行回单'),
           (p.paid_at AT TIME ZONE 'Asia/Shanghai')::date || ' ' || p.amount
    FROM payments_payment p JOIN households_household h ON h.id = p.household_id
    LEFT JOIN payments_bankslip b ON b.id = p.slip_id
    WHERE p.slip_id IS NOT NULL
      AND (b.day, b.amount) IS DISTINCT FROM ((p.paid_at AT TIME ZONE 'Asia/Shanghai')::date, p.amount)
"""
# Found through the entered payments, which are few.
ENTERED_ONCE = f"""
    SELECT r.id, r.office_id, {RECEIPT}, '1张收据', times || '张收据'
    FROM (SELECT r.*, count(*) OVER (PARTITION BY b.number, b.day, b.amount) AS times
          FROM payments_payment p JOIN payments_bankslip b ON b.id = p.slip_id
          JOIN payments_receipt r ON r.payment_id = p.id AND r.voided_at IS NULL
          WHERE p.entered_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM payments_reversal v WHERE v.receipt_id = r.id)) r
    WHERE times > 1
"""  # noqa: S608 - put together from constants
SAME_AS_PAID = f"""
    SELECT r.id, r.office_id, {RECEIPT},
           p.amount || '，' || p.means || '，' || o.name || '，' || y.coverage_year || '年度',
           r.amount || '，' || r.means || '，' || coalesce(q.name, '') || '，' || r.coverage_year || '年度'
    FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
    JOIN offices_office o ON o.id = p.office_id LEFT JOIN offices_office q ON q.id = r.office_id
    JOIN enrollment_contributionperiod y ON y.id = p.period_id
    WHERE (r.amount, r.means, r.office_id, r.coverage_year)
          IS DISTINCT FROM (p.amount, p.means, p.office_id, y.coverage_year)
"""  # noqa: S608 - put together from constants
LINED = f"""
    SELECT r.id, r.office_id, {RECEIPT}, coalesce(l.total, 0)::text, r.amount::text
    FROM payments_receipt r
    LEFT JOIN (SELECT receipt_id, sum(payable) AS total FROM payments_receiptline GROUP BY receipt_id) l
        ON l.receipt_id = r.id
    WHERE l.total IS DISTINCT FROM r.amount
"""  # noqa: S608 - put together from constants
LINE_ENROLLED = f"""
    SELECT l.id, r.office_id, {RECEIPT} || ' 第' || l.position || '行',
           e.payable || ' + ' || e.sponsored
               || CASE WHEN e.assessment_id <> p.assessment_id THEN '，另一次核定' ELSE '' END,
           l.payable || ' + ' || l.sponsored
    FROM payments_receiptline l JOIN payments_receipt r ON r.id = l.receipt_id
    JOIN payments_payment p ON p.id = r.payment_id JOIN enrollment_enrollment e ON e.id = l.enrollment_id
    WHERE (e.assessment_id, e.standard, e.payable, e.sponsored)
          IS DISTINCT FROM (p.assessment_id, l.standard, l.payable, l.sponsored)
"""  # noqa: S608 - put together from constants
FEES_LINED = f"""
    SELECT r.id, r.office_id, {RECEIPT}, coalesce(i.total, 0)::text, r.amount::text
    FROM payments_workmanshipreceipt r
    LEFT JOIN (SELECT receipt_id, sum(fee) AS total FROM payments_cardissue
               WHERE receipt_id IS NOT NULL GROUP BY receipt_id) i ON i.receipt_id = r.id
    WHERE i.total IS DISTINCT FROM r.amount
"""  # noqa: S608 - put together from constants
FEES_VOIDED = f"""
    SELECT r.id, r.office_id, {RECEIPT},
           CASE WHEN r.voided_at IS NULL AND v.id IS NULL THEN '所发都在' ELSE '所发全部收回' END,
           count(*) FILTER (WHERE i.cancelled_at IS NULL) || '件在，'
               || count(*) FILTER (WHERE i.cancelled_at IS NOT NULL) || '件收回'
    FROM payments_workmanshipreceipt r JOIN payments_cardissue i ON i.receipt_id = r.id
    LEFT JOIN payments_reversal v ON v.fee_id = r.id
    GROUP BY r.id, v.id HAVING bool_or((r.voided_at IS NULL AND v.id IS NULL) <> (i.cancelled_at IS NULL))
"""  # noqa: S608 - put together from constants
# A book whose count is right has neither gap nor twin: its numbers are unique, and within its span by the check above.
NO_GAP = f"""
    WITH used AS (
        SELECT book_id, count(DISTINCT number) AS n FROM ({ISSUED}) i GROUP BY book_id)
    SELECT b.id, b.office_id, b.code || ' ' || lpad(b.first_number::text, b.width, '0'),
           (b.next_number - b.first_number) || '张', coalesce(u.n, 0) || '张，缺 ' || coalesce(
               (SELECT string_agg(lpad(gap.n::text, b.width, '0'), '、' ORDER BY gap.n)
                FROM (SELECT n FROM generate_series(b.first_number, b.next_number - 1) n
                      WHERE NOT EXISTS (SELECT FROM payments_receipt r WHERE r.book_id = b.id AND r.number = n)
                        AND NOT EXISTS (SELECT FROM payments_workmanshipreceipt w
                                        WHERE w.book_id = b.id AND w.number = n)
                      LIMIT 5) gap), '无')
    FROM payments_receiptbook b LEFT JOIN used u ON u.book_id = b.id
    WHERE coalesce(u.n, 0) <> b.next_number - b.first_number
"""  # noqa: S608 - put together from constants
VOIDED = f"""
    SELECT r.id, r.office_id, {RECEIPT}, '0人参保', count(*) || '人仍参保'
    FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
    JOIN enrollment_enrollment e ON e.assessment_id = p.assessment_id AND e.cancelled_at IS NULL
    WHERE r.voided_at IS NOT NULL GROUP BY r.id
"""  # noqa: S608 - put together from constants
STANDING = f"""
    SELECT r.id, r.office_id, {RECEIPT}, '全部在参保', count(*) || '人已撤销参保'
    FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
    JOIN enrollment_enrollment e ON e.assessment_id = p.assessment_id AND e.cancelled_at IS NOT NULL
    WHERE r.voided_at IS NULL AND NOT EXISTS (SELECT FROM payments_reversal v WHERE v.receipt_id = r.id)
    GROUP BY r.id
"""  # noqa: S608 - put together from constants
BALANCE = """
    SELECT p.id, NULL::bigint, '参保人 ' || p.id, '不小于0.00', sum(e.amount)::text
    FROM enrollment_accountentry e JOIN households_person p ON p.id = e.person_id
    GROUP BY p.id HAVING sum(e.amount) < 0
"""
CREDITED = """
    SELECT e.id, n.office_id, '参保人 ' || e.person_id, coalesce(n.account_credit, 0)::text, e.amount::text
    FROM enrollment_accountentry e JOIN enrollment_enrollment n ON n.id = e.enrollment_id
    WHERE e.kind = 'credit' AND (e.amount, e.person_id) IS DISTINCT FROM (n.account_credit, n.person_id)
"""
TAKEN_BACK = """
    SELECT e.id, NULL::bigint, '参保人 ' || e.person_id, (-o.amount)::text, e.amount::text
    FROM enrollment_accountentry e JOIN enrollment_accountentry o ON o.id = e.reverses_id
    WHERE (e.amount, e.person_id) IS DISTINCT FROM (-o.amount, o.person_id) OR o.kind = 'reversal'
"""

FEE_RECEIPT = "payments_workmanshipreceipt"
PAPERS = (
    Check("assessment", "核定合计应为各人之和", "enrollment_assessment", "缴费核定", ASSESSED),
    Check("payment", "缴费应与核定相符", "payments_payment", "缴费", PAID),
    Check("payment_receipt", "收了钱的缴费应有一张收据，没收钱的没有", "payments_payment", "缴费", RECEIPTED),
    Check("entry", "补录的缴费应与银行回单相符", "payments_payment", "缴费", ENTERED),
    Check("entry_once", "一张银行回单只补录一次", "payments_receipt", "收据", ENTERED_ONCE),
    Check("receipt", "收据应与缴费相符", "payments_receipt", "收据", SAME_AS_PAID),
    Check("receipt_lines", "收据金额应为明细之和", "payments_receipt", "收据", LINED),
    Check("receipt_line", "收据明细应与参保登记相符", "payments_receiptline", "收据明细", LINE_ENROLLED),
    Check(
        "receipt_book",
        "票据号码应出自本号段",
        "payments_receipt",
        "收据",
        _from_its_book("payments_receipt", "contribution"),
    ),
    Check("receipt_twin", "一个票据号码只用一次", "payments_receipt", "收据", _once("payments_receipt")),
    Check("book_gap", "号段中开出的号码应不缺不重", "payments_receiptbook", "票据号段", NO_GAP),
    Check("voided", "作废的收据不应还有人参保", "payments_receipt", "收据", VOIDED),
    Check("standing", "有效的收据应人人在参保", "payments_receipt", "收据", STANDING),
    Check("fee_lines", "工本费应为所发各件之和", FEE_RECEIPT, "工本费收据", FEES_LINED),
    Check("fee_voided", "工本费收据作废与所发收回应一致", FEE_RECEIPT, "工本费收据", FEES_VOIDED),
    Check("fee_book", "票据号码应出自本号段", FEE_RECEIPT, "工本费收据", _from_its_book(FEE_RECEIPT, "workmanship")),
    Check("fee_twin", "一个票据号码只用一次", FEE_RECEIPT, "工本费收据", _once(FEE_RECEIPT)),
    Check("account_balance", "个人账户余额不应小于零", "households_person", "个人账户", BALANCE),
    Check("account_credit", "个人账户划入应与参保登记相符", "enrollment_accountentry", "个人账户流水", CREDITED),
    Check("account_reversal", "个人账户冲正应与原流水相反", "enrollment_accountentry", "个人账户流水", TAKEN_BACK),
)
