"""Many invented households at once, all papers seen, for tests that need a crowd."""

from datetime import date

from django.db import connection

from common.idcard import check_digit
from households.models import Household, Membership, Paper, Person
from offices.models import Staff
from tests.acting import as_owner
from tests.builders import HEAD, WIFE, at

REGISTERED = at("2007-10-01 09:00")


def make_couples(by: Staff, count: int) -> list[int]:
    """Households of two general residents, ready to pay 240 yuan for 2008; their ids."""
    first = Household.objects.count()
    places = range(first, first + count)
    village = f"{by.division_scope}001"
    households = Household.objects.bulk_create(
        Household(
            office_id=by.office_id,
            division_code=village,
            number=f"9001-{place:04d}",
            registered_at=REGISTERED,
            registered_by=by,
        )
        for place in places
    )
    persons = Person.objects.bulk_create(
        Person(
            name="钱众" if sex == "M" else "钱嫂",
            id_no=_id_no(place, sex),
            sex=sex,
            birth_date=date(1950, 1, 1),
            hukou_division="320705",
            hukou_kind="urban",
            division_code=village,
            photos=2,
        )
        for place in places
        for sex in "MF"
    )
    joined = date(2007, 10, 1)
    Membership.objects.bulk_create(
        Membership(
            household=households[place // 2],
            person=person,
            relation=WIFE if place % 2 else HEAD,
            starts_on=joined,
        )
        for place, person in enumerate(persons)
    )
    seen = {"original_seen_at": REGISTERED, "original_seen_by": by}
    Paper.objects.bulk_create(Paper(household=each, document="hukou_book", **seen) for each in households)
    Paper.objects.bulk_create(
        Paper(household=households[place // 2], person=person, document="id_card", **seen)
        for place, person in enumerate(persons)
    )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does after so many rows
    return [each.pk for each in households]


def _id_no(place: int, sex: str) -> str:
    """A valid number of its own for each: the division is counted up."""
    first17 = f"{100000 + place}19500101{1 + (sex == 'F'):03d}"
    return first17 + check_digit(first17)
