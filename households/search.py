"""查找: one box for name, pinyin, ID number, telephone and household number; the shape of the text decides.

Every look-up begins with the towns of the staff's scope and runs on a B-tree (initials: on a GIN index), so that it
touches one street however large the database. A whole ID number is looked up everywhere; in other divisions the hit
says only where.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Left, Replace, Reverse

from common.names import normalise_name
from common.relations import HEAD, LABELS
from common.typed import compact
from households import identity
from households.models import Household, Membership, NumberSeries, Person
from households.models.person import TOWN_DIGITS
from households.spelling import LONGEST_KEY, SHORTEST_KEY
from offices.access import visible
from offices.models import Division, Staff

LIMIT = 30
_HOUSEHOLD_NUMBER = re.compile(r"(?P<prefix>[0-9]{1,6})-(?P<serial>[0-9]{1,6})")
_PHONE_TAIL = re.compile(r"[0-9]{4,12}")
_SERIAL = re.compile(r"[0-9]{1,5}")
_LETTERS = re.compile(r"[a-zA-Z]+")

LookUp = Callable[[str, Staff, list[str]], QuerySet[Person, int]]


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody found. Outside the scope only `elsewhere`, the office's name, is filled.

    `left_on` is the last day of somebody who has left the household that is shown.
    """

    household_id: int | None = None
    person_id: int | None = None
    name: str = ""
    pinyin: str = ""
    birth_year: int | None = None
    masked_id: str = ""
    relation: str = ""
    household_number: str = ""
    head_name: str = ""
    village: str = ""
    office: str = ""
    left_on: date | None = None
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits in the order of their names, at most LIMIT; `more` says that there are further ones."""

    hits: tuple[Hit, ...] = ()
    more: bool = False


def search(text: str, *, staff: Staff) -> Found:
    """Find persons by what was typed: two statements, one more for whoever sees more than one town."""
    typed = compact(text)
    if identity.is_whole(typed):
        return _found(list(_by_id_no(typed).values_list("pk", flat=True)), staff)
    look_ups = _look_ups(typed)
    if not look_ups:
        return Found()
    towns = _towns(staff.division_scope)
    chosen = [look_up(typed, staff, towns)[: LIMIT + 1] for look_up in look_ups]
    ids = list(chosen[0].union(*chosen[1:])[: LIMIT + 1]) if len(chosen) > 1 else list(chosen[0])
    return _found(ids, staff) if ids else Found()


def _look_ups(typed: str) -> list[LookUp]:
    """Which look-ups the shape of the text asks for."""
    if not typed:
        return []
    if _HOUSEHOLD_NUMBER.fullmatch(typed):
        return [_by_household_number]
    if _LETTERS.fullmatch(typed):
        return [_by_initials, _by_pinyin] if len(typed) >= SHORTEST_KEY else [_by_pinyin]
    if identity.is_tail(typed) or typed.isdigit():
        return [look_up for shape, look_up in _NUMBERS if shape(typed)]
    return [_by_name]


def _by_name(typed: str, staff: Staff, towns: list[str]) -> QuerySet[Person, int]:
    persons = _in_towns(staff, towns).filter(name__startswith=normalise_name(typed))
    return _first_by("name", persons, towns)


def _by_pinyin(typed: str, staff: Staff, towns: list[str]) -> QuerySet[Person, int]:
    spelled = _in_towns(staff, towns).alias(spelled=Replace("pinyin", Value(" ")))
    return _first_by("spelled", spelled.filter(spelled__startswith=typed.lower()), towns)


def _by_initials(typed: str, staff: Staff, towns: list[str]) -> QuerySet[Person, int]:
    key = typed.lower()[:LONGEST_KEY]
    return _in_towns(staff, towns).filter(initials__contains=[key]).values_list("pk", flat=True)


def _by_id_tail(typed: str, staff: Staff, towns: list[str]) -> QuerySet[Person, int]:
    persons = _in_towns(staff, towns).alias(tail=identity.REVERSED_TAIL)
    return persons.filter(tail__startswith=identity.reversed_tail(typed)).values_list("pk", flat=True)


def _by_phone(typed: str, staff: Staff, towns: list[str]) -> QuerySet[Person, int]:
    persons = _in_towns(staff, towns).alias(tail=Reverse("phone"))
    return persons.filter(tail__startswith=typed[::-1]).values_list("pk", flat=True)


def _by_household_phone(typed: str, staff: Staff, _: list[str]) -> QuerySet[Person, int]:
    households = Household.objects.alias(tail=Reverse("phone")).filter(tail__startswith=typed[::-1])
    return _heads_of(visible(households, staff))


def _by_household_number(typed: str, staff: Staff, _: list[str]) -> QuerySet[Person, int]:
    prefix, serial = typed.split("-")
    return _heads_of(visible(Household.objects.filter(number=f"{prefix:0>4}-{serial:0>4}"), staff))


def _by_serial(typed: str, staff: Staff, _: list[str]) -> QuerySet[Person, int]:
    """The running number alone: that household of every village of the clerk's own office."""
    series = NumberSeries.objects.filter(office=staff.office_id)
    numbers = series.values(number=Concat("prefix", Value(f"-{typed:0>4}")))
    return _heads_of(visible(Household.objects.filter(office=staff.office_id, number__in=numbers), staff))


def _heads_of(households: QuerySet[Household]) -> QuerySet[Person, int]:
    """The present heads; of a household that everybody has left, the last one."""
    heads = Membership.objects.filter(household=OuterRef("pk"), relation=HEAD).order_by("-starts_on")
    return households.annotate(head=Subquery(heads.values("person")[:1])).values_list("head", flat=True)


_NUMBERS: tuple[tuple[Callable[[str], object], LookUp], ...] = (
    (identity.is_tail, _by_id_tail),
    (_PHONE_TAIL.fullmatch, _by_phone),
    (_PHONE_TAIL.fullmatch, _by_household_phone),
    (_SERIAL.fullmatch, _by_serial),
)


def _by_id_no(typed: str) -> QuerySet[Person]:
    return Person.objects.filter(identity.has_number(typed))


def _in_towns(staff: Staff, towns: list[str]) -> QuerySet[Person]:
    """The persons of the scope, told by the expression that the indexes begin with."""
    persons = Person.objects.alias(town=Left("division_code", TOWN_DIGITS)).filter(town__in=towns)
    return visible(persons, staff) if len(staff.division_scope) > TOWN_DIGITS else persons


def _first_by(column: str, persons: QuerySet[Person], towns: list[str]) -> QuerySet[Person, int]:
    """In the index's order, which costs nothing in one town; in many, a common surname would be sorted whole."""
    return (persons.order_by(column) if len(towns) == 1 else persons).values_list("pk", flat=True)


def _towns(scope: str) -> list[str]:
    """The scope's towns and streets by their digits, those of former times included."""
    if len(scope) >= TOWN_DIGITS:
        return [scope[:TOWN_DIGITS]]
    villages = Division.objects.within(scope).filter(level=Division.Level.VILLAGE)
    return list(villages.values_list(Left("code", TOWN_DIGITS), flat=True).distinct())


# Written by hand: to build this statement through the ORM takes three times as long as to answer it.
FOUND = """
    SELECT DISTINCT ON (m.person_id)
           m.person_id, m.relation, m.ends_on, p.name, p.pinyin, p.birth_date, p.id_no, h.id, h.number, h.division_code,
           o.name,
           (SELECT w.name FROM households_membership a JOIN households_person w ON w.id = a.person_id
            WHERE a.household_id = h.id AND a.relation = %(head)s ORDER BY a.starts_on DESC LIMIT 1),
           (SELECT d.name FROM offices_division d WHERE d.code = h.division_code ORDER BY d.starts_on DESC LIMIT 1)
    FROM households_membership m
    JOIN households_person p ON p.id = m.person_id
    JOIN households_household h ON h.id = m.household_id
    JOIN offices_office o ON o.id = h.office_id
    WHERE m.person_id = ANY(%(persons)s)
    ORDER BY m.person_id, m.starts_on DESC
"""


def _found(persons: list[int], staff: Staff) -> Found:
    """The persons with their present or last household, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND, {"persons": persons, "head": HEAD})
        rows = cursor.fetchall()
    hits = sorted((_hit(row, staff) for row in rows), key=lambda hit: (hit.pinyin, hit.name, hit.household_number))
    return Found(tuple(hits[:LIMIT]), more=len(hits) > LIMIT)


def _hit(row: tuple[Any, ...], staff: Staff) -> Hit:
    person, relation, left_on, name, pinyin, born, id_no, household, number, division, office, head, village = row
    if not staff.covers(division):
        return Hit(elsewhere=office)
    return Hit(
        household_id=household,
        person_id=person,
        name=name,
        pinyin=pinyin,
        birth_year=born.year,
        masked_id=identity.masked_number(id_no),
        relation=LABELS.get(relation, relation),
        household_number=number,
        head_name=head,
        village=village or "",
        office=office,
        left_on=left_on,
    )
