"""名册的合计: what the rows of a file come to that the roster stands for, and what is not settled yet."""

from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum

from common.dates import local_day
from households.models import Membership
from offices import scope
from rosters.models import Roster, RosterFile

ZERO = Decimal("0.00")
COUNTED = Q(accepted=True, set_aside_at__isnull=True)
WRONG = Q(accepted=False, set_aside_at__isnull=True)
ASIDE = Q(set_aside_at__isnull=False)
# Taken, and nobody was registered under the number when the file was checked: the taking registers a new person.
NEW = COUNTED & Q(person__isnull=True)


@dataclass(frozen=True, slots=True)
class Sums:
    """Persons and households that are taken, wrong and set aside, and the yuan of the taken ones."""

    persons: int
    households: int
    wrong: int
    wrong_households: int
    aside: int
    aside_households: int
    payable: Decimal
    sponsored: Decimal
    sponsored_persons: int

    @property
    def rows(self) -> int:
        """Every person of the file."""
        return self.persons + self.wrong + self.aside


@dataclass(frozen=True, slots=True)
class Newcomers:
    """新登记: persons whom the taking registers anew, and households of whom nobody was in one at the check."""

    persons: int
    households: int

    def __str__(self) -> str:
        if not self.persons:
            return f"没有新登记的人，新户 {self.households} 户" if self.households else "没有新登记的人"
        return f"新登记 {self.persons} 人，其中新户 {self.households} 户"


def newcomers_of(file: RosterFile) -> Newcomers:
    """The newcomers of a checked file, in one statement; what was registered after the check does not count.

    A village's persons live here; pupils and those whom a department pays for may be in a household elsewhere.
    """
    if file.checked_at is None:
        return Newcomers(0, 0)
    day = local_day(file.checked_at)
    homes = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        person=OuterRef("person"),
        starts_on__lte=day,
        household__registered_at__lte=file.checked_at,
    )
    here = file.roster.channel == Roster.Channel.VILLAGE
    with nullcontext() if here else scope.everywhere("pupils may live elsewhere; only their number is told"):
        found = file.rows.order_by().aggregate(
            persons=Count("pk", filter=NEW),
            households=Count("household", filter=COUNTED, distinct=True),
            known=Count("household", filter=COUNTED & Q(Exists(homes)), distinct=True),
        )
    return Newcomers(found["persons"], found["households"] - found["known"])


def sums_of(file: RosterFile) -> Sums:
    """The sums of a file, in one statement."""
    found = file.rows.order_by().aggregate(
        persons=Count("pk", filter=COUNTED),
        households=Count("household", filter=COUNTED, distinct=True),
        wrong=Count("pk", filter=WRONG),
        wrong_households=Count("household", filter=WRONG, distinct=True),
        aside=Count("pk", filter=ASIDE),
        aside_households=Count("household", filter=ASIDE, distinct=True),
        payable=Sum("payable", filter=COUNTED, default=ZERO),
        sponsored=Sum("sponsored", filter=COUNTED, default=ZERO),
        sponsored_persons=Count("pk", filter=COUNTED & ~Q(funder="")),
    )
    return Sums(**found)


def by_funder(file: RosterFile) -> list[tuple[str, int, Decimal]]:
    """Who pays for how many persons, and how much."""
    rows = file.rows.filter(COUNTED, sponsored__gt=0).order_by("funder")
    return list(rows.values_list("funder").annotate(n=Count("pk"), amount=Sum("sponsored")))


def by_rate(file: RosterFile) -> list[tuple[str, int, Decimal, Decimal]]:
    """Category, persons, what each pays, and what they pay together; the larger first."""
    rows = file.rows.filter(COUNTED).order_by()
    found = rows.values_list("category_name", "payable").annotate(n=Count("pk"), amount=Sum("payable"))
    return [(name, n, each, amount) for name, each, n, amount in sorted(found, key=lambda row: -row[2])]
