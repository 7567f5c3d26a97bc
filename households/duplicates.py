"""重复登记: where a person is already known, told as far as the clerk may know it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from households import identity
from households.identity import NewbornKey
from households.models import Membership, Person
from households.models.person import TOWN_DIGITS
from offices import scope
from offices.models import Staff

ONE_HOUSEHOLD = "a person belongs to one household, wherever; of another office's only the office is told"
ELSEWHERE_DEAD = "此人已在别处登记死亡，不能再登记。号码无误而登记有误的，请与原登记机构联系更正。"
ELSEWHERE_FREE = "此人以前在别处登记过，现不在任何一户，可以直接登记。"


@dataclass(frozen=True, slots=True)
class Known:
    """A person who is in the database already; `membership` is the present one, None for somebody who left."""

    person: Person
    membership: Membership | None

    @property
    def is_taken(self) -> bool:
        """In a household now, so that no other can have the person."""
        return self.membership is not None

    def sentence(self, staff: Staff) -> str:
        """Who and where, for this member of staff: outside the divisions only the office is named."""
        if not (self.membership or staff.covers(self.person.division_code)):
            return ELSEWHERE_DEAD if self.person.died_on else ELSEWHERE_FREE
        if self.person.died_on:
            return f"此人已登记死亡（{self.person.died_on}），不能再登记。号码无误而登记有误的，请主管更正。"
        if self.membership is None:
            return f"{self.person.name}（{identity.masked(self.person)}）以前登记过，现不在任何一户，可以直接登记。"
        household = self.membership.household
        if not staff.covers(household.division_code):
            return f"此人已在{household.office.name}登记，一人只能属于一户。请先由该机构办理转出。"
        return (
            f"{self.person.name}（{identity.masked(self.person)}）已登记在{household.office.name}"
            f"户号{household.number}的户中，一人只能属于一户。请打开该户办理；确已分户的，先在该户办理转出。"
        )


def find_duplicate(id_no: str) -> Known | None:
    """The person who has this ID number, wherever; None if the number is new."""
    with scope.everywhere(ONE_HOUSEHOLD):
        return next(iter(_known(Person.objects.filter(identity.has_number(id_no)))), None)


def find_known(numbers: Iterable[str], keys: Collection[NewbornKey]) -> list[Known]:
    """All of these who are in the database, with their rows locked: one statement, two if there are any.

    Whoever else registers a newborn under one of the birth certificates waits.
    """
    with scope.everywhere(ONE_HOUSEHOLD):
        _hold({key.birth_certificate_no for key in keys})
        return _known(_among(numbers, keys).select_for_update())


def same_child(child: Person, *, household_id: int | None, mothers: Collection[str]) -> Known | None:
    """A child known under another key: one name, birth day and sex, in the household or of one of these mothers.

    Of a child with a number, who is known without one; of a newborn, whoever it is. Within the town.
    """
    family = Q(memberships__household=household_id, memberships__ends_on=None) | Q(mother_id_no__in=list(mothers))
    alike = Q(name=child.name, birth_date=child.birth_date, sex=child.sex, town=child.division_code[:TOWN_DIGITS])
    found = Person.objects.filter(alike & family, died_on=None).distinct()
    if child.id_no:
        found = found.filter(id_no__isnull=True)
    else:
        found = found.exclude(birth_certificate_no=child.birth_certificate_no)
    return next(iter(_known(found)), None)


def known_among(numbers: Iterable[str], keys: Iterable[NewbornKey]) -> list[Known]:
    """The same without locks, for a page that only tells."""
    with scope.everywhere(ONE_HOUSEHOLD):
        return _known(_among(numbers, keys))


def _hold(certificates: Collection[str]) -> None:
    with connection.cursor() as cursor:
        for number in sorted(certificates):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('birth certificate ' || %s, 0))", [number])


def _among(numbers: Iterable[str], keys: Iterable[NewbornKey]) -> QuerySet[Person]:
    condition = identity.has_any_number(numbers)
    for key in keys:
        condition |= identity.has_key(key)
    return Person.objects.filter(condition).order_by("pk")


def _known(persons: QuerySet[Person]) -> list[Known]:
    present = Membership.objects.filter(ends_on__isnull=True).select_related("household__office")
    found = persons.prefetch_related(Prefetch("memberships", queryset=present, to_attr="present_memberships"))
    return [Known(person, next(iter(person.present_memberships), None)) for person in found]
