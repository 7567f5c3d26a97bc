"""名册的年度: the year that a sheet says it is of, by its name and the lines above its headings. Pure.

A day, a month or the number of a document in them tells when something was written, not the year that it is of.
"""

import re
from collections.abc import Iterator, Sequence

from common.decision import Reason, Refusal
from common.listing import listed
from common.sheets import Cell, Sheet
from common.typed import compact
from rosters.reading.headings import Head

DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
IN_WORDS = re.compile("二[〇零○][〇零○一二三四五六七八九]{2}(?=年)")
SPAN = re.compile(r"(?<!\d)(20\d\d)[-—~至到](20\d\d)(?!\d)")
NO_YEAR = re.compile(
    r"20\d\d(?:年\d{0,2}月|[-./]\d{1,2}(?!\d))(?:\d{0,2}[日号]?|[-./]\d{1,2}日?)?|[〔\[(【]20\d\d[〕\])】]第?\d+号"
)
YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)|(?<!\d)([12]\d)年")
FORMER = re.compile("去年|上年|往年|前年|历年")
OF_CLASS_OR_DAY = re.compile("[级届班]|日期|时间|截[止至]")  # 2016级1班, 填表日期：2016年
OF_COVER = "年度"
TITLE = 3  # cells: of a line above the headings that holds more, none is a title
OTHER = "这张表写的是{}，不是{}年度，没有读。确是{}年度的，请改正表名或标题，或指明这张表。"

Found = Sequence[tuple[Sheet, Head]]


def of_other_years(found: Found, year: int) -> dict[int, str]:
    """Of the sheets by their place those that say they are of another year, with why they are not read.

    2016年缴费名册 above a sheet for 2017 may tell when the money was collected: it counts only beside a sheet that is
    of 2017 by its own words. A Refusal where no sheet is left.
    """
    said = [_said(sheet, head) for sheet, head in found]
    is_said = any(year in years for years, _ in said)
    others = {}
    for place, (years, words) in enumerate(said):
        name, *titles = _texts(*found[place])
        collected = set(years) == {year - 1} and not _years(name) and not any(OF_COVER in each for each in titles)
        if words and year not in years and (is_said or not collected):
            others[place] = OTHER.format(words, year, year)
    if others and len(others) == len(found):
        words = listed(list(dict.fromkeys(words for _, words in said)), most=3, unit="个年度")
        text = f"表名或标题写的是{words}，现在核对的是{year}年度，没有读取。选错了文件的，请换一份；"
        raise Refusal(Reason("ROSTER_YEAR", text + "确是这个年度的，请改正表名或标题，或指明这张工作表。"))
    return others


def _said(sheet: Sheet, head: Head) -> tuple[list[int], str]:
    """The years that a sheet names, and in what words."""
    texts = list(_texts(sheet, head))
    years = sorted({year for text in texts for year in _years(text)})
    if years:
        return years, "、".join(f"{year}年" for year in years)
    former = next(filter(None, map(FORMER.search, texts)), None)
    return [], f"“{former[0]}”" if former else ""


def _texts(sheet: Sheet, head: Head) -> Iterator[str]:
    """The sheet's name, then its titles."""
    yield _plain(sheet.name)
    for row in sheet.rows[: head.titles]:
        filled = [cell for cell in row if cell != ""]
        if len(filled) <= TITLE:
            yield from (_plain(cell) for cell in filled if isinstance(cell, str))


def _plain(cell: Cell) -> str:
    return IN_WORDS.sub(lambda found: found[0].replace("二", "2").translate(DIGITS), compact(f"{cell}"[:100]))


def _years(text: str) -> list[int]:
    if OF_CLASS_OR_DAY.search(text):
        return []
    spans = [int(each) for pair in SPAN.findall(text) for each in pair]
    rest = NO_YEAR.sub("", SPAN.sub("", text))
    return spans + [int(long or f"20{short}") for long, short in YEAR.findall(rest)]
