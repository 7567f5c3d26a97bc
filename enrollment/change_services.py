"""变更的服务: registering what happened to a household or a person, with what it did."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from common.dates import local_day
from common.decision import Reason, Refusal
from common.typed import compact
from enrollment import library, registry
from enrollment.account_services import refund_balance
from enrollment.change_plan import Kind, Plan, Wish, papers_of, plan, refuse_papers
from enrollment.models import AccountEntry, Change, RuleSet, Termination
from enrollment.rules.changes import after_the_end
from enrollment.services import household_unknown
from households.drafts import OtherCoverDraft
from households.models import Household, Membership, Person
from households.services import end_membership, families, record_other_cover, update_person
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff

Role = Staff.Role


@accountable
def register_change(*, wish: Wish, by: Staff, at: datetime, rehearsed: bool = False) -> Change:
    """Do what the wish says and keep what it did; what was said to the family is kept with it.

    `rehearsed`: its transaction will be rolled back, so that nothing may be told to anybody outside it.
    """
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    household = locked_household(wish.household_id, by)
    planned = plan(wish, household=household, at=at)
    refuse_papers(planned, papers_of(library.current(household.office.ruleset_code), wish.kind))
    if wish.kind == Kind.ID_NUMBER:
        require_role(by, Role.SUPERVISOR)
    touched = [household.pk]
    if wish.kind == Kind.MERGE:
        touched.append(_other(wish, household, by).pk)
    before = families.memberships_now(touched)
    refund = _refund(planned, by, at)
    with registry.following(wish.person_id, at=at, rehearsed=rehearsed):
        detail = DOING[Kind(wish.kind)](planned, by, at) | ({"refund": refund} if refund else {})
    touched += detail.pop("households", [])
    detail["memberships"] = families.differences(before, families.memberships_now(touched))
    change = _written(planned, detail, by=by, at=at)
    _end_covers(planned, change)
    return change


@accountable
def change_facts(*, household_id: int, person_id: int, changes: Mapping[str, Any], by: Staff, at: datetime) -> Person:
    """Facts of a member as the household's page has them, a number too; a payment under way is waited for."""
    locked_household(household_id, by)
    with registry.following(person_id, at=at):
        return update_person(person_id=person_id, changes=changes, by=by, at=at)


def rehearse_change(*, wish: Wish, by: Staff, at: datetime) -> None:
    """Refuse what registering would refuse, and keep nothing; the papers may be ticked later.

    It is registered and taken back, so that no effect is shown to a family that could not be had.
    """
    household = visible(Household.objects.select_related("office"), by).filter(pk=wish.household_id).first()
    if household is None:
        raise household_unknown()
    papers = papers_of(library.current(household.office.ruleset_code), wish.kind)
    with transaction.atomic():
        register_change(wish=replace(wish, papers=papers), by=by, at=at, rehearsed=True)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def locked_household(household_id: int, by: Staff) -> Household:
    """The household's row, held for a change; a Refusal where the member of staff has no such household."""
    rows = visible(Household.objects.select_for_update(of=["self"]).select_related("office"), by)
    household = rows.filter(pk=household_id).first()
    if household is None:
        raise household_unknown()
    return household


def _written(planned: Plan, detail: dict[str, Any], *, by: Staff, at: datetime) -> Change:
    household, wish = planned.household, planned.wish
    change = Change.objects.create(
        kind=wish.kind,
        household=household,
        person_id=wish.person_id,
        office=household.office,
        division_code=household.division_code,
        happened_on=wish.happened_on,
        done_at=at,
        done_by=by,
        papers=[*wish.papers, *([wish.listed] if wish.listed else [])],
        said=[{"text": each.text, "clause": each.clause.key if each.clause else ""} for each in planned.reasons],
        detail=detail,
    )
    told = {"change": change.get_kind_display(), "household": household.number, "person": wish.person_id}
    record(by=by, at=at, verb="register_change", subject=change, detail=told)
    return change


def _refund(planned: Plan, by: Staff, at: datetime) -> int | None:
    """Pay the balance of the account to whom the rule set says; the number of the ledger's row."""
    rule, membership, values = planned.rule, planned.membership, planned.wish.values
    if planned.balance <= 0 or rule is None or membership is None or rule.account_to == "nobody":
        return None
    to_self = rule.account_to == "self"
    relation = "本人" if to_self else str(values.get("payee_relation", "")).strip()
    if not relation:
        raise Refusal(Reason("PAYEE_RELATION", "没有写明领取人与参保人的关系。请对照亲属关系证明填写。", rule.clause))
    entry = refund_balance(
        person_id=membership.person_id,
        payee=membership.person.name if to_self else str(values.get("payee", "")),
        relation=relation,
        cause=f"{Kind(rule.kind).label}（{planned.wish.happened_on}），退还个人账户余额",
        clause=rule.clause,
        ruleset_code=planned.household.office.ruleset_code,
        by=by,
        at=at,
    )
    return entry.pk if entry else None


@accountable
def refund_later(*, change_id: int, payee: str, relation: str, by: Staff, at: datetime) -> AccountEntry:
    """Pay out a balance that came after the change by which it may be paid, to the person or the heir as it says."""
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    rows = visible(Change.objects.standing().select_related("household__office", "person"), by)
    change = rows.filter(pk=change_id, person__isnull=False).first()
    rule = library.current(change.household.office.ruleset_code).change(change.kind) if change else None
    if change is None or rule is None or rule.account_to == "nobody":
        raise Refusal(Reason("NO_GROUND", "这一变更不退个人账户余额，或已经撤销。请刷新页面核对。"))
    to_self = rule.account_to == "self"
    if not to_self and not relation.strip():
        raise Refusal(Reason("PAYEE_RELATION", "没有写明领取人与参保人的关系。请对照亲属关系证明填写。", rule.clause))
    entry = refund_balance(
        person_id=change.person_id,
        payee=change.person.name if to_self else payee,
        relation="本人" if to_self else relation,
        cause=f"{change.get_kind_display()}（{change.happened_on}），退还个人账户余额",
        clause=rule.clause,
        ruleset_code=change.household.office.ruleset_code,
        change_id=change.pk,
        by=by,
        at=at,
    )
    if entry is None:
        raise Refusal(Reason("EMPTY", "个人账户没有余额，不必退。请核对流水。"))
    return entry


def _end_covers(planned: Plan, change: Change) -> None:
    ended = planned.effect.ended if planned.effect else ()
    Termination.objects.bulk_create(
        Termination(change=change, enrollment_id=each.cover.enrollment_id, last_day=each.last_day) for each in ended
    )


def _death(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    facts = _facts(planned, {"died_on": planned.wish.happened_on}, by=by, at=at)
    return facts | _leaving(planned, by, at)


def _leaving(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    """Out of the household, on the day itself; who joined later than that leaves on the day of joining."""
    membership, wish = planned.membership, planned.wish
    assert membership is not None  # noqa: S101 - plan() refuses without one
    heads = Membership.objects.filter(household=planned.household, ends_on=None)
    new_head = heads.filter(person=wish.values.get("new_head") or 0).values_list("pk", flat=True).first()
    household = end_membership(
        membership_id=membership.pk,
        last_day=max(wish.happened_on, membership.starts_on),
        new_head_id=new_head,
        by=by,
        at=at,
    )
    following = min(wish.happened_on + timedelta(days=1), local_day(at))
    families.relate(household, relations=wish.values.get("relations", {}), day=following)
    closed = [household.pk] if household.closed_at else []
    return {"closed": closed, "to": wish.values.get("to", "")}


def _employee(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    wish = planned.wish
    draft = OtherCoverDraft(
        "employee",
        division=wish.values.get("division", ""),
        starts_on=wish.happened_on,
        certificate_number=wish.values.get("certificate", ""),
        certificate_seen=True,
    )
    cover = record_other_cover(person_id=_person_id(planned), draft=draft, by=by, at=at)
    return {"cover": cover.pk}


def _nothing_now(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    return {"to": planned.wish.values.get("to", "")}


def _facts(planned: Plan, changes: dict[str, Any], *, by: Staff, at: datetime) -> dict[str, Any]:
    """Change facts of the person; the numbers of the kept states let them be put back."""
    person_id = _person_id(planned)
    before = families.last_event(person_id)
    fields = {*changes} | ({"birth_date", "sex"} if "id_no" in changes else set())
    update_person(person_id=person_id, changes=changes, by=by, at=at)
    after = families.last_event(person_id)
    if before == after:
        raise Refusal(Reason("SAME", "与现在登记的相同，没有可更正的。请核对。"))
    return {"facts": {"before": before, "after": after, "fields": sorted(fields)}}


def _name(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    return _facts(planned, {"name": planned.wish.values["name"]}, by=by, at=at)


def _number(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    """A newborn's first number, or the correction of a number: each for whom it fits."""
    has = bool(planned.membership and planned.membership.person.id_no)
    if planned.wish.kind == Kind.NEWBORN_NUMBER and has:
        raise Refusal(Reason("id_no", "此人已有身份证号。号码有误的，请主管办理“更正身份证号”。"))
    if planned.wish.kind == Kind.ID_NUMBER and not has:
        raise Refusal(Reason("id_no", "此人还没有身份证号，请办理“新生儿补录身份证号”。"))
    return _facts(planned, {"id_no": planned.wish.values["id_no"]}, by=by, at=at)


def _relation(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    relation = planned.wish.values["relation"]
    families.correct_relation(planned.household, person_id=_person_id(planned), relation=relation)
    return {}


def _head(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    values = planned.wish.values
    families.change_head(
        planned.household, new_head_id=values["new_head"] or 0, relations=values["relations"], day=local_day(at)
    )
    return {}


def _split(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    household, values = planned.household, planned.wish.values
    founded = families.split(
        household,
        leaving=values["leaving"],
        division_code=values.get("division_code") or household.division_code,
        address=values.get("address", ""),
        by=by,
        at=at,
    )
    return {"households": [founded.pk], "founded": [founded.pk], "founded_number": founded.number}


def _merge(planned: Plan, by: Staff, at: datetime) -> dict[str, Any]:
    into = _other(planned.wish, planned.household, by)
    families.merge(planned.household, into=into, relations=planned.wish.values["relations"], at=at)
    return {"closed": [planned.household.pk], "into": into.number}


def _other(wish: Wish, household: Household, by: Staff) -> Household:
    number = compact(str(wish.values.get("into", "")))
    rows = visible(Household.objects.select_for_update(of=["self"]), by)
    found = rows.filter(office=household.office, number=number).exclude(pk=household.pk).first()
    if found is None or found.closed_at:
        raise Refusal(Reason("into", f"本机构没有户号{number}的另一户，或已销户。请核对户号。"))
    return found


def _person_id(planned: Plan) -> int:
    assert planned.wish.person_id is not None  # noqa: S101 - the kinds of a person always have one
    return planned.wish.person_id


Doing = Callable[[Plan, Staff, datetime], dict[str, Any]]
DOING: dict[Kind, Doing] = {
    Kind.DEATH: _death,
    Kind.MOVE_OUT: _leaving,
    Kind.MOVE_WITHIN: _nothing_now,
    Kind.EMPLOYEE_START: _employee,
    Kind.NAME: _name,
    Kind.ID_NUMBER: _number,
    Kind.NEWBORN_NUMBER: _number,
    Kind.RELATION: _relation,
    Kind.HEAD: _head,
    Kind.SPLIT: _split,
    Kind.MERGE: _merge,
}


@accountable
def note_new_member(*, membership_id: int, by: Staff, at: datetime) -> Change:
    """新增成员: the row of somebody who has just joined; money waits for the window that the rule set names."""
    joined = Membership.objects.select_related("household__office", "person").get(pk=membership_id)
    code = joined.household.office.ruleset_code
    clause = library.current(code).new_member if RuleSet.objects.filter(code=code).exists() else None
    text = "缴费期内登记并缴费；本户已参保而缴费期已过的，在下一年度缴费期内登记并缴费。"
    wish = Wish(Kind.NEW_MEMBER, joined.household_id, joined.person_id, joined.starts_on)
    reasons = (Reason("NEW_MEMBER", text, clause), *_of_who_is_back(joined, local_day(at)))
    planned = Plan(wish, joined.household, joined, None, None, reasons)
    row = families.memberships_now([joined.household_id])[joined.pk]
    return _written(planned, {"memberships": [{"id": joined.pk, "before": None, "after": row}]}, by=by, at=at)


def _of_who_is_back(joined: Membership, today: date) -> list[Reason]:
    """What is said of somebody who joins while a cover that a change ended would still run."""
    office = joined.household.office
    rows = Termination.objects.standing().filter(
        enrollment__person=joined.person_id, enrollment__cancelled_at=None, enrollment__benefit_ends_on__gte=today
    )
    found: list[Reason] = []
    for each in rows.select_related("enrollment", "change").order_by("enrollment__coverage_year"):
        found += after_the_end(
            kind=each.change.kind,
            ruleset=library.current(office.ruleset_code),
            coverage_year=each.enrollment.coverage_year,
            last_day=each.last_day,
            ends_on=each.enrollment.benefit_ends_on,
            day=today,
        )
    return [Reason(each.code, f"{each.text}。", each.clause) for each in found]
