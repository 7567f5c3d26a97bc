"""起草、送审、发布: a rule set's draft from its first line to the edition that a second administrator puts in force."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from enrollment import amending
from enrollment.draft_text import with_next_year
from enrollment.models import RuleSet, RuleSetDraft
from enrollment.rules.ruleset import RuleSet as Compiled
from enrollment.rules.source import read_ruleset
from enrollment.ruleset_limits import refuse_what_does_not_fit
from enrollment.ruleset_scope import refuse_outside
from enrollment.services import Loaded, load_ruleset
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff


@dataclass(frozen=True, slots=True)
class Amendment:
    """修订: from which day, by which clause and why terms change under which money was taken."""

    starts_on: date
    clause: str
    note: str


@accountable
def start_draft(*, code: str, next_year: bool, by: Staff, at: datetime) -> RuleSetDraft:
    """Start a draft from the edition in force; with `next_year`, last year copied into the year after it."""
    ruleset = _locked(code, by)
    if ruleset.current_edition is None:
        raise Refusal(Reason("RULESET_UNKNOWN", f"规则集“{code}”还没有载入，请先导入规则文件。"))
    source = ruleset.current_edition.source
    year = None
    if next_year:
        source, year = with_next_year(source)
        read_ruleset(source)
    draft = _new(ruleset, source, by, at)
    record(by=by, at=at, verb="start_draft", subject=draft, detail={"ruleset": code, "year": year})
    return draft


@accountable
def import_draft(*, text: str, by: Staff, at: datetime) -> RuleSetDraft:
    """Make a draft of a file, byte by byte; RuleSetError where anything in it is wrong."""
    require_role(by, Staff.Role.ADMINISTRATOR)
    compiled = read_ruleset(text)
    refuse_what_does_not_fit(text)
    refuse_outside(compiled, by)
    RuleSet.objects.get_or_create(code=compiled.code, defaults={"name": compiled.name})
    ruleset = _locked(compiled.code, by)
    draft = _new(ruleset, text, by, at)
    record(by=by, at=at, verb="start_draft", subject=draft, detail={"ruleset": compiled.code, "imported": True})
    return draft


def _new(ruleset: RuleSet, source: str, by: Staff, at: datetime) -> RuleSetDraft:
    if ruleset.drafts.open().exists():
        raise Refusal(Reason("DRAFT_EXISTS", "这份规则已有一份草稿，请在那份草稿上修改，或先把它废弃。"))
    return RuleSetDraft.objects.create(
        ruleset=ruleset, based_on=ruleset.current_edition, source=source, made_by=by, made_at=at, writers=[by.pk]
    )


@accountable
def save_draft(*, code: str, text: str, by: Staff, at: datetime, seen: str | None = None) -> RuleSetDraft:
    """Put another text into the open draft; RuleSetError where it is wrong, and the draft stays as it was.

    `seen`: the digest of the text that `by` had before the eyes; refused where somebody else has saved since.
    """
    draft = _open(code, by)
    if draft.submitted_at:
        raise Refusal(Reason("DRAFT_SUBMITTED", "草稿已经送审，不能再改。要改请先撤回送审。"))
    if seen is not None and seen != digest_of(draft.source):
        raise _moved(draft)
    compiled = read_ruleset(text)
    refuse_what_does_not_fit(text)
    if compiled.code != code:
        raise Refusal(Reason("DRAFT_CODE", f"规则集的代码不能改：应为 {code}，现在是 {compiled.code}。"))
    refuse_outside(compiled, by)
    draft.source, draft.edited_by, draft.edited_at = text, by, at
    draft.writers = sorted({*draft.writers, by.pk})
    draft.save(update_fields=["source", "edited_by", "edited_at", "writers"])
    record(by=by, at=at, verb="save_draft", subject=draft, detail={"ruleset": code})
    return draft


@accountable
def discard_draft(*, code: str, by: Staff, at: datetime) -> RuleSetDraft:
    """Give the open draft up; it stays to be read, and another may be started."""
    draft = _open(code, by)
    draft.discarded_by, draft.discarded_at = by, at
    draft.save(update_fields=["discarded_by", "discarded_at"])
    record(by=by, at=at, verb="discard_draft", subject=draft, detail={"ruleset": code})
    return draft


@accountable
def submit_draft(*, code: str, amendment: Amendment | None, by: Staff, at: datetime) -> RuleSetDraft:
    """Hand the draft to a second administrator; refused while it would rewrite what was paid for."""
    draft = _open(code, by)
    if draft.submitted_at:
        if (amendment.starts_on if amendment else None, amendment.clause if amendment else "") != _amends(draft):
            text = "草稿已经送审，送审时写的修订与您现在填的不同，没有改动。要改请先撤回送审，再重新送审。"
            raise Refusal(Reason("DRAFT_SUBMITTED", text))
        return draft
    new = _changed_text(draft)
    if amendment and amendment.clause not in new.clauses:
        text = f"草稿的 [clauses] 里没有登记“{amendment.clause}”这一条。请先在全文里登记调整文件的条款，再选用。"
        raise Refusal(Reason("AMENDMENT_CLAUSE", text))
    if amendment and not amendment.note.strip():
        raise Refusal(Reason("AMENDMENT_NOTE", "没有写修订说明，日后无法查考。请写明改了什么、为什么。"))
    _refuse_rewriting(draft, new, amendment.starts_on if amendment else None, at, publishing=False)
    draft.submitted_by, draft.submitted_at = by, at
    draft.amends_from = amendment.starts_on if amendment else None
    draft.amends_clause = amendment.clause if amendment else ""
    draft.amends_note = amendment.note.strip() if amendment else ""
    draft.writers = sorted({*draft.writers, by.pk})
    draft.save(update_fields=["submitted_by", "submitted_at", "amends_from", "amends_clause", "amends_note", "writers"])
    record(by=by, at=at, verb="submit_draft", subject=draft, detail={"ruleset": code})
    return draft


@accountable
def withdraw_draft(*, code: str, by: Staff, at: datetime) -> RuleSetDraft:
    """Take a submitted draft back to be edited; by its writers, or by the second administrator who sends it back."""
    draft = _open(code, by)
    draft.submitted_by = draft.submitted_at = draft.amends_from = None
    draft.amends_clause = draft.amends_note = ""
    draft.save(update_fields=["submitted_by", "submitted_at", "amends_from", "amends_clause", "amends_note"])
    record(by=by, at=at, verb="withdraw_draft", subject=draft, detail={"ruleset": code})
    return draft


@accountable
def publish_draft(*, code: str, sha256: str, by: Staff, at: datetime) -> Loaded:
    """Put a submitted draft in force as a new edition. `sha256`: of the text that the second administrator has read."""
    draft = _open(code, by)
    if draft.submitted_at is None:
        raise Refusal(Reason("DRAFT_NOT_SUBMITTED", "草稿还没有送审，不能发布。请起草人先送审。"))
    if by.pk in draft.writers:
        raise Refusal(Reason("DRAFT_OWN", "起草、修改或送审过这份草稿的人不能自己发布，请由另一位管理员核对后发布。"))
    if sha256 != digest_of(draft.source):
        raise Refusal(Reason("DRAFT_MOVED", "您打开本页之后草稿又改过。请重新看过改动再发布。"))
    new = _changed_text(draft)
    refuse_outside(new, by)
    _refuse_rewriting(draft, new, draft.amends_from, at, publishing=True)
    loaded = load_ruleset(text=draft.source, by=by, at=at)
    draft.published_by, draft.published_at, draft.edition = by, at, loaded.edition
    draft.save(update_fields=["published_by", "published_at", "edition"])
    detail = {"ruleset": code, "edition": loaded.edition.number}
    if draft.amends_from:
        detail |= {"from": draft.amends_from.isoformat(), "reason": draft.amends_note}
    record(by=by, at=at, verb="publish_draft", subject=draft, detail=detail)
    return loaded


def _amends(draft: RuleSetDraft) -> tuple[date | None, str]:
    return draft.amends_from, draft.amends_clause


def _moved(draft: RuleSetDraft) -> Refusal:
    who = draft.edited_by or draft.made_by
    when = (draft.edited_at or draft.made_at).astimezone(SHANGHAI)
    text = (
        f"您打开本页之后，{who.name}（{when:%m-%d %H:%M}）又改过这份草稿，所以还没有存。您填的都在下面；"
        "请先在另一个窗口打开规则台核对，再存一次就以本页为准。"
    )
    return Refusal(Reason("DRAFT_MOVED", text))


def digest_of(text: str) -> str:
    """The digest by which editions are known."""
    return hashlib.sha256(text.encode()).hexdigest()


def _changed_text(draft: RuleSetDraft) -> Compiled:
    """The draft's rule set; refused where another edition came in force meanwhile or where nothing is changed."""
    current = draft.ruleset.current_edition
    if current != draft.based_on:
        text = f"起草之后，现行规则已变为{current}。请下载草稿，废弃它，再从现行版起草并并入改动。"
        raise Refusal(Reason("DRAFT_STALE", text))
    if current and current.source == draft.source:
        raise Refusal(Reason("DRAFT_SAME", "草稿与现行规则一字不差，没有可以发布的改动。"))
    return read_ruleset(draft.source)


def _refuse_rewriting(
    draft: RuleSetDraft, new: Compiled, amends_from: date | None, at: datetime, *, publishing: bool
) -> None:
    if draft.based_on:
        amending.refuse_rewriting(
            ruleset=draft.ruleset,
            old=read_ruleset(draft.based_on.source),
            new=new,
            amends_from=amends_from,
            on=at.astimezone(SHANGHAI).date(),
            publishing=publishing,
        )


def _locked(code: str, by: Staff) -> RuleSet:
    """The rule set, locked; only for administrators whose scope holds its whole area."""
    require_role(by, Staff.Role.ADMINISTRATOR)
    rows = RuleSet.objects.select_for_update(of=["self"]).select_related("current_edition")
    ruleset = rows.filter(code=code).first()
    if ruleset is None:
        raise Refusal(Reason("RULESET_UNKNOWN", f"没有“{code}”这份规则，请重新选择。"))
    if ruleset.current_edition:
        refuse_outside(read_ruleset(ruleset.current_edition.source), by)
    return ruleset


def _open(code: str, by: Staff) -> RuleSetDraft:
    ruleset = _locked(code, by)
    draft = ruleset.drafts.open().select_for_update(of=["self"]).select_related("based_on").first()
    if draft is None:
        raise Refusal(Reason("DRAFT_GONE", "草稿已经发布或废弃，没有可以办理的草稿。请重新打开规则台。"))
    draft.ruleset = ruleset
    return draft
