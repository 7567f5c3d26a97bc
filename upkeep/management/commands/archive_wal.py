"""`manage.py archive_wal`: receive the server's WAL and seal it, until told to stop; for a service. WAL归档."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from upkeep.backups.programs import refuse_built_in
from upkeep.backups.receiving import receive
from upkeep.backups.told import BackupError
from upkeep.keys import KeyUnusable, key_of


class Command(BaseCommand):
    help = "WAL归档：不停地接收自备的数据库服务器的变更日志并加密存放，以便恢复到任何一秒。作为服务运行。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        try:
            refuse_built_in(settings.REPLICATION)
            key = key_of(settings.BACKUP_KEY)
        except (BackupError, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        receive(settings.REPLICATION, settings.WAL_INCOMING, settings.WAL_DIR, key=key, over=over)
