"""`manage.py audit_reports`: are the sums that reports are made of what counting anew gives? 核对统计."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reports.auditing import differences, fold, refill


class Command(BaseCommand):
    help = "核对统计：汇总未汇总的变动，再与逐人重新统计的结果比较；有不符的逐行指出，退出码为1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--refill", action="store_true", help="先按逐人统计重做全部累计；其间不能收款")

    def handle(self, *_args: Any, refill: bool, **_options: Any) -> None:
        started = time.monotonic()
        if refill:
            make_anew()
        rows = fold()
        found = list(differences())
        took = f"汇总变动 {rows:,} 行，用时 {time.monotonic() - started:.1f} 秒。"
        for each in found:
            self.stdout.write(str(each))
        if found:
            self.stdout.write(f"有 {len(found)} 行不符，可用 --refill 重做。{took}")
            raise SystemExit(1)
        self.stdout.write(f"全部相符。{took}")


make_anew = refill
