"""上报和录入 (S-8-9, S-8-10): the supervisor sends a taken roster to the county, which enters or returns each row."""

from collections.abc import Collection
from datetime import datetime

from common.decision import Reason, Refusal
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from rosters.clauses import SUBMIT, clause_of
from rosters.models import Roster, RosterEntry, RosterSubmission, RosterTaking
from rosters.models.file import RosterRowQuerySet
from rosters.services.opening import AT_THE_COUNTER, roster_for, why

Role = Staff.Role
Outcome = RosterEntry.Outcome


@accountable
def submit_roster(*, roster_id: int, by: Staff, at: datetime) -> RosterSubmission:
    """上报 a roster that was taken."""
    require_role(by, Role.SUPERVISOR)
    roster = roster_for(roster_id, by=by)
    taking = RosterTaking.objects.filter(deposit__agreement__roster=roster).first()
    if taking is None:
        raise Refusal(Reason("ROSTER_NOT_TAKEN", "名册还没有入账，不能上报。", clause_of(roster, SUBMIT)))
    if roster.submissions.filter(withdrawn_at=None).exists():
        raise Refusal(Reason("ROSTER_SUBMITTED", "这份名册已经上报。请刷新页面。"))
    made = RosterSubmission.objects.create(roster=roster, taking=taking, rows=taking.persons, at=at, by=by)
    record(by=by, at=at, verb="submit_roster", subject=roster, detail={"rows": made.rows})
    return made


@accountable
def withdraw_submission(*, roster_id: int, reason: str, by: Staff, at: datetime) -> RosterSubmission:
    """撤回上报, while the county has entered or returned nothing."""
    require_role(by, Role.SUPERVISOR)
    made = _submission(roster_for(roster_id, by=by))
    if made.entries.filter(undone_at=None).exists():
        raise Refusal(
            Reason("ROSTER_ENTERED", "县里已经录入或退回了几行，不能撤回上报。确要撤回的，请县里先逐行撤销。")
        )
    made.withdrawn_at, made.withdrawn_by, made.withdraw_reason = at, by, why(reason)
    made.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    record(by=by, at=at, verb="withdraw_roster_submission", subject=made.roster, detail={"reason": why(reason)})
    return made


def _submission(roster: Roster) -> RosterSubmission:
    made = roster.submissions.filter(withdrawn_at=None).first()
    if made is None:
        raise Refusal(Reason("ROSTER_NOT_SUBMITTED", "这份名册没有上报，或上报已撤回。请刷新页面。"))
    return made


def open_rows(made: RosterSubmission) -> RosterRowQuerySet:
    """The submitted rows that the county has neither entered nor returned."""
    decided = RosterEntry.objects.standing().filter(submission=made).values("row")
    return made.taking.deposit.agreement.file.rows.counted().exclude(pk__in=decided)


@accountable
def enter_rows(*, roster_id: int, row_ids: Collection[int] | None, by: Staff, at: datetime) -> int:
    """录入 some rows, or all that are open; how many were entered."""
    require_role(by, Role.ADMINISTRATOR)
    made = _submission(roster_for(roster_id, by=by))
    rows = open_rows(made)
    if row_ids is not None:
        rows = rows.filter(pk__in=row_ids)
    made_now = [
        RosterEntry(submission=made, row_id=pk, outcome=Outcome.ENTERED, at=at, by=by)
        for pk in rows.order_by("pk").values_list("pk", flat=True)
    ]
    if not made_now:
        raise Refusal(Reason("ROSTER_NOTHING_OPEN", "没有待录入的行。请刷新页面。"))
    RosterEntry.objects.bulk_create(made_now, batch_size=2_000)
    record(by=by, at=at, verb="enter_roster_rows", subject=made.roster, detail={"rows": len(made_now)})
    return len(made_now)


@accountable
def return_row(*, roster_id: int, row_id: int, reason: str, by: Staff, at: datetime) -> RosterEntry:
    """退回 one row to the town, with the reason."""
    require_role(by, Role.ADMINISTRATOR)
    made = _submission(roster_for(roster_id, by=by))
    row = open_rows(made).filter(pk=row_id).first()
    if row is None:
        raise Refusal(Reason("ROSTER_NOTHING_OPEN", "这一行已经录入或退回了。请刷新页面。"))
    entry = RosterEntry.objects.create(
        submission=made, row=row, outcome=Outcome.RETURNED, reason=why(reason), at=at, by=by
    )
    detail = {"sheet": row.sheet, "row": row.row_number, "reason": entry.reason}
    record(by=by, at=at, verb="return_roster_row", subject=made.roster, detail=detail)
    return entry


@accountable
def undo_entry(*, entry_id: int, by: Staff, at: datetime) -> RosterEntry:
    """撤销 an entry or a return that was a slip of the hand; the row is open again."""
    require_role(by, Role.ADMINISTRATOR)
    entry = _entry(entry_id, by=by)
    entry.undone_at, entry.undone_by = at, by
    entry.save(update_fields=["undone_at", "undone_by"])
    detail = {"sheet": entry.row.sheet, "row": entry.row.row_number, "outcome": entry.outcome}
    record(by=by, at=at, verb="undo_roster_entry", subject=entry.submission.roster, detail=detail)
    return entry


@accountable
def answer_return(*, entry_id: int, answer: str, by: Staff, at: datetime) -> RosterEntry:
    """处理 a returned row: the town says what it did, and the county sees the row once more."""
    require_role(by, *AT_THE_COUNTER)
    entry = _entry(entry_id, by=by)
    if entry.outcome != Outcome.RETURNED:
        raise Refusal(Reason("ROSTER_NOT_RETURNED", "这一行没有退回，不必处理。"))
    text = answer.strip()[:200]
    if not text:
        raise Refusal(Reason("ANSWER_REASON", "请写明怎样处理的，例如“姓名已更正”。"))
    entry.answered_at, entry.answered_by, entry.answer = at, by, text
    entry.save(update_fields=["answered_at", "answered_by", "answer"])
    detail = {"sheet": entry.row.sheet, "row": entry.row.row_number, "answer": text}
    record(by=by, at=at, verb="answer_roster_return", subject=entry.submission.roster, detail=detail)
    return entry


def _entry(entry_id: int, *, by: Staff) -> RosterEntry:
    rows = RosterEntry.objects.filter(submission__roster__in=Roster.objects.visible_to(by))
    entry = rows.select_related("row", "submission__roster").filter(pk=entry_id).first()
    if entry is None:
        raise Refusal(Reason("ROSTER_ROW_GONE", "找不到这一行。请回到名册重新打开。"))
    roster_for(entry.submission.roster_id, by=by)
    entry.refresh_from_db(fields=["undone_at", "answered_at"])
    if entry.undone_at or entry.answered_at:
        raise Refusal(Reason("ROSTER_ENTRY_OVER", "这一行刚刚由别人处理了。请刷新页面。"))
    return entry
