"""名单: the persons behind a figure, within the reader's divisions. 名单."""

from typing import Any

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from enrollment.models import Enrollment
from enrollment.rules.progress import Target
from households.models import Membership, Person
from offices.access import visible
from offices.models import Staff
from reports.plain import GROUP

KINDS = {"enrolled": "已参保", "others": "已参保（基数以外）", "missing": "尚未参保"}


def persons_of(
    kind: str, division: str, coverage_year: int, *, target: Target | None, staff: Staff, group: str | None = None
) -> QuerySet[Any]:
    """The persons of one of KINDS, each with name, masked number to be, household and village."""
    rows = _missing(division, coverage_year, target) if kind == "missing" else _enrolled(division, coverage_year)
    rows = visible(rows, staff)
    if group is not None:
        rows = _of_group(rows, "household_address" if kind == "missing" else "household__address", group)
    if kind == "missing" or target is None:
        return rows
    counted = Q(person__hukou_kind__in=target.population, person__hukou_division__startswith=division[:6])
    return rows.exclude(counted) if kind == "others" else rows.filter(counted)


def _of_group(rows: QuerySet[Any], address: str, group: str) -> QuerySet[Any]:
    """Those whose address names the group; none at all where it is empty."""
    named = Func(F(address), Value(GROUP), function="substring", output_field=CharField())
    return rows.annotate(group=Coalesce(named, Value(""))).filter(group=group)


def _enrolled(division: str, coverage_year: int) -> QuerySet[Any]:
    rows = Enrollment.objects.in_force().filter(division_code__startswith=division, coverage_year=coverage_year)
    return rows.select_related("person", "household").order_by("division_code", "household__number", "pk")


def _missing(division: str, coverage_year: int, target: Target | None) -> QuerySet[Any]:
    """Those in the files who live, belong to a household and are not enrolled; of the base where there is one."""
    enrolled = Enrollment.objects.in_force().filter(person=OuterRef("pk"), coverage_year=coverage_year)
    home = Membership.objects.filter(person=OuterRef("pk"), ends_on__isnull=True)
    rows = Person.objects.filter(~Exists(enrolled), division_code__startswith=division, died_on__isnull=True)
    if target:
        rows = rows.filter(hukou_kind__in=target.population, hukou_division__startswith=division[:6])
    rows = rows.annotate(
        household_id=Subquery(home.values("household")[:1]),
        household_number=Subquery(home.values("household__number")[:1]),
        household_address=Subquery(home.values("household__address")[:1]),
    )
    return rows.filter(household_id__isnull=False).order_by(F("division_code"), F("household_number"), "pk")
