"""后台任务: the worker. Runs until told to stop; `--once` does what waits and ends."""

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from offices.jobs import run_next, tidy

PAUSE_SECONDS = 1.0
TIDY_SECONDS = 3600.0


class Command(BaseCommand):
    help = "Do background jobs, one after another, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when nothing waits")
        parser.add_argument("--beside", type=int, metavar="PID", help="end when the parent is another process")

    def handle(self, *, once: bool = False, beside: int | None = None, **_: Any) -> None:
        tidied = -TIDY_SECONDS
        while beside is None or os.getppid() == beside:
            try:
                worked = run_next()
                if not worked and time.monotonic() - tidied >= TIDY_SECONDS:
                    tidy()
                    tidied = time.monotonic()
            except OperationalError:
                if once:
                    raise
                worked = False
            if not worked:
                if once:
                    return
                time.sleep(PAUSE_SECONDS)
            close_old_connections()
