"""后台任务: the worker. Runs until told to stop; `--once` does what waits and ends."""

import asyncio
import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from offices import queue
from offices.jobs import run_next, tidy

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
        if once:
            while run_next():
                pass
            tidy()
            return
        threading.Thread(target=_keep, args=(beside,), daemon=True).start()
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


def _keep(beside: int | None) -> None:
    """Beside the work: put back what dead workers left, clear away what is old, end with the parent."""
    swept = tidied = -TIDY_SECONDS
    while beside is None or os.getppid() == beside:
        now = time.monotonic()
        try:
            if now - swept >= SWEEP_SECONDS:
                queue.sweep()
                swept = now
            if now - tidied >= TIDY_SECONDS:
                tidy()
                tidied = now
        except (OperationalError, InterfaceError):
            logger.warning("the database does not answer")
            swept = now
        finally:
            connection.close()
        time.sleep(PAUSE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
