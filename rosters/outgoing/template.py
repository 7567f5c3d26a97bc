"""名册模板: the workbook that a village or school fills in. Works in WPS and LibreOffice, without macros.

The headings are locked, the cells below are not; rows may be added and deleted. The stamp of each row (校验码) stands
in a hidden column.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import xlsxwriter

from common.dates import local_day
from common.relations import LABELS
from common.tables import SAFE, print_mark
from rosters.checks import Terms
from rosters.outgoing.renewing import KINDS, Outgoing, OutRow
from rosters.outgoing.stamp import stamp_of
from rosters.reading.own import GUIDE, GUIDE_BEGINS, LISTS, NOT_HERE, NOT_HERE_HEADS, ROSTER
from rosters.reading.sheet import RosterRow
from rosters.reading.sources import FORM, REQUIREMENTS

LAST_COLUMN = 16_383  # XFD, from 0
ROOM = 200  # prepared rows for people who are new
TEXT, AMOUNT, OPEN = {"num_format": "@"}, {"align": "center"}, {"locked": False}
EDGE = {"border": 1, "border_color": "#C5CED8", "valign": "vcenter"} | OPEN
MAY = {
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
    "format_rows": True,
    "select_locked_cells": True,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column: heading, width, what stands in it, and which list it offers."""

    heading: str
    width: int
    value: Callable[[OutRow], Any]
    choices: str = ""
    is_text: bool = True

    @property
    def style(self) -> str:
        """The name of its cells' style."""
        return "text" if self.is_text else "number"


NUMBER = Field("序号", 6, lambda each: each.row.number, is_text=False)
PERSON = (
    Field("姓名", 12, lambda each: each.row.name),
    Field("身份证号", 22, lambda each: str(each.row.id_no)),
)
MONEY = (
    Field("特殊人群类别", 26, lambda each: each.row.category, "categories"),
    Field("缴费金额", 10, lambda each: each.row.amount, is_text=False),
    Field("联系电话", 15, lambda each: each.row.phone),
    Field("备注", 16, lambda each: each.remark),
)
VILLAGE = (
    NUMBER,
    Field("村（居）", 12, lambda each: each.row.village),
    Field("小组", 8, lambda each: each.group),
    Field("户号", 12, lambda each: each.row.household_no),
    Field("户主姓名", 12, lambda each: each.row.head_name),
    *PERSON,
    Field("与户主关系", 14, lambda each: each.relation, "relations"),
    Field("户口性质", 10, lambda each: each.hukou, "hukou"),
    *MONEY,
)
SCHOOL = (NUMBER, *PERSON, Field("班级", 12, lambda each: each.school_class), *MONEY)


def village_template(found: Outgoing, terms: Terms, *, place: str, mark: str) -> bytes:
    """The roster of a village or of one of its groups."""
    title = f"{place}{terms.coverage_year}年度{terms.ruleset.name.split('年度')[-1]}参保花名册"
    return _workbook(found, terms, VILLAGE, title, [*_village_guide(terms), mark])


def school_template(found: Outgoing, terms: Terms, *, school: str, mark: str) -> bytes:
    """The class list of a school."""
    title = f"{school}{terms.coverage_year}年度参保学生名册"
    return _workbook(found, terms, SCHOOL, title, [*_school_guide(terms), mark])


def _workbook(found: Outgoing, terms: Terms, fields: Sequence[Field], title: str, guide: Sequence[str]) -> bytes:
    """The last line of the guide says whose copy it is; on the roster itself only the printed page says so."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        styles = styles_of(book)
        sheet = book.add_worksheet(ROSTER)
        _columns(sheet, fields, styles)
        _head(sheet, fields, title, _sums(found, terms), styles)
        last = _rows(sheet, found, terms, fields, styles)
        choices = _choices(terms)
        offer(sheet, dict(enumerate(fields)), choices, top=TOP, last=last)
        sheet.protect("", MAY)
        paper(sheet, TOP)
        print_mark(sheet, guide[-1])
        write_guide(book.add_worksheet(GUIDE), guide, styles)
        if found.left_out:
            people = [(each.household_no, each.name, each.why) for each in found.left_out]
            write_left_out(book.add_worksheet(NOT_HERE), people, styles)
        write_choices(book.add_worksheet(LISTS), choices)
    return out.getvalue()


def styles_of(book: Any) -> dict[str, Any]:
    """What the sheets look like; what is written by the village is not locked."""
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "sums": book.add_format({"font_color": "#4A5763", "valign": "vcenter"}),
        "heading": book.add_format(
            {"bold": True, "bg_color": "#E3ECF5", "border": 1, "align": "center", "valign": "vcenter"}
        ),
        "text": book.add_format(EDGE | TEXT),
        "number": book.add_format(EDGE | AMOUNT),
        "stamp": book.add_format(TEXT | OPEN),
        "open": book.add_format(OPEN),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True}),
    }


def _columns(sheet: Any, fields: Sequence[Field], styles: dict[str, Any]) -> None:
    for place, field in enumerate(fields):
        sheet.set_column(place, place, field.width, styles[field.style])
    sheet.set_column(len(fields), len(fields), 30, styles["stamp"], {"hidden": True})
    sheet.set_column(len(fields) + 1, LAST_COLUMN, None, styles["open"])  # a row goes only where no cell is locked


TOP = 3  # title, sums, headings
HEIGHTS = {0: 30, 2: 24}


def _head(sheet: Any, fields: Sequence[Field], title: str, sums: str, styles: dict[str, Any]) -> None:
    for line, height in HEIGHTS.items():
        sheet.set_row(line, height)
    sheet.merge_range(0, 0, 0, len(fields) - 1, title, styles["title"])
    sheet.merge_range(1, 0, 1, len(fields) - 1, sums, styles["sums"])
    for place, field in enumerate(fields):
        sheet.write_string(2, place, field.heading, styles["heading"])
    sheet.write_string(2, len(fields), "校验码", styles["heading"])
    sheet.freeze_panes(TOP, next((x + 1 for x, each in enumerate(fields) if each.heading == "姓名"), 0))


def _sums(found: Outgoing, terms: Terms) -> str:
    payable = sum((each.row.amount or 0 for each in found.rows), start=0)
    free = sum(1 for each in found.rows if each.row.amount == 0)
    return (
        f"核定日期 {local_day(terms.at)}　户数 {found.households}　人数 {len(found.rows)}"
        f"（其中个人不缴费 {free} 人）　应收 {payable:.2f} 元　未列入 {len(found.left_out)} 人"
    )


def _rows(sheet: Any, found: Outgoing, terms: Terms, fields: Sequence[Field], styles: dict[str, Any]) -> int:
    """Write everybody and the room below; the number of the last row."""
    line = TOP - 1
    for line, each in enumerate(found.rows, start=TOP):
        for place, field in enumerate(fields):
            _cell(sheet, (line, place), field.value(each), field, styles)
        stamp = stamp_of(_as_read(each.row, fields), office=terms.office.code, coverage_year=terms.coverage_year)
        sheet.write_string(line, len(fields), stamp, styles["stamp"])
    for empty in range(line + 1, line + 1 + ROOM):
        for place, field in enumerate(fields):
            sheet.write_blank(empty, place, None, styles[field.style])
    return line + ROOM


def _as_read(row: RosterRow, fields: Sequence[Field]) -> RosterRow:
    """The row as it will come back: what has no column comes back empty."""
    return row if fields is VILLAGE else replace(row, household_no="", relation="")


def _cell(sheet: Any, at: tuple[int, int], value: Any, field: Field, styles: dict[str, Any]) -> None:
    if value is None or value == "":
        sheet.write_blank(*at, None, styles[field.style])
    elif field.is_text:
        sheet.write_string(*at, str(value), styles["text"])
    else:
        sheet.write_number(*at, value, styles["number"])


CHOICES = ("relations", "hukou", "categories")  # the columns of LISTS


def _choices(terms: Terms) -> dict[str, list[str]]:
    general = terms.rate(terms.ruleset.general)
    reduced = [each.name for each in terms.ruleset.categories if terms.rate(each) < general]
    return dict(zip(CHOICES, (list(LABELS.values()), list(KINDS.values()), reduced), strict=True))


def offer(
    sheet: Any, fields: Mapping[int, Field], choices: Mapping[str, Sequence[str]], *, top: int, last: int
) -> None:
    """Drop-downs; a value that is on no list is asked about, not barred: the office reads other words too.

    `fields` are by column, `top` is the first row below the headings, `last` the last one.
    """
    for place, field in fields.items():
        if field.choices and choices.get(field.choices):
            column = "ABC"[CHOICES.index(field.choices)]
            source = f"={LISTS}!${column}$1:${column}${len(choices[field.choices])}"
            rule = {"validate": "list", "source": source, "error_type": "warning", "error_title": field.heading}
            sheet.data_validation(top, place, last, place, rule | {"error_message": "不在选项里，确定这样写吗？"})
        elif field.heading == "身份证号":
            rule = {"validate": "length", "criteria": "==", "value": 18, "error_type": "stop"}
            text = {"error_title": "身份证号", "error_message": "身份证号应为18位，末位是X的写大写X。"}
            sheet.data_validation(top, place, last, place, rule | text)
        elif field.heading == "缴费金额":
            rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_type": "stop"}
            sheet.data_validation(top, place, last, place, rule | {"error_message": "请写数字，例如 150。"})


def paper(sheet: Any, top: int) -> None:
    """A4 across, the headings on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top - 1)
    sheet.set_footer("&L村（组、校）负责人签字：&C经办人签字：&R第&P页 共&N页")


def write_guide(sheet: Any, lines: Sequence[str], styles: dict[str, Any]) -> None:
    """填写说明, to be read only."""
    sheet.set_column(0, 0, 100, styles["wrap"])
    for line, text in enumerate(lines):
        sheet.write_string(line, 0, text, styles["bold" if line == 0 else "wrap"])
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.protect("")


def write_left_out(sheet: Any, people: Sequence[Sequence[str]], styles: dict[str, Any]) -> None:
    """未列入的人: household, name and why. Without ID numbers: this sheet is to be read, not handed in."""
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, 2, 90, styles["wrap"])
    for place, heading in enumerate(NOT_HERE_HEADS):
        sheet.write_string(0, place, heading, styles["heading"])
    for line, each in enumerate(people, start=1):
        for place, text in enumerate(each):
            sheet.write_string(line, place, text, styles["wrap"])
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def write_choices(sheet: Any, choices: Mapping[str, Sequence[str]]) -> None:
    """选项, hidden: what the drop-downs offer."""
    longest = max(len(each) for each in choices.values())
    for line in range(longest):
        for place, words in enumerate(choices.values()):
            if line < len(words):
                sheet.write_string(line, place, words[line])
    sheet.hide()


def _village_guide(terms: Terms) -> list[str]:
    return [
        f"{GUIDE_BEGINS}花名册",
        "1. 名册里是本村（组）现在登记的户，金额已按今年的标准算好。人和钱都没有变化的，一个字也不用改。",
        "2. 有人今年不参保的，整行删去（选中行号，右键，删除）；不要只改金额。",
        "3. 新来的人写在最后的空行里。写清户号（新户自编一个没用过的，同户写一样）、户主、姓名、身份证号、关系。",
        "4. 身份证号一栏已设为文本。请逐位录入18位；不要从别的表里粘贴成数字，否则后几位会变成0，整行要退回。",
        "5. 与户主关系、户口性质、特殊人群类别，点一下格子右边的箭头选。特殊人群要在资助部门的名单上，才能不缴费。",
        "6. 缴费金额写数字。收多少写多少；与核定的不一样，这一户会退回来核对。",
        "7. 表头和隐藏的一列不要动。改过的行，系统会列出改了哪一栏，请您确认；这不是错。",
        "8. 填好后存盘（xlsx、xls、ods、csv 都可以），连同纸质名册和现金交给经办机构核对，核对相符后再去银行缴款。",
        *_guide_end(terms),
    ]


def _school_guide(terms: Terms) -> list[str]:
    return [
        f"{GUIDE_BEGINS}学生名册",
        "1. 名册里是登记在本校、还没有参加今年的学生，金额已按今年的标准算好。没有变化的，不用改。",
        "2. 已转学、毕业或今年不参保的，整行删去。新来的学生写在最后的空行里：姓名、身份证号、班级、金额。",
        "3. 身份证号一栏已设为文本。请逐位录入18位，不要粘贴成数字。",
        "4. 特殊人群类别点格子右边的箭头选；要在资助部门的名单上，才能不缴费。",
        "5. 表头和隐藏的一列不要动。填好后存盘，交给经办机构核对。",
        *_guide_end(terms),
    ]


def _guide_end(terms: Terms) -> Iterator[str]:
    yield f"{FORM}（退回的行，提示后面注明违反第几条）："
    for number, text in enumerate(REQUIREMENTS, 1):
        yield f"第{number}条　{text}"
    window = terms.ruleset.window(terms.coverage_year)
    if window:
        yield f"缴费期：{local_day(window.opens)} 至 {local_day(window.pay_until)}。"
    for each in terms.ruleset.channels:
        if each.code == terms.channel and each.until:
            yield f"{each.name}统一办理到 {each.until} 止（{each.clause}）。"
    document = terms.ruleset.document
    yield f"依据：《{document.title}》（{document.number}）。经办机构：{terms.office.name}。"
