"""备份: everything as one moment saw it, sealed, in a folder of its own that is there whole or not at all."""

import hashlib
import os
import shutil
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from common.dates import SHANGHAI
from households import vault
from upkeep.backups.facts import read_facts
from upkeep.backups.programs import dumping, listen
from upkeep.backups.sealing import seal
from upkeep.backups.told import DATABASE, FILES, BackupError, Description
from upkeep.models import Backup

# The files whose bytes a backup holds. Those of print runs are left out: they can be printed anew.
_STORED = """
    SELECT name FROM households_storedfile WHERE purged_at IS NULL
    ORDER BY name
"""


def make(folder: Path, *, key: bytes, at: datetime) -> Backup:
    """Save database and files below the folder; the row that tells of it."""
    began = time.monotonic()
    name = at.astimezone(SHANGHAI).strftime("%Y%m%d-%H%M%S")
    fresh, place = folder / f".{name}.part", folder / name
    with _in_words(folder):
        if place.exists() or fresh.exists():
            raise BackupError(f"{place} 已经有了。请过一秒再试。")
        try:
            fresh.mkdir(mode=0o700, parents=True)
            description = _write(fresh, key, at)
            fresh.rename(place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    size = sum(each.stat().st_size for each in place.iterdir())
    receipts = description.counts["payments_receipt"]
    spent = time.monotonic() - began
    return Backup.objects.create(made_at=at, seconds=spent, size=size, place=str(place), receipts=receipts)


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupError(f"备份写不成（{error.strerror}）：{folder}。请检查磁盘空间和权限。") from error


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest; what is no backup stays."""
    backups = sorted(each for each in folder.glob("[0-9]*-[0-9]*") if (each / DATABASE).exists())
    old = backups[:-keep]
    for each in old:
        shutil.rmtree(each)
    return old


def _write(fresh: Path, key: bytes, at: datetime) -> Description:
    """The three files; the database's snapshot stays open until the list of files is read from it too."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        facts = read_facts(connection.cursor)
        cursor.execute("SELECT pg_export_snapshot()")
        _dump(fresh / DATABASE, key, snapshot=cursor.fetchone()[0])
        cursor.execute(_STORED)
        names = [row[0] for row in cursor.fetchall()]
    files = _pack(fresh / FILES, key, names)
    digests = {each: digest_of(fresh / each) for each in (DATABASE, FILES)}
    description = Description(at.isoformat(), facts.counts, facts.receipts_amount, files, digests, facts.migrations)
    description.write(fresh)
    return description


def _dump(path: Path, key: bytes, *, snapshot: str) -> None:
    # What a snapshot sees is the same for all; only the owner may read all tables past their policies.
    owners = settings.OWNER_DATABASE or connection.settings_dict
    with dumping(owners, snapshot=snapshot) as program, private(path) as target:
        complaints = listen(program)
        seal(program.stdout, target, key)
        program.wait()
    if program.returncode:
        raise BackupError(f"数据库导不出来：{complaints()}")


def _pack(path: Path, key: bytes, names: list[UUID]) -> int:
    """The files' bytes as a sealed tar; how many there were. One that was destroyed meanwhile is left out."""
    reading, writing = os.pipe()
    count = [0]

    def write() -> None:
        with os.fdopen(writing, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|") as tar:
            for name in names:
                if (source := vault.path_of(name)).is_file():
                    tar.add(source, arcname=name.hex)
                    count[0] += 1

    writer = threading.Thread(target=write)
    with os.fdopen(reading, "rb") as pipe, private(path) as target:
        writer.start()
        seal(pipe, target, key)
        writer.join()
    return count[0]


@contextmanager
def private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner reads, on the disk when the block ends."""
    with vault.created(path) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
