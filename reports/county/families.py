"""造县的家庭: who lives together, as rows of a table that the database joins with its households."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """A place in a family. `younger`: by how many years than the head, from and to (negative: older).

    `sex` M, F, or empty for either; `man` and `woman` are the relations to the head, `child` counts sons and daughters.
    """

    man: str
    woman: str
    sex: str
    younger: tuple[int, int]
    share: int = 100
    own_surname: bool = False
    child: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of family: in how many of a hundred households in town and country, the head's age, the share of men."""

    town: int
    country: int
    ages: tuple[int, int]
    men: int = 100
    slots: tuple[Slot, ...] = ()


WIFE = Slot("11", "12", "F", (-1, 5), own_surname=True)
ONLY = Slot("21", "31", "", (23, 30))
FATHER = Slot("51", "52", "M", (-30, -24), share=65)
MOTHER = Slot("51", "52", "F", (-28, -22), share=80, own_surname=True)
KINDS = (
    Kind(4, 2, (26, 55), men=60),
    Kind(8, 6, (66, 88), men=35),
    Kind(8, 5, (25, 54), slots=(WIFE,)),
    Kind(12, 8, (60, 78), slots=(WIFE,)),
    Kind(38, 17, (25, 52), slots=(WIFE, ONLY)),
    Kind(
        5,
        27,
        (28, 48),
        slots=(WIFE, Slot("", "", "", (22, 26), child=True), Slot("", "", "", (27, 31), child=True)),
    ),
    Kind(6, 4, (26, 50), men=30, slots=(Slot("21", "31", "", (22, 33)),)),
    Kind(13, 19, (27, 50), slots=(WIFE, ONLY, FATHER, MOTHER)),
    Kind(3, 5, (55, 70), slots=(WIFE, Slot("41", "42", "", (47, 55)))),
    Kind(
        3,
        7,
        (52, 64),
        slots=(
            WIFE,
            Slot("21", "31", "M", (21, 26)),
            Slot("28", "38", "F", (21, 27), own_surname=True),
            Slot("41", "42", "", (44, 50)),
            Slot("41", "42", "", (51, 56)),
            Slot("51", "52", "F", (-26, -20), share=60, own_surname=True),
        ),
    ),
)


def lots() -> Iterator[tuple[bool, int, int, int, int, int]]:
    """For town and country a hundred lots each: is it town, lot, kind, youngest and oldest head, men in a hundred."""
    for is_town in (True, False):
        drawn = [number for number, kind in enumerate(KINDS) for _ in range(kind.town if is_town else kind.country)]
        for lot, number in enumerate(drawn):
            yield is_town, lot, number, *KINDS[number].ages, KINDS[number].men


def slots() -> Iterator[tuple[int, int, str, str, str, int, int, int, bool, bool]]:
    """Every place in every kind of family, the head's own as the first."""
    for number, kind in enumerate(KINDS):
        yield number, 1, "02", "02", "head", 0, 0, 100, False, False
        for position, slot in enumerate(kind.slots, start=2):
            told = (slot.man, slot.woman, slot.sex, *slot.younger, slot.share, slot.own_surname, slot.child)
            yield number, position, *told
