"""What must hold when all is over, asked of the database in plain SQL; each answer counts what breaks it."""

from decimal import Decimal
from typing import Any

import psycopg

Receipts = dict[int, set[tuple[str, str]]]

TWINS = """
    SELECT count(*) FROM (SELECT FROM payments_receipt GROUP BY book_code, printed_number HAVING count(*) > 1) twin
"""
# Every number from a book's first to its next is a receipt; one that was voided keeps its number.
GAPS = """
    SELECT count(*) FROM payments_receiptbook b, generate_series(b.first_number, b.next_number - 1) n
    WHERE b.purpose = 'contribution'
      AND NOT EXISTS (SELECT FROM payments_receipt r WHERE r.book_id = b.id AND r.number = n)
"""
BEYOND = """
    SELECT count(*) FROM payments_receipt r JOIN payments_receiptbook b ON b.id = r.book_id
    WHERE r.number >= b.next_number OR r.number < b.first_number
"""
DOUBLE = """
    SELECT (SELECT count(*) FROM (SELECT FROM enrollment_enrollment WHERE cancelled_at IS NULL
                                  GROUP BY person_id, coverage_year HAVING count(*) > 1) p)
         + (SELECT count(*) FROM (SELECT FROM payments_payment p JOIN payments_receipt r ON r.payment_id = p.id
                                  WHERE r.voided_at IS NULL GROUP BY p.household_id, p.period_id HAVING count(*) > 1) h)
"""
ORPHANS = """
    SELECT (SELECT count(*) FROM payments_payment p
            WHERE NOT EXISTS (SELECT FROM payments_receipt r WHERE r.payment_id = p.id))
         + (SELECT count(*) FROM payments_receipt r
            WHERE NOT EXISTS (SELECT FROM payments_receiptline l WHERE l.receipt_id = r.id))
         + (SELECT count(*) FROM enrollment_assessment a
            WHERE NOT EXISTS (SELECT FROM payments_payment p WHERE p.assessment_id = a.id))
         + (SELECT count(*) FROM enrollment_enrollment e
            WHERE NOT EXISTS (SELECT FROM payments_receiptline l WHERE l.enrollment_id = e.id))
         + (SELECT count(*) FROM payments_payment p
            WHERE NOT EXISTS (SELECT FROM offices_act a WHERE a.verb = 'take_payment' AND a.subject_id = p.id))
"""
ACKNOWLEDGED = """
    SELECT count(*) FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
    WHERE p.household_id = %s AND r.book_code = %s AND r.printed_number = %s
"""
PAID = "SELECT count(*) FROM payments_receipt WHERE voided_at IS NULL"
LINKS = """
    SELECT (SELECT coalesce(sum(payable), 0) FROM enrollment_enrollment WHERE cancelled_at IS NULL),
           (SELECT coalesce(sum(p.amount), 0) FROM payments_payment p JOIN payments_receipt r ON r.payment_id = p.id
            WHERE r.voided_at IS NULL),
           (SELECT coalesce(sum(amount), 0) FROM payments_receipt WHERE voided_at IS NULL),
           (SELECT coalesce(sum(l.payable), 0) FROM payments_receiptline l JOIN payments_receipt r
            ON r.id = l.receipt_id WHERE r.voided_at IS NULL),
           (SELECT coalesce(sum(amount), 0) FROM payments_settlementline),
           (SELECT coalesce(sum(amount), 0) FROM payments_remittance WHERE withdrawn_at IS NULL),
           (SELECT coalesce(sum(amount), 0) FROM payments_transfer WHERE level = 'district' AND withdrawn_at IS NULL),
           (SELECT coalesce(sum(amount), 0) FROM payments_transfer WHERE level = 'city' AND withdrawn_at IS NULL)
"""
OPEN_JOBS = "SELECT count(*) FROM offices_job WHERE finished_at IS NULL"


def broken(url: str, told: Receipts) -> dict[str, int]:
    """How many of each: receipts that a clerk was told of and that are gone, twins, gaps, double charges, orphans."""
    with psycopg.connect(url) as connection:
        lost = 0
        for household, receipts in told.items():
            for code, number in receipts:
                lost += _one(connection, ACKNOWLEDGED, (household, code, number)) != 1
        asked = {"twin numbers": TWINS, "gaps": GAPS, "out of their book": BEYOND, "double charges": DOUBLE}
        counts = {name: _one(connection, sql) for name, sql in (asked | {"orphans": ORPHANS}).items()}
    return {"acknowledged and lost": lost, "told two receipts": sum(len(each) > 1 for each in told.values())} | counts


def paid(url: str) -> int:
    """Receipts that stand."""
    with psycopg.connect(url) as connection:
        return _one(connection, PAID)


def open_jobs(url: str) -> int:
    with psycopg.connect(url) as connection:
        return _one(connection, OPEN_JOBS)


def links(url: str) -> list[Decimal]:
    """The sum at each link: enrolments, payments, receipts, their lines, day-ends, remittances, district, city."""
    with psycopg.connect(url) as connection:
        return list(connection.execute(LINKS).fetchone() or ())


def _one(connection: "psycopg.Connection[Any]", sql: str, parameters: Any = None) -> int:
    (count,) = connection.execute(sql, parameters).fetchone() or (0,)
    return int(count)
