"""Whose row is whose: households by a line of their head, by numbers that count their persons, by nothing at all."""

from datetime import date

import pytest

from rosters.reading.households import are_numbered_by_person
from rosters.reading.lines import head_line
from rosters.reading.rows import read_roster
from rosters.reading.sheet import RosterRow
from tests.rosters.made import LI, LIU, WANG, csv_of, number

TODAY = date(2016, 11, 1)
ZHAO = number("19850607", 995)


def read(rows: list[list[object]]) -> tuple[RosterRow, ...]:
    return read_roster(csv_of(rows), today=TODAY).rows


def households(rows: tuple[RosterRow, ...]) -> list[int]:
    """The number of each row's household, in the order of the file; -1 where nothing says whose row it is."""
    keys = list(dict.fromkeys(row.household for row in rows if row.household))
    return [keys.index(row.household) if row.household else -1 for row in rows]


@pytest.mark.parametrize(
    ("line", "name", "number_"),
    [
        (["户主：李大山"], "李大山", ""),
        (["户主姓名：李大山   户号：12   家庭人口：4"], "李大山", "12"),
        (["户主:李 大山 户号:12"], "李 大山", "12"),
        (["户主：李大山户号：12"], "李大山", "12"),
        (["户主姓名：", "李大山", "", "户号：", "12"], "李大山", "12"),
        (["第12户", "户主：李大山（4人）"], "李大山", "12"),
        (["户号：7，户主：买买提·艾力，人口3"], "买买提·艾力", "7"),
        (["户主：      户号："], "", ""),
        (["第1户"], "", "1"),
        (["户号：12   人口：4"], "", "12"),
        (["", "户主 李大山"], "李大山", ""),
    ],
)
def test_a_line_names_the_head_of_the_household_below(line, name, number_):
    found = head_line(line)

    assert found is not None
    assert (found.name, found.number) == (name, number_)


@pytest.mark.parametrize(
    "line",
    [["户主签字："], ["户主（签名）："], ["户主：", "", "经办人：赵六"], ["户主", "姓名"], ["户主 签字"], ["12户"]],
)
def test_where_a_head_signs_no_household_begins(line):
    assert head_line(line) is None


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("relation", ["户主", ""])
def test_a_line_of_the_head_begins_his_household(first, relation):
    head = ["姓名", "身份证号", "与户主关系"]
    rows = [
        *[["户主：李大山"], head][:: 1 if first else -1],
        ["王秀", WANG, "妻"],
        ["李大山", LI, relation],
        ["户主：刘利   户号："],
        ["刘利", LIU, relation],
    ]

    found = read(rows)

    assert households(found) == [0, 0, 1]
    assert [row.head_name for row in found] == ["李大山", "李大山", "刘利"]
    assert not any(row.problems for row in found)


def test_the_line_of_a_head_once_more_on_the_next_page_goes_on_and_another_head_does_not():
    head = ["姓名", "身份证号", "与户主关系"]
    rows = [
        head,
        ["户主：李大山"],
        ["李大山", LI, "户主"],
        head,
        ["户主：李大山"],
        ["王秀", WANG, "妻"],
        ["刘利", LIU, "户主"],
    ]

    assert households(read(rows)) == [0, 0, 1]


@pytest.mark.parametrize("between", [["续表"], ["", "承前页"], ["第1页 共3页"], ["----", "----", "----"], ["接上页"]])
def test_a_household_goes_on_over_the_end_of_a_page(between):
    rows = [["户号", "姓名", "身份证号"], ["1", "李大山", LI], between, ["", "王秀", WANG]]

    assert households(read(rows)) == [0, 0]


def test_members_below_a_line_that_names_nobody_are_not_of_the_household_above():
    rows = [["姓名", "身份证号"], ["户主：李大山"], ["李大山", LI], ["户主：     户号："], ["王秀", WANG]]

    assert households(read(rows)) == [0, 1]


def test_money_in_the_line_of_a_head_is_told_as_unread():
    found = read_roster(csv_of([["姓名", "身份证号"], ["户主：李大山 缴费金额：300元"], ["李大山", LI]]), today=TODAY)

    assert [(row, "金额没有读" in why) for _, row, why in found.left_out] == [(2, True)]


@pytest.mark.parametrize(
    ("one", "two", "three"), [("1-1", "1-2", "2-1"), ("二组-01-1", "二组-01-2", "二组-02-1"), ("1.1", "1.2", "2.1")]
)
def test_numbers_that_count_the_persons_number_households_by_what_stands_before(one, two, three):
    rows = [["户号", "姓名", "身份证号"], [one, "李大山", LI], [two, "王秀", WANG], [three, "刘利", LIU]]

    found = read(rows)

    assert households(found) == [0, 0, 1]
    assert found[0].household_no == one[:-2]


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param(["1-1", "1-1", "1-2"], id="组-户"),
        pytest.param(["1-1", "1-2", "2-2"], id="不从1起"),
        pytest.param(["1-1", "1-2", "3"], id="不都如此"),
        pytest.param(["1-1", "2-1", "3-1"], id="一户一人"),
    ],
)
def test_other_numbers_with_a_dash_stay_as_they_are(numbers):
    assert not are_numbered_by_person([(each, "", "", "李大山", LI) for each in numbers])


def test_groups_and_households_of_one_are_not_taken_for_households_and_persons():
    rows = [
        ["户号", "姓名", "身份证号", "与户主关系"],
        ["1-1", "李大山", LI, "户主"],
        ["1-2", "刘利", LIU, "户主"],
        ["2-1", "赵平", ZHAO, "户主"],
    ]

    assert households(read(rows)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("written", "village", "group"),
    [
        ("龙泉村一组", "龙泉村", "一组"),
        ("龙泉村民委员会第二村民小组", "龙泉村民委员会", "第二村民小组"),
        ("嵩阳街道龙泉村3组", "嵩阳街道龙泉村", "3组"),
        ("龙泉村（3组）", "龙泉村", "3组"),
        ("北门社区第5居民小组", "北门社区", "第5居民小组"),
        ("龙泉 十二社", "龙泉", "十二社"),
        ("龙泉村委会大石头村三组", "龙泉村委会", "大石头村三组"),
        ("三组", "", "三组"),
        ("龙泉村", "龙泉村", ""),
        ("龙泉村民委员会", "龙泉村民委员会", ""),
    ],
)
def test_behind_a_village_its_group_is_read(written, village, group):
    (row,) = read([["村（居）", "姓名", "身份证号"], [written, "李大山", LI]])

    assert (row.village, row.group) == (village, group)


def test_a_group_behind_the_village_holds_until_another_village_and_gives_way_to_its_own_column():
    head = ["村", "组", "户号", "姓名", "身份证号"]
    rows = [
        ["龙泉村一组", "", "1", "李大山", LI],
        ["", "", "", "王秀", WANG],
        ["龙泉村二组", "", "1", "刘利", LIU],
        ["东村", "", "1", "赵平", ZHAO],
        ["龙泉村一组", "5", "1", "钱安", number("19800101", 991)],
    ]

    found = read([head, *rows])

    assert [(row.village, row.group) for row in found] == [
        ("龙泉村", "一组"),
        ("龙泉村", "一组"),
        ("龙泉村", "二组"),
        ("东村", ""),
        ("龙泉村", "5"),
    ]
    assert households(found) == [0, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("rows", "unclear"),
    [
        pytest.param([["1", LI], ["2", WANG], [], ["3", LIU], [], ["4", ZHAO]], [False] * 4, id="有两个空行"),
        pytest.param(
            [["1", LI], ["2", WANG], [], ["3", LIU], ["4", ZHAO], [], ["5", LI]], [True] * 4 + [False], id="空行隔开"
        ),
        pytest.param([["1", LI], ["", WANG], ["2", LIU], ["", ZHAO]], [True] * 4, id="一户一个序号"),
        pytest.param([["1", LI], ["1", WANG], ["2", LIU], ["2", ZHAO]], [True] * 4, id="序号重复"),
        pytest.param([["1", LI], ["2", WANG], ["3", LIU]], [False] * 3, id="连着写"),
        pytest.param([["1", LI], [], ["2", WANG], [], ["3", LIU]], [False] * 3, id="人人隔开"),
        pytest.param([["1", LI], ["", WANG], ["3", LIU]], [False] * 3, id="漏一个序号"),
    ],
)
def test_who_stands_with_others_between_blank_rows_is_of_an_unclear_household(rows, unclear):
    head = ["序号", "身份证号", "姓名"]

    found = read([head, *([*row, "李大山"] if row else [""] for row in rows)])

    assert [row.is_unclear for row in found] == unclear


def test_where_households_are_named_none_is_unclear():
    rows = [["户号", "姓名", "身份证号"], ["1", "李大山", LI], ["1", "王秀", WANG], [""], ["2", "刘利", LIU]]

    assert not any(row.is_unclear for row in read(rows))
