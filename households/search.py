"""查找: one box for name, pinyin, ID number, telephone and household number; the shape of the text decides.

Every look-up begins with the towns of the staff's scope and runs on a B-tree (initials: on a GIN index), so that it
touches one street however large the database. A whole ID number is looked up everywhere; in other divisions the hit
says only where. Numbers lie sealed: they are found by the digests of the whole and of the ending.
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
from households import search_sql as sql
from households.models.person import TOWN_DIGITS
from households.spelling import LONGEST_KEY, SHORTEST_KEY
from offices import scope
from offices.keys import all_opened, sealer
from offices.models import Staff
from offices.prepared import ask

LIMIT = 30
# So many with the same last four characters are looked at for the rest of what was typed.
CANDIDATES = 2_000
SEALED = 6  # the place of the ID number in a row of sql.FOUND
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

    A `spare` one is gone only where the first way has not filled the list.
    """

    sql: str
    asked: Mapping[str, Any]
    spare: bool = False


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
    shown = rows[:LIMIT]
    numbers = all_opened(ID_NUMBER, [row[SEALED] for row in shown])
    return Found(tuple([_hit(*each, staff) for each in zip(shown, numbers, strict=True)]), more=len(rows) > LIMIT)


def _as_far_as(ways: list[LookUp | Ending]) -> AbstractContextManager[None]:
    """A whole number is looked up everywhere; of another office's person only the office is told."""
    is_number = isinstance(ways[0], LookUp) and ways[0].sql == sql.BY_NUMBER
    return scope.everywhere("a whole number") if is_number else nullcontext()


def _ways(typed: str) -> list[LookUp | Ending]:
    """Which look-ups the shape of the text asks for."""
    if not typed:
        return []
    if identity.is_whole(typed):
        return [LookUp(sql.BY_NUMBER, {"number": sealer(ID_NUMBER).whole(clean_id_number(typed))})]
    if _HOUSEHOLD_NUMBER.fullmatch(typed):
        prefix, serial = typed.split("-")
        return [LookUp(sql.BY_HOUSEHOLD_NUMBER, {"household_number": f"{prefix:0>4}-{serial:0>4}"})]
    if _LETTERS.fullmatch(typed):
        return _by_letters(typed.lower())
    if identity.is_tail(typed) or typed.isdigit():
        return [*_by_id_tail(typed), *_by_phone(typed), *_by_serial(typed)]
    name = normalise_name(typed)
    return [LookUp(sql.BY_NAME, {"name": name, "name_end": name + _LAST})]


def _by_letters(typed: str) -> list[LookUp | Ending]:
    pinyin = LookUp(sql.BY_PINYIN, {"pinyin": typed, "pinyin_end": typed + _LAST})
    if len(typed) < SHORTEST_KEY:
        return [pinyin]
    return [LookUp(sql.BY_INITIALS, {"initials": typed[:LONGEST_KEY]}), pinyin]


def _by_id_tail(typed: str) -> list[LookUp | Ending]:
    """Six and four characters have a digest of their own; five are looked at among those with the same last four."""
    if not identity.is_tail(typed):
        return []
    ending = clean_id_number(typed)
    if len(ending) == 6:
        return [LookUp(sql.BY_LAST_SIX, {"id_tail": sealer(ID_NUMBER).tail(ending)})]
    asked = {"id_tail": sealer(ID_NUMBER).tail(ending[-4:])}
    if len(ending) == 4:
        return [LookUp(sql.BY_LAST_FOUR, asked)]
    return [Ending(LookUp(sql.ID_NUMBERS, asked), ID_NUMBER, ending, sql.THESE_NUMBERS, "numbers")]


def _by_phone(typed: str) -> list[LookUp | Ending]:
    """The person's own telephone, or the household's: then its head is found."""
    if not _PHONE_TAIL.fullmatch(typed):
        return []
    asked = {"phone_tail": sealer(PHONE).tail(typed[-4:])}
    if len(typed) == 4:
        return [LookUp(sql.BY_PHONE, asked, spare=True), LookUp(sql.BY_HOUSEHOLD_PHONE, asked, spare=True)]
    return [
        Ending(LookUp(sql.PHONES, asked), PHONE, typed, sql.THESE_PHONES, "phones"),
        Ending(LookUp(sql.HOUSEHOLD_PHONES, asked), PHONE, typed, sql.THESE_HOUSEHOLD_PHONES, "household_phones"),
    ]


def _by_serial(typed: str) -> list[LookUp | Ending]:
    return [LookUp(sql.BY_SERIAL, {"serial": f"-{typed:0>4}"})] if _SERIAL.fullmatch(typed) else []


def _rows(ways: list[LookUp | Ending], staff: Staff) -> list[tuple[Any, ...]]:
    """The rows of sql.FOUND in the order of their names, one more than are shown where there are more."""
    within = staff.division_scope
    asked: dict[str, Any] = {"head": HEAD, "office": staff.office_id, "most": LIMIT + 1}
    asked |= {"scope": within, "scope_end": within + _LAST, "town": within[:TOWN_DIGITS]}
    parts = sql.said_of(len(within))
    look_ups = _compared(ways, asked, parts)
    for each in look_ups:
        asked |= each.asked
    first, *others = (f"SELECT id FROM ({each.sql.format(**parts)} LIMIT {LIMIT + 1}) w" for each in look_ups)  # noqa: S608 - of constants
    others = [
        f"{each} {sql.WHERE_SPARE if look_up.spare else ''}" for each, look_up in zip(others, look_ups[1:], strict=True)
    ]
    begins = sql.beginning(parts["towns"], sql.FIRST.format(first=first))
    return ask(begins + sql.FOUND.format(chosen=" UNION ".join([sql.OF_FIRST, *others])), asked)


def _compared(ways: list[LookUp | Ending], asked: Mapping[str, Any], parts: Mapping[str, str]) -> list[LookUp]:
    """Each `Ending` as the look-up of those whose opened number ends with what was typed."""
    endings = [way for way in ways if isinstance(way, Ending)]
    fitting: dict[str, list[int]] = {}
    if endings:
        for each in endings:
            asked = {**asked, **each.candidates.asked}
        candidates = (
            f"SELECT {place}, w.* FROM ({each.candidates.sql.format(**parts)} LIMIT {CANDIDATES}) w"  # noqa: S608 - of constants
            for place, each in enumerate(endings)
        )
        found = ask(sql.beginning(parts["towns"]) + " UNION ALL ".join(candidates), asked)
        for place, each in enumerate(endings):
            keys = [key for of, key, _ in found if of == place]
            texts = all_opened(each.kind, [sealed for of, _, sealed in found if of == place])
            fitting[each.keys] = [key for key, text in zip(keys, texts, strict=True) if text.endswith(each.typed)]
    return [way if isinstance(way, LookUp) else LookUp(way.chosen, {way.keys: fitting[way.keys]}) for way in ways]


def _hit(row: tuple[Any, ...], id_no: str, staff: Staff) -> Hit:
    person, relation, left_on, name, pinyin, born, _, household, number, division, office, head, village = row
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
