"""试算: a household described without names, sent along as a case, and what differs between decisions."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrollment import library
from enrollment.case_writing import MOST, case_json
from enrollment.cases import CaseError, read_case
from enrollment.facts import HouseholdFacts
from enrollment.rules.decision import HouseholdDecision, MemberDecision

LARGEST = 40_000  # characters of a described household
State = dict[str, Any]


def text_of(state: Mapping[str, Any]) -> str:
    """A state as the page carries it, in the body of a form and never in an address."""
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def state_of(text: str) -> State | None:
    """The state that a form sent along; None for one that was cut off or never was ours."""
    if not text or len(text) > LARGEST or "\0" in text or "\\u0000" in text:
        return None
    try:
        state = json.loads(text)
        text_of(state).encode()  # half a character can be neither shown nor kept
    except (ValueError, RecursionError):
        return None
    return state if _is_whole(state) else None


def _is_whole(state: Any) -> bool:
    """Whether a state can be taken apart: what its values say is for `read_case` to judge."""
    household = state.get("household") if isinstance(state, dict) else None
    members = household.get("members") if isinstance(household, dict) else None
    return isinstance(members, list) and len(members) <= MOST and all(isinstance(each, dict) for each in members)


def state_from(facts: HouseholdFacts, *, at: datetime) -> State:
    """A registered household as a trial: its facts, no name and no number. Refusal where no rule set is loaded."""
    return case_json(
        facts.asked,
        ruleset=facts.ruleset(),
        coverage_year=facts.coverage_year,
        at=at,
        registered_at=facts.registered_at,
        verified_at=facts.verified_at,
    )


def state_of_case(data: Any) -> State:
    """A case as the trial's state: what it says beyond the contract, names above all, is left behind.

    CaseError where it cannot be read, Refusal where its rule set is not loaded.
    """
    case = read_case(data)
    if len(case.household.members) > MOST:
        raise CaseError(f"试算最多{MOST}名成员，这个案例有{len(case.household.members)}名")
    return case_json(
        case.household,
        ruleset=library.current(case.ruleset),
        coverage_year=case.coverage_year,
        at=case.paid_at or case.at,
        registered_at=case.registered_at,
        verified_at=case.verified_at,
        paid_at=case.paid_at,
        channel=case.channel,
    )


def case_of(state: Mapping[str, Any]) -> State:
    """The state as a case in the contract of `manage.py assess`; what is wrong in it `read_case` says."""
    return {"id": "trial", **state}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out differently: of whom, what, before and now."""

    whose: str
    what: str
    before: str
    now: str


def differences(before: HouseholdDecision, now: HouseholdDecision) -> list[Difference]:
    """What a changed fact changed in the decision, the household first, then each member."""
    found = list(_differing("本户", _household_said(before), _household_said(now)))
    earlier = {member.ref: member for member in before.members}
    for member in now.members:
        was = _member_said(earlier[member.ref]) if member.ref in earlier else {}
        found.extend(_differing(f"成员{member.ref}", was, _member_said(member)))
    gone = [ref for ref in earlier if ref not in {member.ref for member in now.members}]
    found.extend(Difference(f"成员{ref}", "成员", "在内", "已去掉") for ref in gone)
    return found


def _differing(whose: str, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for what in dict.fromkeys([*before, *now]):
        if before.get(what, "") != now.get(what, ""):
            yield Difference(whose, what, before.get(what, "") or "—", now.get(what, "") or "—")


def _household_said(decision: HouseholdDecision) -> dict[str, str]:
    return {
        "能否缴费": "可以缴费" if decision.eligible else "不予办理",
        "个人应缴": f"{decision.payable:.2f}",
        "资助": f"{decision.sponsored:.2f}",
        "不予办理的原因": "；".join(reason.text for reason in decision.refusals),
        "下一个缴费期": " 至 ".join(day.isoformat() for day in decision.next_window or ()),
        "缺的材料": "、".join(
            f"{each.label}{f'（{each.ref}）' if each.ref else ''}" for each in decision.missing_documents
        ),
    }


def _member_said(member: MemberDecision) -> dict[str, str]:
    charge, benefit = member.charge, member.benefit
    return {
        "参保": "参保" if member.applying else "不参保",
        "类别": charge.category_name if charge else "",
        "个人应缴": f"{charge.payable:.2f}" if charge else "",
        "资助": f"{charge.sponsored:.2f}" if charge else "",
        "待遇起": benefit.starts_on.isoformat() if benefit else "",
        "待遇止": benefit.ends_on.isoformat() if benefit else "",
        "可以使用": benefit.usable_from.isoformat() if benefit else "",
        "个人账户": f"{benefit.account_credit:.2f}" if benefit and benefit.account_credit else "",
        "连续年限": str(member.continuous_years or ""),
    }
