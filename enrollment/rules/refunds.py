"""退费: whether a contribution that was receipted and settled may still be given back."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from common.decision import Clause, Reason
from enrollment.rules.ruleset import RuleSet

BARS = {"deadline": "缴费截止后", "cover": "待遇享受开始后", "remittance": "款项上缴后"}


@dataclass(frozen=True, slots=True)
class Refundable:
    """What is known of the contribution: the year it buys, the first day of cover, and whether it was sent up."""

    coverage_year: int
    cover_starts_on: date
    remitted: bool


def bars(ruleset: RuleSet) -> tuple[Collection[str], Clause | None]:
    """What bars a refund and by which clause; a rule set that says nothing of refunds bars all three."""
    rule = ruleset.refunds
    return (rule.barred_after, rule.clause) if rule else (tuple(BARS), None)


def refusals(ruleset: RuleSet, asked: Refundable, *, at: datetime) -> tuple[Reason, ...]:
    """Why the contribution is not given back; empty where it is."""
    barred, clause = bars(ruleset)
    return tuple(Reason(f"REFUND_{bar.upper()}", text, clause) for bar, text in _standing(ruleset, asked, at, barred))


def _standing(ruleset: RuleSet, asked: Refundable, at: datetime, barred: Collection[str]) -> Iterator[tuple[str, str]]:
    window = ruleset.window(asked.coverage_year)
    if "deadline" in barred and window and at > window.pay_until:
        yield "deadline", f"{asked.coverage_year}年度缴费已于{window.pay_until:%Y-%m-%d}截止，已缴保费不退。"
    if "cover" in barred and at.date() >= asked.cover_starts_on:
        yield "cover", f"待遇已于{asked.cover_starts_on}开始享受，已缴保费不退。"
    if "remittance" in barred and asked.remitted:
        yield "remittance", "这笔款已经上缴，本机构不能退；确属误收的，请向经办机构说明。"
