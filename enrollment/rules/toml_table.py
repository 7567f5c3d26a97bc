"""Reading a TOML table key by key: right values out, and every wrong one named with its line. 逐项读取.

A reader never stops at the first fault: it notes the problem, goes on with a stand-in value, and the whole text is
refused at the end, so that an administrator sees all that is to be mended at once. A text with hundreds of faults is
another file, and is not read to its end.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

from common.dates import SHANGHAI, YEARS
from common.decision import Clause
from common.typed import shown
from enrollment.rules.toml_lines import Path, line_numbers

T = TypeVar("T")
NOWHERE = Clause("", "", "")
SOME_DAY = date(2000, 1, 1)
LINE_END = re.compile(r"\s*[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
MOST_FAULTS = 200
MOST_LETTERS, MOST_WORDS = 60, 500
ENOUGH = f"错处超过{MOST_FAULTS}处，只列出这些。请先核对是否选错了文件"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a rule set's text: the line (from 1), the key, and what was expected there."""

    line: int
    key: str
    expected: str

    def __str__(self) -> str:
        return f"第{self.line}行 {self.key}：{self.expected}"


class _EnoughError(Exception):
    """There are more faults than anybody reads."""


class Source:
    """A text being read: where its keys stand, which clauses it knows, what was found wrong."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.clauses: dict[str, Clause] = {}
        self.problems: list[Problem] = []

    @cached_property
    def lines(self) -> Mapping[Path, int]:
        """Where each key stands; looked for when the first fault is found, as it takes as long as all the reading."""
        return line_numbers(self.text)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest table around it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def name(self, path: Path) -> str:
        """How a path is called in a message, counting from 1: periods#1.rates#2.standard."""
        parts = (f"#{part + 1}" if isinstance(part, int) else f".{part}" for part in path)
        return "".join(parts).lstrip(".") or "（全文）"

    def fault(self, path: Path, expected: str) -> None:
        """Note a problem at a path."""
        problem = Problem(self.line(path), self.name(path), expected)
        if problem in self.problems:
            return
        self.problems.append(problem)
        if len(self.problems) >= MOST_FAULTS:
            self.problems.append(Problem(1, "（全文）", ENOUGH))
            raise _EnoughError

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Read in this block; afterwards there are `problems`, or none and the text is right."""
        with suppress(_EnoughError):
            yield


class Table:
    """One table of the text. A getter takes the key and a default; without a default the key must be there."""

    def __init__(self, source: Source, path: Path, data: Mapping[str, Any]) -> None:
        self.source, self.path, self.data = source, path, data
        self.asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the key stands there."""
        self.asked.add(key)
        return key in self.data

    def fault(self, key: str | None, expected: str) -> None:
        """Note a problem at one key of this table, or at the table itself."""
        self.source.fault(self.path if key is None else (*self.path, key), expected)

    def faulty(self, *keys: str) -> bool:
        """Whether one of these keys has a problem already. Without any, nobody looks where the keys stand."""
        if not self.source.problems:
            return False
        places = {(self.source.line(path), self.source.name(path)) for path in ((*self.path, key) for key in keys)}
        return any((problem.line, problem.key) in places for problem in self.source.problems)

    def _take(self, key: str, kinds: tuple[type, ...], expected: str, *, required: bool) -> Any:
        self.asked.add(key)
        if key not in self.data:
            if required:
                self.fault(key, f"缺少这一项。应填{expected}")
            return None
        value = self.data[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.fault(key, f"应填{expected}，现在是 {_show(value)}")
            return None
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A line of text that is not empty."""
        value = self._take(key, (str,), "带引号的文字", required=default is None)
        if value is not None and not value.strip() and default is None:
            self.fault(key, "不能为空，应填带引号的文字")
        if value is None:
            return default or ""
        self._visible(value, (*self.path, key))
        return _one_line(value)

    def _visible(self, value: str, path: Path) -> None:
        """Nothing in a text that nobody sees: it would make names differ that look alike, and no font can draw it."""
        unseen = next((char for char in value if not (char.isprintable() or char.isspace())), None)
        if unseen:
            self.source.fault(path, f"含有看不见的字符（{shown(unseen)}），请删去重打")

    def choice(self, key: str, options: Iterable[str], default: str | None = None) -> str:
        """One of a few words."""
        known = list(options)
        value = self.text(key, default)
        if key in self.data and value and value not in known:
            self.fault(key, f"应填 {'、'.join(known)} 之一，现在是“{value}”{_nearest(value, known)}")
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        value = self._take(key, (bool,), " true（是）或 false（否）", required=default is None)
        return bool(default) if value is None else bool(value)

    def integer(self, key: str, *, least: int, most: int, default: int | None = None) -> int:
        """A whole number between two bounds, both included."""
        value = self._take(key, (int,), f" {least} 到 {most} 的整数", required=default is None)
        if value is not None and not least <= value <= most:
            self.fault(key, f"应填 {least} 到 {most} 的整数，现在是 {value}")
            return least
        return (least if default is None else default) if value is None else int(value)

    def optional_integer(self, key: str, *, least: int, most: int) -> int | None:
        """The same, or None where the key is absent."""
        return self.integer(key, least=least, most=most, default=least) if self.has(key) else None

    def money(self, key: str, default: Decimal | None = None) -> Decimal:
        """An amount in yuan, not negative, at most two decimals."""
        value = self._take(key, (int, Decimal), "金额（元，最多两位小数，不带引号）", required=default is None)
        if value is None:
            return default or Decimal("0.00")
        amount = Decimal(value)
        if not amount.is_finite() or not 0 <= amount < 10**8 or amount != amount.quantize(Decimal("0.01")):
            self.fault(key, f"应填不小于 0、最多两位小数的金额，现在是 {value}")
            return Decimal("0.00")
        return amount.quantize(Decimal("0.01"))

    def optional_money(self, key: str) -> Decimal | None:
        """The same, or None where the key is absent: a figure that the document does not give."""
        return self.money(key) if self.has(key) else None

    def day(self, key: str) -> date:
        """A date such as 2007-09-01, without quotes."""
        value = self._take(key, (date,), "日期，如 2007-09-01（不带引号）", required=True)
        if isinstance(value, datetime):
            self.fault(key, f"应填日期，不带时刻，如 {value:%Y-%m-%d}")
            return value.date()
        return SOME_DAY if value is None or self._of_no_year(key, value) else value

    def says(self, key: str, word: str) -> bool:
        """Whether a word stands where otherwise a value would."""
        return self.has(key) and self.data[key] == word

    def optional_day(self, key: str) -> date | None:
        """The same, or None where the key is absent."""
        return self.day(key) if self.has(key) else None

    def moment(self, key: str, *, end_of_day: bool) -> tuple[datetime, bool]:
        """A date or a moment in Asia/Shanghai, and whether it had a time of day; a bare date is its first or last."""
        value = self._take(key, (date,), "日期或时刻，如 2017-02-22T17:00:00（不带引号）", required=True)
        if value is None or self._of_no_year(key, value):
            value = SOME_DAY
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI), True
        clock = time.max if end_of_day else time.min
        return datetime.combine(value, clock, tzinfo=SHANGHAI), False

    def _of_no_year(self, key: str, value: date) -> bool:
        """Whether a day is of a year with which nothing can be reckoned; told where it is."""
        if value.year in YEARS:
            return False
        self.fault(key, f"年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间，现在是 {value.year}，请核对")
        return True

    def month_day(self, key: str) -> tuple[int, int]:
        """A month and day that repeat every year, written "09-01"."""
        value = self.text(key)
        if not value:
            return 1, 1
        try:
            day = date.fromisoformat(f"2001-{value}")
        except ValueError:
            self.fault(key, f'应填带引号的月-日，如 "09-01"，现在是“{value}”')
            return 1, 1
        return day.month, day.day

    def texts(self, key: str, options: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts, empty where the key is absent; each one of `options` where these are given."""
        value = self._take(key, (list,), '文字的列表，如 ["甲", "乙"]', required=False) or []
        for index, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                self.source.fault((*self.path, key, index), f"应填带引号的文字，现在是 {_show(item)}")
            elif options is not None and item not in options:
                known = list(options)
                self.source.fault((*self.path, key, index), f"应填 {'、'.join(known)} 之一，现在是“{item}”")
            else:
                self._visible(item, (*self.path, key, index))
        return tuple(_one_line(item) for item in value if isinstance(item, str))

    def integers(self, key: str, *, least: int, most: int) -> frozenset[int]:
        """A list of whole numbers between two bounds."""
        value = self._take(key, (list,), "整数的列表，如 [1, 2]", required=False) or []
        for index, item in enumerate(value):
            if not isinstance(item, int) or isinstance(item, bool) or not least <= item <= most:
                self.source.fault((*self.path, key, index), f"应填 {least} 到 {most} 的整数，现在是 {_show(item)}")
        return frozenset(item for item in value if isinstance(item, int))

    def clause(self, key: str = "clause") -> Clause:
        """A clause of the registry, by its key."""
        name = self.text(key)
        if name and self.source.clauses and name not in self.source.clauses:  # without any, that is the fault
            nearest = _nearest(name, list(self.source.clauses))
            self.fault(key, f"应填 [clauses] 中登记过的条款编号，没有“{name}”{nearest}")
        return self.source.clauses.get(name, NOWHERE)

    def optional_clause(self, key: str) -> Clause | None:
        """The same, or None where the key is absent."""
        return self.clause(key) if self.has(key) else None

    def table(self, key: str) -> "Table | None":
        """A table within, or None where it is absent."""
        value = self._take(key, (dict,), f"一张表 [{key}]", required=False)
        return None if value is None else Table(self.source, (*self.path, key), value)

    def needed(self, key: str) -> "Table":
        """A table within that must be there; where it is not, that is said once and an empty one stands in."""
        value = self._take(key, (dict,), f"一张表 [{key}]", required=True)
        if value is None:
            return Table(Source(""), (*self.path, key), {})  # whose faults nobody asks for
        return Table(self.source, (*self.path, key), value)

    def tables(self, key: str, *, required: bool = True) -> list["Table"]:
        """A list of tables, at least one where it is required."""
        if isinstance(self.data.get(key), dict):
            self.asked.add(key)
            self.fault(key, f"每一项都应用两层方括号开头：[[{self.source.name((*self.path, key))}]]")
            return []
        value = self._take(key, (list,), f"至少一项 [[{key}]]", required=required) or []
        found = []
        for index, item in enumerate(value):
            path = (*self.path, key, index)
            if isinstance(item, dict):
                found.append(Table(self.source, path, item))
            else:
                self.source.fault(path, f"应填一张表 {{ … }}，现在是 {_show(item)}")
        if required and self.data.get(key) == []:
            self.fault(key, "至少要有一项")
        return found

    def optional(self, key: str, read: "Callable[[Table], T]") -> T | None:
        """What `read` makes of a table within, or None where it is absent."""
        table = self.table(key)
        return read(table) if table else None

    def distinct(self, key: str, values: Sequence[Hashable]) -> None:
        """Each item of a list is written once."""
        for index, value in enumerate(values):
            if value in values[:index]:
                self.source.fault((*self.path, key, index), f"“{value}”重复，每项只能写一次")

    def ordered(self, key: str, first: date | None, last: date | None) -> None:
        """A span does not end before it begins."""
        if first and last and last < first:
            self.fault(key, f"截止日 {last} 早于起始日 {first}，应不早于起始日")

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.data:
            if key not in self.asked:
                nearest = _nearest(key, sorted(self.asked))
                self.fault(key, f"没有这一项{nearest or '，应删去；能写哪些键，见手册《规则集》'}")


def _one_line(text: str) -> str:
    """The text without what surrounds it, and a blank for each end of a line."""
    return LINE_END.sub(" ", text.strip())


def _show(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return "一张表" if isinstance(value, dict) else "一个列表"
    text = str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def _nearest(word: str, known: list[str]) -> str:
    """What was perhaps meant; not asked of what is no word, or of more words than a rule set has."""
    near = get_close_matches(word, known, n=1) if len(word) <= MOST_LETTERS and len(known) <= MOST_WORDS else []
    return f"，是不是“{near[0]}”？" if near else ""
