"""演示登记: invented households written through the services that the counter uses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from households.models import Household, Person
from households.services import add_member, admit_person, register_household, update_person
from offices.models import Staff
from payments.demo.people import Home


@dataclass(frozen=True)
class Written:
    """A household in the database, and what it was made up from."""

    home: Home
    household: Household
    registered_at: datetime


def register(homes: Iterable[Home], staff: Mapping[str, Staff]) -> list[Written]:
    """Register the households, each when and by whom it was registered; then who came in later."""
    written = []
    for home in homes:
        if home.registered_at is None:
            raise ValueError(f"nobody registered {home.address}")
        household = register_household(draft=home.draft(), by=staff[home.clerk], at=home.registered_at)
        written.append(Written(home, household, home.registered_at))
    for each in written:
        _go_on(each, staff)
    return written


def _go_on(written: Written, staff: Mapping[str, Staff]) -> None:
    """Births, deaths and admissions after the registration."""
    home, clerk = written.home, staff[written.home.clerk]
    for member in home.later:
        add_member(household_id=written.household.pk, draft=member.draft(), by=clerk, at=member.joins)
    for member in home.members:
        if member.died_on:
            person = Person.objects.get(memberships__household=written.household, name=member.name)
            reported = datetime.combine(member.died_on, written.registered_at.timetz()) + timedelta(days=5)
            update_person(person_id=person.pk, changes={"died_on": member.died_on}, by=clerk, at=reported)
    if home.admitted_for:
        person = Person.objects.get(memberships__household=written.household)
        supervisor = next(each for each in staff.values() if each.role == Staff.Role.SUPERVISOR)
        admitted_at = written.registered_at + timedelta(hours=2)
        admit_person(person_id=person.pk, reason=home.admitted_for, by=supervisor, at=admitted_at)
