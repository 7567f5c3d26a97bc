"""任务的文件: what a job has made, kept in the vault for some days, for who asked for it."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from households import vault
from offices.models import Job


def keep(job: Job, *, name: str, content: str, data: bytes) -> dict[str, Any]:
    """Put the file where it is kept; the answer is the job's result. Whoever makes it anew puts it in its place."""
    place = _place_of(job)
    path = vault.path_of(place)
    for left in path.parent.glob(f"{place.hex}.*"):  # by a worker that was killed; only one is at a job
        left.unlink(missing_ok=True)
    fresh = path.with_suffix(f".{uuid4().hex}")
    with vault.created(fresh) as file:
        file.write(data)
    vault.take_in(place, fresh)
    digest = hashlib.sha256(data).hexdigest()
    return {"stored": place.hex, "name": name, "content": content, "sha256": digest, "size": len(data)}


def _place_of(job: Job) -> UUID:
    """The job's own name in the vault, which nobody guesses and a second attempt finds again."""
    return UUID(bytes=salted_hmac("households.job_files", str(job.pk)).digest()[:16], version=4)


def file_of(job: Job) -> bytes | None:
    """What the job has made; None where there is nothing, or no more."""
    kept = job.result or {}
    return vault.get(UUID(kept["stored"]), sha256=kept["sha256"]) if kept.get("stored") else None


def tidy() -> int:
    """Destroy the files that were kept long enough; how many."""
    long_ago = timezone.now() - timedelta(days=settings.JOB_FILES_KEPT_DAYS)
    old = Job.objects.filter(result__has_key="stored", finished_at__lt=long_ago)
    for job in old:
        vault.drop(UUID(job.result["stored"]))
        kept = {key: value for key, value in job.result.items() if key not in ("stored", "sha256")}
        Job.objects.filter(pk=job.pk).update(result=kept | {"purged": True})
    return len(old)
