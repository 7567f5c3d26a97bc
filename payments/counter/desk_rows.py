"""收款台的成员行: each member's category, fee, cover and state in words, and why."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from common import relations
from common.dates import local_day
from common.decision import Reason
from enrollment.facts import CoveredYear, HouseholdFacts, MemberFacts
from enrollment.rules.changes import after_the_end
from enrollment.rules.decision import HouseholdDecision, MemberDecision
from payments.counter.desk import CATEGORY_CODES, RATE_CODES, MemberRow, Why, Whys

# What fits into the last column for somebody who does not take part; the whole sentence is in the reasons.
SHORT_WORDS = {
    "EMPLOYEE_INSURED": "已参加职工医保",
    "NRCMS_INSURED": "已参加新农合",
    "EMPLOYEE_SCOPE": "应参加职工医保",
    "HUKOU_OUTSIDE": "户籍不在本地",
    "NOT_URBAN_RESIDENT": "户口性质不符",
    "EXEMPT": "可暂不参保",
}


def member_rows(
    facts: HouseholdFacts, decision: HouseholdDecision, paid_reasons: Mapping[int, tuple[Reason, ...]], whys: Whys
) -> Iterator[MemberRow]:
    """A row for each member: paid for the year, open to be ticked, or gone."""
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
            empty, word = whys("—"), whys(f"{member.died_on} 已故" if member.died_on else f"{member.left_on} 离户")
            yield MemberRow(**_person(member), category=empty, fee=empty, cover=empty, word=word, state="out")


def _person(member: MemberFacts) -> dict[str, Any]:
    return {
        "person_id": member.person_id,
        "name": member.name,
        "relation": _relation(member.relation),
        "birth_date": member.birth_date,
    }


def _paid_row(
    member: MemberFacts, covered: CoveredYear, facts: HouseholdFacts, kept: tuple[Reason, ...], whys: Whys
) -> MemberRow:
    """Somebody who is enrolled for the year: figures and reasons as they were frozen with the money."""
    elsewhere = covered.household_id != facts.id
    where = f"在{covered.office_name}" if elsewhere else ""
    once = Reason("COVERED", f"{local_day(covered.enrolled_at)}{where}参保缴费", facts.ruleset().once_a_year)
    ended = termination(covered, facts)
    money = [reason for reason in kept if reason.code in RATE_CODES]
    return MemberRow(
        **_person(member),
        category=_named(covered.category_name, kept, whys),
        fee=whys(f"{covered.payable:,.2f}", money),
        cover=whys(
            _covered_span(covered),
            [*ended, *(reason for reason in kept if reason.code not in RATE_CODES | CATEGORY_CODES)],
        ),
        word=whys(_paid_word(covered, elsewhere=elsewhere), [once, *ended]),
        state="out" if covered.terminated_after and covered.terminated_after < facts.day else "paid",
    )


def _paid_word(covered: CoveredYear, *, elsewhere: bool) -> str:
    if covered.terminated_after:
        return "已终止"
    return "别处已缴" if elsewhere else "已缴"


def termination(covered: CoveredYear, facts: HouseholdFacts) -> tuple[Reason, ...]:
    """Why a cover ends early, where it does, and what is left to somebody who is here all the same."""
    if covered.terminated_after is None:
        return ()
    return after_the_end(
        kind=covered.terminated_by,
        ruleset=facts.ruleset(),
        coverage_year=covered.coverage_year,
        last_day=covered.terminated_after,
        ends_on=covered.benefit_ends_on,
        day=facts.day,
    )


def _covered_span(covered: CoveredYear) -> str:
    """From when to when; a cover that a change ended runs to the day of its end, or never began."""
    last = covered.terminated_after
    if last is None:
        return span(covered.benefit_starts_on, covered.benefit_ends_on)
    if last < covered.benefit_starts_on:
        return f"已终止（{last:%Y-%m-%d}）"
    return f"{span(covered.benefit_starts_on, last)} 终止"


def _open_row(member: MemberFacts, decided: MemberDecision, wants_papers: bool, whys: Whys) -> MemberRow:
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


def _category(decided: MemberDecision, whys: Whys) -> Why:
    if decided.charge is None:
        return whys("—")
    return _named(decided.charge.category_name, decided.reasons, whys)


def _named(category: str, reasons: Iterable[Reason], whys: Whys) -> Why:
    """The category, with what the certificate says of it: 重度残疾 肢体二级."""
    named = [reason for reason in reasons if reason.code in CATEGORY_CODES]
    proof = next((reason.text for reason in named if reason.code == "CATEGORY"), "")
    kind = proof.partition("：")[2].partition("，")[0]
    return whys(f"{category} {kind}".strip(), named)


def _fee(decided: MemberDecision, whys: Whys) -> Why:
    if decided.charge is None:
        return whys("—")
    told = [reason for reason in decided.charge.reasons if reason.code not in CATEGORY_CODES]
    exempt = [reason for reason in decided.reasons if reason.code == "WORKMANSHIP_EXEMPT"]
    return whys(f"{decided.payable:,.2f}", [*told, *exempt])


def _cover(decided: MemberDecision, whys: Whys) -> Why:
    benefit = decided.benefit
    if benefit is None:
        return whys("—")
    years = [reason for reason in decided.reasons if reason.code.startswith("CONTINU")]
    return whys(span(benefit.starts_on, benefit.ends_on), [*benefit.reasons, *years])


def _state(decided: MemberDecision, wants_papers: bool, whys: Whys) -> tuple[str, Why]:
    if decided.applying and decided.refusals:
        return "out", whys("不予办理", decided.refusals)
    if decided.applying:
        held = decided.charge is not None and decided.charge.expired is not None
        return "due", whys("缺材料" if wants_papers else "证件到期" if held else "待缴", [])
    if decided.due:
        return "wrong", whys("应同时参保", decided.reasons)
    told = SHORT_WORDS.get(decided.reasons[0].code, "不参保") if decided.reasons else "不参保"
    return "out", whys(told, decided.reasons)


def _relation(code: str) -> str:
    """The counter's short word where it has one: 孙辈 rather than the standard's whole line."""
    short = {choice.code: choice.label for choice in relations.CHOICES}
    return short.get(code) or relations.label(code)


def span(starts_on: date, ends_on: date) -> str:
    """2008-01-01 至 12-31; the year of the end only where it is another one."""
    end = f"{ends_on:%m-%d}" if ends_on.year == starts_on.year else f"{ends_on:%Y-%m-%d}"
    return f"{starts_on:%Y-%m-%d} 至 {end}"
