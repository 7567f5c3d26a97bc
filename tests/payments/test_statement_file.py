"""银行对账单的读取: headings by many names, titles above, sums below, days and amounts as banks write them."""

import time
from datetime import date, datetime
from decimal import Decimal

import pytest

from common.decision import Refusal
from payments.bank.file import read_amount, read_day, read_statement
from tests.common.workbooks_made import xls, xlsx

BANK = """中国农业银行账户明细,,,,,,
户名：新浦街道劳动保障所,,,账号：6228000,,,
交易日期,交易流水号,摘要,借方发生额(元),贷方发生额(元),余额,对方户名
20071025,000771,利息,,"1,050.00","9,000.00",农业银行
2007-10-26,,缴存,￥420,,"8,580.00",新浦所

2007年10月27日 09:30:00,K-9,缴存,,（７）.００,1,新浦所
合计,,,420.00,"1,057.00",,
制表：王芳,,,,,,
""".replace("（７）.００", "７.００")


def told(data: bytes) -> dict[str, str]:
    return {each.role: f"{each.column} {each.heading}" for each in read_statement(data).columns}


def test_a_banks_csv_with_titles_sums_and_odd_amounts_is_read():
    read = read_statement(BANK.encode("gb18030"))

    assert [(line.day, line.amount, line.number, line.text, line.party) for line in read.lines] == [
        (date(2007, 10, 25), Decimal("1050.00"), "000771", "利息", "农业银行"),
        (date(2007, 10, 26), Decimal("-420.00"), "", "缴存", "新浦所"),
        (date(2007, 10, 27), Decimal("7.00"), "K-9", "缴存", "新浦所"),
    ]
    assert [line.place for line in read.lines] == ["第4行", "第5行", "第7行"]
    assert read.unread == ()
    assert (read.first_day, read.last_day) == (date(2007, 10, 25), date(2007, 10, 27))


def test_it_tells_which_column_was_taken_for_what():
    assert told(BANK.encode()) == {
        "日期": "A 交易日期",
        "收入": "E 贷方发生额",
        "支出": "D 借方发生额",
        "对方": "G 对方户名",
        "流水号": "B 交易流水号",
        "摘要": "C 摘要",
    }


@pytest.mark.parametrize(
    ("heads", "row", "amount"),
    [
        pytest.param(["日期", "金额"], ["2007-10-26", "420"], "420.00", id="只有金额"),
        pytest.param(["日期", "金额"], ["2007-10-26", "-420"], "-420.00", id="金额带负号"),
        pytest.param(["日期", "借/贷", "发生额"], ["2007-10-26", "贷", "420"], "420.00", id="借贷方向为贷"),
        pytest.param(["日期", "借贷标志", "交易金额"], ["2007-10-26", "借", "420"], "-420.00", id="借贷方向为借"),
        pytest.param(["记账日期", "收支", "金额"], ["2007-10-26", "收入", "420"], "420.00", id="收支"),
        pytest.param(["日期", "存入", "支出"], ["2007/10/26", "420", "0.00"], "420.00", id="存入支出"),
        pytest.param(["交易日期[ Date ]", "收入金额（元）"], ["20071026", "420"], "420.00", id="表头带英文和单位"),
        pytest.param(["日期", "贷方发生额/元(收入)"], ["20071026", "420"], "420.00", id="表头带斜杠单位"),
        pytest.param(["日期", "贷方", "借方"], ["20071026", "-420", ""], "-420.00", id="红字贷方"),
        pytest.param(["日期", "金额", "贷方"], ["20071026", "9", "420"], "420.00", id="有贷方就不看金额"),
    ],
)
def test_headings_and_directions_of_many_banks(heads, row, amount):
    (line,) = read_statement(xlsx(heads, row)).lines
    assert (line.day, line.amount) == (date(2007, 10, 26), Decimal(amount))


def test_a_heading_of_two_rows_is_one():
    rows = (["日期", "摘要", "发生额", ""], ["", "", "借方", "贷方"], ["2007-10-26", "缴存", "", "420"])
    (line,) = read_statement(xlsx(*rows)).lines
    assert (line.amount, line.place) == (Decimal("420.00"), "第3行")


def test_headings_that_come_again_on_each_page_are_no_lines():
    text = "日期,贷方\n2007-10-26,420\n本页合计,420\n日期,贷方\n2007-10-27,300\n"
    assert [line.amount for line in read_statement(text.encode()).lines] == [420, 300]


def test_each_sheet_with_headings_is_read_and_named():
    read = read_statement(xlsx(["日期", "贷方"], ["2007-10-26", 420], sheets=2))
    assert [line.place for line in read.lines] == ["Sheet1 第2行", "Sheet2 第2行"]


def test_an_old_workbook_with_serial_days_is_read():
    (line,) = read_statement(xls(["日期", "凭证号", "贷方"], [39381, 7788, 420.5])).lines
    assert (line.day, line.number, line.amount) == (date(2007, 10, 26), "7788", Decimal("420.50"))


def test_a_number_that_lost_its_end_is_no_number():
    rows = (["日期", "流水号", "凭证号", "贷方"], ["2007-10-26", 320705196001010018, "88", 420])
    assert read_statement(xlsx(*rows)).lines[0].number == "88"


def test_rows_that_cannot_be_read_are_named_with_why():
    text = "日期,借方,贷方\n2007-13-45,,420\n2007-10-26,,四百二\n2007-10-26,1,2\n,,420\n2007-10-26,,420\n3007-01-01,,1"
    read = read_statement(text.encode())

    assert len(read.lines) == 1
    assert dict(read.unread) == {
        "第2行": "日期“2007-13-45”读不出来。",
        "第3行": "金额“四百二”读不出来。",
        "第4行": "收入和支出两栏都有金额。",
        "第5行": "没有日期。",
        "第7行": "日期“3007-01-01”不合常理。",
    }


def test_a_direction_that_says_nothing_is_named():
    text = "日期,借贷,金额\n2007-10-26,,420\n2007-10-27,贷,1\n"
    assert read_statement(text.encode()).unread == (("第2行", "看不出是收入还是支出（空）。"),)


def test_cells_full_of_brackets_cost_no_time():
    """Patterns that look for the closing bracket from every opening one would take minutes."""
    begun = time.monotonic()

    with pytest.raises(Refusal, match="没有找到表头"):
        read_statement("\n".join([",".join(["(" * 4_800] * 20)] * 60).encode())

    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("姓名,身份证号\n张三,1\n", "STATEMENT_HEAD", id="不是对账单"),
        pytest.param("日期,摘要\n2007-10-26,x\n", "STATEMENT_HEAD", id="没有金额列"),
        pytest.param("日期,贷方\n合计,0\n", "STATEMENT_EMPTY", id="没有交易"),
        pytest.param("日期,贷方\n坏,420\n", "STATEMENT_EMPTY", id="一行也读不出"),
    ],
)
def test_what_is_no_statement_is_refused_in_words(text, code):
    with pytest.raises(Refusal) as refused:
        read_statement(text.encode())
    assert refused.value.code == code


@pytest.mark.parametrize(
    "cell",
    [
        "20071026",
        "2007-10-26",
        "2007/10/26",
        "2007.10.26",
        "2007年10月26日",
        "2007-10-26 09:30:00",
        "20071026093000",
        "２００７１０２６",
        "39381",
        "39381.5",
        Decimal(39381),
        Decimal(20071026),
        date(2007, 10, 26),
        datetime(2007, 10, 26, 9, 30),  # noqa: DTZ001 - a spreadsheet's moment has no zone
    ],
)
def test_days_as_banks_write_them(cell):
    assert read_day(cell) == date(2007, 10, 26)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1,050.00", "1050.00"),
        ("￥420", "420.00"),
        ("CNY 420.00", "420.00"),
        ("４２０．５", "420.50"),
        ("(420.00)", "-420.00"),
        ("+420", "420.00"),
        ("-¥420", "-420.00"),
        ("--", "0.00"),
        ("", "0.00"),
        (Decimal("420.3"), "420.30"),
    ],
)
def test_amounts_as_banks_write_them(cell, amount):
    assert read_amount(cell) == Decimal(amount)


MISLEADING = """交易日,记账日期,凭证号,金额,贷方发生额,回单号
2007-10-25,2007-10-26,1,420.00,9420.00,7788
2007-10-27,2007-10-28,2,7.00,9427.00,7789
"""


@pytest.mark.parametrize(
    ("chosen", "first"),
    [
        pytest.param({}, (date(2007, 10, 25), "9420.00", "7788"), id="照表头"),
        pytest.param({"day": "B", "amount": "D", "number": "C"}, (date(2007, 10, 26), "420.00", "1"), id="都指明"),
        pytest.param({"amount": "D"}, (date(2007, 10, 25), "420.00", "7788"), id="只指明金额"),
    ],
)
def test_columns_that_a_person_named_go_before_the_headings(chosen, first):
    read = read_statement(MISLEADING.encode(), chosen)

    line = read.lines[0]
    assert (line.day, line.amount, line.number) == (first[0], Decimal(first[1]), first[2])
    assert len(read.lines) == 2


def test_a_file_without_headings_is_read_once_its_columns_are_named():
    data = "活期明细\n2007-10-25,缴存,420.00\n,,合计 420\n2007-10-26,缴存,7.00\n".encode()

    with pytest.raises(Refusal, match="没有找到表头"):
        read_statement(data)

    read = read_statement(data, {"day": "A", "credit": "C"})
    assert [line.amount for line in read.lines] == [Decimal("420.00"), Decimal("7.00")]
    assert {(each.role, each.column) for each in read.columns} == {("日期", "A"), ("收入", "C")}


def test_a_column_that_is_not_there_is_refused_in_words():
    with pytest.raises(Refusal, match=r"没有读到一笔交易.*日期"):
        read_statement(MISLEADING.encode(), {"day": "Z"})
