"""查找: one box for name, pinyin, ID number, telephone and household number; the shape of the text decides.

Every look-up is one statement, begins with the towns of the staff's scope and runs on a B-tree (initials: on a GIN
index), so that it touches one street however large the database. A whole ID number is looked up everywhere; in other
divisions the hit says only where. Numbers lie sealed: they are found by the digests of the whole and of the ending.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models.functions import Left

from common.idcard import clean_id_number
from common.names import normalise_name
from common.relations import HEAD, LABELS
from common.sealing import ID_NUMBER, PHONE
from common.typed import compact
from households import identity
from households.models.person import TOWN_DIGITS
from households.spelling import LONGEST_KEY, SHORTEST_KEY
from offices import scope
from offices.keys import sealer, unsealed
from offices.models import Division, Staff

LIMIT = 30
# So many with the same last four characters are looked at for the rest of what was typed.
CANDIDATES = 2_000
_HOUSEHOLD_NUMBER = re.compile(r"(?P<prefix>[0-9]{1,6})-(?P<serial>[0-9]{1,6})")
_PHONE_TAIL = re.compile(r"[0-9]{4,12}")
_SERIAL = re.compile(r"[0-9]{1,5}")
_LETTERS = re.compile(r"[a-zA-Z]+")
_LAST = "\U0010ffff"  # after every text that begins like this one


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


@dataclass(frozen=True, slots=True)
class LookUp:
    """One way to look: the statement that names persons, and what it asks with.

    Where only a part of what was typed has a digest, `fits` compares the rest with the opened number, the person's
    telephone and the household's.
    """

    sql: str
    asked: Mapping[str, Any]
    fits: Callable[[str, str, str], bool] | None = None


IN_TOWN = "SELECT p.id FROM households_person p WHERE {in_scope} AND "
BY_NAME = IN_TOWN + "p.name >= %(name)s AND p.name < %(name_end)s {by_name}"
BY_PINYIN = IN_TOWN + "p.spelled >= %(pinyin)s AND p.spelled < %(pinyin_end)s {by_pinyin}"
# Behind a policy `@>` uses no index: so from the view that shows the session's divisions by itself (decision 0019).
OF_VIEW = IN_TOWN.replace("households_person", "households_person_searched")
BY_INITIALS = OF_VIEW + "p.initials @> ARRAY[%(initials)s]::varchar[]"
BY_LAST_SIX = IN_TOWN + "p.id_no_tail6 = %(id_tail)s"
BY_LAST_FOUR = IN_TOWN + "p.id_no_tail4 = %(id_tail)s"
BY_PHONE = IN_TOWN + "p.phone_tail4 = %(phone_tail)s"
BY_NUMBER = "SELECT p.id FROM households_person p WHERE p.id_no_index = %(number)s"
# The present head; of a household that everybody has left, the last one.
HEAD_OF = """
    SELECT (SELECT m.person_id FROM households_membership m WHERE m.household_id = h.id AND m.relation = %(head)s
            ORDER BY m.starts_on DESC LIMIT 1) AS id
    FROM households_household h WHERE {home_in_scope} AND """
BY_HOUSEHOLD_PHONE = HEAD_OF + "h.phone_tail4 = %(phone_tail)s"
BY_HOUSEHOLD_NUMBER = HEAD_OF + "h.number = %(household_number)s"
# The running number alone: that household of every village of the clerk's own office. As an array, so that each number
# is looked for by its index and not all households of the office gone through.
OF_SERIES = "SELECT s.prefix || %(serial)s FROM households_numberseries s WHERE s.office_id = %(office)s"
BY_SERIAL = f"{HEAD_OF} h.office_id = %(office)s AND h.number = ANY(ARRAY({OF_SERIES}))"
# Who was found, with the present or the last household, its head, village and office.
FOUND = """
    SELECT DISTINCT ON (m.person_id, chosen.way)
           m.person_id, m.relation, m.ends_on, p.name, p.pinyin, p.birth_date, p.id_no, h.id, h.number, h.division_code,
           o.name,
           (SELECT w.name FROM households_membership a JOIN households_person w ON w.id = a.person_id
            WHERE a.household_id = h.id AND a.relation = %(head)s ORDER BY a.starts_on DESC LIMIT 1),
           (SELECT d.name FROM offices_division d WHERE d.code = h.division_code ORDER BY d.starts_on DESC LIMIT 1),
           p.phone, h.phone, chosen.way
    FROM ({chosen}) AS chosen
    JOIN households_person p ON p.id = chosen.id
    JOIN households_membership m ON m.person_id = p.id
    JOIN households_household h ON h.id = m.household_id
    JOIN offices_office o ON o.id = h.office_id
    ORDER BY m.person_id, chosen.way, m.starts_on DESC
"""


def search(text: str, *, staff: Staff) -> Found:
    """Find persons by what was typed: one statement, one more for whoever sees more than one town.

    A whole number takes two short ones more, which let the session look beyond its divisions and take that back.
    """
    look_ups = _look_ups(compact(text))
    if not look_ups:
        return Found()
    with _as_far_as(look_ups):
        persons = {row[0]: row for row in _rows(look_ups, staff) if _fits(row, look_ups)}
    hits = sorted((_hit(row, staff) for row in persons.values()), key=_place)
    return Found(tuple(hits[:LIMIT]), more=len(hits) > LIMIT)


def _as_far_as(look_ups: list[LookUp]) -> AbstractContextManager[None]:
    """A whole number is looked up everywhere; of another office's person only the office is told."""
    return scope.everywhere("a whole number") if look_ups[0].sql == BY_NUMBER else nullcontext()


def _look_ups(typed: str) -> list[LookUp]:
    """Which look-ups the shape of the text asks for."""
    if not typed:
        return []
    if identity.is_whole(typed):
        return [LookUp(BY_NUMBER, {"number": sealer(ID_NUMBER).whole(clean_id_number(typed))})]
    if _HOUSEHOLD_NUMBER.fullmatch(typed):
        prefix, serial = typed.split("-")
        return [LookUp(BY_HOUSEHOLD_NUMBER, {"household_number": f"{prefix:0>4}-{serial:0>4}"})]
    if _LETTERS.fullmatch(typed):
        return _by_letters(typed.lower())
    if identity.is_tail(typed) or typed.isdigit():
        return [*_by_id_tail(typed), *_by_phone(typed), *_by_serial(typed)]
    name = normalise_name(typed)
    return [LookUp(BY_NAME, {"name": name, "name_end": name + _LAST})]


def _by_letters(typed: str) -> list[LookUp]:
    pinyin = LookUp(BY_PINYIN, {"pinyin": typed, "pinyin_end": typed + _LAST})
    return [LookUp(BY_INITIALS, {"initials": typed[:LONGEST_KEY]}), pinyin] if len(typed) >= SHORTEST_KEY else [pinyin]


def _by_id_tail(typed: str) -> list[LookUp]:
    """Six and four characters have a digest of their own; five are looked at among those with the same last four."""
    if not identity.is_tail(typed):
        return []
    ending = clean_id_number(typed)
    if len(ending) == 6:
        return [LookUp(BY_LAST_SIX, {"id_tail": sealer(ID_NUMBER).tail(ending)})]
    rest = (lambda number, *_: number.endswith(ending)) if len(ending) > 4 else None
    return [LookUp(BY_LAST_FOUR, {"id_tail": sealer(ID_NUMBER).tail(ending[-4:])}, rest)]


def _by_phone(typed: str) -> list[LookUp]:
    """The person's own telephone, or the household's: then its head is found."""
    if not _PHONE_TAIL.fullmatch(typed):
        return []
    asked = {"phone_tail": sealer(PHONE).tail(typed[-4:])}
    if len(typed) == 4:
        return [LookUp(BY_PHONE, asked), LookUp(BY_HOUSEHOLD_PHONE, asked)]
    return [
        LookUp(BY_PHONE, asked, lambda _, phone, _of_household: phone.endswith(typed)),
        LookUp(BY_HOUSEHOLD_PHONE, asked, lambda _, _own, phone: phone.endswith(typed)),
    ]


def _by_serial(typed: str) -> list[LookUp]:
    return [LookUp(BY_SERIAL, {"serial": f"-{typed:0>4}"})] if _SERIAL.fullmatch(typed) else []


def _rows(look_ups: list[LookUp], staff: Staff) -> list[tuple[Any, ...]]:
    """The rows of FOUND, each with the way by which it was found (see `_fits`)."""
    scope, towns = staff.division_scope, _towns(staff.division_scope)
    asked: dict[str, Any] = {"head": HEAD, "office": staff.office_id, "scope": scope, "scope_end": scope + _LAST}
    asked["town"] = towns[0] if len(towns) == 1 else towns
    parts = _parts(one_town=len(towns) == 1, below=len(scope) > TOWN_DIGITS)
    chosen = []
    for way, each in enumerate(look_ups):
        asked |= each.asked
        told, most = (way, CANDIDATES) if each.fits else (-1, LIMIT + 1)
        chosen.append(f"SELECT id, {told} AS way FROM ({each.sql.format(**parts)} LIMIT {most}) AS w{way}")  # noqa: S608 - of constants
    with connection.cursor() as cursor:
        cursor.execute(FOUND.format(chosen=" UNION ".join(chosen)), asked)
        return cursor.fetchall()


def _parts(*, one_town: bool, below: bool) -> dict[str, str]:
    """How the scope is said. In the index's order, which costs nothing in one town; in many, a common surname would be
    sorted whole."""
    town = "{0}.town = %(town)s" if one_town else "{0}.town = ANY(%(town)s)"
    scope = town + (" AND {0}.division_code >= %(scope)s AND {0}.division_code < %(scope_end)s" if below else "")
    order = "ORDER BY p.{0}" if one_town else ""
    said = {"in_scope": scope.format("p"), "home_in_scope": scope.format("h")}
    return said | {"by_name": order.format("name"), "by_pinyin": order.format("spelled")}


def _towns(scope: str) -> list[str]:
    """The scope's towns and streets by their digits, those of former times included."""
    if len(scope) >= TOWN_DIGITS:
        return [scope[:TOWN_DIGITS]]
    villages = Division.objects.within(scope).filter(level=Division.Level.VILLAGE)
    return list(villages.values_list(Left("code", TOWN_DIGITS), flat=True).distinct())


def _fits(row: tuple[Any, ...], look_ups: list[LookUp]) -> bool:
    """Whether the whole of what was typed fits, where the statement compared a part."""
    *_, phone, shared, way = row
    fits = look_ups[way].fits if way >= 0 else None
    return fits is None or fits(unsealed(ID_NUMBER, row[6]), unsealed(PHONE, phone), unsealed(PHONE, shared))


def _hit(row: tuple[Any, ...], staff: Staff) -> Hit:
    person, relation, left_on, name, pinyin, born, id_no, household, number, division, office, head, village, *_ = row
    if not staff.covers(division):
        return Hit(elsewhere=office)
    return Hit(
        household_id=household,
        person_id=person,
        name=name,
        pinyin=pinyin,
        birth_year=born.year,
        masked_id=identity.masked_number(unsealed(ID_NUMBER, id_no)),
        relation=LABELS.get(relation, relation),
        household_number=number,
        head_name=head,
        village=village or "",
        office=office,
        left_on=left_on,
    )


def _place(hit: Hit) -> tuple[str, str, str]:
    return hit.pinyin, hit.name, hit.household_number
