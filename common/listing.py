"""The first of many named in a sentence, and that there are more. 甲、乙、丙等9人。"""

from collections.abc import Sequence


def listed(names: Sequence[object], *, most: int, unit: str = "", between: str = "、") -> str:
    """At most `most` of the names, joined; where there are more, 等, with a `unit` also how many there are in all."""
    more = f"等{len(names)}{unit}" if unit else "等"
    return between.join(str(name) for name in names[:most]) + (more if len(names) > most else "")
