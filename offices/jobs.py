"""后台任务: asked for in a request, done by a worker (`manage.py run_jobs`), with progress and a way to stop.

The queue is the table: a worker takes the oldest open row under SKIP LOCKED. Whoever is killed leaves a row whose
heartbeat stands still; it is taken once more, and fails with a sentence if it stands still again.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from common.decision import Refusal
from offices.acts import accountable, record
from offices.models import Job, Staff

# What does the work of a kind: a function of the job and `progress(done, total)`; its answer is plain JSON.
WORK = {
    "impact": "enrollment.impact_job.work",
    "paid_impact": "enrollment.paid_impact.work",
    "printing": "payments.printing.job.work",
}
# What a worker does now and then besides.
TIDY = ("payments.printing.job.tidy",)
STALLED_AFTER = timedelta(seconds=90)
ATTEMPTS = 2

Progress = Callable[[int, int], None]
logger = logging.getLogger(__name__)


class _Stopped(Exception):
    """The job is not to be gone on with."""


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


def run_next() -> bool:
    """Do the oldest job that waits, or that its worker has left; False where there is none."""
    job = _take()
    if job is None:
        return False
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, finished_at=None)

    def progress(done: int, total: int) -> None:
        alive = mine.filter(cancel_asked_at=None).update(done=done, total=total, heartbeat_at=timezone.now())
        if not alive:
            raise _Stopped

    try:
        result = import_string(WORK[job.kind])(job, progress)
    except _Stopped:
        mine.update(finished_at=timezone.now(), failed="已取消。")
    except Refusal as refusal:
        mine.update(finished_at=timezone.now(), failed="".join(reason.text for reason in refusal.reasons))
    except Exception:
        logger.exception("job %s failed", job.pk)
        text = "处理时出错，这一步没有完成；请重试，仍不行的请把任务编号告诉系统维护人员。"
        mine.update(finished_at=timezone.now(), failed=text)
    else:
        mine.update(finished_at=timezone.now(), result=result, done=F("total"))
    return True


def tidy() -> None:
    """Clear away what has had its time; what goes wrong with it stands in the log and stops nothing."""
    for each in TIDY:
        try:
            import_string(each)()
        except Exception:
            logger.exception("%s failed", each)


@transaction.atomic
def _take() -> Job | None:
    now = timezone.now()
    free = Q(started_at=None) | Q(heartbeat_at__lt=now - STALLED_AFTER)
    job = Job.objects.select_for_update(skip_locked=True).filter(free, finished_at=None).order_by("pk").first()
    if job is None:
        return None
    if job.cancel_asked_at or job.attempts >= ATTEMPTS:
        job.finished_at = now
        job.failed = "已取消。" if job.cancel_asked_at else "处理中断了两次，已停止；请重新提交。"
        job.save()
        return None
    job.attempts += 1
    job.started_at, job.heartbeat_at, job.done = now, now, 0
    job.save()
    return job
