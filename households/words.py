"""录入用语: the digits and short words by which a clerk fills a cell: 2 or 配偶, 42 or 肢2 or 肢体二级."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.disability import GRADES, KINDS
from common.pinyin import initials
from common.relations import CHOICES as RELATIONS
from common.relations import LABELS
from common.typed import InputError, compact
from households.models import OtherCover, Person

NEWBORN = "新生儿"
DISABILITY = "disability"


@dataclass(frozen=True, slots=True)
class Exempt:
    """可暂不参保, as a rule set has it: its code, its name, whether it asks for the parents' unit and its level."""

    code: str
    name: str
    asks_unit: bool


@dataclass(frozen=True, slots=True)
class Word:
    """One line of a cell's list: what it stands for, how it is shown, what may be typed for it (its digit first)."""

    value: str
    label: str
    keys: tuple[str, ...]

    @property
    def digit(self) -> str:
        """The key shown beside the line, if it has one."""
        return self.keys[0] if self.keys and self.keys[0].isdigit() else ""

    @property
    def typed(self) -> str:
        """All keys in one attribute."""
        return " ".join(self.keys)


class WordError(InputError):
    """A word that the cell's list does not have; `code` is unknown."""


def read_word(text: str, words: Iterable[Word], *, what: str) -> Word | None:
    """The word for what was typed, None for an empty cell; WordError for what is not on the list."""
    typed = compact(text).lower()
    if not typed:
        return None
    for word in words:
        if typed == word.label.lower() or typed in word.keys:
            return word
    raise WordError("unknown", f"{what}没有“{text.strip()[:20]}”这一项。请按 ↓ 从列表中选，或录入前面的数字。")


def numbered(pairs: Iterable[tuple[str, str]]) -> tuple[Word, ...]:
    """Words with the digits 1, 2, 3 … in this order."""
    return tuple(
        Word(value, label, (str(number), *initials(label))) for number, (value, label) in enumerate(pairs, start=1)
    )


def relation_words() -> tuple[Word, ...]:
    """The nine of the counter by one digit, then every other of the standard by its name or initials."""
    short = {each.code: Word(each.code, each.label, (each.key, *initials(each.label))) for each in RELATIONS}
    rest = [Word(code, label, tuple(initials(label))) for code, label in LABELS.items() if code not in {*short, "01"}]
    return (*short.values(), *rest)


def hukou_words() -> tuple[Word, ...]:
    """城镇、农业、农转城."""
    return numbered(Person.HukouKind.choices)


def cover_words() -> tuple[Word, ...]:
    """职工医保、新农合."""
    return numbered(OtherCover.Kind.choices)


def sex_words() -> tuple[Word, ...]:
    """男、女."""
    return numbered(Person.Sex.choices)


def disability_words() -> tuple[Word, ...]:
    """Kind and grade as the last two digits of a certificate say them: 42 is 肢体二级."""
    return tuple(
        Word(f"{DISABILITY}:{kind}:{grade}", f"{kind}{in_words}", _disability_keys(number, kind, grade))
        for number, kind in KINDS.items()
        for grade, in_words in GRADES.items()
    )


def _disability_keys(number: int, kind: str, grade: int) -> tuple[str, ...]:
    chinese = "一二三四"[grade - 1]
    spelled = initials(kind)[0]
    return (
        f"{number}{grade}",
        f"{kind[0]}{grade}",
        f"{kind[0]}{chinese}",
        f"{kind}{grade}",
        f"{kind}{chinese}",
        f"{kind}残疾{chinese}级",
        f"{spelled}{grade}",
    )
