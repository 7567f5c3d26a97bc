"""What the rules answer: the decision over a household and over each member. 核定结果."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from common.decision import Clause, Reason

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class MissingDocument:
    """A paper that is still wanted: from whom (None: the household), which, whether the original or the copy."""

    ref: str | None
    document: str
    wanted: str
    clause: Clause

    @property
    def label(self) -> str:
        """残疾人证原件, 低保证复印件, 一寸近期免冠彩照(第2张)."""
        return f"{self.document}{self.wanted}"


@dataclass(frozen=True, slots=True)
class ExpiredDocument:
    """A certificate past its last day, on which a lower rate would rest: whose it is, and by which clause it counts."""

    whose: str
    document: str
    valid_until: date
    clause: Clause


@dataclass(frozen=True, slots=True)
class Charge:
    """缴费核定 for one person, in yuan: the parts make the standard.

    It is held while papers are `missing` for its category, or while its certificate is `expired` and no supervisor
    has let it count; the family may always drop the claim and pay the full rate.
    """

    category: str
    category_name: str
    standard: Decimal
    payable: Decimal
    sponsored: Decimal
    funder: str
    reasons: tuple[Reason, ...]
    missing: tuple[MissingDocument, ...] = ()
    expired: ExpiredDocument | None = None
    mismatches: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        if self.payable + self.sponsored != self.standard:
            raise ValueError(f"{self.payable} + {self.sponsored} != {self.standard}")


@dataclass(frozen=True, slots=True)
class Benefit:
    """待遇享受期: first and last day of cover, and from when it can be used (缴费确认后)."""

    starts_on: date
    ends_on: date
    usable_from: date
    account_credit: Decimal | None
    account_credit_due_by: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MemberDecision:
    """One member's answer. `charge` and `benefit` are None for whom nothing is to be paid."""

    ref: str
    name: str
    applying: bool
    due: bool
    refusals: tuple[Reason, ...] = ()
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    charge: Charge | None = None
    benefit: Benefit | None = None
    continuous_years: int | None = None
    workmanship_fee_exempt: bool | None = None

    @property
    def payable(self) -> Decimal:
        """What the person pays, in yuan."""
        return self.charge.payable if self.charge else ZERO

    @property
    def sponsored(self) -> Decimal:
        """What a department pays for the person, in yuan."""
        return self.charge.sponsored if self.charge else ZERO


@dataclass(frozen=True, slots=True)
class HouseholdDecision:
    """The whole answer. `refusals` stand in the order in which they are to be told."""

    coverage_year: int
    members: tuple[MemberDecision, ...]
    refusals: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    missing_documents: tuple[MissingDocument, ...] = ()
    missing_members: tuple[str, ...] = ()
    next_window: tuple[date, date] | None = None
    earliest_benefit_start: date | None = None
    applicants: tuple[MemberDecision, ...] = field(init=False)
    payable: Decimal = field(init=False)
    """What the household pays, in yuan."""
    sponsored: Decimal = field(init=False)
    """What departments pay for its members, in yuan."""

    def __post_init__(self) -> None:
        applicants = tuple(m for m in self.members if m.applying)
        object.__setattr__(self, "applicants", applicants)
        object.__setattr__(self, "payable", sum((m.payable for m in applicants), ZERO))
        object.__setattr__(self, "sponsored", sum((m.sponsored for m in applicants), ZERO))

    @property
    def eligible(self) -> bool:
        """Money may be, or was rightly, taken for all who apply."""
        return not self.refusals

    @property
    def reason(self) -> str | None:
        """The code of the first refusal."""
        return self.refusals[0].code if self.refusals else None

    @property
    def standard(self) -> Decimal:
        """The sum of the members' standards, in yuan."""
        return self.payable + self.sponsored

    @property
    def funder(self) -> str | None:
        """The department, when one pays for everybody who is sponsored."""
        funders = {m.charge.funder for m in self.applicants if m.charge and m.charge.funder}
        return funders.pop() if len(funders) == 1 else None
