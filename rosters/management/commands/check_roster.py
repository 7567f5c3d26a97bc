"""`manage.py check_roster FILE --office CODE --year YYYY`: a verdict on every row; stores nothing. 名册核对."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from common.listing import listed
from common.sheets import LIMITS
from enrollment import library
from enrollment.rules.ruleset import RuleSet
from offices import clock
from offices.models import Office
from rosters.checking import known_to
from rosters.checks import COLLECTIVE, Terms, check
from rosters.reading.headings import FIELDS
from rosters.reading.rows import read_roster
from rosters.told import told

UNREADABLE = 2  # the exit code where there is no verdict


class Command(BaseCommand):
    help = "核对花名册（xlsx、xls、ods、csv）：每行收不收、为什么，结果以 JSON 写到标准输出，不保存任何内容。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="花名册文件")
        parser.add_argument("--office", required=True, metavar="CODE", help="经办机构代码")
        parser.add_argument("--year", required=True, type=int, metavar="YYYY", help="参保年度")
        parser.add_argument("--channel", choices=COLLECTIVE, default="village", help="由谁收取（默认：村组）")
        parser.add_argument("--sheet", default="", help="只读这张工作表（名称或序号）")
        parser.add_argument("--at", default="", metavar="MOMENT", help="按这个时刻核定，例如 2016-11-01T10:00")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help=f"指定哪一列是什么，例如 id_no=D；栏目：{'、'.join(FIELDS)}",
        )

    def handle(self, *_args: Any, file: str, **options: Any) -> None:
        try:
            answer = _answer(file, options)
        except Refusal as refusal:
            self._write({"error": {"code": refusal.code, "sentence": str(refusal)}})
            sys.exit(UNREADABLE)
        self._write(answer)

    def _write(self, answer: dict[str, Any]) -> None:
        """JSON that every terminal and pipe can carry: what its encoding lacks is escaped."""
        text = json.dumps(answer, ensure_ascii=False, indent=1)
        try:
            text.encode(getattr(self.stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            text = json.dumps(answer, indent=1)
        self.stdout.write(text)


def _answer(file: str, options: dict[str, Any]) -> dict[str, Any]:
    office = _office(options["office"])
    ruleset = library.current(office.ruleset_code)
    at = _moment(options["at"], office)
    _refuse_year(ruleset, options["year"])
    terms = Terms(ruleset, options["year"], at, options["channel"], office)
    columns, sheet = _mapping(options["column"]), options["sheet"]
    read = read_roster(_bytes(file), today=local_day(at), mapping=columns, sheet=sheet, year=terms.coverage_year)
    return told(read, check(read.rows, known=known_to(read, terms), terms=terms), terms)


def _bytes(file: str) -> bytes:
    """Never more than one byte above the limit, however large the file is."""
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LIMITS.size + 1)
    except (OSError, ValueError) as error:
        raise Refusal(Reason("FILE_ABSENT", f"读不到文件 {file}。请核对路径和权限。")) from error


def _office(code: str) -> Office:
    office = Office.objects.filter(code=code).first()
    if office is None:
        known = listed([f"{each.code}（{each.name}）" for each in Office.objects.order_by("code")], most=20, unit="个")
        text = f"没有代码为“{code}”的经办机构。请核对代码；现有：{known or '无'}。"
        raise Refusal(Reason("OFFICE_UNKNOWN", text))
    return office


def _moment(text: str, office: Office) -> datetime:
    if not text:
        return clock.own_moment(office)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(Reason("MOMENT", f"时刻“{text}”读不懂。请写成 2016-11-01T10:00 的样子。")) from error
    return found.astimezone(SHANGHAI) if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _refuse_year(ruleset: RuleSet, year: int) -> None:
    if year not in ruleset.periods:
        known = "、".join(str(each) for each in sorted(ruleset.periods))
        text = f"规则集{ruleset.code}没有{year}年度，无法核定；有的年度：{known or '无'}。请核对年度，或请管理员补上。"
        raise Refusal(Reason("PERIOD_UNKNOWN", text))


def _mapping(given: list[str]) -> dict[str, str]:
    pairs = (each.partition("=") for each in given)
    return {field.strip(): column.strip() for field, _, column in pairs}
