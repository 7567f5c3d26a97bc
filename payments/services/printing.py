"""批量打印的服务: starting, continuing and ending a run; claiming its receipts so that each is printed once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from common.decision import Reason, Refusal
from offices.access import require_role
from offices.acts import accountable, record
from offices.jobs import ask_for, cancel
from offices.models import Act, Staff
from payments.models import OverprintLayout, Printer, PrintRun
from payments.printing.choice import Choice, choice_of
from payments.printing.overprint import Layout, layout_of

Role = Staff.Role
KIND = "printing"
FETCH = "fetch_print_run"
SAME_TAKING = timedelta(minutes=5)  # opening a file, looking at it, saving it

# Two statements: the second sees what whoever held the locks before has written.
LOCK = "SELECT id FROM payments_receipt WHERE id = ANY(%(receipts)s) ORDER BY id FOR NO KEY UPDATE"
CLAIM = """
    INSERT INTO payments_receiptprint (receipt_id, copy, at, by_id, run_id)
    SELECT r.id, coalesce(max(p.copy), 0) + 1, %(at)s, %(by)s, %(run)s
    FROM payments_receipt r LEFT JOIN payments_receiptprint p ON p.receipt_id = r.id
    WHERE r.id = ANY(%(receipts)s) AND r.voided_at IS NULL
      AND NOT EXISTS (SELECT FROM payments_reversal v WHERE v.receipt_id = r.id)
    GROUP BY r.id
    HAVING count(*) FILTER (WHERE p.run_id = %(run)s) = 0 AND (%(reprints)s OR count(p.id) = 0)
    ORDER BY r.id
"""


@accountable
def start_run(
    *,
    chosen: Mapping[str, Any],
    reprints: bool,
    form: str,
    layout_id: int | None,
    printer_id: int | None,
    expected: str,
    by: Staff,
    at: datetime,
) -> PrintRun:
    """Print what was chosen, in the background. `expected` is the seal of what was shown; refuses when that changed.

    Asked again while the run is open, it is the same run.
    """
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    layout, drawing = drawing_of(form, layout_id, printer_id, by)
    most_lines = layout_of(layout.form).most_lines if layout else None
    choice = choice_of(by, chosen, reprints=reprints, most_lines=most_lines)
    _refuse(choice, expected)
    Staff.objects.select_for_update(no_key=True).get(pk=by.pk)  # a double click waits for its first half
    same = {"receipt_ids": list(choice.ids), "form": form, "layout": layout, "printer": printer_id}
    if known := PrintRun.objects.filter(**same, by=by, reprints=reprints, job__finished_at=None).first():
        return known
    file = uuid4()
    run = PrintRun.objects.create(
        office_id=by.office_id,
        division_code=by.office.division_code,
        by=by,
        at=at,
        chosen=dict(chosen),
        reprints=reprints,
        form=form,
        layout=layout,
        printer_id=printer_id,
        drawing=drawing,
        receipt_ids=list(choice.ids),
        receipts=choice.count,
        amount=choice.amount,
        left_out=[asdict(each) for each in choice.unprintable],
        file=file,
        job=ask_for(kind=KIND, parameters={"file": file.hex}, by=by, at=at),
    )
    detail = {"numbers": [choice.first, choice.last], "receipts": choice.count, "amount": str(choice.amount)}
    record(by=by, at=at, verb="start_print_run", subject=run, detail=detail)
    return run


def drawing_of(
    form: str, layout_id: int | None, printer_id: int | None, by: Staff
) -> tuple[OverprintLayout | None, dict[str, Any]]:
    """The layout of an overprint, and what of it and of the printer is kept with the run."""
    drawing: dict[str, Any] = {}
    layout = None
    if form == PrintRun.Form.OVERPRINT:
        layout = OverprintLayout.objects.visible_to(by).in_use().filter(pk=layout_id).first()
        if layout is None:
            raise Refusal(Reason("LAYOUT_UNKNOWN", "没有这个套打版式，可能刚刚停用。请重新选择。"))
        drawing["layout"] = layout_of(layout.form).data()
    if printer_id:
        printer = Printer.objects.visible_to(by).in_use().filter(pk=printer_id).first()
        if printer is None:
            raise Refusal(Reason("PRINTER_UNKNOWN", "没有这台打印机，可能刚刚停用。请重新选择。"))
        drawing["offset"] = [float(printer.right), float(printer.down)]
    return layout, drawing


def _refuse(choice: Choice, expected: str) -> None:
    if not choice.count:
        raise Refusal(
            Reason("NOTHING_CHOSEN", "没有可打印的收据。请放宽条件；要再打一次已打印的，请勾选“包括已打印的”。")
        )
    if choice.seal != expected:
        text = "条件改过，或这期间有人打印、作废或收款，选中的收据已有变化。请看过新的张数再开始。"
        raise Refusal(Reason("CHANGED", text))


@accountable
def claim(*, run: PrintRun, receipts: Sequence[int], by: Staff, at: datetime) -> int:
    """Note that the run prints these now, each once; how many were new. What others printed first is left out.

    With `reprints` it is taken as well, and its copy number says that it is a repeat.
    """
    given = {"receipts": list(receipts), "at": at, "by": by.pk, "run": run.pk, "reprints": run.reprints}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, given)
        cursor.execute(CLAIM, given)
        return int(cursor.rowcount)


@accountable
def continue_run(*, run_id: int, close: bool, by: Staff, at: datetime) -> PrintRun:
    """Go on with a run that stopped; with `close` bind what is drawn and leave the rest unprinted."""
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    run = run_for(run_id, by)
    if run.finished_at:
        raise Refusal(Reason("FINISHED", f"{run}已经完成。请刷新页面。"))
    if run.job.finished_at is None:
        raise Refusal(Reason("RUNNING", f"{run}正在打印。请刷新页面。"))
    run.job = ask_for(kind=KIND, parameters={"file": run.file.hex, "close": close}, by=by, at=at)
    run.save(update_fields=["job"])
    record(by=by, at=at, verb="close_print_run" if close else "continue_print_run", subject=run)
    return run


@accountable
def cancel_run(*, run_id: int, by: Staff, at: datetime) -> PrintRun:
    """Stop a run at its next part; what is drawn is kept."""
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    run = run_for(run_id, by)
    cancel(job_id=run.job_id, by=by, at=at)
    return run


def run_for(run_id: int, by: Staff) -> PrintRun:
    """A run to act on, locked: of the office; a clerk's own."""
    rows = PrintRun.objects.visible_to(by).select_for_update(of=["self"]).select_related("job", "by")
    run = rows.filter(pk=run_id).first()
    if run is None:
        raise Refusal(Reason("RUN_UNKNOWN", "找不到这个打印批次，或不在您的管辖范围内。"))
    if by.role == Role.CLERK and run.by_id != by.pk:
        raise Refusal(Reason("RUN_OF_ANOTHER", f"{run}是{run.by.name}提交的，请由本人或主管办理。"))
    return run


@accountable
def finish_run(*, run: PrintRun, sha256: str, size: int, pages: int, by: Staff, at: datetime) -> None:
    """The run's file is there (or nothing was left to print); done once."""
    found = PrintRun.objects.select_for_update().get(pk=run.pk)
    if found.finished_at:
        return
    found.sha256, found.size, found.pages = sha256, size, pages
    found.printed, found.finished_at = found.prints.count(), timezone.now()
    found.save(update_fields=["sha256", "size", "pages", "printed", "finished_at"])
    detail = {"receipts": found.printed, "pages": pages}
    record(by=by, at=at, verb="finish_print_run", subject=found, detail=detail)


def takings(run: PrintRun) -> QuerySet[Act]:
    """The log's rows that tell who took the run's file."""
    return Act.objects.filter(subject_type=run._meta.label_lower, subject_id=run.pk, verb=FETCH)


@accountable
def take_run_file(*, run_id: int, reason: str, by: Staff, at: datetime) -> PrintRun:
    """Hand the run's file to somebody: from then on it may be on paper.

    The first time freely. Whoever took it may open and save it within SAME_TAKING; after that the papers in it would be
    a second set of originals, so that only who may act on the run gets it again, for a reason that the log keeps.
    """
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    run = PrintRun.objects.visible_to(by).select_for_update(no_key=True, of=["self"]).filter(pk=run_id).first()
    if run is None or not run.has_file:
        raise Refusal(Reason("NO_FILE", "这个批次没有文件，或文件已到期销毁。"))
    last = takings(run).order_by("pk").last()
    detail: dict[str, Any] = {"receipts": run.printed}
    if last and not (last.by_id == by.pk and timezone.now() - last.recorded_at < SAME_TAKING):
        _refuse_again(run, reason, by)
        detail["reason"] = reason.strip()
    record(by=by, at=at, verb=FETCH, subject=run, detail=detail)
    return run


def _refuse_again(run: PrintRun, reason: str, by: Staff) -> None:
    if len(reason.strip()) < 2:
        text = f"{run}的文件已经取过。确实没有印出来的，请写明原因再取；已经印出来的，请用补打，印上“补打”。"
        raise Refusal(Reason("TAKEN", text))
    run_for(run.pk, by)


@accountable
def print_run_again(*, run_id: int, by: Staff, at: datetime) -> PrintRun:
    """A new run of the same receipts on the same paper: each says 补打 with its copy number."""
    run = run_for(run_id, by)
    if run.finished_at is None or not run.printed:
        raise Refusal(Reason("NOT_FINISHED", f"{run}还没有打印完，不能补打。"))
    chosen = {"run": run.pk}
    most_lines = layout_kept(run).most_lines if run.layout_id else None
    seal = choice_of(by, chosen, reprints=True, most_lines=most_lines).seal
    kept = {"form": run.form, "layout_id": run.layout_id, "printer_id": run.printer_id}
    return start_run(chosen=chosen, reprints=True, **kept, expected=seal, by=by, at=at)


def layout_kept(run: PrintRun) -> Layout:
    """The layout as it was when the run was started."""
    return layout_of(run.drawing["layout"])
