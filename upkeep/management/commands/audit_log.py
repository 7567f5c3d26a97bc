"""`manage.py audit_log`: is any line of the acts log missing or changed? 日志核对."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from upkeep.backups.sealing import Unsealable
from upkeep.keys import KeyUnusable, key_of
from upkeep.log.audit import Archives, audit_acts


class Command(BaseCommand):
    help = "日志核对：逐环核对操作日志的封存，缺少、增添或改动过的逐处指出，退出码为1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--archives", type=Path, metavar="FOLDER", help="归档文件所在的文件夹，连同一起核对")

    def handle(self, *_args: Any, archives: Path | None = None, **_options: Any) -> None:
        try:
            files = Archives(archives, key_of(settings.BACKUP_KEY)) if archives else None
            found = audit_acts(key=key_of(settings.LOG_KEY), at=timezone.now(), archives=files)
        except (KeyUnusable, Unsealable) as error:
            raise CommandError(str(error)) from error
        looked = f"核对封存 {found.seals:,} 号、日志 {found.acts:,} 条。"
        if found.archived:
            looked += f"另有 {found.archived:,} 条" if archives is None else f"其中 {found.archived:,} 条"
            looked += "已归档，只核对了封存的衔接。" if archives is None else "在归档文件里。"
        for fault in found.faults:
            self.stdout.write(fault)
        if found.faults:
            self.stdout.write(f"有 {len(found.faults)} 处不符。{looked}")
            raise SystemExit(1)
        end = f"最新摘要 {found.last.digest}。" if found.last else ""
        self.stdout.write(f"日志完整。{looked}{end}")
