"""就绪: whether pages can be served here, and what else an operator would want to be woken for."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from upkeep.standing import standing

WORKER_HEARD = timedelta(seconds=60)
LEAST_FREE = 500_000_000  # bytes: scans, print runs and a backup still fit


class Point(NamedTuple):
    """One thing that was looked at. What `must` hold decides about traffic; the rest is for whoever looks after it."""

    name: str
    is_well: bool
    must: bool


def points() -> Iterator[Point]:
    """What holds now; where the database is away nothing more is asked of it."""
    yield Point("disk", all(free_at(place) >= LEAST_FREE for place in (settings.FILES_DIR, settings.BACKUP_DIR)), True)
    has_database = _holds(_answers)
    yield Point("database", has_database, True)
    if has_database:
        yield Point("migrations", _holds(_is_migrated), True)
        yield Point("worker", _holds(_worker_is_heard_of), False)
        yield Point("backup", _holds(lambda: settings.DEMO or not standing().is_late), False)


def free_at(place: Path) -> int:
    """Bytes that may still be written where the folder is, or will be."""
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def heard_of() -> int:
    """How many workers were heard of lately."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s", [WORKER_HEARD])
        return cursor.fetchone()[0]


def _holds(asked: Callable[[], bool]) -> bool:
    try:
        return asked()
    except DatabaseError:
        return False


def _answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _worker_is_heard_of() -> bool:
    return heard_of() > 0
