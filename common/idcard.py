"""ID numbers by GB 11643: read what was typed, say what is wrong with it, show it masked. 身份证号.

Three documents carry 18 places with the same check (ISO 7064 MOD 11-2):

- 居民身份证: division of first issue (6), birth date (8), sequence (3, odd for men), check.
- 港澳台居民居住证: the same with 810000, 820000 or 830000 as the division (国办发〔2018〕81号).
- 外国人永久居留身份证, version 2023: 9, province of application (2), nationality in numbers as ISO 3166 has it (3),
  birth date (8), sequence (3), check. That it begins with 9 and how it is checked stands in 新版外国人永久居留身份证
  机读信息规则 (国家移民管理局, 2023); the places 2–6 we have from public code written after GA 2102-2023 and from
  the specimen 932682198501010017. That the sequence is odd for men here too is assumed from the same code.

The division is that of first issue: it says nothing about the hukou of today, and codes withdrawn since stay valid
(新浦区 320705). No number is refused for its division; a slip there is found by the check digit.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from common.typed import InputError, compact, shown

Sex = Literal["M", "F"]

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
EARLIEST_YEAR = 1900
LENGTH, OLD_LENGTH = 18, 15

# Hyphens and dashes that group a number, the apostrophe that keeps Excel from counting, and what stands in for X:
# ×, the Roman ten, the Cyrillic and the Greek capital.
_SIGNS = str.maketrans(dict.fromkeys("-_'’‘‐‑‒–—−") | dict.fromkeys("×✕╳ⅩХΧ", "X"))

_FORM = re.compile(r"[0-9]{17}[0-9X]")
_EXCEL = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,2}|[0-9]{15,}\.0*")
_OLD_FOREIGN = re.compile(r"[A-Z]{3}[0-9]{12}")


class IdKind(StrEnum):
    """The document that an 18-place number stands on."""

    RESIDENT = "resident"
    RESIDENCE_PERMIT = "residence_permit"  # Hong Kong, Macao, Taiwan
    FOREIGN_PERMANENT = "foreign_permanent"

    @property
    def label(self) -> str:
        """The document's name."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    IdKind.RESIDENT: "居民身份证",
    IdKind.RESIDENCE_PERMIT: "港澳台居民居住证",
    IdKind.FOREIGN_PERMANENT: "外国人永久居留身份证",
}


class IdNumberError(InputError):
    """An ID number that cannot be taken.

    `code`: empty, excel, old_foreign, length_15, length, characters, first_digit, date, too_early, future, check_digit.
    """


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that passed every check, and what it says about its holder.

    `division` has six digits: the division of first issue; for a foreign permanent resident the
    province of application followed by 0000. Never the hukou of today. The number stays out of repr() and logs.
    """

    number: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex
    division: str
    kind: IdKind

    def __str__(self) -> str:
        return self.number


def parse_id_number(text: str, *, today: date | None) -> IdNumber:
    """Read an ID number as typed, pasted or sent by a card reader; raises IdNumberError.

    `today` is the day that no birth date may lie after; None leaves that out.
    """
    number = clean_id_number(text)
    _check_form(number, typed=text)
    birth_date = _birth_date(number, today=today)
    if number[17] != check_digit(number[:17]):
        raise _wrong_check_digit(number)
    kind, division = kind_of(number)
    return IdNumber(
        number=number,
        birth_date=birth_date,
        sex="M" if int(number[16]) % 2 else "F",
        division=division,
        kind=kind,
    )


def clean_id_number(text: str) -> str:
    """The number as it is kept: half width, upper case, no blanks, no hyphens; anything else is left to see."""
    return compact(text).upper().translate(_SIGNS)


def check_digit(first17: str) -> str:
    """The check digit to 17 digits, for tests and invented people only: no message ever tells it."""
    if not re.fullmatch(r"[0-9]{17}", first17):
        raise ValueError("a check digit is computed over 17 digits")
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first17, strict=True))
    return CHECK_DIGITS[total % 11]


def looks_like_excel_damage(text: str) -> bool:
    """True for 3.20705E+17 and 320705198001010000.0: Excel kept the number as a number and lost its last digits."""
    return _EXCEL.fullmatch(compact(text).upper().lstrip("'")) is not None


def mask(number: str) -> str:
    """A number to show where nobody need read it whole: 320706********0014; shorter ones keep less."""
    if len(number) == 18:
        return f"{number[:6]}********{number[14:]}"
    kept = 4 if len(number) >= 12 else 0
    return "*" * (len(number) - kept) + number[len(number) - kept :]


def mask_written(text: str) -> str:
    """A number that could not be read, to compare with the paper: 320706*******0014（17位）; of few signs（9位）."""
    if len(text) == LENGTH:
        return mask(text)
    length = f"（{len(text)}位）"
    return f"{text[:6]}{'*' * (len(text) - 10)}{text[-4:]}{length}" if len(text) >= OLD_LENGTH else length


def group(number: str) -> str:
    """A whole number in its parts, for comparing with the paper: 320706 19600101 0018."""
    return f"{number[:6]} {number[6:14]} {number[14:]}".rstrip()


def _check_form(number: str, *, typed: str) -> None:
    if not number:
        raise IdNumberError(
            "empty", "未录入身份证号，系统靠它认人。请录入证件上的18位号码；新生儿尚无号码的，按无证件登记。"
        )
    if looks_like_excel_damage(typed):
        raise IdNumberError(
            "excel", "身份证号已被Excel按数字保存，后几位已丢失，无法恢复。请把该列设为文本，对照证件重新录入18位号码。"
        )
    if _OLD_FOREIGN.fullmatch(number):
        raise IdNumberError(
            "old_foreign",
            "这是旧版外国人永久居留证的15位号码，本栏只登记18位号码。请录入新版证件上以9开头的18位号码；尚未换证的，请交主管处理。",
        )
    if re.fullmatch(r"[0-9]{15}", number):
        raise IdNumberError(
            "length_15",
            "这是第一代身份证的15位号码，须先换为18位，因为全国统一按18位号码认人。请录入户口簿或第二代身份证上的18位号码。",
        )
    if len(number) != 18:
        difference = f"少{18 - len(number)}位" if len(number) < 18 else f"多{len(number) - 18}位"
        raise IdNumberError("length", f"身份证号应为18位，现为{len(number)}位，{difference}。请对照证件补正。")
    if not _FORM.fullmatch(number):
        place = next(i for i, c in enumerate(number) if c not in "0123456789" and (c, i) != ("X", 17))
        raise IdNumberError(
            "characters",
            f"身份证号第{place + 1}位是{shown(number[place])}，但前17位只能是数字，末位只能是数字或X。请对照证件改正。",
        )
    if number[0] == "0":
        raise IdNumberError("first_digit", "身份证号首位不会是0，因为没有以0开头的地区代码。请对照证件改正。")


def _birth_date(number: str, *, today: date | None) -> date:
    digits = number[6:14]
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdNumberError(
            "date", f"身份证号第7至14位是出生日期，但{digits}不是真实存在的日期。请对照证件逐位核对。"
        ) from None
    if born.year < EARLIEST_YEAR:
        raise IdNumberError(
            "too_early", f"身份证号中的出生日期{born}早于1900年，多半是录错了年份。请对照证件逐位核对。"
        )
    if today is not None and born > today:
        raise IdNumberError("future", f"身份证号中的出生日期{born}晚于今天，此人尚未出生。请对照证件逐位核对。")
    return born


def _wrong_check_digit(number: str) -> IdNumberError:
    """The same sentence whatever the digit should be: told the answer, someone would type it."""
    sentence = "身份证号校验位不符，至少有一位录错或两位颠倒。请对照证件逐位核对后重录。"
    if number.endswith("000"):
        sentence += "末三位都是0的，多半是Excel按数字保存时丢了后几位，请把该列设为文本。"
    return IdNumberError("check_digit", sentence)


def kind_of(number: str) -> tuple[IdKind, str]:
    """The document that a right number stands on, and the division in it."""
    if number[0] == "9":
        return IdKind.FOREIGN_PERMANENT, f"{number[1:3]}0000"
    if number[:2] in ("81", "82", "83"):
        return IdKind.RESIDENCE_PERMIT, number[:6]
    return IdKind.RESIDENT, number[:6]
