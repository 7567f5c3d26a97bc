"""未参保的人: the base population and last year's enrolled, less this year's enrolled and whoever stands on a roster.

不漏 (S-8-8). Read by households, village by village: their index leads, however large the county is.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from common.sealing import ID_NUMBER, PHONE
from offices import scope
from offices.keys import unsealed
from rosters.models import FollowUp, Roster
from rosters.outgoing.renewing import in_group
from rosters.place import Chosen

Found = FollowUp.Found
COUNTY, TOWN = 6, 9
# The to-do lists: a name, and which of the last findings belong to it ("" for nobody asked yet).
STATES = {
    "open": ("待联系", ("",)),
    "coming": ("已联系，待缴", (Found.CONTACTED, Found.APP)),
    "away": ("外出", (Found.AWAY,)),
    "unreached": ("联系不上", (Found.UNREACHED,)),
    "not": ("不参保或在别处", (Found.REFUSES, Found.ELSEWHERE, Found.EMPLOYED, Found.GONE)),
}
# Who was insured the year before, and what was found last: of one person, or of all in one pass.
BEFORE = """
    LEFT JOIN enrollment_enrollment b ON b.person_id = p.id AND b.coverage_year = %(year)s - 1
        AND b.cancelled_at IS NULL
"""
# Noted where the reader sees: the statements look beyond (`_beyond`), and what others noted is not told.
NOTED_HERE = "u.division_code >= %(noted)s AND u.division_code < %(noted_before)s"
NOTED = f"u.coverage_year = %(year)s AND {NOTED_HERE}"
LAST_OF_ONE = f"""
    LEFT JOIN LATERAL (
        SELECT u.found, u.note, u.at FROM rosters_followup u
        WHERE {NOTED} AND u.person_id = p.id ORDER BY u.id DESC LIMIT 1) u ON true
    LEFT JOIN LATERAL (
        SELECT u.phone FROM rosters_followup u
        WHERE {NOTED_HERE} AND u.person_id = p.id AND u.phone <> '' ORDER BY u.id DESC LIMIT 1) a ON true
"""  # noqa: S608 - of constants
LAST_OF_ALL = f"""
    LEFT JOIN (
        SELECT DISTINCT ON (u.person_id) u.person_id, u.found FROM rosters_followup u
        WHERE {NOTED} ORDER BY u.person_id, u.id DESC) u ON u.person_id = p.id
"""  # noqa: S608 - of constants
OMITTED = """
    FROM households_household h
    JOIN households_membership m ON m.household_id = h.id AND m.ends_on IS NULL
    JOIN households_person p ON p.id = m.person_id AND p.died_on IS NULL AND p.exemption = ''
    {joined}
    WHERE h.closed_at IS NULL AND h.division_code >= %(division)s AND h.division_code < %(after)s
      AND NOT EXISTS (SELECT FROM enrollment_enrollment e WHERE e.person_id = p.id
                      AND e.coverage_year = %(year)s AND e.cancelled_at IS NULL)
      AND NOT EXISTS (SELECT FROM households_othercover v WHERE v.person_id = p.id AND v.kind = 'employee'
                      AND v.ends_on IS NULL)
      AND NOT EXISTS (
          SELECT FROM rosters_rosterrow r JOIN rosters_rosterfile t ON t.id = r.file_id
          JOIN rosters_roster s ON s.id = t.roster_id
          WHERE r.person_id = p.id AND r.set_aside_at IS NULL AND t.superseded_at IS NULL
            AND s.withdrawn_at IS NULL AND s.coverage_year = %(year)s{apart})
      AND (%(group)s = '' OR h.address ~ %(group)s)
"""
# Whom rosters name is estimated at a handful (their rows stand behind policies), however many they are, and all of them
# would be gone through for each person. By names, each person is looked for by the index instead: an OFFSET keeps the
# question from becoming a join.
ONE_BY_ONE = " OFFSET 0"
IN_BEFORE = "AND (NOT %(last_year)s OR b.id IS NOT NULL)"
BY_VILLAGE = f"""
    SELECT h.division_code, COALESCE(u.found, ''), count(*), count(b.id)
    {OMITTED.format(joined=BEFORE + LAST_OF_ALL, apart="")} {IN_BEFORE} GROUP BY 1, 2 ORDER BY 1
"""
# A whole county: the year before would be half the work.
OF_COUNTY = f"""
    SELECT h.division_code, COALESCE(u.found, ''), count(*), NULL::bigint
    {OMITTED.format(joined=LAST_OF_ALL, apart="")} GROUP BY 1, 2 ORDER BY 1
"""
PEOPLE = f"""
    SELECT p.id, p.name, p.id_no, h.id, h.number, h.division_code, h.address, p.phone, h.phone,
           b.id IS NOT NULL, COALESCE(u.found, ''), a.phone, u.note, u.at
    {OMITTED.format(joined=BEFORE + LAST_OF_ONE, apart=ONE_BY_ONE)} {IN_BEFORE}
    AND COALESCE(u.found, '') = ANY(%(found)s)
    ORDER BY h.division_code, h.number, m.relation <> '02', m.id LIMIT %(count)s OFFSET %(first)s
"""


# A household of which somebody else stands on a roster: this person may, too, under a number that could not be read.
FAMILY_ON_ROSTER = """
    SELECT DISTINCT ON (h.id) h.id, s.id
    FROM unnest(%(households)s::bigint[]) AS h(id)
    JOIN households_membership m ON m.household_id = h.id AND m.ends_on IS NULL
    JOIN rosters_rosterrow r ON r.person_id = m.person_id AND r.set_aside_at IS NULL
    JOIN rosters_rosterfile t ON t.id = r.file_id AND t.superseded_at IS NULL
    JOIN rosters_roster s ON s.id = t.roster_id AND s.withdrawn_at IS NULL AND s.coverage_year = %(year)s
    ORDER BY h.id, s.id
"""


def _beyond() -> AbstractContextManager[None]:
    return scope.everywhere("whom a school of another office has on its roster is not left out")


@dataclass(frozen=True, slots=True)
class Omitted:
    """Somebody to be asked. `found`, `note` and `at` are of the year's last finding.

    `away_phone` is the last that was left away from home, in whatever year.
    """

    person_id: int
    name: str
    id_no: str
    household_id: int
    household_number: str
    division_code: str
    address: str
    own_phone: str
    household_phone: str
    insured_before: bool
    found: str
    away_phone: str
    note: str | None
    at: datetime | None

    @property
    def phone(self) -> str:
        """Where the person is reached: away from home first."""
        return self.away_phone or self.own_phone or self.household_phone

    @property
    def found_label(self) -> str:
        return Found(self.found).label if self.found else ""


@dataclass(frozen=True, slots=True)
class VillageCount:
    """How many of a village are in each of STATES, and how many were insured last year (None: not counted)."""

    division_code: str
    counts: dict[str, int]
    insured_before: int | None

    @property
    def whole(self) -> int:
        return sum(self.counts.values())

    @property
    def listed(self) -> list[int]:
        """In the order of STATES."""
        return [self.counts.get(state, 0) for state in STATES]


class People(Sequence[Omitted]):
    """The persons of one of STATES, read as far as they are asked for."""

    def __init__(self, chosen: Chosen, state: str, *, group: str = "", last_year: bool = False) -> None:
        found = STATES[state][1] if state in STATES else ("", *Found.values)
        self.asked = asked_of(chosen, group=group, last_year=last_year) | {"found": [str(each) for each in found]}

    def __len__(self) -> int:
        raise NotImplementedError("a page is read, not all of them counted")

    def __getitem__(self, part: Any) -> Any:
        first = part.start or 0
        limits = {"first": first, "count": None if part.stop is None else part.stop - first}
        with _beyond(), connection.cursor() as cursor:
            cursor.execute(PEOPLE, self.asked | limits)
            return [_omitted(row) for row in cursor.fetchall()]


def families_on_rosters(people: Sequence[Omitted], *, coverage_year: int) -> dict[int, Roster]:
    """By household, the roster on which others of it stand. Two statements."""
    asked = {"households": list({each.household_id for each in people}), "year": coverage_year}
    with connection.cursor() as cursor:
        cursor.execute(FAMILY_ON_ROSTER, asked)
        found = dict(cursor.fetchall())
    rosters = Roster.objects.in_bulk(set(found.values()))
    return {household: rosters[roster] for household, roster in found.items()}


def _omitted(row: tuple[Any, ...]) -> Omitted:
    person, name, id_no, *home, own, shared, before, found, away, note, at = row
    phones = [unsealed(PHONE, each) for each in (own, shared, away)]
    return Omitted(person, name, unsealed(ID_NUMBER, id_no), *home, *phones[:2], before, found, phones[2], note, at)


def counts_of(chosen: Chosen, *, group: str = "", last_year: bool = False) -> list[VillageCount]:
    """Every village of the chosen division that has somebody, in one statement."""
    state_of = {str(found): state for state, (_, each) in STATES.items() for found in each}
    villages: dict[str, tuple[dict[str, int], list[int]]] = {}
    with_before = len(chosen.division) > COUNTY or last_year
    with _beyond(), connection.cursor() as cursor:
        cursor.execute(BY_VILLAGE if with_before else OF_COUNTY, asked_of(chosen, group=group, last_year=last_year))
        for code, found, count, before in cursor.fetchall():
            counts, insured = villages.setdefault(code, ({}, []))
            state = state_of[found]
            counts[state] = counts.get(state, 0) + count
            insured.append(before or 0)
    return [
        VillageCount(code, counts, sum(insured) if with_before else None)
        for code, (counts, insured) in villages.items()
    ]


def asked_of(chosen: Chosen, *, group: str = "", last_year: bool = False) -> dict[str, Any]:
    """The parameters of the statements. `after` is the first code behind the division's: ':' follows '9'."""
    return {
        "year": chosen.year,
        "division": chosen.division,
        "after": f"{chosen.division}:",
        "noted": chosen.scope[:TOWN],
        "noted_before": f"{chosen.scope[:TOWN]}:",
        "group": in_group(group) if group else "",
        "last_year": last_year,
    }
