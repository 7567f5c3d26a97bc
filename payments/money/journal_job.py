"""日记账的任务: a long journal, made in the background."""

from datetime import date
from typing import Any

from households import job_files
from offices.jobs import Progress
from offices.models import Job
from offices.taking import Copy
from payments.services.exporting import TYPES, made, span_of


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `journal`. Whose the offices are is asked once more: who asked may have moved."""
    asked = job.parameters
    first, last = date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"])
    span = span_of(office_ids=asked["offices"], first=first, last=last, by=job.by)
    data, _ = made(span, asked["document"], Copy(**asked["copy"]), progress)
    return job_files.keep(job, name=asked["name"], content=TYPES[asked["document"].partition(".")[2]], data=data)
