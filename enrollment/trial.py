"""试算: a household described without names, its case in the contract's keys, what differs between decisions."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from enrollment.facts import HouseholdFacts
from enrollment.rules import facts as rules
from enrollment.rules.decision import HouseholdDecision, MemberDecision

LETTERS = "ABCDEFGHIJKLMNOP"
MOST = len(LETTERS)
LONGEST = 1900  # of a link: two of them, now and before, stand in one address, and the server takes 4,094 bytes
LARGEST = 40_000  # of what a link unfolds to
State = dict[str, Any]


def token_of(state: Mapping[str, Any]) -> str:
    """A state as a piece of an address; what is empty is left out."""
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def state_of(token: str) -> State | None:
    """The state that a link carries; None for one that was cut off or never was a link of ours."""
    if not token or len(token) > LONGEST:
        return None
    try:
        packed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        unfold = zlib.decompressobj()
        text = unfold.decompress(packed, LARGEST)
        state = json.loads(text)
    except (Base64Error, ValueError, zlib.error):
        return None
    if unfold.unconsumed_tail or not isinstance(state, dict) or not isinstance(state.get("members"), list):
        return None
    whole = all(isinstance(each, dict) for each in state["members"]) and len(state["members"]) <= MOST
    return state if whole else None


def state_from(facts: HouseholdFacts, *, channel: str = "counter") -> State:
    """A registered household as a trial: its facts, no name and no number."""
    return {
        "ruleset": facts.ruleset_code,
        "coverage_year": facts.coverage_year,
        "channel": channel,
        "certifications": [_certification(each) for each in facts.asked.certifications],
        "members": [_member(each) for each in facts.asked.members][:MOST],
    }


def _member(member: rules.Member) -> State:
    covers = sorted(member.covered_years)
    found = {
        "division": member.hukou.division,
        "kind": member.hukou.kind,
        "birth_date": member.birth_date.isoformat() if member.birth_date else "",
        "stays_out": not member.applying,
        "other_cover": member.insured_elsewhere.kind if member.insured_elsewhere else "",
        "ended_on": member.employee_cover.ended_on.isoformat() if member.employee_cover else "",
        "ended_division": member.employee_cover.division if member.employee_cover else "",
        "in_employee_scope": member.in_employee_scope,
        "exempt": bool(member.exemption),
        "residence": member.residence_certificate or member.parent_residence_certificate,
        "student": member.student.kind if member.student else "",
        "student_away": bool(member.student and not member.student.school_in_area),
        "covered_years": ",".join(map(str, covers)),
        "employee_years": ",".join(map(str, sorted(member.employee_years))),
        "repaid_years": ",".join(map(str, sorted(member.repaid_years))),
        "photos": str(member.photos) if member.photos != 2 else "",
        "certifications": [_certification(each) for each in member.certifications],
    }
    return {key: value for key, value in found.items() if value}


def _certification(each: rules.Certification) -> State:
    found = {
        "category": each.category,
        "disability": f"{each.disability.kind}{each.disability.grade or ''}" if each.disability else "",
        "no_original": not each.original_seen,
        "no_copy": not each.copy_kept,
        "listed": each.on_funder_list,
        "valid_until": each.valid_until.isoformat() if each.valid_until else "",
    }
    return {key: value for key, value in found.items() if value}


def case_of(state: Mapping[str, Any]) -> State:
    """The state as a case in the contract of `manage.py assess`; what is wrong in it `read_case` says."""
    members = [_case_member(each, LETTERS[place]) for place, each in enumerate(state["members"])]
    household = {
        "members": members,
        "certifications": [_case_certification(each) for each in state.get("certifications", [])],
        "overrides": list(state.get("overrides", [])),
    }
    case = {
        "id": "trial",
        "ruleset": state.get("ruleset"),
        "coverage_year": state.get("coverage_year"),
        "channel": state.get("channel") or "counter",
        "as_of": state.get("as_of"),
        "registered_at": state.get("registered_at"),
        "household": household,
    }
    return {key: value for key, value in case.items() if value is not None}


def _case_member(state: Mapping[str, Any], ref: str) -> State:
    case: State = {
        "ref": ref,
        "applying": not state.get("stays_out", False),
        "hukou": {"division": state.get("division", ""), "kind": state.get("kind", "urban")},
        "certifications": [_case_certification(each) for each in state.get("certifications", [])],
        "in_employee_scope": bool(state.get("in_employee_scope")),
        "residence_certificate": bool(state.get("residence")),
    }
    if state.get("birth_date"):
        case["birth_date"] = state["birth_date"]
    if state.get("other_cover"):
        case["insured_elsewhere"] = {"kind": state["other_cover"]}
    if state.get("ended_on"):
        case["employee_cover"] = {"ended_on": state["ended_on"], "division": state.get("ended_division", "")}
    if state.get("exempt"):
        case |= {"exemption": "municipal_staff_child", "parent_unit_level": "municipal"}
    if state.get("student"):
        case["student"] = {"kind": state["student"], "school_in_area": not state.get("student_away", False)}
    if state.get("photos"):
        case["photos"] = int(state["photos"])
    for key in ("covered_years", "employee_years", "repaid_years"):
        if state.get(key):
            case[key] = [int(year) for year in str(state[key]).split(",")]
    return case


def _case_certification(state: Mapping[str, Any]) -> State:
    case: State = {
        "original_seen": not state.get("no_original", False),
        "copy_kept": not state.get("no_copy", False),
        "on_funder_list": bool(state.get("listed")),
    }
    if state.get("category"):
        case["category"] = state["category"]
    if state.get("disability"):
        text = str(state["disability"])
        kind = text.rstrip("1234")
        case["disability"] = {"kind": kind} | ({"grade": int(text[len(kind) :])} if text != kind else {})
    if state.get("valid_until"):
        case["valid_until"] = state["valid_until"]
    return case


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
        "个人账户": f"{benefit.account_credit:.2f}" if benefit and benefit.account_credit else "",
        "连续年限": str(member.continuous_years or ""),
    }
