"""后台任务: asked for in a request, done by a worker (`manage.py run_jobs`), with progress and a way to stop.

The row says what was asked and what came of it; the queue beneath (`offices/queue.py`) says whose turn it is. An entry
of the queue is written in the transaction that writes the row. A job that its worker has left is taken once more, and
fails with a sentence if it is left again.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from common.decision import Reason, Refusal
from offices import queue, scope
from offices.acts import accountable, record
from offices.models import Job, Staff
from offices.room import is_disk_full

# What does the work of a kind: a function of the job and `progress(done, total)`; its answer is plain JSON.
WORK = {
    "acts": "upkeep.log.exporting.work",
    "claim_sheet": "payments.funding.sheet_job.work",
    "impact": "enrollment.impact_job.work",
    "journal": "payments.money.journal_job.work",
    "list_apply": "rosters.lists.job.work_apply",
    "list_import": "rosters.lists.job.work_import",
    "list_revoke": "rosters.lists.job.work_revoke",
    "list_settle": "rosters.lists.job.work_settle",
    "listed_missing": "rosters.exporting.work",
    "omissions": "rosters.exporting.work",
    "paid_impact": "enrollment.paid_impact.work",
    "prepare_renewal": "payments.counter.prepared.work",
    "printing": "payments.printing.job.work",
    "renewal_list": "payments.counter.renewal_job.work",
    "roster_check": "rosters.checking.work",
    "roster_marked": "rosters.exporting.work",
    "roster_template": "rosters.outgoing.job.work",
    "roster_taking": "rosters.services.taking.work",
    "statement": "payments.bank.job.work",
}
# What a worker does now and then besides.
TIDY = (
    "payments.printing.job.tidy",
    "households.job_files.tidy",
    "payments.bank.job.tidy",
    "rosters.lists.job.tidy",
    "enrollment.registry.tidy",
    "offices.limits.tidy",
    "upkeep.nightly.seal_log",
    "upkeep.nightly.audit",
    "upkeep.nightly.back_up",
)
STALLED_AFTER = queue.STALLED_AFTER
ATTEMPTS = 2

Progress = Callable[[int, int], None]
logger = logging.getLogger(__name__)


class _Stopped(Exception):
    """The job is not to be gone on with."""


class _Left(Exception):
    """The worker is told to stop; the job is for another."""


@accountable
def ask_for(*, kind: str, parameters: dict[str, Any], by: Staff, at: datetime) -> Job:
    """Put a job into the queue; it belongs to the divisions of who asks. Asked again while open, it is the same."""
    if kind not in WORK:
        raise ValueError(f"nobody does jobs of kind {kind}")
    Staff.objects.select_for_update(no_key=True).get(pk=by.pk)  # a double click waits for its first half
    same = Job.objects.filter(kind=kind, parameters=parameters, by=by, finished_at=None, cancel_asked_at=None).first()
    if same:
        return same
    job = Job.objects.create(kind=kind, parameters=parameters, by=by, division_code=by.division_scope, asked_at=at)
    queue.put(job.pk)
    record(by=by, at=at, verb="ask_for_job", subject=job, detail={"kind": kind})
    return job


@accountable
def cancel(*, job_id: int, by: Staff, at: datetime) -> Job:
    """Ask for a stop: at once where nobody has begun, else at the worker's next step. A finished job stays."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.finished_at is None and job.cancel_asked_at is None:
        job.cancel_asked_at = timezone.now()
        if job.started_at is None:
            job.finished_at, job.failed = job.cancel_asked_at, "已取消。"
        job.save()
        record(by=by, at=at, verb="cancel_job", subject=job, detail={"kind": job.kind})
    return job


@accountable
def ask_again(*, job_id: int, by: Staff, at: datetime) -> Job:
    """Have a job that came to nothing done again, as the same job for the same person. Why it failed is logged."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.finished_at is None:
        raise Refusal(Reason("JOB_OPEN", "这个任务还没有结束，不必重新提交。请刷新页面。"))
    if not job.failed:
        raise Refusal(Reason("JOB_DONE", "这个任务已经完成，不必重新提交。请刷新页面。"))
    record(by=by, at=at, verb="ask_again_for_job", subject=job, detail={"kind": job.kind, "failed": job.failed})
    job.finished_at = job.started_at = job.heartbeat_at = job.cancel_asked_at = None
    job.failed, job.attempts, job.done = "", 0, 0
    job.save()
    queue.put(job.pk)
    return job


def run_next() -> bool:
    """Do the oldest job that waits, or that its worker has left; False where there is none."""
    queue.sweep()
    with queue.entries() as entries:
        for entry in entries:
            try:
                done = do(entry.job_id)
            except queue.Again as again:
                queue.put_back(entry, again)
                continue
            queue.remove(entry)
            if done:
                return True
    return False


def do(job_id: int, *, leaving: Callable[[], bool] = bool) -> bool:
    """Do a job, unless it has ended or been left too often: False. `leaving`: whether this worker is told to stop."""
    with queue.alone(job_id):
        with scope.everywhere("a worker does jobs of all divisions"):
            job = _begin(job_id)
        if job is None:
            return False
        with scope.within(_divisions(job)):
            _work(job, leaving)
        return True


def _divisions(job: Job) -> str:
    """What a job sees: as who asked, all of the office; the job's own divisions where its asker has moved since."""
    asked_by = job.by.office_scope
    return asked_by if job.division_code.startswith(asked_by) else job.division_code


def _work(job: Job, leaving: Callable[[], bool]) -> None:
    """Do what the job is about, and write down what came of it while it is still ours."""
    session = connection.connection
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, finished_at=None)
    try:
        result = import_string(WORK[job.kind])(job, _progress(mine, leaving))
    except _Left:
        mine.update(started_at=None, attempts=F("attempts") - 1)
        raise queue.Again(0) from None
    except queue.Again:
        raise
    except _Stopped:
        mine.filter(cancel_asked_at__isnull=False).update(finished_at=timezone.now(), failed="已取消。")
    except Exception as error:
        if connection.connection is not session or session.closed:
            raise queue.Again(5) from error  # the database went away: nothing can be said of the job
        mine.update(finished_at=timezone.now(), failed=_sentence(job, error))
    else:
        mine.update(finished_at=timezone.now(), result=result, done=F("total"))


def _progress(mine: QuerySet[Job], leaving: Callable[[], bool]) -> Progress:
    session = connection.connection

    def progress(done: int, total: int) -> None:
        alive = mine.filter(cancel_asked_at=None).update(done=done, total=total, heartbeat_at=timezone.now())
        if connection.connection is not session:
            raise queue.Again(5)  # the lock went with it
        if not alive:
            raise _Stopped
        if leaving():
            raise _Left

    return progress


def _sentence(job: Job, error: Exception) -> str:
    if isinstance(error, Refusal):
        return "".join(reason.text for reason in error.reasons)
    logger.error("job %s failed", job.pk, exc_info=error)
    if is_disk_full(error):
        return "服务器的磁盘满了，没有做完。请告诉管理员腾出空间，再重新提交。"
    return "处理时出错，这一步没有完成；请重试，仍不行的请把任务编号告诉系统维护人员。"


def tidy() -> None:
    """Clear away what has had its time; what goes wrong with it stands in the log and stops nothing."""
    for each in TIDY:
        try:
            with scope.everywhere("what is old is cleared away wherever it lies"):
                import_string(each)()
        except Exception:
            logger.exception("%s failed", each)


def _why_not(job: Job) -> str:
    if job.cancel_asked_at:
        return "已取消。"
    if not job.by.is_active:
        return "提交人已停用，没有办理；需要的请由别人重新提交。"
    return "处理中断了两次，已停止；请重新提交。" if job.attempts >= ATTEMPTS else ""


@transaction.atomic
def _begin(job_id: int) -> Job | None:
    now = timezone.now()
    jobs = Job.objects.select_for_update(of=["self"]).select_related("by")
    job = jobs.filter(pk=job_id, finished_at=None).first()
    if job is None:
        return None
    if why_not := _why_not(job):
        job.finished_at, job.failed = now, why_not
        job.save()
        return None
    job.attempts += 1
    job.started_at, job.heartbeat_at, job.done = now, now, 0
    job.save()
    return job
