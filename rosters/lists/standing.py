"""受资助对象100%参保: of whom the departments named, who is enrolled, and who is missing and why (S-9-3, S-9-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from common.dates import SHANGHAI
from common.sealing import ID_NUMBER, PHONE
from offices import scope
from offices.keys import unsealed
from rosters.lists.sql import HOLDERS
from rosters.lists.words import categories_of
from rosters.place import Chosen

UNREAD = "unread"  # in place of a category: lines that cannot be read, and say none
# Every line of a list in force, with what is known of its person. A line that cannot be read and does not say what the
# person is may be of anybody; whose word means no sponsored category does not count, readable or not; nor does a
# line that names somebody a second time, be it by another word for the same category. The dead need not be enrolled
# and are not counted.
LINES = f"""
    FROM rosters_funderlistline l
    JOIN rosters_funderlist f ON f.id = l.listing_id
    LEFT JOIN households_person p ON p.id = l.person_id
    LEFT JOIN enrollment_enrollment e ON e.person_id = l.person_id AND e.coverage_year = %(year)s
        AND e.cancelled_at IS NULL
    WHERE f.kind = 'support' AND f.applied_at IS NOT NULL AND f.superseded_at IS NULL
      AND f.ruleset_code = %(ruleset)s
      AND (starts_with(f.division_code, %(county)s))
      AND (starts_with(l.division_code, %(division)s) OR l.division_code = '' AND %(unplaced)s)
      AND (l.category <> '' OR l.said = '' AND l.problems <> '[]') AND p.died_on IS NULL
      AND NOT jsonb_path_exists(l.problems, '$[*].code ? (@ == "DUPLICATE")')
      AND NOT EXISTS (
          SELECT FROM rosters_funderlistline b
          WHERE b.listing_id = l.listing_id AND b.id_no_index = l.id_no_index AND b.category = l.category
            AND b.id < l.id AND b.id_no <> '' AND b.problems = '[]')
      AND (%(funder)s = '' OR f.funder = %(funder)s) AND (%(month)s::date IS NULL OR f.month = %(month)s)
      AND (%(category)s = '' OR COALESCE(NULLIF(l.category, ''), '{UNREAD}') = %(category)s)
"""
COUNTS = f"""
    SELECT f.funder, f.funder_name, f.month, l.category, count(*), count(e.id) {LINES}
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 4
"""
BY_VILLAGE = f"""
    SELECT l.division_code, count(*), count(e.id) {LINES} GROUP BY 1 ORDER BY 1
"""
MISSING = f"""
    SELECT l.name, l.id_no, f.funder_name, l.category, l.said, l.division_code, l.village, h.id, h.number,
        COALESCE(NULLIF(l.phone, ''), NULLIF(p.phone, ''), h.phone, ''),
        CASE WHEN l.problems <> '[]' THEN 'wrong' WHEN p.id IS NULL AND o.id IS NOT NULL THEN 'named'
             WHEN p.id IS NULL THEN 'unknown' WHEN v.id IS NOT NULL THEN 'employed' ELSE 'open' END,
        l.problems -> 0 ->> 'sentence', COALESCE(o.name, ''), l.id
    FROM (SELECT l.id AS line, p.id AS person {LINES} AND e.id IS NULL ORDER BY l.division_code, l.id {{part}}) q
    JOIN rosters_funderlistline l ON l.id = q.line
    JOIN rosters_funderlist f ON f.id = l.listing_id
    LEFT JOIN households_person p ON p.id = q.person
    LEFT JOIN households_person o ON o.id_no_index = l.id_no_index AND l.id_no <> ''
    LEFT JOIN households_membership m ON m.person_id = p.id AND m.ends_on IS NULL
    LEFT JOIN households_household h ON h.id = m.household_id
    LEFT JOIN LATERAL (SELECT v.id FROM households_othercover v
                       WHERE v.person_id = p.id AND v.kind = 'employee' AND v.ends_on IS NULL LIMIT 1) v ON true
    ORDER BY l.division_code, l.id
"""  # noqa: S608 - put together from constants
WHY = {
    "wrong": "名单上的这一行读不出",
    "named": "登记的姓名不同",
    "unknown": "还没有登记",
    "employed": "已参加职工医保",
    "open": "已登记，未参保",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A department's category: how many are listed and enrolled."""

    funder: str
    funder_name: str
    month: date
    category: str
    label: str
    listed: int
    enrolled: int

    @property
    def missing(self) -> int:
        return self.listed - self.enrolled

    @property
    def asked(self) -> dict[str, str]:
        """What finds the same lines again."""
        return {"funder": self.funder, "category": self.category or UNREAD, "month": self.month.isoformat()}


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who is on a list and not enrolled, and why, as far as is known."""

    name: str
    id_no: str
    funder_name: str
    category: str
    said: str
    division_code: str
    village: str
    household_id: int | None
    household_number: str | None
    phone: str
    why: str
    problem: str | None
    registered_name: str
    line_id: int
    label: str = ""

    @property
    def reason(self) -> str:
        """In words."""
        if self.why == "named":
            return f"登记的姓名是{self.registered_name}，请核对后更正"
        return self.problem or WHY[self.why]


def standing(chosen: Chosen) -> list[Line]:
    """By department and category."""
    labels = labels_of(chosen)
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, _asked(chosen))
        return [
            Line(funder, name, month, category, labels.get(category, "读不出的行"), listed, enrolled)
            for funder, name, month, category, listed, enrolled in cursor.fetchall()
        ]


def by_village(chosen: Chosen, *, funder: str = "", category: str = "", month: str = "") -> list[tuple[str, int, int]]:
    """Twelve digits (or none), listed, enrolled."""
    with connection.cursor() as cursor:
        cursor.execute(BY_VILLAGE, _asked(chosen, funder, category, month))
        return cursor.fetchall()


class Missing(Sequence[Somebody]):
    """Who is missing, read as far as it is asked for."""

    def __init__(self, chosen: Chosen, *, funder: str = "", category: str = "", month: str = "") -> None:
        self.asked, self.labels = _asked(chosen, funder, category, month), labels_of(chosen)

    def __len__(self) -> int:
        raise NotImplementedError("a page is read, not all of them counted")

    def __getitem__(self, part: Any) -> Any:
        limits = {"first": part.start or 0, "count": None if part.stop is None else part.stop - (part.start or 0)}
        statement = MISSING.format(part="LIMIT %(count)s OFFSET %(first)s")
        elsewhere = scope.everywhere("a number of the reader's list may be registered elsewhere under another name")
        with elsewhere, connection.cursor() as cursor:
            cursor.execute(statement, self.asked | limits)
            return [_somebody(row, self.labels) for row in cursor.fetchall()]


def _somebody(row: tuple[Any, ...], labels: dict[str, str]) -> Somebody:
    name, id_no, *others = row
    others[7] = unsealed(PHONE, others[7])
    return Somebody(name, unsealed(ID_NUMBER, id_no), *others, label=labels.get(row[3], ""))


def labels_of(chosen: Chosen) -> dict[str, str]:
    """The categories' names by code."""
    return {each.code: each.name for each in chosen.ruleset.categories}


def _asked(chosen: Chosen, funder: str = "", category: str = "", month: str = "") -> dict[str, Any]:
    return {
        "year": chosen.year,
        "ruleset": chosen.ruleset.code,
        "county": chosen.county,
        "division": chosen.division,
        "unplaced": chosen.division == chosen.scope,
        "funder": funder,
        "category": category,
        "month": month or None,
    }


# 严禁超范围资助: who is sponsored, or would be, and stands on no list; and who stands on one and paid all the same.
LISTS_IN_FORCE = """
    SELECT FROM rosters_funderlist f WHERE f.kind = 'support' AND f.applied_at IS NOT NULL
    AND f.superseded_at IS NULL AND f.ruleset_code = %(ruleset)s AND f.funder = n.funder
    AND starts_with({place}, f.division_code)
"""
NAMED = """
    WITH named AS (SELECT * FROM unnest(%(funders)s::text[], %(names)s::text[], %(codes)s::text[])
                   AS n(funder, funder_name, category)
                   CROSS JOIN LATERAL (SELECT n.category = ANY(%(disability)s) AS by_disability) d)
"""
# A list of the department's names somebody in the category; where one member's counts for the household, a family's.
NAMES = """
    FROM rosters_funderlistline l JOIN rosters_funderlist f ON f.id = l.listing_id
    WHERE l.category = e.category AND f.applied_at IS NOT NULL AND f.withdrawn_at IS NULL AND f.funder = n.funder
"""
BEYOND = f"""
    {NAMED}
    SELECT e.person_id, e.household_id, e.division_code, e.category, e.funder, e.sponsored,
        (e.enrolled_at AT TIME ZONE '{SHANGHAI.key}')::date
    FROM enrollment_enrollment e JOIN named n ON n.category = e.category AND e.funder = n.funder_name
    WHERE e.coverage_year = %(year)s AND e.sponsored > 0 AND e.cancelled_at IS NULL
      AND starts_with(e.division_code, %(division)s)
      AND EXISTS ({LISTS_IN_FORCE.format(place="e.division_code")})
      AND NOT EXISTS (
          SELECT {NAMES} AND l.person_id = e.person_id)
      AND NOT (e.category = ANY(%(for_all)s) AND EXISTS (
          SELECT {NAMES} AND l.person_id IN (
              SELECT m.person_id FROM households_membership m
              WHERE m.household_id = e.household_id
                AND m.starts_on <= (e.enrolled_at AT TIME ZONE '{SHANGHAI.key}')::date
                AND (m.ends_on IS NULL OR m.ends_on >= (e.enrolled_at AT TIME ZONE '{SHANGHAI.key}')::date))))
    ORDER BY e.division_code, e.id LIMIT %(most)s
"""  # noqa: S608 - put together from constants
UNLISTED = f"""
    {NAMED}
    SELECT c.person_id, m.household_id, p.division_code, n.category, c.funder_list, NULL, c.valid_from
    FROM {HOLDERS} c
    JOIN named n ON n.category = c.category OR c.category = '' AND n.by_disability
    JOIN households_person p ON p.id = c.person_id AND p.died_on IS NULL
    LEFT JOIN households_membership m ON m.person_id = p.id AND m.ends_on IS NULL
    WHERE c.ended_on IS NULL AND starts_with(p.division_code, %(division)s)
      AND EXISTS ({LISTS_IN_FORCE.format(place="p.division_code")})
      AND NOT EXISTS (
          SELECT FROM rosters_funderlistline l JOIN rosters_funderlist f ON f.id = l.listing_id
          WHERE l.person_id = p.id AND l.category = n.category AND f.applied_at IS NOT NULL
            AND f.superseded_at IS NULL)
    ORDER BY p.division_code, c.id LIMIT %(most)s
"""  # noqa: S608 - put together from constants
AND = "、"  # somebody may have paid who stands on several lists
PAID = f"""
    SELECT e.person_id, e.household_id, e.division_code, string_agg(DISTINCT l.category, '{AND}'),
        string_agg(DISTINCT f.funder_name COLLATE "C", '{AND}'), e.payable,
        (e.enrolled_at AT TIME ZONE '{SHANGHAI.key}')::date
    FROM rosters_funderlistline l JOIN rosters_funderlist f ON f.id = l.listing_id
    JOIN enrollment_enrollment e ON e.person_id = l.person_id AND e.coverage_year = %(year)s
        AND e.cancelled_at IS NULL AND e.sponsored = 0
    WHERE f.kind = 'support' AND f.applied_at IS NOT NULL AND f.superseded_at IS NULL AND l.category <> ''
      AND f.ruleset_code = %(ruleset)s AND starts_with(e.division_code, %(division)s)
    GROUP BY e.id ORDER BY e.division_code, e.id LIMIT %(most)s
"""  # noqa: S608 - put together from constants
MISMATCHES = {
    "beyond": ("已资助，名单上没有", BEYOND),
    "unlisted": ("登记在名单上，现行名单没有", UNLISTED),
    "paid": ("在名单上，却交了全款", PAID),
}
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Somebody whom the lists and the money see otherwise."""

    person_id: int
    household_id: int | None
    division_code: str
    category: str
    source: str
    amount: Any
    day: date | None
    label: str = ""
    name: str = ""
    household_number: str = ""


def mismatches(chosen: Chosen, kind: str) -> list[Mismatch]:
    """The first MOST of a kind; the aim is nobody."""
    pairs = [
        (each.code, each.name, category.code)
        for each in chosen.ruleset.funders
        for category in categories_of(chosen.ruleset, each.code)
    ]
    asked = _asked(chosen) | {"most": MOST}
    asked["for_all"] = [each.code for each in chosen.ruleset.categories if each.scope == "household"]
    asked["disability"] = [each.code for each in chosen.ruleset.categories if each.disability]
    asked |= {name: [pair[place] for pair in pairs] for place, name in enumerate(("funders", "names", "codes"))}
    inner = MISMATCHES[kind][1]
    statement = f"""
        SELECT q.*, p.name, h.number FROM ({inner})
        q(person_id, household_id, division_code, category, source, amount, day)
        JOIN households_person p ON p.id = q.person_id
        LEFT JOIN households_household h ON h.id = q.household_id ORDER BY q.division_code, h.number, p.id
    """  # noqa: S608 - of constants
    labels = labels_of(chosen)
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows = cursor.fetchall()
    return [
        Mismatch(*row[:7], label=_labelled(row[3], labels), name=row[7], household_number=row[8] or "") for row in rows
    ]


def _labelled(categories: str, labels: Mapping[str, str]) -> str:
    return AND.join(labels.get(each, each) for each in categories.split(AND))
