"""Pinyin of names, for sorting and for searching by initials: surnames read as surnames. 拼音.

Readings come from pypinyin's table of single characters; the tables here stand above it. Its dictionary of phrases
would cost every process 45 MB and knows no names, so it stays unread.
"""

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import combinations, islice, product

from common.names import DOT, HAN_CLASS, is_han

MOST_VARIANTS = 8

# Surnames read otherwise than pypinyin's first reading, or in one more way than it knows; the first reading sorts.
_SURNAME_ROWS = """
曾 zeng, 单 shan, 解 xie, 仇 qiu, 查 zha, 区 ou, 朴 piao, 盖 ge gai, 乐 yue le, 翟 zhai di, 缪 miao mou, 覃 qin tan,
种 chong, 洗 xian, 卜 bu, 召 shao zhao, 谌 chen shen, 员 yun, 贠 yun, 郇 xun huan, 秘 bi, 折 she, 佴 nai, 薄 bo, 都 du,
句 gou, 阚 kan, 么 yao, 乜 nie, 能 nai neng, 粘 nian zhan, 繁 po fan, 省 xing, 蔚 yu wei, 祭 zhai ji, 费 fei bi,
颉 xie, 炅 gui, 圈 juan, 澹 tan,
單 shan, 區 ou, 種 chong, 繆 miao mou, 蓋 ge gai, 樂 yue le, 諶 chen shen, 員 yun, 祕 bi
"""
SURNAMES: Mapping[str, tuple[str, ...]] = {
    surname: tuple(readings) for surname, *readings in map(str.split, _SURNAME_ROWS.split(","))
}
# Surnames of two and three characters of which one is read otherwise than by itself.
COMPOUND_SURNAMES: Mapping[str, tuple[str, ...]] = {
    "万俟": ("mo", "qi"),
    "尉迟": ("yu", "chi"),
    "子车": ("zi", "ju"),
    "吐谷浑": ("tu", "yu", "hun"),
    "萬俟": ("mo", "qi"),
    "尉遲": ("yu", "chi"),
}
# Characters of given names that pypinyin does not know, or knows by a reading that names do not have.
CHARACTERS: Mapping[str, tuple[str, ...]] = {"𠮷": ("ji",), "㐂": ("xi",), "晟": ("sheng", "cheng")}

# One Chinese character, or one Latin word with the full stops and apostrophes inside it.
_PART = re.compile(rf"(?P<character>[{HAN_CLASS}])|(?:(?![{HAN_CLASS}])[^\W\d_]|['.])+")


def full_pinyin(name: str) -> str:
    """The name in lower-case syllables, for sorting: 单雄信 is shan xiong xin; ü is v, as it is typed.

    Latin words stay words, without accents. A character whose reading nobody knows stands for itself.
    """
    return " ".join(readings[0] for readings in _read(name) if readings[0])


def initials(name: str) -> tuple[str, ...]:
    """The initials by which a clerk may look for the name, the likeliest first, at most eight: 曾伟 is zw and cw.

    A character whose reading nobody knows is left out. Empty for a name without any reading.
    """
    choices = ["".join(dict.fromkeys(reading[:1] for reading in readings)) for readings in _read(name)]
    choices = [letters for letters in choices if letters and not is_han(letters[0])]
    return tuple(islice(_variants(choices), MOST_VARIANTS)) if choices else ()


def _variants(choices: list[str]) -> Iterator[str]:
    """One letter from each choice, in all ways, those with the fewest departures from the first letters first."""
    undecided = [place for place, letters in enumerate(choices) if len(letters) > 1]
    for departures in range(len(undecided) + 1):
        for places in combinations(undecided, departures):
            for others in product(*(choices[place][1:] for place in places)):
                chosen = [letters[0] for letters in choices]
                for place, letter in zip(places, others, strict=True):
                    chosen[place] = letter
                yield "".join(chosen)


@lru_cache(maxsize=16)  # a name is asked for its pinyin and then for its initials
def _read(name: str) -> tuple[tuple[str, ...], ...]:
    """The readings of each character, and each Latin word, of the name; the likeliest first."""
    surname = _read_surname(name)
    given = [
        _likely(_of_character(part[0])) if part["character"] else (_of_word(part[0]),)
        for part in _PART.finditer(name[len(surname) :])
    ]
    return (*surname, *given)


def _read_surname(name: str) -> list[tuple[str, ...]]:
    """The readings of each character of the surname, if it stands in our tables and the name is a Han one."""
    if DOT in name:
        return []
    for length in (3, 2):
        if len(name) > length and name[:length] in COMPOUND_SURNAMES:
            return [(syllable,) for syllable in COMPOUND_SURNAMES[name[:length]]]
    if name[:1] in SURNAMES:
        return [tuple(dict.fromkeys((*SURNAMES[name[0]], *_of_character(name[0]))))]
    return []


@cache
def _likely(readings: tuple[str, ...]) -> tuple[str, ...]:
    """Readings with the first two initials: pypinyin's further ones are of classical texts (超 tiao, 冰 ning)."""
    letters = list(dict.fromkeys(reading[0] for reading in readings))[:2]
    return tuple(reading for reading in readings if reading[0] in letters)


@cache
def _of_character(character: str) -> tuple[str, ...]:
    """All readings of a character without tones; the character itself if there is none."""
    if character in CHARACTERS:
        return CHARACTERS[character]
    readings = _dictionary().get(ord(character), character).split(",")
    return tuple(
        dict.fromkeys(_plain(unicodedata.normalize("NFD", reading).replace("u\u0308", "v")) for reading in readings)
    )


def _of_word(word: str) -> str:
    return _plain(word.lower().replace("'", "").replace(".", ""))


def _plain(text: str) -> str:
    """Without tones and accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@cache
def _dictionary() -> Mapping[int, str]:
    """pypinyin's readings by code point, as "céng,zēng", loaded when first asked for and without its phrases."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict
