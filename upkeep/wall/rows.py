"""行的可见: the ways in which a row belongs to divisions, each as the condition of a policy. Pure.

What lies in another table is asked through functions of the owner's (`FUNCTIONS`), whom no policy binds: a policy that
named the other table would bring that table's policy into the plan of every statement, and its parents' policies too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FROM = "current_setting('canbao.divisions_from', true)"
BEFORE = "current_setting('canbao.divisions_before', true)"
PERSON = "households_person"
# Both settings are empty, or missing, in a session that was told nothing; everything is from '' up to ':'.
IS_TOLD = f"{BEFORE} > ''"
# Asked before a function: where a statement that sees everything counts a county, asking it of each row was most of it.
IS_TOLD_ALL = f"({BEFORE} = ':' AND {FROM} = '')"


def within(column: str) -> str:
    """A division lies in the session's."""
    return f"{column} >= {FROM} AND {column} < {BEFORE}"


# Functions of an id that is `wanted`: what they ask.
FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "canbao_has_office": f"SELECT FROM offices_office o WHERE o.id = wanted AND {within('o.division_code')}",
        "canbao_has_staff": f"SELECT FROM offices_staff s WHERE s.id = wanted AND {within('s.division_scope')}",
        "canbao_has_person": f"SELECT FROM households_person p WHERE p.id = wanted AND {within('p.division_code')}",
        "canbao_had_member": "SELECT FROM households_membership m JOIN households_household h ON h.id = m.household_id"
        f" WHERE m.person_id = wanted AND {within('h.division_code')}",
    }
)


def sees(table: str) -> str:
    """The function that says whether a row of a table, by its id, is seen."""
    return f"canbao_sees_{table}"


@dataclass(frozen=True, slots=True)
class InDivisions:
    """The row carries its division.

    `above`: those below read it too, though they do not write it. `unplaced`: rows without a division are everybody's
    who sees anything. `or_office`: the office that the row names has it as well. `follows_person`: who has the person
    now reads it too, wherever it was written. `is_person`: so does who once had the person in a household. `published`:
    everybody who sees anything reads it, and it is still written in its divisions alone.
    """

    column: str = "division_code"
    above: bool = False
    unplaced: bool = False
    or_office: bool = False
    follows_person: bool = False
    is_person: bool = False
    published: bool = False

    @property
    def seen(self) -> str:
        ways = [self.written]
        if self.above:
            ways.append(f"({self.column} <> '' AND starts_with({FROM}, {self.column}))")
        if self.follows_person:
            ways.append("canbao_has_person(person_id)")
        if self.is_person:
            ways.append("canbao_had_member(id)")
        if self.published:
            ways.append(IS_TOLD)
        return " OR ".join(ways)

    @property
    def written(self) -> str:
        ways = [f"({within(self.column)})"]
        if self.unplaced:
            ways.append(f"({self.column} = '' AND {IS_TOLD})")
        if self.or_office:
            ways.append("canbao_has_office(office_id)")
        return " OR ".join(ways)


@dataclass(frozen=True, slots=True)
class OfOffice:
    """The row belongs to an office and so to the divisions that the office serves."""

    @property
    def seen(self) -> str:
        return f"{IS_TOLD_ALL} OR canbao_has_office(office_id)"

    @property
    def written(self) -> str:
        return self.seen


@dataclass(frozen=True, slots=True)
class OfStaff:
    """The row is a member of staff's own."""

    column: str

    @property
    def seen(self) -> str:
        return f"{IS_TOLD_ALL} OR canbao_has_staff({self.column})"

    @property
    def written(self) -> str:
        return self.seen


@dataclass(frozen=True, slots=True)
class PartOf:
    """The row is seen with the row that it hangs on, whose own way decides.

    A row may be written in the statement that writes its parent, which a policy would not see yet: a trigger at the
    end of the statement asks instead (`upkeep/wall/building.py`).
    """

    parent: str
    column: str

    @property
    def seen(self) -> str:
        return f"{IS_TOLD_ALL} OR {sees(self.parent)}({self.column})"

    @property
    def written(self) -> str:
        return IS_TOLD


@dataclass(frozen=True, slots=True)
class OfPerson:
    """The row says something of a person, or of a household as a whole: seen by who has the one or the other now.

    Whoever had her before still sees the person, but not what is known of her since.
    """

    or_household: bool = False
    column: str = "person_id"

    @property
    def seen(self) -> str:
        whole = f" OR ({self.column} IS NULL AND {sees('households_household')}(household_id))"
        return f"{IS_TOLD_ALL} OR canbao_has_person({self.column})" + (whole if self.or_household else "")

    @property
    def written(self) -> str:
        return self.seen


@dataclass(frozen=True, slots=True)
class ForAllWhoAreTold:
    """The row belongs to no division; whoever has a scope sees it, and nobody else. `why` says why that is enough."""

    why: str

    seen = IS_TOLD
    written = IS_TOLD


@dataclass(frozen=True, slots=True)
class Unguarded:
    """No policy: the row is read before anybody's divisions are known. `why` says what it holds."""

    why: str


Guarded = InDivisions | OfOffice | OfPerson | OfStaff | PartOf | ForAllWhoAreTold
Rows = Guarded | Unguarded
