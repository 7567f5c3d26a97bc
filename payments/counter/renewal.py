"""续保: the households of last year as they stand for this one: this year's decision and what has changed since."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet

from common.decision import Reason
from enrollment.facts import HouseholdFacts, MemberFacts, read_households
from enrollment.models import Enrollment
from enrollment.rules.decision import HouseholdDecision, MemberDecision
from enrollment.rules.ruleset import RuleSet
from households.models import Household, Membership
from offices.access import visible
from offices.models import Division, Office, Staff
from payments.counter.desk import Why, Whys

READY, ATTENTION, PAID, NOBODY = "ready", "attention", "paid", "nobody"
STATES = ((READY, "可直接续保"), (ATTENTION, "须先核对"), (PAID, "已缴"), (NOBODY, "无应缴人员"))
# Over all villages only what a count can tell is told apart: deciding every household is for one village at a time.
OPEN = "open"
STATES_OF_ALL = ((OPEN, "还没有人缴"), (PAID, "已有人缴"))
# What a renewal can be refused for that is no news about the household.
_ORDINARY = frozenset({"DOCUMENT_MISSING", "WINDOW_NOT_OPEN", "WINDOW_CLOSED", "VERIFY_CLOSED", "PAYMENT_CLOSED"})


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """One household: what it paid last year, what it would pay now, and what to look at first."""

    household_id: int
    number: str
    division_code: str
    head: str
    persons: int
    last_payable: Decimal
    payable: Decimal
    marks: tuple[Why, ...]
    state: str

    @property
    def word(self) -> str:
        """The state in the clerk's words."""
        return dict(STATES)[self.state]


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who was insured with the household last year and belongs to it no more."""

    name: str
    died_on: date | None
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Renewal:
    """A village's households for one coverage year, in the order of their numbers."""

    year: int
    rows: tuple[RenewalRow, ...]

    def count(self, state: str) -> int:
        """How many households stand so."""
        return sum(row.state == state for row in self.rows)

    def counted(self) -> list[tuple[str, str, int]]:
        """Each state with its word and its number of households."""
        return [(state, word, self.count(state)) for state, word in STATES]

    def standing(self, state: str) -> list[RenewalRow]:
        """The households in one state; all of them without one."""
        return [row for row in self.rows if not state or row.state == state]


@dataclass(frozen=True, slots=True)
class VillageCount:
    """How many households of a village were insured last year, and in how many somebody has paid for this one."""

    village: Division
    households: int
    paid: int

    @property
    def open(self) -> int:
        """Households of last year in which nobody has paid yet."""
        return self.households - self.paid


def villages_of(staff: Staff, office: Office) -> list[Division]:
    """The villages of the office within the scope of the member of staff."""
    found = Division.objects.within(office.division_code).filter(level=Division.Level.VILLAGE, ends_on__isnull=True)
    return [village for village in found.order_by("code") if staff.covers(village.code)]


def renewal_of(office: Office, *, village: str, staff: Staff, year: int, at: datetime) -> Renewal:
    """Who of a village was insured in the year before `year`. Three queries, however many households."""
    found = _insured_before(office, staff, year).filter(division_code=village).order_by("number")
    return _decided(list(found.values_list("pk", flat=True)), year, at)


def counts_of(office: Office, villages: Iterable[Division], *, staff: Staff, year: int) -> list[VillageCount]:
    """Every village with its numbers, in one query."""
    rows = _insured_before(office, staff, year).values("division_code").order_by("division_code")
    counted = rows.annotate(households=Count("pk"), paid=Count("pk", filter=_paid_for(year)))
    found = {row["division_code"]: (row["households"], row["paid"]) for row in counted}
    return [VillageCount(village, *found.get(village.code, (0, 0))) for village in villages]


def in_all_villages(office: Office, *, staff: Staff, year: int, state: str) -> QuerySet[Household]:
    """The households of last year village by village, all or those of one of STATES_OF_ALL."""
    found = _insured_before(office, staff, year)
    if state:
        found = found.filter(_paid_for(year) if state == PAID else ~_paid_for(year))
    return found.order_by("division_code", "number")


def rows_of(households: Iterable[Household], *, year: int, at: datetime) -> tuple[RenewalRow, ...]:
    """These households as the list shows them, in two queries."""
    return _decided([each.pk for each in households], year, at).rows


def _paid_for(year: int) -> Exists:
    return Exists(Enrollment.objects.in_force().filter(household=OuterRef("pk"), coverage_year=year))


def _decided(ids: list[int], year: int, at: datetime) -> Renewal:
    read = read_households(ids, coverage_year=year, at=at)
    left = _left(ids, year)
    rows = [_row(read[pk], left.get(pk, ()), at) for pk in ids if pk in read]
    return Renewal(year, tuple(rows))


def _insured_before(office: Office, staff: Staff, year: int) -> QuerySet[Household]:
    open_ones = visible(Household.objects.filter(office=office, closed_at__isnull=True), staff)
    return open_ones.filter(_paid_for(year - 1))


def _left(ids: Iterable[int], year: int) -> Mapping[int, list[Left]]:
    """Who was insured with these households last year and left since, with the last day."""
    present = Membership.objects.filter(household=OuterRef("household"), person=OuterRef("person"), ends_on=None)
    gone = Enrollment.objects.in_force().filter(~Exists(present), household__in=list(ids), coverage_year=year - 1)
    last = Membership.objects.filter(household=OuterRef("household"), person=OuterRef("person")).order_by("-starts_on")
    rows = gone.annotate(left_on=last.values("ends_on")[:1]).order_by("pk")
    found: dict[int, list[Left]] = defaultdict(list)
    for household, *rest in rows.values_list("household", "person__name", "person__died_on", "left_on"):
        found[household].append(Left(*rest))
    return found


def _row(facts: HouseholdFacts, left: Iterable[Left], at: datetime) -> RenewalRow:
    decision = facts.decide(at=at)
    before = [each for member in facts.members if (each := member.covered_in(facts.coverage_year - 1))]
    now = [each for member in facts.members if (each := member.covered_in(facts.coverage_year))]
    is_open = bool(decision.applicants or not now)  # of who has paid nothing is left to look at
    reasons = tuple(marks(facts, decision, left)) if is_open else ()
    due = ATTENTION if reasons else READY
    nothing_due = PAID if now else NOBODY
    whys = Whys(facts.ruleset_code)
    return RenewalRow(
        household_id=facts.id,
        number=facts.number,
        division_code=facts.division_code,
        head=facts.head.name if facts.head else "",
        persons=len(decision.applicants) or len(now),
        last_payable=sum((each.payable for each in before), Decimal(0)),
        payable=decision.payable if decision.applicants else sum((each.payable for each in now), Decimal(0)),
        marks=tuple(_asked(whys, facts.id, reason) for reason in reasons),
        state=due if decision.applicants else nothing_due,
    )


def _asked(whys: Whys, household_id: int, reason: Reason) -> Why:
    """A mark that can be asked why where it has a clause; ids differ from household to household."""
    why = whys(reason.text, [reason] if reason.clause else [])
    return Why(f"{why.id}-{household_id}", why.text, why.reasons, why.ruleset)


def marks(facts: HouseholdFacts, decision: HouseholdDecision, left: Iterable[Left]) -> Iterator[Reason]:
    """What has changed since last year and what stands in the way, each as a sentence with its clause if it has one."""
    for each in left:
        day = each.died_on or each.left_on
        yield Reason("LEFT", f"{each.name}已于{day}{'去世' if each.died_on else '离开本户'}")
    decided = {member.ref: member for member in decision.members}
    for member in facts.members:
        if member.asked.ref in decided:
            yield from _of_member(member, decided[member.asked.ref], facts)
    yield from (reason for reason in decision.refusals if reason.code not in _ORDINARY)
    told = {reason for member in decision.members for reason in member.warnings}
    yield from (reason for reason in decision.warnings if reason not in told)
    papers = [each for member in decision.applicants for each in (member.charge.missing if member.charge else ())]
    names = {member.asked.ref: member.name for member in facts.members}
    for each in dict.fromkeys(papers):
        whose = f"（{names[each.ref]}）" if each.ref else ""
        yield Reason("PAPERS", f"缺{each.label}{whose}", each.clause)


def _of_member(member: MemberFacts, now: MemberDecision, facts: HouseholdFacts) -> Iterator[Reason]:
    year, ruleset = facts.coverage_year, facts.ruleset()
    before = member.covered_in(year - 1)
    if member.covered_in(year):
        return
    for warning in now.warnings:
        text = warning.text if warning.text.startswith(member.name) else f"{member.name}：{warning.text}"
        yield Reason(warning.code, text, warning.clause)
    if before is None and now.due:
        yield Reason("NEW", f"{member.name}去年没有参保")
    if before and not now.due and now.reasons:
        reason = now.reasons[0]
        yield Reason(reason.code, f"{member.name}去年参保，今年{reason.text}", reason.clause)
    if before and now.charge and now.charge.category_name != before.category_name:
        text = f"{member.name}由{before.category_name}变为{now.charge.category_name}"
        bound = _age_bound(before.category_name, ruleset)
        clause = next((each.clause for each in now.charge.reasons if each.clause), None)
        yield Reason("CATEGORY_CHANGED", f"{text}（{bound}）" if bound else text, clause)


def _age_bound(category_name: str, ruleset: RuleSet) -> str:
    """The ages between which last year's category holds, where it has such."""
    category = next((each for each in ruleset.categories if each.name == category_name), None)
    if category is None:
        return ""
    bounds = [f"满{category.age_from}周岁" if category.age_from else ""]
    bounds.append(f"不满{category.age_below}周岁" if category.age_below else "")
    words = "、".join(bound for bound in bounds if bound)
    return f"{category_name}限{words}" if words else ""
