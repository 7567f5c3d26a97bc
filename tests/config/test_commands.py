"""A command of ours on a machine where nothing was set up: it makes tables and rule sets first, and says so aside."""

import json
from pathlib import Path

from tests.config.conftest import Station
from tests.enrollment.test_cases import CASE


def test_assess_answers_on_an_empty_database_and_keeps_its_output_to_itself(station: Station, tmp_path: Path):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [CASE]}), encoding="utf-8")

    first = station.run("manage", "assess", str(file))
    second = station.run("manage", "assess", str(file))

    assert json.loads(first.stdout)["results"][0]["fee_yuan"] == 150
    assert "正在建立" in first.stderr
    assert second.stdout == first.stdout
    assert second.stderr == ""
