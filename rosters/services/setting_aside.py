"""剔出: a household is crossed out of a roster with a reason, and comes back in another one; or it is put back."""

from datetime import datetime

from common.decision import Reason, Refusal
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from rosters.models import Roster, RosterRow
from rosters.services.opening import AT_THE_COUNTER, roster_for, why

TRIFLE = 5  # households of a roster; more are the supervisor's to set aside


def _row(row_id: int, *, by: Staff) -> RosterRow:
    """A row of the file that counts, its roster locked and not agreed."""
    rows = RosterRow.objects.select_related("file").filter(file__roster__in=Roster.objects.visible_to(by))
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise Refusal(Reason("ROSTER_ROW_GONE", "找不到这一行。请回到名册重新打开。"))
    roster = roster_for(row.file.roster_id, by=by)
    row.file.refresh_from_db()
    row.file.roster = roster
    if row.file.superseded_at:
        raise Refusal(Reason("ROSTER_FILE_OLD", "名册已换了新的文件，这一行不再算数。请刷新页面。"))
    if roster.agreements.filter(withdrawn_at=None).exists():
        raise Refusal(Reason("ROSTER_AGREED", "这份名册已经核对相符，不能再剔出或放回。要改的，请先撤回核对。"))
    return row


@accountable
def set_aside(*, row_id: int, reason: str, by: Staff, at: datetime) -> list[RosterRow]:
    """剔出 the whole household of a row: all or nothing."""
    require_role(by, *AT_THE_COUNTER)
    row = _row(row_id, by=by)
    aside = row.file.rows.filter(set_aside_at__isnull=False).values("household").distinct().count()
    if aside >= TRIFLE and by.role != Staff.Role.SUPERVISOR:
        text = f"这份名册已剔出{aside}户，再剔出的要由主管办理。多数有问题的，请退回村里改好后重交。"
        raise Refusal(Reason("ROSTER_ASIDE_MANY", text))
    household = row.file.rows.filter(household=row.household, set_aside_at=None)
    gone = household.update(set_aside_at=at, set_aside_by=by, set_aside_reason=why(reason))
    if not gone:
        raise Refusal(Reason("ROSTER_ASIDE_ALREADY", "这一户已经剔出了。请刷新页面。"))
    _record(row, "set_aside_roster_household", {"rows": gone, "reason": why(reason)}, by=by, at=at)
    return list(row.file.rows.filter(household=row.household))


@accountable
def put_back(*, row_id: int, by: Staff, at: datetime) -> list[RosterRow]:
    """放回 a household that was set aside."""
    require_role(by, *AT_THE_COUNTER)
    row = _row(row_id, by=by)
    household = row.file.rows.filter(household=row.household, set_aside_at__isnull=False)
    back = household.update(set_aside_at=None, set_aside_by=None, set_aside_reason="")
    if not back:
        raise Refusal(Reason("ROSTER_ASIDE_NOT", "这一户没有剔出。请刷新页面。"))
    _record(row, "put_back_roster_household", {"rows": back}, by=by, at=at)
    return list(row.file.rows.filter(household=row.household))


def _record(row: RosterRow, verb: str, detail: dict[str, object], *, by: Staff, at: datetime) -> None:
    place = {"sheet": row.sheet, "row": row.row_number}
    record(by=by, at=at, verb=verb, subject=row.file.roster, detail=place | detail)
