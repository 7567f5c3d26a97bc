"""Names of persons by Unicode code point: written in one way, and refused where no document has such a name. 姓名.

民委发〔2016〕33号: the dot inside a name is U+00B7, a name field has room for 50 characters, and the rare characters of
every plane are kept. Names are NFC, never NFKC, which would turn characters of names into others.
"""

import re
import unicodedata

from common.typed import InputError, halfwidth, shown

LONGEST = 50
DOT = "\N{MIDDLE DOT}"

_HAN_BLOCKS = (
    (0x3007, 0x3007),  # 〇, which Unicode counts as a number
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),  # what NFC leaves of the compatibility ideographs
    (0x20000, 0x2FFFD),  # two planes kept for ideographs, whatever Unicode has put there so far
    (0x30000, 0x3FFFD),
)
HAN_CLASS = "".join(f"{chr(first)}-{chr(last)}" for first, last in _HAN_BLOCKS)  # the inside of a [character class]
_HAS_HAN = re.compile(f"[{HAN_CLASS}]")
_BLANK_BETWEEN_HAN = re.compile(f"(?<=[{HAN_CLASS}]) (?=[{HAN_CLASS}])")
_DOT_WITH_BLANKS = re.compile(f" ?{DOT} ?")

# What keyboards, files and other systems put in the place of the dot; half width has made ． a full stop already.
_DOTS = "•‧∙⋅・･᛫․⸱⸳﹒ꞏ◦●"
# Kangxi radicals look like characters and come out of PDF files: nobody would find 王⼩明 (U+2F29) by typing 小.
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2F00, 0x2FD6), 0x2E9F, 0x2EF3)}
_ONE_WAY = (
    _RADICALS
    | str.maketrans(dict.fromkeys(_DOTS, DOT))
    | str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
    | str.maketrans(dict.fromkeys("‐‑–—−", "-"))
)
_LATIN_SIGNS = f" -.'{DOT}"
# What nearly every name is: a few characters of the first block, which has no second way to be written.
_USUAL = re.compile("[\u4e00-\u9fff]{1,8}")


class PersonNameError(InputError):
    """A name that cannot be taken.

    `code`: empty, too_long, dot, mixed, no_letter, or by its first wrong character lost, digit, control, invisible,
    broken, private_use, sign, script.
    """


def parse_name(text: str) -> str:
    """Read a name as typed and give it back as it is kept; raises PersonNameError."""
    if _USUAL.fullmatch(text):
        return text
    name = normalise_name(text)
    check_name(name)
    return name


def normalise_name(text: str) -> str:
    """Write a name in the one way it is kept: NFC, one kind of dot, no blanks in Chinese, single ones elsewhere."""
    if _USUAL.fullmatch(text):
        return text
    name = unicodedata.normalize("NFC", halfwidth(text)).translate(_ONE_WAY)
    name = " ".join(name.split())
    if _HAS_HAN.search(name):
        name = name.replace(".", DOT)
        name = _BLANK_BETWEEN_HAN.sub("", name)
    return _DOT_WITH_BLANKS.sub(DOT, name)


def check_name(name: str) -> None:
    """Refuse what cannot be a name: PersonNameError. Expects it as normalise_name gives it.

    A name is of Chinese characters with dots between its parts, or of Latin letters with blank, hyphen,
    full stop, apostrophe or dot; not of both.
    """
    if not name:
        raise PersonNameError("empty", "未录入姓名，登记和票据都需要它。请照证件录入姓名。")
    if len(name) > LONGEST:
        raise PersonNameError("too_long", f"姓名最多{LONGEST}个字，现为{len(name)}个字。请核对是否录入了别的内容。")
    chinese = _HAS_HAN.search(name) is not None
    for character in name:
        _check_character(character, chinese=chinese)
    if chinese and any(map(_is_latin, name)):
        raise PersonNameError(
            "mixed", "姓名中汉字与字母混用，证件上没有这样的姓名。请删去多余的字母，或全部用字母录入。"
        )
    if not chinese and not any(map(_is_latin, name)):
        raise PersonNameError("no_letter", "姓名中没有汉字，也没有字母。请照证件录入姓名。")
    if name.startswith(DOT) or name.endswith(DOT) or DOT * 2 in name:
        raise PersonNameError("dot", "间隔号“·”只能单个放在姓名的两部分之间。请照证件改正，例如 买买提·艾力。")


def is_han(character: str) -> bool:
    """Whether a single character is a Chinese one, of whatever plane."""
    return _HAS_HAN.match(character) is not None


def _is_latin(character: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")


def _check_character(character: str, *, chinese: bool) -> None:
    if is_han(character) or _is_latin(character) or character in (f" {DOT}" if chinese else _LATIN_SIGNS):
        return
    what = shown(character)
    if character in "?\N{REPLACEMENT CHARACTER}":
        raise PersonNameError("lost", f"姓名中有{what}，多半是生僻字在传送中丢失了。请照证件录入原字。")
    match unicodedata.category(character):
        case "Nd" | "Nl" | "No":
            raise PersonNameError("digit", f"姓名中有数字{what}，证件上的姓名没有数字。请删去后核对。")
        case "Cc":
            raise PersonNameError("control", f"姓名中有控制字符{what}，无法打印。请清空后重新录入。")
        case "Cf" | "Mn" | "Me":
            raise PersonNameError("invisible", f"姓名中有看不见的字符{what}，会使此人查找不到。请清空后重新录入。")
        case "Cs":
            raise PersonNameError("broken", f"姓名中有残缺的字符{what}，是生僻字只剩了一半。请照证件重新录入该字。")
        case "Co":
            raise PersonNameError("private_use", f"姓名中有自造字{what}，别的电脑上认不出。请用输入法录入标准汉字。")
        case category if category[0] in "PSZ":
            raise PersonNameError("sign", f"姓名中有符号{what}，证件上的姓名没有它。请删去；说明的话写在备注中。")
        case _:
            raise PersonNameError("script", f"姓名中的{what}不是汉字，也不是拉丁字母。请照证件上的汉字或拉丁字母录入。")
