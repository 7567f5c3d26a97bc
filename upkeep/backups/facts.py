"""What a database holds, in figures that a restored copy must give again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

COUNTED = (
    "households_household",
    "households_person",
    "households_storedfile",
    "enrollment_enrollment",
    "payments_payment",
    "payments_receipt",
    "payments_settlement",
    "payments_remittance",
    "offices_act",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of each table that matters, the sum of all receipts, and the last migration of each application."""

    counts: dict[str, int]
    receipts_amount: str
    migrations: dict[str, str]


def read_facts(cursors: Callable[[], Any]) -> Facts:
    """The facts, within whatever transaction is open; `cursors` opens a cursor, Django's or psycopg's."""
    with cursors() as cursor:
        counts = {}
        for table in COUNTED:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of our own
            counts[table] = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(sum(amount), 0)::text FROM payments_receipt")
        amount = cursor.fetchone()[0]
        cursor.execute("SELECT DISTINCT ON (app) app, name FROM django_migrations ORDER BY app, id DESC")
        return Facts(counts, amount, dict(cursor.fetchall()))
