"""查验: whether a certificate still holds, read from the enrolments that it names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from common.dates import local_day
from enrollment.models import Enrollment, Termination
from households.models import Household, Membership
from offices import scope
from offices.clock import moment
from offices.spans import on
from payments.models import CertifiedCover, CoverCertificate

LONGEST_TOKEN = 40
WORDS = {
    "valid": ("有效", "paid"),
    "revoked": ("已撤销", "out"),
    "cancelled": ("参保已撤销", "out"),
    "ended": ("待遇已提前终止", "out"),
    "over": ("已期满", "out"),
    "elsewhere": ("人已迁走，扫码查验", "due"),
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
    found = list(covers_of(household, day=local_day(at)).order_by("pk"))
    people = {row.person_id: row.person.name for row in found}
    return list(people.items()), sorted({row.coverage_year for row in found})


def covers_of(household: Household, *, day: date) -> QuerySet[Enrollment]:
    """What stands of those who live in a household, with which household it was ever paid; each with its person."""
    living = Membership.objects.filter(on(day), household=household)
    return Enrollment.objects.standing_on(day).filter(person__in=living.values("person")).select_related("person")


def with_standing(rows: QuerySet[CoverCertificate]) -> QuerySet[CoverCertificate]:
    """Each with `ends_on`, the day on which its cover is over, and whether one was `cancelled` or `cut_short`."""
    covers = CertifiedCover.objects.filter(certificate=OuterRef("pk"))
    short = Q(enrollment__person__died_on__isnull=False)
    short |= Q(enrollment__in=Termination.objects.standing().values("enrollment"))
    return rows.annotate(
        ends_on=Min("covers__enrollment__benefit_ends_on"),
        cancelled=Exists(covers.filter(enrollment__cancelled_at__isnull=False)),
        cut_short=Exists(covers.filter(short)),
    )


def standing(certificate: CoverCertificate) -> str:
    """valid, revoked, cancelled, over or ended: of one read by `with_standing`, with its office.

    Or elsewhere: who came covered, was certified and moved on is out of sight; only the public page still knows.
    """
    if certificate.revoked_at:
        return "revoked"
    if certificate.cancelled:
        return "cancelled"
    if certificate.ends_on is None:
        return "elsewhere"
    if certificate.ends_on < local_day(moment(certificate.office)):
        return "over"
    return "ended" if certificate.cut_short else "valid"


def certified_year(token: str) -> int | None:
    """The year for which a certificate holds; None for one that holds no longer as for one that never was."""
    rows = with_standing(CoverCertificate.objects.filter(token=token[: LONGEST_TOKEN + 1]))
    with scope.everywhere("whoever holds the paper may ask; only the year is told"):
        certificate = rows.select_related("office").first()
    return certificate.coverage_year if certificate and standing(certificate) == "valid" else None
