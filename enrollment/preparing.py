"""续保预核: the renewal of a whole office or county decided in sets: each distinct household once, joined back.

What it decides is what the counter would decide at that moment for everybody who ought to be insured; the counter
decides again when money is taken.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from common.dates import age_on, local_day
from common.decision import Reason, Refusal
from enrollment import library
from enrollment.facts import HouseholdFacts, read_households
from enrollment.impact import RECENT
from enrollment.models import ContributionPeriod, PreparedOutcome
from enrollment.preparing_sql import FORGET, HOUSEHOLDS, KEYS, MEMBERS, WRITE
from enrollment.rules.decision import HouseholdDecision, MemberDecision
from enrollment.rules.ruleset import RuleSet
from offices.acts import accountable, record
from offices.models import Office, Staff

AT_ONCE = 500
# What a renewal can be refused for that is no news about the household.
ORDINARY = frozenset({"WINDOW_NOT_OPEN", "WINDOW_CLOSED", "VERIFY_CLOSED", "PAYMENT_CLOSED", "NOBODY_APPLIES"})
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Prepared:
    """How many persons and households were prepared, from how many different ones."""

    persons: int
    households: int
    keys: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a prepared outcome says of one person."""

    is_due: bool
    attention: bool
    codes: tuple[str, ...]
    category: str = ""
    category_name: str = ""
    standard: Decimal = ZERO
    payable: Decimal = ZERO
    sponsored: Decimal = ZERO
    funder: str = ""


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
    asked = [bound for c in ruleset.categories for bound in (c.age_from, c.age_below)]
    bounds = {bound for bound in (*asked, *(paper.instead_below_age for paper in ruleset.papers)) if bound is not None}
    windows = [window for year in range(coverage_year - 1, coverage_year + 5) if (window := ruleset.window(year))]
    moments = {value for w in windows for f in fields(w) if isinstance(value := getattr(w, f.name), datetime)}
    period = ruleset.periods.get(coverage_year)
    starts = [period.starts_on, *(band.first_cover(day) for band in period.bands)] if period else []
    recent = min([day, *starts]) - (RECENT if ruleset.newborn else timedelta(0))
    years = None if ruleset.waiting else sorted({coverage_year, day.year})
    # Whoever was born after the last birth of an age is younger: a bound divides at the day after it.
    births = sorted(_last_birth(bound, day) + timedelta(days=1) for bound in bounds)
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
        for statement in (MEMBERS, "ANALYZE preparing_member", HOUSEHOLDS, "ANALYZE preparing_household"):
            cursor.execute(statement, asked)
        households = cursor.execute("SELECT count(*) FROM preparing_household").fetchone()[0]
        keys = cursor.execute(KEYS).fetchall()
        answers = list(_answers([household for _, household in keys], coverage_year, at))
        outcomes = _outcomes({answer for _, _, answer in answers}, period)
        _load(cursor, "preparing_key", "seen bigint, number bigint", ((seen, n) for n, (seen, _) in enumerate(keys)))
        slots = ((number * 1000 + place, outcomes[answer]) for number, place, answer in answers)
        _load(cursor, "preparing_answer", "slot bigint, outcome bigint", slots)
        cursor.execute(FORGET, asked)
        cursor.execute(WRITE, asked)
        persons = cursor.rowcount
        cursor.execute("DROP TABLE preparing_member, preparing_household, preparing_key, preparing_answer")
    found = Prepared(persons, households, len(keys))
    for office in offices[:1]:
        record(by=by, at=at, verb="prepare_renewal", subject=office, detail={"year": coverage_year, "persons": persons})
    return found


def _answers(households: Sequence[int], coverage_year: int, at: datetime) -> Iterator[tuple[int, int, Answer]]:
    """Number of the key, place in the household and answer, for one household of each key."""
    for start in range(0, len(households), AT_ONCE):
        some = households[start : start + AT_ONCE]
        read = read_households(some, coverage_year=coverage_year, at=at)
        for number, household in enumerate(some, start=start):
            for place, answer in answers_of(read[household], at):
                yield number, place, answer


def answers_of(facts: HouseholdFacts, at: datetime) -> Iterator[tuple[int, Answer]]:
    """The place of each member in the household, from 1, and what would be decided."""
    places = {member.asked.ref: place for place, member in enumerate(facts.members, start=1)}
    decision = facts.decide(at=at)
    for member in decision.members:
        yield places[member.ref], _answer(member, decision)


def _answer(member: MemberDecision, decision: HouseholdDecision) -> Answer:
    codes = tuple(dict.fromkeys(reason.code for reason in decision.refusals))
    news = set(codes) - ORDINARY
    attention = member.applying and bool(news or decision.warnings or decision.missing_documents)
    charge = member.charge
    if not member.applying or charge is None:
        return Answer(member.applying, attention, codes if member.applying else ())
    amounts = (charge.standard, charge.payable, charge.sponsored)
    return Answer(True, attention, codes, charge.category, charge.category_name, *amounts, charge.funder)


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


def _load(cursor: Any, table: str, columns: str, rows: Iterable[Sequence[int]]) -> None:
    cursor.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {table}")
