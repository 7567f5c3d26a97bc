"""Facts written down as a worked case: the other half of `cases.read_case`. 案例的写出.

What holds by default is left out. Members are called A, B, C …: no name and no number goes along, and a place only as
far as rules compare it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from enrollment.rules.facts import Certification, Disability, EndedCover, Household, Member
from enrollment.rules.ruleset import RuleSet

LETTERS = "ABCDEFGHIJKLMNOP"
MOST = len(LETTERS)
COUNTY = 6  # digits of a division code


def case_json(
    household: Household,
    *,
    ruleset: RuleSet,
    coverage_year: int,
    at: datetime,
    registered_at: datetime | None = None,
    verified_at: datetime | None = None,
    paid_at: datetime | None = None,
    channel: str = "counter",
) -> dict[str, Any]:
    """The question as a case; reading it again gives the same decision. ValueError beyond MOST members."""
    if len(household.members) > MOST:
        raise ValueError(f"at most {MOST} members, not {len(household.members)}")
    digits = place_digits(ruleset)
    members = [_member(each, letter, digits) for letter, each in zip(LETTERS, household.members, strict=False)]
    held = {
        "members": members,
        "certifications": [_certification(each, digits) for each in household.certifications],
        "overrides": sorted(household.overrides),
    }
    moments = {"as_of": at, "registered_at": registered_at, "verified_at": verified_at, "paid_at": paid_at}
    return {
        "ruleset": ruleset.code,
        "coverage_year": coverage_year,
        "channel": channel,
        **{key: moment.isoformat(timespec="seconds") for key, moment in moments.items() if moment},
        "household": without_empty(held) | _papers(household.papers),
    }


def place_digits(ruleset: RuleSet) -> int:
    """How many digits of a division code the rule set compares at the most; a county's at the least."""
    issued = [code for each in ruleset.categories for code in each.issued_within]
    after = list(ruleset.after_employee.divisions) if ruleset.after_employee else []
    return max([COUNTY, *(len(code) for code in [*(each.code for each in ruleset.area.divisions), *issued, *after])])


def without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that say something other than what holds without them."""
    return {key: value for key, value in data.items() if value not in (None, "", False, [])}


def _member(member: Member, ref: str, digits: int) -> dict[str, Any]:
    found = {
        "ref": ref,
        "hukou": {"division": member.hukou.division[:digits], "kind": member.hukou.kind},
        "birth_date": member.birth_date.isoformat() if member.birth_date else "",
        "certifications": [_certification(each, digits) for each in member.certifications],
        "employee_cover": _ended(member.employee_cover, digits),
        "employee_years": sorted(member.employee_years),
        "in_employee_scope": member.in_employee_scope,
        "exemption": member.exemption,
        "parent_unit_level": member.parent_unit_level,
        "residence_certificate": member.residence_certificate,
        "parent_residence_certificate": member.parent_residence_certificate,
        "admitted_by_supervisor": member.admitted_by_supervisor,
        "covered_years": sorted(member.covered_years),
        "repaid_years": sorted(member.repaid_years),
    }
    if cover := member.insured_elsewhere:
        found["insured_elsewhere"] = {"kind": cover.kind} | (
            {} if cover.certificate_seen else {"certificate_seen": False}
        )
    if student := member.student:
        found["student"] = {"kind": student.kind, "school_in_area": student.school_in_area}
    said = without_empty(found) | _papers(member.papers)
    if not member.applying:
        said["applying"] = False
    if member.photos != 2:
        said["photos"] = member.photos
    return said


def _papers(papers: frozenset[str] | None) -> dict[str, Any]:
    return {} if papers is None else {"papers": sorted(papers)}


def _ended(cover: EndedCover | None, digits: int) -> dict[str, Any] | None:
    return (
        without_empty({"ended_on": cover.ended_on.isoformat(), "division": cover.division[:digits]}) if cover else None
    )


def _certification(each: Certification, digits: int) -> dict[str, Any]:
    found = without_empty(
        {
            "category": each.category,
            "disability": _disability(each.disability) if each.disability else None,
            "on_funder_list": each.on_funder_list,
            "issued_by_division": each.issued_by_division[:digits],
            "valid_until": each.valid_until.isoformat() if each.valid_until else "",
        }
    )
    seen = {"original_seen": each.original_seen, "copy_kept": each.copy_kept}
    return found | {key: False for key, value in seen.items() if not value}


def _disability(each: Disability) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": each.kind}
    if each.grade is not None:
        found["grade"] = each.grade
    if each.components:
        # A part without a grade would be read with the grade of the whole: the key says that it has none.
        found["components"] = [{"kind": part.kind, "grade": part.grade} for part in each.components]
    return found
