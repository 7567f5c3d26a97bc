"""`manage.py audit_all`: the audits of each night, now; what they find is kept and shown. 全部核对."""

from typing import Any

from django.core.management.base import BaseCommand

from upkeep.audits import kinds, run


class Command(BaseCommand):
    help = "全部核对：核账、日志核对、统计核对各做一次，结果存下并显示在管理员的首页；有不符的退出码为1。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = [run(kind) for kind in kinds()]
        for each in found:
            for fault in each.faults:
                self.stdout.write(fault)
            what = f"{each.count} 处不符" if each.count else "无误"
            self.stdout.write(f"{each.get_kind_display()}：{what}，用时 {each.seconds:.1f} 秒。")
        if any(each.count for each in found):
            raise SystemExit(1)
