"""账簿导出的服务: the accountant's files; who took which is in the acts log."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from common.decision import Reason, Refusal
from common.tables import CSV, XLSX, counted, csv_bytes, xlsx
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.jobs import Progress, ask_for
from offices.models import Job, Office, Staff
from offices.taking import Copy
from payments.money.journal import Span, count_of, entries, totals, whole_totals

Role = Staff.Role
MOST_DAYS = 366
FILES = ("journal.xlsx", "journal.csv", "totals.csv")
KIND = "journal"
TYPES = {"xlsx": XLSX, "csv": CSV}
AT_ONCE_ROWS = 5_000  # some seconds; what is longer is for a job


def span_of(*, office_ids: Collection[int], first: date, last: date, by: Staff) -> Span:
    """The offices and days of a journal, if it is theirs to take."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)
    offices = visible(Office.objects.filter(pk__in=office_ids), by)
    if not office_ids or offices.count() != len(set(office_ids)):
        raise Refusal(Reason("OFFICE_UNKNOWN", "找不到这个机构，或不在您的管辖范围内。请重新选择机构。"))
    if not first <= last or (last - first).days >= MOST_DAYS:
        text = f"起止日期颠倒，或超过{MOST_DAYS}天。请按先后填写，一次最多导出一年。"
        raise Refusal(Reason("SPAN", text))
    return Span(sorted(set(office_ids)), first, last)


def ask_if_long(*, span: Span, file: str, name: str, copy: Copy, by: Staff, at: datetime) -> Job | None:
    """Have a long journal made in the background; None where one may wait for it. Asking is logged as taking."""
    rows = count_of(span)
    if rows <= AT_ONCE_ROWS:
        return None
    days = {"first": span.first.isoformat(), "last": span.last.isoformat()}
    parameters = {"offices": list(span.offices), **days, "document": file, "name": name, "copy": copy.kept()}
    note_export(span=span, file=file, rows=rows, copy=copy, by=by, at=at)
    return ask_for(kind=KIND, parameters=parameters, by=by, at=at)


def made(span: Span, file: str, copy: Copy, progress: Progress | None = None) -> tuple[bytes, int]:
    """The file and how many rows it has: a workbook with the journal and its totals, or one of them as CSV."""
    table = whole_totals(span) if file == "totals.csv" else entries(span)
    rows = list(table.rows)
    table = replace(table, rows=counted(rows, progress) if progress else rows)
    if file == "journal.xlsx":
        return xlsx(table, *totals(span), mark=copy.line(len(rows))), len(rows)
    return csv_bytes(table), len(rows)  # for a program to read: the copy's number stands in the name


@accountable
def note_export(*, span: Span, file: str, rows: int, copy: Copy, by: Staff, at: datetime) -> None:
    """Log who took which days."""
    detail = {"from": span.first.isoformat(), "to": span.last.isoformat(), "document": file} | copy.detail(rows)
    one = Office.objects.get(pk=span.offices[0]) if len(span.offices) == 1 else None
    record(by=by, at=at, verb="export_journal", subject=one or by, office=one, detail=detail)


def export_journal(
    *, office_ids: Collection[int], first: date, last: date, file: str, copy: Copy, by: Staff, at: datetime
) -> bytes:
    """导出日记账 or its totals of a span of days, for who waits for it."""
    span = span_of(office_ids=office_ids, first=first, last=last, by=by)
    data, rows = made(span, file, copy)
    note_export(span=span, file=file, rows=rows, copy=copy, by=by, at=at)
    return data
