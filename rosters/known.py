"""名册对照的登记: what the database knows about the persons of a roster, read in bulk: one statement per question."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from common.dates import local_day
from enrollment.facts import HouseholdFacts, read_households
from households.identity import array_of, digests
from offices import scope
from offices.models import Division, Office
from rosters.twice import OnRoster

_PERSONS = """
    SELECT p.id, p.id_no_index, p.name, p.died_on, h.id, h.number, h.division_code, h.closed_at IS NOT NULL,
           o.id, o.name, o.ruleset_code, eo.name, e.division_code, e.enrolled_at, gone.kind, gone.happened_on
    FROM households_person p
    LEFT JOIN households_membership m ON m.person_id = p.id AND m.starts_on <= %(day)s
        AND (m.ends_on IS NULL OR m.ends_on >= %(day)s)
    LEFT JOIN households_household h ON h.id = m.household_id
    LEFT JOIN offices_office o ON o.id = h.office_id
    LEFT JOIN enrollment_enrollment e ON e.person_id = p.id AND e.coverage_year = %(year)s AND e.cancelled_at IS NULL
    LEFT JOIN offices_office eo ON eo.id = e.office_id
    LEFT JOIN LATERAL (
        SELECT c.kind, c.happened_on FROM enrollment_change c
        WHERE c.person_id = p.id AND c.kind IN ('move_out', 'death') AND c.undone_at IS NULL
        ORDER BY c.happened_on DESC, c.id DESC LIMIT 1) gone ON true
    WHERE p.id_no_index = ANY(%(numbers)s::bytea[])
"""

COMMITTEE = re.compile("(?<=.)(村?(村民委员会|村委会)|村|(社区)?(居民委员会|居委会)|社区)$")

# Who stands on a list that is in force and was not registered when it came; and whom the agency names as dead or in
# employee insurance and nobody has seen to yet (of the employed the latest list counts, of the dead every one).
_ON_LISTS = """
    SELECT l.id_no_index, f.kind, l.name, l.category, NULL::date, NULL::date
    FROM rosters_funderlistline l JOIN rosters_funderlist f ON f.id = l.listing_id
    WHERE l.id_no_index = ANY(%(numbers)s::bytea[]) AND l.person_id IS NULL AND l.category <> '' AND l.problems = '[]'
      AND f.kind = 'support' AND f.applied_at IS NOT NULL AND f.superseded_at IS NULL
      AND starts_with(%(division)s, f.division_code)
    UNION ALL
    SELECT l.id_no_index, f.kind, l.name, l.category, COALESCE(l.day, f.month), f.month
    FROM rosters_funderlistline l JOIN rosters_funderlist f ON f.id = l.listing_id
    WHERE l.id_no_index = ANY(%(numbers)s::bytea[]) AND l.settled_at IS NULL AND l.problems = '[]'
      AND f.kind <> 'support' AND f.withdrawn_at IS NULL AND starts_with(%(division)s, f.division_code)
      AND (f.kind = 'died' OR NOT EXISTS (
          SELECT FROM rosters_funderlist n WHERE n.kind = f.kind AND n.division_code = f.division_code
            AND n.withdrawn_at IS NULL AND (n.month, n.id) > (f.month, f.id)))
"""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody whose number is registered; `household_id` is None for who is in no household on the day."""

    id: int
    id_no: str
    name: str
    died_on: date | None
    household_id: int | None
    household_number: str | None
    division_code: str | None
    closed: bool
    office_id: int | None
    office_name: str | None
    ruleset_code: str | None
    enrolled_office: str | None
    enrolled_division: str | None
    enrolled_at: datetime | None
    gone_by: str | None
    gone_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """Persons by number, their households by id, the names of the office's villages by code, and the codes (`places`)
    by what a roster may call them.

    `listed`: by number, name and category of who is on a department's list and not registered yet; `of_agency`: by
    number, whom the agency names as dead or employed: kind, day, month of the list; `rosters`: by number, which other
    rosters of the year name the same person, where that was asked.
    """

    persons: Mapping[str, KnownPerson]
    households: Mapping[int, HouseholdFacts]
    village_names: Mapping[str, str]
    places: Mapping[str, str]
    listed: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    of_agency: Mapping[str, tuple[str, date, date]] = field(default_factory=dict)
    rosters: Mapping[str, tuple[OnRoster, ...]] = field(default_factory=dict)


def read_known(numbers: Iterable[str], *, office: Office, coverage_year: int, at: datetime) -> Known:
    """Everything that the checks of a roster compare with, whatever its size in four statements."""
    with scope.everywhere("whoever is registered or insured elsewhere cannot be on this roster; it says where"):
        return _known(numbers, office, coverage_year, at)


def _known(numbers: Iterable[str], office: Office, coverage_year: int, at: datetime) -> Known:
    day = local_day(at)
    by_digest = digests(numbers)
    asked = {"numbers": array_of(by_digest), "year": coverage_year, "day": day, "division": office.division_code}
    listed: dict[str, list[tuple[str, str]]] = defaultdict(list)
    of_agency: dict[str, tuple[str, date, date]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS, asked)
        found = [(row[0], by_digest[row[1]], *row[2:]) for row in cursor.fetchall()]
        persons = {row[1]: KnownPerson(*row) for row in found}
        cursor.execute(_ON_LISTS, asked)
        for digest, kind, name, category, day_of_it, month in cursor.fetchall():
            if kind == "support":
                listed[by_digest[digest]].append((name, category))
            else:
                of_agency[by_digest[digest]] = (kind, day_of_it, month)
    ids = {each.household_id for each in persons.values() if each.household_id is not None}
    households = read_households(ids, coverage_year=coverage_year, at=at, applying=())
    names, places = _villages(office.division_code, day)
    return Known(persons, households, names, places, {no: tuple(found) for no, found in listed.items()}, of_agency)


def _villages(division_code: str, day: date) -> tuple[dict[str, str], dict[str, str]]:
    """The office's villages by code; and their codes by plain name, alone or behind town and county: 嵩阳街道东村."""
    divisions = Division.objects.at(day)
    above = divisions.filter(code__in=[f"{division_code[:length]:0<12}" for length in (6, 9)])
    asked = (divisions.within(division_code) | above).filter(level__lte=Division.Level.VILLAGE)
    named = {code: (name, level) for code, name, level in asked.values_list("code", "name", "level")}
    names = {code: name for code, (name, level) in named.items() if level == Division.Level.VILLAGE}
    places: dict[str, str] = {}
    for code, name in names.items():
        county, town = (named.get(f"{code[:length]:0<12}", ("",))[0] for length in (6, 9))
        places |= {before + plain_village(name): code for before in (county + town, town, "")}
    return names, places


def plain_village(name: str) -> str:
    """东村村民委员会, 东村委会 and 东村 are one, 北门社区居委会 and 北门社区: without what all of them are called."""
    return COMMITTEE.sub("", "".join(name.split()))
