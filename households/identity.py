"""身份证号: the one place where ID numbers of persons are read, written, compared and searched.

In the database they lie sealed (`common/sealing.py`); they are found by keyed digests of the whole number and of its
last six and four characters, which the database cuts out of the sealed value.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from common.decision import Reason, Refusal
from common.idcard import IdNumber, IdNumberError, clean_id_number, mask, parse_id_number
from common.sealing import ID_NUMBER
from households.models import Person
from offices.keys import sealer

# The last six and the last four characters are indexed; fewer than four would name half a street.
_TAIL = re.compile(r"[0-9]{3,5}[0-9X]")
_WHOLE = re.compile(r"[0-9]{17}[0-9X]")


@dataclass(frozen=True, slots=True)
class NewbornKey:
    """新生儿临时标识: the birth certificate and the mother's ID number, until the child has a number."""

    birth_certificate_no: str
    mother_id_no: str


def read(text: str, *, today: date, whose: str = "") -> IdNumber:
    """A number that passed every check, or a Refusal that says what is wrong with it."""
    try:
        return parse_id_number(text, today=today)
    except IdNumberError as error:
        raise Refusal(Reason(f"id_{error.code}", f"{whose}{error}")) from error


def is_whole(text: str) -> bool:
    """Whether a search text has the shape of a whole number."""
    return _WHOLE.fullmatch(clean_id_number(text)) is not None


def is_tail(text: str) -> bool:
    """Whether a search text may be the last four to six characters of a number."""
    return _TAIL.fullmatch(clean_id_number(text)) is not None


def digests(numbers: Iterable[str]) -> dict[bytes, str]:
    """The numbers by what the columns `id_no_index` hold for them; they were read and cleaned before."""
    whole = sealer(ID_NUMBER).whole
    return {whole(number): number for number in numbers}


def array_of(numbers: Iterable[bytes]) -> str:
    """Digests as PostgreSQL reads an array of bytes; psycopg writes a long one twice, and slowly."""
    return "{" + ",".join(f'"\\\\x{digest.hex()}"' for digest in numbers) + "}"


def has_number(text: str) -> Q:
    """Persons with this whole number."""
    return Q(id_no=clean_id_number(text))


def has_any_number(numbers: Iterable[str]) -> Q:
    """Persons with one of these whole numbers."""
    return Q(id_no__in=[clean_id_number(number) for number in numbers])


def has_key(key: NewbornKey) -> Q:
    """The newborn under this birth certificate, whichever mother was written beside it: its number is one child's."""
    return Q(birth_certificate_no=key.birth_certificate_no) & ~Q(birth_certificate_no="")


def write(person: Person, number: IdNumber) -> None:
    """Give a person a number; sex and birth date follow from it."""
    person.id_no, person.sex, person.birth_date = number.number, number.sex, number.birth_date


def number_of(person: Person) -> str:
    """The whole number ('' for a newborn); whoever shows it logs that it was shown."""
    return person.id_no or ""


def masked(person: Person) -> str:
    """The number to show where nobody need read it whole; a newborn without one says so."""
    return masked_number(person.id_no)


def masked_number(number: str | None) -> str:
    """The same for a number that was read by itself."""
    return mask(number) if number else "新生儿（无号码）"
