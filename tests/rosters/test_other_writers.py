"""Rosters that other programs wrote (`files/make.py`): LibreOffice, openpyxl, xlwt, odfpy, pyexcelerate, pandas."""

from pathlib import Path

import pytest

from common.hidden import hidden_rows
from tests.rosters.test_reading import EXPECTED, people, read

FILES = sorted(each for each in (Path(__file__).parent / "files").iterdir() if each.suffix != ".py")
HIDING = ("libreoffice.ods", "libreoffice.xls", "libreoffice.xlsx", "odfpy.ods", "openpyxl.xlsx", "xlwt.xls")


@pytest.mark.parametrize("file", FILES, ids=[each.name for each in FILES])
def test_the_village_is_the_same_whoever_wrote_the_file(file):
    found = read(file.read_bytes())

    assert people(found) == EXPECTED
    assert [row.number for row in found.rows] == [4, 5, 7]
    assert [row for _, row, _ in found.left_out] == [8, 9]
    assert {each.field: each.column for each in found.columns}["id_no"] == "F"


def test_there_is_a_file_of_every_kind():
    assert len(FILES) >= 11
    assert {each.suffix for each in FILES} == {".csv", ".ods", ".xls", ".xlsx"}


@pytest.mark.parametrize("file", FILES, ids=[each.name for each in FILES])
def test_hidden_rows_are_told_where_the_file_tells_them(file):
    expected = {"东村": [7]} if file.name in HIDING else {}

    assert hidden_rows(file.read_bytes()) == expected
