"""docs/rulesets.md and its Chinese twin name every key that is read, and what they say of their example is true."""

import json
import re
import tomllib
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from enrollment.draft_text import edited
from enrollment.rules.decision import HouseholdDecision
from enrollment.rules.facts import Certification, EndedCover, Hukou, Member, OtherCover, Student
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.source import RuleSetError, read_ruleset
from enrollment.rules.toml_table import Table
from tests.enrollment.rule_facts import disabled, lianyungang, listed

DOCS = Path(__file__).resolve().parents[2] / "docs"
ENGLISH, CHINESE = DOCS / "rulesets.md", DOCS / "manual" / "rule-sets.md"
BOTH = pytest.mark.parametrize("path", [ENGLISH, CHINESE], ids=["English", "中文"])
COLUMNS = 6
REQUIRED, OPTIONAL, WHEN = ("required", "必填"), ("optional", "可不写"), ("if ", "有条件：")
KEY = re.compile(r"\| `([a-z_]+)` \|")
TABLE = re.compile(r"\| `\[{1,2}([a-z_.]+)\]{1,2}` \|")


@cache
def example(path: Path) -> str:
    """The worked example of a document."""
    (text,) = re.findall(r"^```toml\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return text


@cache
def example_ruleset() -> RuleSet:
    return read_ruleset(example(ENGLISH))


@BOTH
def test_a_year_of_the_example_is_edited_field_by_field_and_the_rest_stays(path: Path):
    edit = {("periods", 0, "rates", 0, "standard"): "410", ("periods", 0, "rates", 0, "payable"): "410"}

    text = edited(example(path), edit)

    old, new = '"general", standard = 400, payable = 400', '"general", standard = 410, payable = 410'
    assert text == example(path).replace(old, new, 1)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def documented(path: Path) -> dict[str, str]:
    """Each key and table that a document explains, dotted, and whether it says required, optional or when."""
    found: dict[str, str] = {}
    tables: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            tables = re.findall(r"`([a-z_.]+)`", line) if line.startswith("### ") else []
        elif overview := TABLE.match(line):
            found[overview[1]] = cells(line)[2]
        elif tables and (key := KEY.match(line)):
            assert len(cells(line)) == COLUMNS, line
            assert all(cells(line)), line
            found |= {f"{table}.{key[1]}": cells(line)[3] for table in tables}
    return found


def dotted(path: tuple[str | int, ...]) -> str:
    """A path without indices; the key of a clause is anybody's to choose."""
    parts = [part for part in path if isinstance(part, str)]
    if parts[0] == "clauses":
        del parts[1:2]
    return ".".join(parts)


@pytest.fixture
def read(monkeypatch) -> set[str]:
    """The keys for which the reader asks, noted as it reads."""
    asked: set[str] = set()
    take, has = Table._take, Table.has

    def noting_take(self, key, *args, **kwargs):
        asked.add(dotted((*self.path, key)))
        return take(self, key, *args, **kwargs)

    def noting_has(self, key):
        asked.add(dotted((*self.path, key)))
        return has(self, key)

    monkeypatch.setattr(Table, "_take", noting_take)
    monkeypatch.setattr(Table, "has", noting_has)
    return asked


@BOTH
def test_every_key_that_is_read_is_explained_and_no_other(path, read):
    read_ruleset(example(path))

    assert sorted(read) == sorted(documented(path))


def test_both_documents_have_the_same_example_and_the_same_answers():
    assert example(ENGLISH) == example(CHINESE)
    assert [row[2:6] for row in answers(ENGLISH)] == [row[2:6] for row in answers(CHINESE)]


def test_the_example_shows_every_key(read):
    data = tomllib.loads(example(ENGLISH), parse_float=Decimal)

    read_ruleset(example(ENGLISH))

    assert read - {dotted(path) for path in _paths(data, ()) if path} == set()


def _paths(value: Any, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    """A value's own path and those of all that it holds; those that end in a number are items, not keys."""
    found = [] if path and isinstance(path[-1], int) else [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += _paths(inner, (*path, key))
    return found


@BOTH
def test_what_is_called_required_is_and_what_is_called_optional_may_be_left_out(path):
    for key, needed in documented(path).items():
        outcomes = {_is_read_without(path, place) for path in [example(path)] for place in _places(path, key)}
        if needed.startswith(REQUIRED):
            assert outcomes == {False}, f"{key} is called required"
        elif needed.startswith(OPTIONAL):
            assert True in outcomes, f"{key} is called optional"
        else:
            assert needed.startswith(WHEN), f"{key}: {needed}"


def _places(text: str, key: str) -> list[tuple[str | int, ...]]:
    """Where a key stands in a text."""
    return [place for place in _all_places(text) if place and dotted(place) == key]


@cache
def _all_places(text: str) -> list[tuple[str | int, ...]]:
    return _paths(tomllib.loads(text), ())


def _is_read_without(text: str, place: tuple[str | int, ...]) -> bool:
    data = tomllib.loads(text, parse_float=Decimal)
    *around, last = place
    table: Any = data
    for part in around:
        table = table[part]
    del table[last]
    try:
        read_ruleset(written(data))
    except RuleSetError:
        return False
    return True


def written(data: dict[str, Any]) -> str:
    """TOML again, each top-level table on one line."""
    return "\n".join(f"{key} = {_value(value)}" for key, value in data.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, (str, bool)):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, date) else str(value)


def test_writing_the_example_again_changes_nothing():
    data = tomllib.loads(example(ENGLISH), parse_float=Decimal)

    assert read_ruleset(written(deepcopy(data))) == example_ruleset()


def answers(path: Path) -> list[list[str]]:
    """The rows of the table of answers."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [cells(line) for line in lines if re.match(r"\| [A-Z] \|", line)]


def person(ref: str = "A", **facts: Any) -> Member:
    """A resident of 甲区 with urban hukou."""
    return Member(ref=ref, **{"hukou": Hukou("990101", "urban")} | facts)


DIBAO = Certification(category="低保户", issued_by_division="990101")
ELDER = listed("农村高龄老人")
CASES = {
    "A": (person(),),
    "B": (person(birth_date=date(2019, 5, 1), student=Student("小学", school_in_area=True)),),
    "C": (person("A", certifications=(DIBAO,)), person("B")),
    "D": (person(certifications=(disabled("肢体", 2),)),),
    "E": (person(certifications=(disabled("听力", 1),)),),
    "F": (person(birth_date=date(1948, 3, 1), hukou=Hukou("990122", "rural"), certifications=(ELDER,)),),
    "G": (person(),),
    "H": (person(),),
    "I": (person(covered_years=frozenset({2029})),),
    "J": (person(covered_years=frozenset({2027})),),
    "K": (person(birth_date=date(2030, 3, 1)),),
    "L": (person(employee_cover=EndedCover(date(2030, 2, 15), "990101")),),
    "M": (person(insured_elsewhere=OtherCover("employee")),),
}


def asked(case: str, paid: str) -> HouseholdDecision:
    return lianyungang(*CASES[case], asked=paid, year=2030, ruleset=example_ruleset())


@pytest.mark.parametrize("case", CASES)
def test_the_example_answers_what_the_document_says(case):
    (row,) = [row for row in answers(ENGLISH) if row[0] == case]
    _, _, paid, pays, sponsored, starts, _ = row

    decision = asked(case, paid)

    if pays == "—":
        assert not decision.eligible
        assert (sponsored, starts) == ("—", "—")
    else:
        assert decision.eligible
        assert (decision.payable, decision.sponsored) == (Decimal(pays), Decimal(sponsored))
        assert {member.benefit.starts_on.isoformat() for member in decision.applicants} == {starts}


def test_every_answer_of_the_document_is_a_case_here():
    assert [row[0] for row in answers(ENGLISH)] == list(CASES)


def test_the_refusals_of_the_example_say_why_and_when_next():
    between, twice = asked("H", "2030-03-10"), asked("M", "2029-11-05")

    assert (between.reason, between.next_window[0]) == ("WINDOW_CLOSED", date(2030, 4, 1))
    assert twice.reason == "EMPLOYEE_INSURED"


def test_the_account_of_an_early_payer_is_the_bands_own():
    credited = [asked("A", day).members[0].benefit.account_credit for day in ("2029-11-05", "2030-01-15")]

    assert credited == [60, 50]


@BOTH
def test_the_message_that_is_shown_is_the_one_that_is_given(path):
    wrong = example(path).replace("payable = 100, sponsored = 300", "payable = 100, sponsored = 200", 1)

    with pytest.raises(RuleSetError) as refused:
        read_ruleset(wrong)

    (problem,) = refused.value.problems
    shown = f"    shili-2030.toml:{problem.line}: {problem.key}: {problem.expected}\n"
    assert shown in path.read_text(encoding="utf-8")
