"""一个人的经过: covers year by year, changes, households, as one page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery

from common.decision import Reason, Refusal
from enrollment import library
from enrollment.models import Change, Enrollment, Termination
from enrollment.rules.changes import KINDS
from enrollment.rules.continuity import YearInRun, year_by_year
from enrollment.rules.ruleset import RuleSet
from households.models import Household, Membership, Person
from offices.models import Office


@dataclass(frozen=True, slots=True)
class YearRow:
    """One coverage year of a person, and how it ended: after which day, by what, under which clause."""

    enrollment: Enrollment
    terminated_after: date | None = None
    ended: "SaidRow | None" = None

    @property
    def never_began(self) -> bool:
        """Whether a change ended it before its first day."""
        return self.terminated_after is not None and self.terminated_after < self.enrollment.benefit_starts_on

    @property
    def last_day(self) -> date:
        """The last day of cover as it stands."""
        return self.terminated_after or self.enrollment.benefit_ends_on


@dataclass(frozen=True, slots=True)
class Run:
    """连续缴费年限 explained: every year since the first one, how many count today, the clause."""

    years: tuple[YearInRun, ...]
    count: int
    broken: tuple[int, ...]
    key: str
    place: str
    ruleset: str


@dataclass(frozen=True, slots=True)
class SaidRow:
    """A sentence that was told, with its clause in the rule set of the office."""

    text: str
    key: str
    place: str
    ruleset: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change with what was told about it."""

    change: Change
    said: tuple[SaidRow, ...]


def change_rows(changes: Iterable[Change], office: Office) -> list[ChangeRow]:
    """Changes as a page shows them."""
    ruleset = _ruleset_of(office)
    return [ChangeRow(each, tuple(_said(row, ruleset) for row in each.said)) for each in changes]


def _ruleset_of(office: Office) -> RuleSet | None:
    try:
        return library.current(office.ruleset_code)
    except Refusal:
        return None


def _said(row: dict[str, str], ruleset: RuleSet | None) -> SaidRow:
    clause = ruleset.clauses.get(row["clause"]) if ruleset else None
    return SaidRow(
        row["text"], clause.key if clause else "", clause.article if clause else "", ruleset.code if ruleset else ""
    )


def years_of(person: Person) -> list[YearRow]:
    """Every enrolment, the newest first; cancelled ones too. Each with the `number` of its household, if it is seen."""
    terminations = Termination.objects.standing().filter(enrollment__person=person).select_related("change__office")
    ended = {each.enrollment_id: each for each in terminations}
    offices = {each.change.office.ruleset_code: each.change.office for each in terminations}
    rulesets = {code: _ruleset_of(office) for code, office in offices.items()}
    # Of a household elsewhere nothing is seen, not even that there is one: joined, its years would be lost with it.
    number = Household.objects.filter(pk=OuterRef("household")).values("number")
    rows = Enrollment.objects.filter(person=person).select_related("office").annotate(number=Subquery(number))
    return [_year(row, ended.get(row.pk), rulesets) for row in rows.order_by("-coverage_year", "-pk")]


def _year(row: Enrollment, termination: Termination | None, rulesets: Mapping[str, RuleSet | None]) -> YearRow:
    if termination is None:
        return YearRow(row)
    change = termination.change
    ruleset = rulesets[change.office.ruleset_code]
    rule = ruleset.change(change.kind) if ruleset else None
    clause = rule.clause.key if rule and rule.clause else ""
    said = _said({"text": f"{KINDS[change.kind]} {change.happened_on}", "clause": clause}, ruleset)
    return YearRow(row, termination.last_day, said)


def refuse_paid_year(person_id: int, coverage_year: int) -> None:
    """Refuse to call a year broken that was paid in its time."""
    if Enrollment.objects.in_force().filter(person=person_id, coverage_year=coverage_year).exists():
        text = f"此人{coverage_year}年度已参保缴费，没有中断，不必补缴。请对照缴费凭证核对年度。"
        raise Refusal(Reason("repaid_year", text))


def run_of(person: Person, rows: Iterable[YearRow], office: Office) -> Run | None:
    """Which years count towards the continuous ones and which broke them; None where nobody counts them."""
    covered = frozenset(row.enrollment.coverage_year for row in rows if row.enrollment.cancelled_at is None)
    ruleset = _ruleset_of(office)
    if ruleset is None or ruleset.continuity is None or not covered:
        return None
    spans = person.other_covers.filter(kind="employee", ends_on__isnull=False).values_list("starts_on", "ends_on")
    employee = {year for start, end in spans for year in range((start or end).year, end.year + 1)}
    years = year_by_year(covered, frozenset(employee), ruleset=ruleset, through=max(covered))
    clause = ruleset.continuity.clause
    broken = tuple(each.year for each in years if each.kind != "covered" and not each.counts)
    count = sum(each.counts for each in years)
    return Run(years, count, broken, clause.key, clause.article, ruleset.code)


def homes_of(person: Person) -> list[Membership]:
    """The households of a person, the newest first."""
    rows = Membership.objects.filter(person=person).select_related("household__office")
    return list(rows.order_by("-starts_on", "-pk"))


def changes_of_household(household: Household) -> list[ChangeRow]:
    """What was changed in a household."""
    rows = household.changes.select_related("person", "done_by", "undone_by")
    return change_rows(rows, household.office)


def changes_of_person(person: Person, office: Office) -> list[ChangeRow]:
    """What was changed about a person."""
    rows = person.changes.select_related("person", "done_by", "undone_by")
    return change_rows(rows, office)
