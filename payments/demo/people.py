"""演示人员: invented persons and households while they are being made up, and the drafts that the services take.

ID numbers carry the division of the place, agree with birth date and sex and have the right check digit; so some of
them may be borne by somebody, as any number that passes the check may. None was looked up anywhere.
Telephones begin with 154, one of the prefixes that were never given to an operator (as of 2022): nobody answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from common.dates import age_on
from common.idcard import check_digit
from common.relations import HEAD
from households.drafts import CertificationDraft, HouseholdDraft, MemberDraft, OtherCoverDraft, PaperDraft
from payments.demo import names

PHONE_PREFIX = "154"


@dataclass
class Somebody:
    """A person being made up. `facts` are further fields of MemberDraft; `joins` is set for who came in later."""

    name: str
    sex: str
    born: date
    relation: str
    hukou: str
    hukou_kind: str
    id_no: str = ""
    phone: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    certifications: list[CertificationDraft] = field(default_factory=list)
    covers: list[OtherCoverDraft] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    joins: datetime | None = None
    died_on: date | None = None

    def age(self, day: date) -> int:
        """Completed years."""
        return age_on(self.born, day)

    def draft(self) -> MemberDraft:
        """The row of the registration form."""
        return MemberDraft(
            name=self.name,
            relation=self.relation,
            hukou_division=self.hukou,
            hukou_kind=self.hukou_kind,
            id_no=self.id_no,
            sex="" if self.id_no else self.sex,
            birth_date=None if self.id_no else self.born,
            phone=self.phone,
            certifications=tuple(self.certifications),
            other_covers=tuple(self.covers),
            papers=tuple(PaperDraft(code) for code in self.papers),
            **self.facts,
        )


@dataclass
class Home:
    """A household being made up: who lives where, when it came to the office, which years it was covered before."""

    village: str
    address: str
    members: list[Somebody]
    clerk: str = ""
    registered_at: datetime | None = None
    hukou_book_no: str = ""
    certifications: list[CertificationDraft] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    years: frozenset[int] = frozenset()
    traits: set[str] = field(default_factory=set)
    admitted_for: str = ""

    @property
    def head(self) -> Somebody:
        """户主."""
        return next(member for member in self.members if member.relation == HEAD)

    @property
    def later(self) -> list[Somebody]:
        """Who was born, or moved in, after the household was registered."""
        return [member for member in self.members if member.joins]

    def draft(self) -> HouseholdDraft:
        """The registration form, as it was filled in."""
        return HouseholdDraft(
            division_code=self.village,
            members=tuple(member.draft() for member in self.members if not member.joins),
            hukou_book_no=self.hukou_book_no,
            address=self.address,
            phone=self.head.phone,
            certifications=tuple(self.certifications),
            papers=tuple(PaperDraft(code) for code in self.papers),
        )


@dataclass(frozen=True)
class Village:
    """A village or community: how many households live there, where, and the share of each kind of hukou."""

    code: str
    name: str
    count: int
    address: str
    urban: float = 0.0
    converted: float = 0.0

    def place(self, rng: Random) -> str:
        """A building and flat, or a group and house."""
        flat = rng.randint(1, 6) * 100 + rng.randint(1, 4)
        return self.address.format(rng.randint(1, 12), flat if "室" in self.address else rng.randint(1, 60))


class Registry:
    """Gives out names, numbers and telephones, each number once; the same seed gives the same people."""

    def __init__(self, seed: int, *, divisions: Sequence[str], yunnan: bool = False) -> None:
        self.rng = Random(seed)
        self.divisions, self.yunnan = divisions, yunnan
        self._numbers: set[str] = set()
        self._serial = self.rng.randrange(10_000)

    def born(self, year: int, *, until: date) -> date:
        """A day of the year, on which somebody may have been born by `until`."""
        first, last = date(year, 1, 1), min(date(year, 12, 31), until)
        return first + timedelta(days=self.rng.randrange((last - first).days + 1))

    def id_number(self, born: date, sex: str, division: str = "") -> str:
        """A number that nobody else here has."""
        while True:
            serial = self.rng.randrange(500) * 2 + (sex == "M")
            first17 = f"{division or self.division()}{born:%Y%m%d}{serial:03d}"
            if first17 not in self._numbers:
                self._numbers.add(first17)
                return first17 + check_digit(first17)

    def division(self) -> str:
        """Where a number was first issued: mostly here, sometimes in a county nearby."""
        here, *nearby = self.divisions
        return here if self.rng.random() < 0.8 else self.rng.choice(nearby)

    def phone(self) -> str:
        """A telephone that nobody can have."""
        self._serial += 1
        return f"{PHONE_PREFIX}{self._serial * 61_803_399 % 100_000_000:08d}"

    def serial(self, width: int = 6) -> str:
        """A number for a certificate or a book."""
        self._serial += 1
        return f"{self._serial:0{width}d}"

    def somebody(
        self, *, sex: str, born: date, relation: str, hukou: str, hukou_kind: str, surname: str = ""
    ) -> Somebody:
        """A person with a name of that age and a number."""
        surname = surname or names.surname(self.rng, yunnan=self.yunnan)
        name = surname + names.given(self.rng, sex=sex, born=born)
        return Somebody(name, sex, born, relation, hukou, hukou_kind, id_no=self.id_number(born, sex))
