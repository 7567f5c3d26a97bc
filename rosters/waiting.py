"""待主管办理: rosters that wait to be submitted, and departments' lists that wait to be taken in. 上报、入库."""

from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef

from offices.models import Staff
from rosters.models import FunderList, Roster, RosterSubmission, RosterTaking


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and which is the only one; `only` is None where there are several or none."""

    count: int
    first: int | None

    @property
    def only(self) -> int | None:
        return self.first if self.count == 1 else None


def rosters_waiting(staff: Staff) -> Waiting:
    """The rosters of a supervisor's office that are taken and not submitted, in one statement."""
    taken = RosterTaking.objects.filter(deposit__agreement__roster=OuterRef("pk"))
    submitted = RosterSubmission.objects.filter(roster=OuterRef("pk"), withdrawn_at=None)
    rows = Roster.objects.visible_to(staff).standing().filter(Exists(taken), ~Exists(submitted))
    return Waiting(**rows.order_by().aggregate(count=Count("pk"), first=Min("pk")))


def lists_waiting(staff: Staff) -> Waiting:
    """The departments' lists of a supervisor's own divisions, neither taken in nor withdrawn, in one statement."""
    rows = FunderList.objects.filter(
        kind=FunderList.Kind.SUPPORT,
        division_code__startswith=staff.division_scope,
        applied_at=None,
        withdrawn_at=None,
    )
    return Waiting(**rows.order_by().aggregate(count=Count("pk"), first=Min("pk")))
