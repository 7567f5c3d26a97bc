"""撤回已入库的名单: a wrong list in force is taken back; what it did is undone, and what was paid by it is told."""

from datetime import datetime
from typing import Any, NamedTuple

from common.decision import Reason, Refusal
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from rosters.lists.comparing import parameters
from rosters.lists.whole import over
from rosters.models import FunderList

Kind = FunderList.Kind

# Who was enrolled by a certification of the list: what was decided stays, so it lasts until then.
DECIDED = """
    SELECT c.id, max((e.enrolled_at AT TIME ZONE 'Asia/Shanghai')::date) AS day
    FROM households_certification c
    JOIN enrollment_enrollment e ON e.person_id = c.person_id AND e.sponsored > 0 AND e.cancelled_at IS NULL
        AND e.enrolled_at >= %(applied_at)s
    WHERE c.funder_list = %(label)s AND c.ended_on IS NULL GROUP BY c.id
"""
OF_LIST = """
    c.funder_list = %(label)s AND c.ended_on IS NULL AND EXISTS (
        SELECT FROM rosters_funderlistline l WHERE l.listing_id = %(list)s AND l.person_id = c.person_id)
"""
# A certificate that somebody showed is older than the list, which had only marked it.
UNMARK = f"""
    UPDATE households_certification c SET funder_list = ''
    WHERE {OF_LIST} AND (c.category = '' OR c.kind <> '' OR c.number <> '' OR c.original_seen_at IS NOT NULL)
"""  # noqa: S608 - put together from constants
END = f"""
    WITH decided AS MATERIALIZED ({DECIDED}), mine AS (SELECT c.id FROM households_certification c WHERE {OF_LIST})
    UPDATE households_certification c
    SET ended_on = GREATEST(c.valid_from, %(month)s::date - 1, d.day), funder_list = left(%(label)s || '（已撤回）', 80)
    FROM mine LEFT JOIN decided d ON d.id = mine.id WHERE c.id = mine.id
"""  # noqa: S608 - put together from constants
# Whom it had ended stands on the list before again; of a disability certificate, which went on, the mark comes back.
REOPEN = """
    UPDATE households_certification c SET ended_on = NULL
    WHERE c.id = ANY(%(ended_ids)s) AND c.category <> '' AND c.ended_on IS NOT NULL AND NOT EXISTS (
        SELECT FROM households_certification o
        WHERE o.person_id = c.person_id AND o.category = c.category AND o.ended_on IS NULL)
"""
REMARK = """
    UPDATE households_certification c SET funder_list = o.funder_list
    FROM households_certification o
    WHERE o.id = ANY(%(ended_ids)s) AND o.category = '' AND c.person_id = o.person_id AND c.category = ''
      AND c.disability_kind = o.disability_kind AND c.ended_on IS NULL AND c.funder_list = ''
"""


class Revoked(NamedTuple):
    """How many certifications ended and came back, and how many persons were paid for, or seen to, by the list."""

    ended: int
    reopened: int
    stays: int

    def told(self, kind: str) -> str:
        """In words."""
        if kind == Kind.SUPPORT:
            said = f"{self.ended} 人的认定终止，{self.reopened} 人恢复到上一份名单。"
            stays = f"已有 {self.stays} 人据它由部门资助参保，这些不变；列在“名单不符”，请逐人核实。"
        else:
            said = "没有处理的人不再拦住。"
            stays = f"已处理的 {self.stays} 人不随之撤销，登记错了的请逐人办变更。"
        return said + (stays if self.stays else "")


def told_of(found: FunderList) -> str:
    """What the withdrawal of a list did that had been in force; empty where there was none."""
    kept = found.counts.get("revoked")
    return Revoked(*kept).told(found.kind) if kept else ""


@accountable
def revoke_list(*, list_id: int, reason: str, by: Staff, at: datetime) -> Revoked:
    """撤回 a list in force: the one before is in force again. Its lines stay to be read, and count for nothing.

    Of the agency's lists what was registered for each person stays; it is undone person by person.
    """
    found = _in_force(list_id, by)
    if not reason.strip():
        raise Refusal(Reason("WITHDRAW_REASON", "请写明撤回的事由。"))
    revoked = (
        _undo(found) if found.kind == Kind.SUPPORT else Revoked(0, 0, found.lines.exclude(settled_at=None).count())
    )
    found.superseded_at = found.withdrawn_at = at
    found.withdrawn_by, found.withdraw_reason = by, reason.strip()[:200]
    found.counts = {**found.counts, "revoked": list(revoked)}
    found.save(update_fields=["superseded_at", "withdrawn_at", "withdrawn_by", "withdraw_reason", "counts"])
    if found.kind == Kind.SUPPORT:
        _put_back(found)
    detail = {"name": str(found), "reason": reason.strip(), "ended": revoked.ended, "count": revoked.stays}
    record(by=by, at=at, verb="revoke_list", subject=found, detail=detail)
    return revoked


def _in_force(list_id: int, by: Staff) -> FunderList:
    require_role(by, Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR)
    rows = FunderList.objects.select_for_update(of=["self"], no_key=True).visible_to(by).current()
    found = rows.filter(pk=list_id).first()
    if found is None or not by.covers(found.division_code):
        text = "这份名单不是现行的，或不归您管辖，不能撤回。请刷新页面；要撤回较早的，先撤回它之后的。"
        raise Refusal(Reason("LIST_NOT_CURRENT", text))
    return found


def _undo(found: FunderList) -> Revoked:
    asked: dict[str, Any] = parameters(found)
    asked |= {"applied_at": found.applied_at, "ended_ids": found.counts.get("ended_ids", [])}
    with over(found) as cursor:
        cursor.execute(f"SELECT count(*) FROM ({DECIDED}) d", asked)  # noqa: S608 - of constants
        stays = cursor.fetchone()[0]
        cursor.execute(UNMARK, asked)
        cursor.execute(END, asked)
        ended = cursor.rowcount
        cursor.execute(REOPEN, asked)
        reopened = cursor.rowcount
        cursor.execute(REMARK, asked)
        return Revoked(ended, reopened + cursor.rowcount, stays)


def _put_back(found: FunderList) -> None:
    """The list that this one had replaced."""
    FunderList.objects.filter(
        kind=found.kind,
        funder=found.funder,
        division_code=found.division_code,
        ruleset_code=found.ruleset_code,
        superseded_at=found.applied_at,
        withdrawn_at=None,
    ).update(superseded_at=None)
