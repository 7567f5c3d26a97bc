"""参保人: reading what was typed about a person, and changing a person's facts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from common import names, phone
from common.dates import local_day
from common.decision import Reason, Refusal
from common.typed import InputError
from households import identity
from households.drafts import MemberDraft
from households.duplicates import Known, find_duplicate
from households.identity import NewbornKey
from households.models import Person
from households.spelling import initial_keys, pinyin_of
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.constraints import sentence
from offices.models import Staff

# What a draft and a person call alike.
FACTS = (
    "ethnicity",
    "hukou_division",
    "hukou_kind",
    "exemption",
    "parent_unit",
    "parent_unit_level",
    "in_employee_scope",
    "student_kind",
    "school_name",
    "school_in_area",
    "residence_holder",
    "residence_kind",
    "residence_number",
    "residence_valid_to",
    "photos",
)
CHANGEABLE = frozenset({*FACTS, "name", "id_no", "phone", "sex", "birth_date", "died_on"})
# A renewed person's empty cells keep what is known; these are answers also when they are empty.
ANSWERS = frozenset({"in_employee_scope", "school_in_area", "photos"})


class MemberRefusal(Refusal):
    """不予登记: the reasons, and which row of the form each belongs to (counted from 0)."""

    def __init__(self, by_row: Mapping[int, Sequence[Reason]]) -> None:
        self.by_row = {row: tuple(reasons) for row, reasons in by_row.items()}
        super().__init__(*(reason for reasons in self.by_row.values() for reason in reasons))


@dataclass(frozen=True, slots=True)
class Row:
    """A member's row, read: the draft, the person it makes, and the key of a newborn without a number."""

    draft: MemberDraft
    person: Person
    newborn: NewbornKey | None


def read_rows(members: Sequence[MemberDraft], *, division_code: str, today: date) -> list[Row]:
    """Read all rows, or refuse with everything that is wrong in any of them."""
    rows, wrong = [], {}
    for place, draft in enumerate(members):
        try:
            rows.append(_read_row(draft, division_code=division_code, today=today))
        except Refusal as refusal:
            wrong[place] = refusal.reasons
    if wrong:
        raise MemberRefusal(wrong)
    _refuse_twins(rows)
    return rows


def _read_row(draft: MemberDraft, *, division_code: str, today: date) -> Row:
    person = Person(division_code=division_code, sex=draft.sex, **{fact: getattr(draft, fact) for fact in FACTS})
    _set_name(person, draft.name)
    person.phone = _read_phone(draft.phone)
    newborn = None
    if draft.id_no.strip():
        identity.write(person, identity.read(draft.id_no, today=today))
    else:
        newborn = _read_newborn(person, draft, today=today)
    _check_fields(person)
    return Row(draft, person, newborn)


def _read_newborn(person: Person, draft: MemberDraft, *, today: date) -> NewbornKey:
    certificate = draft.birth_certificate_no.strip().upper()
    if not certificate:
        raise Refusal(
            Reason("id_empty", "未录入身份证号。请录入18位号码；新生儿尚无号码的，录入出生医学证明编号和母亲身份证号。")
        )
    mother = identity.read(draft.mother_id_no, today=today, whose="母亲的")
    if draft.birth_date is None or not draft.sex:
        raise Refusal(Reason("newborn_incomplete", "新生儿尚无身份证号，请照出生医学证明录入出生日期和性别。"))
    if draft.birth_date > today:
        raise Refusal(Reason("birth_in_future", f"出生日期{draft.birth_date}晚于今天，请对照出生医学证明核对。"))
    person.birth_date = draft.birth_date
    person.birth_certificate_no, person.mother_id_no = certificate, mother.number
    return NewbornKey(certificate, mother.number)


def _set_name(person: Person, text: str) -> None:
    try:
        person.name = names.parse_name(text)
    except InputError as error:
        raise Refusal(Reason("name", str(error))) from error
    person.pinyin, person.initials = pinyin_of(person.name), initial_keys(person.name)


def _read_phone(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return phone.parse_phone(text)
    except InputError as error:
        raise Refusal(Reason("phone", str(error))) from error


def _check_fields(person: Person) -> None:
    """Say per person, before anything is written, what the table's columns and constraints would refuse."""
    try:
        person.clean_fields(exclude=["admitted_by", "initials"])
    except ValidationError as error:
        raise Refusal(*(_field_reason(field, texts) for field, texts in error.message_dict.items())) from error
    for constraint, holds in _held_together(person).items():
        if not holds:
            raise Refusal(Reason(constraint, sentence(constraint)))


def _held_together(person: Person) -> dict[str, bool]:
    """The constraints over several columns, in Python: asked of the database, each would cost a statement."""
    return {
        "person_hukou_is_6_to_12_digits": bool(re.fullmatch(r"[0-9]{6,12}", person.hukou_division)),
        "person_exemption_names_the_unit": person.exemption != Person.STAFF_CHILD
        or bool(person.parent_unit and person.parent_unit_level),
        "person_student_names_the_school": bool(person.student_kind)
        or not (person.school_name or person.school_in_area),
        "person_residence_is_whole": all((person.residence_holder, person.residence_kind, person.residence_number))
        or not any(
            (person.residence_holder, person.residence_kind, person.residence_number, person.residence_valid_to)
        ),
        "person_died_after_birth": person.died_on is None or person.died_on >= person.birth_date,
    }


def _field_reason(field: str, texts: Sequence[str]) -> Reason:
    return Reason(field, f"{Person._meta.get_field(field).verbose_name}：{''.join(texts)}请核对后重新录入。")


def _refuse_twins(rows: Sequence[Row]) -> None:
    places: dict[object, int] = {}
    for place, row in enumerate(rows):
        first = places.setdefault(row.newborn or row.person.id_no, place)
        if first != place:
            name = rows[first].person.name
            raise MemberRefusal({place: [Reason("twice", f"与第{first + 1}行（{name}）的证件号相同，请核对。")]})


def merge_known(rows: Sequence[Row], known: Sequence[Known], *, by: Staff) -> list[Person]:
    """The persons to be written: new ones, and known ones brought up to date; refuse whoever cannot be taken."""
    by_number = {identity.number_of(each.person): each for each in known}
    by_certificate = {each.person.birth_certificate_no: each for each in known}
    persons, wrong = [], {}
    for place, row in enumerate(rows):
        if row.newborn:
            each = by_certificate.get(row.newborn.birth_certificate_no)
        else:
            each = by_number.get(identity.number_of(row.person))
        reason = _why_not(row, each, by) if each else None
        if reason:
            wrong[place] = [reason]
        persons.append(_renewed(each.person, row) if each else row.person)
    if wrong:
        raise MemberRefusal(wrong)
    return persons


def _why_not(row: Row, each: Known, by: Staff) -> Reason | None:
    if each.is_taken or each.person.died_on:
        return Reason("duplicate", each.sentence(by))
    if row.newborn and each.person.mother_id_no != row.newborn.mother_id_no:
        text = "这份出生医学证明已经登记过，登记的母亲身份证号与这里的不同。请对照出生医学证明核对编号和母亲身份证号。"
        return Reason("mother_differs", text)
    if each.person.name != row.person.name and not row.draft.renamed:
        return Reason(
            "name_differs",
            f"这个证件号以前登记的姓名不是{row.person.name}。请对照证件核对姓名和号码；确已改名的，勾选“已改名”后再提交。",
        )
    return None


def _renewed(person: Person, row: Row) -> Person:
    """A person known from before, with what the new form says; what it leaves empty stays."""
    for fact in (*FACTS, "phone"):
        value = getattr(row.person, fact)
        if fact in ANSWERS or value not in ("", None):
            setattr(person, fact, value)
    person.division_code = row.person.division_code
    person.name, person.pinyin, person.initials = row.person.name, row.person.pinyin, row.person.initials
    return person


@accountable
def update_person(*, person_id: int, changes: Mapping[str, Any], by: Staff, at: datetime) -> Person:
    """Change a person's facts: names of FACTS, `name`, `phone`, `died_on`, and `id_no` with what follows from it.

    A newborn's number is given here once it has come; another number for a person who has one is a correction
    that only a supervisor makes.
    """
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise ValueError(f"not changeable here: {sorted(unknown)}")
    person = visible(Person.objects.select_for_update(of=["self"]), by).get(pk=person_id)
    before = {name: getattr(person, name) for name in changes}
    _apply(person, dict(changes), by=by, today=local_day(at))
    _check_fields(person)
    person.save()
    changed = [name for name, old in before.items() if getattr(person, name) != old]
    record(by=by, at=at, verb="update_person", subject=person, detail={"fields": sorted(changed)})
    return person


def _apply(person: Person, changes: dict[str, Any], *, by: Staff, today: date) -> None:
    number = changes.pop("id_no", None)
    if number is not None:
        _give_number(person, number, by=by, today=today)
    elif person.id_no and changes.keys() & {"sex", "birth_date"}:
        raise Refusal(
            Reason("follows_from_id", "性别和出生日期由身份证号得出，不能单独更改。号码有误的，请主管更正号码。")
        )
    if "name" in changes:
        _set_name(person, changes.pop("name"))
    if "phone" in changes:
        person.phone = _read_phone(changes.pop("phone"))
    for name, value in changes.items():
        setattr(person, name, value)
    for day, what in ((person.birth_date, "出生日期"), (person.died_on, "死亡日期")):
        if day and day > today:
            raise Refusal(Reason("in_future", f"{what}{day}晚于今天，请核对。"))


def _give_number(person: Person, text: str, *, by: Staff, today: date) -> None:
    number = identity.read(text, today=today)
    if number.number == person.id_no:
        return
    if person.id_no:
        require_role(by, Staff.Role.SUPERVISOR)
    other = find_duplicate(number.number)
    if other:
        raise Refusal(Reason("duplicate", other.sentence(by)))
    identity.write(person, number)


@accountable
def admit_person(*, person_id: int, reason: str, by: Staff, at: datetime) -> Person:
    """Admit a person who belongs to none of the groups that a text names (国家规定的其他人员), with a reason."""
    require_role(by, Staff.Role.SUPERVISOR)
    if not reason.strip():
        raise Refusal(Reason("reason", "请写明特准参保的事由和所依据的国家规定，审计时要查。"))
    person = visible(Person.objects.select_for_update(of=["self"]), by).get(pk=person_id)
    person.admitted_by, person.admitted_at, person.admission_reason = by, at, reason.strip()
    person.save(update_fields=["admitted_by", "admitted_at", "admission_reason"])
    record(by=by, at=at, verb="admit_person", subject=person, detail={"reason": person.admission_reason})
    return person
