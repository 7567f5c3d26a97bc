"""`manage.py base_backup`: all of the server's data, sealed; with the archived WAL it leads to any second. 基础备份."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from upkeep.backups.base import make_base, prune_bases
from upkeep.backups.programs import refuse_built_in
from upkeep.backups.told import BackupError
from upkeep.keys import KeyUnusable, key_of


class Command(BaseCommand):
    help = "基础备份：把自备的数据库服务器的全部数据加密存放；与 WAL 归档合用，可恢复到此后的任何一秒。每周一次。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--keep", default=3, type=int, metavar="N", help="只留最近的 N 份（默认 3）")

    def handle(self, *_args: Any, keep: int, **_options: Any) -> None:
        if keep < 1:
            raise CommandError("--keep 至少是 1，不然刚做的备份也留不住。")
        try:
            refuse_built_in(settings.REPLICATION)
            place, base = make_base(settings.BACKUP_DIR, settings.REPLICATION, key=key_of(settings.BACKUP_KEY))
            bases, segments = prune_bases(settings.BACKUP_DIR, settings.WAL_DIR, keep=keep)
        except (BackupError, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"基础备份已存到 {place}：{base.size / 1e6:.1f} MB，用时 {base.seconds:.1f} 秒。")
        if bases or segments:
            self.stdout.write(f"移除了较早的基础备份 {bases} 份、WAL {segments} 段。")
