"""`manage.py restore FOLDER --into URL --files FOLDER`: a backup into an empty database and an empty folder. 恢复.

`manage.py restore --to MOMENT --data FOLDER`: a server's data as they were in that second, to start a PostgreSQL on.
"""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from common.dates import SHANGHAI
from config.settings import database
from upkeep.backups.point_in_time import lay_out, moment_of
from upkeep.backups.restoring import restore
from upkeep.backups.sealing import Unsealable
from upkeep.backups.told import BackupError
from upkeep.keys import KeyUnusable, key_of


class Command(BaseCommand):
    help = "恢复：把一份备份放回一个空的数据库和一个空的文件夹；已有内容的，不会覆盖。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="备份所在的文件夹，例如 backups/20261128-020000")
        parser.add_argument("--into", metavar="URL", help="空的数据库：postgresql://…")
        parser.add_argument("--files", type=Path, metavar="FOLDER", help="放档案文件的空文件夹")
        parser.add_argument("--to", type=moment_of, metavar="时刻", help="恢复到某一刻：'2026-11-29 10:15:30'")
        parser.add_argument("--data", type=Path, metavar="FOLDER", help="与 --to 合用：放数据库服务器数据的空文件夹")

    def handle(self, *_args: Any, **options: Any) -> None:
        back, forward = ("folder", "into", "files"), ("to", "data")
        given = {name for name in (*back, *forward) if options[name] is not None}
        if given not in (set(back), set(forward)):
            raise CommandError(
                "请写 restore 备份文件夹 --into URL --files 文件夹，或 restore --to 时刻 --data 文件夹。"
            )
        if not settings.BACKUP_KEY.exists():
            raise CommandError(
                f"找不到备份钥匙 {settings.BACKUP_KEY}。请把备份时的钥匙放在那里，或写在 CANBAO_BACKUP_KEY。"
            )
        if given == set(forward):
            self._to_a_moment(options["to"], options["data"])
        else:
            self._whole(options["folder"], options["into"], options["files"])

    def _whole(self, folder: Path, into: str, files: Path) -> None:
        try:
            found = restore(folder, key=key_of(settings.BACKUP_KEY), database=database(into), files=files)
        except (BackupError, Unsealable, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        except ImproperlyConfigured as error:
            raise CommandError("--into 应写成 postgresql://用户:密码@主机:端口/数据库名。") from error
        counts = found.counts
        self.stdout.write(
            f"已恢复 {found.moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} 的备份："
            f"{counts['households_household']} 户、{counts['payments_receipt']} 张收据、档案文件 {found.files} 件。"
            "启用前请先在新库上运行 manage.py migrate 和 manage.py audit_money。"
        )

    def _to_a_moment(self, moment: datetime, data: Path) -> None:
        places = {"backups": settings.BACKUP_DIR, "wal": settings.WAL_DIR, "incoming": settings.WAL_INCOMING}
        try:
            found = lay_out(**places, moment=moment, data=data.absolute(), key=key_of(settings.BACKUP_KEY))
        except (BackupError, Unsealable, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"已解开 {found.base.ended_at} 的基础备份和 {found.segments} 段 WAL，放在 {found.data} 和 {found.wal}。"
            f"请把两个文件夹交给运行 PostgreSQL 的用户（chown），用同一大版本的 PostgreSQL 在 {found.data} 上启动，"
            f"它会恢复到 {moment:%Y-%m-%d %H:%M:%S} 为止。启用前请在上面运行 manage.py audit_money。"
        )
