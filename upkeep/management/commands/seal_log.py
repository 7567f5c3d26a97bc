"""`manage.py seal_log`: seal the new lines of the acts log. 日志封存."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.decision import Refusal
from upkeep.keys import KeyUnusable, key_of
from upkeep.log.chain import seal_acts
from upkeep.models import ActSeal


class Command(BaseCommand):
    help = "日志封存：给操作日志的新内容加上一环摘要，以后少一条、改一条都看得出来。每晚运行一次。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            sealed = seal_acts(key=key_of(settings.LOG_KEY), at=timezone.now())
        except (Refusal, KeyUnusable) as error:
            raise CommandError(str(error)) from error
        last = ActSeal.objects.first()
        end = f"最新摘要 {last.digest}（至日志编号{last.last_id}）。" if last else ""
        self.stdout.write(f"新封存 {sealed:,} 条日志。{end}")
