"""The facts a rule may ask: a household, its members, their papers and other covers. 事实.

Facts are what someone knows or has seen; nothing here is decided. A default says what holds when nobody said otherwise.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Hukou:
    """户籍: a division code of 6 to 12 digits, and `urban`, `rural` or `converted` (农转城)."""

    division: str
    kind: str


@dataclass(frozen=True, slots=True)
class Disability:
    """残疾: kind as printed (肢体 …), grade 1 (gravest) to 4 or None where unknown, the parts of a 多重残疾."""

    kind: str
    grade: int | None
    components: tuple["Disability", ...] = ()


@dataclass(frozen=True, slots=True)
class Certification:
    """类别认定: the claim to a category, by its own name or by a disability, and how it is proven."""

    category: str = ""
    disability: Disability | None = None
    original_seen: bool = True
    copy_kept: bool = True
    on_funder_list: bool = False
    issued_by_division: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class OtherCover:
    """其他医保 in force: `employee` or `nrcms`."""

    kind: str
    certificate_seen: bool = True


@dataclass(frozen=True, slots=True)
class EndedCover:
    """职工医保 that has ended: its last day and the division that ran it."""

    ended_on: date
    division: str


@dataclass(frozen=True, slots=True)
class Student:
    """在校学生: kind of school, and whether it lies in the area of the rule set."""

    kind: str
    school_in_area: bool


@dataclass(frozen=True, slots=True)
class Member:
    """家庭成员. `papers` are the codes of documents seen for the person; None: nobody asked, so nothing is missing.

    `covered_years` are coverage years already paid here, `employee_years` those spent in employee insurance,
    `repaid_years` broken years paid back afterwards.
    """

    ref: str
    hukou: Hukou
    name: str = ""
    applying: bool = True
    birth_date: date | None = None
    certifications: tuple[Certification, ...] = ()
    insured_elsewhere: OtherCover | None = None
    employee_cover: EndedCover | None = None
    employee_years: frozenset[int] = frozenset()
    in_employee_scope: bool = False
    exemption: str = ""
    parent_unit_level: str = ""
    residence_certificate: bool = False
    parent_residence_certificate: bool = False
    admitted_by_supervisor: bool = False
    student: Student | None = None
    photos: int = 2
    papers: frozenset[str] | None = None
    covered_years: frozenset[int] = frozenset()
    repaid_years: frozenset[int] = frozenset()

    @property
    def years_in_employee_cover(self) -> frozenset[int]:
        """`employee_years`, and the year in which a known cover ended: of an unknown start, that one is certain."""
        if self.employee_cover is None:
            return self.employee_years
        return self.employee_years | {self.employee_cover.ended_on.year}

    @property
    def label(self) -> str:
        """How the member is called in a sentence."""
        return self.name or f"成员{self.ref}"


@dataclass(frozen=True, slots=True)
class Household:
    """户: certificates of the whole household and its members; `overrides` are refusals lifted by a supervisor."""

    members: tuple[Member, ...]
    certifications: tuple[Certification, ...] = ()
    papers: frozenset[str] | None = None
    overrides: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        refs = [member.ref for member in self.members]
        if len(set(refs)) != len(refs):
            raise ValueError(f"members must have different refs: {refs}")
