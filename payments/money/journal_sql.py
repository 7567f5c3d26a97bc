"""日记账的语句: what happened to an office's money in a span of days, and its totals."""

SPAN = ">= %(since)s AND {moment} < %(until)s"
MEANS = "CASE {row}.means WHEN 'cash' THEN '现金' WHEN 'card' THEN '刷卡' WHEN 'transfer' THEN '转账' ELSE '扫码' END"


def _within(moment: str) -> str:
    return f"{moment} {SPAN.format(moment=moment)}"


def _receipts(table: str, kind: str, year: str) -> str:
    """Receipts when they were issued, and once more, negative, when they were voided."""
    rows = f"{table} r WHERE r.office_id = ANY(%(offices)s)"
    paper = f"r.book_code || ' ' || r.printed_number, r.household_number, r.payer, {year}, r.clerk_name"
    means = MEANS.format(row="r")
    return f"""
        SELECT r.issued_at AS at, 1 AS turn, r.id, r.office_id, '{kind}' AS kind, {paper}, {means}, r.means AS code,
               r.amount, NULL::numeric AS passed
        FROM {rows} AND {_within("r.issued_at")}
        UNION ALL
        SELECT r.voided_at, 2, r.id, r.office_id, '{kind}作废', {paper}, {means}, r.means, -r.amount, NULL
        FROM {rows} AND {_within("r.voided_at")}
    """  # noqa: S608 - put together from constants


# Day-ends and remittances pass money on: they stand in a column of their own and leave the running totals alone.
ENTRIES = f"""
    SELECT e.at, e.office_id, o.name, e.kind, e.number, e.household, e.payer, e.year, e.clerk, e.means, e.code,
           e.amount, e.passed
    FROM ({_receipts("payments_receipt", "收款", "r.coverage_year::int")}
        UNION ALL {_receipts("payments_workmanshipreceipt", "工本费", "NULL::int")}
        UNION ALL
        SELECT v.at, 3, v.id, v.office_id, '冲正', 'CZ' || lpad(v.id::text, 8, '0'), r.household_number, v.payee,
               r.coverage_year::int, c.name, {MEANS.format(row="v")}, v.means, -v.amount, NULL
        FROM payments_reversal v JOIN payments_receipt r ON r.id = v.receipt_id
        JOIN offices_staff c ON c.id = v.clerk_id
        WHERE v.office_id = ANY(%(offices)s) AND {_within("v.at")}
        UNION ALL
        SELECT v.at, 3, v.id, v.office_id, '工本费冲正', 'CZ' || lpad(v.id::text, 8, '0'), w.household_number, v.payee,
               NULL, c.name, {MEANS.format(row="v")}, v.means, -v.amount, NULL
        FROM payments_reversal v JOIN payments_workmanshipreceipt w ON w.id = v.fee_id
        JOIN offices_staff c ON c.id = v.clerk_id
        WHERE v.office_id = ANY(%(offices)s) AND {_within("v.at")}
        UNION ALL
        SELECT s.at, 4, s.id, s.office_id, '日结', s.day::text, '', '', NULL, c.name, '', '', NULL,
               s.expected_cash + s.expected_card + s.expected_transfer + s.expected_qr
        FROM payments_settlement s JOIN offices_staff c ON c.id = s.clerk_id
        WHERE s.office_id = ANY(%(offices)s) AND {_within("s.at")}
        UNION ALL
        SELECT m.made_at, 5, m.id, m.office_id, '上缴', 'JK-' || f.code || '-' || lpad(m.serial::text, 4, '0'), '', '',
               y.coverage_year::int, c.name, '', '', NULL, m.amount
        FROM payments_remittance m JOIN offices_staff c ON c.id = m.made_by_id
        JOIN offices_office f ON f.id = m.office_id JOIN enrollment_contributionperiod y ON y.id = m.period_id
        WHERE m.office_id = ANY(%(offices)s) AND {_within("m.made_at")}
        UNION ALL
        SELECT m.withdrawn_at, 6, m.id, m.office_id, '上缴撤回', 'JK-' || f.code || '-' || lpad(m.serial::text, 4, '0'),
               '', '', y.coverage_year::int, c.name, '', '', NULL, -m.amount
        FROM payments_remittance m JOIN offices_staff c ON c.id = m.withdrawn_by_id
        JOIN offices_office f ON f.id = m.office_id JOIN enrollment_contributionperiod y ON y.id = m.period_id
        WHERE m.office_id = ANY(%(offices)s) AND {_within("m.withdrawn_at")}
    ) e(at, turn, id, office_id, kind, number, household, payer, year, clerk, means, code, amount, passed)
    JOIN offices_office o ON o.id = e.office_id
    ORDER BY e.at, e.turn, e.id
"""  # noqa: S608 - put together from constants

# By day, clerk, category, year and means: what was issued, voided, given back. Fees have a category of their own.
TOTALS = f"""
    WITH act AS (
        SELECT r.id, r.issued_at AS at, r.clerk_name AS clerk, r.means, 1 AS issued, 0 AS voided, 0 AS reversed
        FROM payments_receipt r WHERE r.office_id = ANY(%(offices)s) AND {_within("r.issued_at")}
        UNION ALL
        SELECT r.id, r.voided_at, r.clerk_name, r.means, 0, 1, 0
        FROM payments_receipt r WHERE r.office_id = ANY(%(offices)s) AND {_within("r.voided_at")}
        UNION ALL
        SELECT v.receipt_id, v.at, c.name, v.means, 0, 0, 1
        FROM payments_reversal v JOIN offices_staff c ON c.id = v.clerk_id
        WHERE v.office_id = ANY(%(offices)s) AND {_within("v.at")}
    ), part AS (
        SELECT a.at, a.clerk, l.category_name AS category, r.coverage_year::text AS year, a.means,
               a.issued * l.payable AS issued, a.voided * l.payable AS voided, a.reversed * l.payable AS reversed,
               a.issued - a.voided - a.reversed AS persons
        FROM act a JOIN payments_receipt r ON r.id = a.id JOIN payments_receiptline l ON l.receipt_id = r.id
        UNION ALL
        SELECT w.issued_at, w.clerk_name, '工本费', '工本费', w.means, w.amount, 0, 0, 0
        FROM payments_workmanshipreceipt w WHERE w.office_id = ANY(%(offices)s) AND {_within("w.issued_at")}
        UNION ALL
        SELECT w.voided_at, w.clerk_name, '工本费', '工本费', w.means, 0, w.amount, 0, 0
        FROM payments_workmanshipreceipt w WHERE w.office_id = ANY(%(offices)s) AND {_within("w.voided_at")}
        UNION ALL
        SELECT v.at, c.name, '工本费', '工本费', v.means, 0, 0, v.amount, 0
        FROM payments_reversal v JOIN offices_staff c ON c.id = v.clerk_id
        WHERE v.fee_id IS NOT NULL AND v.office_id = ANY(%(offices)s) AND {_within("v.at")}
    )
    SELECT (p.at AT TIME ZONE 'Asia/Shanghai')::date AS day, p.clerk, p.category, p.year,
           {MEANS.format(row="p")} AS means,
           sum(p.persons) AS persons, sum(p.issued) AS issued, sum(p.voided) AS voided, sum(p.reversed) AS reversed
    FROM part p GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608 - put together from constants
