"""读不出、对不上的依据: on what the refusal of a cell rests: a standard, a law, or a rule of the roster's own form.

None of them is a clause of a rule set: their `key` is empty, and they lead to no page of one. The standard and the
law are quoted from elsewhere, and their mark says so (`reprint`). The rules of
the form are the numbered list 名册填写要求 of the manual's chapter 花名册; `REQUIREMENTS` is the same list.
"""

from common.decision import Clause

NUMBER = Clause(
    "", "GB 11643-1999", "《公民身份号码》", "18位，第7至14位是出生日期，第17位奇数为男，末位校验。", "reprint"
)
HOLDER = Clause("", "居民身份证法", "第三条", "公民身份号码是每个公民唯一的、终身不变的身份代码。", "reprint")
NAME_DOT = Clause("", "民委发〔2016〕33号", "第一项", "姓名的间隔符统一用“·”。")
NAME_CHARACTERS = Clause("", "民委发〔2016〕33号", "第三项", "姓名用国家标准编码（GB 18030）里的汉字。")

FORM = "名册填写要求"
REQUIREMENTS = (
    "每人一行，姓名、身份证号都要填。",
    "身份证号一列先设为文本，再录18位号码。",
    "姓名照证件写，只写汉字或字母，不写数字、符号和说明。",
    "性别写男或女，出生日期写 1980-01-01 的样子，金额写数字；不填也可以。",
    "新户要有户主一行，也只能有一行。",
    "村（居）写本机构管辖的村（社区）。",
    "以户为单位：先登记到户再交，一户整户收下，或整户退回。",
)


def requirement(number: int) -> Clause:
    """The rule of the form that bears the number, from 1."""
    return Clause("", FORM, f"第{number}条", REQUIREMENTS[number - 1])


FILLED, AS_TEXT, NAME, READABLE, ONE_HEAD, OWN_VILLAGE, WHOLE = map(requirement, range(1, len(REQUIREMENTS) + 1))

# By the code of the refusal; else by the cell that it is about.
_OF_CODE = {
    "DAY": READABLE,
    "DUPLICATE": FILLED,
    "ID_EMPTY": FILLED,
    "NAME_EMPTY": FILLED,
    "ID_EXCEL": AS_TEXT,
    "ID_FORMULA": FILLED,
    "ID_ERROR": FILLED,
    "ID_LOST": FILLED,
    "NAME_FORMULA": FILLED,
    "NAME_ERROR": FILLED,
    "ID_OLD_FOREIGN": AS_TEXT,
    "ID_TOO_EARLY": AS_TEXT,
    "ID_FUTURE": AS_TEXT,
    "NAME_DOT": NAME_DOT,
    "NAME_PRIVATE_USE": NAME_CHARACTERS,
}
_READABLE = ("SEX", "BIRTH", "AMOUNT", "PHONE", "VILLAGE", "GROUP", "HOUSEHOLD", "HEAD", "RELATION", "CATEGORY")
_OF_CELL = {"ID": NUMBER, "NAME": NAME} | dict.fromkeys(_READABLE, READABLE)


def source_of(code: str) -> Clause:
    """On what a refusal rests that comes from reading a cell: `ID_CHECK_DIGIT`, `NAME_DIGIT`, `AMOUNT` and so on.

    `DAY` and `DUPLICATE` are those of a department's list.
    """
    return _OF_CODE.get(code) or _OF_CELL[code.partition("_")[0]]
