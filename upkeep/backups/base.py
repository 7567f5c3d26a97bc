"""基础备份: all of a server's data folder, sealed, from which its archived WAL leads to any later second."""

import json
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from common.dates import SHANGHAI
from upkeep.backups.archive import prune_archive
from upkeep.backups.making import digest_of, private
from upkeep.backups.programs import copying, listen
from upkeep.backups.sealing import seal
from upkeep.backups.told import BackupError

BASE, DESCRIPTION, PREFIX = "base.sealed", "base.json", "base-"
MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup: from when to when it was made; any moment after its end can be reached."""

    began_at: str
    ended_at: str
    seconds: float
    size: int
    digest: str

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.began_at)

    @property
    def ended(self) -> datetime:
        return datetime.fromisoformat(self.ended_at)


def make_base(folder: Path, database: dict[str, Any], *, key: bytes) -> tuple[Path, Base]:
    """Copy the server's data while it works; there whole or not at all."""
    began = timezone.now()
    name = f"{PREFIX}{began.astimezone(SHANGHAI):%Y%m%d-%H%M%S}"
    fresh, place = folder / f".{name}.part", folder / name
    if place.exists() or fresh.exists():
        raise BackupError(f"{place} 已经有了。请过一秒再试。")
    started = time.monotonic()
    try:
        fresh.mkdir(mode=0o700, parents=True)
        _copy(fresh / BASE, database, key)
        size, spent = (fresh / BASE).stat().st_size, time.monotonic() - started
        base = Base(began.isoformat(), timezone.now().isoformat(), spent, size, digest_of(fresh / BASE))
        (fresh / DESCRIPTION).write_text(json.dumps(asdict(base), indent=1) + "\n")
        fresh.rename(place)
    except OSError as error:
        raise BackupError(f"备份写不成（{error.strerror}）：{folder}。请检查磁盘空间和权限。") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place, base


def bases(folder: Path) -> list[tuple[Path, Base]]:
    """All base backups of the folder, the oldest first."""
    found = []
    for place in sorted(folder.glob(f"{PREFIX}[0-9]*")):
        try:
            found.append((place, Base(**json.loads((place / DESCRIPTION).read_text()))))
        except (OSError, ValueError, TypeError) as error:
            raise BackupError(f"{place / DESCRIPTION} 读不懂，这份备份已损坏。请移走它。") from error
    return found


def prune_bases(folder: Path, wal: Path, *, keep: int) -> tuple[int, int]:
    """Remove all but the newest, and the WAL that only the older ones needed; how many of each."""
    found = bases(folder)
    for place, _ in found[:-keep]:
        shutil.rmtree(place)
    kept = found[-keep:]
    return len(found) - len(kept), prune_archive(wal, before=kept[0][1].began - MARGIN) if kept else 0


def _copy(path: Path, database: dict[str, Any], key: bytes) -> None:
    with copying(database) as program, private(path) as target:
        complaints = listen(program)
        seal(program.stdout, target, key)
        program.wait()
    if program.returncode:
        raise BackupError(f"数据库的基础备份做不成：{complaints()}")
