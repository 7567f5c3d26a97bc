"""名单的任务: a large list read in, taken in (入库), followed up (处理) or withdrawn (撤回) in the background."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from households import vault
from offices.jobs import Progress, ask_for
from offices.models import Job, Staff
from rosters.lists.applying import apply_list, settle_list
from rosters.lists.importing import ListDraft, draft_again, import_list, keep_list, read_again, read_draft, refuse_draft
from rosters.lists.revoking import Revoked, revoke_list
from rosters.models import FunderList

IMPORT, APPLY, SETTLE, REVOKE = "list_import", "list_apply", "list_settle", "list_revoke"
AT_ONCE_BYTES = 300_000  # some three thousand lines of text; a workbook holds more in as many bytes
AT_ONCE_LINES = 3_000


def ask_import(*, draft: ListDraft, by: Staff, at: datetime) -> FunderList | Job:
    """The list, where the file is small; else the job that reads it. What is refused at sight is refused now."""
    if len(draft.data) <= AT_ONCE_BYTES:
        return import_list(draft=draft, by=by, at=at)
    refuse_draft(draft, by=by, at=at)
    return _ask(draft, by=by, at=at)


def ask_read_again(*, list_id: int, mapping: Mapping[str, str], by: Staff, at: datetime) -> FunderList | Job:
    """The same file with other columns, as `ask_import`."""
    draft = draft_again(list_id, mapping, by=by)
    if len(draft.data) <= AT_ONCE_BYTES:
        return read_again(list_id=list_id, mapping=mapping, by=by, at=at)
    refuse_draft(draft, by=by, at=at, instead=list_id)
    return _ask(draft, by=by, at=at, instead=list_id)


def _ask(draft: ListDraft, *, by: Staff, at: datetime, instead: int | None = None) -> Job:
    asked = {
        "kind": draft.kind,
        "ruleset": draft.ruleset_code,
        "division": draft.division,
        "month": f"{draft.month}",
        "filename": draft.filename,
        "funder": draft.funder,
        "mapping": dict(draft.mapping),
        "instead": instead,
        "sha256": hashlib.sha256(draft.data).hexdigest(),
    }
    same = Job.objects.filter(kind=IMPORT, by=by, finished_at=None, cancel_asked_at=None, parameters__contains=asked)
    if found := same.first():
        return found
    name = uuid4()
    vault.put(name, draft.data)
    try:
        return ask_for(kind=IMPORT, parameters=asked | {"file": name.hex}, by=by, at=at)
    except BaseException:
        vault.drop(name)
        raise


def work_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `list_import`; a list that a worker has kept before it died is found by its file."""
    name, sha256 = UUID(job.parameters["file"]), job.parameters["sha256"]
    found = FunderList.objects.filter(name=name).first()
    if found is None:
        data = vault.get(name, sha256=sha256)
        if data is None:
            raise Refusal(Reason("FILE_GONE", "上传的文件已不在了，请重新导入名单。"))
        progress(0, 100)
        draft, at = _draft(job.parameters, data), job.asked_at.astimezone(SHANGHAI)
        read = read_draft(draft, at)
        progress(50, 100)
        instead = job.parameters["instead"]
        found = keep_list(draft=draft, read=read, name=name, instead=instead, by=job.by, at=at)
    return {"list": found.pk, "lines": found.lines.count()}


def _draft(asked: Mapping[str, Any], data: bytes) -> ListDraft:
    return ListDraft(
        kind=asked["kind"],
        ruleset_code=asked["ruleset"],
        division=asked["division"],
        month=date.fromisoformat(asked["month"]),
        filename=asked["filename"],
        data=data,
        funder=asked["funder"],
        mapping=asked["mapping"],
    )


def ask_apply(*, list_id: int, seen: int, by: Staff, at: datetime) -> FunderList | Job:
    """入库 at once, or of a long list by a job."""
    if _is_long(list_id):
        return ask_for(kind=APPLY, parameters={"list": list_id, "seen": seen}, by=by, at=at)
    return apply_list(list_id=list_id, seen=seen, by=by, at=at)


def work_apply(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `list_apply`: one transaction, which can be stopped until it begins."""
    list_id = job.parameters["list"]
    progress(0, 100)
    if not FunderList.objects.filter(pk=list_id, applied_at=job.asked_at, applied_by=job.by).exists():
        apply_list(list_id=list_id, seen=job.parameters["seen"], by=job.by, at=job.asked_at.astimezone(SHANGHAI))
    return {"list": list_id}


def ask_settle(*, list_id: int, by: Staff, at: datetime) -> tuple[int, int] | Job:
    """处理 at once, or of a long list by a job."""
    if _is_long(list_id):
        return ask_for(kind=SETTLE, parameters={"list": list_id}, by=by, at=at)
    return settle_list(list_id=list_id, by=by, at=at)


def work_settle(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `list_settle`: person by person, so that what was done before a stop stays done."""
    list_id = job.parameters["list"]
    at = job.asked_at.astimezone(SHANGHAI)
    done, left = settle_list(list_id=list_id, by=job.by, at=at, progress=progress)
    return {"list": list_id, "settled": done, "left": left}


def ask_revoke(*, list_id: int, reason: str, by: Staff, at: datetime) -> Revoked | Job:
    """撤回 a list in force at once, or a long one by a job."""
    if _is_long(list_id):
        return ask_for(kind=REVOKE, parameters={"list": list_id, "reason": reason}, by=by, at=at)
    return revoke_list(list_id=list_id, reason=reason, by=by, at=at)


def work_revoke(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `list_revoke`: one transaction, which can be stopped until it begins."""
    list_id, reason = job.parameters["list"], job.parameters["reason"]
    progress(0, 100)
    if not FunderList.objects.filter(pk=list_id, withdrawn_at=job.asked_at, withdrawn_by=job.by).exists():
        revoke_list(list_id=list_id, reason=reason, by=job.by, at=job.asked_at.astimezone(SHANGHAI))
    return {"list": list_id}


def _is_long(list_id: int) -> bool:
    return FunderList.objects.filter(pk=list_id, lines__isnull=False)[: AT_ONCE_LINES + 1].count() > AT_ONCE_LINES


def job_of(found: FunderList) -> Job | None:
    """The latest job at a list, where it is open or came to nothing."""
    mine = Q(kind__in=(APPLY, SETTLE, REVOKE), parameters__list=found.pk) | Q(kind=IMPORT, parameters__instead=found.pk)
    job = Job.objects.filter(mine).select_related("by").order_by("-pk").first()
    return job if job and (job.finished_at is None or job.failed) else None


def tidy() -> None:
    """Destroy the files of lists that were not read in after all."""
    until = timezone.now() - timedelta(days=settings.JOB_FILES_KEPT_DAYS)
    old = Job.objects.filter(kind=IMPORT, finished_at__range=(until - timedelta(days=30), until), result=None)
    for job in old:
        vault.drop(UUID(job.parameters["file"]))
