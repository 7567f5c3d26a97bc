"""`manage.py audit_money`: does every sum still hold? One line for each row that breaks a promise. 核账."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from payments.auditing.run import CHECKS, Audit, audit


class Command(BaseCommand):
    help = "核账：核对每一笔钱，从缴费、收据到日结、上缴、划解；有不符的逐行指出，退出码为1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="结果写成 JSON")

    def handle(self, *_args: Any, json: bool, **_options: Any) -> None:
        result = audit()
        self.stdout.write(_as_json(result) if json else _in_words(result))
        if result.findings:
            raise SystemExit(1)


def _in_words(result: Audit) -> str:
    counts = "，".join(f"{name} {count:,}" for name, count in result.counts.items())
    looked = f"核对 {len(CHECKS)} 项：{counts}，用时 {result.seconds:.1f} 秒。"
    if not result.findings:
        return f"全部相符。{looked}"
    return "\n".join([*map(str, result.findings), f"有 {len(result.findings)} 处不符。{looked}"])


def _as_json(result: Audit) -> str:
    answer = {
        "consistent": not result.findings,
        "checks": len(CHECKS),
        "counts": result.counts,
        "seconds": round(result.seconds, 3),
        "findings": [finding.as_json() | {"sentence": str(finding)} for finding in result.findings],
    }
    return json.dumps(answer, ensure_ascii=False, indent=1)
