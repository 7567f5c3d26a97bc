"""`manage.py backup`: database and stored files, sealed, into a folder of their own. 备份."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from upkeep.backups.making import make, prune
from upkeep.backups.sealing import Unsealable
from upkeep.backups.told import BackupError
from upkeep.keys import KeyUnusable, key_of


class Command(BaseCommand):
    help = "备份：把数据库和档案文件加密存入一个新文件夹；办公时间也可以做，不影响窗口。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", default=settings.BACKUP_DIR, type=Path, metavar="FOLDER", help="存放备份的文件夹")
        parser.add_argument("--keep", default=14, type=int, metavar="N", help="只留最近的 N 份（默认 14）")

    def handle(self, *_args: Any, to: Path, keep: int, **_options: Any) -> None:
        if keep < 1:
            raise CommandError("--keep 至少是 1，不然刚做的备份也留不住。")
        is_new = not settings.BACKUP_KEY.exists()
        try:
            made = make(to.absolute(), key=key_of(settings.BACKUP_KEY), at=timezone.now().replace(microsecond=0))
        except (BackupError, Unsealable, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        removed = prune(to.absolute(), keep=keep)
        if is_new:
            told = f"新做了一把备份钥匙：{settings.BACKUP_KEY}。没有它备份就打不开，请另存一份在别的地方。"
            self.stdout.write(self.style.WARNING(told))
        self.stdout.write(f"已备份到 {made.place}：{made.size / 1e6:.1f} MB，用时 {made.seconds:.1f} 秒。")
        if removed:
            self.stdout.write(f"移除了较早的 {len(removed)} 份。")
