"""`manage.py migrate`: Django's, and then the wall between the application's role and the rows. 建表、立墙."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import DEFAULT_DB_ALIAS, connection, transaction

from upkeep.wall.building import build, put_up_views, take_down


class Command(Migrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--keep-views", action="store_true", help="在一个事务内改表并把视图放回：查找的人看不到中间的样子"
        )

    def handle(self, *args: Any, **options: Any) -> str | None:
        if options["database"] != DEFAULT_DB_ALIAS or options["plan"] or options["check_unapplied"]:
            return super().handle(*args, **options)
        if options["keep_views"]:
            with transaction.atomic():
                return self._around(*args, **options)
        return self._around(*args, **options)

    def _around(self, *args: Any, **options: Any) -> str | None:
        """The views are taken down: they would hold fast the columns that a migration changes."""
        take_down()
        told = super().handle(*args, **options)
        if not options["app_label"]:  # of all applications, so that all tables are there
            build(settings.APP_ROLE)
        elif "households_membership" in connection.introspection.table_names():
            put_up_views(settings.APP_ROLE)
        return told
