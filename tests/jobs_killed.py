"""Workers to be killed: real `run_jobs` processes on the test database, quick to start and to miss.

A test starts some (`with workers(...) as crew`), asks for jobs, lets `crew.kill_until_done` kill them at random
moments, and looks whether what the job does is there once. Work is cut small through `smaller`, such as
`{"payments.printing.job.AT_ONCE": 2}`: the module's number in the workers. Such tests need
`@pytest.mark.django_db(transaction=True)`.

Run as a program it is where the workers come from: Django is loaded once, each worker is a fork.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q

from tests.waiting import wait_for

PROJECT = Path(__file__).parents[1]
STALLED_SECONDS = 0.6
LEFT = Q(failed__contains="中断")  # left by its workers too often: it has not come to its end
_Signs = set[tuple[int, int, datetime]]  # of the jobs under way: which, at which attempt, when they were last heard of


class Crew:
    """The workers of a test."""

    def __init__(self, nursery: "subprocess.Popen[str]", orders: Mapping[str, Any], *, seed: int) -> None:
        self._nursery = nursery
        self._orders = json.dumps(orders)
        self._random = random.Random(seed)
        self.pids: list[int] = []

    def start(self) -> int:
        """One more worker: its process."""
        print(self._orders, file=self._nursery.stdin, flush=True)
        pid = int(self._nursery.stdout.readline())
        self.pids.append(pid)
        return pid

    def end(self, pid: int, number: int = signal.SIGKILL) -> None:
        """Kill a worker, or tell it otherwise."""
        self.pids.remove(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    def kill_until_done(self, *, kills: int, within: float | Callable[[int], float], most_seconds: float = 60) -> int:
        """Kill one worker after another, each within so many seconds of its beginning, and start another in its place.

        `within` may be told by how many kills are left.
        Jobs that were left too often are asked for again, as their owner would. Answers when every job has come to an
        end: how many kills there were while a job was under way.
        """
        hits, end = 0, time.monotonic() + most_seconds
        seen: _Signs = set()
        while going := self._one_goes_on(seen, end):
            if hits == kills:
                seen = _signs()
                continue
            time.sleep(self._random.uniform(0, within(kills - hits) if callable(within) else within))
            if {sign[:2] for sign in going} & {sign[:2] for sign in _signs()}:
                self.end(self._random.choice(self.pids))
                seen = _signs()
                self.start()
                hits += 1
        return hits

    def _one_goes_on(self, seen: _Signs, end: float) -> _Signs:
        """Wait until a job shows a sign of life that was not seen before; empty where no job is left."""
        from offices.models import Job

        while time.monotonic() < end:
            if new := _signs() - seen:
                return new
            if not Job.objects.filter(Q(finished_at=None) | LEFT).exists():
                return set()
            _ask_again_for_those_left()
            time.sleep(0.002)
        pytest.fail("the jobs did not come to an end")

    def kill_at(self, table: str, *, seconds: float = 60) -> None:
        """Kill the worker (of one) where it wants to write to `table`, in the middle of its work, and start another."""
        from django.db import connection, transaction

        def waits() -> bool:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [table])
                return bool(cursor.fetchone()[0])

        (pid,) = self.pids
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            wait_for(waits, so_that=f"the worker waits for {table}", seconds=seconds)
            self.end(pid)
            wait_for(lambda: not _lives(pid), so_that="the worker is gone", seconds=20)
        self.start()


def _signs() -> _Signs:
    from offices.models import Job

    going = Job.objects.filter(finished_at=None, started_at__isnull=False)
    return set(going.values_list("pk", "attempts", "heartbeat_at"))


def _ask_again_for_those_left() -> None:
    from django.utils import timezone

    from offices.jobs import ask_again
    from offices.models import Job

    for job in Job.objects.filter(LEFT):
        ask_again(job_id=job.pk, by=job.by, at=timezone.now())


@contextmanager
def workers(
    count: int, *, files: Path, smaller: Mapping[str, int] | None = None, seed: int | None = None
) -> Iterator[Crew]:
    """So many workers while the block runs; `files` is where they keep files."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # which outlive the tests before
    seed = random.randrange(10**6) if seed is None else seed
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    crew = Crew(_nursery(), {"files": str(files), "smaller": dict(smaller or {})}, seed=seed)
    try:
        for _ in range(count):
            crew.start()
        yield crew
    finally:
        gone = list(crew.pids)
        for pid in gone:
            crew.end(pid)
        wait_for(lambda: not any(map(_lives, gone)), so_that="the workers are gone", seconds=20)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@cache
def _nursery() -> "subprocess.Popen[str]":
    """Where the workers of a test run come from; it ends with the run, whose end of the pipe is closed then."""
    from tests.payments.test_kill import database_url

    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.jobs_killed"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=PROJECT, env=environment, **pipes)


def leave_behind() -> None:
    """Let the signs of life of all workers known so far be old ones."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")


def raise_workers() -> None:
    """Fork a worker for each line of orders, and say which process it is."""
    import django

    django.setup()
    from offices import queue
    from offices.management.commands import run_jobs
    from payments.paper import fonts

    fonts.warm_up()
    queue.STALLED_AFTER = timedelta(seconds=STALLED_SECONDS)
    queue.HEARTBEAT_SECONDS = STALLED_SECONDS / 4
    queue.LEAVING_SECONDS = 0
    queue.POLLING_SECONDS = run_jobs.SWEEP_SECONDS = run_jobs.PAUSE_SECONDS = 0.1
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    for orders in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _be_a_worker(**json.loads(orders))
        print(pid, flush=True)  # noqa: T201 - the answer to the test


def _be_a_worker(*, files: str, smaller: Mapping[str, int]) -> None:
    from django.conf import settings

    from offices.management.commands.run_jobs import Command

    settings.FILES_DIR = Path(files)
    for name, number in smaller.items():
        module, _, attribute = name.rpartition(".")
        setattr(import_module(module), attribute, number)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDWR), sys.stdin.fileno())
    try:
        Command().handle(beside=os.getppid())
    finally:
        os._exit(0)


if __name__ == "__main__":
    raise_workers()
