"""核账: the money's way up: settlements, remittances, transfers and what was given back; each link is its parts."""

from payments.auditing.check import Check

# What a settlement line holds, by means: its receipts, the voided ones among them, and what was given back.
PARTS = """
    SELECT settlement_line_id AS line, 'contribution' AS kind, means, amount, voided_at IS NOT NULL AS voided, 1 AS sign
    FROM payments_receipt WHERE settlement_line_id IS NOT NULL
    UNION ALL
    SELECT settlement_line_id, 'fee', means, amount, voided_at IS NOT NULL, 1
    FROM payments_workmanshipreceipt WHERE settlement_line_id IS NOT NULL
    UNION ALL
    SELECT settlement_line_id, 'reversal', means, amount, false, -1
    FROM payments_reversal WHERE settlement_line_id IS NOT NULL
"""
SETTLEMENT = "s.day || ' ' || c.name"
REMITTANCE = "'JK-' || o.code || '-' || lpad(m.serial::text, 4, '0')"
TRANSFER = """CASE t.level WHEN 'district' THEN 'HJ' ELSE 'SJ' END || t.division_code || '-'
    || to_char(t.made_at AT TIME ZONE 'Asia/Shanghai', 'YYYY') || '-' || lpad(t.serial::text, 4, '0')"""
RECEIPT = "r.book_code || ' ' || r.printed_number"

BY_MEANS = f"""
    WITH part AS (
        SELECT l.settlement_id, p.means, sum(p.sign * p.amount) AS total FROM ({PARTS}) p
        JOIN payments_settlementline l ON l.id = p.line WHERE NOT p.voided GROUP BY l.settlement_id, p.means)
    SELECT s.id, s.office_id, {SETTLEMENT} || ' ' || e.means, coalesce(part.total, 0)::text, e.amount::text
    FROM payments_settlement s JOIN offices_staff c ON c.id = s.clerk_id
    CROSS JOIN LATERAL (VALUES ('cash', s.expected_cash), ('card', s.expected_card),
                               ('transfer', s.expected_transfer), ('qr', s.expected_qr)) AS e(means, amount)
    LEFT JOIN part ON part.settlement_id = s.id AND part.means = e.means
    WHERE coalesce(part.total, 0) <> e.amount
"""  # noqa: S608 - put together from constants
LINES_MAKE_IT = f"""
    SELECT s.id, s.office_id, {SETTLEMENT}, coalesce(l.total, 0)::text,
           (s.expected_cash + s.expected_card + s.expected_transfer + s.expected_qr)::text
    FROM payments_settlement s JOIN offices_staff c ON c.id = s.clerk_id
    LEFT JOIN (SELECT settlement_id, sum(amount) AS total FROM payments_settlementline GROUP BY settlement_id) l
        ON l.settlement_id = s.id
    WHERE l.total IS DISTINCT FROM s.expected_cash + s.expected_card + s.expected_transfer + s.expected_qr
"""  # noqa: S608 - put together from constants
CASH = f"""
    SELECT s.id, s.office_id, {SETTLEMENT}, (coalesce(d.total, 0) - s.advanced_cash)::text, s.counted_cash::text
    FROM payments_settlement s JOIN offices_staff c ON c.id = s.clerk_id
    CROSS JOIN LATERAL (SELECT sum(key::numeric * value::int) AS total FROM jsonb_each_text(s.denominations)) d
    WHERE coalesce(d.total, 0) - s.advanced_cash <> s.counted_cash
"""  # noqa: S608 - put together from constants
LINE = f"""
    WITH part AS (
        SELECT line, sum(sign * amount) FILTER (WHERE NOT voided) AS total,
               count(*) FILTER (WHERE kind <> 'reversal') AS receipts, count(*) FILTER (WHERE voided) AS voided,
               count(*) FILTER (WHERE kind = 'reversal') AS reversals
        FROM ({PARTS}) p GROUP BY line)
    SELECT l.id, l.office_id, {SETTLEMENT},
           coalesce(p.total, 0) || '（' || coalesce(p.receipts, 0) || '张，作废' || coalesce(p.voided, 0)
               || '，冲正' || coalesce(p.reversals, 0) || '）',
           l.amount || '（' || l.receipts || '张，作废' || l.voided || '，冲正' || l.reversals || '）'
    FROM payments_settlementline l JOIN payments_settlement s ON s.id = l.settlement_id
    JOIN offices_staff c ON c.id = s.clerk_id LEFT JOIN part p ON p.line = l.id
    WHERE (l.amount, l.receipts, l.voided, l.reversals) IS DISTINCT FROM
          (coalesce(p.total, 0), coalesce(p.receipts, 0), coalesce(p.voided, 0), coalesce(p.reversals, 0))
       OR l.office_id <> s.office_id
"""  # noqa: S608 - put together from constants
IN_ITS_LINE = f"""
    SELECT r.id, r.office_id, {RECEIPT}, o.name || ' ' || c.name || ' ' || y.coverage_year || '年度',
           t.name || ' ' || d.name || ' ' || coalesce(z.coverage_year || '年度', '工本费')
    FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
    JOIN payments_settlementline l ON l.id = r.settlement_line_id JOIN payments_settlement s ON s.id = l.settlement_id
    JOIN offices_office o ON o.id = p.office_id JOIN offices_staff c ON c.id = p.clerk_id
    JOIN enrollment_contributionperiod y ON y.id = p.period_id
    JOIN offices_office t ON t.id = s.office_id JOIN offices_staff d ON d.id = s.clerk_id
    LEFT JOIN enrollment_contributionperiod z ON z.id = l.period_id
    WHERE (p.office_id, p.clerk_id, p.period_id) IS DISTINCT FROM (s.office_id, s.clerk_id, l.period_id)
"""  # noqa: S608 - put together from constants
FEE_IN_ITS_LINE = f"""
    SELECT r.id, r.office_id, {RECEIPT}, o.name || ' ' || c.name || ' 工本费',
           t.name || ' ' || d.name || CASE WHEN l.period_id IS NULL THEN ' 工本费' ELSE ' 保险费' END
    FROM payments_workmanshipreceipt r
    JOIN payments_settlementline l ON l.id = r.settlement_line_id JOIN payments_settlement s ON s.id = l.settlement_id
    JOIN offices_office o ON o.id = r.office_id JOIN offices_staff c ON c.id = r.clerk_id
    JOIN offices_office t ON t.id = s.office_id JOIN offices_staff d ON d.id = s.clerk_id
    WHERE (r.office_id, r.clerk_id) <> (s.office_id, s.clerk_id) OR l.period_id IS NOT NULL
"""  # noqa: S608 - put together from constants
LEFT_OUT = f"""
    SELECT r.id, r.office_id, {RECEIPT}, '在 ' || max(s.day) || ' 的日结中', '没有日结'
    FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
    JOIN payments_settlement s ON s.office_id = r.office_id AND s.clerk_id = p.clerk_id
        AND s.day >= (r.issued_at AT TIME ZONE 'Asia/Shanghai')::date
    WHERE r.settlement_line_id IS NULL GROUP BY r.id
"""  # noqa: S608 - put together from constants
# What a reversal gave back: a contribution's receipt, or one of workmanship fees.
OF_RECEIPT = "coalesce(v.receipt_id, v.fee_id)"
REVERSED_RECEIPT = """(
        SELECT id, false AS is_fee, book_code, printed_number, office_id, amount, settlement_line_id, voided_at,
               payment_id FROM payments_receipt
        UNION ALL
        SELECT id, true, book_code, printed_number, office_id, amount, settlement_line_id, voided_at, NULL
        FROM payments_workmanshipreceipt)"""
REVERSED = f"""
    SELECT v.id, v.office_id, '收据 ' || {RECEIPT}, r.amount || '，已日结、未作废',
           v.amount || CASE WHEN r.settlement_line_id IS NULL THEN '，未日结' ELSE '' END
               || CASE WHEN r.voided_at IS NOT NULL THEN '，已作废' ELSE '' END
    FROM payments_reversal v JOIN {REVERSED_RECEIPT} r ON (r.is_fee, r.id) = (v.receipt_id IS NULL, {OF_RECEIPT})
    WHERE (v.amount, v.office_id) <> (r.amount, r.office_id) OR r.settlement_line_id IS NULL OR r.voided_at IS NOT NULL
"""  # noqa: S608 - put together from constants
REVERSED_COVER = f"""
    SELECT v.id, v.office_id, '收据 ' || {RECEIPT}, '0人参保', count(*) || '人仍参保'
    FROM payments_reversal v JOIN payments_receipt r ON r.id = v.receipt_id
    JOIN payments_payment p ON p.id = r.payment_id
    JOIN enrollment_enrollment e ON e.assessment_id = p.assessment_id AND e.cancelled_at IS NULL
    GROUP BY v.id, r.id
"""  # noqa: S608 - put together from constants
REVERSAL_IN_ITS_LINE = f"""
    SELECT v.id, v.office_id, '收据 ' || {RECEIPT}, c.name || ' ' || coalesce(y.coverage_year || '年度', '工本费'),
           d.name || ' ' || coalesce(z.coverage_year || '年度', '工本费')
    FROM payments_reversal v JOIN {REVERSED_RECEIPT} r ON (r.is_fee, r.id) = (v.receipt_id IS NULL, {OF_RECEIPT})
    LEFT JOIN payments_payment p ON p.id = r.payment_id
    LEFT JOIN enrollment_contributionperiod y ON y.id = p.period_id
    JOIN payments_settlementline l ON l.id = v.settlement_line_id JOIN payments_settlement s ON s.id = l.settlement_id
    JOIN offices_staff c ON c.id = v.clerk_id JOIN offices_staff d ON d.id = s.clerk_id
    LEFT JOIN enrollment_contributionperiod z ON z.id = l.period_id
    WHERE (v.office_id, v.clerk_id, p.period_id) IS DISTINCT FROM (s.office_id, s.clerk_id, l.period_id)
"""  # noqa: S608 - put together from constants
REMITTED = f"""
    WITH part AS (
        SELECT remittance_id, sum(amount) AS total, sum(receipts - voided) AS receipts
        FROM payments_settlementline WHERE remittance_id IS NOT NULL GROUP BY remittance_id)
    SELECT m.id, m.office_id, {REMITTANCE}, coalesce(p.total, 0) || '（' || coalesce(p.receipts, 0) || '张）',
           CASE WHEN m.withdrawn_at IS NULL THEN m.amount || '（' || m.receipts || '张）' ELSE '0（0张，已撤回）' END
    FROM payments_remittance m JOIN offices_office o ON o.id = m.office_id LEFT JOIN part p ON p.remittance_id = m.id
    WHERE (coalesce(p.total, 0), coalesce(p.receipts, 0)) IS DISTINCT FROM
          (CASE WHEN m.withdrawn_at IS NULL THEN m.amount ELSE 0 END,
           CASE WHEN m.withdrawn_at IS NULL THEN m.receipts ELSE 0 END)
"""  # noqa: S608 - put together from constants
REMITTED_LINE = f"""
    SELECT l.id, l.office_id, {REMITTANCE}, o.name || ' ' || y.coverage_year || '年度',
           q.name || ' ' || coalesce(z.coverage_year || '年度', '工本费')
    FROM payments_settlementline l JOIN payments_remittance m ON m.id = l.remittance_id
    JOIN offices_office o ON o.id = m.office_id JOIN offices_office q ON q.id = l.office_id
    JOIN enrollment_contributionperiod y ON y.id = m.period_id
    LEFT JOIN enrollment_contributionperiod z ON z.id = l.period_id
    WHERE (l.office_id, l.period_id) IS DISTINCT FROM (m.office_id, m.period_id)
"""  # noqa: S608 - put together from constants
REMITTANCE_SLIP = f"""
    SELECT m.id, m.office_id, {REMITTANCE}, b.amount::text, m.amount::text
    FROM payments_remittance m JOIN offices_office o ON o.id = m.office_id JOIN payments_bankslip b ON b.id = m.slip_id
    WHERE b.amount <> m.amount
"""  # noqa: S608 - put together from constants
SLIP_ONCE = """
    SELECT b.id, m.office_id, b.number, '一张单', '上缴单 ' || m.id || ' 和划解单 ' || t.id
    FROM payments_bankslip b JOIN payments_remittance m ON m.slip_id = b.id JOIN payments_transfer t ON t.slip_id = b.id
"""
TRANSFERRED = f"""
    WITH part AS (
        SELECT transfer_id AS id, sum(amount) AS total FROM payments_remittance
        WHERE transfer_id IS NOT NULL GROUP BY transfer_id
        UNION ALL
        SELECT forwarded_in_id, sum(amount) FROM payments_transfer
        WHERE forwarded_in_id IS NOT NULL GROUP BY forwarded_in_id)
    SELECT t.id, NULL::bigint, {TRANSFER}, coalesce(p.total, 0)::text,
           CASE WHEN t.withdrawn_at IS NULL THEN t.amount::text ELSE '0（已撤回）' END
    FROM payments_transfer t LEFT JOIN (SELECT id, sum(total) AS total FROM part GROUP BY id) p ON p.id = t.id
    WHERE coalesce(p.total, 0) <> CASE WHEN t.withdrawn_at IS NULL THEN t.amount ELSE 0 END
"""  # noqa: S608 - put together from constants
TRANSFER_SLIP = f"""
    SELECT t.id, NULL::bigint, {TRANSFER}, b.amount::text, t.amount::text
    FROM payments_transfer t JOIN payments_bankslip b ON b.id = t.slip_id WHERE b.amount <> t.amount
"""  # noqa: S608 - put together from constants
TRANSFER_PLACE = f"""
    SELECT m.id, m.office_id, {REMITTANCE}, t.division_code || '，' || y.coverage_year || '年度，已审核',
           m.division_code || '，' || z.coverage_year || '年度'
               || CASE WHEN m.reviewed_at IS NULL THEN '，未审核' ELSE '' END
    FROM payments_remittance m JOIN payments_transfer t ON t.id = m.transfer_id
    JOIN offices_office o ON o.id = m.office_id
    JOIN enrollment_contributionperiod y ON y.id = t.period_id
    JOIN enrollment_contributionperiod z ON z.id = m.period_id
    WHERE t.level <> 'district' OR t.period_id <> m.period_id OR NOT starts_with(m.division_code, t.division_code)
       OR m.reviewed_at IS NULL
"""  # noqa: S608 - put together from constants
FORWARD_PLACE = f"""
    SELECT t.id, NULL::bigint, {TRANSFER}, u.division_code || '，' || y.coverage_year || '年度，已复核',
           t.division_code || '，' || z.coverage_year || '年度'
               || CASE WHEN t.confirmed_at IS NULL THEN '，未复核' ELSE '' END
    FROM payments_transfer t JOIN payments_transfer u ON u.id = t.forwarded_in_id
    JOIN enrollment_contributionperiod y ON y.id = u.period_id
    JOIN enrollment_contributionperiod z ON z.id = t.period_id
    WHERE u.level <> 'city' OR u.period_id <> t.period_id OR NOT starts_with(t.division_code, u.division_code)
       OR t.confirmed_at IS NULL
"""  # noqa: S608 - put together from constants

LINES, SETTLED = "payments_settlementline", "payments_settlement"
CHAIN = (
    Check("settlement", "日结应有金额应为收据按方式之和", SETTLED, "日结", BY_MEANS),
    Check("settlement_lines", "日结应为明细之和", SETTLED, "日结", LINES_MAKE_IT),
    Check("settlement_cash", "实点现金应为券别之和", SETTLED, "日结", CASH),
    Check("settlement_line", "日结明细应为收据之和", LINES, "日结明细", LINE),
    Check("receipt_place", "收据应在收款人自己的日结中", "payments_receipt", "收据", IN_ITS_LINE),
    Check(
        "fee_place", "工本费收据应在收款人自己的日结中", "payments_workmanshipreceipt", "工本费收据", FEE_IN_ITS_LINE
    ),
    Check("left_out", "日结那天以前的收据应都在日结中", "payments_receipt", "收据", LEFT_OUT),
    Check("reversal", "冲正应退还已日结收据的全额", "payments_reversal", "冲正", REVERSED),
    Check("reversal_cover", "冲正的收据不应还有人参保", "payments_reversal", "冲正", REVERSED_COVER),
    Check("reversal_place", "冲正应在退款人自己的日结中", "payments_reversal", "冲正", REVERSAL_IN_ITS_LINE),
    Check("remittance", "上缴单应为日结明细之和", "payments_remittance", "上缴单", REMITTED),
    Check("remittance_line", "上缴的日结明细应属同一机构、同一年度", LINES, "日结明细", REMITTED_LINE),
    Check("remittance_slip", "上缴单应与银行回单相符", "payments_remittance", "上缴单", REMITTANCE_SLIP),
    Check("slip_once", "一张银行回单只用一次", "payments_bankslip", "银行回单", SLIP_ONCE),
    Check("transfer", "划解单应为所含款项之和", "payments_transfer", "划解单", TRANSFERRED),
    Check("transfer_slip", "划解单应与银行回单相符", "payments_transfer", "划解单", TRANSFER_SLIP),
    Check("transfer_place", "汇缴的应是本区县本年度已审核的上缴单", "payments_remittance", "上缴单", TRANSFER_PLACE),
    Check("forward_place", "上解的应是本市本年度已复核的划解单", "payments_transfer", "划解单", FORWARD_PLACE),
)
