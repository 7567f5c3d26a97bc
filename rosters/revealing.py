"""显示号码: what the lists of this application hide, told to whoever may see the row (households/revealing.py)."""

from households.models import Household, Person
from households.revealing import Whole
from offices.access import visible
from offices.models import Staff
from rosters.models import FollowUp, FunderList, FunderListLine, Roster, RosterRow


def omitted_phones(pks: list[int], by: Staff) -> list[Whole]:
    """Where somebody who is not enrolled is reached: away from home first, then their own, then the household's."""
    persons = visible(Person.objects.all(), by).in_bulk(pks)
    away: dict[int, str] = {}
    for found in FollowUp.objects.filter(person__in=persons).exclude(phone="").order_by("pk"):
        away[found.person_id] = found.phone
    homes = Household.objects.filter(memberships__person__in=persons, memberships__ends_on=None)
    home = dict(homes.values_list("memberships__person", "phone"))
    return [Whole(pk, each, away.get(pk) or each.phone or home.get(pk, "")) for pk, each in persons.items()]


def listed_phones(pks: list[int], by: Staff) -> list[Whole]:
    """Of lines of departments' lists: the line's own, else the person's or the household's."""
    lists = FunderList.objects.visible_to(by)
    lines = FunderListLine.objects.filter(pk__in=pks, listing__in=lists).select_related("person", "listing")
    homes = Household.objects.filter(memberships__person__in=[each.person_id for each in lines if each.person_id])
    home = dict(homes.filter(memberships__ends_on=None).values_list("memberships__person", "phone"))
    return [_of_line(line, home) for line in lines if not line.division_code or by.covers(line.division_code)]


def _of_line(line: FunderListLine, home: dict[int, str]) -> Whole:
    own = line.person.phone if line.person else ""
    return Whole(line.pk, line.person or line.listing, line.phone or own or home.get(line.person_id, ""))


def follow_up_phones(pks: list[int], by: Staff) -> list[Whole]:
    rows = visible(FollowUp.objects.filter(pk__in=pks), by).select_related("person")
    return [Whole(each.pk, each.person, each.phone) for each in rows]


def row_numbers(pks: list[int], by: Staff) -> list[Whole]:
    """Of rows of rosters, for the county, which types them into the insurer's own system."""
    rosters = Roster.objects.visible_to(by)
    rows = RosterRow.objects.filter(pk__in=pks, file__roster__in=rosters).select_related("person", "file__roster")
    return [Whole(each.pk, each.person or each.file.roster, each.id_no) for each in rows]
