"""`manage.py build_wall`: the wall between the application's role and the rows, as this release wants it. 立墙."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from upkeep.wall.building import build, stands


class Command(BaseCommand):
    help = "按本版重立第二道墙：谁能看哪些行、能做什么。migrate 之后会自动立好，单独运行用于修复。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-stale", action="store_true", help="已是本版的就不动")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not (options["if_stale"] and stands(settings.APP_ROLE)):
            build(settings.APP_ROLE)
