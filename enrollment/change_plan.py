"""变更的预告: what a change would do, sentence by sentence, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from common.dates import local_day
from common.decision import Reason, Refusal
from common.relations import HEAD, LABELS
from common.typed import compact
from enrollment import library
from enrollment.accounts import balance_of
from enrollment.models import Change, Enrollment, Termination
from enrollment.rules.changes import ChangeEffect, HeldCover, effect_of
from enrollment.rules.ruleset import ChangeRule, RuleSet
from households.models import Household, Membership

Kind = Change.Kind
BY_RULE = frozenset({Kind.DEATH, Kind.MOVE_OUT, Kind.MOVE_WITHIN, Kind.EMPLOYEE_START})
OF_HOUSEHOLD = (Kind.HEAD, Kind.SPLIT, Kind.MERGE)
OF_PERSON = (
    Kind.DEATH,
    Kind.MOVE_OUT,
    Kind.MOVE_WITHIN,
    Kind.EMPLOYEE_START,
    Kind.NEWBORN_NUMBER,
    Kind.NAME,
    Kind.ID_NUMBER,
    Kind.RELATION,
)
# What these want to see; the kinds that a policy rules say it in the rule set.
PAPERS: Mapping[str, tuple[str, ...]] = {
    Kind.NEWBORN_NUMBER: ("居民户口簿（已上户口）", "出生医学证明"),
    Kind.NAME: ("居民户口簿（变更记载）",),
    Kind.ID_NUMBER: ("居民身份证", "居民户口簿"),
    Kind.RELATION: ("居民户口簿",),
    Kind.HEAD: ("居民户口簿（新户主）",),
    Kind.SPLIT: ("居民户口簿（分户后）",),
    Kind.MERGE: ("居民户口簿（并户后）",),
}
A_YEAR = timedelta(days=366)
PAPER_STAYS = "已打印的收据和已缴的款项不变。"
COVER_STAYS = "已参保年度的待遇不受影响，缴费记录留在原户。"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants changed; `values` holds what only this kind asks (new_head, to, name, …).

    `listed` names the agency's list that stands in the place of papers.
    """

    kind: str
    household_id: int
    person_id: int | None
    happened_on: date
    papers: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A wish that may be granted: whom it concerns, what it does and says."""

    wish: Wish
    household: Household
    membership: Membership | None
    rule: ChangeRule | None
    effect: ChangeEffect | None
    reasons: tuple[Reason, ...]
    balance: Decimal = Decimal("0.00")


def kinds_for(ruleset: RuleSet, kinds: tuple[Kind, ...]) -> list[Kind]:
    """Those kinds that the rule set knows, or that need no rule."""
    return [kind for kind in kinds if kind not in BY_RULE or ruleset.change(kind)]


def papers_of(ruleset: RuleSet, kind: str) -> tuple[str, ...]:
    """The papers that a kind of change wants."""
    rule = ruleset.change(kind)
    return rule.papers if rule else PAPERS.get(kind, ())


def names_heir(ruleset: RuleSet, kind: str, person_id: int | None) -> bool:
    """Whether an heir has to be named, because there is a balance that goes to one."""
    rule = ruleset.change(kind)
    return bool(rule and rule.account_to == "heir" and person_id and balance_of(person_id) > 0)


def plan(wish: Wish, *, household: Household, at: datetime) -> Plan:
    """What the wish would do; a Refusal where it may not be."""
    ruleset = library.current(household.office.ruleset_code)
    membership = _membership(wish, household)
    _refuse_days(wish, membership, at)
    if wish.kind not in BY_RULE:
        return Plan(wish, household, membership, None, None, tuple(_said(wish, household, membership)))
    rule = ruleset.change(wish.kind)
    if rule is None or membership is None:
        raise Refusal(Reason("CHANGE_UNKNOWN", "本机构的规则集没有规定这种变更。请联系管理员补充规则集。"))
    balance = balance_of(membership.person_id)
    effect = effect_of(
        rule=rule,
        ruleset=ruleset,
        happened_on=wish.happened_on,
        covers=held_covers(membership.person_id),
        balance=balance,
        at=at,
        payee=_payee(wish, rule, membership),
    )
    reasons = (*effect.reasons, *_succession(wish, household, membership, leaves=effect.leaves))
    return Plan(wish, household, membership, rule, effect, reasons, balance)


def _payee(wish: Wish, rule: ChangeRule, membership: Membership) -> str:
    if rule.account_to == "self":
        return membership.person.name
    name, relation = wish.values.get("payee", ""), wish.values.get("payee_relation", "")
    return f"{name}（{relation}）" if name and relation else str(name)


def refuse_papers(plan: Plan, wanted: tuple[str, ...]) -> None:
    """Refuse while a paper has not been ticked."""
    missing = [paper for paper in wanted if paper not in plan.wish.papers]
    if missing and not plan.wish.listed:
        text = f"还没有查验{'、'.join(missing)}。请查验后逐项勾选。"
        raise Refusal(Reason("PAPERS", text, plan.rule.clause if plan.rule else None))


def held_covers(person_id: int) -> list[HeldCover]:
    """The covers of somebody that were neither cancelled nor ended by a change."""
    ended = Termination.objects.standing().values("enrollment")
    rows = Enrollment.objects.in_force().filter(person=person_id).exclude(pk__in=ended).order_by("coverage_year")
    return [HeldCover(r.pk, r.coverage_year, r.benefit_starts_on, r.benefit_ends_on, r.payable) for r in rows]


def _membership(wish: Wish, household: Household) -> Membership | None:
    if wish.person_id is None:
        return None
    present = household.memberships.filter(ends_on=None, person=wish.person_id).select_related("person").first()
    if present is None:
        raise Refusal(Reason("NOT_A_MEMBER", "此人已不在本户。请刷新页面后再办理。"))
    return present


def _refuse_days(wish: Wish, membership: Membership | None, at: datetime) -> None:
    day, today = wish.happened_on, local_day(at)
    if wish.kind in (Kind.DEATH, Kind.MOVE_OUT) and day > today:
        raise Refusal(Reason("DAY", f"日期{day}晚于今天，请对照证明核对。"))
    if wish.kind == Kind.MOVE_WITHIN and day > today:
        raise Refusal(Reason("DAY", f"日期{day}晚于今天。迁移以后再办理。"))
    if wish.kind == Kind.EMPLOYEE_START and day > today + A_YEAR:
        raise Refusal(Reason("DAY", f"日期{day}在一年以后，请对照职工医保凭证核对。"))
    if membership and day < membership.person.birth_date:
        raise Refusal(Reason("DAY", f"日期{day}早于出生日期{membership.person.birth_date}，请对照证明核对。"))


def _succession(wish: Wish, household: Household, membership: Membership, *, leaves: bool) -> list[Reason]:
    """Who follows a head that leaves."""
    if not leaves:
        return []
    others = [row for row in _present(household) if row.pk != membership.pk]
    if not others:
        return [Reason("CLOSED", "本户不再有成员，同时销户。")]
    if membership.relation != HEAD:
        return []
    following = next((row for row in others if row.person_id == wish.values.get("new_head")), None)
    if following is None:
        raise Refusal(Reason("NEW_HEAD", "户主离开后，本户还有成员，须有新户主。请选择由谁接任。"))
    return [Reason("NEW_HEAD", f"{following.person.name}接任户主{_related(wish, others)}。")]


def _leaving(wish: Wish, household: Household) -> str:
    leaving = wish.values.get("leaving", {})
    rows = [row for row in _present(household) if row.person_id in leaving] if leaving else []
    return "、".join(f"{row.person.name}（{LABELS[leaving[row.person_id]]}）" for row in rows)


def _present(household: Household) -> list[Membership]:
    return list(household.memberships.filter(ends_on=None).select_related("person").order_by("pk"))


def _next_head(wish: Wish, household: Household) -> str:
    members = _present(household)
    head = next((row.person.name for row in members if row.person_id == wish.values.get("new_head")), "所选成员")
    return f"由{head}任户主{_related(wish, members)}"


def _related(wish: Wish, members: Iterable[Membership]) -> str:
    """What everybody else is to the new head."""
    given, head = wish.values.get("relations", {}), wish.values.get("new_head")
    rest = [row for row in members if row.person_id != head]
    told = [f"{row.person.name}为{LABELS[given[row.person_id]]}" for row in rest if row.person_id in given]
    if len(told) < len(rest):
        told.append("其他成员与新户主的关系，请随后核对更正" if not told else "其余的关系请随后核对更正")
    return f"；{'，'.join(told)}" if told else ""


def _said(wish: Wish, household: Household, membership: Membership | None) -> list[Reason]:
    if wish.kind == Kind.HEAD:
        return [Reason("HEAD", f"自 {wish.happened_on} 起{_next_head(wish, household)}。{COVER_STAYS}")]
    name = membership.person.name if membership else ""
    values = wish.values
    texts = {
        Kind.NAME: f"姓名由{name}改为{values.get('name', '')}。{PAPER_STAYS}",
        Kind.ID_NUMBER: f"{name}的身份证号更正，出生日期和性别随号码更正。{PAPER_STAYS}",
        Kind.NEWBORN_NUMBER: f"{name}今后按身份证号查找；出生医学证明编号留存。{PAPER_STAYS}",
        Kind.RELATION: f"{name}与户主关系更正为{LABELS.get(values.get('relation', ''), '')}，自加入本户之日起。",
        Kind.SPLIT: f"{_leaving(wish, household)}自 {wish.happened_on} 起另立一户，给新户号。{COVER_STAYS}",
        Kind.MERGE: f"全体成员自 {wish.happened_on} 起并入户号{compact(values.get('into', ''))}，"
        f"户号{household.number}销户。{COVER_STAYS}",
    }
    return [Reason(wish.kind.upper(), texts[Kind(wish.kind)])]
