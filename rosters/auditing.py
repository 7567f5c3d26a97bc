"""核账的花名册: what was entered without a slip of its own was paid in with a roster, as its deposit says."""

from payments.auditing.check import Check

SHANGHAI = "AT TIME ZONE 'Asia/Shanghai'"
# Few: found through the payments that were entered.
ENTERED = f"""
    SELECT p.id, p.office_id, '户 ' || h.number, '随花名册缴存',
           to_char(p.paid_at {SHANGHAI}, 'YYYY-MM-DD HH24:MI') || ' ' || p.entry_reason
    FROM payments_payment p JOIN households_household h ON h.id = p.household_id
    WHERE p.entered_at IS NOT NULL AND p.slip_id IS NULL AND NOT EXISTS (
        SELECT FROM rosters_rosterdeposit d JOIN rosters_rostertaking t ON t.deposit_id = d.id
        WHERE (d.paid_at, d.entry_reason, t.at, t.by_id) = (p.paid_at, p.entry_reason, p.entered_at, p.clerk_id))
"""  # noqa: S608 - put together from constants
CHECKS = (Check("entry_of_roster", "没有回单的补录应与花名册的缴存相符", "payments_payment", "缴费", ENTERED),)
