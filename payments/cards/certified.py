"""查验: whether a certificate still holds, read from the enrolments that it names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from common.dates import local_day
from enrollment.models import Enrollment, Termination
from households.models import Household
from offices import scope
from offices.clock import moment
from payments.models import CertifiedCover, CoverCertificate

LONGEST_TOKEN = 40
WORDS = {
    "valid": ("有效", "paid"),
    "revoked": ("已撤销", "out"),
    "cancelled": ("参保已撤销", "out"),
    "over": ("已期满", "out"),
}


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """An issued certificate, for whom it is, and whether it still holds, in words."""

    certificate: CoverCertificate
    names: str
    word: str
    state: str

    @property
    def holds(self) -> bool:
        return self.state == "paid"


def certificate_rows(rows: Iterable[CoverCertificate]) -> Iterator[CertificateRow]:
    """Those read by `with_standing`, as lists show them."""
    for each in rows:
        names = "、".join(member["name"] for member in each.content["members"])
        yield CertificateRow(each, names, *WORDS[standing(each)])


def certifiable(household: Household, *, at: datetime) -> tuple[list[tuple[int, str]], list[int]]:
    """Whom of a household, and which years, a certificate can be about today: (persons, years)."""
    rows = Enrollment.objects.standing_on(local_day(at)).filter(household=household)
    found = list(rows.select_related("person").order_by("pk"))
    people = {row.person_id: row.person.name for row in found}
    return list(people.items()), sorted({row.coverage_year for row in found})


def with_standing(rows: QuerySet[CoverCertificate]) -> QuerySet[CoverCertificate]:
    """Each with `ends_on`, the day on which its cover is over, and `broken`, whether a cover of it stands no longer."""
    gone = Q(enrollment__cancelled_at__isnull=False) | Q(enrollment__person__died_on__isnull=False)
    gone |= Q(enrollment__in=Termination.objects.standing().values("enrollment"))
    broken = Exists(CertifiedCover.objects.filter(gone, certificate=OuterRef("pk")))
    return rows.annotate(ends_on=Min("covers__enrollment__benefit_ends_on"), broken=broken)


def standing(certificate: CoverCertificate) -> str:
    """valid, revoked, cancelled or over: of one read by `with_standing`, with its office."""
    if certificate.revoked_at:
        return "revoked"
    if certificate.broken:
        return "cancelled"
    return "over" if certificate.ends_on < local_day(moment(certificate.office)) else "valid"


def certified_year(token: str) -> int | None:
    """The year for which a certificate holds; None for one that holds no longer as for one that never was."""
    rows = with_standing(CoverCertificate.objects.filter(token=token[: LONGEST_TOKEN + 1]))
    with scope.everywhere("whoever holds the paper may ask; only the year is told"):
        certificate = rows.select_related("office").first()
    return certificate.coverage_year if certificate and standing(certificate) == "valid" else None
