"""Telephone numbers of the mainland: mobile, or land line with its area code; kept as digits only. 电话."""

import re

from common.typed import InputError, compact

_SIGNS = str.maketrans("", "", "-‐‑–—−()（）.")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# Behind 010 and 02x stand eight digits, behind the four-digit area codes seven or eight; none begins with 0 or 1.
_LAND_LINE = re.compile(r"(?P<area>010|02[0-9]|0[3-9][0-9]{2})(?P<number>[2-9][0-9]{6,7})")


class PhoneError(InputError):
    """A telephone number that cannot be taken; `code`: empty, characters, length, no_area_code, not_phone."""


def parse_phone(text: str) -> str:
    """Read a telephone number as typed; the digits alone come back: 13812348888, 051885412345. Raises PhoneError."""
    if is_mobile(text):
        return text
    typed = compact(text).translate(_SIGNS)
    if not typed:
        raise PhoneError("empty", "未录入电话，有事时无法联系本户。请录入手机号或带区号的固定电话。")
    digits = _without_country(typed)
    if not re.fullmatch("[0-9]+", digits):
        raise PhoneError("characters", "电话只能由数字组成，这里还有别的字符。请只录一个号码，分机号写在备注中。")
    if is_mobile(digits) or _is_land_line(digits):
        return digits
    raise _wrong(digits)


def is_mobile(digits: str) -> bool:
    """Whether a number as parse_phone gives it is a mobile one."""
    return _MOBILE.fullmatch(digits) is not None


def mask_phone(digits: str) -> str:
    """A number to show where nobody need read it whole: 138****8888, 0518****2345."""
    land_line = _LAND_LINE.fullmatch(digits)
    if land_line:
        return f"{land_line['area']}****{digits[-4:]}"
    if len(digits) == 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return "*" * len(digits)


def _without_country(typed: str) -> str:
    """Take off +86 and put back the 0 of the area code that is dropped behind it."""
    rest = re.sub(r"^(\+|00)86|^86(?=1[3-9][0-9]{9}$)", "", typed)
    if rest == typed or rest.startswith("0") or is_mobile(rest):
        return rest
    return f"0{rest}"


def _is_land_line(digits: str) -> bool:
    match = _LAND_LINE.fullmatch(digits)
    return match is not None and (len(match["area"]) == 4 or len(match["number"]) == 8)


def _wrong(digits: str) -> PhoneError:
    if digits.startswith("1") and len(digits) != 11:
        return PhoneError("length", f"手机号应为11位，现为{len(digits)}位。请核对后重新录入。")
    if len(digits) in (7, 8) and digits[0] not in "01":
        return PhoneError("no_area_code", "固定电话缺少区号，外地拨不通。请在前面加上区号，例如 0518 或 010。")
    return PhoneError("not_phone", "这不是手机号，也不是带区号的固定电话。请核对后重新录入，例如 0518-85412345。")
