"""WAL的接收: pulled from the server by the application's own user, who alone has the key, and sealed when whole.

The server keeps what was not received (a replication slot); the segment under way lies in a private folder of this
machine, so that a server that burns down takes nothing with it that was acknowledged.
"""

import logging
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from upkeep.backups.archive import NAME, archive
from upkeep.backups.programs import have_slot, listen, receiving
from upkeep.backups.sealing import Unsealable
from upkeep.backups.told import BackupError

SLOT = "canbao_archive"
LOOK_SECONDS = 1.0
AGAIN_SECONDS = 5.0

logger = logging.getLogger(__name__)


def receive(database: Mapping[str, Any], incoming: Path, folder: Path, *, key: bytes, over: threading.Event) -> None:
    """Receive and seal until told to stop; what goes wrong with the server or the disk is logged and tried again."""
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    while not over.is_set():
        try:
            have_slot(database, SLOT)
            _receive(database, incoming, folder, key, over)
        except (BackupError, Unsealable, OSError) as error:
            logger.error("archive_wal: %s", error)
        over.wait(AGAIN_SECONDS)


def _receive(database: Mapping[str, Any], incoming: Path, folder: Path, key: bytes, over: threading.Event) -> None:
    with receiving(database, incoming, slot=SLOT) as program:
        complaints = listen(program)
        try:
            while program.poll() is None and not over.wait(LOOK_SECONDS):
                seal_received(incoming, folder, key=key)
        finally:
            _end(program)
        seal_received(incoming, folder, key=key)
    if not over.is_set():
        raise BackupError(f"WAL 的接收断了，稍后再接：{complaints()}")


def seal_received(incoming: Path, folder: Path, *, key: bytes) -> None:
    """Seal what is whole, and only then remove it here; the segment under way is called `.partial`."""
    for segment in sorted(each for each in incoming.iterdir() if NAME.fullmatch(each.name)):
        archive(segment, folder, key=key)
        segment.unlink()


def _end(program: "subprocess.Popen[bytes]") -> None:
    program.send_signal(signal.SIGINT)
    try:
        program.wait(timeout=10)
    except subprocess.TimeoutExpired:
        program.kill()
