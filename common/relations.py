"""How a member is related to the head of the household: GB/T 4761, two digits. 与户主关系."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from common.typed import InputError, compact

SELF, HEAD = "01", "02"

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "01": "本人",
        "02": "户主",
        "10": "配偶",
        "11": "夫",
        "12": "妻",
        "20": "子",
        "21": "独生子",
        "22": "长子",
        "23": "次子",
        "24": "三子",
        "25": "四子",
        "26": "五子",
        "27": "养子或继子",
        "28": "女婿",
        "29": "其他儿子",
        "30": "女",
        "31": "独生女",
        "32": "长女",
        "33": "次女",
        "34": "三女",
        "35": "四女",
        "36": "五女",
        "37": "养女或继女",
        "38": "儿媳",
        "39": "其他女儿",
        "40": "孙子、孙女或外孙子、外孙女",
        "41": "孙子",
        "42": "孙女",
        "43": "外孙子",
        "44": "外孙女",
        "45": "孙媳妇或外孙媳妇",
        "46": "孙女婿或外孙女婿",
        "47": "曾孙子或外曾孙子",
        "48": "曾孙女或外曾孙女",
        "49": "其他孙子、孙女或外孙子、外孙女",
        "50": "父母",
        "51": "父亲",
        "52": "母亲",
        "53": "公公",
        "54": "婆婆",
        "55": "岳父",
        "56": "岳母",
        "57": "继父或养父",
        "58": "继母或养母",
        "59": "其他父母关系",
        "60": "祖父母或外祖父母",
        "61": "祖父",
        "62": "祖母",
        "63": "外祖父",
        "64": "外祖母",
        "65": "配偶的祖父母或外祖父母",
        "66": "曾祖父",
        "67": "曾祖母",
        "68": "配偶的曾祖父母或外曾祖父母",
        "69": "其他祖父母或外祖父母关系",
        "70": "兄弟姐妹",
        "71": "兄",
        "72": "嫂",
        "73": "弟",
        "74": "弟媳",
        "75": "姐姐",
        "76": "姐夫",
        "77": "妹妹",
        "78": "妹夫",
        "79": "其他兄弟姐妹",
        "80": "其他",
        "81": "伯父",
        "82": "伯母",
        "83": "叔父",
        "84": "婶母",
        "85": "舅父",
        "86": "舅母",
        "87": "姨父",
        "88": "姨母",
        "89": "姑父",
        "90": "姑母",
        "91": "堂兄弟、堂姐妹",
        "92": "表兄弟、表姐妹",
        "93": "侄子",
        "94": "侄女",
        "95": "外甥",
        "96": "外甥女",
        "97": "其他亲属",
        "99": "非亲属",
    }
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the short list at the counter: the digit to press, the code it stands for, its short name."""

    key: str
    code: str
    label: str


CHOICES = (
    Choice("1", HEAD, "户主"),
    Choice("2", "10", "配偶"),
    Choice("3", "20", "子"),
    Choice("4", "30", "女"),
    Choice("5", "50", "父母"),
    Choice("6", "40", "孙辈"),
    Choice("7", "70", "兄弟姐妹"),
    Choice("8", "60", "祖父母"),
    Choice("9", "80", "其他"),
)

_TYPED = (
    {code: code for code in LABELS}
    | {text: code for code, text in LABELS.items()}
    | {choice.key: choice.code for choice in CHOICES}
    | {choice.label: choice.code for choice in CHOICES}
)


class RelationError(InputError):
    """A relation that does not exist; `code` is empty or unknown."""


def is_valid(code: str) -> bool:
    """Whether the standard has this code."""
    return code in LABELS


def label(code: str) -> str:
    """The code's Chinese name; KeyError for a code that the standard does not have."""
    return LABELS[code]


def parse_relation(text: str) -> str:
    """The code for what was typed: a counter key (3), a code (20) or a name (子, 孙辈). Raises RelationError."""
    typed = compact(text)
    if not typed:
        raise RelationError("empty", "未录入与户主关系，登记表需要它。请选一项，例如1户主、2配偶、3子、4女。")
    if typed not in _TYPED:
        raise RelationError("unknown", f"与户主关系没有“{typed[:20]}”这一项。请按1至9选择，或录入两位代码，如38儿媳。")
    return _TYPED[typed]
