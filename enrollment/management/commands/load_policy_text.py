"""`manage.py load_policy_text [FILE…]`: split documents into articles, give them to the clauses. 条款原文."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from common.decision import Refusal
from common.files import FileRefused, read_text
from enrollment.services import fill_policy_text
from offices.clock import moment

SHARED = Path(settings.BASE_DIR).parent / "shared" / "policy"


class Command(BaseCommand):
    help = "把政策文件的正文拆成条款，供点击条款时查看。不写文件名时，载入 ../shared/policy/ 下的全部文本。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, metavar="FILE", help="正文（UTF-8 文本，可由PDF转换而来），或存放正文的目录"
        )
        parser.add_argument("--ruleset", action="append", default=[], metavar="CODE", help="只填这个规则集的条款")

    def handle(self, *_: Any, **options: Any) -> None:
        named = options["files"] or [SHARED]
        files = [file for path in named for file in (sorted(path.glob("*.txt")) if path.is_dir() else [path])]
        if not files:
            self.stdout.write(f"{'、'.join(map(str, named))} 下没有 .txt 文本：没有载入任何原文。")
            return
        refused = [path for path in files if not self._fill(path, options["ruleset"])]
        if refused:
            sys.exit(1)

    def _fill(self, path: Path, codes: list[str]) -> bool:
        try:
            filled = fill_policy_text(text=read_text(path), by=None, at=moment(None), ruleset_codes=codes)
        except (FileRefused, Refusal) as refusal:
            self.stderr.write(f"{path}: {refusal}")
            return False
        self.stdout.write(f"{filled.document}：{filled.articles}条（部分），{len(filled.filled)}个条款有了原文。")
        if filled.unmatched:
            self.stdout.write(f"  以下条款在正文里找不到：{'、'.join(filled.unmatched)}")
        return True
