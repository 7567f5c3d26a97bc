"""后台任务: the worker. Runs until told to stop; `--once` does what waits and ends."""

import asyncio
import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from offices import queue
from offices.jobs import run_next, tidy
from offices.keys import check_keys

PAUSE_SECONDS = 1.0
SWEEP_SECONDS = 5.0
TIDY_SECONDS = 3600.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do background jobs until stopped; start as many of these as you like, on as many machines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when nothing waits")
        parser.add_argument("--beside", type=int, metavar="PID", help="end when the parent is another process")

    def handle(self, *, once: bool = False, beside: int | None = None, **_: Any) -> None:
        check_keys()
        if once:
            while run_next():
                pass
            tidy()
            return
        threading.Thread(target=_sweep, args=(beside,), daemon=True).start()
        threading.Thread(target=_tidy_up, daemon=True).start()
        work()


def work() -> None:
    """Work until told to stop. A worker whose database went away ends by itself; then there is a new one."""
    told = threading.Event()
    while not told.is_set():
        try:
            asyncio.run(queue.work(told))
        except asyncio.CancelledError:
            return
        except Exception as error:
            logger.warning("the worker ended: %s; there will be another", error)
        told.wait(PAUSE_SECONDS)


def _sweep(beside: int | None) -> None:
    """Put back what dead workers left, every few seconds; end with the parent."""
    due = time.monotonic()
    while beside is None or os.getppid() == beside:
        if time.monotonic() >= due:
            _with_the_database(queue.sweep)
            due = time.monotonic() + SWEEP_SECONDS
        time.sleep(PAUSE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _tidy_up() -> None:
    """Clear away what is old, every hour: apart from the sweeping, for a backup may be among it."""
    while True:
        _with_the_database(tidy)
        time.sleep(TIDY_SECONDS)


def _with_the_database(act: Callable[[], None]) -> None:
    try:
        act()
    except (OperationalError, InterfaceError):
        logger.warning("the database does not answer")
    finally:
        connection.close()
