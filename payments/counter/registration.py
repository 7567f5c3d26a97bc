"""新户登记: what the form offers, and what is said about a draft while it is typed: fees, doubles, mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from common.dates import local_day
from common.decision import Reason, Refusal
from common.kinship import doubt
from common.pinyin import initials
from enrollment import library
from enrollment.change_services import note_new_member
from enrollment.preview import preview
from enrollment.rules.decision import HouseholdDecision, MemberDecision
from enrollment.rules.ruleset import RuleSet
from households.duplicates import Known, known_among
from households.forms import RegistrationRead, RowRead, Vocabulary
from households.identity import NewbornKey
from households.models import Household, Person, RegistrationDraft
from households.services import add_member, record_certification
from households.services.persons import MemberRefusal
from households.words import Exempt, Word, disability_words
from offices.models import Division, Office, Staff
from payments.counter.reading import coverage_year
from payments.models import ReceiptLine

# Which cell a refusal of the services is about; others stand under the row.
CELLS = {"name": "name", "phone": "phone", "no_head": "relation", "second_head": "relation", "name_differs": "renamed"}


def vocabulary_of(office: Office, *, at: datetime) -> Vocabulary:
    """What the form offers at an office: two queries."""
    ruleset = library.current(office.ruleset_code)
    today = local_day(at)
    villages = Division.objects.at(today).within(office.division_code).filter(level=Division.Level.VILLAGE)
    return Vocabulary(
        categories=_category_words(ruleset),
        household_categories=frozenset(each.code for each in ruleset.categories if each.scope == "household"),
        certificates={each.code: each.document for each in ruleset.categories if each.document},
        hukou_division=office.division_code[:6],
        hukou_kind=_usual_hukou(ruleset),
        today=today,
        villages=tuple(villages.values_list("code", "name")),
    )


def exemptions_of(office: Office) -> tuple[Exempt, ...]:
    """Who may stay out of a household that enrols together, by the rules of an office."""
    found = library.current(office.ruleset_code).together.exemptions
    return tuple(Exempt(each.code, each.name, bool(each.parent_unit_levels)) for each in found)


def _category_words(ruleset: RuleSet) -> tuple[Word, ...]:
    """The rule set's categories that are claimed by a certificate or list, then disabilities by kind and grade."""
    provable = [each for each in ruleset.categories if each.proof in ("certificate", "funder_list")]
    claimed = [each for each in provable if each.disability is None]
    words = [Word("", ruleset.general.name, ("1", *initials(ruleset.general.name)))]
    for number, each in enumerate(claimed, start=2):
        words.append(Word(each.code, each.name, (str(number), *sorted(each.aliases), *initials(each.name))))
    return (*words, *disability_words())


def _usual_hukou(ruleset: RuleSet) -> str:
    """Rural where the rule set takes rural residents in, as most of its households are; urban otherwise."""
    kinds = {kind for way in ruleset.admissions for kind in way.hukou_kinds}
    return "rural" if "rural" in kinds else "urban"


def last_village(staff: Staff, villages: Sequence[tuple[str, str]]) -> str:
    """Where the clerk's last household lives: a queue comes from one village at a time; else the first one."""
    mine = Household.objects.filter(office=staff.office_id, registered_by=staff)
    last = mine.order_by("-pk").values_list("division_code", flat=True).first()
    codes = [code for code, _ in villages]
    return last if last in codes else next(iter(codes), "")


def people_in(draft: RegistrationDraft) -> int:
    """How many rows of a draft have somebody in them."""
    cells = [name.rsplit("-", 1) for name, typed in draft.payload.items() if str(typed).strip()]
    return len({row for row, *cell in cells if cell in (["id_no"], ["name"])})


def answer(read: RegistrationRead, *, by: Staff, at: datetime, priced: bool = True) -> dict[str, Any]:
    """What the page shows beside the draft, as JSON: by row the words, mistakes and fee, and the total."""
    rows: dict[str, dict[str, Any]] = {str(row.place): _row(row) for row in read.rows}
    _tell_doubles(read, rows, by=by)
    _tell_odd_relations(read, rows)
    said: dict[str, Any] = {"rows": rows, "errors": dict(read.errors), "total": "", "says": []}
    if not priced:
        return said
    try:
        decision = _preview(read, office=by.office, at=at)
    except Refusal as refusal:
        return said | {"says": [str(refusal)]}
    if decision is None:
        return said
    for row, decided in zip(_priced(read), decision.members, strict=True):
        rows[str(row.place)] |= _fee(decided)
    told = [reason for reason in (*decision.refusals, *decision.warnings) if reason.code != "NOBODY_APPLIES"]
    return said | {"total": f"{decision.payable:,.2f}", "says": [reason.text for reason in told]}


def _row(row: RowRead) -> dict[str, Any]:
    cells = dict(row.cells)
    if row.number:
        cells |= {"sex": Person.Sex(row.number.sex).label, "birth_date": row.number.birth_date.isoformat()}
    said: dict[str, Any] = {"cells": cells, "errors": dict(row.errors), "note": "", "renames": False}
    return said | {"fee": "", "word": "", "state": ""}


def _priced(read: RegistrationRead) -> list[RowRead]:
    """The rows that say enough to know what they cost."""
    return [row for row in read.rows if row.number or row.draft.birth_date]


def _preview(read: RegistrationRead, *, office: Office | None, at: datetime) -> HouseholdDecision | None:
    priced = _priced(read)
    if office is None or not priced:
        return None
    members = tuple(_with_birth_date(row) for row in priced)
    ruleset, year = library.current(office.ruleset_code), coverage_year(office, at=at)
    return preview(replace(read.household, members=members), ruleset=ruleset, coverage_year=year, at=at)


def _with_birth_date(row: RowRead) -> Any:
    return replace(row.draft, birth_date=row.number.birth_date) if row.number else row.draft


def _fee(decided: MemberDecision) -> dict[str, str]:
    if decided.applying and decided.refusals:
        return {"fee": "", "word": "不予办理", "state": "out", "why": decided.refusals[0].text}
    if decided.applying and decided.charge:
        start = f"{decided.benefit.starts_on} 起享受" if decided.benefit else ""
        return {"fee": f"{decided.payable:,.2f}", "word": decided.charge.category_name, "state": "due", "why": start}
    told = decided.reasons[0].text if decided.reasons else ""
    return {"fee": "", "word": "不参保", "state": "out", "why": told}


def _tell_doubles(read: RegistrationRead, rows: dict[str, dict[str, Any]], *, by: Staff) -> None:
    """Under its row: who, where, which year, which receipt; and twins within the form."""
    newborns = [row.draft for row in read.rows if row.draft.birth_certificate_no and row.draft.mother_id_no]
    found = known_among(
        [row.draft.id_no for row in read.rows if row.number],
        [NewbornKey(each.birth_certificate_no, each.mother_id_no) for each in newborns],
    )
    by_key = {each.person.id_no or each.person.birth_certificate_no: each for each in found}
    receipts = _last_receipts(found, by)
    seen: dict[str, int] = {}
    for row in read.rows:
        key = row.draft.id_no or row.draft.birth_certificate_no
        if not key:
            continue
        told = rows[str(row.place)]
        if key in seen:
            told["note"] = f"与第{seen[key] + 1}行的证件号相同，请核对。"
        seen.setdefault(key, row.place)
        if key in by_key:
            _tell_known(by_key[key], row, told, receipts, by=by)


def _tell_known(each: Known, row: RowRead, told: dict[str, Any], receipts: Mapping[int, str], *, by: Staff) -> None:
    told["note"] = " ".join(filter(None, [each.sentence(by), receipts.get(each.person.pk, "")]))
    told["taken"] = bool(each.is_taken or each.person.died_on)
    if not told["taken"]:
        told["renames"] = bool(row.draft.name) and row.draft.name != each.person.name
        if told["renames"]:
            told["note"] = f"这个证件号以前登记的姓名不是{row.draft.name}。请对照证件核对；确已改名的，勾选“已改名”。"


def _tell_odd_relations(read: RegistrationRead, rows: dict[str, dict[str, Any]]) -> None:
    """A parent who is younger than the head, and the like: told, not refused."""
    born = {row.place: row.number.birth_date if row.number else row.draft.birth_date for row in read.rows}
    head = next((row.place for row in read.rows if row.draft.is_head), None)
    head_born = born.get(head) if head is not None else None
    for row in read.rows:
        day = born[row.place]
        if head_born and day and row.place != head:
            told = rows[str(row.place)]
            odd = doubt(row.draft.relation, born=day, head_born=head_born)
            told["note"] = " ".join(filter(None, [told["note"], odd]))


def _last_receipts(found: Sequence[Known], by: Staff) -> dict[int, str]:
    """The last receipt of each person, if it was given within the scope."""
    if not found:
        return {}
    lines = ReceiptLine.objects.filter(
        enrollment__person__in=[each.person for each in found],
        receipt__division_code__startswith=by.division_scope,
        receipt__voided_at__isnull=True,
    ).select_related("receipt", "enrollment")
    told = {}
    for line in lines.order_by("receipt__issued_at"):
        year, number = line.receipt.coverage_year, line.receipt.printed_number
        told[line.enrollment.person_id] = f"{year}年度已缴费，收据 {number}。"
    return told


@transaction.atomic
def add_members(household: Household, read: RegistrationRead, *, by: Staff, at: datetime) -> None:
    """Add everybody in the form to a household, or nobody."""
    for place, draft in enumerate(read.household.members):
        try:
            joined = add_member(household_id=household.pk, draft=draft, by=by, at=at)
            note_new_member(membership_id=joined.pk, by=by, at=at)
        except Refusal as refusal:
            raise MemberRefusal({place: refusal.reasons}) from refusal
    for certification in read.household.certifications:
        record_certification(household_id=household.pk, draft=certification, by=by, at=at)


def refused(said: dict[str, Any], read: RegistrationRead, refusal: Refusal) -> dict[str, Any]:
    """Put the services' no beside the cells and rows that it is about."""
    if not isinstance(refusal, MemberRefusal):
        return said | {"says": [*(reason.text for reason in refusal.reasons), *said["says"]]}
    for at_draft, reasons in refusal.by_row.items():
        told = said["rows"][str(read.rows[at_draft].place)]
        for reason in reasons:
            _place(reason, told)
    return said


def _place(reason: Reason, told: dict[str, Any]) -> None:
    cell = "id_no" if reason.code.startswith("id_") else CELLS.get(reason.code)
    if cell == "renamed":
        told["renames"] = True
    if cell and cell != "renamed":
        told["errors"].setdefault(cell, reason.text)
    else:
        told["note"] = told["note"] or reason.text
