"""A sheet of another year is not mixed into this one's: told and left out, or the file is refused."""

from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from common.decision import Refusal
from rosters.reading.rows import RosterRead, read_roster
from tests.rosters.made import LI, LIU


def workbook(*sheets: tuple[str, str, str]) -> bytes:
    """Each sheet's name, its title, and the number of the one person in it."""
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        for name, title, number in sheets:
            sheet = book.add_worksheet(name)
            for y, row in enumerate(([title], ["姓名", "身份证号"], ["李大山", number])):
                sheet.write_row(y, 0, row)
    return data.getvalue()


def read(data: bytes, **more: str) -> RosterRead:
    return read_roster(data, today=date(2016, 11, 1), year=2017, **more)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("2016年", ""),
        ("2016", ""),
        ("16年花名册", ""),
        ("去年名册", ""),
        ("上年度", ""),
        ("旧表", "东村2016年度参保花名册"),
        ("旧表", "二〇一六年度参保花名册"),
        ("旧表", "东村去年参保花名册"),
        ("旧表", "2015-2016年度参保花名册"),
    ],
)
@pytest.mark.parametrize("this", [("2017年", ""), ("东村", "")])
def test_a_sheet_of_another_year_beside_this_ones_is_told_and_read_only_by_name(name, title, this):
    data = workbook((*this, LI), (name, title, LIU))

    found = read(data)

    assert [str(row.id_no) for row in found.rows] == [LI]
    assert "不是2017年度，没有读" in found.sheets[1].why_not
    assert [str(row.id_no) for row in read(data, sheet=name).rows] == [LIU]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("东村", "2017年度参保花名册"),
        ("东村", "2016年收缴2017年度医保费花名册"),
        ("东村", "2016-2017年度参保花名册"),
        ("东村", "填表日期：2016年11月1日"),
        ("东村", "2016年  月  日"),
        ("2016.11", ""),
        ("2016年11月", ""),
        ("2016级1班", ""),
        ("东村", "按嵩政办通〔2016〕50号参保花名册"),
        ("东村", "东村城乡居民参保花名册"),
    ],
)
def test_what_is_no_other_year_is_read(name, title):
    assert [str(row.id_no) for row in read(workbook((name, title, LI), ("西村", "", LIU))).rows] == [LI, LIU]


def test_the_year_before_in_a_title_may_be_when_the_money_was_collected():
    title = "东村2016年城乡居民医保缴费花名册"

    assert [str(row.id_no) for row in read(workbook(("东村", title, LI))).rows] == [LI]
    assert len(read(workbook(("东村", title, LI), ("2017", "", LIU))).rows) == 1


@pytest.mark.parametrize(("name", "title"), [("东村", "2016年度参保花名册"), ("2015年", ""), ("去年", "")])
def test_a_file_of_another_year_is_refused_in_words(name, title):
    data = workbook((name, title, LI))

    with pytest.raises(Refusal) as refused:
        read(data)

    assert refused.value.code == "ROSTER_YEAR"
    assert "现在核对的是2017年度" in str(refused.value)
    assert len(read(data, sheet="1").rows) == 1


def test_where_no_year_is_asked_for_every_sheet_is_read():
    data = workbook(("2016年", "", LI), ("2017年", "", LIU))

    assert len(read_roster(data, today=date(2016, 11, 1)).rows) == 2
