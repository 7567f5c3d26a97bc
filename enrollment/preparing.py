"""续保预核: the renewal of a whole office or county decided in sets: who is alike to the rules once, joined back.

What it decides is what the counter would decide at that moment for everybody who ought to be insured; the counter
decides again when money is taken.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from common.dates import age_on, local_day
from common.decision import Reason, Refusal
from enrollment import library
from enrollment import preparing_sql as sql
from enrollment.facts import HouseholdFacts, read_households
from enrollment.impact import RECENT
from enrollment.models import ContributionPeriod, PreparedOutcome
from enrollment.rules.decision import HouseholdDecision, MemberDecision
from enrollment.rules.ruleset import RuleSet
from offices.acts import accountable, record
from offices.models import Office, Staff

AT_ONCE = 500
# What a renewal can be refused for that is no news about the household.
ORDINARY = frozenset({"WINDOW_NOT_OPEN", "WINDOW_CLOSED", "VERIFY_CLOSED", "PAYMENT_CLOSED"})
# Told of a household with a refusal's code: there are warnings or papers that are missing.
LOOK = "LOOK"
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Prepared:
    """How many persons and households were prepared, and how many different persons the rules saw among them."""

    persons: int
    households: int
    keys: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a prepared outcome says of one person. `codes`: what the household is refused for, in alphabetical order."""

    is_due: bool
    attention: bool = False
    codes: tuple[str, ...] = ()
    category: str = ""
    category_name: str = ""
    standard: Decimal = ZERO
    payable: Decimal = ZERO
    sponsored: Decimal = ZERO
    funder: str = ""

    def in_household(self, told: Collection[str]) -> "Answer":
        """The same person in a household of which this is told; whoever is not due has nothing to do with it."""
        if not self.is_due:
            return self
        codes = sorted(code for code in told if code != LOOK)
        return replace(self, attention=bool(set(told) - ORDINARY), codes=tuple(codes))


@dataclass(frozen=True, slots=True)
class Eyes:
    """How finely the rules see: from which day of birth on exactly, the last births of each age, the moments.

    `years`: of which coverage years it matters whether somebody was enrolled; None: of all. `schools`: the kinds of
    pupils that the rule set names.
    """

    recent: date
    births: list[date]
    instants: list[datetime]
    years: list[int] | None
    schools: list[str]


def eyes_of(ruleset: RuleSet, coverage_year: int, at: datetime) -> Eyes:
    """Ages only matter at the bounds of categories and papers, moments only at the ends of the windows.

    Days of birth are asked for by themselves where there is a rule for newborns, and of those who are born after the
    year's cover begins; earlier years where a break means a wait.
    """
    day = local_day(at)
    asked = [(b, c.age_day(coverage_year, day)) for c in ruleset.categories for b in (c.age_from, c.age_below)]
    asked += [(paper.instead_below_age, day) for paper in ruleset.papers]
    bounds = {(bound, on) for bound, on in asked if bound is not None}
    windows = [window for year in range(coverage_year - 1, coverage_year + 5) if (window := ruleset.window(year))]
    moments = {value for w in windows for f in fields(w) if isinstance(value := getattr(w, f.name), datetime)}
    period = ruleset.periods.get(coverage_year)
    starts = [period.starts_on, *(band.first_cover(day) for band in period.bands)] if period else []
    recent = min([day, *starts]) - (RECENT if ruleset.newborn else timedelta(0))
    years = None if ruleset.waiting else sorted({coverage_year, day.year})
    # Whoever was born after the last birth of an age is younger: a bound divides at the day after it.
    births = sorted(_last_birth(bound, on) + timedelta(days=1) for bound, on in bounds)
    named = [each.student_kinds for each in (*ruleset.categories, *ruleset.admissions)]
    return Eyes(recent, births, sorted(moments), years, sorted(frozenset().union(*named)))


def _last_birth(age: int, day: date) -> date:
    """The last day on which somebody of this age on `day` can be born."""
    born = day.replace(year=day.year - age, day=min(day.day, 28)) + timedelta(days=4)
    while age_on(born, day) < age:
        born -= timedelta(days=1)
    return born


@accountable
def prepare_renewal(*, offices: Sequence[Office], coverage_year: int, by: Staff | None, at: datetime) -> Prepared:
    """预核 everybody of these offices, all of one rule set, for a year; what was prepared before is replaced."""
    (code,) = {office.ruleset_code for office in offices}
    ruleset = library.current(code)
    period = ContributionPeriod.objects.filter(ruleset__code=code, coverage_year=coverage_year).first()
    if period is None:
        raise Refusal(Reason("PERIOD_UNKNOWN", f"还没有公布{coverage_year}年度的标准，不能预核。"))
    eyes = eyes_of(ruleset, coverage_year, at)
    asked = {"offices": sorted(office.pk for office in offices), "year": coverage_year, "period": period.pk, "at": at}
    asked |= {"day": local_day(at), "recent": eyes.recent, "births": eyes.births, "instants": eyes.instants}
    asked |= {"years": eyes.years, "schools": eyes.schools}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        # Two runs over the same office follow each other.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('prepare ' || o, 0)) FROM unnest(%(offices)s) o", asked
        )
        cursor.execute(sql.APART if ruleset.decides_apart else sql.TOGETHER, asked)
        cursor.execute("ANALYZE preparing_member")
        households = cursor.execute(sql.HOUSEHOLDS).fetchone()[0]
        keys = cursor.execute(sql.KEYS).fetchall()
        _load_outcomes(cursor, list(_decided(keys, coverage_year, at, apart=ruleset.decides_apart)), period)
        cursor.execute(sql.FORGET, asked)
        cursor.execute(sql.WRITE, asked)
        persons = cursor.rowcount
        cursor.execute("DROP TABLE preparing_member, preparing_answer, preparing_told, preparing_outcome")
    found = Prepared(persons, households, len(keys))
    for office in offices[:1]:
        record(by=by, at=at, verb="prepare_renewal", subject=office, detail={"year": coverage_year, "persons": persons})
    return found


def answers_of(facts: HouseholdFacts, at: datetime) -> Iterator[tuple[int, Answer]]:
    """The place of each member in the household, from 1, and what would be decided."""
    places = {member.asked.ref: place for place, member in enumerate(facts.members, start=1)}
    for ref, answer in answers_in(facts.decide(at=at)):
        yield places[ref], answer


def answers_in(decision: HouseholdDecision) -> Iterator[tuple[str, Answer]]:
    """The ref of each member, and what a decision about the household says of them."""
    told = told_of(decision)
    for member in decision.members:
        yield member.ref, answer_of(member).in_household(told)


def _decided(
    keys: Sequence[tuple[int, int, int]], coverage_year: int, at: datetime, *, apart: bool
) -> Iterator[tuple[int, Answer, frozenset[str]]]:
    """Of each key (with a household and a person who has it there) the answer and what is told of the household.

    Who is gone has no answer.
    """
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        read = read_households({household for _, household, _ in some}, coverage_year=coverage_year, at=at)
        whole: dict[int, HouseholdDecision] = {}
        for seen, household, person in some:
            if apart:
                decision = read[household].alone(person).decide(at=at)
            else:
                decision = whole.get(household) or whole.setdefault(household, read[household].decide(at=at))
            for member in decision.members:
                if member.ref == str(person):
                    yield seen, answer_of(member), told_of(decision)


def answer_of(member: MemberDecision) -> Answer:
    """What is decided of the member, whatever is told of the household."""
    charge = member.charge
    if not member.applying or charge is None:
        return Answer(member.applying)
    amounts = (charge.standard, charge.payable, charge.sponsored)
    return Answer(True, False, (), charge.category, charge.category_name, *amounts, charge.funder)


def told_of(decision: HouseholdDecision) -> frozenset[str]:
    """What the household is refused for, and whether there is more to look at; nobody being due is no refusal here."""
    codes = {reason.code for reason in decision.refusals} - {"NOBODY_APPLIES"}
    return frozenset(codes | ({LOOK} if decision.warnings or decision.missing_documents else set()))


def _load_outcomes(
    cursor: Any, decided: Sequence[tuple[int, Answer, frozenset[str]]], period: ContributionPeriod
) -> None:
    """Two tables: the answer of each key, with what it tells the household as bits; the outcome of both together."""
    words = sorted(frozenset().union(*(told for _, _, told in decided)))
    numbers = {answer: number for number, answer in enumerate(dict.fromkeys(answer for _, answer, _ in decided))}
    rows = [(seen, numbers[answer], sum(1 << words.index(word) for word in told)) for seen, answer, told in decided]
    _load(cursor, "preparing_answer", ("seen", "number", "told"), rows)
    cursor.execute(sql.TOLD)
    cursor.execute("ANALYZE preparing_told")
    occurring = {(number, 0) for _, number, told in rows if not told} | set(cursor.execute(sql.OCCURRING).fetchall())
    answers = list(numbers)
    final = {
        (number, told): answers[number].in_household([w for bit, w in enumerate(words) if told >> bit & 1])
        for number, told in occurring
    }
    outcomes = _outcomes(set(final.values()), period)
    _load(cursor, "preparing_outcome", ("number", "told", "outcome"), [(*k, outcomes[a]) for k, a in final.items()])


def _outcomes(answers: Iterable[Answer], period: ContributionPeriod) -> dict[Answer, int]:
    """A row for each different answer; its id."""
    different = sorted(answers, key=repr)
    edition = period.ruleset.current_edition_id
    rows = PreparedOutcome.objects.bulk_create(
        PreparedOutcome(period=period, edition_id=edition, **_columns(answer)) for answer in different
    )
    return {answer: row.pk for answer, row in zip(different, rows, strict=True)}


def _columns(answer: Answer) -> dict[str, Any]:
    return {f.name: getattr(answer, f.name) for f in fields(answer)} | {"codes": list(answer.codes)}


def _load(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[int]]) -> None:
    cursor.execute(f"CREATE TEMP TABLE {table} ({', '.join(f'{column} bigint' for column in columns)}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {table}")
