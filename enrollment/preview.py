"""试算: what a household that is being typed would pay. Its papers are taken as shown: they come after the form."""

from dataclasses import replace
from datetime import datetime

from common.dates import local_day
from enrollment.rules.assess import assess
from enrollment.rules.decision import HouseholdDecision
from enrollment.rules.eligibility import not_due
from enrollment.rules.facts import Certification, Disability, Household, Hukou, Member, OtherCover
from enrollment.rules.ruleset import RuleSet
from households.drafts import CertificationDraft, HouseholdDraft, MemberDraft


def preview(draft: HouseholdDraft, *, ruleset: RuleSet, coverage_year: int, at: datetime) -> HouseholdDecision:
    """Decide over a draft as if it were registered and paid now; members are known by their place, counted from 0."""
    members = [_member(str(place), each) for place, each in enumerate(draft.members)]
    day = local_day(at)
    applying = tuple(
        replace(each, applying=not not_due(each, ruleset=ruleset, coverage_year=coverage_year, day=day))
        for each in members
    )
    asked = Household(members=applying, certifications=tuple(_certification(each) for each in draft.certifications))
    return assess(asked, ruleset=ruleset, coverage_year=coverage_year, at=at, registered_at=at, verified_at=at)


def _member(ref: str, draft: MemberDraft) -> Member:
    cover = next((each for each in draft.other_covers if each.ends_on is None), None)
    return Member(
        ref=ref,
        name=draft.name,
        hukou=Hukou(draft.hukou_division, draft.hukou_kind),
        birth_date=draft.birth_date,
        certifications=tuple(_certification(each) for each in draft.certifications),
        insured_elsewhere=OtherCover(cover.kind) if cover else None,
        in_employee_scope=draft.in_employee_scope,
        exemption=draft.exemption,
        parent_unit_level=draft.parent_unit_level,
        residence_certificate=draft.residence_holder == "self",
        parent_residence_certificate=draft.residence_holder == "parent",
    )


def _certification(draft: CertificationDraft) -> Certification:
    disability = Disability(draft.disability_kind, draft.disability_grade) if draft.disability_kind else None
    return Certification(
        category=draft.category,
        disability=disability,
        on_funder_list=bool(draft.funder_list),
        issued_by_division=draft.issued_by_division,
        valid_until=draft.valid_to,
    )
