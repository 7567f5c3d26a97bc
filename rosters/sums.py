"""名册的合计: what the rows of a file come to that the roster stands for, and what is not settled yet."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from rosters.models import RosterFile

ZERO = Decimal("0.00")
COUNTED = Q(accepted=True, set_aside_at__isnull=True)
WRONG = Q(accepted=False, set_aside_at__isnull=True)
ASIDE = Q(set_aside_at__isnull=False)


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
