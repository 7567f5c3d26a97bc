"""`manage.py assess` as its users call it: the contract, by the rule sets in the database."""

import json
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.enrollment.rule_facts import RULESETS
from tests.enrollment.test_cases import CASE

pytestmark = pytest.mark.django_db


def assess(path: Path) -> list[dict]:
    out = StringIO()
    try:
        call_command("assess", str(path), stdout=out)
    finally:
        answer = out.getvalue()
    return json.loads(answer)["results"]


@pytest.fixture
def loaded() -> None:
    for code in ("lianyungang", "songming"):
        call_command("load_ruleset", str(RULESETS / f"{code}.toml"), stdout=StringIO())


@pytest.mark.usefixtures("loaded")
def test_results_come_in_the_order_of_the_cases(tmp_path):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [CASE | {"id": "two"}, CASE | {"id": "one"}]}), encoding="utf-8")

    results = assess(file)

    assert [(each["id"], each["fee_yuan"]) for each in results] == [("two", 150), ("one", 150)]
    assert results[0]["members"][0]["reasons"][0]["clause"]["document"] == "嵩政办通〔2016〕50号"


@pytest.mark.usefixtures("loaded")
def test_a_case_that_cannot_be_read_is_told_and_the_others_are_answered(tmp_path, capsys):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [{"id": "bad"}, CASE, CASE | {"ruleset": "nowhere"}]}), encoding="utf-8")

    out = StringIO()
    with pytest.raises(CommandError, match="缺少 household"):
        call_command("assess", str(file), stdout=out)

    results = json.loads(out.getvalue())["results"]
    assert ["error" in each for each in results] == [True, False, True]
    assert "nowhere" in results[2]["error"]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"ruleset": "song\0ming"}, id="a code with a NUL"),
        pytest.param({"ruleset": "\ud800"}, id="a code with half a character"),
        pytest.param({"ruleset": ["songming"]}, id="a list for a code"),
    ],
)
def test_a_code_that_no_database_can_be_asked_for_spoils_only_its_own_case(tmp_path, broken):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [CASE | broken, CASE]}), encoding="utf-8")

    out = StringIO()
    with pytest.raises(CommandError, match="ruleset 应是规则集代码"):
        call_command("assess", str(file), stdout=out)

    assert json.loads(out.getvalue())["results"][1]["fee_yuan"] == 150


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("case_id", ["L-1", 7, None])
def test_the_id_comes_back_as_it_stands_in_the_case(tmp_path, case_id):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [CASE | {"id": case_id}]}), encoding="utf-8")

    assert assess(file)[0]["id"] == case_id


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="absent"),
        pytest.param(b"{", id="broken"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b'{"cases": ' + b"9" * 5000 + b"}", id="a number beyond all reading"),
        pytest.param(b'{"cases": 3}', id="no list"),
    ],
)
def test_a_file_that_holds_no_cases_is_refused_in_words(tmp_path, content):
    file = tmp_path / "cases.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match=r"cases\.json"):
        assess(file)


@pytest.mark.usefixtures("loaded")
def test_the_answer_is_json_in_every_encoding_of_the_terminal(tmp_path):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [CASE | {"id": "𬱖"}, CASE | {"id": "\ud800"}]}), encoding="utf-8")
    raw = BytesIO()
    terminal = TextIOWrapper(raw, encoding="gbk")

    call_command("assess", str(file), stdout=terminal)

    assert [each["id"] for each in json.loads(raw.getvalue().decode("gbk"))["results"]] == ["𬱖", "\ud800"]
