"""For whom there is something to hand out: villages with their size, groups as addresses name them, schools."""

from django.db import connection

from offices.models import Office
from rosters.checks import Terms
from rosters.outgoing.renewing import GROUP, group_of

_SIZES = """
    SELECT h.division_code, count(DISTINCT h.id), count(*)
    FROM households_household h
    JOIN households_membership m ON m.household_id = h.id AND m.ends_on IS NULL
    JOIN households_person p ON p.id = m.person_id AND p.died_on IS NULL
    WHERE h.office_id = %(office)s AND h.closed_at IS NULL
      AND NOT EXISTS (SELECT FROM enrollment_enrollment e WHERE e.person_id = p.id
                      AND e.coverage_year = %(year)s AND e.cancelled_at IS NULL)
    GROUP BY 1
"""
_ADDRESSES = """
    SELECT DISTINCT substring(address FROM %(group)s) FROM households_household
    WHERE office_id = %(office)s AND division_code = %(village)s AND closed_at IS NULL
"""
_SCHOOLS = """
    SELECT p.school_name, count(*) FROM households_person p
    WHERE p.school_name <> '' AND p.died_on IS NULL AND starts_with(p.division_code, %(division)s)
      AND left(p.division_code, 9) = left(%(division)s, 9)
      AND NOT EXISTS (SELECT FROM enrollment_enrollment e WHERE e.person_id = p.id
                      AND e.coverage_year = %(year)s AND e.cancelled_at IS NULL)
    GROUP BY 1 ORDER BY 1
"""


def sizes_of(office: Office, terms: Terms) -> dict[str, tuple[int, int]]:
    """By village: households and persons who are not enrolled for the year."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, {"office": office.pk, "year": terms.coverage_year})
        return {code: (households, persons) for code, households, persons in cursor.fetchall()}


def groups_of(office: Office, village: str) -> list[str]:
    """The groups that the addresses of a village name, 2组 before 10组."""
    pattern = f"({GROUP.pattern.replace('(', '(?:')})"
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, {"office": office.pk, "village": village, "group": pattern})
        found = {group_of(row[0]) for row in cursor.fetchall() if row[0]}
    return sorted(found, key=lambda each: (len(each), each))


def schools_of(office: Office, terms: Terms) -> list[tuple[str, int]]:
    """The schools of the office's people, each with its pupils who are not enrolled."""
    asked = {"division": office.division_code, "year": terms.coverage_year}
    with connection.cursor() as cursor:
        cursor.execute(_SCHOOLS, asked)
        return cursor.fetchall()
