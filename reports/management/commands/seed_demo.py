"""`manage.py seed_demo`: write the demonstration district, where it is not there yet. 演示数据."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.decision import Refusal
from reports.demo import seed


class Command(BaseCommand):
    help = "写入演示数据：两个街道各150户编造的居民。已有的不再写；只在演示模式下可用。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            said = seed()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for sentence in said:
            self.stdout.write(sentence)
