"""变更的撤销: undoing a change as a new fact, as far as nothing has been built upon it."""

from datetime import datetime

from django.db.models import Q

from common.decision import Reason, Refusal
from enrollment import registry
from enrollment.change_plan import Kind
from enrollment.change_services import locked_household
from enrollment.models import AccountEntry, Change, Enrollment
from households.models import Household, Membership, OtherCover
from households.services import families
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff

Role = Staff.Role
# What happens to one member without touching who belongs to the household, and as what.
OF_ONE_ALONE = (Kind.NAME, Kind.ID_NUMBER, Kind.NEWBORN_NUMBER, Kind.EMPLOYEE_START, Kind.MOVE_WITHIN)


@accountable
def undo_change(*, change_id: int, reason: str, by: Staff, at: datetime) -> Change:
    """撤销 a wrong change: members, facts and cover are again what they were; the change stays written, as undone."""
    require_role(by, Role.SUPERVISOR)
    known = visible(Change.objects.all(), by).filter(pk=change_id).first()
    if known is None:
        raise Refusal(Reason("CHANGE_UNKNOWN", "找不到这项变更，或不在您的管辖范围内。请刷新页面核对。"))
    household = locked_household(known.household_id, by)
    change = Change.objects.select_for_update(of=["self"]).get(pk=change_id)
    if not reason.strip():
        raise Refusal(Reason("UNDO_REASON", "没有写撤销事由，无法存查。请写明为什么撤销。"))
    _refuse_undoing(change)
    detail = {} if came_back(change) else change.detail
    families.put_back(detail.get("memberships", []))
    if facts := detail.get("facts"):
        with registry.following(change.person_id, at=at):
            families.put_facts_back(person_id=change.person_id or 0, **facts)
    _take_back_cover(change)
    Household.objects.filter(pk__in=detail.get("closed", [])).update(closed_at=None)
    Household.objects.filter(pk__in=detail.get("founded", [])).update(closed_at=at)
    change.terminations.filter(undone_at__isnull=True).update(undone_at=at)
    change.undone_at, change.undone_by, change.undo_reason = at, by, reason.strip()
    change.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    told = {"change": change.get_kind_display(), "household": household.number, "reason": change.undo_reason}
    record(by=by, at=at, verb="undo_change", subject=change, detail=told)
    return change


def came_back(change: Change) -> bool:
    """Whether somebody who moved out is in a household again: undoing gives back the cover, the household stays."""
    return change.kind == Kind.MOVE_OUT and Membership.objects.filter(person=change.person_id, ends_on=None).exists()


def _refuse_undoing(change: Change) -> None:
    if change.undone_at:
        raise Refusal(Reason("UNDONE", "这项变更已经撤销，不必再撤销。"))
    persons = {change.person_id, *(_persons_of(change))} - {None}
    others = Q(person__in=persons - {change.person_id}) & ~Q(kind__in=OF_ONE_ALONE)
    of_all = Q(household=change.household_id, person__isnull=True)
    later = Change.objects.standing().filter(pk__gt=change.pk).filter(Q(person=change.person_id) | others | of_all)
    if came_back(change):
        later = later.filter(person=change.person_id).exclude(kind=Kind.NEW_MEMBER)
    following = later.order_by("-pk").first()
    if following:
        text = f"此后又办理了“{following.get_kind_display()}”（{following.happened_on}），请先撤销它，再撤销这一项。"
        raise Refusal(Reason("LATER_CHANGE", text))
    refunds = AccountEntry.objects.filter(person=change.person_id, kind=AccountEntry.Kind.REFUND)
    refund = refunds.filter(at__gte=change.done_at, reversed_by__isnull=True).first()
    if refund:
        text = (
            f"个人账户余额 {-refund.amount:,.2f} 元已退给{refund.payee}。请先收回款项，"
            "在个人账户中冲正这笔退还，再撤销这项变更。"
        )
        raise Refusal(Reason("REFUNDED", text))
    paid = Enrollment.objects.in_force().filter(person__in=persons, enrolled_at__gt=change.done_at)
    if change.kind in (Kind.NEW_MEMBER, Kind.SPLIT, Kind.MERGE) and paid.exists():
        year = paid.latest("enrolled_at").coverage_year
        text = f"此后已按变更后的情况为其中的人缴了{year}年度，请先作废该收据，再撤销这项变更。"
        raise Refusal(Reason("PAID_SINCE", text))


def _persons_of(change: Change) -> set[int]:
    rows = change.detail.get("memberships", [])
    return {side["person_id"] for row in rows for side in (row["before"], row["after"]) if side}


def _take_back_cover(change: Change) -> None:
    """The employee cover that came with the change goes; the history keeps that it was."""
    cover_id = change.detail.get("cover")
    if not cover_id:
        return
    cover = OtherCover.objects.select_for_update(of=["self"]).filter(pk=cover_id).first()
    if cover is None or cover.starts_on != change.happened_on or cover.ends_on:
        text = "登记的职工医保此后又改过（或已停保），不能直接撤销。请在“其他医保”中核对更正。"
        raise Refusal(Reason("COVER_CHANGED_SINCE", text))
    cover.delete()
