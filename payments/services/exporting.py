"""账簿导出的服务: the accountant's files; who took which is in the acts log."""

from collections.abc import Collection
from datetime import date, datetime

from common.decision import Reason, Refusal
from common.tables import csv_bytes, xlsx
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Office, Staff
from payments.money.journal import Span, entries, totals, whole_totals

Role = Staff.Role
MOST_DAYS = 366
FILES = ("journal.xlsx", "journal.csv", "totals.csv")


@accountable
def export_journal(
    *, office_ids: Collection[int], first: date, last: date, file: str, by: Staff, at: datetime
) -> bytes:
    """导出日记账 or its totals of a span of days: a workbook with all of them, or one of them as CSV."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)
    offices = visible(Office.objects.filter(pk__in=office_ids), by)
    if not office_ids or offices.count() != len(set(office_ids)):
        raise Refusal(Reason("OFFICE_UNKNOWN", "找不到这个机构，或不在您的管辖范围内。请重新选择机构。"))
    if not first <= last or (last - first).days >= MOST_DAYS:
        text = f"起止日期颠倒，或超过{MOST_DAYS}天。请按先后填写，一次最多导出一年。"
        raise Refusal(Reason("SPAN", text))
    span = Span(sorted(office_ids), first, last)
    table = whole_totals(span) if file == "totals.csv" else entries(span)
    rows = len(list(table.rows))
    made = xlsx(table, *totals(span)) if file == "journal.xlsx" else csv_bytes(table)
    detail = {"from": first.isoformat(), "to": last.isoformat(), "document": file, "rows": rows}
    one = offices.get() if len(set(office_ids)) == 1 else None
    record(by=by, at=at, verb="export_journal", subject=one or by, office=one, detail=detail)
    return made
