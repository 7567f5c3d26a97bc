"""另记的服务: saying of a line of the bank's what it is, where it is no slip of ours; and taking that back."""

from datetime import datetime

from common.decision import Reason, Refusal
from offices.acts import accountable, record
from offices.models import Staff
from payments.models import StatementMark, StatementMatch
from payments.services.reconciling import row_locked


@accountable
def mark_row(*, row_id: int, reason: str, by: Staff, at: datetime) -> StatementMark:
    """另记: the line is known and not ours; `reason` says what it is."""
    row = row_locked(row_id, by)
    if not reason.strip():
        raise Refusal(Reason("MARK_REASON", "请写明这一笔是什么，例如“结息”“银行退回手续费”。"))
    if row.amount <= 0 or row.repeats_id:
        raise Refusal(Reason("MARK_ROW", "支出的各笔和前一份已有的各笔不参加核对，不用另记。"))
    if StatementMatch.objects.standing().filter(row=row).exists():
        raise Refusal(Reason("MATCHED", "这一笔已经核对为我方的回单，不能另记。核错了的，请先取消核对。"))
    if StatementMark.objects.standing().filter(row=row).exists():
        raise Refusal(Reason("MARKED", "这一笔已经另记，没有再办。请刷新页面后再看。"))
    made = StatementMark.objects.create(row=row, reason=reason.strip(), at=at, by=by)
    detail = {"amount": str(row.amount), "day": str(row.day), "reason": made.reason}
    record(by=by, at=at, verb="mark_row", subject=row.statement, detail=detail)
    return made


@accountable
def undo_mark(*, mark_id: int, reason: str, by: Staff, at: datetime) -> StatementMark:
    """取消另记, with a reason; the line is open again."""
    found = StatementMark.objects.filter(pk=mark_id).first()
    row = row_locked(found.row_id if found else 0, by)
    made = StatementMark.objects.select_for_update(no_key=True).get(pk=mark_id)
    if made.undone_at:
        raise Refusal(Reason("UNDONE", "这一笔的另记已经取消，不必再办。"))
    if not reason.strip():
        raise Refusal(Reason("UNDO_REASON", "没有写事由，无法存查。请写明为什么取消。"))
    made.undone_at, made.undone_by, made.undo_reason = at, by, reason.strip()
    made.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    detail = {"amount": str(row.amount), "day": str(row.day), "reason": made.undo_reason}
    record(by=by, at=at, verb="undo_mark", subject=row.statement, detail=detail)
    return made
