"""队列: what lies beneath the background jobs: procrastinate, which keeps its queue in our own database.

An entry of the queue names a row of `Job` and nothing else, and goes when its job has ended. A worker's sign of life is
its row in procrastinate's tables, renewed every few seconds; whoever is killed leaves an entry `doing`, which is put
back (`sweep`). Whether somebody is still at a job is another question than whether he has been heard of: that is a lock
of the database session (`alone`), which goes with the session and not before.
"""

import asyncio
import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.sql import queries

from offices import scope

TASK = "do_job"
STALLED_AFTER = timedelta(seconds=30)
HEARTBEAT_SECONDS = 5.0
POLLING_SECONDS = 2.0  # where no notice came, as for an entry that was put back
LEAVING_SECONDS = 4.0  # how long a job under way may go on when its worker is told to stop

# Locked in a query of its own: what a query selects is worked out before it locks, and two sweep at the same time.
LEFT_BEHIND = """
    FROM (SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
          WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - %(stalled_after)s)
            AND {} EXISTS (
                SELECT FROM procrastinate_jobs n WHERE n.queueing_lock = j.queueing_lock AND n.status = 'todo')
          FOR UPDATE OF j SKIP LOCKED) AS abandoned
"""
# A job that was asked for again before its dead worker was missed has a new entry; the old one goes.
DROP = "SELECT procrastinate_finish_job_v1(abandoned.id, 'failed', true)" + LEFT_BEHIND.format("")
SWEEP = "SELECT procrastinate_retry_job_v2(abandoned.id, now(), NULL, NULL, NULL)" + LEFT_BEHIND.format("NOT")
FORGOTTEN = """
    SELECT id FROM offices_job j WHERE finished_at IS NULL AND NOT EXISTS (
        SELECT FROM procrastinate_jobs q WHERE q.lock = 'job ' || j.id AND q.status IN ('todo', 'doing'))
"""
# A machine that vanished keeps its session, and so its lock, until the server has asked in vain.
NOTICE_LOSS = """
    SELECT set_config('tcp_keepalives_idle', '15', false), set_config('tcp_keepalives_interval', '5', false),
           set_config('tcp_keepalives_count', '3', false)
"""


class Entry(NamedTuple):
    """One entry of the queue."""

    id: int
    job_id: int


class Again(Exception):
    """The entry is to be taken once more, after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


def put(job_id: int) -> None:
    """Put a job into the queue, within the transaction that is open."""
    name = f"job {job_id}"
    app.configure_task(TASK, lock=name, queueing_lock=name).defer(job_id=job_id)


def sweep() -> None:
    """Put back what dead workers have left, and what has no entry at all."""
    with connection.cursor() as cursor:
        cursor.execute(DROP, {"stalled_after": STALLED_AFTER})
        with suppress(IntegrityError), transaction.atomic():  # asked for again in this moment: the next sweep sees it
            cursor.execute(SWEEP, {"stalled_after": STALLED_AFTER})
        with scope.everywhere("a worker does jobs of all divisions"):
            cursor.execute(FORGOTTEN)
        forgotten = [job_id for (job_id,) in cursor.fetchall()]
    for job_id in forgotten:
        try:
            with transaction.atomic():
                put(job_id)
        except AlreadyEnqueued:
            continue


@contextmanager
def alone(job_id: int) -> Iterator[None]:
    """Be the only one at a job while the database session lasts; whoever comes second comes again later."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('job ' || %s, 0))", [job_id])
        if not cursor.fetchone()[0]:
            raise Again(5)
        cursor.execute(NOTICE_LOSS)
    session = connection.connection
    try:
        yield
    finally:
        if connection.connection is session and not session.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended('job ' || %s, 0))", [job_id])


async def work(told: threading.Event) -> None:
    """Be a worker until SIGTERM or Ctrl-C, which set `told`, or until the database goes away."""
    loop, me = asyncio.get_running_loop(), asyncio.current_task()

    def leave() -> None:
        if not told.is_set():
            told.set()
            me.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave)
    # Connections apart from those in which Django's transactions are: work may ask for more work in a transaction.
    worker = app.with_connector(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=2))
    async with worker.open_async():
        await worker.run_worker_async(
            delete_jobs="always",
            fetch_job_polling_interval=POLLING_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_AFTER.total_seconds(),
            shutdown_graceful_timeout=LEAVING_SECONDS,
            install_signal_handlers=False,
        )


@contextmanager
def entries() -> Iterator[Iterator[Entry]]:
    """What waits in the queue, taken one by one in this thread's own session, as a worker that lives for the block."""
    worker = _one("register_worker")["worker_id"]
    try:
        yield _taken(worker)
    finally:
        _one("unregister_worker", worker_id=worker)


def _taken(worker: int) -> Iterator[Entry]:
    while (row := _one("fetch_job", queues=None, worker_id=worker))["id"] is not None:
        yield Entry(row["id"], json.loads(row["args"])["job_id"])


def remove(entry: Entry) -> None:
    """Take away the entry of a job that has ended."""
    _one("finish_job", job_id=entry.id, status="succeeded", delete_job=True)


def put_back(entry: Entry, again: Again) -> None:
    """Leave the entry to whoever comes later."""
    with connection.cursor() as cursor:
        wait = {"id": entry.id, "wait": timedelta(seconds=again.seconds)}
        cursor.execute("SELECT procrastinate_retry_job_v2(%(id)s, now() + %(wait)s, NULL, NULL, NULL)", wait)


def _one(query: str, **arguments: Any) -> dict[str, Any]:
    return app.connector.execute_query_one(queries[query], **arguments)
