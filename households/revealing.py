"""显示: a hidden number told whole, for a reason, to whoever may see its row; the log says whose, never the number."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from households.models import Certification, Household, OtherCover, Person, StoredFile
from offices import limits
from offices.access import visible
from offices.acts import accountable, record
from offices.models import Staff

# What is hidden, by the kind that stands in the address, and who reads it: a function of the rows' keys and the reader.
WHAT = {
    "id-no": "身份证号",
    "mother-id-no": "母亲身份证号",
    "birth-certificate": "出生医学证明编号",
    "residence": "居住证件号码",
    "person-phone": "电话",
    "household-phone": "本户电话",
    "hukou-book": "户口簿号",
    "certification": "证件号码",
    "cover": "医保证号",
    "omitted-phone": "电话",
    "listed-phone": "电话",
    "follow-up-phone": "外出电话",
    "roster-row-id": "身份证号",
}
READERS = {
    "id-no": "households.revealing.id_numbers",
    "mother-id-no": "households.revealing.mothers",
    "birth-certificate": "households.revealing.birth_certificates",
    "residence": "households.revealing.residence_papers",
    "person-phone": "households.revealing.phones",
    "household-phone": "households.revealing.household_phones",
    "hukou-book": "households.revealing.hukou_books",
    "certification": "households.revealing.certificates",
    "cover": "households.revealing.covers",
    "omitted-phone": "rosters.revealing.omitted_phones",
    "listed-phone": "rosters.revealing.listed_phones",
    "follow-up-phone": "rosters.revealing.follow_up_phones",
    "roster-row-id": "rosters.revealing.row_numbers",
}
AT_ONCE = 100  # a page has fewer


@dataclass(frozen=True, slots=True)
class Whole:
    """A number in full; `subject` is whose it is, for the log."""

    pk: int
    subject: Model
    value: str


Reader = Callable[[list[int], Staff], Iterable[Whole]]


def readable(kind: str, pks: list[int], *, by: Staff) -> list[Whole]:
    """What there is to tell of these rows within the reader's scope; what is empty is not hidden."""
    reader: Reader = import_string(READERS[kind])
    return [each for each in reader(pks, by) if each.value]


def reveal(*, kind: str, found: list[Whole], reason: str, by: Staff, at: datetime) -> list[Whole]:
    """Tell them, within the limit of a day. The count stays where the limit refuses."""
    limits.spend(limits.REVEALS, by=by, at=at, count=len(found))
    _log(found=found, what=WHAT[kind], reason=reason, by=by, at=at)
    return found


def reveal_file(*, file: StoredFile, reason: str, by: Staff, at: datetime) -> None:
    """A household's paper seen by whoever does not handle it: counted and logged like a number."""
    limits.spend(limits.REVEALS, by=by, at=at)
    owner = file.person or file.household
    _log(found=[Whole(file.pk, owner, "")], what=file.get_kind_display(), reason=reason, by=by, at=at)


@accountable
def _log(*, found: list[Whole], what: str, reason: str, by: Staff, at: datetime) -> None:
    for each in found:
        record(by=by, at=at, verb="reveal", subject=each.subject, detail={"what": what, "reason": reason})


def id_numbers(pks: list[int], by: Staff) -> list[Whole]:
    return [Whole(each.pk, each, each.id_no or "") for each in _persons(pks, by)]


def mothers(pks: list[int], by: Staff) -> list[Whole]:
    return [Whole(each.pk, each, each.mother_id_no) for each in _persons(pks, by)]


def birth_certificates(pks: list[int], by: Staff) -> list[Whole]:
    return [Whole(each.pk, each, each.birth_certificate_no) for each in _persons(pks, by)]


def residence_papers(pks: list[int], by: Staff) -> list[Whole]:
    return [Whole(each.pk, each, each.residence_number) for each in _persons(pks, by)]


def phones(pks: list[int], by: Staff) -> list[Whole]:
    return [Whole(each.pk, each, each.phone) for each in _persons(pks, by)]


def household_phones(pks: list[int], by: Staff) -> list[Whole]:
    return [Whole(each.pk, each, each.phone) for each in _households(pks, by)]


def hukou_books(pks: list[int], by: Staff) -> list[Whole]:
    return [Whole(each.pk, each, each.hukou_book_no) for each in _households(pks, by)]


def certificates(pks: list[int], by: Staff) -> list[Whole]:
    rows = Certification.objects.filter(pk__in=pks).select_related("person", "household")
    reachable = rows.filter(household__in=visible(Household.objects.all(), by)) | rows.filter(person__in=_all(by))
    return [Whole(each.pk, each.person or each.household, each.number) for each in reachable]


def covers(pks: list[int], by: Staff) -> list[Whole]:
    rows = OtherCover.objects.filter(pk__in=pks, person__in=_all(by)).select_related("person")
    return [Whole(each.pk, each.person, each.certificate_number) for each in rows]


def _households(pks: list[int], by: Staff) -> QuerySet[Household]:
    return visible(Household.objects.all(), by).filter(pk__in=pks)


def _persons(pks: list[int], by: Staff) -> QuerySet[Person]:
    return _all(by).filter(pk__in=pks)


def _all(by: Staff) -> QuerySet[Person]:
    return visible(Person.objects.all(), by)
