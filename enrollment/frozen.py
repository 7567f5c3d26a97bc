"""核定结果的存档: a decision as JSON, as it is kept with the money taken under it; amounts as text, days as ISO."""

from collections.abc import Mapping
from typing import Any

from common.decision import Clause, Reason
from enrollment.rules.decision import HouseholdDecision, MemberDecision


def reason_json(reason: Reason) -> dict[str, Any]:
    """Code, sentence and clause of a reason."""
    clause = reason.clause
    place = {"key": clause.key, "document": clause.document, "article": clause.article} if clause else None
    if place and clause and clause.source:
        place["source"] = clause.source
    return {"code": reason.code, "text": reason.text, "clause": place}


def reason_of(kept: Mapping[str, Any]) -> Reason:
    """The reason that `reason_json` wrote."""
    place = kept["clause"]
    clause = (
        Clause(place["key"], place["document"], place["article"], source=place.get("source", "")) if place else None
    )
    return Reason(kept["code"], kept["text"], clause)


def decision_json(decision: HouseholdDecision) -> dict[str, Any]:
    """The whole decision over a household."""
    return {
        "coverage_year": decision.coverage_year,
        "standard": str(decision.standard),
        "payable": str(decision.payable),
        "sponsored": str(decision.sponsored),
        "refusals": [reason_json(reason) for reason in decision.refusals],
        "warnings": [reason_json(reason) for reason in decision.warnings],
        "members": [member_json(member) for member in decision.members],
    }


def member_json(member: MemberDecision) -> dict[str, Any]:
    """What was decided over one member."""
    found: dict[str, Any] = {
        "ref": member.ref,
        "applying": member.applying,
        "due": member.due,
        "refusals": [reason_json(reason) for reason in member.refusals],
        "reasons": [reason_json(reason) for reason in member.reasons],
        "warnings": [reason_json(reason) for reason in member.warnings],
        "continuous_years": member.continuous_years,
        "workmanship_fee_exempt": member.workmanship_fee_exempt,
    }
    if charge := member.charge:
        found |= {
            "category": charge.category,
            "category_name": charge.category_name,
            "standard": str(charge.standard),
            "payable": str(charge.payable),
            "sponsored": str(charge.sponsored),
            "funder": charge.funder,
        }
    if benefit := member.benefit:
        credit, due_by = benefit.account_credit, benefit.account_credit_due_by
        found |= {
            "benefit_starts_on": benefit.starts_on.isoformat(),
            "benefit_ends_on": benefit.ends_on.isoformat(),
            "usable_from": benefit.usable_from.isoformat(),
            "account_credit": str(credit) if credit is not None else None,
            "account_credit_due_by": due_by.isoformat() if due_by else None,
        }
    return found
