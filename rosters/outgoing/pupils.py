"""学生: whom the rosters of schools name, and in which class. The register knows schools, but no classes."""

from offices.models import Office
from rosters.models import Roster, RosterRow


def pupils_of(office: Office, coverage_year: int) -> dict[str, dict[str, str]]:
    """By school: number to class ("" where none was written), from its rosters of the year and of the year before.

    Of two rosters the later one says the class. Who was on none of them has left the school.
    """
    rosters = Roster.objects.standing().filter(
        office=office, channel=Roster.Channel.SCHOOL, coverage_year__in=(coverage_year - 1, coverage_year)
    )
    rows = RosterRow.objects.counted().filter(file__roster__in=rosters, file__superseded_at=None)
    told = rows.order_by("file", "position").values_list("file__roster__place", "id_no", "school_class")
    found: dict[str, dict[str, str]] = {}
    for school, number, school_class in told:
        classes = found.setdefault(school, {})
        classes[number] = school_class or classes.get(number, "")
    return found
