"""学生: whom a school's earlier rosters named, and in which class. The register knows schools, but no classes."""

from offices.models import Office
from rosters.models import Roster, RosterRow


def classes_of(school: str, office: Office) -> dict[str, str]:
    """Whom the school's rosters of this office stood for: number to class, as the last one said; "" where none did."""
    rows = RosterRow.objects.counted().filter(
        file__roster__in=Roster.objects.standing().filter(office=office, channel=Roster.Channel.SCHOOL, place=school),
        file__superseded_at=None,
    )
    found: dict[str, str] = {}
    for number, school_class in rows.order_by("file", "position").values_list("id_no", "school_class"):
        found[number] = school_class or found.get(number, "")
    return found


def schools_with_rosters(office: Office) -> set[str]:
    """The schools that have handed in a roster to the office."""
    rosters = Roster.objects.standing().filter(office=office, channel=Roster.Channel.SCHOOL)
    return set(rosters.values_list("place", flat=True))
