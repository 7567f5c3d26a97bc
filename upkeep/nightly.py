"""每晚: what an office would forget, done by whichever worker comes first; a demonstration needs none of it.

Whoever runs `manage.py backup` and `seal_log` by a timer of the server sets CANBAO_NIGHTLY to 0.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from common.dates import SHANGHAI
from upkeep.audits import kinds, last_run, run
from upkeep.backups.making import make, prune
from upkeep.keys import key_of
from upkeep.log.chain import seal_acts
from upkeep.models import ActSeal, Backup

NIGHT_ENDS = 6  # o'clock
SOON = timedelta(hours=20)
OVERDUE = timedelta(hours=48)
BACKUPS_KEPT = 14


def back_up() -> None:
    """A backup each night; by day only where nights were missed, as on a PC that is switched off."""
    with _alone("nightly backup") as mine:
        last = Backup.objects.values_list("made_at", flat=True).first()
        if mine and is_due(last, timezone.now()):
            make(settings.BACKUP_DIR, key=key_of(settings.BACKUP_KEY), at=timezone.now().replace(microsecond=0))
            prune(settings.BACKUP_DIR, keep=BACKUPS_KEPT)


def seal_log() -> None:
    """The new lines of the acts log sealed each night."""
    with _alone("nightly seal") as mine:
        last = ActSeal.objects.values_list("sealed_at", flat=True).first()
        if mine and is_due(last, timezone.now()):
            seal_acts(key=key_of(settings.LOG_KEY), at=timezone.now())


def audit() -> None:
    """Money, log and sums looked at each night; the seals of the night are there by then."""
    with _alone("nightly audits") as mine:
        if mine and is_due(last_run(), timezone.now()):
            for kind in kinds():
                run(kind)


def is_due(last: datetime | None, now: datetime) -> bool:
    """Whether it is time: at night once, at any time where it is overdue."""
    if settings.DEMO or not settings.NIGHTLY:
        return False
    if last is None or now - last > OVERDUE:
        return True
    return now - last > SOON and now.astimezone(SHANGHAI).hour < NIGHT_ENDS


@contextmanager
def _alone(what: str) -> Iterator[bool]:
    """Whether nobody else is at it; a lock of the session, so that a worker that dies leaves none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [what])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [what])
