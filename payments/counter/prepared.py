"""预核: what all villages of an office would pay for the year, prepared by a job and shown by village."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum

from common.decision import Reason, Refusal
from enrollment.models import PreparedAssessment
from enrollment.preparing import prepare_renewal
from offices.access import require_role
from offices.acts import accountable
from offices.jobs import Progress, ask_for
from offices.models import Job, Office, Staff

KIND = "prepare_renewal"
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class PreparedVillage:
    """Persons due, what they pay and what departments pay, and households in which something is to be looked at."""

    persons: int = 0
    payable: Decimal = ZERO
    sponsored: Decimal = ZERO
    attention: int = 0


@dataclass(frozen=True, slots=True)
class PreparedYear:
    """预核 of an office as it was made at `at`: by the village's code, and in all."""

    at: datetime
    villages: dict[str, PreparedVillage]

    @property
    def total(self) -> PreparedVillage:
        """All villages together."""
        each = self.villages.values()
        return PreparedVillage(
            sum(v.persons for v in each),
            sum((v.payable for v in each), ZERO),
            sum((v.sponsored for v in each), ZERO),
            sum(v.attention for v in each),
        )


@accountable
def ask_prepared(*, year: int, by: Staff, at: datetime) -> Job:
    """Have the office's year prepared in the background."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    return ask_for(kind=KIND, parameters={"office": by.office_id, "year": year}, by=by, at=at)


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `prepare_renewal`."""
    asked = job.parameters
    if job.by.office_id != asked["office"]:
        raise Refusal(Reason("OFFICE_LEFT", "提交人已不在这个机构，没有预核。"))
    progress(0, 1)
    found = prepare_renewal(offices=[job.by.office], coverage_year=asked["year"], by=job.by, at=job.asked_at)
    progress(1, 1)
    return {"persons": found.persons, "households": found.households}


def prepared_of(office: Office, *, staff: Staff, year: int) -> PreparedYear | None:
    """What was prepared of the staff's villages; None where nothing was. One query."""
    due = Q(outcome__is_due=True)
    rows = PreparedAssessment.objects.visible_to(staff).filter(office=office, coverage_year=year)
    counted = rows.values("division_code").annotate(
        at=Max("prepared_at"),
        persons=Count("pk", filter=due),
        payable=Sum("outcome__payable", filter=due, default=ZERO),
        sponsored=Sum("outcome__sponsored", filter=due, default=ZERO),
        attention=Count("household", filter=Q(outcome__attention=True), distinct=True),
    )
    villages = {row.pop("division_code"): row for row in counted.order_by("division_code")}
    if not villages:
        return None
    at = max(row.pop("at") for row in villages.values())
    return PreparedYear(at, {code: PreparedVillage(**row) for code, row in villages.items()})
