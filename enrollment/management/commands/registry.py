"""`manage.py registry`: make the registry that several databases share, clear up, compare. 省级参保登记."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.decision import Refusal
from enrollment import registry


class Command(BaseCommand):
    help = "省级参保登记：建表，清理未确认的占用，或与本库逐人核对。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=("create", "sweep", "compare"), help="建表；清理；核对")
        parser.add_argument("--year", type=int, help="核对哪个缴费年度")
        parser.add_argument(
            "--older-than", type=float, default=registry.AFTER, help="清理多少秒前的占用，如无特殊情况不必写"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not registry.is_shared():
            raise CommandError("没有设 CANBAO_REGISTRY_URL：本库不与别的库共用参保登记，没有可做的。")
        try:
            getattr(self, f"_{options['what']}")(options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def _create(self, _options: dict[str, Any]) -> None:
        registry.create()
        self.stdout.write("省级参保登记的表已建好。")

    def _sweep(self, options: dict[str, Any]) -> None:
        done = registry.sweep(older_than=options["older_than"])
        if done is None:
            raise CommandError("此刻正有人办理参保，没有清理。请再运行一次。")
        self.stdout.write(f"确认{done.confirmed}人，释放{done.released}人。")

    def _compare(self, options: dict[str, Any]) -> None:
        year = options["year"]
        if year is None:
            raise CommandError("请用 --year 写明缴费年度。")
        found = registry.compare(coverage_year=year)
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(
                f"{year}年度有{len(found)}人在别处也参保了（上面是本库的人员编号和那个地方），请逐人核实。"
            )
        self.stdout.write(f"{year}年度与省级参保登记一致。")
