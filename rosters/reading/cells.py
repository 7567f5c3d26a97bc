"""名册的格: what people write into a cell, as a value; whatever cannot be read raises InputError with its mend."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from common.idcard import IdNumber, IdNumberError, clean_id_number, parse_id_number
from common.money import TYPED_LIMIT, parse_capitals, parse_yuan, yuan
from common.names import normalise_name, parse_name
from common.phone import parse_phone
from common.relations import parse_relation
from common.sheets import Cell
from common.typed import InputError, compact, visible
from rosters.reading.unread import refuse_unread, unread

LONGEST = 100  # characters: of a cell no more is looked at
FEW = 500  # different values that a column of amounts, sexes or relations holds, and that a few rows hold
EXCEL = IdNumberError(
    "excel", "身份证号已被Excel按数字保存，后几位已丢失，无法恢复。请把该列设为文本，对照证件重新录入18位号码。"
)
EMPTY = IdNumberError(
    "empty",
    "没有身份证号。请对照证件补上；新生儿还没有号码的，凭出生医学证明到收款台登记缴费，名册上划去这一行。",
)
EPOCH = date(1899, 12, 30)  # Excel's day 0
SERIALS = range(1, 80_000)  # up to the year 2119
DAY = re.compile(r"(\d{4})(?:\D+(\d{1,2})\D+(\d{1,2})(?:\D|$)|(\d{2})(\d{2})(?:\D|$))")
CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}.*")
MONTH = re.compile(r"(\d{4})(?:\D+\d{1,2}\D?|\d{2})")
DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "无", "N/A"})
SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]{1,3}")  # what a CSV keeps of a large number
CAPITALS = re.compile("[零壹贰叁肆伍陆柒捌玖拾佰仟]")
DITTO = frozenset({"同上", "〃", "″", '"', "''"})
# In a column 户主 or 是否户主 that marks the head instead of naming him.
IS_HEAD = frozenset({"是", "√", "✓", "✔", "☑", "★", "1", "Y", "YES", "户主", "本人"})
NO_HEAD = frozenset({"否", "不是", "非", "非户主", "成员", "家庭成员", "×", "✗", "X", "0", "N", "NO"})
# What villages write for the standard's words.
RELATIONS = {
    "户主本人": "02",
    "本人户主": "02",
    "丈夫": "11",
    "妻子": "12",
    "爱人": "10",
    "儿子": "20",
    "大儿子": "22",
    "二儿子": "23",
    "儿媳妇": "38",
    "女儿": "30",
    "大女儿": "32",
    "二女儿": "33",
    "外孙": "43",
    "父": "51",
    "母": "52",
    "爷爷": "61",
    "奶奶": "62",
    "哥哥": "71",
    "弟弟": "73",
    "姐": "75",
    "妹": "77",
}
SEXES = {"男": "M", "女": "F", "1": "M", "2": "F", "男性": "M", "女性": "F", "M": "M", "F": "F"}
KINDS = (
    ("converted", re.compile("农转城|转城|转户")),
    ("urban", re.compile("非农|城镇|城市|居民|^(10|11|12|50|51|52)$")),
    ("rural", re.compile("农业|农村|农户|^农$|^(20|21|22)$")),
)


def text_of(cell: Cell) -> str:
    """A cell as a line of text without invisible marks; 5 for 5.0."""
    if isinstance(cell, str):
        return _line(cell[:LONGEST])
    if isinstance(cell, Decimal):
        return f"{cell:f}".removesuffix(".0") if abs(cell) < Decimal(10) ** 15 else f"{cell}"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else ""


@lru_cache(maxsize=FEW)  # the cells of one row are asked for again and again
def _line(text: str) -> str:
    return " ".join(visible(text).split()).removeprefix("'")


def read_id(cell: Cell, *, today: date) -> IdNumber:
    """An ID number; one that Excel kept as a number has lost its end and is refused, never guessed. 无 is none."""
    if isinstance(cell, Decimal) and abs(cell) >= Decimal(10) ** 15:
        raise EXCEL
    refuse_unread(cell, "身份证号")
    text = text_of(cell)
    if not any(sign.isdigit() for sign in text):
        raise EMPTY
    return parse_id_number(text, today=today)


def written_id(cell: Cell) -> str:
    """What stands where a number cannot be read, all of its digits; empty where there are none."""
    if isinstance(cell, Decimal):
        return f"{cell:f}"[:LONGEST]
    text = clean_id_number(text_of(cell))
    return text if any(sign.isdigit() for sign in text) else ""


def read_name(cell: Cell) -> str:
    """A name, without the blanks that spread two characters over the width of three."""
    if unread(cell) != "lost":  # a name has its own sentence for it
        refuse_unread(cell, "姓名")
    return parse_name(text_of(cell))


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, however they were written."""
    return normalise_name(one) == normalise_name(other)


@lru_cache(maxsize=FEW, typed=True)
def read_amount(cell: Cell) -> Decimal | None:
    """Yuan; None where nothing is written. `0元`, 1,050.00, ￥150, 150元整 and 壹佰伍拾元 are amounts."""
    if isinstance(cell, Decimal):
        _refuse_too_large(cell, text_of(cell))
        if cell < 0 or yuan(cell) != cell:
            raise InputError("amount", f"金额“{text_of(cell)[:20]}”读不出来。请写成数字，例如 150。")
        return yuan(cell)
    refuse_unread(cell, "金额")
    text = compact(text_of(cell)).removesuffix("整").removesuffix("正").removesuffix("人").removesuffix("/")
    text = text.removeprefix("人民币").removeprefix("RMB").removesuffix("块").replace("圆", "元").strip()
    if text.upper() in NOTHING:
        return None
    if text in ("免缴", "免费", "全免", "免", "零"):
        return Decimal("0.00")
    if CAPITALS.match(text):
        return _in_words(text)
    if SCIENTIFIC.fullmatch(text):
        _refuse_too_large(Decimal(text), text)
    try:
        return parse_yuan(text)
    except InputError as error:
        if error.code == "too_large":
            raise _too_large(text) from error
        raise InputError("amount", f"金额“{text[:20]}”读不出来：{error}") from error


def _in_words(text: str) -> Decimal:
    try:
        amount = parse_capitals(text)
    except ValueError as error:
        raise InputError("amount", f"金额“{text[:20]}”读不出来。请写成数字，例如 150。") from error
    _refuse_too_large(amount, text)
    return amount


def _refuse_too_large(amount: Decimal, written: str) -> None:
    if amount >= TYPED_LIMIT:
        raise _too_large(written)


def _too_large(written: str) -> InputError:
    told = f"金额“{written[:20]}”太大，不会是缴费金额。请核对是否多写了位数，或把证件号、账号写进了金额一列。"
    return InputError("too_large", told)


def read_phone(cell: Cell) -> str:
    """A telephone number; empty where there is none. A number stored as 13812348888.0 is whole."""
    text = text_of(cell)
    if compact(text) in NOTHING or unread(cell):
        return ""
    return parse_phone(text.removesuffix(".0"))


@lru_cache(maxsize=FEW, typed=True)
def read_sex(cell: Cell) -> str:
    """M, F, or empty where it is not said."""
    text = compact(text_of(cell)).upper()
    if text in NOTHING or unread(cell) or text in ("0", "9", "未知"):
        return ""
    if text not in SEXES:
        raise InputError("sex", f"性别“{text[:10]}”读不出来。请写男或女。")
    return SEXES[text]


@lru_cache(maxsize=FEW, typed=True)
def read_relation(cell: Cell) -> str:
    """The code of GB/T 4761; empty where it is not said or unknown. 1.户主, 户主之妻 and 妻子 are said."""
    text = re.sub(r"\([^)]*\)|^[0-9]+[.、-]?(?=[^0-9.、-])", "", compact(text_of(cell)))
    text = text.removeprefix("户主之").removeprefix("之")
    if text.isdigit() and len(text) != 2:
        return ""
    try:
        return RELATIONS.get(text) or parse_relation(text)
    except InputError:
        return ""


@lru_cache(maxsize=FEW, typed=True)
def carried(cell: Cell) -> str:
    """What a cell says that holds for the rows below; empty where it only repeats the one above (同上)."""
    text = text_of(cell)
    return "" if compact(text) in DITTO else text


@lru_cache(maxsize=FEW, typed=True)
def read_head(cell: Cell) -> tuple[str, bool]:
    """The head as his column names him, and whether it marks this row as his instead (是, √); neither of 否."""
    text = carried(cell)
    mark = compact(text).upper()
    return ("", mark in IS_HEAD) if mark in IS_HEAD | NO_HEAD | NOTHING else (text, False)


@lru_cache(maxsize=FEW, typed=True)
def read_hukou_kind(cell: Cell) -> str:
    """urban, rural, converted, or empty where it is not said."""
    text = compact(text_of(cell))
    return next((kind for kind, words in KINDS if words.search(text)), "")


def read_birth(cell: Cell) -> date | None:
    """A day, however it is written; None where there is none, or only a month of it."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = compact(CLOCK.sub("", text_of(cell)))
    if text in NOTHING or unread(cell) or MONTH.fullmatch(text):
        return None
    try:
        return _day(text)
    except (ValueError, OverflowError) as error:
        sentence = f"出生日期“{text[:20]}”读不出来。请写成 1980-01-01 的样子，或留空，以身份证号为准。"
        raise InputError("birth", sentence) from error


def _day(text: str) -> date:
    if re.fullmatch(r"\d{1,5}(\.0*)?", text) and int(float(text)) in SERIALS:
        return EPOCH + timedelta(days=int(float(text)))
    if match := DAY_FIRST.fullmatch(text):
        first, second, year_last = map(int, match.groups())
        return date(year_last, first, second) if first <= 12 else date(year_last, second, first)
    match = DAY.match(text)
    if match is None:
        raise ValueError(text)
    year, month, day, month2, day2 = match.groups()
    return date(int(year), int(month or month2), int(day or day2))
