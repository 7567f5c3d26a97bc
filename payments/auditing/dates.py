"""核账: what happened later has the later moment: paid, settled, remitted, reviewed, transferred."""

from payments.auditing.chain import OF_RECEIPT, RECEIPT, REMITTANCE, REVERSED_RECEIPT, SETTLEMENT, TRANSFER
from payments.auditing.check import Check

SHANGHAI = "AT TIME ZONE 'Asia/Shanghai'"
SETTLED_BY = """
    JOIN payments_settlementline l ON l.id = {row}.settlement_line_id
    JOIN payments_settlement s ON s.id = l.settlement_id
"""
RECEIPTS = "payments_receipt r"
FEES = "payments_workmanshipreceipt r"
REVERSALS = f"payments_reversal v JOIN {REVERSED_RECEIPT} r ON (r.is_fee, r.id) = (v.receipt_id IS NULL, {OF_RECEIPT})"
REMITTANCES = "payments_remittance m JOIN offices_office o ON o.id = m.office_id"


def _in_order(row: str, *, named: str, rows: str, earlier: str, later: str, office: str = "") -> str:
    """Rows of which the later moment lies before the earlier one."""
    return f"""
        SELECT {row}.id, {office or f"{row}.office_id"}, {named},
               '不早于 ' || to_char({earlier} {SHANGHAI}, 'YYYY-MM-DD HH24:MI'),
               to_char({later} {SHANGHAI}, 'YYYY-MM-DD HH24:MI')
        FROM {rows} WHERE {later} < {earlier}
    """  # noqa: S608 - put together from constants


PAID = _in_order(
    "r",
    named=RECEIPT,
    rows=f"{RECEIPTS} JOIN payments_payment p ON p.id = r.payment_id",
    earlier="p.paid_at",
    later="r.issued_at",
)
ENTERED = f"""
    SELECT r.id, r.office_id, {RECEIPT}, to_char(p.entered_at {SHANGHAI}, 'YYYY-MM-DD HH24:MI'),
           to_char(r.issued_at {SHANGHAI}, 'YYYY-MM-DD HH24:MI')
    FROM payments_payment p JOIN payments_receipt r ON r.payment_id = p.id
    WHERE p.entered_at IS NOT NULL AND r.issued_at <> p.entered_at
"""  # noqa: S608 - put together from constants
VOIDED = _in_order("r", named=RECEIPT, rows=RECEIPTS, earlier="r.issued_at", later="r.voided_at")
SETTLED = _in_order(
    "r",
    named=RECEIPT,
    rows=RECEIPTS + SETTLED_BY.format(row="r"),
    earlier="greatest(r.issued_at, r.voided_at)",
    later="s.at",
)
FEE_SETTLED = _in_order(
    "r",
    named=RECEIPT,
    rows=FEES + SETTLED_BY.format(row="r"),
    earlier="greatest(r.issued_at, r.voided_at)",
    later="s.at",
)
# What was settled had been taken by the end of the settled day.
OF_ITS_DAY = f"""
    SELECT r.id, r.office_id, {RECEIPT}, s.day || ' 或以前', to_char(r.issued_at {SHANGHAI}, 'YYYY-MM-DD HH24:MI')
    FROM {RECEIPTS} {SETTLED_BY.format(row="r")} WHERE (r.issued_at {SHANGHAI})::date > s.day
"""  # noqa: S608 - put together from constants
DAY = f"""
    SELECT s.id, s.office_id, {SETTLEMENT}, '不早于 ' || s.day, to_char(s.at {SHANGHAI}, 'YYYY-MM-DD HH24:MI')
    FROM payments_settlement s JOIN offices_staff c ON c.id = s.clerk_id WHERE (s.at {SHANGHAI})::date < s.day
"""  # noqa: S608 - put together from constants
REVERSED = _in_order(
    "v", named=f"'收据 ' || {RECEIPT}", rows=REVERSALS + SETTLED_BY.format(row="r"), earlier="s.at", later="v.at"
)
REVERSAL_SETTLED = _in_order(
    "v", named=f"'收据 ' || {RECEIPT}", rows=REVERSALS + SETTLED_BY.format(row="v"), earlier="v.at", later="s.at"
)
REMITTED = f"""
    SELECT m.id, m.office_id, {REMITTANCE}, '不早于 ' || to_char(max(s.at) {SHANGHAI}, 'YYYY-MM-DD HH24:MI'),
           to_char(m.made_at {SHANGHAI}, 'YYYY-MM-DD HH24:MI')
    FROM {REMITTANCES} JOIN payments_settlementline l ON l.remittance_id = m.id
    JOIN payments_settlement s ON s.id = l.settlement_id GROUP BY m.id, o.id HAVING m.made_at < max(s.at)
"""  # noqa: S608 - put together from constants
REVIEWED = _in_order("m", named=REMITTANCE, rows=REMITTANCES, earlier="m.made_at", later="m.reviewed_at")
TRANSFERRED = _in_order(
    "m",
    named=REMITTANCE,
    rows=f"{REMITTANCES} JOIN payments_transfer t ON t.id = m.transfer_id",
    earlier="m.reviewed_at",
    later="t.made_at",
)
NOWHERE = "NULL::bigint"
CONFIRMED = _in_order(
    "t", named=TRANSFER, rows="payments_transfer t", earlier="t.made_at", later="t.confirmed_at", office=NOWHERE
)
FORWARDED = _in_order(
    "t",
    named=TRANSFER,
    rows="payments_transfer t JOIN payments_transfer u ON u.id = t.forwarded_in_id",
    earlier="t.confirmed_at",
    later="u.made_at",
    office=NOWHERE,
)

RECEIPT_ROWS, REMITTANCE_ROWS, TRANSFER_ROWS = "payments_receipt", "payments_remittance", "payments_transfer"
DATES = (
    Check("date_issued", "开票不应早于缴费", RECEIPT_ROWS, "收据", PAID),
    Check("date_entered", "补录的收据应在补录时开出", RECEIPT_ROWS, "收据", ENTERED),
    Check("date_voided", "作废不应早于开票", RECEIPT_ROWS, "收据", VOIDED),
    Check("date_settled", "日结不应早于开票和作废", RECEIPT_ROWS, "收据", SETTLED),
    Check("date_of_day", "日结的收据应是那天或以前的", RECEIPT_ROWS, "收据", OF_ITS_DAY),
    Check("date_fee_settled", "日结不应早于开票和作废", "payments_workmanshipreceipt", "工本费收据", FEE_SETTLED),
    Check("date_day", "日结不应早于所结的日子", "payments_settlement", "日结", DAY),
    Check("date_reversed", "冲正不应早于原收据的日结", "payments_reversal", "冲正", REVERSED),
    Check("date_reversal_settled", "日结不应早于冲正", "payments_reversal", "冲正", REVERSAL_SETTLED),
    Check("date_remitted", "上缴不应早于日结", REMITTANCE_ROWS, "上缴单", REMITTED),
    Check("date_reviewed", "审核不应早于制单", REMITTANCE_ROWS, "上缴单", REVIEWED),
    Check("date_transferred", "汇缴不应早于审核", REMITTANCE_ROWS, "上缴单", TRANSFERRED),
    Check("date_confirmed", "复核不应早于制单", TRANSFER_ROWS, "划解单", CONFIRMED),
    Check("date_forwarded", "上解不应早于复核", TRANSFER_ROWS, "划解单", FORWARDED),
)
