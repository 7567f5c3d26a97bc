"""For whom there is something to hand out: villages with their size, groups as addresses name them, schools."""

from collections import Counter

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from enrollment.models import Enrollment
from households.models import Membership, Person
from households.models.person import TOWN_DIGITS
from offices.models import Office
from rosters.checks import Terms
from rosters.outgoing.pupils import pupils_of
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


def sizes_of(office: Office, terms: Terms) -> dict[str, tuple[int, int]]:
    """By village: households and persons who are not enrolled for the year."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, {"office": office.pk, "year": terms.coverage_year})
        return {code: (households, persons) for code, households, persons in cursor.fetchall()}


def groups_of(office: Office, village: str) -> list[str]:
    """The groups that the addresses of a village name, 2组 before 10组."""
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, {"office": office.pk, "village": village, "group": GROUP.pattern})
        found = {group_of(row[0]) for row in cursor.fetchall() if row[0]}
    return sorted(found, key=lambda each: (len(each), each))


def schools_of(office: Office, terms: Terms) -> list[tuple[str, int]]:
    """The schools of the office's people, as registered or by the schools' rosters, each with its pupils who are not
    enrolled.
    """
    schools: dict[str, set[str]] = {}
    for school, classes in pupils_of(office, terms.coverage_year).items():
        for number in classes:
            schools.setdefault(number, set()).add(school)
    enrolled = Enrollment.objects.filter(
        person=OuterRef("pk"), coverage_year=terms.coverage_year, cancelled_at__isnull=True
    )
    left = Person.objects.filter(
        ~Q(school_name="") | Q(id_no__in=list(schools)),
        ~Exists(enrolled),
        Exists(Membership.objects.filter(person=OuterRef("pk"), ends_on=None)),
        town=office.division_code[:TOWN_DIGITS],
        division_code__startswith=office.division_code,
        died_on=None,
    )
    found: Counter[str] = Counter()
    for registered, number in left.values_list("school_name", "id_no"):
        found.update(schools.get(number, set()) | ({registered} if registered else set()))
    return sorted(found.items())
