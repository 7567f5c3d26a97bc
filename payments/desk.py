"""收款台: what the counter shows of one household, built from facts and a decision; nothing is queried here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse

from common import relations
from common.decision import Clause, Reason
from common.money import capitals
from enrollment.facts import CoveredYear, HouseholdFacts, MemberFacts
from enrollment.presentation import COMMON_PAPERS
from enrollment.rules.decision import HouseholdDecision, MemberDecision
from enrollment.rules.ruleset import RuleSet, Window
from payments.models import Payment, Receipt
from payments.papers_shown import Piece, papers_shown
from payments.services import TakenPayment

RATE_CODES = frozenset({"RATE", "SPONSORED", "WORKMANSHIP_EXEMPT"})
CATEGORY_CODES = frozenset({"CATEGORY", "ADMITTED"})
MISSING = "DOCUMENT_MISSING"
CLOSED_CODES = frozenset({"WINDOW_CLOSED", "VERIFY_CLOSED", "PAYMENT_CLOSED"})
# What fits into the last column for somebody who does not take part; the whole sentence is in the reasons.
SHORT_WORDS = {
    "EMPLOYEE_INSURED": "已参加职工医保",
    "NRCMS_INSURED": "已参加新农合",
    "EMPLOYEE_SCOPE": "应参加职工医保",
    "HUKOU_OUTSIDE": "户籍不在本地",
    "NOT_URBAN_RESIDENT": "户口性质不符",
    "EXEMPT": "可暂不参保",
}


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
    """The whole page of one household."""

    facts: HouseholdFacts
    decision: HouseholdDecision
    division_name: str
    window_line: str
    rows: tuple[MemberRow, ...]
    papers: tuple[PaperLine, ...]
    refusals: tuple[RefusalShown, ...]
    warnings: tuple[Why, ...]
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
        return self.nothing_due and self.receipt is not None and self.receipt.voided_at is None

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


def desk_of(
    facts: HouseholdFacts,
    *,
    decision: HouseholdDecision,
    at: datetime,
    division_name: str,
    may_take: bool,
    receipt: Receipt | None = None,
    paid_reasons: Mapping[int, tuple[Reason, ...]],
) -> Desk:
    """Arrange facts and decision for the page; `paid_reasons` are those kept with each person's enrolment."""
    ruleset = facts.ruleset()
    whys = _Whys(facts.ruleset_code)
    rows = tuple(_rows(facts, decision, paid_reasons, whys))
    return Desk(
        facts=facts,
        decision=decision,
        division_name=division_name,
        window_line=window_line(ruleset.window(facts.coverage_year), at=at),
        rows=rows,
        papers=_papers(facts, ruleset, whys),
        refusals=_refusals(decision, facts, ruleset, whys),
        warnings=tuple(_warnings(decision, whys)),
        earlier=_earlier(facts),
        due=_due(decision, whys),
        may_take=may_take,
        receipt=receipt,
    )


class _Whys:
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
    line = f"缴费期 {window.opens:%Y-%m-%d} 至 {last}"
    return f"{line}（已截止）" if at > window.pay_until else line


def _rows(
    facts: HouseholdFacts, decision: HouseholdDecision, paid_reasons: Mapping[int, tuple[Reason, ...]], whys: _Whys
) -> Iterator[MemberRow]:
    missing_of = {each.ref for each in decision.missing_documents}
    by_ref = {member.ref: member for member in decision.members}
    for member in facts.members:
        covered = member.covered_in(facts.coverage_year)
        decided = by_ref.get(member.asked.ref)
        if covered:
            yield _paid_row(member, covered, facts, paid_reasons.get(member.person_id, ()), whys)
        elif decided:
            yield _open_row(member, decided, member.asked.ref in missing_of, whys)
        else:
            empty, word = whys("—"), whys(f"{member.died_on} 已故")
            yield MemberRow(**_person(member), category=empty, fee=empty, cover=empty, word=word, state="out")


def _person(member: MemberFacts) -> dict[str, Any]:
    return {
        "person_id": member.person_id,
        "name": member.name,
        "relation": _relation(member.relation),
        "birth_date": member.birth_date,
    }


def _paid_row(
    member: MemberFacts, covered: CoveredYear, facts: HouseholdFacts, kept: tuple[Reason, ...], whys: _Whys
) -> MemberRow:
    """Somebody who is enrolled for the year: figures and reasons as they were frozen with the money."""
    elsewhere = covered.household_id != facts.id
    where = f"在{covered.office_name}" if elsewhere else ""
    once = Reason("COVERED", f"{covered.enrolled_at:%Y-%m-%d}{where}参保缴费", facts.ruleset().once_a_year)
    money = [reason for reason in kept if reason.code in RATE_CODES]
    return MemberRow(
        **_person(member),
        category=_named(covered.category_name, kept, whys),
        fee=whys(f"{covered.payable:,.2f}", money),
        cover=whys(
            span(covered.benefit_starts_on, covered.benefit_ends_on),
            [reason for reason in kept if reason.code not in RATE_CODES | CATEGORY_CODES],
        ),
        word=whys("别处已缴" if elsewhere else "已缴", [once]),
        state="paid",
    )


def _open_row(member: MemberFacts, decided: MemberDecision, wants_papers: bool, whys: _Whys) -> MemberRow:
    state, word = _state(decided, wants_papers, whys)
    return MemberRow(
        **_person(member),
        category=_category(decided, whys),
        fee=_fee(decided, whys),
        cover=_cover(decided, whys),
        word=word,
        state=state,
        is_ticked=decided.applying,
        may_tick=True,
    )


def _category(decided: MemberDecision, whys: _Whys) -> Why:
    if decided.charge is None:
        return whys("—")
    return _named(decided.charge.category_name, decided.reasons, whys)


def _named(category: str, reasons: Iterable[Reason], whys: _Whys) -> Why:
    """The category, with what the certificate says of it: 重度残疾 肢体二级."""
    named = [reason for reason in reasons if reason.code in CATEGORY_CODES]
    proof = next((reason.text for reason in named if reason.code == "CATEGORY"), "")
    kind = proof.partition("：")[2].partition("，")[0]
    return whys(f"{category} {kind}".strip(), named)


def _fee(decided: MemberDecision, whys: _Whys) -> Why:
    if decided.charge is None:
        return whys("—")
    told = [reason for reason in decided.charge.reasons if reason.code not in CATEGORY_CODES]
    exempt = [reason for reason in decided.reasons if reason.code == "WORKMANSHIP_EXEMPT"]
    return whys(f"{decided.payable:,.2f}", [*told, *exempt])


def _cover(decided: MemberDecision, whys: _Whys) -> Why:
    benefit = decided.benefit
    if benefit is None:
        return whys("—")
    years = [reason for reason in decided.reasons if reason.code.startswith("CONTINU")]
    return whys(span(benefit.starts_on, benefit.ends_on), [*benefit.reasons, *years])


def _state(decided: MemberDecision, wants_papers: bool, whys: _Whys) -> tuple[str, Why]:
    if decided.applying and decided.refusals:
        return "out", whys("不予办理", decided.refusals)
    if decided.applying:
        return "due", whys("缺材料" if wants_papers else "待缴", [])
    if decided.due:
        return "wrong", whys("应同时参保", decided.reasons)
    told = SHORT_WORDS.get(decided.reasons[0].code, "不参保") if decided.reasons else "不参保"
    return "out", whys(told, decided.reasons)


def _due(decision: HouseholdDecision, whys: _Whys) -> Why:
    """The total, with one sentence per amount that makes it."""
    by_rate: Mapping[Reason, list[str]] = defaultdict(list)
    for member in decision.applicants:
        rate = next((r for r in (member.charge.reasons if member.charge else ()) if r.code == "RATE"), None)
        if rate:
            by_rate[rate].append(member.name)
    reasons = [Reason(rate.code, f"{'、'.join(names)}：{rate.text}", rate.clause) for rate, names in by_rate.items()]
    return whys(f"{decision.payable:,.2f}", reasons)


def _refusals(
    decision: HouseholdDecision, facts: HouseholdFacts, ruleset: RuleSet, whys: _Whys
) -> tuple[RefusalShown, ...]:
    """The reasons in their order; all missing papers together, because one key mends them."""
    shown = [
        RefusalShown(
            "", (whys(reason.text + _what_next(reason, decision), [reason]),), reason.code, _mend(reason.code, ruleset)
        )
        for reason in decision.refusals
        if reason.code != MISSING
    ]
    missing = _missing(decision, facts, ruleset, whys)
    if missing:
        shown.append(RefusalShown("还缺材料", missing, MISSING, "papers"))
    return tuple(shown)


def _what_next(reason: Reason, decision: HouseholdDecision) -> str:
    """Behind a window that is over, the next one."""
    if reason.code not in CLOSED_CODES:
        return ""
    if decision.next_window is None:
        return "下一个缴费期还没有公布。"
    opens, closes = decision.next_window
    return f"请在下一个缴费期（{opens} 至 {closes}）来办理。"


def _missing(decision: HouseholdDecision, facts: HouseholdFacts, ruleset: RuleSet, whys: _Whys) -> tuple[Why, ...]:
    """居民身份证原件（3人）: each paper once, with whose it is; none of somebody who is refused whatever is brought."""
    refused = {member.ref for member in decision.applicants if any(r.code != MISSING for r in member.refusals)}
    if refused and len(refused) == len(decision.applicants):
        return ()
    names = {member.asked.ref: member.name for member in facts.members}
    owners: dict[tuple[str, Clause], list[str]] = defaultdict(list)
    for each in decision.missing_documents:
        if each.ref in refused:
            continue
        document = _any_of(each.document, ruleset)
        label = document if each.wanted.startswith("(第") else f"{document}{each.wanted}"
        whose = owners[label, each.clause]
        if each.ref and names[each.ref] not in whose:
            whose.append(names[each.ref])
    told = []
    for (label, clause), whose in owners.items():
        people = f"{len(whose)}人" if len(whose) > 2 else "、".join(whose)
        text = f"{label}（{people}）" if people else label
        told.append(whys(text, [Reason(MISSING, f"须提供{label}：{'、'.join(whose) or '本户'}", clause)]))
    return tuple(told)


def _any_of(document: str, ruleset: RuleSet) -> str:
    """社会保障卡、居民身份证或居民户口簿: a paper with those that do instead."""
    instead = next((rule.instead for rule in ruleset.papers if rule.name == document), ())
    *first, last = (document, *(COMMON_PAPERS.get(code, code) for code in instead))
    return f"{'、'.join(first)}或{last}" if first else last


def _mend(code: str, ruleset: RuleSet) -> str:
    if code == "HOUSEHOLD_INCOMPLETE" and ruleset.together.may_override:
        return "override"
    if code == "EMPLOYEE_SCOPE" and any(each.may_override for each in ruleset.exclusions):
        return "override"
    return ""


def _warnings(decision: HouseholdDecision, whys: _Whys) -> Iterator[Why]:
    """What to look at before the money is taken: each sentence once, with the names of all whom it is about."""
    whom: dict[tuple[str, Clause | None, str], list[str]] = defaultdict(list)
    for member in decision.applicants:
        for reason in member.warnings:
            owned = reason.text.removeprefix(f"{member.name}的")
            rest = f"：{owned}" if owned == reason.text else f"的{owned}"
            whom[reason.code, reason.clause, rest].append(member.name)
    of_members = {reason for member in decision.applicants for reason in member.warnings}
    told = [reason for reason in decision.warnings if reason not in of_members]
    told += [Reason(code, f"{'、'.join(names)}{rest}", clause) for (code, clause, rest), names in whom.items()]
    return (whys(reason.text, [reason]) for reason in told)


def _papers(facts: HouseholdFacts, ruleset: RuleSet, whys: _Whys) -> tuple[PaperLine, ...]:
    return tuple(
        PaperLine(whys(paper.name, [Reason("PAPER", f"须查验{paper.name}", paper.clause)]), paper.pieces)
        for paper in papers_shown(facts, ruleset=ruleset)
    )


def _earlier(facts: HouseholdFacts) -> tuple[EarlierYear, ...]:
    years: dict[int, list[Decimal]] = defaultdict(list)
    for member in facts.members:
        for each in member.covered:
            if each.coverage_year != facts.coverage_year:
                years[each.coverage_year].append(each.payable)
    return tuple(
        EarlierYear(year, len(paid), sum(paid, Decimal(0))) for year, paid in sorted(years.items(), reverse=True)
    )


def _relation(code: str) -> str:
    """The counter's short word where it has one: 孙辈 rather than the standard's whole line."""
    short = {choice.code: choice.label for choice in relations.CHOICES}
    return short.get(code) or relations.label(code)


def span(starts_on: date, ends_on: date) -> str:
    """2008-01-01 至 12-31; the year of the end only where it is another one."""
    end = f"{ends_on:%m-%d}" if ends_on.year == starts_on.year else f"{ends_on:%Y-%m-%d}"
    return f"{starts_on:%Y-%m-%d} 至 {end}"
