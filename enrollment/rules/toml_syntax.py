"""What is wrong with a text that is not TOML, said to somebody who never heard of TOML. 写法错误.

`tomllib` names the place in English and for programmers; the usual slips of a Chinese keyboard are told by themselves.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from common.typed import shown
from enrollment.rules.toml_table import Problem

MOST_READ = 1_000  # of a line; beyond it, what is no TOML is no slip of the keyboard
BLANKS = "\u3000\u00a0"  # of a Chinese keyboard and of a web page: like a blank to the eye, not to TOML
FULL_WIDTH = "＝，：；｛｝［］（）“”‘’「」【】。、０１２３４５６７８９"
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_TEXT_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*')
_BARE_VALUE = re.compile(r"=\s*([^\s,\[\]{}]+)")
_NEARLY_DATE = re.compile(r"\d{2,4}([-/.年])\d{1,2}([-/.月])\d{1,2}日?")
_MONTH_DAY = re.compile(r"\d{1,2}[-/.月]\d{1,2}日?")
_KEYED_VALUE = re.compile(r"\s*[\w.-]+\s*=", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d")
_NEARLY_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{1,2}(?::\d{1,2}){0,2}")
_WITH_UNIT = re.compile(r"-?\d+(?:\.\d+)?(?:万?元|%|％|个?月|[日天岁年])")
_WITH_COLON = re.compile(r"\s*[\w-]+\s*:", re.ASCII)
_OTHER_REMARK = ("＃", "//", ";")
_YES_OR_NO = ("是", "否", "yes", "no", "true", "false")


def syntax_problem(text: str, message: str) -> Problem:
    """The problem that `tomllib` met, at its line; the key is the line itself."""
    found = _PLACE.search(message)
    line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 0)
    lines = text.split("\n")  # as tomllib counts them
    here = lines[line - 1][:MOST_READ] if 0 < line <= len(lines) else ""
    where = f"第{column}列" if found else "到全文末尾"
    return Problem(line, here.strip()[:60] or "（全文）", f"不合TOML写法（{where}）：{_hint(here, message)}")


def _hint(line: str, message: str) -> str:
    code = _TEXT_OR_COMMENT.sub('""', line)
    hints = (*_of_signs(code, message), *_of_values(code), *_of_form(code))
    return next(iter(hints), "应是 键 = 值，文字加引号，日期、数字、true 和 false 不加引号，列表写成 [ …, … ]")


def _of_signs(code: str, message: str) -> Iterator[str]:
    if code.lstrip().startswith(_OTHER_REMARK):
        yield "注释应以半角的 # 开头"
    unseen = next((char for char in code if not (char.isprintable() or char in "\t\r") or char in BLANKS), None)
    if unseen:
        yield f"这里有看不见的字符（{shown(unseen)}），请删去；要空格的，用英文输入法重打"
    wide = next((char for char in code if char in FULL_WIDTH), None)
    if wide:
        yield f"这里有全角的 {wide} ，键名、等号、引号、逗号、括号和数字都应是半角（英文输入法）"
    if "Unclosed array" in message:
        yield "前面的列表 [ … 没有结尾，应补上 ]"
    if "Cannot" in message:
        yield "这一项（或这张表）前面已经写过，同一张表里只能写一次；要写多项的用两层方括号 [[…]]"
    if code.count('"') % 2:
        yield '引号没有成对，应在同一行里以 " 开头、以 " 结尾'


def _of_values(code: str) -> Iterator[str]:
    for moment in _NEARLY_MOMENT.findall(code):
        if not _MOMENT.fullmatch(moment):
            yield f"时刻应写到秒，时、分、秒各两位，如 2029-08-07T17:00:00，现在是“{moment}”"
    for value in _BARE_VALUE.findall(code):
        if _NEARLY_DATE.fullmatch(value) and not _is_date(value):
            yield f"日期应是真实存在的日期，月、日各两位，如 2029-08-07，现在是“{value}”"
        elif _MONTH_DAY.fullmatch(value):
            yield f'每年重复的月-日要加引号，月、日各两位，如 "09-01"，现在是“{value}”'
        elif _WITH_UNIT.fullmatch(value):
            yield f"数字后面不写单位，现在是“{value}”"
        elif value.lower() in _YES_OR_NO and value not in ("true", "false"):
            yield f"应填 true（是）或 false（否），都是小写，现在是“{value}”"


def _of_form(code: str) -> Iterator[str]:
    key, equals, _ = code.partition("=")
    if equals and "{" not in key and not _KEYED_VALUE.match(code):
        yield f"“{key.strip()}”不能作键名：键名只用英文字母、数字、- 和 _，照手册《规则集》的写法"
    if not equals and _WITH_COLON.match(code):
        yield "键和值之间应是等号 = ，不是冒号"
    if code.count("{") > code.count("}"):
        yield "花括号 { … } 里的内容要写在同一行，以 } 结尾"


def _is_date(value: str) -> bool:
    with suppress(ValueError):
        return date.fromisoformat(value).isoformat() == value
    return False
