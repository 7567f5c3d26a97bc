"""`manage.py audit_log`: is any line of the acts log missing or changed? 日志核对."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from upkeep.keys import KeyUnusable, key_of
from upkeep.log.audit import audit_acts


class Command(BaseCommand):
    help = "日志核对：逐环核对操作日志的封存，缺少、增添或改动过的逐处指出，退出码为1。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            found = audit_acts(key=key_of(settings.LOG_KEY), at=timezone.now())
        except KeyUnusable as error:
            raise CommandError(str(error)) from error
        looked = f"核对封存 {found.seals:,} 号、日志 {found.acts:,} 条。"
        for fault in found.faults:
            self.stdout.write(fault)
        if found.faults:
            self.stdout.write(f"有 {len(found.faults)} 处不符。{looked}")
            raise SystemExit(1)
        end = f"最新摘要 {found.last.digest}。" if found.last else ""
        self.stdout.write(f"日志完整。{looked}{end}")
