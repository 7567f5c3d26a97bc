"""对账单的任务: a large statement, read and taken in in the background."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from common.decision import Reason, Refusal
from households import vault
from offices.access import require_role
from offices.jobs import Progress, ask_for
from offices.models import Job, Staff
from payments.bank.file import read_statement
from payments.models import BankStatement
from payments.services import StatementDraft, take_statement

KIND = "statement"
AT_ONCE_BYTES = 500_000  # some thousand lines; what is larger is for a job


def ask_statement(
    *,
    data: bytes,
    name: str,
    account: str,
    step: str,
    by: Staff,
    at: datetime,
    columns: Mapping[str, str] | None = None,
) -> Job:
    """Have a large statement taken in in the background; until then the file lies in the vault."""
    require_role(by, Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR)
    digest = hashlib.sha256(data).hexdigest()
    known = {"sha256": digest, "name": name, "account": account, "step": step, "columns": dict(columns or {})}
    same = Job.objects.filter(kind=KIND, by=by, finished_at=None, parameters__contains=known).first()
    if same:
        return same
    place = uuid4()
    vault.put(place, data)
    return ask_for(kind=KIND, parameters=known | {"file": place.hex}, by=by, at=at)


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `statement`; one that was taken in by a worker that died then is not taken in again."""
    asked = job.parameters
    place = UUID(asked["file"])
    taken = BankStatement.objects.filter(sha256=asked["sha256"], by=job.by, at=job.asked_at).first()
    if taken is None:
        data = vault.get(place, sha256=asked["sha256"])
        if data is None:
            raise Refusal(Reason("FILE_GONE", "上传的文件已不在了，请重新上传对账单。"))
        read = read_statement(data, asked.get("columns"))
        progress(0, len(read.lines))
        draft = StatementDraft(data, asked["name"], read, asked["account"], asked["step"])
        taken = take_statement(draft=draft, by=job.by, at=job.asked_at)
    lines = taken.rows.count()
    progress(lines, lines)
    vault.drop(place)
    return {"statement": taken.pk}


def tidy() -> None:
    """Destroy the files of statements that were not taken in after all."""
    until = timezone.now() - timedelta(days=settings.JOB_FILES_KEPT_DAYS)
    old = Job.objects.filter(kind=KIND, finished_at__range=(until - timedelta(days=30), until), result=None)
    for job in old:
        vault.drop(UUID(job.parameters["file"]))
