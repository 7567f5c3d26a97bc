"""`manage.py restore FOLDER --into URL --files FOLDER`: a backup into an empty database and an empty folder. 恢复."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from config.settings import database
from upkeep.backups.restoring import restore
from upkeep.backups.sealing import Unsealable
from upkeep.backups.told import BackupError
from upkeep.keys import KeyUnusable, key_of


class Command(BaseCommand):
    help = "恢复：把一份备份放回一个空的数据库和一个空的文件夹；已有内容的，不会覆盖。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="备份所在的文件夹，例如 backups/20261128-020000")
        parser.add_argument("--into", required=True, metavar="URL", help="空的数据库：postgresql://…")
        parser.add_argument("--files", required=True, type=Path, metavar="FOLDER", help="放档案文件的空文件夹")

    def handle(self, *_args: Any, folder: Path, into: str, files: Path, **_options: Any) -> None:
        if not settings.BACKUP_KEY.exists():
            raise CommandError(
                f"找不到备份钥匙 {settings.BACKUP_KEY}。请把备份时的钥匙放在那里，或写在 CANBAO_BACKUP_KEY。"
            )
        try:
            found = restore(folder, key=key_of(settings.BACKUP_KEY), database=database(into), files=files)
        except (BackupError, Unsealable, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        except ImproperlyConfigured as error:
            raise CommandError("--into 应写成 postgresql://用户:密码@主机:端口/数据库名。") from error
        counts = found.counts
        self.stdout.write(
            f"已恢复 {found.made_at} 的备份：{counts['households_household']} 户、{counts['payments_receipt']} 张收据、"
            f"档案文件 {found.files} 件。启用前请先在新库上运行 manage.py migrate 和 manage.py audit_money。"
        )
