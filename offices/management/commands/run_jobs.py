"""后台任务: the worker. Runs until told to stop; `--once` does what waits and ends."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from offices.jobs import run_next

PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Do background jobs, one after another, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when nothing waits")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        while True:
            try:
                worked = run_next()
            except OperationalError:
                if once:
                    raise
                worked = False
            if not worked:
                if once:
                    return
                time.sleep(PAUSE_SECONDS)
            close_old_connections()
