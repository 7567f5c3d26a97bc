"""隐藏的行: told for a workbook whose rows were hidden or filtered away, and nothing for other files."""

from io import BytesIO

import pytest
import xlsxwriter

from common.hidden import hidden_rows


def workbook(*hidden: int, rows: int = 10, name: str = "东村 & 西村") -> bytes:
    """Rows of one cell, some of them hidden; a second sheet with none."""
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet(name)
        for line in range(rows):
            sheet.write_string(line, 0, "x" * 50)
        for line in hidden:
            sheet.set_row(line - 1, None, None, {"hidden": True})
        book.add_worksheet("另一张").write_string(0, 0, "x")
    return out.getvalue()


def test_hidden_rows_are_told_by_sheet():
    assert hidden_rows(workbook(3, 7)) == {"东村 & 西村": [3, 7]}


def test_a_long_sheet_is_read_in_pieces():
    hidden = list(range(2, 20_000, 3))

    assert hidden_rows(workbook(*hidden, rows=20_000)) == {"东村 & 西村": hidden}


@pytest.mark.parametrize("data", [b"", b"a,b\r\n", b"PK\x03\x04 broken", workbook()], ids=["空", "CSV", "坏", "没有"])
def test_nothing_is_told_of_other_files(data: bytes):
    assert hidden_rows(data) == {}
