"""草稿的文本: a rule set's TOML text edited without touching what was not edited; comments and layout stay."""

import calendar
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import tomlkit
from tomlkit.items import Item

from common.decision import Reason, Refusal
from enrollment.rules.toml_lines import Path

PERIOD = re.compile(r"^\[\[[ \t]*periods[ \t]*\]\][ \t]*(?:#.*)?$", re.MULTILINE)
OTHER_TABLE = re.compile(r"^\[(?!\[?[ \t]*periods[ \t]*\.)", re.MULTILINE)
DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})")
YEAR = re.compile(r"^([ \t]*coverage_year[ \t]*=[ \t]*)(\d{4})", re.MULTILINE)
# tomlkit loses the blanks between a date and the next sign within { … } and [ … ]; tabs it keeps.
BLANKS_AFTER_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})( +)(?=[]},#])")
TABS_AFTER_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(\t+)(?=[]},#])")
REMOVED = ""


def shifted(text: str) -> str:
    """Every day in a text one year later; 29 February falls on the 28th where there is none."""

    def later(found: re.Match[str]) -> str:
        year, month, day = (int(part) for part in found.groups())
        if (month, day) == (2, 29) and not calendar.isleap(year + 1):
            day = 28
        return f"{year + 1}-{month:02}-{day:02}"

    return DAY.sub(later, text)


def with_next_year(source: str) -> tuple[str, int]:
    """The text with last year's [[periods]] copied below it, all its days one year later; and the new year."""
    data = tomllib.loads(source.removeprefix("\ufeff"), parse_float=Decimal)
    years = [row["coverage_year"] for row in data["periods"]]
    heads = list(PERIOD.finditer(source))
    if len(heads) != len(years):
        raise _strange()
    last, index = max(years), years.index(max(years))
    start = heads[index].start()
    following = [
        found.start() for found in (PERIOD.search(source, start + 1), OTHER_TABLE.search(source, start + 2)) if found
    ]
    end = min(following, default=len(source))
    kept = source[start:end].splitlines(keepends=True)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith("#")):
        kept.pop()
    block = "".join(kept)
    ending = "\r\n" if "\r\n" in source else "\n"
    copy = YEAR.sub(lambda found: f"{found[1]}{last + 1}", shifted(block), count=1)
    place = start + len(block)
    gap = ending if block.endswith("\n") else ending * 2
    text = source[:place] + gap + copy + source[place:]
    expected = len(years) + 1
    found = tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)["periods"]
    if len(found) != expected or found[index + 1]["coverage_year"] != last + 1:
        raise _strange()
    return text, last + 1


def edited(
    source: str,
    changes: Mapping[Path, str],
    *,
    added: Mapping[Path, Mapping[str, str]] | None = None,
    removed: frozenset[Path] = frozenset(),
) -> str:
    """The text with values set (raw TOML; empty: the key goes), items added to lists, and items taken out of them."""
    mark = "\ufeff" if source.startswith("\ufeff") else ""
    held = BLANKS_AFTER_DAY.sub(lambda found: found[1] + "\t" * len(found[2]), source.removeprefix(mark))
    document = tomlkit.parse(held)
    if mark + _released(tomlkit.dumps(document)) != source:
        raise _strange()
    for path, raw in changes.items():
        _set(document, path, raw)
    for path, values in (added or {}).items():
        _append(document, path, values)
    for path in sorted(removed, key=lambda each: int(each[-1]), reverse=True):
        del _at(document, path[:-1])[path[-1]]
    text = tomlkit.dumps(document)
    if tomllib.loads(text, parse_float=Decimal) != tomllib.loads(tomlkit.dumps(document.unwrap()), parse_float=Decimal):
        raise _strange()
    return mark + _released(text)


def _released(text: str) -> str:
    """The text with its blanks again."""
    return TABS_AFTER_DAY.sub(lambda found: found[1] + " " * len(found[2]), text)


def _at(document: Any, path: Path) -> Any:
    found = document
    for part in path:
        found = found[part]
    return found


def _set(document: Any, path: Path, raw: str) -> None:
    table = _at(document, path[:-1])
    key = path[-1]
    if raw == REMOVED:
        if key in table:
            del table[key]
    else:
        table[key] = value(raw)


def _append(document: Any, path: Path, values: Mapping[str, str]) -> None:
    table = _at(document, path[:-1])
    inline = tomlkit.inline_table()
    for key, raw in values.items():
        inline[key] = value(raw)
    if path[-1] not in table:
        table[path[-1]] = tomlkit.array()
    rows = table[path[-1]]
    if hasattr(rows, "add_line"):
        multiline = "\n" in rows.as_string()
        if multiline:
            rows.add_line(inline, indent="  ", newline=True)
        else:
            rows.append(inline)
    else:
        block = tomlkit.table()
        for key, raw in values.items():
            block[key] = value(raw)
        rows.append(block)


def value(raw: str) -> Item:
    """A TOML value from its text."""
    return tomlkit.value(raw)


def quoted(text: str) -> str:
    """A text as a TOML value."""
    return str(tomlkit.string(text).as_string())


def _strange() -> Refusal:
    text = "这份规则文本的写法特殊，不能逐项修改，以免改错别处。请用“修改全文”直接改文本。"
    return Refusal(Reason("DRAFT_TEXT", text))
