"""应收: a decision made into the rows and words that a payment writes. 收款的内容."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from common.decision import Reason, Refusal
from common.json_text import json_text
from common.money import capitals
from enrollment.facts import HouseholdFacts, MemberFacts
from enrollment.frozen import decision_json, reason_json
from enrollment.rules.decision import Benefit, Charge, HouseholdDecision, MemberDecision
from enrollment.rules.ruleset import RuleSet
from offices.models import Staff
from payments.paper import fonts


@dataclass(frozen=True)
class Bill:
    """What is due from a household, taken where and by whom. `office`: its name, and whether its time is a demo's."""

    facts: HouseholdFacts
    decision: HouseholdDecision
    office: Mapping[str, Any]
    clerk: Staff

    def columns(self) -> dict[str, Any]:
        """The parameters of sql.WRITE that follow from household and decision."""
        facts, decision = self.facts, self.decision
        return {
            "household": facts.id,
            "period": facts.period_id,
            "edition": facts.edition_id,
            "coverage_year": facts.coverage_year,
            "office": self.clerk.office_id,
            "division": facts.division_code,
            "clerk": self.clerk.pk,
            "registered_at": facts.registered_at,
            "standard": decision.standard,
            "amount": decision.payable,
            "sponsored": decision.sponsored,
            "capitals": capitals(decision.payable),
            "decision": json_text(decision_json(decision)),
            "members": json_text(list(self._members())),
            "payer": self.payer,
            "household_number": facts.number,
            "address": facts.address,
            "title": self.title,
            "office_name": self.office["name"],
            "clerk_name": self.clerk.name,
            "clause_line": self.clause_line,
            "demo": self.office["demo"] or self.clerk.is_demo,
        }

    @property
    def payer(self) -> str:
        """交款人: the head of the household."""
        head = self.facts.head
        return head.name if head else ""

    @property
    def title(self) -> str:
        """What the receipt is headed."""
        return title_of(self.facts.ruleset())

    @cached_property
    def clause_line(self) -> str:
        """The articles on which the amounts and the benefit rest, in their order: 连政办发〔2007〕149号第七条."""
        parts = [part for _, _, charge, benefit in self._applicants for part in (charge, benefit)]
        return articles(parts, self.facts.ruleset())

    def refuse_what_cannot_be_printed(self) -> None:
        """Refuse, before a number is used, a name for which no font has a character."""
        printed = list(self._printed())
        if not fonts.undrawable(" ".join(text for _, text in printed)):
            return
        for whose, text in printed:
            lacking = fonts.undrawable(text)
            if lacking:
                raise Refusal(Reason("UNDRAWABLE", f"{whose}“{text}”打印不出来，没有收款。{fonts.Undrawable(lacking)}"))

    def _printed(self) -> Iterator[tuple[str, str]]:
        yield "交款人姓名", self.payer
        for member, _, charge, _ in self._applicants:
            yield "姓名", member.name
            yield "人员类别", charge.category_name
            yield "资助部门", charge.funder
        yield "住址", self.facts.address
        yield "户号", self.facts.number
        yield "收据名称", self.title
        yield "收款单位", str(self.office["name"])
        yield "收款人姓名", self.clerk.name
        yield "依据", self.clause_line

    @cached_property
    def _applicants(self) -> list[tuple[MemberFacts, MemberDecision, Charge, Benefit]]:
        by_ref = {member.asked.ref: member for member in self.facts.members}
        found = []
        for decided in self.decision.applicants:
            if decided.charge is None or decided.benefit is None:
                raise ValueError(f"an eligible applicant without charge or benefit: {decided.ref}")
            found.append((by_ref[decided.ref], decided, decided.charge, decided.benefit))
        return found

    def _members(self) -> Iterator[dict[str, Any]]:
        for position, (member, decided, charge, benefit) in enumerate(self._applicants, start=1):
            yield {
                "position": position,
                "person_id": member.person_id,
                "name": member.name,
                "id_no": member.sealed_id_no,
                "category": charge.category,
                "category_name": charge.category_name,
                "standard": str(charge.standard),
                "payable": str(charge.payable),
                "sponsored": str(charge.sponsored),
                "funder": charge.funder,
                "benefit_starts_on": benefit.starts_on.isoformat(),
                "benefit_ends_on": benefit.ends_on.isoformat(),
                "usable_from": benefit.usable_from.isoformat(),
                "account_credit": None if benefit.account_credit is None else str(benefit.account_credit),
                "account_credit_due_by": _day(benefit),
                "continuous_years": decided.continuous_years,
                "reasons": [reason_json(reason) for reason in decided.reasons],
            }


def title_of(ruleset: RuleSet) -> str:
    """What receipts under a rule set are headed."""
    return f"{ruleset.name}缴费收据"


def articles(parts: Iterable[Charge | Benefit], ruleset: RuleSet) -> str:
    """The articles on which they rest, in the order of the rule set."""
    order = {key: place for place, key in enumerate(ruleset.clauses)}
    clauses = [reason.clause for part in parts for reason in part.reasons if reason.clause]
    named: dict[str, dict[str, None]] = {}
    for clause in sorted(clauses, key=lambda clause: order.get(clause.key, len(order))):
        named.setdefault(clause.document, {})[clause.article] = None
    return "；".join(f"{document}{'、'.join(places)}" for document, places in named.items())


def _day(benefit: Benefit) -> str | None:
    return benefit.account_credit_due_by.isoformat() if benefit.account_credit_due_by else None
