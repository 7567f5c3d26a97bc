"""At the size of a county: the page of one office reads that office's rows and no whole table of the others."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from payments.auditing.run import audit
from payments.models import Receipt
from payments.money import sql as money_sql
from payments.money.rows import receipts_of
from tests.acting import as_owner
from tests.builders import make_office
from tests.payments.chain_builders import paid
from tests.payments.conftest import Pay
from tests.payments.test_auditing import TABLES
from tests.payments.test_protection import put_triggers_aside

OFFICES, COUNT, FIRST = 40, 30_000, 1_000_000
# One payment of one person, copied, each for a year of its own: the rows of a copy share one new id.
COPIED = {
    "enrollment.Assessment": {},
    "enrollment.Enrollment": {"assessment_id": "{id}", "coverage_year": "2100 + n"},
    "payments.Payment": {"assessment_id": "{id}", "idempotency_key": "gen_random_uuid()"},
    "payments.Receipt": {
        "payment_id": "{id}",
        "number": "number + n",
        "printed_number": "lpad((number + n)::text, 8, '0')",
    },
    "payments.ReceiptLine": {"receipt_id": "{id}", "enrollment_id": "{id}"},
}

BIG = {model.replace(".", "_").lower() for model in COPIED}


def copy_rows(count: int, offices: list[int]) -> None:
    """Copies of the first row of each table, spread over the offices."""
    put_triggers_aside(*TABLES)
    with as_owner(), connection.cursor() as cursor:
        for label, changed in COPIED.items():
            model = apps.get_model(label)
            columns = [field.column for field in model._meta.concrete_fields]
            known = {"id": "{id}", "office_id": "(%(offices)s::bigint[])[1 + n %% %(spread)s]"} | changed
            values = [known.get(column, column).replace("{id}", f"{FIRST} + n") for column in columns]
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
                f"FROM (SELECT * FROM {model._meta.db_table} ORDER BY id LIMIT 1) t, generate_series(1, %(count)s) n",
                {"offices": offices, "spread": len(offices), "count": count},
            )
        cursor.execute("UPDATE payments_receiptbook SET last_number = last_number + %s", [count])
        cursor.execute("UPDATE payments_receiptbook SET next_number = next_number + %s", [count])
        cursor.execute("ANALYZE")


def read_whole(statement: str, given: Any) -> set[str]:
    """The big tables that a plan reads from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", given)
        plan = cursor.fetchone()[0]
    nodes = [(json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]]
    found = set()
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if node["Node Type"] == "Seq Scan":
            found.add(node["Relation Name"])
    return found & BIG


@pytest.fixture
def county(pay: Pay, aunt_liu, book) -> tuple[list[int], int]:
    """So many receipts in so many offices; the offices and the period."""
    receipt = paid(aunt_liu, "钱某")
    connection.check_constraints()
    offices = [aunt_liu.office_id]
    offices += [make_office(f"3207060{n:02d}", name=f"第{n}街道劳动保障所").pk for n in range(1, OFFICES)]
    copy_rows(COUNT, offices)
    return offices, receipt.payment.period_id


def test_the_page_of_an_office_reads_no_whole_table(county):
    offices, period = county
    given = {"offices": offices[:1], "period": period, "scope": "320705"}

    for name in ("DUE", "PAID", "RECEIPTED", "REVERSED", "UNSETTLED", "SETTLED", "REMITTED", "FUNDERS", "TRANSFERRED"):
        assert not read_whole(getattr(money_sql, name), given), name
    for kind in ("receipted", "voided", "reversed", "unsettled"):
        rows = receipts_of(kind, offices=offices[:1], period_id=period)[:41]
        assert not read_whole(*rows.query.sql_with_params()), kind


def test_the_audit_of_a_county_takes_seconds(county):
    found = audit()

    assert found.counts["收据"] == Receipt.objects.count() == COUNT + 1
    assert not found.findings
    assert found.seconds < 60
