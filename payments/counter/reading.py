"""收款台: reading what the counter shows, in a number of queries that does not grow with the household."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Sum
from django.http import Http404

from common.decision import Reason, Refusal
from enrollment import library
from enrollment.facts import HouseholdFacts, read_household
from enrollment.frozen import reason_of
from enrollment.models import Enrollment
from enrollment.rules.on_sale import year_on_sale
from enrollment.services import verify_papers
from households.models import Household
from households.services import mark_papers_seen
from offices.access import has_role
from offices.clock import moment
from offices.models import Division, Office, Staff
from payments.counter.desk import Desk
from payments.counter.desk_told import desk_of
from payments.counter.papers_shown import ALL, seen_today, wanted_keys
from payments.models import Receipt, Settlement
from payments.money.day_end import open_days


def moment_at(office: Office, *, staff: Staff) -> datetime:
    """The time at the office of the member of staff; who has none looks at the household's office."""
    return moment(staff.office or office)


def coverage_year(office: Office, *, at: datetime) -> int:
    """The year that an office is busy with; a Refusal where its rule set has none."""
    year = year_on_sale(library.current(office.ruleset_code), at)
    if year is None:
        raise Refusal(Reason("PERIOD_UNKNOWN", "规则集里还没有缴费年度，无法核定。请管理员录入年度、标准和缴费期。"))
    return year


def open_desk(household: Household, *, staff: Staff, at: datetime, applying: Collection[int] | None = None) -> Desk:
    """The household's page as it is now; `applying` names the members who are ticked."""
    year = coverage_year(household.office, at=at)
    facts = _facts(household, year=year, at=at, applying=applying)
    receipts = Receipt.objects.filter(payment__household=household, coverage_year=year).select_related(
        "payment__slip", "reversal"
    )
    division = Division.objects.filter(code=household.division_code).order_by("-starts_on").first()
    return desk_of(
        facts,
        decision=facts.decide(at=at),
        at=at,
        division_name=division.name if division else "",
        may_take=has_role(staff, Staff.Role.CLERK, Staff.Role.SUPERVISOR),
        receipt=receipts.order_by("-issued_at", "-pk").first(),
        paid_reasons=_kept_reasons([member.person_id for member in facts.members], year),
    )


def _kept_reasons(persons: Collection[int], year: int) -> dict[int, tuple[Reason, ...]]:
    """The reasons kept with the enrolments of these persons for a year."""
    rows = Enrollment.objects.in_force().filter(person__in=persons, coverage_year=year)
    return {person: tuple(map(reason_of, reasons)) for person, reasons in rows.values_list("person_id", "reasons")}


def _facts(household: Household, *, year: int, at: datetime, applying: Collection[int] | None) -> HouseholdFacts:
    found = read_household(household.pk, coverage_year=year, at=at, applying=applying)
    if found is None:
        raise Http404
    return found


def note_papers(
    household: Household, *, keys: Collection[str], applying: Collection[int], by: Staff, at: datetime
) -> None:
    """Tick papers as seen (`all`: everything that is missing); once nothing is missing the household is verified."""
    year = coverage_year(household.office, at=at)
    facts = _facts(household, year=year, at=at, applying=applying)
    ruleset = facts.ruleset()
    if ALL in keys:
        keys = wanted_keys(facts, ruleset=ruleset)
    with transaction.atomic():
        seen = seen_today(keys, facts=facts, ruleset=ruleset)
        mark_papers_seen(household_id=household.pk, seen=seen, by=by, at=at)
        now = _facts(household, year=year, at=at, applying=applying)
        if now.period_id and not now.decide(at=at).missing_documents:
            verify_papers(household_id=household.pk, coverage_year=year, by=by, at=at, applying=applying)


def has_closed(staff: Staff, *, on: date) -> bool:
    """Whether the clerk has settled that day, or a later one: no money can be taken any more."""
    return Settlement.objects.filter(office=staff.office_id, clerk=staff, day__gte=on).exists()


@dataclass(frozen=True, slots=True)
class Today:
    """What a clerk has taken today."""

    receipts: int
    amount: Decimal
    is_settled: bool
    waiting_since: date | None

    @property
    def is_waiting(self) -> bool:
        """Whether there is something to settle."""
        return self.waiting_since is not None


def today_of(staff: Staff) -> Today | None:
    """The clerk's own day so far; nothing to say for whoever takes no money."""
    if staff.office is None or not has_role(staff, Staff.Role.CLERK, Staff.Role.SUPERVISOR):
        return None
    start = moment(staff.office).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Receipt.objects.valid().filter(payment__clerk=staff, issued_at__gte=start)
    sums = mine.aggregate(receipts=Count("pk"), amount=Sum("amount", default=Decimal("0.00")))
    settled = has_closed(staff, on=start.date())
    days = open_days(office_id=staff.office_id, clerk_id=staff.pk)
    return Today(**sums, is_settled=settled, waiting_since=days[0] if days else None)
