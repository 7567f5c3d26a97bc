"""收款台的话: the total, what stands in the way and how it is mended, warnings, papers, earlier years."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from common.dates import local_day
from common.decision import Clause, Reason
from enrollment.facts import HouseholdFacts
from enrollment.presentation_sections import COMMON_PAPERS
from enrollment.rules.changes import LEAVING
from enrollment.rules.decision import HouseholdDecision
from enrollment.rules.lifting import liftable
from enrollment.rules.ruleset import RuleSet
from payments.counter.desk import Desk, EarlierYear, PaperLine, RefusalShown, Why, Whys, window_line
from payments.counter.desk_rows import member_rows, termination
from payments.counter.papers_shown import papers_shown
from payments.models import Receipt

MISSING = "DOCUMENT_MISSING"
CLOSED_CODES = frozenset({"WINDOW_CLOSED", "VERIFY_CLOSED", "PAYMENT_CLOSED"})


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
    whys = Whys(facts.ruleset_code)
    rows = tuple(member_rows(facts, decision, paid_reasons, whys))
    return Desk(
        facts=facts,
        decision=decision,
        division_name=division_name,
        window_line=window_line(ruleset.window(facts.coverage_year), at=at),
        rows=rows,
        papers=_papers(facts, ruleset, whys),
        refusals=_refusals(decision, facts, ruleset, whys, at),
        warnings=tuple(_warnings(decision, whys)),
        notes=tuple(_returned(facts, whys)),
        earlier=_earlier(facts),
        due=_due(decision, whys),
        may_take=may_take,
        receipt=receipt,
    )


def _due(decision: HouseholdDecision, whys: Whys) -> Why:
    """The total, with one sentence per amount that makes it."""
    by_rate: Mapping[Reason, list[str]] = defaultdict(list)
    for member in decision.applicants:
        rate = next((r for r in (member.charge.reasons if member.charge else ()) if r.code == "RATE"), None)
        if rate:
            by_rate[rate].append(member.name)
    reasons = [Reason(rate.code, f"{'、'.join(names)}：{rate.text}", rate.clause) for rate, names in by_rate.items()]
    return whys(f"{decision.payable:,.2f}", reasons)


def _refusals(
    decision: HouseholdDecision, facts: HouseholdFacts, ruleset: RuleSet, whys: Whys, at: datetime
) -> tuple[RefusalShown, ...]:
    """The reasons in their order; all missing papers together, because one key mends them."""
    shown = [
        RefusalShown(
            "",
            (whys(reason.text + _what_next(reason, decision, at), [reason]),),
            reason.code,
            _mend(reason.code, ruleset),
        )
        for reason in decision.refusals
        if reason.code != MISSING
    ]
    missing = _missing(decision, facts, ruleset, whys)
    if missing:
        shown.append(RefusalShown("还缺材料", missing, MISSING, "papers"))
    return tuple(shown)


def _what_next(reason: Reason, decision: HouseholdDecision, at: datetime) -> str:
    """Behind a window that is over, the next one."""
    if reason.code not in CLOSED_CODES:
        return ""
    if decision.next_window is None:
        return "下一个缴费期还没有公布。"
    opens, closes = decision.next_window
    if opens <= local_day(at):  # nobody need come again: what is wanting is the year's standard
        return (
            f"下一年度的缴费期（{opens} 至 {closes}）已经开始，请按下一年度办理；"
            "下一年度的缴费标准还没有发布的，请找管理员发布。"
        )
    return f"请在下一个缴费期（{opens} 至 {closes}）来办理。"


def _missing(decision: HouseholdDecision, facts: HouseholdFacts, ruleset: RuleSet, whys: Whys) -> tuple[Why, ...]:
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
    rule = next((each for each in ruleset.papers if each.name == document), None)
    instead = rule.instead if rule and rule.instead_below_age is None else ()
    *first, last = (document, *(COMMON_PAPERS.get(code, code) for code in instead))
    return f"{'、'.join(first)}或{last}" if first else last


def _mend(code: str, ruleset: RuleSet) -> str:
    return "override" if code in liftable(ruleset) else ""


def _returned(facts: HouseholdFacts, whys: Whys) -> Iterator[Why]:
    """Who is back in the household, though a change ended the cover of this year."""
    for member in facts.members:
        covered = member.covered_in(facts.coverage_year)
        if covered and covered.terminated_by in LEAVING and member.left_on is None and member.died_on is None:
            reasons = termination(covered, facts)
            yield whys(f"{member.name}：{reasons[0].text}，回来后也不再重缴", reasons)


def _warnings(decision: HouseholdDecision, whys: Whys) -> Iterator[Why]:
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


def _papers(facts: HouseholdFacts, ruleset: RuleSet, whys: Whys) -> tuple[PaperLine, ...]:
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
