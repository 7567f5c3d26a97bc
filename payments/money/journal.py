"""日记账: each receipt, void, reversal, day-end and remittance of a span of days, and its totals, as tables."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common.dates import SHANGHAI
from common.tables import Cell, Column, Table
from payments.models.settlement import MEANS
from payments.money.day_end import ZERO, end_of, start_of
from payments.money.journal_sql import ENTRIES, TOTALS

TEXTS = (
    Column("时间", 17),
    Column("机构", 24),
    Column("事项", 10),
    Column("号码", 22),
    Column("户号", 13),
    Column("缴款人", 12),
    Column("年度", 7),
    Column("经手人", 10),
    Column("方式", 7),
)
RUNNING = ("现金累计", "刷卡累计", "转账累计", "扫码累计", "合计累计")
COLUMNS = (*TEXTS, *map(Column, ("金额", "日结或上缴", *RUNNING)))
KEYS = (("day", "按日"), ("clerk", "按收款人"), ("category", "按人员类别"), ("year", "按年度"), ("means", "按方式"))
HEADINGS = {"day": "日期", "clerk": "收款人", "category": "人员类别", "year": "年度", "means": "方式"}
SUMS = ("persons", "issued", "voided", "reversed")
SUM_COLUMNS = ("人次", "开票", "作废", "冲正", "净额")


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, both included, of some offices."""

    offices: Sequence[int]
    first: date
    last: date

    def given(self) -> dict[str, Any]:
        return {"offices": list(self.offices), "since": start_of(self.first), "until": end_of(self.last)}


def entries(span: Span) -> Table:
    """The journal in the order of time; the running totals are what was taken since the first day."""
    running = dict.fromkeys(MEANS, ZERO)
    rows: list[list[Cell]] = []
    for at, _office, *words, code, amount, passed in _fetched(ENTRIES, span):
        if code:
            running[code] += amount
        moment = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        rows.append([moment, *words, amount, passed, *running.values(), sum(running.values(), ZERO)])
    return Table("日记账", COLUMNS, rows)


def count_of(span: Span) -> int:
    """How many entries the journal has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({ENTRIES}) e", span.given())  # noqa: S608 - a statement of ours
        return int(cursor.fetchone()[0])


def totals(span: Span) -> list[Table]:
    """One table for each way to add up: by day, clerk, category, year, means; each with the same sum below."""
    rows = [dict(zip((*HEADINGS, *SUMS), row, strict=True)) for row in _fetched(TOTALS, span)]
    return [_added(rows, key, name) for key, name in KEYS]


def whole_totals(span: Span) -> Table:
    """Every combination in one table, for a program that adds up by itself."""
    rows = [[*row[:5], *_line(None, row[5:])[1:]] for row in _fetched(TOTALS, span)]
    return Table("期间汇总", tuple(map(Column, (*HEADINGS.values(), *SUM_COLUMNS))), rows)


def _fetched(statement: str, span: Span) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, span.given())
        return cursor.fetchall()


def _added(rows: Iterable[dict[str, Any]], key: str, name: str) -> Table:
    found: dict[Any, list[Any]] = defaultdict(lambda: [0, ZERO, ZERO, ZERO])
    for row in rows:
        for where in (row[key], "合计"):
            found[where] = [old + row[each] for old, each in zip(found[where], SUMS, strict=True)]
    whole = found.pop("合计", [0, ZERO, ZERO, ZERO])
    lines = [_line(where, sums) for where, sums in sorted(found.items())]
    columns = (Column(HEADINGS[key], 22), *map(Column, SUM_COLUMNS))
    return Table(name, columns, lines, total=_line("合计", whole))


def _line(where: Cell, sums: Sequence[Any]) -> list[Cell]:
    return [where, int(sums[0]), *sums[1:], _net(sums)]


def _net(sums: Sequence[Any]) -> Decimal:
    return sums[1] - sums[2] - sums[3]
