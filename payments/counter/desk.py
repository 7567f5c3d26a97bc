"""收款台: what the counter shows of one household, as frozen values for the page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.urls import reverse

from common.decision import Reason
from common.money import capitals
from enrollment.facts import HouseholdFacts
from enrollment.rules.decision import HouseholdDecision
from enrollment.rules.ruleset import Window
from payments.counter.papers_shown import Piece
from payments.models import Payment, Receipt
from payments.services import TakenPayment

RATE_CODES = frozenset({"RATE", "SPONSORED", "WORKMANSHIP_EXEMPT"})
CATEGORY_CODES = frozenset({"CATEGORY", "ADMITTED"})


@dataclass(frozen=True, slots=True)
class Why:
    """A figure, date or word on the page, and the reasons that the clause panel tells when it is asked."""

    id: str
    text: str
    reasons: tuple[Reason, ...] = ()
    ruleset: str = ""

    @property
    def href(self) -> str:
        """The clause's own page, for a browser without script."""
        clause = next((reason.clause for reason in self.reasons if reason.clause), None)
        return reverse("clause", args=[self.ruleset, clause.key]) if clause else "#"


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of the table. `state` is the colour (due, paid, out, wrong), `word` what it says."""

    person_id: int
    name: str
    relation: str
    birth_date: date
    category: Why
    fee: Why
    cover: Why
    word: Why
    state: str
    is_ticked: bool = False
    may_tick: bool = False


@dataclass(frozen=True, slots=True)
class RefusalShown:
    """Why money cannot be taken now, and how it is mended: `papers`, `override` or nothing to press."""

    text: str
    whys: tuple[Why, ...]
    code: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One document: its name, and what of it was seen or is wanted."""

    name: Why
    pieces: tuple[Piece, ...]

    @property
    def seen(self) -> list[Piece]:
        """What was seen."""
        return [piece for piece in self.pieces if piece.is_seen]

    @property
    def wanted(self) -> list[Piece]:
        """What is still to be seen, each a button."""
        return [piece for piece in self.pieces if not piece.is_seen]


@dataclass(frozen=True, slots=True)
class EarlierYear:
    """What the household had in another year."""

    year: int
    persons: int
    payable: Decimal


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole page of one household. `warnings` are looked at before money is taken, `notes` always."""

    facts: HouseholdFacts
    decision: HouseholdDecision
    division_name: str
    window_line: str
    rows: tuple[MemberRow, ...]
    papers: tuple[PaperLine, ...]
    refusals: tuple[RefusalShown, ...]
    warnings: tuple[Why, ...]
    notes: tuple[Why, ...]
    earlier: tuple[EarlierYear, ...]
    due: Why
    may_take: bool
    receipt: Receipt | None = None
    taken: TakenPayment | None = None
    idempotency_key: UUID = field(default_factory=uuid4)
    tendered: str = ""
    tendered_error: str = ""
    means: str = Payment.Means.CASH

    @property
    def place(self) -> str:
        """Village and address, the village once."""
        address = self.facts.address
        return address if self.division_name in address else f"{self.division_name} {address}".strip()

    @property
    def title(self) -> str:
        """张建国 户."""
        return f"{self.facts.head.name} 户" if self.facts.head else f"户号 {self.facts.number}"

    @property
    def year(self) -> int:
        """The coverage year that the counter is selling."""
        return self.facts.coverage_year

    @property
    def amount(self) -> Decimal:
        """What is to be taken, in yuan."""
        return self.decision.payable

    @property
    def capitals(self) -> str:
        """人民币叁佰元整."""
        return capitals(self.amount) if self.amount else ""

    @property
    def sponsored(self) -> Decimal:
        """What departments pay, in yuan."""
        return self.decision.sponsored

    @property
    def nothing_due(self) -> bool:
        """Nobody is left to pay for, so that the receipt can have the column."""
        return not self.decision.applicants and not self.decision.missing_members

    @property
    def shows_receipt(self) -> bool:
        """The column belongs to the receipt: it was made just now, or there is nothing left to pay."""
        if self.taken:
            return self.taken.receipt_id is not None
        return self.nothing_due and self.receipt is not None and self.receipt.stands

    @property
    def may_cancel(self) -> bool:
        """Departments paid for somebody here: there is no receipt to void, but the enrolment can be cancelled."""
        covered = (member.covered_in(self.year) for member in self.facts.members)
        here = [each for each in covered if each and each.household_id == self.facts.id]
        return self.may_take and self.nothing_due and bool(here) and not any(each.payable for each in here)

    @property
    def can_pay(self) -> bool:
        """The rules and the person's role both allow it."""
        return self.decision.eligible and self.may_take

    @property
    def means_choices(self) -> list[tuple[str, str]]:
        """Value and word of each means of payment."""
        return list(Payment.Means.choices)


class Whys:
    """Hands out numbered Whys; ids stay the same from one rendering to the next, so that the focus finds them."""

    def __init__(self, ruleset: str) -> None:
        self.ruleset, self.count = ruleset, 0

    def __call__(self, text: str, reasons: Iterable[Reason] = ()) -> Why:
        self.count += 1
        return Why(f"why-{self.count}", text, tuple(reasons), self.ruleset)


def window_line(window: Window | None, *, at: datetime) -> str:
    """缴费期 2007-09-01 至 2007-12-10, with the time of day where the rule set gives one."""
    if window is None:
        return "缴费期尚未公布"
    last = f"{window.pay_until:%Y-%m-%d %H:%M}" if window.has_time else f"{window.pay_until:%Y-%m-%d}"
    line = f"缴费期 {window.opening} 至 {last}"
    return f"{line}（已截止）" if at > window.pay_until else line
