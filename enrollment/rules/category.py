"""人员类别: which categories a member's certificates and lists prove, and what each of them would cost."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from common.dates import age_on
from common.decision import Reason
from enrollment.rules.decision import Charge, ExpiredDocument, MissingDocument
from enrollment.rules.facts import Certification, Disability, Household, Member
from enrollment.rules.ruleset import Category, DisabilityTest, Rate, RuleSet

MULTIPLE = "多重"
ISSUED_ELSEWHERE = "ISSUED_ELSEWHERE"
EXPIRED, OF_HOUSEHOLD = "CERTIFICATE_EXPIRED", "本户"
GRADES = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}


@dataclass(frozen=True, slots=True)
class When:
    """For which coverage year it is asked, the day of verification, and whether a newborn's first year is paid."""

    coverage_year: int
    day: date
    first_year: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A category that one certification names: proven or not, and what is missing or does not agree."""

    category: Category
    certification: Certification
    listed: bool
    failures: tuple[Reason, ...]
    missing: tuple[MissingDocument, ...]
    expired: ExpiredDocument | None = None

    @property
    def holds(self) -> bool:
        """Every condition of the text is met and the person is proven or named, but for what `is_held` says."""
        return not self.failures

    @property
    def is_held(self) -> bool:
        """Papers are still missing, or a supervisor has yet to decide about an expired certificate."""
        return bool(self.missing or self.expired)


@lru_cache(maxsize=1024)
def plain(name: str) -> str:
    """A category's name as it is compared: full-width folded, blanks, brackets, 的 and 了 left out."""
    folded = unicodedata.normalize("NFKC", name)
    return "".join(char for char in folded if not char.isspace() and char not in "()的了")


def named_by(name: str, category: Category) -> bool:
    """Whether a name on a certificate or list means this category: its code, its name or one of its aliases."""
    return plain(name) in {plain(known) for known in (category.code, category.name, *category.aliases)}


def charge(
    member: Member,
    *,
    household: Household,
    ruleset: RuleSet,
    coverage_year: int,
    rates: Mapping[str, Rate],
    day: date,
    first_year: bool = False,
) -> Charge:
    """Charge one person the rate for the best category that is proven on `day`; reductions never add up.

    `first_year`: a newborn, in time, is paid for in the year of birth.

    Where a category that would cost less is claimed but its papers are incomplete or expired, the charge is that
    category's and carries what is wanting: it is held until that is mended, or the family chooses the full rate by
    dropping the claim.
    """
    claims = tuple(_claims(member, household, ruleset, When(coverage_year, day, first_year)))
    held = [claim for claim in claims if claim.holds]
    general = ruleset.general
    best = min([claim for claim in held if not claim.is_held], key=_rank(ruleset, rates), default=None)
    wanted = min([claim for claim in held if claim.is_held], key=_rank(ruleset, rates), default=None)
    if wanted and _cost(wanted.category, rates) < _cost(best.category if best else general, rates):
        best = wanted
    elif best and ruleset.category_choice == "lowest_payable" and _cost(best.category, rates) > _cost(general, rates):
        best = None
    return _charge(best.category if best else general, best, claims, rates)


def _rank(ruleset: RuleSet, rates: Mapping[str, Rate]) -> Callable[[Claim], tuple[Decimal, Decimal]]:
    by_priority = ruleset.category_choice == "priority"

    def rank(claim: Claim) -> tuple[Decimal, Decimal]:
        cost, priority = _cost(claim.category, rates), Decimal(claim.category.priority)
        return (priority, cost) if by_priority else (cost, priority)

    return rank


def _cost(category: Category, rates: Mapping[str, Rate]) -> Decimal:
    return rates[category.code].payable


def _charge(category: Category, claim: Claim | None, claims: tuple[Claim, ...], rates: Mapping[str, Rate]) -> Charge:
    rate = rates[category.code]
    reasons = []
    if claim:
        reasons.append(Reason("CATEGORY", _proof_text(claim), category.clause))
    amount = f"{rate.payable.normalize():f}"
    reasons.append(Reason("RATE", f"按{category.name}核定，每人每年个人缴费{amount}元", rate.clause))
    if rate.sponsored:
        share = "全额资助" if not rate.payable else "资助"
        text = f"由{rate.funder}{share}{rate.sponsored.normalize():f}元" + ("，个人不缴费" if not rate.payable else "")
        reasons.append(Reason("SPONSORED", text, rate.sponsor_clause or rate.clause))
    proven = {id(each.certification) for each in claims if each.holds}
    failures = [failure for each in claims if id(each.certification) not in proven for failure in each.failures]
    reasons.extend(dict.fromkeys(failures))
    listed = [each for each in claims if each.listed and id(each.certification) not in proven]
    mismatches = tuple(dict.fromkeys(failure for each in listed for failure in each.failures))
    missing = claim.missing if claim else ()
    return Charge(
        category=category.code,
        category_name=category.name,
        standard=rate.standard,
        payable=rate.payable,
        sponsored=rate.sponsored,
        funder=rate.funder,
        reasons=tuple(reasons),
        missing=missing,
        expired=claim.expired if claim else None,
        mismatches=mismatches,
    )


def _claims(member: Member, household: Household, ruleset: RuleSet, when: When) -> Iterator[Claim]:
    for category in ruleset.categories:
        if category.proof == "none":
            continue
        for whose, certification in _certifications(member, household, category):
            if names(certification, category):
                claim = _claim(member, certification, category, ruleset, when)
                yield replace(claim, expired=_expired(whose, certification, category, household, when.day))
        if category.proof in ("facts", "newborn") and not category.disability:  # a disability has to be on record
            claim = _claim(member, Certification(), category, ruleset, when)
            if claim.holds:
                yield claim


def _certifications(member: Member, household: Household, category: Category) -> Iterator[tuple[str, Certification]]:
    """Whose it is, and the certificate."""
    yield from ((member.label, each) for each in member.certifications)
    if category.scope == "household":
        yield from ((OF_HOUSEHOLD, each) for each in household.certifications)
        for other in sorted(household.members, key=lambda each: each.ref):
            if other.ref != member.ref:
                yield from ((other.label, each) for each in other.certifications)


def is_expired(certification: Certification, day: date) -> bool:
    """Whether the last day that stands on the certificate is over."""
    return certification.valid_until is not None and certification.valid_until < day


def _expired(
    whose: str, certification: Certification, category: Category, household: Household, day: date
) -> ExpiredDocument | None:
    """The certificate, where it is expired and neither the rule set nor a supervisor lets it count all the same."""
    by_supervisor = category.proof == "certificate" and category.expired == "supervisor"
    if certification.valid_until is None or not is_expired(certification, day):
        return None
    if not by_supervisor or EXPIRED in household.overrides:
        return None
    return ExpiredDocument(
        whose, category.document, certification.valid_until, category.proof_clause or category.clause
    )


def names(certification: Certification, category: Category) -> bool:
    """Whether a certification claims the category: by its name, or by a disability."""
    if certification.category:
        return named_by(certification.category, category)
    return certification.disability is not None and category.disability is not None


def _claim(member: Member, certification: Certification, category: Category, ruleset: RuleSet, when: When) -> Claim:
    failures = tuple(_failures(member, certification, category, ruleset, when))
    missing = []
    if category.proof == "certificate" and category.proof_clause:
        ref = member.ref if category.scope == "person" else None
        wanted = [("原件", certification.original_seen), ("复印件", certification.copy_kept)]
        for what, seen in wanted:
            if not seen:
                missing.append(MissingDocument(ref, category.document, what, category.proof_clause))
    listed = category.proof == "funder_list" and certification.on_funder_list
    return Claim(category, certification, listed, failures, tuple(missing))


def _failures(
    member: Member, certification: Certification, category: Category, ruleset: RuleSet, when: When
) -> Iterator[Reason]:
    if category.proof == "funder_list" and not certification.on_funder_list:
        text = f"未列入资助部门的{category.name}名单，按全额缴费"
        yield Reason("NOT_ON_LIST", text, category.proof_clause)
    for code, text in _unmet(member, certification, category, ruleset, when):
        clause = category.proof_clause if code == ISSUED_ELSEWHERE else None  # whose certificate it must be
        yield Reason(code, f"{text}，不按{category.name}核定", clause or category.clause)


def _unmet(
    member: Member, certification: Certification, category: Category, ruleset: RuleSet, when: When
) -> Iterator[tuple[str, str]]:
    """The conditions of the category's text that are not met, each with its code and sentence."""
    issuer = certification.issued_by_division
    if category.issued_within and issuer and not issuer.startswith(category.issued_within):
        yield ISSUED_ELSEWHERE, f"{category.document or '证件'}不是本地发的"
    if category.hukou_in_area and not ruleset.area.covers(member.hukou.division, when.day):
        yield "HUKOU_OUTSIDE", f"户籍不在{ruleset.area.name}"
    if category.hukou_kinds and member.hukou.kind not in category.hukou_kinds:
        yield "HUKOU_KIND", "户口性质（城镇、农业）不符"
    if category.proof == "newborn" and not when.first_year:
        yield "NEWBORN", "不是在出生的年度、出生后规定的天数内缴费"
    if category.student_kinds and (member.student is None or member.student.kind not in category.student_kinds):
        yield "STUDENT", "不是所列学校的学生"
    if category.disability and not _disability_counts(certification, category.disability):
        yield "DISABILITY", _disability_text(certification, category.disability)
    yield from _age_unmet(member, category, when)


def _age_unmet(member: Member, category: Category, when: When) -> Iterator[tuple[str, str]]:
    if category.age_from is None and category.age_below is None:
        return
    if member.birth_date is None:
        yield "AGE", "没有出生日期，无法核对年龄"
    elif not category.takes_age(member.birth_date, coverage_year=when.coverage_year, verified_on=when.day):
        on = category.age_day(when.coverage_year, when.day)
        age = f"{max(age_on(member.birth_date, on), 0)}周岁"
        yield "AGE", f"{on if category.age_on else '核定日'}年满{age}，年龄不符"


def _disability_counts(certification: Certification, test: DisabilityTest) -> bool:
    """By the certificate's own kind and grade; a name on a list without them counts as the list says.

    Another certificate of the same person is not held against it: one more certificate never raises a fee.
    """
    if certification.disability is None:
        return not test.required
    return severe(certification.disability, test)


def severe(disability: Disability, test: DisabilityTest) -> bool:
    """Whether a disability is of the kinds and grades that count; 多重残疾 counts by a listed part of it."""
    if disability.kind == MULTIPLE and disability.components:
        if any(severe(part, test) for part in disability.components):
            return True
        return not test.kinds and disability.grade in test.grades
    return (not test.kinds or disability.kind in test.kinds) and disability.grade in test.grades


def _disability_text(certification: Certification, test: DisabilityTest) -> str:
    if certification.disability is None:
        return "没有残疾类别和等级"
    kinds = "、".join(sorted(test.kinds)) + "残疾" if test.kinds else "残疾"
    grades = "、".join(GRADES[grade] for grade in sorted(test.grades))
    return f"{_disability_name(certification.disability)}，不在{grades}{kinds}之列"


def _disability_name(disability: Disability) -> str:
    return f"{disability.kind}{GRADES.get(disability.grade or 0, '等级不明')}"


def _proof_text(claim: Claim) -> str:
    category, disability = claim.category, claim.certification.disability
    if category.proof == "facts":
        return f"按年龄、户口或学籍属于{category.name}"
    if category.proof == "newborn":
        return f"在出生的年度、出生后规定的天数内缴费，属于{category.name}"
    if category.proof == "funder_list":
        return f"列入资助部门的{category.name}名单，符合文件所列条件"
    held = f"{category.document}：{_disability_name(disability)}" if disability else f"持{category.document}"
    return f"{held}，认定为{category.name}"
