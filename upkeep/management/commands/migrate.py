"""`manage.py migrate`: Django's, and then the wall between the application's role and the rows. 建表、立墙."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import DEFAULT_DB_ALIAS

from upkeep.wall.building import build, take_down


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> str | None:
        if options["database"] != DEFAULT_DB_ALIAS or options["plan"] or options["check_unapplied"]:
            return super().handle(*args, **options)
        take_down()
        told = super().handle(*args, **options)
        if not options["app_label"]:  # of all applications, so that all tables are there
            build(settings.APP_ROLE)
        return told
