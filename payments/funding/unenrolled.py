"""名单上还没有参保的人: for whom a department would pay and who is not enrolled yet; the aim is nobody."""

from datetime import date

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from enrollment.models import ContributionPeriod, Enrollment
from households.models import Certification, Membership, Person


def unenrolled(period: ContributionPeriod, *, division: str, day: date) -> QuerySet[Person]:
    """Persons on a department's list on that day, by themselves or with their household, without cover for the year."""
    listed = Certification.objects.exclude(funder_list="").filter(
        Q(valid_from=None) | Q(valid_from__lte=day),
        Q(valid_to=None) | Q(valid_to__gte=day),
        Q(ended_on=None) | Q(ended_on__gte=day),
    )
    home = Membership.objects.filter(person=OuterRef("pk"), starts_on__lte=day).exclude(ends_on__lt=day)
    own = listed.filter(person=OuterRef("pk"))
    shared = listed.filter(household__in=home.values("household"))
    covered = Enrollment.objects.in_force().filter(person=OuterRef("pk"), coverage_year=period.coverage_year)
    rows = Person.objects.filter(division_code__startswith=division, died_on=None).filter(Exists(home))
    lists = own.order_by().values("person").annotate(names=StringAgg("funder_list", "、", distinct=True))
    return (
        rows.filter(Exists(own) | Exists(shared))
        .filter(~Exists(covered))
        .annotate(lists=Subquery(lists.values("names")[:1]), household=Subquery(home.values("household")[:1]))
        .order_by("division_code", "pk")
    )
