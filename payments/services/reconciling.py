"""银行对账的服务: taking in a statement, deciding what is plain, matching by hand, undoing it, taking a file back."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import connection

from common.dates import local_day
from common.decision import Reason, Refusal
from households import vault
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from payments.bank import reconciled
from payments.bank.file import StatementLine, StatementRead
from payments.models import BankSlip, BankStatement, StatementMark, StatementMatch, StatementRow

Role = Staff.Role
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """A statement as it was uploaded: the file's bytes and name, what was read, of which account and which money."""

    data: bytes
    name: str
    read: StatementRead
    account: str
    step: str


@accountable
def take_statement(*, draft: StatementDraft, by: Staff, at: datetime) -> BankStatement:
    """导入: keep the lines and decide what is plain. A supervisor takes in the office's own, 上缴款 only."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    account = " ".join(draft.account.split())
    if draft.step not in BankStatement.Step or (by.office_id and draft.step != BankStatement.Step.OFFICE):
        raise Refusal(Reason("STATEMENT_STEP", "机构只核对自己的上缴款；汇缴和上解的对账单请交管理员导入。"))
    if draft.read.last_day > at.date():
        text = f"对账单里有{draft.read.last_day}的交易，那一天还没有到。请核对日期一列取得对不对。"
        raise Refusal(Reason("STATEMENT_DAY", text))
    scope = by.office.division_code if by.office_id else by.division_scope
    _hold(f"{scope} {draft.step} {account}")
    digest = sha256(draft.data).hexdigest()
    _refuse_again(digest, scope)
    stored = uuid4()
    vault.put(stored, draft.data)
    try:
        return _write(draft, digest, stored, account, scope, by=by, at=at)
    except BaseException:
        vault.drop(stored)
        raise


def _write(
    draft: StatementDraft, digest: str, stored: UUID, account: str, scope: str, *, by: Staff, at: datetime
) -> BankStatement:
    statement = BankStatement.objects.create(
        stored=stored,
        step=draft.step,
        office=by.office,
        division_code=scope,
        account=account,
        name=draft.name[-200:],
        sha256=digest,
        first_day=draft.read.first_day,
        last_day=draft.read.last_day,
        columns=[[each.role, each.column, each.heading[:60]] for each in draft.read.columns],
        unread=[list(each) for each in draft.read.unread],
        at=at,
        by=by,
    )
    _write_rows(statement, draft.read.lines)
    found = _decide(statement, by=by, at=at)
    detail = {"count": len(draft.read.lines), "found": found}
    record(by=by, at=at, verb="take_statement", subject=statement, detail=detail)
    return statement


def _hold(what: str) -> None:
    """One file of an account at a time: what repeats is told from what is already there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('bank statement ' || %s, 0))", [what])


def _refuse_again(digest: str, scope: str) -> None:
    known = BankStatement.objects.filter(sha256=digest, division_code=scope, withdrawn_at__isnull=True)
    earlier = known.select_related("by").first()
    if earlier:
        text = f"这份对账单{local_day(earlier.at)}已由{earlier.by.name}导入（{earlier}），不必再导。"
        raise Refusal(Reason("STATEMENT_AGAIN", text))


def _write_rows(statement: BankStatement, lines: tuple[StatementLine, ...]) -> None:
    """Every line, those that an earlier file of the account has shown marked as such."""
    earlier = StatementRow.objects.filter(
        statement__account=statement.account,
        statement__step=statement.step,
        statement__division_code=statement.division_code,
        statement__withdrawn_at__isnull=True,
        day__range=(statement.first_day, statement.last_day),
        repeats__isnull=True,
    )
    known: dict[Key, list[int]] = defaultdict(list)
    for row in earlier.order_by("-pk"):
        known[_key(row)].append(row.pk)
    StatementRow.objects.bulk_create(
        [
            StatementRow(
                statement=statement,
                place=line.place,
                day=line.day,
                amount=line.amount,
                number=line.number,
                text=line.text,
                party=line.party,
                repeats_id=known[_key(line)].pop() if known[_key(line)] else None,
            )
            for line in lines
        ],
        batch_size=2_000,
    )


def _key(line: StatementRow | StatementLine) -> Key:
    return line.day, line.amount, line.number, line.text, line.party


def _decide(statement: BankStatement, *, by: Staff, at: datetime) -> int:
    """Write down what is plain; how many lines that is."""
    pairs = reconciled.compared(statement).pairs
    StatementMatch.objects.bulk_create(
        [StatementMatch(row_id=pair.row, slip_id=pair.slip, how=pair.how, at=at, by=by) for pair in pairs]
    )
    return len(pairs)


@accountable
def rematch(*, statement_id: int, by: Staff, at: datetime) -> int:
    """重新核对: slips may have been written down since. How many lines were found this time."""
    statement = _locked(statement_id, by)
    found = _decide(statement, by=by, at=at)
    record(by=by, at=at, verb="rematch_statement", subject=statement, detail={"found": found})
    return found


@accountable
def match_row(*, row_id: int, slip_id: int, by: Staff, at: datetime) -> StatementMatch:
    """人工核对: a person says that this line is that slip. The sums must be the same."""
    row = row_locked(row_id, by)
    slip = reconciled.slips_for(row.statement).filter(pk=slip_id).first()
    if slip is None:
        raise Refusal(Reason("SLIP_UNKNOWN", "找不到这张回单，或不是本账户的款。请刷新页面后重新选择。"))
    if row.repeats_id or row.amount != slip.amount:
        text = f"对账单{row.amount:,.2f}元与回单{slip.amount:,.2f}元不是同一笔，不能核对。请与银行核实。"
        raise Refusal(Reason("MATCH_AMOUNT", text))
    if StatementMark.objects.standing().filter(row=row).exists():
        raise Refusal(Reason("MARKED", "这一笔已另记为不是我方的款，不能核对。另记错了的，请先取消另记。"))
    _refuse_matched(row, slip)
    made = StatementMatch.objects.create(row=row, slip=slip, how=StatementMatch.How.HAND, at=at, by=by)
    detail = {"numbers": slip.number, "amount": str(slip.amount), "day": str(row.day)}
    record(by=by, at=at, verb="match_row", subject=row.statement, detail=detail)
    return made


def _refuse_matched(row: StatementRow, slip: BankSlip) -> None:
    standing = StatementMatch.objects.standing().select_related("by")
    for found, what in ((standing.filter(row=row), "对账单的这一笔"), (standing.filter(slip=slip), "这张回单")):
        other = found.first()
        if other:
            text = f"{what}已由{other.by.name}核对，没有再办。请刷新页面后再看。"
            raise Refusal(Reason("MATCHED", text))


@accountable
def undo_match(*, match_id: int, reason: str, by: Staff, at: datetime) -> StatementMatch:
    """取消核对, with a reason; the machine never decides this pair again."""
    found = StatementMatch.objects.filter(pk=match_id).first()
    row = row_locked(found.row_id if found else 0, by)
    made = StatementMatch.objects.select_for_update(no_key=True).select_related(None).get(pk=match_id)
    if made.undone_at:
        raise Refusal(Reason("UNDONE", "这一笔的核对已经取消，不必再办。"))
    if not reason.strip():
        raise Refusal(Reason("UNDO_REASON", "没有写事由，无法存查。请写明为什么取消。"))
    made.undone_at, made.undone_by, made.undo_reason = at, by, reason.strip()
    made.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    detail = {"numbers": made.slip.number, "amount": str(row.amount), "reason": reason.strip()}
    record(by=by, at=at, verb="undo_match", subject=row.statement, detail=detail)
    return made


@accountable
def withdraw_statement(*, statement_id: int, reason: str, by: Staff, at: datetime) -> BankStatement:
    """撤回 a file that was taken in by mistake; its matches are undone with it."""
    statement = _locked(statement_id, by)
    _hold(f"{statement.division_code} {statement.step} {statement.account}")
    if not reason.strip():
        raise Refusal(Reason("WITHDRAW_REASON", "没有写事由，无法存查。请写明为什么撤回。"))
    later = BankStatement.objects.filter(rows__repeats__statement=statement, withdrawn_at__isnull=True).first()
    if later:
        text = f"之后导入的“{later}”与它重叠，撤回它会漏掉重叠的各笔。请先撤回后导入的，再撤回这一份。"
        raise Refusal(Reason("STATEMENT_OVERLAPPED", text))
    standing = StatementMatch.objects.standing().filter(row__statement=statement)
    count = standing.update(undone_at=at, undone_by=by, undo_reason=reason.strip())
    statement.withdrawn_at, statement.withdrawn_by, statement.withdraw_reason = at, by, reason.strip()
    statement.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    detail = {"found": count, "reason": reason.strip()}
    record(by=by, at=at, verb="withdraw_statement", subject=statement, detail=detail)
    return statement


def _locked(statement_id: int, by: Staff) -> BankStatement:
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    rows = BankStatement.objects.select_for_update(of=["self"], no_key=True)
    found = rows.visible_to(by).filter(pk=statement_id).first()
    if found is None:
        raise Refusal(Reason("STATEMENT_UNKNOWN", "找不到这份对账单，或不在您的管辖范围内。请刷新页面后重新选择。"))
    if found.withdrawn_at:
        raise Refusal(Reason("WITHDRAWN", f"这份对账单已于{found.withdrawn_at:%Y-%m-%d}撤回，不能再办。"))
    return found


def row_locked(row_id: int, by: Staff) -> StatementRow:
    """A line, its statement locked: two people do not decide on one of its lines at once."""
    row = StatementRow.objects.filter(pk=row_id).first()
    statement = _locked(row.statement_id if row else 0, by)
    row.statement = statement
    return row
