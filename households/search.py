"""查找: one box for name, pinyin, ID number, telephone and household number; the shape of the text decides.

Every look-up is one statement, begins with the towns of the staff's scope and runs on a B-tree (initials: on a GIN
index), so that it touches one street however large the database. A whole ID number is looked up everywhere; in other
divisions the hit says only where. Numbers lie sealed: they are found by the digests of the whole and of the ending.
"""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.idcard import clean_id_number
from common.names import normalise_name
from common.relations import HEAD, LABELS
from common.sealing import ID_NUMBER, PHONE, Kind
from common.typed import compact
from households import identity
from households.models.person import TOWN_DIGITS
from households.spelling import LONGEST_KEY, SHORTEST_KEY
from offices import scope
from offices.keys import sealer, unsealed
from offices.models import Division, Staff
from offices.prepared import prepared_cursor

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
    """One way to look: the statement that names persons, and what it asks with."""

    sql: str
    asked: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ending:
    """Only the last four characters of what was typed have a digest.

    `candidates` names those who have them, each with the sealed number of a kind. Opened, it must end with the whole of
    `typed`; `chosen` then names the persons by `keys` of those that do.
    """

    candidates: LookUp
    kind: Kind
    typed: str
    chosen: str
    keys: str


BELOW = "{0}.division_code >= %(scope)s AND {0}.division_code < %(scope_end)s"
TOWNS = f"""
    WITH towns AS MATERIALIZED (
        SELECT array_agg(DISTINCT left(d.code, {TOWN_DIGITS})) AS codes FROM offices_division d
        WHERE d.level = {Division.Level.VILLAGE} AND d.code >= %(scope)s AND d.code < %(scope_end)s)
"""  # noqa: S608 - of constants
IN_TOWN = "SELECT p.id FROM households_person p WHERE {in_scope} AND "
BY_NAME = IN_TOWN + "p.name >= %(name)s AND p.name < %(name_end)s {by_name}"
BY_PINYIN = IN_TOWN + "p.spelled >= %(pinyin)s AND p.spelled < %(pinyin_end)s {by_pinyin}"
# Behind a policy `@>` uses no index: so from the view that shows the session's divisions by itself (decision 0019).
OF_VIEW = IN_TOWN.replace("households_person", "households_person_searched").replace("in_scope", "initials_in_scope")
BY_INITIALS = OF_VIEW + "p.initials @> ARRAY[%(initials)s]::varchar[]"
# Many have no telephone. One plan serves all values, and that the empty ones are not meant is for the planner.
HAS_PHONE = "{0}.phone_tail4 = %(phone_tail)s AND {0}.phone_tail4 <> ''"
BY_LAST_SIX = IN_TOWN + "p.id_no_tail6 = %(id_tail)s"
BY_LAST_FOUR = IN_TOWN + "p.id_no_tail4 = %(id_tail)s"
BY_PHONE = IN_TOWN + HAS_PHONE.format("p")
BY_NUMBER = "SELECT p.id FROM households_person p WHERE p.id_no_index = %(number)s"
# The present head; of a household that everybody has left, the last one.
HEAD_OF = """
    SELECT (SELECT m.person_id FROM households_membership_searched m
            WHERE m.household_id = h.id AND m.relation = %(head)s ORDER BY m.starts_on DESC LIMIT 1) AS id
    FROM households_household h WHERE {home_in_scope} AND """
BY_HOUSEHOLD_PHONE = HEAD_OF + HAS_PHONE.format("h")
BY_HOUSEHOLD_NUMBER = HEAD_OF + "h.number = %(household_number)s"
# The running number alone: that household of every village of the clerk's own office. As an array, so that each number
# is looked for by its index and not all households of the office gone through.
OF_SERIES = "SELECT s.prefix || %(serial)s FROM households_numberseries s WHERE s.office_id = %(office)s"
BY_SERIAL = f"{HEAD_OF} h.office_id = %(office)s AND h.number = ANY(ARRAY({OF_SERIES}))"
# Who has the last four characters, with the number itself; and those of them whom the whole of what was typed fits.
NUMBER_OF = "SELECT p.id, p.{column} FROM households_person p WHERE {{in_scope}} AND "
ID_NUMBERS = NUMBER_OF.format(column="id_no") + "p.id_no_tail4 = %(id_tail)s"
PHONES = NUMBER_OF.format(column="phone") + HAS_PHONE.format("p")
HOUSEHOLD_PHONES = (
    f"SELECT h.id, h.phone FROM households_household h WHERE {{home_in_scope}} AND {HAS_PHONE.format('h')}"  # noqa: S608 - of constants
)
THESE_NUMBERS = "SELECT unnest(%(numbers)s::bigint[]) AS id"
THESE_PHONES = "SELECT unnest(%(phones)s::bigint[]) AS id"
THESE_HOUSEHOLD_PHONES = HEAD_OF + "h.id = ANY(%(household_phones)s::bigint[])"
# Who was found, each with the present or the last household; of those that are shown its head and its village, too.
# The village by a span that only the B-tree knows: the index of the exclusion constraint seems as cheap and is not.
FOUND = """
    SELECT f.*,
           (SELECT w.name FROM households_membership_searched a JOIN households_person w ON w.id = a.person_id
            WHERE a.household_id = f.household_id AND a.relation = %(head)s ORDER BY a.starts_on DESC LIMIT 1),
           (SELECT d.name FROM offices_division d
            WHERE (d.code, d.starts_on) BETWEEN (f.division_code, '-infinity') AND (f.division_code, 'infinity')
            ORDER BY d.code DESC, d.starts_on DESC LIMIT 1)
    FROM (SELECT DISTINCT ON (m.person_id)
                 m.person_id, m.relation, m.ends_on, p.name, p.pinyin, p.birth_date, p.id_no,
                 m.household_id, m.number, m.division_code, o.name AS office
          FROM (SELECT id FROM ({chosen}) AS ways LIMIT %(most)s) AS chosen
          JOIN households_person p ON p.id = chosen.id
          JOIN households_membership_searched m ON m.person_id = p.id
          JOIN offices_office o ON o.id = m.office_id
          ORDER BY m.person_id, m.starts_on DESC) AS f
    ORDER BY f.pinyin COLLATE "C", f.name COLLATE "C", f.number COLLATE "C"
    LIMIT %(most)s
"""


def search(text: str, *, staff: Staff) -> Found:
    """Find persons by what was typed: one statement, prepared.

    Where only the ending of what was typed has a digest, another one reads the numbers that end so. A whole number
    takes two short ones more, which let the session look beyond its divisions and take that back.
    """
    ways = _ways(compact(text))
    if not ways:
        return Found()
    with _as_far_as(ways):
        rows = _rows(ways, staff)
    return Found(tuple(_hit(row, staff) for row in rows[:LIMIT]), more=len(rows) > LIMIT)


def _as_far_as(ways: list[LookUp | Ending]) -> AbstractContextManager[None]:
    """A whole number is looked up everywhere; of another office's person only the office is told."""
    is_number = isinstance(ways[0], LookUp) and ways[0].sql == BY_NUMBER
    return scope.everywhere("a whole number") if is_number else nullcontext()


def _ways(typed: str) -> list[LookUp | Ending]:
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


def _by_letters(typed: str) -> list[LookUp | Ending]:
    pinyin = LookUp(BY_PINYIN, {"pinyin": typed, "pinyin_end": typed + _LAST})
    return [LookUp(BY_INITIALS, {"initials": typed[:LONGEST_KEY]}), pinyin] if len(typed) >= SHORTEST_KEY else [pinyin]


def _by_id_tail(typed: str) -> list[LookUp | Ending]:
    """Six and four characters have a digest of their own; five are looked at among those with the same last four."""
    if not identity.is_tail(typed):
        return []
    ending = clean_id_number(typed)
    if len(ending) == 6:
        return [LookUp(BY_LAST_SIX, {"id_tail": sealer(ID_NUMBER).tail(ending)})]
    asked = {"id_tail": sealer(ID_NUMBER).tail(ending[-4:])}
    if len(ending) == 4:
        return [LookUp(BY_LAST_FOUR, asked)]
    return [Ending(LookUp(ID_NUMBERS, asked), ID_NUMBER, ending, THESE_NUMBERS, "numbers")]


def _by_phone(typed: str) -> list[LookUp | Ending]:
    """The person's own telephone, or the household's: then its head is found."""
    if not _PHONE_TAIL.fullmatch(typed):
        return []
    asked = {"phone_tail": sealer(PHONE).tail(typed[-4:])}
    if len(typed) == 4:
        return [LookUp(BY_PHONE, asked), LookUp(BY_HOUSEHOLD_PHONE, asked)]
    return [
        Ending(LookUp(PHONES, asked), PHONE, typed, THESE_PHONES, "phones"),
        Ending(LookUp(HOUSEHOLD_PHONES, asked), PHONE, typed, THESE_HOUSEHOLD_PHONES, "household_phones"),
    ]


def _by_serial(typed: str) -> list[LookUp | Ending]:
    return [LookUp(BY_SERIAL, {"serial": f"-{typed:0>4}"})] if _SERIAL.fullmatch(typed) else []


def _rows(ways: list[LookUp | Ending], staff: Staff) -> list[tuple[Any, ...]]:
    """The rows of FOUND in the order of their names, one more than are shown where there are more."""
    scope = staff.division_scope
    asked: dict[str, Any] = {"head": HEAD, "office": staff.office_id, "most": LIMIT + 1}
    asked |= {"scope": scope, "scope_end": scope + _LAST, "town": scope[:TOWN_DIGITS]}
    parts = _parts(len(scope))
    with prepared_cursor() as cursor:
        look_ups = _compared(cursor, ways, asked, parts)
        for each in look_ups:
            asked |= each.asked
        chosen = (f"SELECT id FROM ({each.sql.format(**parts)} LIMIT {LIMIT + 1}) w" for each in look_ups)  # noqa: S608 - of constants
        cursor.execute(parts["towns"] + FOUND.format(chosen=" UNION ".join(chosen)), asked)
        return cursor.fetchall()


def _compared(
    cursor: Any, ways: list[LookUp | Ending], asked: Mapping[str, Any], parts: Mapping[str, str]
) -> list[LookUp]:
    """Each `Ending` as the look-up of those whose opened number ends with what was typed."""
    endings = [way for way in ways if isinstance(way, Ending)]
    fitting: dict[str, list[int]] = {each.keys: [] for each in endings}
    if endings:
        for each in endings:
            asked = {**asked, **each.candidates.asked}
        candidates = (
            f"SELECT {place}, w.* FROM ({each.candidates.sql.format(**parts)} LIMIT {CANDIDATES}) w"  # noqa: S608 - of constants
            for place, each in enumerate(endings)
        )
        cursor.execute(parts["towns"] + " UNION ALL ".join(candidates), asked)
        for place, key, sealed in cursor.fetchall():
            if unsealed(endings[place].kind, sealed).endswith(endings[place].typed):
                fitting[endings[place].keys].append(key)
    return [way if isinstance(way, LookUp) else LookUp(way.chosen, {way.keys: fitting[way.keys]}) for way in ways]


def _parts(digits: int) -> dict[str, str]:
    """How a scope of so many digits is said: one town, a part of it, or the towns below, of former times included.

    Within one town in the index's order, which costs nothing; in many, a common surname would be sorted whole.
    """
    if digits >= TOWN_DIGITS:
        towns, scope, order = "", "{0}.town = %(town)s", "ORDER BY p.{0}"
        if digits > TOWN_DIGITS:
            scope += f" AND {BELOW}"
    else:
        towns, scope, order = TOWNS, "{0}.town = ANY((SELECT codes FROM towns)::text[])", ""
    return {
        "towns": towns,
        "in_scope": scope.format("p"),
        "home_in_scope": scope.format("h"),
        # A GIN index is gone through once for each town.
        "initials_in_scope": (BELOW if towns else scope).format("p"),
        "by_name": order.format("name"),
        "by_pinyin": order.format("spelled"),
    }


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
        masked_id=identity.masked_number(unsealed(ID_NUMBER, id_no)),
        relation=LABELS.get(relation, relation),
        household_number=number,
        head_name=head,
        village=village or "",
        office=office,
        left_on=left_on,
    )
