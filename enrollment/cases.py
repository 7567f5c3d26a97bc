"""Worked cases as JSON: the contract of `manage.py assess` and of the trial calculation. 案例.

../shared/cases/README.md says each key. Reading a case gives facts, writing a decision gives a result; no database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from common.dates import SHANGHAI, YEARS
from common.decision import Reason
from enrollment.rules.assess import INCOMPLETE, assess
from enrollment.rules.decision import HouseholdDecision, MemberDecision, MissingDocument
from enrollment.rules.facts import (
    Certification,
    Disability,
    EndedCover,
    Household,
    Hukou,
    Member,
    OtherCover,
    Student,
)
from enrollment.rules.ruleset import RuleSet

CHANNELS = ("counter", "village", "school", "app", "department")
HUKOU_KINDS = ("urban", "rural", "converted")
OTHER_COVERS = ("employee", "nrcms")
DIVISION = re.compile("[0-9]{6,12}")


class CaseError(ValueError):
    """A case that cannot be read: the sentence says which key, and what was expected."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question, read and checked."""

    id: str
    ruleset: str
    coverage_year: int
    channel: str
    household: Household
    at: datetime
    registered_at: datetime | None
    verified_at: datetime | None
    paid_at: datetime | None

    def assess(self, ruleset: RuleSet) -> HouseholdDecision:
        """The decision, by the rule set that the case names."""
        return assess(
            self.household,
            ruleset=ruleset,
            coverage_year=self.coverage_year,
            at=self.at,
            registered_at=self.registered_at,
            verified_at=self.verified_at,
            paid_at=self.paid_at,
            channel=self.channel,
        )


def read_case(data: Any) -> Case:
    """Read one case; CaseError where a key is missing or of the wrong kind."""
    case = _object(data, "案例")
    household = _object(_need(case, "household"), "household")
    members = _need(household, "members")
    if not isinstance(members, list) or not members:
        raise CaseError("household.members 应是至少一名成员的列表")
    at = _moment(case, "as_of")
    if at is None:
        raise CaseError("缺少 as_of（ISO 8601 时刻，带时区）")
    year = _need(case, "coverage_year")
    if not isinstance(year, int) or isinstance(year, bool) or year not in YEARS:
        raise CaseError(f"coverage_year 应是年份整数，如 2008，现在是 {year!r:.60}")
    channel = _one_of(case, "channel", CHANNELS) if case.get("channel") else "counter"
    people = tuple(_told_by_member(_object(each, "members")) for each in members)
    refs = [member.ref for member in people]
    if len(set(refs)) != len(refs):
        raise CaseError(f"每个成员的 ref 应各不相同，现在是 {'、'.join(refs)}")
    facts = Household(
        members=people,
        certifications=tuple(_certification(_object(each, "certifications")) for each in _list(household)),
        papers=_papers(household),
        overrides=frozenset(str(code) for code in _list(household, "overrides")),
    )
    return Case(
        id=str(case.get("id", "")),
        ruleset=_ruleset(case),
        coverage_year=year,
        channel=channel,
        household=facts,
        at=at,
        registered_at=_moment(case, "registered_at"),
        verified_at=_moment(case, "verified_at"),
        paid_at=_moment(case, "paid_at"),
    )


def _ruleset(data: Mapping[str, Any]) -> str:
    """The code of a rule set; one that no database can be asked for is refused here."""
    code = _need(data, "ruleset")
    if not isinstance(code, str) or not code.isprintable():
        raise CaseError(f"ruleset 应是规则集代码，如 songming，现在是 {code!r:.60}")
    return code


def _object(data: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise CaseError(f"{name} 应是一个对象 {{…}}，现在是 {data!r:.60}")
    return data


def _need(data: Mapping[str, Any], key: str) -> Any:
    if data.get(key) is None:
        raise CaseError(f"缺少 {key}")
    return data[key]


def _one_of(data: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str:
    value = _need(data, key)
    if value not in choices:
        raise CaseError(f"{key} 应是 {'、'.join(choices)} 之一，现在是 {value!r:.60}")
    return str(value)


def _list(data: Mapping[str, Any], key: str = "certifications") -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise CaseError(f"{key} 应是列表，现在是 {value!r:.60}")
    return value


def _text(data: Mapping[str, Any], key: str) -> str:
    """What stands there in words; '' for nothing."""
    value = data.get(key) or ""
    if not isinstance(value, str):
        raise CaseError(f"{key} 应是文字，现在是 {value!r:.60}")
    return value


def _kind(data: Mapping[str, Any]) -> str:
    """A kind in the certificate's or the school's own word."""
    _need(data, "kind")
    return _text(data, "kind")


def _hukou(data: Mapping[str, Any]) -> Hukou:
    division = str(_need(data, "division"))
    if not DIVISION.fullmatch(division):
        raise CaseError(f"division（户籍地）应是 6 到 12 位行政区划代码，如 320705，现在是 {division!r:.60}")
    return Hukou(division, _one_of(data, "kind", HUKOU_KINDS))


def _moment(data: Mapping[str, Any], key: str) -> datetime | None:
    value = data.get(key)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise CaseError(f"{key} 应是 ISO 8601 时刻，如 2007-10-25T10:00:00+08:00，现在是 {value!r}") from error
    if moment.year not in YEARS:
        raise CaseError(f"{key} 的年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间，现在是 {value!r}")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _day(data: Mapping[str, Any], key: str) -> date | None:
    value = data.get(key)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise CaseError(f"{key} 应是日期，如 1960-01-01，现在是 {value!r}") from error


def _years(data: Mapping[str, Any], key: str) -> frozenset[int]:
    years = _list(data, key)
    if not all(isinstance(year, int) and not isinstance(year, bool) and year in YEARS for year in years):
        raise CaseError(f"{key} 应是年份整数（{YEARS[0]} 至 {YEARS[-1]}）的列表，现在是 {years!r:.60}")
    return frozenset(years)


def _flag(data: Mapping[str, Any], key: str, default: bool = False) -> bool:
    value = data.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise CaseError(f"{key} 应是 true 或 false，现在是 {value!r:.60}")
    return value


def _told_by_member(data: Mapping[str, Any]) -> Member:
    """Read a member; whatever is wrong with one is told with its ref."""
    try:
        return _member(data)
    except CaseError as error:
        raise CaseError(f"成员{data.get('ref') or '（无 ref）'}的 {error}") from error


def _member(data: Mapping[str, Any]) -> Member:
    other, ended = data.get("insured_elsewhere"), data.get("employee_cover")
    student = data.get("student")
    return Member(
        ref=_ref(data),
        name=_text(data, "name"),
        hukou=_hukou(_object(_need(data, "hukou"), "hukou")),
        applying=_flag(data, "applying", True),
        birth_date=_day(data, "birth_date"),
        certifications=tuple(_certification(_object(each, "certifications")) for each in _list(data)),
        insured_elsewhere=_other_cover(_object(other, "insured_elsewhere")) if other else None,
        employee_cover=_ended_cover(_object(ended, "employee_cover")) if ended else None,
        employee_years=_years(data, "employee_years"),
        in_employee_scope=_flag(data, "in_employee_scope"),
        exemption=_text(data, "exemption"),
        parent_unit_level=_text(data, "parent_unit_level"),
        residence_certificate=_flag(data, "residence_certificate"),
        parent_residence_certificate=_flag(data, "parent_residence_certificate"),
        admitted_by_supervisor=_flag(data, "admitted_by_supervisor"),
        student=_student(_object(student, "student")) if student else None,
        photos=_photos(data.get("photos")),
        papers=_papers(data),
        covered_years=_years(data, "covered_years"),
        repaid_years=_years(data, "repaid_years"),
    )


def _ref(data: Mapping[str, Any]) -> str:
    ref = _need(data, "ref")
    if not isinstance(ref, str | int) or isinstance(ref, bool) or ref == "":
        raise CaseError(f"ref 应是指称成员的字母，如 A，现在是 {ref!r:.60}")
    return str(ref)


def _photos(value: Any) -> int:
    if value is None:
        return 2
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise CaseError(f"photos 应是照片张数（整数），现在是 {value!r}")
    return value


def _papers(data: Mapping[str, Any]) -> frozenset[str] | None:
    """The codes of the papers that were seen; None where nobody asked for any."""
    return None if data.get("papers") is None else frozenset(str(code) for code in _list(data, "papers"))


def _student(data: Mapping[str, Any]) -> Student:
    in_area = "school_in_county" if "school_in_county" in data else "school_in_area"
    return Student(_kind(data), _flag(data, in_area))


def _other_cover(data: Mapping[str, Any]) -> OtherCover:
    return OtherCover(_one_of(data, "kind", OTHER_COVERS), _flag(data, "certificate_seen", True))


def _ended_cover(data: Mapping[str, Any]) -> EndedCover | None:
    ended = _day(data, "ended_on")
    return EndedCover(ended, str(data.get("division") or "")) if ended else None


def _certification(data: Mapping[str, Any]) -> Certification:
    disability = data.get("disability")
    return Certification(
        category=_text(data, "category"),
        disability=_disability(_object(disability, "disability")) if disability else None,
        original_seen=_flag(data, "original_seen", True),
        copy_kept=_flag(data, "copy_kept", True),
        on_funder_list=_flag(data, "on_funder_list"),
        issued_by_division=str(data.get("issued_by_division") or ""),
        valid_until=_day(data, "valid_until"),
    )


def _disability(data: Mapping[str, Any]) -> Disability:
    grade = data.get("grade")
    parts = [_component(each, grade) for each in _list(data, "components")]
    return Disability(_kind(data).removesuffix("残疾"), _grade(grade), tuple(parts))


def _component(data: Any, whole: Any) -> Disability:
    if isinstance(data, str):
        return Disability(data.removesuffix("残疾"), _grade(whole))
    part = _object(data, "components")
    return Disability(_kind(part).removesuffix("残疾"), _grade(part.get("grade", whole)))


def _grade(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 4:
        raise CaseError(f"grade（残疾等级）应是 1 到 4 的整数，现在是 {value!r}")
    return value


def result(case: Case, decision: HouseholdDecision) -> dict[str, Any]:
    """The answer to a case, as plain JSON values; amounts in yuan."""
    found: dict[str, Any] = {"id": case.id, "eligible": decision.eligible, "reason": decision.reason}
    found["reasons"] = [_reason(reason) for reason in decision.refusals]
    found["warnings"] = [_reason(reason) for reason in decision.warnings]
    if decision.eligible:
        found |= _amounts(decision) | _benefits(decision)
    if decision.next_window:
        found["next_window"] = [day.isoformat() for day in decision.next_window]
    if decision.earliest_benefit_start:
        found["earliest_benefit_start"] = decision.earliest_benefit_start.isoformat()
    told = {reason.code for reason in (*decision.refusals, *decision.warnings)}
    if decision.missing_members and INCOMPLETE in told:  # where a household need not enrol together, nobody is missing
        found["missing_members"] = list(decision.missing_members)
    if decision.missing_documents:
        applicant = decision.applicants[0].ref if decision.applicants else None
        found["missing_documents"] = [_document(each, applicant) for each in decision.missing_documents]
    found["members"] = [_member_result(member, decision.eligible) for member in decision.members]
    return found


def _amounts(decision: HouseholdDecision) -> dict[str, Any]:
    return {
        "fee_yuan": _number(decision.payable),
        "receipt_amount_yuan": _number(decision.payable),
        "sponsor_amount_yuan": _number(decision.sponsored),
        "funder": decision.funder,
        "fee_by_member": {member.ref: _number(member.payable) for member in decision.applicants},
    }


def _benefits(decision: HouseholdDecision) -> dict[str, Any]:
    benefits = [member.benefit for member in decision.applicants if member.benefit]
    first = min(benefits, key=lambda benefit: benefit.starts_on)
    return {
        "benefit_start": first.starts_on.isoformat(),
        "benefit_end": first.ends_on.isoformat(),
        "usable_from": first.usable_from.isoformat(),
        "account_credit": _number(first.account_credit),
        "account_credit_due_by": first.account_credit_due_by.isoformat() if first.account_credit_due_by else None,
        "workmanship_fee_exempt": _shared({m.ref: m.workmanship_fee_exempt for m in decision.applicants}),
        "continuous_years": _shared({m.ref: m.continuous_years for m in decision.applicants}),
    }


def _shared(values: dict[str, Any]) -> Any:
    """One value where all members have the same, or the map by member."""
    return next(iter(values.values())) if len(set(values.values())) == 1 else values


def _number(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _document(missing: MissingDocument, applicant: str | None) -> str:
    return missing.label if missing.ref in (None, applicant) else f"{missing.label}:{missing.ref}"


def _member_result(member: MemberDecision, eligible: bool) -> dict[str, Any]:
    charge, benefit = member.charge, member.benefit
    return {
        "ref": member.ref,
        "applying": member.applying,
        "category": charge.category_name if charge else None,
        "payable": _number(member.payable) if charge else None,
        "sponsored": _number(member.sponsored) if charge else None,
        "funder": charge.funder or None if charge else None,
        "benefit_start": benefit.starts_on.isoformat() if benefit and eligible else None,
        "benefit_end": benefit.ends_on.isoformat() if benefit and eligible else None,
        "usable_from": benefit.usable_from.isoformat() if benefit and eligible else None,
        "continuous_years": member.continuous_years,
        "reasons": [_reason(reason) for reason in (*member.refusals, *member.reasons)],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    clause = reason.clause
    place = {"document": clause.document, "article": clause.article, "key": clause.key} if clause else None
    return {"code": reason.code, "text": reason.text, "clause": place}
