"""`manage.py make_county`: write a whole invented county into an empty database. 造县."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.decision import Refusal
from reports.county.making import make_county


class Command(BaseCommand):
    help = (
        "造县：写入一个编造的县（户、人、三年的参保、缴费、收据和日结），用来看大数据量下的速度；只在演示模式下可用。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--persons", type=int, default=300_000, help="人数，默认 300000")
        parser.add_argument("--seed", type=int, default=20161108, help="随机种子，相同的种子造出相同的县")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            make_county(persons=options["persons"], seed=options["seed"], tell=self.stdout.write)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
