"""`manage.py archive_log`: old lines of the acts log into a sealed file. 日志归档."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.decision import Refusal
from upkeep.backups.sealing import Unsealable
from upkeep.keys import KeyUnusable, key_of
from upkeep.log.archive import archive_acts, read_archive


class Command(BaseCommand):
    help = "日志归档：把超过 CANBAO_LOG_MONTHS 个月、已封存的操作日志移到加密的归档文件；封存仍然连续，可以核对。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="归档文件放在哪个文件夹")
        parser.add_argument("--show", type=Path, metavar="FILE", help="不归档，显示一个归档文件里的日志，一条一行")

    def handle(self, *_args: Any, to: Path | None = None, show: Path | None = None, **_options: Any) -> None:
        try:
            if show:
                self._show(show)
            else:
                self._archive(to)
        except (Refusal, KeyUnusable, Unsealable) as error:
            raise CommandError(str(error)) from error

    def _archive(self, to: Path | None) -> None:
        if settings.LOG_MONTHS is None:
            raise CommandError("没有设置 CANBAO_LOG_MONTHS，操作日志一直保留在数据库里，不归档。")
        if to is None:
            raise CommandError("请用 --to 写明归档文件放在哪个文件夹，最好在另一台机器的磁盘上。")
        key = key_of(settings.BACKUP_KEY)
        made = archive_acts(months=settings.LOG_MONTHS, folder=to.absolute(), key=key, at=timezone.now())
        if made is None:
            self.stdout.write(f"没有超过 {settings.LOG_MONTHS} 个月而又已封存的日志，没有归档。")
            return
        self.stdout.write(f"已归档 {made.acts:,} 条日志（编号{made.first_id}至{made.last_id}）到 {to / made.name}。")
        self.stdout.write("请把这个文件和备份钥匙另存一份：没有它们，这些日志就看不到了。")

    def _show(self, path: Path) -> None:
        for line in read_archive(path, key=key_of(settings.BACKUP_KEY)):
            self.stdout.write(line.text)
