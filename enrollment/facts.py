"""事实: households as the database knows them, made into what the rules ask and what a page shows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from operator import is_, itemgetter
from typing import Any

from django.db import connection

from common.dates import local_day
from common.sealing import ID_NUMBER, PHONE
from enrollment import library
from enrollment.facts_sql import HOUSEHOLDS
from enrollment.rules import facts as rules
from enrollment.rules.assess import assess
from enrollment.rules.decision import HouseholdDecision
from enrollment.rules.eligibility import not_due
from enrollment.rules.ruleset import RuleSet
from offices.keys import unsealed


@dataclass(frozen=True, slots=True)
class CoveredYear:
    """参保登记 in force of one person for one year, wherever it was made.

    `terminated_after` is its last day where a change, of the kind `terminated_by`, ended it early; before the first day
    it never began.
    """

    enrollment_id: int
    coverage_year: int
    household_id: int
    office_name: str
    assessment_id: int
    category_name: str
    payable: Decimal
    sponsored: Decimal
    funder: str
    benefit_starts_on: date
    benefit_ends_on: date
    enrolled_at: datetime
    terminated_after: date | None = None
    terminated_by: str = ""


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What a page shows of one member, and what the rules ask (`asked.ref` is the person's id as text).

    `covered` is empty where only what the rules ask was read (facts_sql.HOUSEHOLD): the years. `left_on` is the last
    day of somebody who leaves the household.
    """

    person_id: int
    name: str
    sealed_id_no: str = field(repr=False)
    sex: str
    birth_date: date
    relation: str
    joined_on: date
    sealed_phone: str = field(repr=False)
    died_on: date | None
    covered: tuple[CoveredYear, ...]
    asked: rules.Member
    left_on: date | None = None

    @property
    def id_no(self) -> str:
        """The whole number, opened only where it is needed; '' for a newborn without one."""
        return unsealed(ID_NUMBER, self.sealed_id_no)

    @property
    def phone(self) -> str:
        """The telephone, '' for none."""
        return unsealed(PHONE, self.sealed_phone)

    def covered_in(self, coverage_year: int) -> CoveredYear | None:
        """The enrolment of that year, or None."""
        return next((each for each in self.covered if each.coverage_year == coverage_year), None)


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """What is known about one household for one coverage year, on one day.

    `edition_id`, `sha256` and `period_id` are None where the office's rule set, or the year in it, is not loaded.
    """

    id: int
    coverage_year: int
    day: date
    office_id: int
    office_name: str
    division_code: str
    number: str
    hukou_book_no: str
    address: str
    sealed_phone: str = field(repr=False)
    registered_at: datetime
    closed_at: datetime | None
    ruleset_code: str
    edition_id: int | None
    sha256: str | None
    period_id: int | None
    verified_at: datetime | None
    members: tuple[MemberFacts, ...]
    asked: rules.Household

    @property
    def phone(self) -> str:
        """The household's telephone, '' for none."""
        return unsealed(PHONE, self.sealed_phone)

    @property
    def head(self) -> MemberFacts | None:
        """户主, or whoever comes first."""
        return self.members[0] if self.members else None

    def ruleset(self) -> RuleSet:
        """The compiled rule set of the office; a refusal where none is loaded."""
        if self.edition_id is None or self.sha256 is None:
            raise library.unknown(self.ruleset_code)
        return library.compiled(edition_id=self.edition_id, sha256=self.sha256)

    def alone(self, person_id: int) -> "HouseholdFacts":
        """The same household with nobody else in it to be asked about."""
        members = tuple(member for member in self.asked.members if member.ref == str(person_id))
        return replace(self, asked=replace(self.asked, members=members))

    def present_on(self, day: date) -> "HouseholdFacts":
        """The same household without those who have died or left by a later day."""
        gone = {member.asked.ref for member in self.members if _gone(member, day)}
        members = tuple(member for member in self.asked.members if member.ref not in gone)
        return replace(self, asked=replace(self.asked, members=members))

    def decide(self, *, at: datetime, channel: str = "counter") -> HouseholdDecision:
        """Whether money could be taken at `at`, how much, and what it would buy."""
        return assess(
            self.asked,
            ruleset=self.ruleset(),
            coverage_year=self.coverage_year,
            at=at,
            registered_at=self.registered_at,
            verified_at=self.verified_at,
            channel=channel,
        )


def read_household(
    household_id: int, *, coverage_year: int, at: datetime, applying: Collection[int] | None = None
) -> HouseholdFacts | None:
    """The facts about one household in one query; None where there is no such household."""
    return read_households([household_id], coverage_year=coverage_year, at=at, applying=applying).get(household_id)


def read_households(
    household_ids: Iterable[int], *, coverage_year: int, at: datetime, applying: Collection[int] | None = None
) -> dict[int, HouseholdFacts]:
    """The facts about several households in one query.

    `applying` names the persons who take part; without it all take part who ought to be insured and are not yet.
    """
    parameters = facts_parameters(household_ids, coverage_year=coverage_year, at=at)
    with connection.cursor() as cursor:
        cursor.execute(HOUSEHOLDS, parameters)
        rows = [row[0] for row in cursor.fetchall()]
    return {row["id"]: household_facts(row, coverage_year=coverage_year, at=at, applying=applying) for row in rows}


def facts_parameters(household_ids: Iterable[int], *, coverage_year: int, at: datetime) -> dict[str, Any]:
    """The parameters of facts_sql.HOUSEHOLDS."""
    return {"households": list(household_ids), "year": coverage_year, "day": local_day(at)}


def household_facts(
    row: Mapping[str, Any], *, coverage_year: int, at: datetime, applying: Collection[int] | None = None
) -> HouseholdFacts:
    """One document of facts_sql.HOUSEHOLDS, or of HOUSEHOLD, as values."""
    day = local_day(at)
    members = tuple(_member(each, coverage_year, day) for each in row["members"] or ())
    asked = rules.Household(
        members=tuple(member.asked for member in members if not _gone(member, day)),
        certifications=_certifications(row["certifications"]),
        papers=frozenset(row["papers"] or ()),
        overrides=frozenset(row["overrides"] or ()),
    )
    facts = HouseholdFacts(
        id=row["id"],
        coverage_year=coverage_year,
        day=day,
        office_id=row["office"],
        office_name=row["office_name"],
        division_code=row["division_code"],
        number=row["number"],
        hukou_book_no=row["hukou_book_no"],
        address=row["address"],
        sealed_phone=row["phone"],
        registered_at=datetime.fromisoformat(row["registered_at"]),
        closed_at=_moment(row["closed_at"]),
        ruleset_code=row["ruleset"],
        edition_id=row["edition"],
        sha256=row["sha256"],
        period_id=row["period"],
        verified_at=_moment(row["verified_at"]),
        members=members,
        asked=asked,
    )
    return _with_applicants(facts, applying, day)


def _with_applicants(facts: HouseholdFacts, applying: Collection[int] | None, day: date) -> HouseholdFacts:
    """Mark who takes part: those named, or else whoever ought to enrol by the rule set."""
    if applying is not None:
        chosen = {str(person_id) for person_id in applying}
    elif facts.edition_id is None:
        chosen = set()
    else:
        year, ruleset = facts.coverage_year, facts.ruleset()
        due = [m for m in facts.asked.members if not not_due(m, ruleset=ruleset, coverage_year=year, day=day)]
        chosen = {member.ref for member in due}
    asked = tuple(_takes_part(member, member.ref in chosen) for member in facts.asked.members)
    if len(asked) == len(facts.members) and all(map(is_, asked, facts.asked.members)):
        return facts
    by_ref = {member.ref: member for member in asked}
    members = tuple(_with_asked(m, by_ref.get(m.asked.ref) or _takes_part(m.asked, False)) for m in facts.members)
    return replace(facts, members=members, asked=replace(facts.asked, members=asked))


def _takes_part(member: rules.Member, applying: bool) -> rules.Member:
    return member if member.applying == applying else replace(member, applying=applying)


def _with_asked(member: MemberFacts, asked: rules.Member) -> MemberFacts:
    return member if member.asked is asked else replace(member, asked=asked)


def _gone(member: MemberFacts, day: date) -> bool:
    """Dead, or here for the last day: no longer due, and not asked."""
    return any(last is not None and last <= day for last in (member.died_on, member.left_on))


def _member(row: Mapping[str, Any], coverage_year: int, day: date) -> MemberFacts:
    covered = tuple(_covered(each) for each in row.get("enrollments") or ())
    years = row["years"] or () if "years" in row else (each.coverage_year for each in covered)
    return MemberFacts(
        person_id=row["person"],
        name=row["name"],
        sealed_id_no=row["id_no"] or "",
        sex=row["sex"],
        birth_date=date.fromisoformat(row["birth_date"]),
        relation=row["relation"],
        joined_on=date.fromisoformat(row["joined_on"]),
        sealed_phone=row["phone"],
        died_on=_day(row["died_on"]),
        left_on=_day(row["left_on"]),
        covered=covered,
        asked=_asked(row, frozenset(years), coverage_year, day),
    )


def _asked(row: Mapping[str, Any], covered_years: frozenset[int], coverage_year: int, day: date) -> rules.Member:
    covers = _latest_first(row["other_covers"] or ())
    student = rules.Student(row["student_kind"], row["school_in_area"]) if row["student_kind"] else None
    return rules.Member(
        ref=str(row["person"]),
        name=row["name"],
        hukou=rules.Hukou(row["hukou_division"], row["hukou_kind"]),
        birth_date=date.fromisoformat(row["birth_date"]),
        certifications=_certifications(row["certifications"]),
        insured_elsewhere=_insured_elsewhere(covers, coverage_year, day),
        employee_cover=_ended_cover(covers),
        employee_years=_employee_years(covers, day),
        in_employee_scope=row["in_employee_scope"],
        exemption=row["exemption"],
        parent_unit_level=row["parent_unit_level"],
        residence_certificate=row["residence_holder"] == "self",
        parent_residence_certificate=row["residence_holder"] == "parent",
        admitted_by_supervisor=row["admitted"],
        student=student,
        photos=row["photos"],
        papers=frozenset(row["papers"] or ()),
        covered_years=covered_years,
        repaid_years=frozenset(row["repaid"] or ()),
    )


def _latest_first(covers: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without a known end before those with one; of the same end the older row first."""
    return sorted(sorted(covers, key=itemgetter("id")), key=lambda each: each["ends_on"] or "9999-12-31", reverse=True)


def _insured_elsewhere(covers: Iterable[Mapping[str, Any]], coverage_year: int, day: date) -> rules.OtherCover | None:
    """A cover that runs on without a known end, or, of the rural scheme, into the year that is to be bought.

    An employee cover whose end is known goes to the rules as it is: they say from when the person may join.
    """
    last_needed = max(day, date(coverage_year, 1, 1))
    for cover in covers:
        ends_on = _day(cover["ends_on"])
        if ends_on is None or (cover["kind"] == "nrcms" and ends_on >= last_needed):
            return rules.OtherCover(cover["kind"], cover["certificate_seen"])
    return None


def _ended_cover(covers: Iterable[Mapping[str, Any]]) -> rules.EndedCover | None:
    """The employee cover whose known end is the latest, of rows that come latest first."""
    for cover in covers:
        ends_on = _day(cover["ends_on"])
        if cover["kind"] == "employee" and ends_on is not None:
            return rules.EndedCover(ends_on, cover["division"])
    return None


def _employee_years(covers: Iterable[Mapping[str, Any]], day: date) -> frozenset[int]:
    """The years in which an ended employee cover held on at least one day; of an unknown start the last one only."""
    years: set[int] = set()
    for cover in covers:
        ends_on, starts_on = _day(cover["ends_on"]), _day(cover["starts_on"])
        if cover["kind"] == "employee" and ends_on is not None:
            years.update(range((starts_on or ends_on).year, min(ends_on, day).year + 1))
    return frozenset(years)


def _covered(row: Mapping[str, Any]) -> CoveredYear:
    terminated = row["terminated"] or {}
    return CoveredYear(
        enrollment_id=row["id"],
        coverage_year=row["coverage_year"],
        household_id=row["household"],
        office_name=row["office"],
        assessment_id=row["assessment"],
        category_name=row["category_name"],
        payable=Decimal(row["payable"]),
        sponsored=Decimal(row["sponsored"]),
        funder=row["funder"],
        benefit_starts_on=date.fromisoformat(row["benefit_starts_on"]),
        benefit_ends_on=date.fromisoformat(row["benefit_ends_on"]),
        enrolled_at=datetime.fromisoformat(row["enrolled_at"]),
        terminated_after=_day(terminated.get("last_day")),
        terminated_by=terminated.get("kind", ""),
    )


def _certifications(rows: Iterable[Mapping[str, Any]] | None) -> tuple[rules.Certification, ...]:
    return tuple(map(_certification, sorted(rows, key=itemgetter("id")))) if rows else ()


def _certification(row: Mapping[str, Any]) -> rules.Certification:
    disability = None
    if row["disability_kind"]:
        parts = tuple(rules.Disability(each["kind"], each.get("grade")) for each in row["components"])
        disability = rules.Disability(row["disability_kind"], row["disability_grade"], parts)
    return rules.Certification(
        category=row["category"],
        disability=disability,
        original_seen=row["original_seen"],
        copy_kept=row["copy_kept"],
        on_funder_list=row["on_funder_list"],
        issued_by_division=row["issued_by_division"],
        valid_until=_day(row["valid_until"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
