"""Many at once, in real threads with connections of their own, and waiting until they wait for one another."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from common.decision import Refusal
from tests.acting import as_owner


def in_thread(work: Callable[[], Any]) -> Any:
    """Run in this thread with a connection of its own, closed at the end; a refusal is an answer."""
    try:
        return work()
    except Refusal as refusal:
        return refusal
    finally:
        connection.close()


def together(*works: Callable[[], Any]) -> list[Any]:
    """Start all at the same moment; what each came to."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait(timeout=30)
        return in_thread(work)

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for other connections to get where the test wants them; fail rather than hang."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("the other connections did not get there")


def waiting_for_locks() -> int:
    """How many connections to this database wait for a lock, which the application's role is not told."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction the view stands still otherwise
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])
