"""`manage.py restore_drill [FOLDER]`: is the newest backup worth anything? Restored beside the live one. 恢复演练."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from upkeep.backups.proving import prove
from upkeep.backups.sealing import Unsealable
from upkeep.backups.told import BackupError
from upkeep.keys import KeyUnusable, key_of
from upkeep.models import Backup


class Command(BaseCommand):
    help = "恢复演练：把最近的一份备份恢复到旁边的临时数据库，核对行数、文件和账，说明用时；正式的数据不动。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="哪一份备份（默认：最近的）")

    def handle(self, *_args: Any, folder: Path | None, **_options: Any) -> None:
        try:
            proof = prove(folder or _newest(), key=key_of(settings.BACKUP_KEY), at=timezone.now())
        except (BackupError, Unsealable, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        steps = "，".join(f"{name} {seconds:.1f} 秒" for name, seconds in proof.seconds.items())
        for fault in proof.faults:
            self.stderr.write(fault)
        if proof.faults:
            raise CommandError(f"这份备份有 {len(proof.faults)} 处不符，不能依靠它。用时：{steps}。")
        self.stdout.write(f"{proof.description.made_at} 的备份完好，可以恢复。用时：{steps}。")


def _newest() -> Path:
    newest = Backup.objects.first()
    if newest is None:
        raise BackupError("还没有做过备份。请先运行 manage.py backup。")
    return Path(newest.place)
