"""类别认定、其他医保: recording what proves a category, and what covers a person already."""

from datetime import datetime

from common import disability
from common.dates import local_day
from common.decision import Reason, Refusal
from common.disability import DisabilityCertificateError
from households import identity
from households.drafts import CertificationDraft, OtherCoverDraft
from households.models import Certification, Household, OtherCover, Person
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff

CERTIFICATION_FACTS = (
    "category",
    "disability_kind",
    "disability_grade",
    "kind",
    "number",
    "issued_on",
    "issued_by_division",
    "valid_from",
    "valid_to",
    "funder_list",
    "claimed",
    "ended_on",
)
COVER_FACTS = ("kind", "division", "starts_on", "ends_on", "certificate_number")
# From here on a number is that of a second-generation disability certificate and must agree with its holder.
DISABILITY_NUMBER_LENGTH = 20


def certification_of(
    draft: CertificationDraft,
    *,
    by: Staff,
    at: datetime,
    person: Person | None = None,
    household: Household | None = None,
) -> Certification:
    """The row that a draft makes, not yet saved."""
    certification = Certification(person=person, household=household)
    _fill_certification(certification, draft, by=by, at=at)
    return certification


def other_cover_of(draft: OtherCoverDraft, *, person: Person, by: Staff, at: datetime) -> OtherCover:
    """The row that a draft makes, not yet saved."""
    cover = OtherCover(person=person)
    _fill_cover(cover, draft, by=by, at=at)
    return cover


def _fill_certification(certification: Certification, draft: CertificationDraft, *, by: Staff, at: datetime) -> None:
    for fact in CERTIFICATION_FACTS:
        setattr(certification, fact, getattr(draft, fact))
    certification.components = [dict(each) for each in draft.components]
    _check_dates(draft)
    if draft.disability_kind and certification.person:
        _check_disability_number(draft, certification.person, at=at)
    _tick(certification, "original_seen", seen=draft.original_seen, by=by, at=at)
    _tick(certification, "copy_kept", seen=draft.copy_kept, by=by, at=at)


def _fill_cover(cover: OtherCover, draft: OtherCoverDraft, *, by: Staff, at: datetime) -> None:
    for fact in COVER_FACTS:
        setattr(cover, fact, getattr(draft, fact))
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        raise Refusal(Reason("reversed_dates", "其他医保的最后一日早于开始日期，请核对两个日期。"))
    _tick(cover, "certificate_seen", seen=draft.certificate_seen, by=by, at=at)


def _tick(row: Certification | OtherCover, what: str, *, seen: bool, by: Staff, at: datetime) -> None:
    """Who saw it first, and when, stays; a tick taken away takes both away."""
    if not seen:
        setattr(row, f"{what}_at", None)
        setattr(row, f"{what}_by", None)
    elif getattr(row, f"{what}_at") is None:
        setattr(row, f"{what}_at", at)
        setattr(row, f"{what}_by", by)


def _check_dates(draft: CertificationDraft) -> None:
    for last, what in ((draft.valid_to, "有效期至"), (draft.ended_on, "终止日期")):
        if draft.valid_from and last and last < draft.valid_from:
            raise Refusal(Reason("reversed_dates", f"{what}{last}早于有效期自{draft.valid_from}，请核对两个日期。"))


def _check_disability_number(draft: CertificationDraft, person: Person, *, at: datetime) -> None:
    """A second-generation number says whose, which kind and which grade; the first generation says nothing."""
    if len(draft.number.strip()) < DISABILITY_NUMBER_LENGTH:
        return
    try:
        certificate = disability.parse_disability_certificate(draft.number, today=local_day(at))
        disability.check_holder(certificate, identity.number_of(person))
    except DisabilityCertificateError as error:
        raise Refusal(Reason("disability_number", str(error))) from error
    if (disability.KINDS[certificate.kind], certificate.grade) != (draft.disability_kind, draft.disability_grade):
        raise Refusal(
            Reason(
                "disability_number", f"残疾人证号表示{certificate.label}，与所录的类别、等级不一致。请对照证件核对。"
            )
        )


@accountable
def record_certification(
    *, draft: CertificationDraft, by: Staff, at: datetime, person_id: int | None = None, household_id: int | None = None
) -> Certification:
    """Record a certification of a person or of a whole household."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    person = _person(person_id, by) if person_id else None
    household = (
        visible(Household.objects.select_for_update(of=["self"]), by).get(pk=household_id) if household_id else None
    )
    certification = certification_of(draft, person=person, household=household, by=by, at=at)
    certification.save()
    record(by=by, at=at, verb="record_certification", subject=certification, detail=_owner(certification))
    return certification


@accountable
def correct_certification(
    *, certification_id: int, draft: CertificationDraft, by: Staff, at: datetime
) -> Certification:
    """Write a certification anew from the form: a correction, a renewal of its validity, or its end."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    certification = _certification(certification_id, by)
    _fill_certification(certification, draft, by=by, at=at)
    certification.save()
    record(by=by, at=at, verb="correct_certification", subject=certification, detail=_owner(certification))
    return certification


@accountable
def record_other_cover(*, person_id: int, draft: OtherCoverDraft, by: Staff, at: datetime) -> OtherCover:
    """Record that a person is, or was, insured elsewhere."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    cover = other_cover_of(draft, person=_person(person_id, by), by=by, at=at)
    cover.save()
    record(by=by, at=at, verb="record_other_cover", subject=cover, detail={"person": person_id})
    return cover


@accountable
def correct_other_cover(*, cover_id: int, draft: OtherCoverDraft, by: Staff, at: datetime) -> OtherCover:
    """Write a cover anew from the form: a correction, or its end."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    covers = visible(OtherCover.objects.select_for_update(of=["self"]), by, field="person__division_code")
    cover = covers.get(pk=cover_id)
    _fill_cover(cover, draft, by=by, at=at)
    cover.save()
    record(by=by, at=at, verb="correct_other_cover", subject=cover, detail={"person": cover.person_id})
    return cover


def _person(person_id: int, by: Staff) -> Person:
    return visible(Person.objects.select_for_update(of=["self"]), by).get(pk=person_id)


def _certification(certification_id: int, by: Staff) -> Certification:
    """Locked, if its person or its household lies in the scope; otherwise it does not exist."""
    certification = (
        Certification.objects.select_for_update(of=["self"])
        .select_related("person", "household")
        .get(pk=certification_id)
    )
    owner = certification.person or certification.household
    if owner is None or not by.covers(owner.division_code):
        raise Certification.DoesNotExist
    return certification


def _owner(certification: Certification) -> dict[str, int | None]:
    return {"person": certification.person_id, "household": certification.household_id}
