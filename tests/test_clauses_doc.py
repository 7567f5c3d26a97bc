"""docs/clauses.md gives every clause of both documents a home, and every home that it names is there."""

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from enrollment.rules.source import read_ruleset

ROOT = Path(__file__).resolve().parents[1]
RULESETS = ROOT / "enrollment" / "rulesets"
PARTS = {"rosters", "targets and reports"}
ROW = re.compile(r"\| ([LS]-\d+-\d+) \| .+ \| (.+) \| (.+) \| (.+) \|")
URL_NAMES = {name for name in get_resolver().reverse_dict if isinstance(name, str)}


def rows() -> list[tuple[str, ...]]:
    lines = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8").splitlines()
    return [found.groups() for line in lines if (found := ROW.fullmatch(line))]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize(("ruleset", "letter"), [("lianyungang", "L"), ("songming", "S")])
def test_every_clause_of_the_registry_has_one_row(ruleset: str, letter: str):
    registry = read_ruleset((RULESETS / f"{ruleset}.toml").read_text(encoding="utf-8")).clauses

    asked = [key for key in registry if re.fullmatch(rf"{letter}-\d+-\d+", key)]

    assert sorted(row[0] for row in rows() if row[0].startswith(letter)) == sorted(asked)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_every_row_has_a_home_that_is_there(row: tuple[str, ...]):
    _, screen, code, test = row

    if code in PARTS:
        assert (screen, test) == ("–", "–")
        return
    assert names(screen)
    assert set(names(screen)) <= URL_NAMES
    assert names(code)
    assert all((ROOT / path).is_file() for path in names(code))
    assert names(test)
    for each in names(test):
        path, _, function = each.partition("::")
        assert re.search(rf"^def {function}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), each
