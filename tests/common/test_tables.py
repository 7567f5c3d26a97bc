"""电子表: what goes into a file comes out of it as it was, and nothing in it is calculated."""

from datetime import date
from decimal import Decimal
from io import BytesIO

from python_calamine import CalamineWorkbook

from common.tables import Column, Table, csv_bytes, xlsx

ROWS = (
    ("=1+1", Decimal("1234.50"), date(2007, 10, 25)),
    ("00012346", Decimal("-3.00"), None),
    ("http://example.org", 7, None),
)
TABLE = Table("收据", (Column("号码"), Column("金额"), Column("日期")), ROWS)


def test_a_workbook_keeps_texts_as_texts_and_figures_as_figures():
    sheet = CalamineWorkbook.from_filelike(BytesIO(xlsx(TABLE))).get_sheet_by_name("收据")

    rows = sheet.to_python()
    assert rows[0] == ["号码", "金额", "日期"]
    assert rows[1] == ["=1+1", 1234.5, date(2007, 10, 25)]
    assert [row[:2] for row in rows[2:]] == [["00012346", -3], ["http://example.org", 7]]


def test_each_table_is_a_sheet_of_its_own():
    book = CalamineWorkbook.from_filelike(BytesIO(xlsx(TABLE, Table("作废", (Column("号码"),), ()))))

    assert book.sheet_names == ["收据", "作废"]


def test_csv_begins_with_its_mark_and_disarms_formulas():
    lines = csv_bytes(TABLE)

    assert lines.startswith(b"\xef\xbb\xbf")
    assert lines.decode("utf-8-sig").splitlines() == [
        "号码,金额,日期",
        "'=1+1,1234.50,2007-10-25",
        "00012346,-3.00,",
        "http://example.org,7,",
    ]
