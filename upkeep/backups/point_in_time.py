"""恢复到某一刻: a base backup and the WAL after it, laid out so that PostgreSQL, started on it, stops there."""

import shlex
import shutil
import tarfile
from argparse import ArgumentTypeError
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from common.dates import SHANGHAI
from upkeep.backups.archive import unsealed
from upkeep.backups.base import BASE, Base, bases
from upkeep.backups.making import digest_of
from upkeep.backups.sealing import Opened
from upkeep.backups.told import BackupError

PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What a server will start from."""

    base: Base
    data: Path
    wal: Path
    segments: int


def moment_of(text: str) -> datetime:
    """A moment as an office writes it, in Shanghai: 2026-11-29 10:15:30. What argparse is to say if it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}”不是时刻，请写成 '2026-11-29 10:15:30'。") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def lay_out(*, backups: Path, wal: Path, incoming: Path, moment: datetime, data: Path, key: bytes) -> LaidOut:
    """Put the newest base before the moment into `data`, its WAL beside it; nothing is written over."""
    place, base = _base_before(backups, moment)
    beside = data.with_name(f"{data.name}-wal")
    for folder in (data, beside):
        if folder.exists() and any(folder.iterdir()):
            raise BackupError(f"{folder} 里已有内容，不会覆盖。请写一个空的文件夹。")
    if digest_of(place / BASE) != base.digest:
        raise BackupError(f"{place / BASE} 已损坏，与备份时不同。请换一份备份。")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / BASE).open("rb") as source, tarfile.open(fileobj=Opened(source, key), mode="r|") as tar:
        tar.extractall(data, filter="data")
    data.chmod(0o700)
    segments = unsealed(wal, beside, key=key) + _under_way(incoming, beside)
    _recover_to(data, beside, moment)
    return LaidOut(base, data, beside, segments)


def _base_before(backups: Path, moment: datetime) -> tuple[Path, Base]:
    earlier = [(place, base) for place, base in bases(backups) if base.ended <= moment]
    if not earlier:
        told = moment.astimezone(SHANGHAI)
        raise BackupError(f"{backups} 里没有在 {told:%Y-%m-%d %H:%M:%S} 以前做完的基础备份，恢复不到那一刻。")
    return earlier[-1]


def _under_way(incoming: Path, beside: Path) -> int:
    """The segment that was being received when the server was lost, too."""
    found = sorted(incoming.glob(f"*{PARTIAL}")) if incoming.exists() else []
    for each in found:
        shutil.copyfile(each, beside / each.name.removesuffix(PARTIAL))
    return len(found)


def _recover_to(data: Path, beside: Path, moment: datetime) -> None:
    fetch = f"cp {shlex.quote(str(beside.absolute()))}/%f %p".replace("'", "''")
    settings = {
        "restore_command": fetch,
        "recovery_target_time": moment.isoformat(sep=" "),
        "recovery_target_action": "promote",
        "archive_mode": "off",  # it must not write into the archive of the live one
    }
    with (data / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (data / "recovery.signal").touch(mode=0o600)
