"""参保登记表的内容: a household's facts and this year's decision, made into the form that is drawn."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from common import relations
from common.decision import Reason, Refusal
from enrollment import library
from enrollment.facts import HouseholdFacts, MemberFacts, read_household
from enrollment.rules.decision import MemberDecision
from enrollment.rules.on_sale import year_on_sale
from households import identity, vault
from households.models import Certification, Household, OtherCover, Person, StoredFile
from households.services import photos_of
from offices.models import Division, Office
from payments.paper.form_sheet import TITLE, FormDocument, FormMember


def blank_form(office: Office, *, at: datetime) -> FormDocument:
    """A form to be filled in by pen."""
    return FormDocument(
        office=office.name,
        title=_title(office),
        declaration_clause=_clause(office),
        demo=settings.DEMO,
        printed=_printed(at),
    )


def filled_form(household: Household, *, at: datetime) -> FormDocument:
    """The household's form as it is now; whoever prints it logs that ID numbers were shown whole."""
    facts = _facts(household, at=at)
    decided = {each.ref: each for each in facts.decide(at=at).members} if facts else {}
    rows = household.memberships.filter(ends_on=None).select_related("person")
    memberships = {row.person_id: row for row in rows}
    order = [member.person_id for member in facts.members] if facts else list(memberships)
    persons = [memberships[pk].person for pk in order if pk in memberships]
    known = {member.person_id: member for member in facts.members} if facts else {}
    certifications, covers = _certified(persons), _covered(persons)
    photos = photos_of([person.pk for person in persons])
    members = tuple(
        _member(
            person,
            relation=memberships[person.pk].relation,
            facts=known.get(person.pk),
            decided=decided.get(str(person.pk)),
            year=facts.coverage_year if facts else 0,
            certified=[*certifications.get(person.pk, ()), *certifications.get(None, ())],
            covers=covers.get(person.pk, ()),
            photo=photos.get(person.pk),
        )
        for person in persons
    )
    head = next((p for p in persons if memberships[p.pk].relation == relations.HEAD), None)
    return FormDocument(
        office=household.office.name,
        title=_title(household.office),
        coverage_year=str(facts.coverage_year) if facts else "",
        number=household.number,
        head=head.name if head else "",
        hukou_book_no=household.hukou_book_no,
        hukou_address=_place(head.hukou_division) if head else "",
        address=household.address,
        phone=household.phone,
        declaration_clause=_clause(household.office),
        printed=_printed(at),
        demo=settings.DEMO,
        members=members,
    )


def _facts(household: Household, *, at: datetime) -> HouseholdFacts | None:
    """What is decided this year; None where the rule set has no year, and the form is printed without category."""
    try:
        year = year_on_sale(library.current(household.office.ruleset_code), at)
        return read_household(household.pk, coverage_year=year, at=at) if year else None
    except Refusal:
        return None


def _title(office: Office) -> str:
    """As a receipt is headed: by the name of the insurance."""
    try:
        return f"{library.current(office.ruleset_code).name}参保登记表"
    except Refusal:
        return TITLE


def _clause(office: Office) -> str:
    try:
        clause = library.current(office.ruleset_code).declaration
    except Refusal:
        return ""
    return str(clause) if clause else ""


def _printed(at: datetime) -> str:
    return f"打印时间 {at:%Y-%m-%d %H:%M}"


def _member(
    person: Person,
    *,
    relation: str,
    facts: MemberFacts | None,
    decided: MemberDecision | None,
    year: int,
    certified: Iterable[Certification],
    covers: Iterable[OtherCover],
    photo: StoredFile | None,
) -> FormMember:
    number = identity.number_of(person)
    category, fee, reasons = _decision(facts, decided, year)
    return FormMember(
        name=person.name,
        sex=person.get_sex_display(),
        ethnicity=person.ethnicity,
        born=f"{person.birth_date:%Y-%m-%d}",
        id_kind="居民身份证（户口簿）" if number else "出生医学证明",
        id_no=number or person.birth_certificate_no,
        relation=relations.label(relation),
        hukou=person.get_hukou_kind_display(),
        category=category,
        fee=fee,
        special="；".join(_certificate(each) for each in certified),
        other_cover="；".join(_cover(each) for each in covers),
        clauses="；".join(dict.fromkeys(str(reason.clause) for reason in reasons if reason.clause)),
        photo=(vault.get(photo.name, sha256=photo.sha256) or b"") if photo else b"",
    )


def _decision(
    facts: MemberFacts | None, decided: MemberDecision | None, year: int
) -> tuple[str, str, tuple[Reason, ...]]:
    """Category, fee and the reasons of both: of the enrolment if there is one, else of today's decision."""
    covered = facts.covered_in(year) if facts else None
    if covered:
        return covered.category_name, f"{covered.payable:,.2f} 元（已缴）", decided.reasons if decided else ()
    if decided and decided.applying and decided.charge:
        return decided.charge.category_name, f"{decided.payable:,.2f} 元", decided.charge.reasons
    return "", "不参保" if decided else "", decided.reasons if decided else ()


def _certificate(row: Certification) -> str:
    name = row.kind or row.category
    grade = f"{row.disability_kind}{row.disability_grade}级" if row.disability_grade else row.disability_kind
    return " ".join(filter(None, (name, grade, row.number)))


def _cover(row: OtherCover) -> str:
    return f"{row.get_kind_display()} {row.certificate_number}".strip()


def _place(code: str) -> str:
    """The place of the hukou: its name where the divisions know it, else its code."""
    names = Division.objects.filter(code=code.ljust(12, "0")).order_by("-starts_on").values_list("name", flat=True)
    return names.first() or code


def _certified(persons: Iterable[Person]) -> Mapping[int | None, list[Certification]]:
    """Open certifications by person; those of the household stand under None."""
    ids = [person.pk for person in persons]
    of_household = Q(household__memberships__person__in=ids, household__memberships__ends_on=None)
    found: dict[int | None, list[Certification]] = defaultdict(list)
    rows = Certification.objects.filter(Q(person__in=ids) | of_household, ended_on=None).distinct().order_by("pk")
    for row in rows:
        found[row.person_id].append(row)
    return found


def _covered(persons: Iterable[Person]) -> Mapping[int, list[OtherCover]]:
    found: dict[int, list[OtherCover]] = defaultdict(list)
    for row in OtherCover.objects.filter(person__in=[p.pk for p in persons]).order_by("pk"):
        found[row.person_id].append(row)
    return found
