"""参保资格: who belongs to the insured, who is kept out, who ought to enrol with the household."""

from datetime import date

from common.decision import Reason
from enrollment.rules.facts import Household, Member
from enrollment.rules.ruleset import Admission, Exclusion, RuleSet

EXCLUDED = {
    "employee": ("EMPLOYEE_INSURED", "已参加职工医保，不在应参保之列，不能重复参保；如已停保，请出示停保证明后改录。"),
    "nrcms": ("NRCMS_INSURED", "已参加新型农村合作医疗，不在应参保之列，不能重复参保；如已退出，请核实后改录。"),
    "employee_scope": ("EMPLOYEE_SCOPE", "属于职工医保参保范围，应参加职工医保；情况特殊的由主管说明理由后放行。"),
}


def admission(member: Member, *, ruleset: RuleSet, day: date) -> Admission | None:
    """The first way by which the member belongs to the insured of the rule set, or None."""
    return next((way for way in ruleset.admissions if _admits(way, member, ruleset, day)), None)


def _admits(way: Admission, member: Member, ruleset: RuleSet, day: date) -> bool:
    if way.way == "hukou":
        return member.hukou.kind in way.hukou_kinds and ruleset.area.covers(member.hukou.division, day)
    if way.way == "student":
        student = member.student
        return student is not None and student.school_in_area and student.kind in way.student_kinds
    if way.way == "residence_certificate":
        return member.residence_certificate or member.parent_residence_certificate
    return member.admitted_by_supervisor


def exclusion(member: Member, *, ruleset: RuleSet, coverage_year: int, day: date) -> Exclusion | None:
    """The first cover or duty that keeps the member out, or None."""
    return next((each for each in ruleset.exclusions if _excludes(each, member, ruleset, coverage_year, day)), None)


def _excludes(each: Exclusion, member: Member, ruleset: RuleSet, coverage_year: int, day: date) -> bool:
    if each.fact == "employee_scope":
        return member.in_employee_scope
    if member.insured_elsewhere and member.insured_elsewhere.kind == each.fact:
        return True
    return each.fact == "employee" and _employee_cover_runs_on(member, ruleset, coverage_year, day)


def _employee_cover_runs_on(member: Member, ruleset: RuleSet, coverage_year: int, day: date) -> bool:
    """A cover whose end is known but lies ahead, beyond the first day of the year that is to be bought."""
    if member.employee_cover is None:
        return False
    period = ruleset.periods.get(coverage_year)
    first = period.starts_on if period else date(coverage_year, 1, 1)
    return member.employee_cover.ended_on >= max(day, first)


def refusals(
    member: Member, *, household: Household, ruleset: RuleSet, coverage_year: int, day: date
) -> tuple[Reason, ...]:
    """Why an applicant may not be insured at all, whatever the moment: a second cover, the hukou, another insurance."""
    found = []
    if coverage_year in member.covered_years:
        text = f"{member.label}已参加{coverage_year}年度居民医保，一年只能参保一次，请勿重复缴费。"
        found.append(Reason("DUPLICATE", text, ruleset.once_a_year))
    if admission(member, ruleset=ruleset, day=day) is None:
        found.append(_outside(member, ruleset, day))
    excluded = exclusion(member, ruleset=ruleset, coverage_year=coverage_year, day=day)
    if excluded:
        code, text = EXCLUDED[excluded.fact]
        if not (excluded.may_override and code in household.overrides):
            found.append(Reason(code, f"{member.label}{text}", excluded.clause))
    return tuple(found)


def _outside(member: Member, ruleset: RuleSet, day: date) -> Reason:
    by_hukou = next((way for way in ruleset.admissions if way.way == "hukou"), None)
    if by_hukou and ruleset.area.covers(member.hukou.division, day):
        text = f"{member.label}的户口性质不在{ruleset.area.name}参保对象之列；请核对户口簿。"
        return Reason("NOT_URBAN_RESIDENT", text, by_hukou.clause)
    others = [way for way in ruleset.admissions if way.way != "hukou"]
    hint = "；在本地就读或持有效居住证的，请补录学籍或证件" if others else ""
    text = f"{member.label}的户籍不在{ruleset.area.name}，不在参保范围；请核对户口簿{hint}。"
    return Reason("HUKOU_OUTSIDE", text, ruleset.area.clause)


def admission_reason(member: Member, *, ruleset: RuleSet, day: date) -> Reason | None:
    """The sentence that says why the member may be insured."""
    way = admission(member, ruleset=ruleset, day=day)
    if way is None:
        return None
    texts = {
        "hukou": f"户籍在{ruleset.area.name}，属于参保对象",
        "student": "在本地学校就读，属于参保对象",
        "residence_certificate": "外来务工人员（或其子女），持有效居住证件，属于参保对象",
        "supervisor": "国家规定的其他人员，经主管核准参保",
    }
    return Reason("ADMITTED", texts[way.way], way.clause)


def exempt(member: Member, *, ruleset: RuleSet) -> Reason | None:
    """The sentence that lets a member stay out of a household that enrols together, or None."""
    for each in ruleset.together.exemptions:
        levels = each.parent_unit_levels
        level_counts = not levels or not member.parent_unit_level or member.parent_unit_level in levels
        if member.exemption == each.code and level_counts:
            return Reason("EXEMPT", f"{each.name}，可暂不参保", each.clause)
    return None


def not_due(member: Member, *, ruleset: RuleSet, coverage_year: int, day: date) -> Reason | None:
    """Why a member need not enrol with the household, or None where the member ought to."""
    if coverage_year in member.covered_years:
        return Reason("COVERED", f"已参加{coverage_year}年度居民医保", ruleset.once_a_year)
    excluded = exclusion(member, ruleset=ruleset, coverage_year=coverage_year, day=day)
    if excluded:
        sentence = EXCLUDED[excluded.fact][1].split("，")[0]
        return Reason(EXCLUDED[excluded.fact][0], f"{sentence}，不在应参保之列", excluded.clause)
    if admission(member, ruleset=ruleset, day=day) is None:
        outside = _outside(member, ruleset, day)
        sentence = (
            "户口性质不在参保对象之列" if outside.code == "NOT_URBAN_RESIDENT" else f"户籍不在{ruleset.area.name}"
        )
        return Reason(outside.code, f"{sentence}，不在应参保之列", outside.clause)
    return exempt(member, ruleset=ruleset)
