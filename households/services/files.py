"""档案文件: keeping photos and scans, and removing them."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import uuid4

from django.db import transaction

from common.decision import Reason, Refusal
from households import vault
from households.imaging import Crop, Upload, photo_of, scan_of
from households.models import Household, StoredFile
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff

FILES_LIMIT = 200  # in one household


def store_scan(
    *, household_id: int, kind: str, data: bytes, by: Staff, at: datetime, person_id: int | None = None
) -> StoredFile:
    """Keep a scan; what it is, is decided by its content before a row is locked."""
    return _store(household_id=household_id, person_id=person_id, kind=kind, upload=scan_of(data), by=by, at=at)


def store_photo(
    *, household_id: int, person_id: int, data: bytes, by: Staff, at: datetime, crop: Crop | None = None
) -> StoredFile:
    """Keep a person's one-inch photo; the latest is the one in use. Prints handed in are counted apart."""
    upload = photo_of(data, crop=crop)
    kind = StoredFile.Kind.PHOTO
    return _store(household_id=household_id, person_id=person_id, kind=kind, upload=upload, by=by, at=at)


@accountable
def _store(
    *, household_id: int, person_id: int | None, kind: str, upload: Upload, by: Staff, at: datetime
) -> StoredFile:
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    household = visible(Household.objects.select_for_update(of=["self"]), by).get(pk=household_id)
    if person_id and not household.memberships.filter(ends_on=None, person=person_id).exists():
        raise Refusal(Reason("not_a_member", "所选的人已不在本户。请刷新页面后再办理。"))
    if household.files.filter(removed_at=None).count() >= FILES_LIMIT:
        raise Refusal(Reason("files_many", f"本户已有{FILES_LIMIT}份文件，不能再加。请主管移除不用的文件。"))
    name = uuid4()
    try:
        stored = StoredFile.objects.create(
            household=household,
            person_id=person_id,
            kind=kind,
            name=name,
            content=upload.content,
            size=len(upload.data),
            pages=upload.pages,
            sha256=vault.put(name, upload.data),
            stored_at=at,
            stored_by=by,
        )
        detail = {"kind": stored.get_kind_display(), "sha256": stored.sha256[:12]}
        record(by=by, at=at, verb="store_file", subject=household, detail=detail)
    except BaseException:
        vault.drop(name)
        raise
    return stored


@accountable
def remove_file(*, file_id: int, reason: str, purge: bool, by: Staff, at: datetime) -> StoredFile:
    """Take a file out of the household's papers; with `purge` its bytes are destroyed too, the row stays."""
    require_role(by, Staff.Role.SUPERVISOR)
    files = visible(StoredFile.objects.select_for_update(of=["self"]), by, field="household__division_code")
    found = files.select_related("household").get(pk=file_id)
    if found.removed_at:
        raise Refusal(Reason("file_removed", "这份文件已经移除。请刷新页面。"))
    found.removed_at, found.removed_by, found.removal_reason = at, by, reason
    found.purged_at = at if purge else None
    found.save(update_fields=["removed_at", "removed_by", "removal_reason", "purged_at"])
    verb = "purge_file" if purge else "remove_file"
    detail = {"kind": found.get_kind_display(), "sha256": found.sha256[:12], "reason": reason}
    record(by=by, at=at, verb=verb, subject=found.household, detail=detail)
    if purge:
        transaction.on_commit(partial(vault.drop, found.name))
    return found


def photos_of(persons: Sequence[int]) -> dict[int, StoredFile]:
    """The photo in use of each of these persons who has one: the latest that was not removed."""
    rows = StoredFile.objects.filter(person__in=persons, kind=StoredFile.Kind.PHOTO, removed_at=None)
    return {row.person_id: row for row in rows.order_by("pk") if row.person_id}
