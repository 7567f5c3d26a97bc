"""名单上还没有参保的人: for whom a department would pay and who is not enrolled yet; the aim is nobody."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value

from enrollment import library
from enrollment.models import ContributionPeriod, Enrollment
from households.models import Certification, Membership, Person
from offices.spans import on


class Unenrolled(Sequence[Person]):
    """Persons of a division on a department's list on that day, by themselves or with their household, without cover.

    With their household stands who lives in one that is on a list itself, and, where the rule set lets a category of
    one member count for all of them, who lives with somebody on the list for it.
    Who they are is found once, for the number and the page: the lists lead, for one person in ten stands on them. Of a
    page each has `lists`, the names of the lists, and `household`, where the person lives.
    """

    def __init__(self, period: ContributionPeriod, *, division: str, day: date) -> None:
        self.period, self.division, self.day = period, division, day

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, part: Any) -> Any:
        home = self._at_home.filter(person=OuterRef("pk"))
        theirs = Q(person=OuterRef("pk")) | Q(household=OuterRef("household"))
        if self._for_all:
            family = self._at_home.filter(household=OuterRef(OuterRef("household")))
            theirs |= Q(category__in=self._for_all, person__in=family.values("person"))
        lists = self._listed.filter(theirs).order_by().values(all=Value(1))
        rows = Person.objects.filter(pk__in=self._found[part]).order_by("division_code", "pk")
        return rows.annotate(household=Subquery(home.values("household")[:1])).annotate(
            lists=Subquery(lists.annotate(names=StringAgg("funder_list", "、", distinct=True)).values("names")[:1])
        )

    def is_anybody_listed(self) -> bool:
        """Whether an empty answer says anything: somebody of the division stands on a list."""
        return self._own.exists() or self._of_households.exists()

    @cached_property
    def _found(self) -> list[int]:
        homes = Q(household__in=self._of_households.values("household"))
        if self._for_all:
            holders = self._own.filter(category__in=self._for_all).values("person")
            homes |= Q(household__in=self._at_home.filter(person__in=holders).values("household"))
        shared = self._at_home.filter(homes)
        home = self._at_home.filter(person=OuterRef("pk"))
        cover = Enrollment.objects.in_force().filter(person=OuterRef("pk"), coverage_year=self.period.coverage_year)
        rows = Person.objects.filter(division_code__startswith=self.division, died_on=None)
        rows = rows.filter(Exists(home), pk__in=self._own.values("person").union(shared.values("person")))
        # Looked for person by person. Of a year that has just begun the statistics know nobody, and NOT EXISTS would
        # compare each person with all who have paid since.
        rows = rows.alias(cover=Subquery(cover.values("pk")[:1])).filter(cover=None)
        return list(rows.order_by("division_code", "pk").values_list("pk", flat=True))

    @cached_property
    def _for_all(self) -> list[str]:
        """The categories of which one member's certificate counts for the household."""
        ruleset = library.current(self.period.ruleset.code)
        return [each.code for each in ruleset.categories if each.scope == "household"]

    @property
    def _own(self) -> QuerySet[Certification]:
        return self._listed.filter(person__division_code__startswith=self.division)

    @property
    def _of_households(self) -> QuerySet[Certification]:
        return self._listed.filter(household__division_code__startswith=self.division)

    @property
    def _listed(self) -> QuerySet[Certification]:
        return Certification.objects.exclude(funder_list="").filter(
            on(self.day, "valid_from", "valid_to"), on(self.day, "valid_from", "ended_on")
        )

    @property
    def _at_home(self) -> QuerySet[Membership]:
        return Membership.objects.filter(on(self.day))
