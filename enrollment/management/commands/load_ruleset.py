"""`manage.py load_ruleset FILE`: check a rule set and put it in force, or say what is wrong, line by line. 规则集."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from common.files import FileRefused, read_text
from enrollment.rules.source import RuleSetError
from enrollment.services import load_ruleset
from offices.clock import moment


class Command(BaseCommand):
    help = "载入规则集（TOML 文件）：检查无误才生效，有误则逐行说明，什么都不改变。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="规则集文件，如 enrollment/rulesets/songming.toml"
        )

        parser.add_argument(
            "--if-absent", action="store_true", help="已载入过这个代码的规则集时保持现状，不换成文件里的内容"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        with transaction.atomic():
            said = [self._load(path, if_absent=options["if_absent"]) for path in options["files"]]
            if None in said:
                self.stderr.write("没有载入，原有规则没有改变；改正后重新载入。(Not loaded, nothing changed.)")
                sys.exit(1)
        for sentence in said:
            self.stdout.write(f"{sentence}")

    def _load(self, path: Path, *, if_absent: bool) -> str | None:
        """Load one file; what to say of it, or None when it was refused and its problems are told."""
        try:
            loaded = load_ruleset(text=read_text(path), by=None, at=moment(None), if_absent=if_absent)
        except FileRefused as error:
            self.stderr.write(f"{path}:{error.line}: {error}")
            return None
        except RuleSetError as error:
            for problem in error.problems:
                self.stderr.write(f"{path}:{problem.line}: {problem.key}: {problem.expected}")
            return None
        came_to = f"已载入{loaded.edition}" if loaded.changed else f"现行的是{loaded.edition}，没有改变"
        return f"{loaded.ruleset.code} {loaded.ruleset.name}：{came_to}。"
