"""姓名的拼音: what is stored beside a name so that it can be sorted and found."""

from common.pinyin import full_pinyin, initials

# Shorter beginnings are answered by the pinyin itself; longer ones are cut, when stored and when asked for.
SHORTEST_KEY = 2
LONGEST_KEY = 8


def pinyin_of(name: str) -> str:
    """The name in lower-case syllables with blanks between them: zhang wei ming."""
    return full_pinyin(name)


def initial_keys(name: str) -> list[str]:
    """Every beginning, from two letters up, of every reading's initials: 曾小明 → cx, cxm, zx, zxm."""
    return sorted({each[:end] for each in initials(name) for end in range(SHORTEST_KEY, len(each[:LONGEST_KEY]) + 1)})
