"""演示家庭: who lives together, in believable ages, from one person to seven and three generations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from common.relations import HEAD
from payments.demo import names
from payments.demo.people import Registry, Somebody

HUSBAND, WIFE = "11", "12"
ONLY_SON, FIRST_SON, SECOND_SON, SON_IN_LAW = "21", "22", "23", "28"
ONLY_DAUGHTER, FIRST_DAUGHTER, SECOND_DAUGHTER, DAUGHTER_IN_LAW = "31", "32", "33", "38"
GRANDSON, GRANDDAUGHTER, DAUGHTERS_SON, DAUGHTERS_DAUGHTER = "41", "42", "43", "44"
FATHER, MOTHER, WIFES_FATHER, WIFES_MOTHER = "51", "52", "55", "56"


@dataclass(frozen=True)
class Kitchen:
    """Where a family is made up: by whom, as of which day, with which hukou."""

    registry: Registry
    today: date
    hukou: str
    hukou_kind: str

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return self.registry.rng.randint(least, most)

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self.registry.rng.random() < share

    def sex(self, men: float = 0.5) -> str:
        """M in that share of cases."""
        return "M" if self.chance(men) else "F"

    def person(self, relation: str, sex: str, year: int, surname: str = "") -> Somebody:
        """Somebody born in that year, the day before today at the latest."""
        born = self.registry.born(min(year, self.today.year), until=self.today - timedelta(days=1))
        return self.registry.somebody(
            sex=sex, born=born, relation=relation, hukou=self.hukou, hukou_kind=self.hukou_kind, surname=surname
        )

    def spouse(self, head: Somebody) -> Somebody:
        """The head's wife or husband."""
        relation, sex = (WIFE, "F") if head.sex == "M" else (HUSBAND, "M")
        older = self.between(-1, 5) if head.sex == "M" else -self.between(-1, 5)
        return self.person(relation, sex, head.born.year + older)


def surname_of(somebody: Somebody) -> str:
    """The first character of the name, or the first two of a double surname."""
    return somebody.name[: 2 if somebody.name[:2] in ("欧阳", "上官", "司马") else 1]


def alone(kitchen: Kitchen) -> list[Somebody]:
    """One person of working age."""
    return [kitchen.person(HEAD, kitchen.sex(0.6), kitchen.today.year - kitchen.between(26, 55))]


def old_alone(kitchen: Kitchen) -> list[Somebody]:
    """A widow or widower."""
    return [kitchen.person(HEAD, kitchen.sex(0.35), kitchen.today.year - kitchen.between(66, 88))]


def couple(kitchen: Kitchen) -> list[Somebody]:
    """Two of working age."""
    head = kitchen.person(HEAD, kitchen.sex(0.85), kitchen.today.year - kitchen.between(25, 54))
    return [head, kitchen.spouse(head)]


def old_couple(kitchen: Kitchen) -> list[Somebody]:
    """Two whose children have moved out."""
    head = kitchen.person(HEAD, kitchen.sex(0.9), kitchen.today.year - kitchen.between(60, 78))
    return [head, kitchen.spouse(head)]


def one_child(kitchen: Kitchen) -> list[Somebody]:
    """Parents and an only child."""
    year = kitchen.today.year - kitchen.between(1, 23)
    head = kitchen.person(HEAD, kitchen.sex(0.85), year - kitchen.between(23, 32))
    spouse = kitchen.spouse(head)
    return [head, spouse, _child(kitchen, head, spouse, year, only=True)]


def two_children(kitchen: Kitchen) -> list[Somebody]:
    """Parents and two children."""
    year = kitchen.today.year - kitchen.between(4, 20)
    head = kitchen.person(HEAD, "M", year - kitchen.between(22, 29))
    spouse = kitchen.spouse(head)
    first = _child(kitchen, head, spouse, year)
    second = _child(kitchen, head, spouse, min(year + kitchen.between(2, 6), kitchen.today.year - 1))
    _in_order(first, second)
    return [head, spouse, first, second]


def parent_and_child(kitchen: Kitchen) -> list[Somebody]:
    """A divorced or widowed parent with a child."""
    year = kitchen.today.year - kitchen.between(4, 20)
    head = kitchen.person(HEAD, kitchen.sex(0.3), year - kitchen.between(22, 33))
    return [head, _child(kitchen, head, head, year, only=True)]


def three_generations(kitchen: Kitchen) -> list[Somebody]:
    """Parents, a child and one or both of the head's, or the wife's, parents."""
    family = one_child(kitchen)
    head, spouse, _ = family
    child_of, relations = (head, (FATHER, MOTHER)) if kitchen.chance(0.75) else (spouse, (WIFES_FATHER, WIFES_MOTHER))
    if head.sex == "F":
        child_of, relations = head, (FATHER, MOTHER)
    year = child_of.born.year - kitchen.between(23, 30)
    both = kitchen.chance(0.5)
    if both or kitchen.chance(0.3):
        family.append(kitchen.person(relations[0], "M", year, surname_of(child_of)))
    if both or len(family) == 3:
        family.append(kitchen.person(relations[1], "F", year + kitchen.between(0, 2)))
    return family


def grandparents(kitchen: Kitchen) -> list[Somebody]:
    """Grandparents with the child of parents who work far away."""
    head = kitchen.person(HEAD, kitchen.sex(0.8), kitchen.today.year - kitchen.between(55, 70))
    family = [head] + ([kitchen.spouse(head)] if kitchen.chance(0.8) else [])
    sex, year = kitchen.sex(), kitchen.today.year - kitchen.between(3, 14)
    if kitchen.chance(0.75):
        relation, surname = (GRANDSON if sex == "M" else GRANDDAUGHTER), surname_of(head) if head.sex == "M" else ""
    else:
        relation, surname = (DAUGHTERS_SON if sex == "M" else DAUGHTERS_DAUGHTER), ""
    return [*family, kitchen.person(relation, sex, year, surname)]


def big(kitchen: Kitchen) -> list[Somebody]:
    """Six or seven: a couple, their son with wife and children, sometimes the head's mother."""
    head = kitchen.person(HEAD, "M", kitchen.today.year - kitchen.between(52, 64))
    son = kitchen.person(ONLY_SON, "M", head.born.year + kitchen.between(21, 26), surname_of(head))
    wife_of_son = kitchen.person(DAUGHTER_IN_LAW, "F", son.born.year + kitchen.between(-1, 3))
    first_year = max(son.born.year, wife_of_son.born.year) + kitchen.between(21, 25)
    family = [head, kitchen.spouse(head), son, wife_of_son]
    for year in (first_year, first_year + kitchen.between(2, 4)):
        if year < kitchen.today.year:
            sex = kitchen.sex()
            family.append(kitchen.person(GRANDSON if sex == "M" else GRANDDAUGHTER, sex, year, surname_of(head)))
    if kitchen.chance(0.6):
        family.append(kitchen.person(MOTHER, "F", head.born.year - kitchen.between(20, 26)))
    return family


def _child(kitchen: Kitchen, head: Somebody, spouse: Somebody, year: int, *, only: bool = False) -> Somebody:
    sex = kitchen.sex()
    father = head if head.sex == "M" or spouse is head else spouse
    relation = (ONLY_SON if sex == "M" else ONLY_DAUGHTER) if only else (FIRST_SON if sex == "M" else FIRST_DAUGHTER)
    return kitchen.person(relation, sex, year, surname_of(father))


def _in_order(first: Somebody, second: Somebody) -> None:
    if first.sex == second.sex:
        second.relation = SECOND_SON if second.sex == "M" else SECOND_DAUGHTER


Maker = Callable[[Kitchen], list[Somebody]]
TOWN: dict[Maker, int] = {
    one_child: 40,
    three_generations: 14,
    old_couple: 12,
    old_alone: 8,
    couple: 8,
    parent_and_child: 6,
    two_children: 5,
    grandparents: 4,
    alone: 4,
    big: 3,
}
COUNTRY: dict[Maker, int] = {
    two_children: 27,
    three_generations: 20,
    one_child: 18,
    big: 9,
    old_couple: 8,
    grandparents: 7,
    couple: 5,
    old_alone: 5,
    parent_and_child: 4,
    alone: 2,
}


def family(kitchen: Kitchen, kinds: dict[Maker, int]) -> list[Somebody]:
    """A family of one of the kinds, as often as each occurs."""
    make = kitchen.registry.rng.choices(list(kinds), list(kinds.values()))[0]
    members = make(kitchen)
    for place, member in enumerate(members):
        while member.name in [earlier.name for earlier in members[:place]]:
            member.name = surname_of(member) + names.given(kitchen.registry.rng, sex=member.sex, born=member.born)
    return members
