"""恢复到某一刻的演练: laid out beside the live server, started, audited, and thrown away again."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings

from config.postgres_home import find_home
from upkeep.backups import beside
from upkeep.backups.point_in_time import LaidOut, lay_out
from upkeep.backups.proving import Steps, audited
from upkeep.backups.restoring import connect

_NEWEST = "SELECT count(*), max(issued_at) FROM payments_receipt"


@dataclass(frozen=True, slots=True)
class Drilled:
    """What was seen: seconds of each step, faults in words, and the last receipt that was there at that moment."""

    laid_out: LaidOut
    steps: Steps
    receipts: int
    newest: datetime | None


def drill_to(moment: datetime, database: dict[str, Any], *, key: bytes) -> Drilled:
    """Go back to a moment in a cluster of its own; the live one and its archive are only read."""
    home, steps = find_home(f"drill{os.getpid()}"), Steps()
    try:
        with steps.step("解开"):
            places = {"backups": settings.BACKUP_DIR, "wal": settings.WAL_DIR, "incoming": settings.WAL_INCOMING}
            laid_out = lay_out(**places, moment=moment, data=home.data, key=key)
            beside.own(home, laid_out.data)
            beside.own(home, laid_out.wal)
        with beside.running(home, database=database, timed=steps) as there:
            with connect(there) as connection:
                receipts, newest = connection.execute(_NEWEST).fetchone() or (0, None)
            with steps.step("核账"):
                steps.faults += audited(_url(there))
    finally:
        shutil.rmtree(home.folder, ignore_errors=True)
    return Drilled(laid_out, steps, receipts, newest)


def _url(there: dict[str, Any]) -> str:
    login = f"{quote(there['USER'], safe='')}:{quote(there['PASSWORD'], safe='')}"
    return f"postgresql://{login}@/{there['NAME']}?host={quote(there['HOST'])}&port={there['PORT']}"
