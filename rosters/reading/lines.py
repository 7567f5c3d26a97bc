"""名册的行: which lines of a roster are no person: sums, signatures, a group's name, what is said about the columns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from common.names import HAN_CLASS
from common.sheets import Cell
from common.typed import compact, halfwidth
from rosters.reading import cells

FOOT = re.compile(
    r"合计|小计|总计|共计|累计|^计(:|\d|$|户|人)|签字|签名|签章|盖章|公章|以下空白|无正文|^(大写|小写)"
    r"|^(填表|制表|经办|审核|复核|负责|收款|填报|村|组|社|支书|会计|主任|校长|班主任|联系|日期|说明|备注|注|总?[户人]数)"
    r"[^:]{0,8}:"
    r"|^共?\d+(户|人)|^\d{4}年\d{1,2}月\d{1,2}日$"
)
LONG_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx]")
COUNT = re.compile(r"[\d.,]+")  # in the place of a name: how many they are
BARE_NAME = re.compile(f"[{HAN_CLASS}·]{{2,8}}")
DAY = re.compile(r"\d{4}[.年/-]\d{1,2}(?:[.月/-](?:\d{1,2}[日号]?)?)?")
OF_SIGNER = ("name", "id_no", "phone", "remark")  # below the foot, who signed may stand in the place of any of these
# Above the rows of a group: 第二组, 东村三组:
GROUP = "第?[一二三四五六七八九十0-9]{1,3}(?:村民|居民)?小?[组社队]"
SUBTITLE = re.compile(rf"(?:.{{1,12}}(?:村|社区)(?:委会|居委会)?)?({GROUP}):?")
# In the column of villages: 龙泉村一组, 嵩阳街道龙泉村(3组), 龙泉村委会大石头村.
GROUP_OF_VILLAGE = re.compile(rf"(.*?)[-—/、,(]*({GROUP})\)?")
PART_OF_COMMITTEE = re.compile(r"(.+?(?:委员会|委会))(?=[^)])(.+)")
# Above the rows of a household: 户主：李大山, 户主姓名：李大山   户号：12   家庭人口：4
OF_HEAD = re.compile(r"(?:^|[\s\d户、,.)])户主(?:姓名)?\s*:\s*(.*)")
NEXT_LABEL = re.compile(
    r"\s*(?:户|家庭|人口|人数|身份|证件|公民|联系|电话|手机|住|地址|村|组|性别|民族|年龄|出生|参保|缴费|金额|备注|共)"
    r"[^:\s]{0,8}\s*:|\s{2,}|[(,;、\d]|\s*$"
)
BEFORE_HEAD, LINE = 20, 200  # characters: of 第12户 or 户号：12 before it, and of all that is looked at
GAPS = re.compile(r"\s{2,}")
OF_NUMBER = re.compile(r"(?:户号|户编号|户序号|家庭编号|户口[簿本]编?号)\s*:?\s*([0-9A-Za-z-]+)|第(\d+)户")
# A line that only numbers the household: 第1户, 户号：12   人口：4; or names its head without a colon.
ONLY_NUMBER = re.compile(
    r"第([0-9一二三四五六七八九十百]{1,4})户:?|(?:户号|户编号|户序号|家庭编号)\s*:\s*([0-9A-Za-z-]+)(?:\s.*)?"
)
ONLY_HEAD = re.compile(rf"户主(?:姓名)?\s+([{HAN_CLASS}·]{{2,8}})")
# Between the rows: lines of dashes, and what a page says of the one before or after it.
BETWEEN = re.compile("[-—_=~·*.]{2,}")
OF_PAGE = re.compile(r"[(]?[续接承转过][上下前次]?[页表][)]?|第\d+页(?:[,/]?共\d+页)?")
SIGNED = re.compile(r"经办|负责|审核|签|日期|盖章")
MONEY_SAID = re.compile(r"(?:金额|缴费|应缴|实缴|收款)[^\d]{0,6}\d")
# Below the headings: the numbers of the columns (1 2 3, 甲 乙 1), or how to fill them in, in brackets.
OF_COLUMN = re.compile(r"[0-9]{1,2}|[A-Z甲乙丙丁戊己庚辛壬癸]|\(.*\)")


@lru_cache(maxsize=cells.FEW)
def village_and_group(text: str) -> tuple[str, str]:
    """What stands in the column of villages: the village, and the group or hamlet where one stands behind it."""
    plain = compact(text)
    found = PART_OF_COMMITTEE.fullmatch(plain) or GROUP_OF_VILLAGE.fullmatch(plain)
    return (found[1], found[2]) if found else (text, "")


@dataclass(frozen=True, slots=True)
class HeadLine:
    """What a line of its own says of the household below: the head and the number, each empty where it does not."""

    name: str
    number: str
    says_money: bool


def head_line(row: Sequence[Cell]) -> HeadLine | None:
    """A line above the rows of a household (户主：李大山); None for others, and where a head has to sign."""
    text = GAPS.sub("  ", " ".join(_wide(cell) for cell in row if cell != ""))[:LINE]
    found = OF_HEAD.search(text) if "户主" in text else None
    if found is None or found.start() > BEFORE_HEAD:
        return _only(text, is_alone=sum(cell != "" for cell in row) == 1) if "户" in text or "家庭" in text else None
    end = NEXT_LABEL.search(found[1], 2)
    name = " ".join(found[1][: end.start()].split()) if end and not NEXT_LABEL.match(found[1]) else ""
    if ":" in name:
        name = ""
    if not name and SIGNED.search(found[1]):
        return None
    number = OF_NUMBER.search(text)
    return HeadLine(name, (number[1] or number[2]) if number else "", MONEY_SAID.search(text) is not None)


def _only(text: str, *, is_alone: bool) -> HeadLine | None:
    number = ONLY_NUMBER.fullmatch(text.strip())
    name = ONLY_HEAD.fullmatch(text.strip()) if is_alone and not SIGNED.search(text) else None
    if number:
        return HeadLine("", number[1] or number[2], MONEY_SAID.search(text) is not None)
    return HeadLine(name[1], "", says_money=False) if name else None


def _wide(cell: Cell) -> str:
    """A cell whose blanks still part what stands in it."""
    return halfwidth(cell[: cells.LONGEST]) if isinstance(cell, str) else cells.text_of(cell)


def is_foot(name: Cell, number: Cell, row: Sequence[Cell]) -> bool:
    """Whether a row is a sum or a signature, by what stands in the place of the name and of the ID number."""
    first = next((cell for cell in row if cell != ""), "")
    if cells.text_of(number):
        return not is_number(number) and (_says_foot(number) or (not cells.text_of(name) and _says_foot(first)))
    if cells.text_of(name):
        return _says_foot(name) or _says_foot(first) or _is_count(name, row) or _is_day(name)
    return any(map(_says_foot, row))


def is_signature(raw: Mapping[str, Cell], row: Sequence[Cell]) -> bool:
    """Whether a row below the foot holds bare names and days, and nothing that tells of an insured person."""
    told = [cell for name, cell in raw.items() if name not in OF_SIGNER and cell != "" and not _is_day(cell)]
    return not told and not cells.text_of(raw.get("birth", "")) and all(_is_signed(cell) for cell in row if cell != "")


def _is_signed(cell: Cell) -> bool:
    return _is_day(cell) or BARE_NAME.fullmatch(compact(cells.text_of(cell))) is not None


def _is_day(cell: Cell) -> bool:
    return isinstance(cell, date) or DAY.fullmatch(compact(cells.text_of(cell))) is not None


def is_of_columns(name: Cell, number: Cell) -> bool:
    """Whether a row numbers the columns or says how to fill them in."""
    return all(OF_COLUMN.fullmatch(compact(cells.text_of(cell))) for cell in (number, name))


def is_between(row: Sequence[Cell]) -> bool:
    """Whether a row is a rule of dashes, or says only that a page goes on: the household goes on with it."""
    texts = [text for cell in row if (text := compact(cells.text_of(cell)))]
    return bool(texts) and (all(map(BETWEEN.fullmatch, texts)) or OF_PAGE.fullmatch("".join(texts[:1])) is not None)


def holds_number(row: Sequence[Cell]) -> bool:
    """Whether an ID number stands anywhere in a row."""
    return any(isinstance(cell, str) and LONG_NUMBER.search(compact(cell)) for cell in row)


def is_number(cell: Cell) -> bool:
    """Whether a cell has the digits of an ID number, or most of them."""
    return len(re.sub("[^0-9]", "", str(cell)[: cells.LONGEST])) >= 10


def subtitle(row: Sequence[Cell]) -> str:
    """The group that a row names which holds nothing else; empty for other rows."""
    first, *others = [cell for cell in row if cell != ""] or [""]
    match = None if others else SUBTITLE.fullmatch(compact(cells.text_of(first)))
    return match[1] if match else ""


def _says_foot(cell: Cell) -> bool:
    return isinstance(cell, str) and FOOT.search(compact(cell[: cells.LONGEST])) is not None


def _is_count(name: Cell, row: Sequence[Cell]) -> bool:
    return COUNT.fullmatch(compact(cells.text_of(name))) is not None and not any(map(is_number, row))
