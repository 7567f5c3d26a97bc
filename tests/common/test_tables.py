"""表格: what goes into a file comes out of it as it was, and nothing in it is calculated."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

from python_calamine import CalamineWorkbook

from common.tables import Table, csv_lines, workbook

ROWS = (
    ("=1+1", Decimal("1234.50"), date(2007, 10, 25), datetime(2007, 10, 25, 1, 5, tzinfo=UTC)),
    ("00012346", Decimal("-3.00"), None, None),
    ("http://example.org", 7, None, None),
)
TABLE = Table("收据", ("号码", "金额", "日期", "时间"), ROWS)


def test_a_workbook_keeps_texts_as_texts_and_figures_as_figures():
    sheet = CalamineWorkbook.from_filelike(BytesIO(workbook(TABLE))).get_sheet_by_name("收据")

    rows = sheet.to_python()
    assert rows[0] == ["号码", "金额", "日期", "时间"]
    assert rows[1][:3] == ["=1+1", 1234.5, date(2007, 10, 25)]
    assert rows[1][3].isoformat() == "2007-10-25T09:05:00"
    assert [row[0] for row in rows[2:]] == ["00012346", "http://example.org"]


def test_each_table_is_a_sheet_of_its_own():
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(TABLE, Table("作废", ("号码",), ()))))

    assert book.sheet_names == ["收据", "作废"]


def test_csv_begins_with_its_mark_and_disarms_formulas():
    lines = csv_lines(TABLE)

    assert lines.startswith(b"\xef\xbb\xbf")
    assert lines.decode("utf-8-sig").splitlines() == [
        "号码,金额,日期,时间",
        "'=1+1,1234.50,2007-10-25,2007-10-25 09:05",
        "00012346,-3.00,,",
        "http://example.org,7,,",
    ]
