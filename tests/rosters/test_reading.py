"""Rosters as they come: every kind of file, every shape of head, and nothing taken that is no person."""

import random
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from common.decision import Refusal
from common.typed import InputError
from rosters.reading import cells
from rosters.reading.rows import RosterRead, read_roster
from tests.common.ods_made import ods
from tests.common.workbooks_made import xls, xlsx
from tests.rosters.made import HEADS, LI, LIU, WANG, csv_of, village_rows

TODAY = date(2016, 11, 1)


def read(data: bytes, **more: object) -> RosterRead:
    return read_roster(data, today=TODAY, **more)


def people(found: RosterRead) -> list[tuple]:
    return [(str(r.id_no), r.name, r.sex, r.amount, r.phone, r.household and r.household[-1]) for r in found.rows]


EXPECTED = [
    (LI, "李大山", "M", Decimal("150.00"), "13812348888", "001"),
    (WANG, "王秀", "F", Decimal("150.00"), "", "001"),
    (LIU, "刘利", "M", Decimal("150.00"), "", "002"),
]
FLAT = [[cell if cell != "" else "" for cell in row] or [""] for row in village_rows()]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(csv_of(FLAT), id="csv, UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + csv_of(FLAT), id="csv, UTF-8 with BOM"),
        pytest.param(csv_of(FLAT, "gb18030"), id="csv, GB18030"),
        pytest.param(xlsx(*FLAT), id="xlsx"),
        pytest.param(xls(*map(list, FLAT)), id="xls"),
        pytest.param(ods(*FLAT), id="ods"),
    ],
)
def test_a_village_roster_is_read_from_every_kind_of_file(data):
    found = read(data)

    assert people(found) == EXPECTED
    assert [row.number for row in found.rows] == [4, 5, 7]
    assert [row for _, row, _ in found.left_out] == [8, 9]
    assert {each.field: each.column for each in found.columns}["id_no"] == "F"


def test_a_head_of_two_rows_is_read_as_one():
    rows = [
        ["序号", "户主", "", "家庭成员情况", "", "", "缴费"],
        ["", "姓名", "户号", "姓名", "身份证号码", "与户主关系", "金额（元）"],
        [1, "李大山", "7", "李大山", LI, "户主", 150],
        ["", "", "", "王秀", WANG, "妻", 150],
    ]

    found = read(xlsx(*rows))

    assert [(r.name, r.head_name, r.household_no, r.relation, r.amount) for r in found.rows] == [
        ("李大山", "李大山", "7", "02", Decimal("150.00")),
        ("王秀", "李大山", "7", "12", Decimal("150.00")),
    ]


@pytest.mark.parametrize("head", ["本人", "户主本人", "本人（户主）", "户主(本人)", "1.户主", "户  主"])
def test_the_head_is_marked_in_many_ways(head):
    rows = [["姓名", "身份证号", "与户主关系"], ["李大山", LI, head], ["王秀", WANG, "妻子"], ["刘利", LIU, head]]

    found = read(csv_of(rows)).rows

    assert len({row.household for row in found}) == 2
    assert found[0].household == found[1].household
    assert [row.relation in ("01", "02") for row in found] == [True, False, True]
    assert found[1].relation == "12"


@pytest.mark.parametrize("heading", ["户主", "是否户主"])
@pytest.mark.parametrize(("yes", "no"), [("是", "否"), ("√", ""), ("1", "0"), ("户主", "成员")])
@pytest.mark.parametrize("numbers", [("1", "1", "2"), ("", "", "")])
def test_a_mark_in_the_column_of_the_head_names_nobody(heading, yes, no, numbers):
    people_ = zip(numbers, ["李大山", "王秀", "刘利"], [LI, WANG, LIU], [yes, no, yes], strict=True)

    found = read(csv_of([["户号", "姓名", "身份证号", heading], *map(list, people_)])).rows

    assert [row.relation for row in found] == ["02", "", "02"]
    assert "是" not in {row.head_name for row in found}
    assert found[0].household == found[1].household != found[2].household


@pytest.mark.parametrize("heading", ["户号", "户主（签字）"])
def test_a_column_of_households_that_nobody_filled_in_leaves_them_to_the_relation(heading):
    rows = [
        [heading, "姓名", "身份证号", "与户主关系"],
        ["", "李大山", LI, "户主"],
        ["", "王秀", WANG, "妻"],
        ["", "刘利", LIU, "户主"],
        ["合计2户", "", "3人", ""],
    ]

    found = read(csv_of(rows)).rows

    assert found[0].household == found[1].household != found[2].household
    assert found[0].household is not None


@pytest.mark.parametrize("subtitle", [["第二组"], ["", "东村二组："], ["二村民小组"], ["", "", "", "2组"]])
def test_households_are_numbered_anew_below_the_name_of_a_group(subtitle):
    head = ["户号", "姓名", "身份证号", "与户主关系"]
    rows = [
        head,
        ["第一组"],
        ["1", "李大山", LI, "户主"],
        subtitle,
        ["1", "刘利", LIU, "户主"],
        ["", "王秀", WANG, "妻"],
    ]

    first, second, third = read(csv_of(rows)).rows

    assert first.household != second.household == third.household
    assert first.group == "第一组"
    assert second.group in ("第二组", "二组", "二村民小组", "2组")


def test_below_the_month_of_birth_the_first_of_a_month_is_no_day():
    data = xlsx(["姓名", "身份证号", "出生年月"], ["李大山", LI, date(1960, 1, 1)], ["王秀", WANG, date(1962, 2, 3)])

    assert [row.birth for row in read(data).rows] == [None, date(1962, 2, 3)]


def test_whoever_stands_beside_another_in_a_row_is_told():
    rows = [
        ["姓名", "身份证号", "金额", "姓名", "身份证号", "金额"],
        ["李大山", LI, 150, "王秀", WANG, 150],
        ["刘利", LIU],
    ]

    found = read(csv_of(rows))

    assert [row.name for row in found.rows] == ["李大山", "刘利"]
    assert [(number, "E列" in why, "接到" in why) for _, number, why in found.left_out] == [(2, True, True)]


@pytest.mark.parametrize(
    "line",
    [
        [1, 2, 3, 4, 5],
        ["甲", "乙", "丙", "丁", 1],
        ["(1)", "(2)", "（3）", "（4）", "（5）"],
        ["", "", "（照身份证）", "（18位）", "（元）"],
    ],
)
def test_a_line_about_the_columns_is_nobody(line):
    rows = [["序号", "户号", "姓名", "身份证号", "金额"], line, [1, "2", "李大山", LI, 150]]

    found = read(xlsx(*rows))

    assert [(row.name, row.problems) for row in found.rows] == [("李大山", ())]


def test_ditto_marks_repeat_the_household_above():
    rows = [
        ["村", "户号", "户主", "姓名", "身份证号"],
        ["东村", "7", "李大山", "李大山", LI],
        ["〃", "同上", "同上", "王秀", WANG],
    ]

    found = read(csv_of(rows)).rows

    assert [(row.village, row.household_no, row.head_name) for row in found] == [("东村", "7", "李大山")] * 2


@pytest.mark.parametrize("member", ["家庭成员", "家庭成员情况", "参保人员基本信息"])
@pytest.mark.parametrize("head", ["户主", "户主情况"])
def test_the_number_of_the_head_beside_each_household_is_not_taken_for_the_members(head, member):
    rows = [
        ["序号", head, "", member, "", "", "缴费"],
        ["", "姓名", "身份证号码", "姓名", "身份证号码", "与户主关系", "金额（元）"],
        [1, "李大山", LI, "李大山", LI, "户主", 150],
        [2, "", "", "王秀", WANG, "妻", 150],
    ]

    found = read(xlsx(*rows))

    assert [(r.name, str(r.id_no), r.head_name) for r in found.rows] == [
        ("李大山", LI, "李大山"),
        ("王秀", WANG, "李大山"),
    ]
    assert not found.left_out


@pytest.mark.parametrize("heading", ["户主或与户主关系", "与户主之关系", "户主/与户主关系", "与户主\n关系（称谓）"])
def test_the_relation_is_found_under_the_words_of_the_hukou_book(heading):
    (row,) = read(csv_of([["姓名", "身份证号", heading], ["李大山", LI, "户主"]])).rows

    assert row.relation == "02"


@pytest.mark.parametrize(
    "heads",
    [
        ["村社", "姓名", "身份证"],
        ["村(居)", "姓 名", "身份证号"],
        ["社区", "参保人姓名", "公民身份号码"],
        ["村\n（居）", "成员姓名", "证件号码（18位）"],
        ["村委会", "学生姓名", "学生身份证号码"],
    ],
)
def test_headings_have_many_names(heads):
    (row,) = read(csv_of([heads, ["东村", "李大山", LI]])).rows

    assert (row.village, row.name, str(row.id_no)) == ("东村", "李大山", LI)


@pytest.mark.parametrize(
    "marks",
    [
        "【{}】",
        "[{}]",
        "〔{}〕",
        "*{}",
        "{}*",
        "{}：",
        "{}（必填）",
        "【必填】{}",
        "【{}】（必填）",
        "1.{}",
        "②{}",
        "{} Name",
    ],
)
def test_headings_stand_in_brackets_and_bear_marks(marks):
    heads = [marks.format(each) for each in ("户号", "姓  名", "身份证号")]

    (row,) = read(csv_of([heads, ["1", "李大山", LI]])).rows

    assert (row.household_no, row.name, str(row.id_no)) == ("1", "李大山", LI)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param(5.30127196001019e17, "ID_EXCEL", id="a number of Excel's"),
        pytest.param("5.30127E+17", "ID_EXCEL", id="Excel's number as text"),
        pytest.param(LI[:17] + ("0" if LI[17] != "0" else "1"), "ID_CHECK_DIGIT", id="a slip"),
        pytest.param(LI[:15], "ID_LENGTH_15", id="fifteen digits"),
        pytest.param("", "ID_EMPTY", id="none"),
        pytest.param("无", "ID_EMPTY", id="none in words"),
        pytest.param("新生儿未上户", "ID_EMPTY", id="a newborn"),
    ],
)
def test_a_number_that_cannot_be_taken_is_refused_and_never_guessed(written, code):
    (row,) = read(xlsx(["姓名", "身份证号"], ["李大山", written])).rows

    assert row.id_no is None
    assert [each.code for each in row.problems] == [code]


def test_numbers_are_taken_however_they_are_typed():
    full_width = LI.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    rows = [["姓名", "身份证号"], ["李大山", full_width], ["王秀", f"'{WANG[:6]} {WANG[6:14]} {WANG[14:]}"]]

    assert [str(row.id_no) for row in read(csv_of(rows)).rows] == [LI, WANG]


@pytest.mark.parametrize(
    "written",
    [
        "1980-01-02", "1980/1/2", "1980.1.2", "1980年1月2日", "19800102", "1980-01-02 00:00:00", "29222",
        "１９８０．１．２",
        Decimal(19800102), Decimal(29222), date(1980, 1, 2), datetime(1980, 1, 2, 8),  # noqa: DTZ001 - a sheet knows no zone
        "01/02/1980",
    ],
)  # fmt: skip
def test_a_day_is_read_in_ten_ways(written):
    assert cells.read_birth(written) == date(1980, 1, 2)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("0元", 0),
        ("150元整", 150),
        ("1,050.00", 1050),
        ("￥150", 150),
        (Decimal("150.0"), 150),
        ("免缴", 0),
        ("壹佰伍拾元", 150),
        ("人民币壹佰捌拾圆整", 180),
        ("零元", 0),
        ("150圆", 150),
        ("", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(written, amount):
    assert cells.read_amount(written) == amount


def test_an_amount_in_words_that_is_none_is_refused():
    with pytest.raises(InputError, match="读不出来。请写成数字"):
        cells.read_amount("壹佰伍")


@pytest.mark.parametrize(
    "written",
    [Decimal("1E+15"), Decimal(10**10), "1E+15", "1.23457e17", "320705198001020016", "10,000,000,000元", "壹仟亿元整"],
)
def test_an_amount_that_is_far_too_large_is_told_as_that_under_a_code_of_its_own(written):
    rows = [["姓名", "身份证号", "缴费金额"], ["李大山", LI, f"{written}"]]
    with pytest.raises(InputError, match="太大，不会是缴费金额。请核对是否多写了位数"):
        cells.read_amount(written)

    (reason,) = read(csv_of(rows)).rows[0].problems

    assert (reason.code, reason.clause.document) == ("AMOUNT_TOO_LARGE", "名册填写要求")


@pytest.mark.parametrize("written", [Decimal("-1E+15"), "1E+02", "1E"])
def test_what_is_no_amount_and_not_too_large_either_is_told_as_unreadable(written):
    with pytest.raises(InputError, match="读不出来"):
        cells.read_amount(written)


@pytest.mark.parametrize(
    "foot",
    [
        ["合计（元）", 2, 3, "", "", 450],
        ["一组小计", "2", "3", "", "", "450"],
        ["", "", 3, "", "", 450],
        ["", "", "大写：肆佰伍拾元整", "", "", 450],
        ["合计大写：人民币肆佰伍拾元整", "", "", "小写：450元", "", ""],
        ["合计", "", "", "3人", "", 450],
        ["户数合计：2户", "", "人数合计：3人", "", "", "金额合计：450元"],
        ["总户数：2户", "", "总人数：3人", "", "", ""],
        ["交款人（签名）", "", "", "收款单位（公章）", "", ""],
        ["", "", "以下空白", "", "", ""],
        ["以下无正文"],
    ],
)
def test_a_foot_is_nobody_and_holds_no_household(foot):
    rows = [
        ["序号", "户号", "姓名", "身份证号", "与户主关系", "缴费金额"],
        [1, "1", "李大山", LI, "户主", 150],
        [2, "1", "王秀", WANG, "妻", 150],
        [3, "2", "刘利", LIU, "户主", 150],
        foot,
    ]

    found = read(xlsx(*rows))

    assert [row.number for row in found.rows] == [2, 3, 4]
    assert not any(row.problems for row in found.rows)


FOOT = ["合计", "", "", "2人", "", "", "300"]
HEADS_7 = ["序号", "户号", "与户主关系", "姓名", "身份证号", "特殊人群类别", "缴费金额"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(["", "", "", "赵六"], id="姓名"),
        pytest.param(["", "", "", "赵六", "钱七"], id="两个姓名"),
        pytest.param(["", "", "", "赵 六", "", "", "", "2016.11.1"], id="姓名和日期"),
        pytest.param(["", "", "", date(2016, 11, 1)], id="日期"),
        pytest.param(["", "", "", "2016年11月"], id="年月"),
        pytest.param(["", "", "", "", "2016-11-01"], id="号码一列里的日期"),
    ],
)
def test_who_signed_below_the_foot_is_nobody_and_is_told(line):
    rows = [HEADS_7, [1, "1", "户主", "李大山", LI, "", 150], [2, "1", "妻", "王秀", WANG, "", 150], FOOT, line]

    found = read(xlsx(*rows))

    assert [row.name for row in found.rows] == ["李大山", "王秀"]
    assert [row for _, row, _ in found.left_out] == [4, 5]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(["", "", "", "赵六", "", "", 150], id="有金额"),
        pytest.param(["", "", "子", "赵六"], id="有关系"),
        pytest.param([3, "", "", "赵六"], id="有序号"),
        pytest.param(["", "", "", "赵六", "", "低保"], id="有类别"),
        pytest.param(["", "", "", "赵六", "5.30127E+17"], id="有号码"),
        pytest.param(["", "", "", "赵六（新生儿）"], id="有说明"),
    ],
)
def test_whoever_may_be_insured_is_not_lost_below_the_foot(line):
    rows = [HEADS_7, [1, "1", "户主", "李大山", LI, "", 150], FOOT, line]

    assert len(read(xlsx(*rows)).rows) == 2


def test_a_bare_name_above_the_last_number_is_a_person_without_one():
    rows = [
        HEADS_7,
        [1, "1", "户主", "李大山", LI, "", 150],
        FOOT,
        ["", "", "", "赵六"],
        [2, "2", "户主", "王秀", WANG],
    ]

    found = read(xlsx(*rows))

    assert [row.name for row in found.rows] == ["李大山", "赵六", "王秀"]
    assert [each.code for each in found.rows[1].problems] == ["ID_EMPTY"]


def test_who_has_a_number_elsewhere_in_the_row_is_no_sum():
    (row,) = read(csv_of([["姓名", "身份证号", "备注"], ["45", "", LI]])).rows

    assert [each.code for each in row.problems] == ["NAME_DIGIT", "ID_EMPTY"]


@pytest.mark.parametrize("row", [[f"2，刘利，{LIU}，户主"], ["", "", "", "", f"刘利{LIU}"]])
def test_a_number_outside_its_column_is_told_where_nobody_is_read(row):
    found = read(csv_of([["户号", "姓名", "身份证号", "与户主关系"], ["1", "李大山", LI, "户主"], row]))

    assert [(number, "没有读到人" in why) for _, number, why in found.left_out] == [(3, True)]


def test_headings_once_more_in_other_words_are_nobody():
    found = read(csv_of([["姓名", "身份证号"], ["李大山", LI], ["姓 名", "身份证号码"], ["刘利", LIU]]))

    assert [row.name for row in found.rows] == ["李大山", "刘利"]


def test_a_sheet_without_headings_is_told_and_columns_can_be_named_by_hand():
    rows = [["东村"], ["李大山", LI], ["王秀", WANG]]

    with pytest.raises(Refusal) as refused:
        read(csv_of(rows))
    found = read(csv_of(rows), mapping={"name": "A", "id_no": "B"})

    assert refused.value.code == "ROSTER_HEAD"
    assert [row.name for row in found.rows] == ["李大山", "王秀"]


def test_every_sheet_is_read_but_one_can_be_chosen():
    data = xlsx(["姓名", "身份证号"], ["李大山", LI], sheets=2)

    assert [row.sheet for row in read(data).rows] == ["Sheet1", "Sheet2"]
    assert [row.sheet for row in read(data, sheet="2").rows] == ["Sheet2"]
    with pytest.raises(Refusal, match="没有名为"):
        read(data, sheet="东村")


@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_of_the_columns_and_the_rows_above_them_change_nothing(chance, titles):
    order = list(range(len(HEADS)))
    chance.shuffle(order)
    rows = [[row[x] if x < len(row) else "" for x in order] for row in village_rows()[2:]]

    found = read(csv_of([[f"名册标题{n}"] for n in range(titles)] + rows))

    assert people(found) == EXPECTED
    assert [row.number for row in found.rows] == [titles + 2, titles + 3, titles + 5]


CELLS = st.one_of(
    st.text(max_size=12), st.sampled_from([*HEADS, LI, "合计", "1E+400", "9" * 60, "-1", "0元", "姓名", "身份证号"])
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=8), st.sampled_from(["utf-8", "gb18030"]))
def test_whatever_comes_is_read_or_refused_in_words(rows, encoding):
    text = "\n".join(",".join(cell.replace('"', "") for cell in row) for row in [["姓名", "身份证号", "金额"], *rows])
    try:
        found = read(text.encode(encoding, "replace"))
    except Refusal:
        return
    assert all(row.id_no or row.problems for row in found.rows)


def test_thirty_thousand_rows_are_read_in_seconds():
    many = random.Random(1)
    rows = [["姓名", "身份证号", "金额"], *(["李大山", many.choice([LI, WANG, LIU]), 150] for _ in range(30_000))]

    assert len(read(csv_of(rows)).rows) == 30_000


def test_a_roster_in_a_hidden_sheet_behind_another_is_told():
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        book.add_worksheet("封面").write(0, 0, "东村")
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, ["姓名", "身份证号"])
        sheet.hide()

    with pytest.raises(Refusal, match="隐藏的名册没有读"):
        read(data.getvalue())


def test_sheets_whose_long_names_differ_at_the_end_are_two():
    names = [f"{'嵩阳街道东村参保花名册' * 3}"[:30] + end for end in "12"]
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        for name, row in zip(names, (["1", "李大山", LI], ["1", "刘利", LIU]), strict=True):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["户号", "姓名", "身份证号"])
            sheet.write_row(1, 0, row)

    one, other = read(data.getvalue()).rows

    assert (one.sheet, other.sheet) == tuple(names)
    assert one.household != other.household


def test_a_hidden_sheet_is_told_and_read_only_by_name():
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        for name, person in (("东村", ["李大山", LI]), ("旧名册", ["王秀", WANG])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["姓名", "身份证号"])
            sheet.write_row(1, 0, person)
        sheet.hide()

    found = read(data.getvalue())

    assert [row.name for row in found.rows] == ["李大山"]
    assert "隐藏" in found.sheets[1].why_not
    assert [row.name for row in read(data.getvalue(), sheet="旧名册").rows] == ["王秀"]
