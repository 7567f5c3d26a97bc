"""Amounts in yuan, the only place where they are rounded, and amounts in words. 金额、人民币大写."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NoReturn

from common.typed import InputError, visible

CENT = Decimal("0.01")
TYPED_LIMIT = Decimal(10) ** 10  # what a column of 12 digits with two decimals no longer holds
CAPITALS_LIMIT = Decimal(10) ** 16  # 壹亿亿: the words end at 仟万亿

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_YUAN_LIMIT = Decimal(10) ** 30  # far beyond any money; below it _WIDE never rounds on its own account
_WIDE = Context(prec=40, rounding=ROUND_HALF_UP)


class AmountError(InputError):
    """A typed amount that cannot be taken; `code` is empty, negative, decimals, too_large or not_number."""


def yuan(value: Decimal | int | str) -> Decimal:
    """An exact number as an amount with two places, half a cent rounded up, away from zero.

    A float raises TypeError: it has lost its cents already. NaN, infinity and words raise ValueError.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise TypeError(f"an amount is a Decimal, an int or a str, not {type(value).__name__}")
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError(f"not an amount: {value!r}")
    exact = Decimal(value)
    if not exact.is_finite() or abs(exact) >= _YUAN_LIMIT:
        raise ValueError(f"not an amount: {value!r}")
    return _WIDE.add(exact.quantize(CENT, context=_WIDE), 0)  # adding 0 turns -0.00 into 0.00


_SIGNS = str.maketrans({"。": ".", "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})  # 。: the period key under a Chinese IME
_TYPED = re.compile(r"(?P<whole>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<decimals>[0-9]+))?")


def parse_yuan(text: str) -> Decimal:
    """Read the amount that a clerk typed: 300, 300.5, １００, 1,050.00, ¥300, 300元. Raises AmountError."""
    typed = visible(text).translate(_SIGNS).strip().removeprefix("¥").removesuffix("元").strip()
    if not typed:
        raise AmountError("empty", "未录入金额，无法计算。请录入金额，例如 300 或 300.50。")
    if typed.startswith("-"):
        raise AmountError("negative", "金额不能为负数，退钱须另走作废或退费。请重新录入金额。")
    match = _TYPED.fullmatch(typed)
    if match is None:
        raise AmountError(
            "not_number", "这不是金额：只能用数字和小数点，逗号只能三位一分。请重新录入，例如 1050.00 或 1,050.00。"
        )
    if len(match["decimals"] or "") > 2:
        raise AmountError("decimals", "金额最多两位小数，因为最小只到分。请按元、角、分重新录入，例如 300.50。")
    amount = Decimal(match[0].replace(",", ""))
    if amount >= TYPED_LIMIT:
        raise AmountError("too_large", "金额过大，系统只能记到一百亿元以下。请核对是否多录了位数。")
    return yuan(amount)


# In words: 支付结算办法附一, with 整 after 角 as 会计基础工作规范 wants it.
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_FOUR_PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))


def capitals(amount: Decimal | int) -> str:
    """人民币大写 as it stands on a receipt, up to 仟万亿: 300 is 人民币叁佰元整.

    Where the rule leaves a 零 to choice it stands between 元 and 角 (壹佰元零伍角整) and not
    after a 万 that is followed by 仟 (壹拾万柒仟元). Negative amounts, parts of a cent and
    amounts from 10^16 on raise ValueError: a receipt has no words for them.
    """
    exact = yuan(amount)
    if exact != amount or not 0 <= exact < CAPITALS_LIMIT:
        raise ValueError(f"no words for {amount}")
    whole, cents = divmod(int(exact * 100), 100)
    jiao, fen = divmod(cents, 10)
    if not cents:
        return f"人民币{_whole(whole) or '零'}元整"
    words = f"{_whole(whole)}元" if whole else ""
    if whole and (whole % 10 == 0 or jiao == 0):
        words += "零"
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    words += f"{_DIGITS[fen]}分" if fen else "整"
    return f"人民币{words}"


def _whole(number: int) -> str:
    """A whole number up to 10^16 in words; nothing for zero."""
    for unit, word in ((10**8, "亿"), (10**4, "万")):
        if number >= unit:
            above, rest = divmod(number, unit)
            gap = "零" if 0 < rest < unit // 10 else ""
            return f"{_whole(above)}{word}{gap}{_whole(rest)}"
    return _section(number)


def _section(number: int) -> str:
    """Up to four digits in words, one 零 for each run of inner zeros, none in front and none behind."""
    words = ""
    for unit, word in _FOUR_PLACES:
        digit = number // unit % 10
        if digit:
            words += _DIGITS[digit] + word
        elif words and number % unit and not words.endswith("零"):
            words += "零"
    return words


_DIGIT = "[壹贰叁肆伍陆柒捌玖]"
_SECTION = re.compile(rf"零?(?:({_DIGIT})仟)?零?(?:({_DIGIT})佰)?零?(?:({_DIGIT})拾)?零?({_DIGIT})?零?")
_CAPITALS = re.compile(rf"(?:人民币)?(?:(?P<whole>.+)[元圆])?零?(?:({_DIGIT})角)?零?(?:({_DIGIT})分)?[整正]?")
_LEFT_TO_CHOICE = str.maketrans("圆", "元", "人民币零整正")


def parse_capitals(text: str) -> Decimal:
    """Read an amount in words back; 圆 for 元 and 正 for 整 will do, 人民币, 整 and any 零 may be missing.

    Raises ValueError for anything else.
    """
    match = _CAPITALS.fullmatch(text)
    if match is None or match.lastindex is None:
        _not_capitals(text)
    whole, jiao, fen = match.groups()
    cents = 10 * _digit(jiao) + _digit(fen)
    amount = yuan(Decimal((_read_whole(whole) if whole else 0) * 100 + cents) / 100)
    if amount >= CAPITALS_LIMIT or capitals(amount).translate(_LEFT_TO_CHOICE) != text.translate(_LEFT_TO_CHOICE):
        _not_capitals(text)
    return amount


def _read_whole(words: str) -> int:
    if words == "零":
        return 0
    for unit, word in ((10**8, "亿"), (10**4, "万")):
        above, found, rest = words.rpartition(word)
        if found:
            return _read_whole(above) * unit + (_read_whole(rest) if rest else 0)
    match = _SECTION.fullmatch(words)
    if match is None or not any(match.groups()):
        _not_capitals(words)
    return sum(_digit(digit) * unit for digit, (unit, _) in zip(match.groups(), _FOUR_PLACES, strict=True))


def _digit(word: str | None) -> int:
    return _DIGITS.index(word) if word else 0


def _not_capitals(text: str) -> NoReturn:
    raise ValueError(f"not an amount in words: {text!r}")
