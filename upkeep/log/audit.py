"""日志核对: does the chain hold, from the first act to the last seal? Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from common.dates import SHANGHAI
from upkeep.log.archive import Kept, read_archive, sha256_of
from upkeep.log.chain import digest_of, read_acts
from upkeep.models import ActArchive, ActSeal

SEAL_EVERY = timedelta(days=2)


@dataclass(slots=True)
class Archives:
    """The files to which lines were moved, in one folder; the one read last stays at hand."""

    folder: Path
    key: bytes
    _read: tuple[str, list[Kept]] = ("", [])

    def lines_of(self, archive: ActArchive) -> list[Kept]:
        """The lines of an archive; none where the file is missing or another than was written."""
        if self._read[0] != archive.name:
            path = self.folder / archive.name
            whole = path.is_file() and sha256_of(path) == archive.sha256
            self._read = (archive.name, list(read_archive(path, key=self.key)) if whole else [])
        return self._read[1]


@dataclass(slots=True)
class LogAudit:
    """What was looked at, and every fault in words."""

    seals: int = 0
    acts: int = 0
    archived: int = 0
    last: ActSeal | None = None
    faults: list[str] = field(default_factory=list)


def audit_acts(*, key: bytes, at: datetime, archives: Archives | None = None) -> LogAudit:
    """Every seal against the acts that it covers, in one snapshot.

    Of seals whose acts were archived the links are looked at, and with `archives` the acts in the files as well.
    """
    found = LogAudit()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        moved = list(ActArchive.objects.order_by("id"))
        for seal in ActSeal.objects.order_by("id").iterator():
            texts = _texts(seal, moved, archives, found)
            found.faults += _broken_link(seal, found.last)
            if texts is not None:
                found.faults += _faults(seal, texts, key)
            found.seals, found.acts, found.last = found.seals + 1, found.acts + len(texts or []), seal
        found.faults += _unsealed(found.last, at)
    return found


def _texts(seal: ActSeal, moved: Sequence[ActArchive], archives: Archives | None, found: LogAudit) -> list[str] | None:
    """What the acts of a seal say, from the table or the archive; None where they lie in a file that is not at hand."""
    archive = next((each for each in moved if each.first_id <= seal.first_id and seal.last_id <= each.last_id), None)
    if archive is None:
        return [text for _, text in read_acts(seal.first_id - 1, seal.last_id)]
    found.archived += seal.acts
    if archives is None:
        return None
    return [line.text for line in archives.lines_of(archive) if seal.first_id <= line.id <= seal.last_id]


def _broken_link(seal: ActSeal, before: ActSeal | None) -> Iterator[str]:
    if seal.previous != (before.digest if before else "") or seal.first_id != (before.last_id + 1 if before else 1):
        yield f"{_where(seal)}接不上前一号，中间缺了封存。"


def _where(seal: ActSeal) -> str:
    return f"第{seal.pk}号封存（日志编号{seal.first_id}至{seal.last_id}）"


def _faults(seal: ActSeal, texts: list[str], key: bytes) -> Iterator[str]:
    where = _where(seal)
    if len(texts) != seal.acts:
        more = "多" if len(texts) > seal.acts else "少"
        yield f"{where}封存时有{seal.acts}条，现在有{len(texts)}条，{more}了{abs(len(texts) - seal.acts)}条。"
    elif digest_of(seal.previous, iter(texts), key) != seal.digest:
        yield f"{where}与封存时不同：有内容被改动，或封存的钥匙不是原来的那一把。"


def _unsealed(last: ActSeal | None, at: datetime) -> Iterator[str]:
    after = last.last_id if last else 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(recorded_at) FROM offices_act WHERE id > %s", [after])
        count, since = cursor.fetchone()
    if count and at - since > SEAL_EVERY:
        day = since.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        yield f"自{day}起有{count}条日志还没有封存。请运行 manage.py seal_log，并设为每晚运行。"
