"""Whether a rule set's texts fit where they are copied to: rows, receipts, lists. 规则集文本的长度."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from enrollment.rules.source import RuleSetError
from enrollment.rules.toml_lines import Path
from enrollment.rules.toml_table import Source

# Paths with * for any key or index.
LIMITS: Mapping[tuple[str, ...], int] = {
    ("ruleset", "code"): 40,
    ("ruleset", "name"): 80,
    ("document", "number"): 60,
    ("clauses", "*", "article"): 60,
    ("categories", "list", "*", "code"): 40,
    ("categories", "list", "*", "name"): 60,
    ("funders", "*", "name"): 60,
}
CLAUSE_KEY_LIMIT = 40


def refuse_what_does_not_fit(text: str) -> None:
    """Raise RuleSetError for texts that the database's columns cannot hold; `text` is TOML already found right."""
    text = text.removeprefix("\ufeff")
    data = tomllib.loads(text)
    source = Source(text)
    with source.noting():
        for path, value in _texts((), data):
            limit = next((limit for pattern, limit in LIMITS.items() if _matches(path, pattern)), None)
            if limit and len(value) > limit:
                source.fault(path, f"最多{limit}个字，现在是{len(value)}个字")
            if "\0" in value:
                source.fault(path, "含有不可见的空字符（\\u0000），请删去")
        for key in data["clauses"]:
            if len(key) > CLAUSE_KEY_LIMIT or "\0" in key:
                source.fault(("clauses", key), f"条款编号最多{CLAUSE_KEY_LIMIT}个字符，且不能含空字符")
    if source.problems:
        raise RuleSetError(source.problems)


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts((*path, key), each)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts((*path, index), each)


def _matches(path: Path, pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(want in ("*", part) for part, want in zip(path, pattern, strict=True))
