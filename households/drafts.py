"""登记内容: what a clerk hands to the services, as frozen values. Text is as typed; the services read and refuse it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from common.relations import HEAD


@dataclass(frozen=True, slots=True)
class CertificationDraft:
    """类别认定: either `category`, a code of the rule set, or a disability by kind (肢体 …) and grade 1 to 4.

    `components` are the parts of a 多重残疾: ({"kind": "肢体", "grade": 2}, …).
    """

    category: str = ""
    disability_kind: str = ""
    disability_grade: int | None = None
    components: tuple[Mapping[str, Any], ...] = ()
    kind: str = ""
    number: str = ""
    issued_on: date | None = None
    issued_by_division: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    original_seen: bool = False
    copy_kept: bool = False
    funder_list: str = ""
    claimed: bool = True
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class OtherCoverDraft:
    """其他医保: kind is `employee` or `nrcms`; open ends are None."""

    kind: str
    division: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    certificate_number: str = ""
    certificate_seen: bool = False


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """材料 by the code that the rule set gives it; `coverage_year` where it must be shown every year anew."""

    document: str
    coverage_year: int | None = None
    copies: int = 0


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """One row of the registration form. The ID number gives sex and birth date; a newborn without one names them.

    `renamed` says that the clerk has compared a name that differs from the one known under the number.
    """

    name: str
    relation: str
    hukou_division: str
    hukou_kind: str
    id_no: str = ""
    sex: str = ""
    birth_date: date | None = None
    birth_certificate_no: str = ""
    mother_id_no: str = ""
    renamed: bool = False
    ethnicity: str = ""
    phone: str = ""
    exemption: str = ""
    parent_unit: str = ""
    parent_unit_level: str = ""
    in_employee_scope: bool = False
    student_kind: str = ""
    school_name: str = ""
    school_in_area: bool = False
    residence_holder: str = ""
    residence_kind: str = ""
    residence_number: str = ""
    residence_valid_to: date | None = None
    photos: int = 0
    certifications: tuple[CertificationDraft, ...] = ()
    other_covers: tuple[OtherCoverDraft, ...] = ()
    papers: tuple[PaperDraft, ...] = ()

    @property
    def is_head(self) -> bool:
        """户主."""
        return self.relation == HEAD


@dataclass(frozen=True, slots=True)
class HouseholdDraft:
    """A household to be registered: where it lives, whom it has, what was shown for all of it."""

    division_code: str
    members: tuple[MemberDraft, ...]
    hukou_book_no: str = ""
    address: str = ""
    phone: str = ""
    certifications: tuple[CertificationDraft, ...] = ()
    papers: tuple[PaperDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenToday:
    """What was laid on the counter, ticked in one go (材料齐): ids of certifications, covers and persons."""

    papers: tuple[tuple[int | None, PaperDraft], ...] = ()
    originals: frozenset[int] = frozenset()
    copies: frozenset[int] = frozenset()
    covers: frozenset[int] = frozenset()
    photos: Mapping[int, int] = field(default_factory=dict)
