"""WAL归档: the database's log of changes, segment by segment, sealed; with a base backup it leads to any second."""

import hashlib
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from upkeep.backups.sealing import seal, unseal
from upkeep.backups.told import BackupError

SEALED = ".sealed"
# A segment, the history of a timeline, or where a base backup began.
NAME = re.compile(r"[0-9A-F]{8}(\.history|[0-9A-F]{16}(\.[0-9A-F]{8}\.backup)?)")


def archive(segment: Path, folder: Path, *, key: bytes) -> Path:
    """Seal a whole segment into the folder, on the disk before this returns; the same once more is no error.

    Raises BackupError where another segment of that name is there: two servers would be writing into one archive.
    """
    if not NAME.fullmatch(segment.name):
        raise BackupError(f"{segment.name} 不是 WAL 文件。")
    place = folder / f"{segment.name}{SEALED}"
    if place.exists():
        if _digest_within(place, key) != hashlib.sha256(segment.read_bytes()).digest():
            raise BackupError(f"{place} 已经有了，内容不同，不会覆盖。是不是有两台服务器写进了同一个归档文件夹？")
        return place
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        _seal(segment, fresh, key)
        os.link(fresh, place)  # and not a rename, which would write over what came meanwhile
    finally:
        fresh.unlink(missing_ok=True)
    _sync(folder)
    return place


def unsealed(folder: Path, into: Path, *, key: bytes) -> int:
    """All segments, opened, into a folder where a server finds them; how many."""
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = 0
    for place in _segments(folder):
        with place.open("rb") as source, (into / place.name.removesuffix(SEALED)).open("wb") as target:
            target.writelines(unseal(source, key))
        count += 1
    return count


def prune_archive(folder: Path, *, before: datetime) -> int:
    """Remove the segments that were sealed before a moment; how many."""
    old = [each for each in _segments(folder) if each.stat().st_mtime < before.timestamp()]
    for each in old:
        each.unlink()
    return len(old)


def _segments(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.glob(f"*{SEALED}")):
        if NAME.fullmatch(each.name.removesuffix(SEALED)):
            yield each


def _seal(segment: Path, fresh: Path, key: bytes) -> None:
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with segment.open("rb") as source, os.fdopen(descriptor, "wb") as target:
        seal(source, target, key)
        target.flush()
        os.fsync(target.fileno())


def _digest_within(place: Path, key: bytes) -> bytes:
    digest = hashlib.sha256()
    with place.open("rb") as source:
        for chunk in unseal(source, key):
            digest.update(chunk)
    return digest.digest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
