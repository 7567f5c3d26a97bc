"""日志归档: lines older than CANBAO_LOG_MONTHS leave the database for a sealed file; their seals stay in the chain.

The file holds the very texts of which the digests were made, so that it proves itself: with it and the keys each seal
can be made again. Only the owner of the tables can take lines out, and only whole seals at the old end.
"""

import hashlib
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from django.db import connection, transaction

from common.dates import SHANGHAI, add_months, local_day
from common.decision import Reason, Refusal
from households import vault
from upkeep.backups.sealing import Opened, seal
from upkeep.log.chain import read_acts
from upkeep.models import ActArchive, ActSeal

LEAST_MONTHS = 6
# The owner puts the trigger aside for this transaction; the application's role can do neither.
_TAKE_OUT = """
    ALTER TABLE offices_act DISABLE TRIGGER USER;
    DELETE FROM offices_act WHERE id <= {last_id};
    ALTER TABLE offices_act ENABLE TRIGGER USER;
"""
_NEWEST = "SELECT max(recorded_at) FROM offices_act WHERE id BETWEEN %s AND %s"


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of an archive: the act's number and the text that its seal's digest was made of."""

    id: int
    text: str


def archive_acts(*, months: int, folder: Path, key: bytes, at: datetime) -> ActArchive | None:
    """Move the lines of all seals whose newest line is older; None where there is none. All or nothing.

    The file is written, read again and compared before a line is taken out.
    """
    if months < LEAST_MONTHS:
        raise Refusal(Reason("LOG_MONTHS", f"操作日志至少保留{LEAST_MONTHS}个月，不能按{months}个月归档。"))
    day = add_months(local_day(at), -months)
    cutoff = datetime.combine(day, time.min, tzinfo=SHANGHAI)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('seal acts', 0))")
        seals = _old_seals(cutoff)
        if not seals:
            return None
        first, last = seals[0].first_id, seals[-1].last_id
        lines = [Kept(*each) for each in read_acts(first - 1, last)]
        if len(lines) != sum(each.acts for each in seals):
            text = "要归档的日志与封存时的条数不符，没有归档。请先运行 manage.py audit_log 查明。"
            raise Refusal(Reason("LOG_BROKEN", text))
        path = folder / f"acts-{first}-{last}.sealed"
        digest = _written(path, lines, key)
        cursor.execute(_TAKE_OUT.format(last_id=int(last)))
        return ActArchive.objects.create(
            first_id=first, last_id=last, acts=len(lines), name=path.name, sha256=digest, archived_at=at
        )


def _old_seals(cutoff: datetime) -> list[ActSeal]:
    """The seals after the last archive, up to the first that has a line that must stay."""
    done = ActArchive.objects.order_by("-last_id").values_list("last_id", flat=True).first() or 0
    found = []
    for each in ActSeal.objects.filter(first_id__gt=done).order_by("id"):
        with connection.cursor() as cursor:
            cursor.execute(_NEWEST, [each.first_id, each.last_id])
            newest = cursor.fetchone()[0]
        if newest is None or newest >= cutoff:
            break
        found.append(each)
    return found


def _written(path: Path, lines: list[Kept], key: bytes) -> str:
    """Write the file, read it back, and give its SHA-256."""
    plain = "".join(json.dumps([each.id, each.text], ensure_ascii=False) + "\n" for each in lines).encode()
    try:
        with vault.created(path) as file:
            seal(io.BytesIO(plain), file, key)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        text = f"{path} 已经有了，不会覆盖，没有归档。请换一个文件夹，或先移走这个文件。"
        raise Refusal(Reason("ARCHIVE_EXISTS", text)) from error
    if list(read_archive(path, key=key)) != lines:
        raise OSError(f"{path} reads back otherwise than it was written")
    return sha256_of(path)


def read_archive(path: Path, *, key: bytes) -> Iterator[Kept]:
    """The lines of an archive, in order; Unsealable where it does not open."""
    with path.open("rb") as file:
        text = Opened(file, key).read().decode()
    for line in text.splitlines():
        yield Kept(*json.loads(line))


def sha256_of(path: Path) -> str:
    """The digest of the sealed file, as the database notes it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
