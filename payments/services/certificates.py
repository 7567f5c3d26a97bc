"""参保证明的服务: issuing a certificate of cover and years, and revoking one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common import idcard
from common.dates import local_day
from common.decision import Reason, Refusal
from enrollment import library
from enrollment.models import Enrollment
from enrollment.services import household_unknown
from households.models import Household
from households.numbering import take_numbers
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff
from payments.cards.certified import covers_of
from payments.models import CertifiedCover, CoverCertificate
from payments.paper import fonts

Role = Staff.Role
SERIES = "ZM"


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """What came of it. `repeated`: the same submit had been done before; this is its result."""

    certificate: CoverCertificate
    repeated: bool

    @property
    def sentence(self) -> str:
        """What to tell the clerk."""
        if self.repeated:
            return f"参保证明 {self.certificate} 此前已经开具，没有重复开具，请打印盖章。"
        return f"参保证明 {self.certificate} 已开具，请打印盖章。"


@accountable
def issue_certificate(
    *, household_id: int, coverage_year: int, person_id: int | None, key: UUID, by: Staff, at: datetime
) -> IssuedCertificate:
    """开具 for one member, or (None) for all who are covered that year; what it says is frozen with it.

    The same `key` again gives the same certificate.
    """
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    rows = Household.objects.select_for_update(of=["self"], no_key=True).select_related("office")
    household = visible(rows, by).filter(pk=household_id).first()
    if household is None:
        raise household_unknown()
    done = CoverCertificate.objects.filter(idempotency_key=key).first()
    if done:
        _refuse_another(done, household, coverage_year, person_id)
        return IssuedCertificate(done, repeated=True)
    covers = _covers(household, coverage_year, person_id, at)
    content = _content(household, covers, by)
    _refuse_undrawable(content)
    number = take_numbers(office=by.office, division_code=f"{SERIES}{local_day(at).year}", count=1)[0]
    certificate = CoverCertificate.objects.create(
        idempotency_key=key,
        household=household,
        office_id=by.office_id,
        division_code=household.division_code,
        number=number,
        coverage_year=coverage_year,
        content=content,
        issued_at=at,
        by=by,
    )
    CertifiedCover.objects.bulk_create(CertifiedCover(certificate=certificate, enrollment=cover) for cover in covers)
    detail = {"numbers": number, "year": coverage_year, "persons": len(covers)}
    record(by=by, at=at, verb="issue_certificate", subject=household, detail=detail)
    return IssuedCertificate(certificate, repeated=False)


@accountable
def revoke_certificate(*, certificate_id: int, reason: str, by: Staff, at: datetime) -> CoverCertificate:
    """撤销 a certificate that should not be relied on, such as one given by mistake; the public page then says no."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    rows = CoverCertificate.objects.select_for_update(of=["self"], no_key=True).visible_to(by)
    certificate = rows.filter(pk=certificate_id).first()
    if certificate is None:
        raise Refusal(Reason("CERTIFICATE_UNKNOWN", "找不到这份证明，或不在您的管辖范围内。请核对编号后重新查找。"))
    if certificate.revoked_at:
        raise Refusal(Reason("REVOKED", f"证明 {certificate} 已于{local_day(certificate.revoked_at)}撤销，不必再办。"))
    reason = reason.strip()
    if not 1 <= len(reason) <= CoverCertificate._meta.get_field("revoke_reason").max_length:
        raise Refusal(Reason("REVOKE_REASON", "请写明撤销事由（最多200个字），审计时要查。"))
    certificate.revoked_at, certificate.revoked_by, certificate.revoke_reason = at, by, reason
    certificate.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    detail = {"numbers": certificate.number, "reason": reason}
    record(by=by, at=at, verb="revoke_certificate", subject=certificate, detail=detail)
    return certificate


def _refuse_another(done: CoverCertificate, household: Household, year: int, person_id: int | None) -> None:
    """A key that has issued one certificate issues no other."""
    persons = set(done.covers.values_list("enrollment__person", flat=True))
    about = done.household_id == household.pk and done.coverage_year == year
    if not about or (person_id is not None and persons != {person_id}):
        text = f"这次提交的编号已经用于证明 {done}，没有再开。请刷新页面后重新开具。"
        raise Refusal(Reason("KEY_REUSED", text))


def _covers(household: Household, year: int, person_id: int | None, at: datetime) -> list[Enrollment]:
    """The enrolments to certify: in force, not over, their persons alive."""
    rows = covers_of(household, day=local_day(at)).filter(coverage_year=year)
    if person_id is not None:
        rows = rows.filter(person=person_id)
    covers = list(rows.order_by("pk"))
    if not covers:
        who = "此人" if person_id is not None else "本户"
        text = f"{who}没有有效的{year}年度参保（没有缴费、已经撤销或已经期满），不能开具证明。请核对年度。"
        raise Refusal(Reason("NOT_COVERED", text))
    return covers


def _content(household: Household, covers: Sequence[Enrollment], by: Staff) -> dict[str, Any]:
    """What is printed, as plain JSON."""
    ruleset = library.current(household.office.ruleset_code)
    years: dict[int, list[int]] = {}
    earlier = Enrollment.objects.in_force().filter(
        person__in=[cover.person_id for cover in covers], coverage_year__lte=covers[0].coverage_year
    )
    for person, year in earlier.order_by("coverage_year").values_list("person", "coverage_year"):
        years.setdefault(person, []).append(year)
    clause = ruleset.continuity.not_for_employee if ruleset.continuity else None
    return {
        "insurance": ruleset.name,
        "household_number": household.number,
        "office": by.office.name,
        "clerk": by.name,
        "not_for_employee": str(clause) if clause else "",
        "demo": by.office.demo_moment is not None or by.is_demo,
        "members": [_member(cover, years[cover.person_id]) for cover in covers],
    }


def _member(cover: Enrollment, years: list[int]) -> dict[str, Any]:
    person = cover.person
    return {
        "name": person.name,
        "masked_id": idcard.mask(person.id_no or ""),
        "sex": person.get_sex_display(),
        "born": person.birth_date.isoformat(),
        "category": cover.category_name,
        "starts_on": cover.benefit_starts_on.isoformat(),
        "ends_on": cover.benefit_ends_on.isoformat(),
        "usable_from": cover.usable_from.isoformat(),
        "continuous_years": cover.continuous_years,
        "years": years,
    }


def _refuse_undrawable(content: dict[str, Any]) -> None:
    texts = [content["insurance"], content["office"], content["clerk"], *(m["name"] for m in content["members"])]
    for text in texts:
        lacking = fonts.undrawable(text)
        if lacking:
            raise Refusal(Reason("UNDRAWABLE", f"“{text}”打印不出来，没有开具。{fonts.Undrawable(lacking)}"))
