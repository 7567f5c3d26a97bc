"""名单的入库: certifications from the list, ends for whom it no longer names; changes for the dead and the employed."""

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from common.dates import local_day
from common.decision import Reason, Refusal
from common.listing import listed
from common.relations import HEAD
from enrollment.change_plan import Kind as ChangeKind
from enrollment.change_plan import Wish
from enrollment.change_services import register_change
from households.drafts import OtherCoverDraft
from households.models import Membership
from households.services import record_other_cover
from offices.access import require_role
from offices.acts import accountable, record
from offices.jobs import Progress
from offices.models import Act, Staff
from rosters.lists import sql
from rosters.lists.comparing import ENDED, compare, parameters
from rosters.lists.importing import waiting_list
from rosters.lists.whole import over
from rosters.models import FunderList, FunderListLine

Kind = FunderList.Kind
TOGETHER = 50  # persons whose changes are one transaction


@accountable
def apply_list(*, list_id: int, seen: int, by: Staff, at: datetime) -> FunderList:
    """入库 of a support list, after a second look: `seen` is how many would end, as the preview said.

    Who is new on it is certified from the day it says, else from the month; who is no longer on it ends with the month
    before, and what was decided before stays. Lines of persons who are not registered wait for them.
    """
    found = waiting_list(list_id, by)
    if found.kind != Kind.SUPPORT:
        raise Refusal(Reason("LIST_KIND", "这不是资助名单。请在名单页面上逐人处理。"))
    compared = compare(found)
    _refuse(compared.unexplained, compared.counts.get(ENDED, 0), seen)
    asked = parameters(found) | {"at": at}
    with over(found) as cursor:
        cursor.execute(sql.KEEP_STATES, asked)
        cursor.execute(sql.MATCH, asked)
        cursor.execute(sql.END, asked)
        ended = [row[0] for row in cursor.fetchall()]
        cursor.execute(sql.HOLDS_ON, {"ended": ended})
        cursor.execute(sql.MARK, asked)
        marked = cursor.rowcount
        cursor.execute(sql.ADD, asked)
        added = cursor.rowcount
    same = FunderList.objects.current().filter(
        kind=found.kind, funder=found.funder, division_code=found.division_code, ruleset_code=found.ruleset_code
    )
    same.update(superseded_at=at)
    found.applied_at, found.applied_by = at, by
    found.counts = {**compared.counts, ENDED: len(ended), "added": added + marked, "ended_ids": ended}
    found.save(update_fields=["applied_at", "applied_by", "counts"])
    detail = {"name": str(found), "persons": compared.persons, "count": added + marked}
    record(by=by, at=at, verb="apply_list", subject=found, detail=detail)
    return found


def _refuse(unexplained: tuple[tuple[str, int], ...], ended: int, seen: int) -> None:
    if unexplained:
        words = listed([f"“{word or '（空）'}”" for word, _ in unexplained], most=5, unit="个")
        raise Refusal(Reason("LIST_WORD", f"还有身份没有对照：{words}。请先选定它们各是哪一类。"))
    if ended != seen:
        text = f"预览之后登记有了变化：现在要终止{ended}人，预览时是{seen}人。请重新看过再入库。"
        raise Refusal(Reason("LIST_CHANGED", text))


def settle_list(*, list_id: int, by: Staff, at: datetime, progress: Progress | None = None) -> tuple[int, int]:
    """The agency's list of the dead or of the employed: do for each of the supervisor's people what can be done.

    How many were done at this moment, and how many a person has to see to; what stands in the way is kept with the
    line. Some lines at a time, each time in a transaction: what was done before a stop stays done.
    """
    require_role(by, Staff.Role.SUPERVISOR)
    lines = _begin_settling(list_id=list_id, by=by, at=at)
    for start in range(0, len(lines), TOGETHER):
        if progress:
            progress(start, len(lines))
        _settle_some(list_id=list_id, lines=lines[start : start + TOGETHER], by=by, at=at)
    return _end_settling(list_id=list_id, by=by, at=at)


@accountable
def _begin_settling(*, list_id: int, by: Staff, at: datetime) -> list[int]:
    """The lines to be done, once persons are matched with them."""
    found = _list_to_settle(list_id, by)
    with connection.cursor() as cursor:
        cursor.execute(sql.MATCH, parameters(found) | {"at": at})
    if found.applied_at is None:
        found.applied_at, found.applied_by = at, by
        found.save(update_fields=["applied_at", "applied_by"])
    return list(_to_do(found, by).values_list("pk", flat=True))


@accountable
def _settle_some(*, list_id: int, lines: list[int], by: Staff, at: datetime) -> None:
    found = _list_to_settle(list_id, by)
    for line in _to_do(found, by).filter(pk__in=lines).select_related("person"):
        _settle(line, found, by, at)


@accountable
def _end_settling(*, list_id: int, by: Staff, at: datetime) -> tuple[int, int]:
    found = _list_to_settle(list_id, by)
    done = found.lines.filter(settled_at=at, settled_by=by).count()
    if not Act.objects.filter(verb="settle_list", subject_id=found.pk, at=at, by=by).exists():
        record(by=by, at=at, verb="settle_list", subject=found, detail={"name": str(found), "count": done})
    return done, _to_do(found, by).count()


def _list_to_settle(list_id: int, by: Staff) -> FunderList:
    """Locked; a Refusal where it is not there, not within the scope, or was withdrawn."""
    rows = FunderList.objects.select_for_update(of=["self"], no_key=True).visible_to(by)
    found = rows.filter(pk=list_id, withdrawn_at=None).exclude(kind=Kind.SUPPORT).first()
    if found is None:
        raise Refusal(Reason("LIST_UNKNOWN", "找不到这份名单，或已撤回。请刷新后重新选择。"))
    return found


def _to_do(found: FunderList, by: Staff) -> QuerySet[FunderListLine]:
    lines = found.lines.filter(settled_at=None, person__division_code__startswith=by.division_scope)
    return lines.exclude(person=None).order_by("pk")


def _settle(line: FunderListLine, found: FunderList, by: Staff, at: datetime) -> None:
    try:
        said = _dead(line, found, by, at) if found.kind == Kind.DIED else _employed(line, found, by, at)
    except Refusal as refusal:
        FunderListLine.objects.filter(pk=line.pk).update(settled=str(refusal)[:200])
    else:
        FunderListLine.objects.filter(pk=line.pk).update(settled=said, settled_at=at, settled_by=by)


def _dead(line: FunderListLine, found: FunderList, by: Staff, at: datetime) -> str:
    person = line.person
    if person.died_on:
        return "原已登记死亡"
    if line.day is None:
        raise Refusal(Reason("LIST_DAY", "名单上没有死亡日期，请核实后到柜台办理死亡变更。"))
    home = Membership.objects.filter(person=person, ends_on=None).select_related("household__office").first()
    if home is None:
        raise Refusal(Reason("NO_HOUSEHOLD", "不在任何一户里，请到柜台登记。"))
    if home.relation == HEAD and Membership.objects.filter(household=home.household_id, ends_on=None).count() > 1:
        raise Refusal(Reason("new_head", "是户主，须由家人定新户主，请到柜台办理死亡变更。"))
    wish = Wish(ChangeKind.DEATH, home.household_id, person.pk, line.day, listed=str(found))
    register_change(wish=wish, by=by, at=at)
    return "已登记死亡"


def _employed(line: FunderListLine, found: FunderList, by: Staff, at: datetime) -> str:
    if line.person.other_covers.filter(kind="employee", ends_on=None).exists():
        return "原已登记职工医保"
    day = min(line.day or found.month, local_day(at))
    draft = OtherCoverDraft("employee", division=found.division_code[:6], starts_on=day)
    record_other_cover(person_id=line.person_id, draft=draft, by=by, at=at)
    return "已登记职工医保"
