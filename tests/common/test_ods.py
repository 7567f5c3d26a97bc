"""ods files: read as LibreOffice writes them, refused in words where they are broken or meant ill."""

from datetime import date
from decimal import Decimal
from time import monotonic

import pytest

from common.decision import Refusal
from common.sheets import read_sheets
from tests.common.ods_made import ods, packed, row, table


def test_an_ods_sheet_keeps_texts_numbers_and_days():
    (sheet,) = read_sheets(ods(["标题"], ["", "姓名"], [date(2016, 1, 2), 150.5, "0018"], name="东村"))

    assert sheet.name == "东村"
    assert sheet.rows[2] == (date(2016, 1, 2), Decimal("150.5"), "0018")
    assert not sheet.hidden


MANY_ROWS = (
    '<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000">'
    '<table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table>'
)
WIDE = MANY_ROWS.replace("number-rows-repeated", "x").replace(
    "<table:table-cell", '<table:table-cell table:number-columns-repeated="9999"'
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(packed(MANY_ROWS), "FILE_ROWS", id="a million rows by repetition"),
        pytest.param(packed(WIDE), "FILE_COLUMNS", id="ten thousand columns by repetition"),
        pytest.param(packed(table(row(["姓名"])), encrypted=True), "FILE_PASSWORD", id="password"),
        pytest.param(packed('<table:table table:name="a"><'), "FILE_UNREADABLE", id="cut off"),
        pytest.param(packed(""), "FILE_EMPTY", id="no sheet"),
    ],
)
def test_what_cannot_be_read_is_refused_within_seconds(data, code):
    began = monotonic()

    with pytest.raises(Refusal) as refused:
        read_sheets(data)

    assert refused.value.code == code
    assert monotonic() - began < 10
