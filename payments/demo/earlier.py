"""演示往年: enrolments of years before, decided by an invented rule set, so that a renewal has something to renew."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from random import Random

from common.dates import SHANGHAI
from enrollment.facts import HouseholdFacts, MemberFacts, read_households
from enrollment.frozen import decision_json, reason_json
from enrollment.models import Assessment, ContributionPeriod, Enrollment
from enrollment.rules.assess import assess
from enrollment.rules.decision import HouseholdDecision, MemberDecision
from enrollment.rules.eligibility import not_due
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.source import read_ruleset
from enrollment.services import load_ruleset
from offices.models import Staff
from payments.demo.calendar import moments, working_days
from payments.demo.writing import Written

SOURCE = Path(__file__).parent / "songming_earlier.toml"


def enrol(written: Sequence[Written], clerk: Staff, rng: Random) -> int:
    """Write the enrolments of earlier years, as taken over from the ledgers of the time; how many there are."""
    text = SOURCE.read_text(encoding="utf-8")
    loaded = load_ruleset(text=text, by=None, at=datetime(2013, 10, 1, 9, tzinfo=SHANGHAI))
    ruleset = read_ruleset(text)
    count = 0
    for period in ContributionPeriod.objects.filter(ruleset=loaded.ruleset).order_by("coverage_year"):
        year = period.coverage_year
        decided = _decisions([each for each in written if year in each.home.years], ruleset, year, rng)
        assessments = Assessment.objects.bulk_create(
            _assessment(facts, decision, at, period=period, edition_id=loaded.edition.pk, clerk=clerk)
            for facts, decision, at in decided
        )
        rows = [
            _enrollment(facts, member, by_ref[member.ref], assessment)
            for (facts, decision, _), assessment in zip(decided, assessments, strict=True)
            for by_ref in [{each.asked.ref: each for each in facts.members}]
            for member in decision.applicants
        ]
        count += len(Enrollment.objects.bulk_create(rows))
    return count


Decided = tuple[HouseholdFacts, HouseholdDecision, datetime]


def _decisions(written: Sequence[Written], ruleset: RuleSet, year: int, rng: Random) -> list[Decided]:
    """What each household owed for a year, asked on its own day of the autumn before."""
    days = working_days(date(year - 1, 10, 8), date(year - 1, 12, 24))
    taken = moments(rng, days, len(written))
    rng.shuffle(taken)
    ids = [each.household.pk for each in written]
    facts = read_households(ids, coverage_year=year, at=datetime(year - 1, 12, 25, tzinfo=SHANGHAI))
    found = []
    for each, moment in zip(written, taken, strict=True):
        at = max(moment, each.registered_at)
        household = _with_applicants(facts[each.household.pk], ruleset, year, at)
        decision = assess(household.asked, ruleset=ruleset, coverage_year=year, at=at)
        if decision.eligible:
            found.append((household, decision, at))
    return found


def _with_applicants(facts: HouseholdFacts, ruleset: RuleSet, year: int, at: datetime) -> HouseholdFacts:
    """All who ought to be insured and belonged to the household by then."""
    by_then = {member.asked.ref for member in facts.members if member.joined_on <= at.date()}
    asked = tuple(
        replace(
            member,
            applying=member.ref in by_then
            and not_due(member, ruleset=ruleset, coverage_year=year, day=at.date()) is None,
        )
        for member in facts.asked.members
    )
    return replace(facts, asked=replace(facts.asked, members=asked))


def _assessment(
    facts: HouseholdFacts,
    decision: HouseholdDecision,
    at: datetime,
    *,
    period: ContributionPeriod,
    edition_id: int,
    clerk: Staff,
) -> Assessment:
    return Assessment(
        household_id=facts.id,
        period=period,
        edition_id=edition_id,
        office_id=facts.office_id,
        division_code=facts.division_code,
        decided_at=at,
        by=clerk,
        channel="counter",
        standard=decision.standard,
        payable=decision.payable,
        sponsored=decision.sponsored,
        decision=decision_json(decision),
    )


def _enrollment(
    facts: HouseholdFacts, decided: MemberDecision, member: MemberFacts, assessment: Assessment
) -> Enrollment:
    charge, benefit = decided.charge, decided.benefit
    if charge is None or benefit is None:
        raise ValueError(f"an eligible applicant without charge or benefit: {decided.ref}")
    return Enrollment(
        person_id=member.person_id,
        household_id=facts.id,
        period_id=assessment.period_id,
        coverage_year=facts.coverage_year,
        office_id=facts.office_id,
        division_code=facts.division_code,
        assessment=assessment,
        category=charge.category,
        category_name=charge.category_name,
        standard=charge.standard,
        payable=charge.payable,
        sponsored=charge.sponsored,
        funder=charge.funder,
        benefit_starts_on=benefit.starts_on,
        benefit_ends_on=benefit.ends_on,
        usable_from=benefit.usable_from,
        reasons=[reason_json(reason) for reason in decided.reasons],
        registered_at=facts.registered_at,
        enrolled_at=assessment.decided_at,
    )
