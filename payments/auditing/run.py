"""核账的进行: all checks over one snapshot of the database; what is broken in one sentence per row."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.module_loading import import_string

from offices.models import Office
from payments.auditing.chain import CHAIN
from payments.auditing.check import Check
from payments.auditing.claims import CLAIMS
from payments.auditing.dates import DATES
from payments.auditing.papers import PAPERS
from payments.models import Payment, Receipt, Remittance, Settlement, Transfer, WorkmanshipReceipt

# The last are kept by an application above this one.
CHECKS: tuple[Check, ...] = (*PAPERS, *CHAIN, *CLAIMS, *DATES, *import_string("rosters.auditing.CHECKS"))
COUNTED = (Payment, Receipt, WorkmanshipReceipt, Settlement, Remittance, Transfer)


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks a promise: which, where, what should be and what is."""

    code: str
    promise: str
    kind: str
    table: str
    id: int
    office: str
    named: str
    should: str
    found: str

    def __str__(self) -> str:
        where = f"，{self.office}" if self.office else ""
        row = f"{self.kind} {self.named}（{self.table} {self.id}{where}）"
        return f"{row}：{self.promise}，应为{self.should}，实为{self.found}。"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit came to: the findings, how many rows were looked at, in how many seconds."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]
    seconds: float


def audit() -> Audit:
    """Run every check in one snapshot, so that a payment under way looks broken to none of them."""
    started = time.monotonic()
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        offices = dict(Office.objects.values_list("pk", "name"))
        findings = tuple(found for check in CHECKS for found in _broken(check, offices))
        counts = {str(model._meta.verbose_name): model._default_manager.count() for model in COUNTED}
    return Audit(findings, counts, time.monotonic() - started)


def _broken(check: Check, offices: dict[int, str]) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({check.sql}) broken ORDER BY 1")  # noqa: S608 - put together from constants
        rows = cursor.fetchall()
    for pk, office, named, should, found in rows:
        yield Finding(
            check.code,
            check.promise,
            check.kind,
            check.table,
            pk,
            offices.get(office, ""),
            named or "",
            should or "",
            found or "",
        )
