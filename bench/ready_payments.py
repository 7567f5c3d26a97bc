"""Payments whose parameters stand ready in a table, so that pgbench takes them without Python: `bench_ready`."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from bench.at_the_counter import AT, YEAR

TYPES = {
    "bigint": "household period edition office clerk book",
    "int": "coverage_year year",
    "numeric": "standard amount sponsored tendered change",
    "timestamptz": "at registered_at",
    "date": "day",
    "uuid": "key",
    "bigint[]": "households",
    "jsonb": "members decision",
    "bool": "demo",
}
TYPE_OF = {name: kind for kind, names in TYPES.items() for name in names.split()}


def parameters(household: int, total: Any, clerk: Any, book: int) -> dict[str, Any]:
    """What `take_payment` would send for a household, with a receipt from a book of the clerk's or the office's."""
    from enrollment.facts import facts_parameters, read_household
    from payments.counter import bill

    facts = read_household(household, coverage_year=YEAR, at=AT)
    if facts is None:
        raise SystemExit(f"household {household} is gone")
    office = {"name": clerk.office.name, "demo": True}
    paid = {"key": uuid4(), "at": AT, "channel": "counter", "means": "cash", "tendered": total, "change": 0}
    due = bill.Bill(facts=facts, decision=facts.decide(at=AT), office=office, clerk=clerk).columns()
    where = {"scope": clerk.division_scope, "ip": None, "agent": "", "request_id": None, "book": book}
    return facts_parameters([household], coverage_year=YEAR, at=AT) | due | paid | where


def have_ready(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Write them into `bench_ready`, numbered from 1; the names of the columns."""
    from django.db import connection

    from tests.acting import as_owner

    names = [name for name in rows[0] if rows[0][name] is not None]
    columns = ", ".join(f"{name} {TYPE_OF.get(name, 'text')}" for name in names)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS bench_ready; CREATE TABLE bench_ready (i int PRIMARY KEY, {columns})")
        cursor.execute("GRANT SELECT ON bench_ready TO PUBLIC")
        with cursor.copy(f"COPY bench_ready (i, {', '.join(names)}) FROM STDIN") as copy:
            for place, row in enumerate(rows, start=1):
                copy.write_row([place, *(row[name] for name in names)])
        cursor.execute("ANALYZE bench_ready")
    return names


def script(names: Sequence[str], *statements: str, clients: int = 1) -> str:
    """One payment after the other, each client its own, by these statements."""
    return "\n".join(
        [
            r"\set i :i + 1",
            rf"\set mine (:i - 1) * {clients} + :client_id + 1",
            f"SELECT {', '.join(names)} FROM bench_ready WHERE i = :mine \\gset",
            "BEGIN;",
            *(f"{_bound(text, names)};" for text in statements),
            "COMMIT;",
        ]
    )


def _bound(statement: str, names: Sequence[str]) -> str:
    """psycopg's parameters as pgbench's variables, each of its type."""

    def variable(match: re.Match[str]) -> str:
        name = match[1]
        return f"(:{name}::{TYPE_OF.get(name, 'text')})" if name in names else "NULL"

    return re.sub(r"%\((\w+)\)s", variable, statement.strip())
