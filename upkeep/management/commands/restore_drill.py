"""`manage.py restore_drill [FOLDER]`: is the newest backup worth anything? Restored beside the live one. 恢复演练."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.dates import SHANGHAI
from upkeep.backups.drilled import drill_to
from upkeep.backups.point_in_time import moment_of
from upkeep.backups.proving import prove
from upkeep.backups.sealing import Unsealable
from upkeep.backups.told import BackupError
from upkeep.keys import KeyUnusable, key_of
from upkeep.models import Backup


class Command(BaseCommand):
    help = "恢复演练：把最近的一份备份恢复到旁边的临时数据库，核对行数、文件和账，说明用时；正式的数据不动。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="哪一份备份（默认：最近的）")
        parser.add_argument("--to", type=moment_of, metavar="时刻", help="改为演练恢复到某一刻：'2026-11-29 10:15:30'")

    def handle(self, *_args: Any, folder: Path | None, to: datetime | None, **_options: Any) -> None:
        if to is not None:
            self._drill_to(to)
            return
        try:
            proof = prove(folder or _newest(), key=key_of(settings.BACKUP_KEY), at=timezone.now())
        except (BackupError, Unsealable, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        steps = proof.told
        for fault in proof.faults:
            self.stderr.write(fault)
        if proof.faults:
            raise CommandError(f"这份备份有 {len(proof.faults)} 处不符，不能依靠它。用时：{steps}。")
        self.stdout.write(
            f"{proof.description.moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} 的备份完好，可以恢复。用时：{steps}。"
        )

    def _drill_to(self, moment: datetime) -> None:
        try:
            found = drill_to(moment, settings.DATABASES["default"], key=key_of(settings.BACKUP_KEY))
        except (BackupError, Unsealable, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        for fault in found.steps.faults:
            self.stderr.write(fault)
        if found.steps.faults:
            raise CommandError(f"恢复到那一刻的账有 {len(found.steps.faults)} 处不符。用时：{found.steps.told}。")
        last = f"，最后一张开于 {found.newest.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if found.newest else ""
        self.stdout.write(
            f"恢复到了 {moment:%Y-%m-%d %H:%M:%S}：收据 {found.receipts} 张{last}。用时：{found.steps.told}。"
        )


def _newest() -> Path:
    newest = Backup.objects.first()
    if newest is None:
        raise BackupError("还没有做过备份。请先运行 manage.py backup。")
    return Path(newest.place)
