"""The worked cases: those beside the project and our own, by the same contract as `manage.py assess`."""

import json
from pathlib import Path
from typing import Any

import pytest

from enrollment.cases import read_case, result
from tests.enrollment.rule_facts import ruleset

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = [PROJECT.parent / "shared" / "cases", PROJECT / "tests" / "cases"]


def cases() -> list[Any]:
    files = [file for folder in FOLDERS for file in sorted(folder.glob("*.json"))]
    found = [case for file in files for case in json.loads(file.read_text(encoding="utf-8"))["cases"]]
    return [pytest.param(case, id=f"{case['id']} {case['clause']}") for case in found]


@pytest.mark.parametrize("data", cases())
def test_a_worked_case_holds(data: dict[str, Any]) -> None:
    case = read_case(data)

    answer = result(case, case.assess(ruleset(case.ruleset)))

    wrong = {key: (value, answer.get(key)) for key, value in data["expect"].items() if answer.get(key) != value}
    assert not wrong
    assert all(reason["clause"]["article"] for member in answer["members"] for reason in member["reasons"])
