"""换钥匙: a new data key, and everything sealed under it. Interrupted, it goes on when it is run again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.decision import Refusal
from upkeep.rotation import make_key, rotate, rotate_index


class Command(BaseCommand):
    help = "Seal ID numbers, telephones and files under a new data key, or finish what was interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only-key", action="store_true", help="make the key, to be copied to other machines first"
        )

        parser.add_argument(
            "--index", action="store_true", help="a new key for what is searched; web and workers stand"
        )

    def handle(self, *, only_key: bool = False, index: bool = False, **_: Any) -> None:
        work = rotate_index if index else make_key if only_key else rotate
        try:
            work(self.stdout.write)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
