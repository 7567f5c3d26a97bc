"""`manage.py assess FILE.json`: worked cases in, decisions out, by the rule sets in the database. 案例核定."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.decision import Refusal
from enrollment import library
from enrollment.cases import CaseError, read_case, result


class Command(BaseCommand):
    help = "按数据库中的规则集核定案例文件（JSON），结果写到标准输出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help='案例文件：{"cases": [ … ]}；- 表示标准输入')

    def handle(self, *_args: Any, file: str, **_options: Any) -> None:
        results = [_answer(case) for case in _cases(file)]
        self._write({"results": results})
        wrong = [f"{answer['id'] or '（无编号）'}：{answer['error']}" for answer in results if "error" in answer]
        if wrong:
            raise CommandError("\n".join(["有案例读不懂，其余已核定：", *wrong]))

    def _write(self, answer: dict[str, Any]) -> None:
        """Write JSON that every terminal and pipe can carry: what its encoding lacks is escaped."""
        text = json.dumps(answer, ensure_ascii=False, indent=1)
        try:
            text.encode(getattr(self.stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            text = json.dumps(answer, indent=1)
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except OSError as error:
            raise CommandError(f"结果写不出去：{error.strerror}。") from error


def _cases(file: str) -> list[Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
        data = json.loads(text)
    except OSError as error:
        raise CommandError(f"读不到案例文件 {file}：{error.strerror}。请核对路径。") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{file} 不是 UTF-8 的 JSON 文件：{error}。") from error
    cases = data.get("cases") if isinstance(data, dict) else None
    if not isinstance(cases, list):
        raise CommandError(f'{file} 里没有案例，应为 {{"cases": [ … ]}}。')
    return cases


def _answer(data: Any) -> dict[str, Any]:
    """The answer to a case, or what is wrong with it; the id goes back as it came, be it a number."""
    known = {"id": data.get("id", "") if isinstance(data, dict) else ""}
    try:
        case = read_case(data)
        ruleset = library.current(case.ruleset)
    except (CaseError, Refusal) as error:
        return known | {"error": str(error)}
    return result(case, case.assess(ruleset)) | known
