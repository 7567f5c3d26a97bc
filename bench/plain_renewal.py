"""续保预核 as one would write it with the ORM: iterate with what hangs on it, decide by the same rules, bulk_create."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from common.dates import local_day
from enrollment import library
from enrollment.models import ContributionPeriod, Enrollment, PreparedAssessment, PreparedOutcome
from enrollment.preparing import Answer, answers_in
from enrollment.rules import facts as rules
from enrollment.rules.assess import assess
from enrollment.rules.eligibility import not_due
from enrollment.rules.ruleset import RuleSet
from households.models import Household, RepaidYear
from offices.models import Office

AT_ONCE = 500
WITH = (
    "papers",
    "certifications",
    "memberships__person__certifications",
    "memberships__person__other_covers",
    "memberships__person__papers",
    Prefetch("memberships__person__repaid_years", RepaidYear.objects.filter(withdrawn_at=None)),
    Prefetch("memberships__person__enrollments", Enrollment.objects.in_force().only("person", "coverage_year")),
)


def prepare_plainly(*, offices: Sequence[Office], coverage_year: int, at: datetime, sample: int) -> int:
    """Prepare about so many persons; how many."""
    period = ContributionPeriod.objects.get(ruleset__code=offices[0].ruleset_code, coverage_year=coverage_year)
    ruleset = library.current(offices[0].ruleset_code)
    known: dict[Answer, PreparedOutcome] = {}
    households = Household.objects.filter(office__in=offices, closed_at=None).order_by("pk").prefetch_related(*WITH)
    written = 0
    rows: list[PreparedAssessment] = []
    for household in households.iterator(AT_ONCE):
        members = _members(household, ruleset, coverage_year, local_day(at))
        decision = assess(
            rules.Household(
                members=members,
                certifications=_certifications(household, local_day(at)),
                papers=_papers([paper for paper in household.papers.all() if not paper.person_id], coverage_year),
            ),
            ruleset=ruleset,
            coverage_year=coverage_year,
            at=at,
            registered_at=household.registered_at,
        )
        for ref, answer in answers_in(decision):
            if answer not in known:
                known[answer] = _outcome(answer, period)
            rows.append(
                PreparedAssessment(
                    person_id=int(ref),
                    household=household,
                    coverage_year=coverage_year,
                    office_id=household.office_id,
                    division_code=household.division_code,
                    outcome=known[answer],
                    prepared_at=at,
                )
            )
        if len(rows) >= AT_ONCE:
            written += len(PreparedAssessment.objects.bulk_create(rows))
            rows = []
            if written >= sample:
                break
    return written + len(PreparedAssessment.objects.bulk_create(rows))


def _members(household: Household, ruleset: RuleSet, year: int, day: date) -> tuple[rules.Member, ...]:
    """Who lives in the household; whoever ought to be insured takes part."""
    found = []
    for membership in sorted(household.memberships.all(), key=lambda each: (each.relation != "02", each.pk)):
        person = membership.person
        gone = [last for last in (membership.ends_on, person.died_on) if last and last <= day]
        if membership.starts_on <= day and not gone:
            member = _member(person, year, day)
            due = not_due(member, ruleset=ruleset, coverage_year=year, day=day) is None
            found.append(replace(member, applying=due))
    return tuple(found)


def _member(person: Any, year: int, day: date) -> rules.Member:
    covers = [each for each in person.other_covers.all() if each.starts_on is None or each.starts_on <= day]
    running = [each for each in covers if each.ends_on is None]
    ended = sorted((each for each in covers if each.ends_on and each.kind == "employee"), key=lambda each: each.ends_on)
    holder = person.residence_holder if (person.residence_valid_to or day) >= day else ""
    return rules.Member(
        ref=str(person.pk),
        name=person.name,
        hukou=rules.Hukou(person.hukou_division, person.hukou_kind),
        birth_date=person.birth_date,
        certifications=_certifications(person, day),
        insured_elsewhere=rules.OtherCover(running[0].kind, running[0].certificate_seen_at is not None)
        if running
        else None,
        employee_cover=rules.EndedCover(ended[-1].ends_on, ended[-1].division) if ended else None,
        in_employee_scope=person.in_employee_scope,
        exemption=person.exemption,
        parent_unit_level=person.parent_unit_level,
        residence_certificate=holder == "self",
        parent_residence_certificate=holder == "parent",
        admitted_by_supervisor=person.admitted_at is not None,
        student=rules.Student(person.student_kind, person.school_in_area) if person.student_kind else None,
        photos=person.photos,
        papers=_papers(person.papers.all(), year),
        covered_years=frozenset(each.coverage_year for each in person.enrollments.all()),
        repaid_years=frozenset(each.coverage_year for each in person.repaid_years.all()),
    )


def _certifications(owner: Any, day: date) -> tuple[rules.Certification, ...]:
    return tuple(
        rules.Certification(
            category=each.category,
            disability=rules.Disability(each.disability_kind, each.disability_grade) if each.disability_kind else None,
            original_seen=each.original_seen_at is not None,
            copy_kept=each.copy_kept_at is not None,
            on_funder_list=each.on_funder_list,
            issued_by_division=each.issued_by_division,
            valid_until=each.valid_to,
        )
        for each in owner.certifications.all()
        if each.claimed and (each.ended_on is None or each.ended_on >= day) and (each.valid_from or day) <= day
    )


def _papers(papers: Iterable[Any], year: int) -> frozenset[str]:
    return frozenset(each.document for each in papers if each.original_seen_at and each.coverage_year in {None, year})


def _outcome(answer: Answer, period: ContributionPeriod) -> PreparedOutcome:
    told = {each.name: getattr(answer, each.name) for each in fields(answer)} | {"codes": list(answer.codes)}
    return PreparedOutcome.objects.create(period=period, edition_id=period.ruleset.current_edition_id, **told)
