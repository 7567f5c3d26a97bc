"""名单的导入: a file becomes a list that waits, its columns and words can be corrected, and it can be withdrawn."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from common.sealing import ID_NUMBER, PHONE
from enrollment import library
from enrollment.rules.category import plain
from enrollment.rules.on_sale import year_on_sale
from enrollment.rules.ruleset import Category, RuleSet
from households import vault
from offices.access import require_role
from offices.acts import accountable, record
from offices.copying import copying
from offices.keys import sealer
from offices.models import Staff
from rosters.lists.places import Places
from rosters.lists.words import categories_of, category_of, meaning
from rosters.models import CategoryWord, FunderList
from rosters.models.listing import FunderListQuerySet
from rosters.reading.listing import NAMES as NAMES_OF
from rosters.reading.listing import ListRead, ListRow, read_list

Kind = FunderList.Kind
Role = Staff.Role
COLUMNS = (
    "listing_id",
    "sheet",
    "row_number",
    "name",
    "id_no",
    "said",
    "category",
    "day",
    "town",
    "village",
    "division_code",
    "phone",
    "problems",
    "state",
    "settled",
)
AGENCY = {Kind.DIED: "经办机构", Kind.EMPLOYED: "经办机构"}


@dataclass(frozen=True, slots=True)
class ListDraft:
    """A file with what somebody says about it; `mapping` where columns were corrected by hand."""

    kind: str
    ruleset_code: str
    division: str
    month: date
    filename: str
    data: bytes
    funder: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)


def import_list(*, draft: ListDraft, by: Staff, at: datetime) -> FunderList:
    """Read a file and keep every line; nothing is decided by it until it is taken in."""
    refuse_draft(draft, by=by, at=at)
    return _keep_with_file(draft, read_draft(draft, at), by=by, at=at)


def refuse_draft(draft: ListDraft, *, by: Staff, at: datetime, instead: int | None = None) -> None:
    """What stands in the way before the file is read; `instead`: the waiting list that this one would replace."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    if not by.covers(draft.division):
        raise Refusal(Reason("LIST_PLACE", "这个范围不归您管辖，请重新选择。"))
    _funder_name(draft, library.current(draft.ruleset_code))
    _refuse_month(draft, at)
    waiting = FunderList.objects.filter(
        kind=draft.kind, funder=draft.funder, division_code=draft.division, applied_at=None, withdrawn_at=None
    )
    if waiting.exclude(pk=instead).exists():
        raise Refusal(Reason("funder_list_one_waits", "这个部门已有一份名单等着入库，请先入库或撤回。"))


def read_draft(draft: ListDraft, at: datetime) -> ListRead:
    """The file's lines, its columns corrected as they were the last time. A Refusal where it is no list."""
    read = read_list(draft.data, today=local_day(at), mapping=draft.mapping or None)
    if not draft.mapping and (remembered := _remembered(draft, read)):
        read = read_list(draft.data, today=local_day(at), mapping=remembered)
    return read


def _keep_with_file(
    draft: ListDraft, read: ListRead, *, by: Staff, at: datetime, instead: int | None = None
) -> FunderList:
    """Keep the bytes too; where the list is refused after all, they go again."""
    name = uuid4()
    vault.put(name, draft.data)
    try:
        return keep_list(draft=draft, read=read, name=name, by=by, at=at, instead=instead)
    except BaseException:
        vault.drop(name)
        raise


@accountable
def keep_list(
    *, draft: ListDraft, read: ListRead, name: UUID, by: Staff, at: datetime, instead: int | None = None
) -> FunderList:
    """Write down a list and its lines. `name`: where its bytes lie; `instead`: the waiting list that goes for it."""
    if instead:
        withdraw_list(list_id=instead, reason="改正栏目，重新读取", by=by, at=at)
    refuse_draft(draft, by=by, at=at)
    ruleset = library.current(draft.ruleset_code)
    found = FunderList(
        kind=draft.kind,
        ruleset_code=draft.ruleset_code,
        funder=draft.funder,
        funder_name=_funder_name(draft, ruleset),
        division_code=draft.division,
        month=draft.month,
        filename=draft.filename[:200],
        name=name,
        sha256=hashlib.sha256(draft.data).hexdigest(),
        headings=read.headings,
        mapping=dict(draft.mapping),
        columns=[
            [NAMES_OF.get(each.field, each.label), each.column, each.heading, each.field, each.sheet]
            for each in read.columns
        ],
        left_out=[list(each) for each in read.left_out[:200]],
        imported_at=at,
        imported_by=by,
    )
    found.save(force_insert=True)
    _keep_lines(found, read, ruleset, at)
    record(by=by, at=at, verb="import_list", subject=found, detail={"name": str(found), "persons": len(read.rows)})
    return found


def _refuse_month(draft: ListDraft, at: datetime) -> None:
    later = FunderList.objects.current().filter(kind=draft.kind, funder=draft.funder, division_code=draft.division)
    last = later.order_by("-month").first()
    if last and last.month > draft.month and draft.kind == Kind.SUPPORT:
        text = f"已经入库了{last.month:%Y年%m月}的名单，不能再导入更早的月份。请核对月份。"
        raise Refusal(Reason("LIST_MONTH", text))
    following = (local_day(at).replace(day=1) + timedelta(days=32)).replace(day=1)
    if draft.month > following:
        raise Refusal(Reason("LIST_MONTH", "这个月份还远，最多提前一个月导入。请核对月份。"))


def _remembered(draft: ListDraft, read: ListRead) -> dict[str, str]:
    """How the columns of a file with the same headings were corrected the last time."""
    rows = FunderList.objects.filter(
        kind=draft.kind, funder=draft.funder, division_code=draft.division, headings=read.headings
    )
    last = rows.exclude(mapping={}).order_by("-pk").first()
    return dict(last.mapping) if last else {}


def _funder_name(draft: ListDraft, ruleset: RuleSet) -> str:
    if draft.kind != Kind.SUPPORT:
        return AGENCY[Kind(draft.kind)]
    found = next((each.name for each in ruleset.funders if each.code == draft.funder), None)
    if found is None or not categories_of(ruleset, draft.funder):
        raise Refusal(Reason("LIST_FUNDER", "规则集里没有这个资助部门，或它不资助任何类别。请重新选择。"))
    return found


def _keep_lines(found: FunderList, read: ListRead, ruleset: RuleSet, at: datetime) -> None:
    places = Places(found.division_code, local_day(at))
    words = Words(found, ruleset)
    with copying("rosters_funderlistline", ", ".join(COLUMNS)) as copy:
        for row in read.rows:
            if found.kind != Kind.EMPLOYED or row.employed:
                copy.write_row((found.pk, *_line(found, row, words, places), "", ""))


def _line(found: FunderList, row: ListRow, words: "Words", places: "Places") -> Iterator[Any]:
    """What COLUMNS say of a line, without the list and what comes later."""
    yield from (row.sheet, row.number, row.name, sealer(ID_NUMBER).seal(row.id_no), row.said)
    yield words.category(row.said, row.id_no) if found.kind == Kind.SUPPORT else ""
    yield from (row.day, row.town, row.village or row.place, places.of(row.town, row.village))
    yield sealer(PHONE).seal(row.phone)
    problems = [{"code": each.code, "sentence": str(each)} for each in row.problems]
    yield json.dumps(problems, ensure_ascii=False)


class Words:
    """The words of one list's department: what each means now."""

    def __init__(self, found: FunderList, ruleset: RuleSet) -> None:
        rows = CategoryWord.objects.filter(ruleset_code=found.ruleset_code, funder=found.funder)
        self.chosen = {plain(each.word): each.category for each in rows}
        self.ruleset, self.funder, self.day = ruleset, found.funder, found.month
        month = datetime.combine(found.month, time.min, tzinfo=SHANGHAI)
        self.coverage_year = year_on_sale(ruleset, month) or found.month.year
        self._known: dict[str, tuple[Category, ...] | None] = {}

    def meaning(self, word: str) -> tuple[Category, ...] | None:
        """As words.meaning says; asked once for each word."""
        if word not in self._known:
            self._known[word] = meaning(word, ruleset=self.ruleset, funder=self.funder, chosen=self.chosen)
        return self._known[word]

    def category(self, word: str, id_no: str) -> str:
        """The category's code; empty where the word means none, or nothing yet."""
        candidates = self.meaning(word) or ()
        return category_of(candidates, id_no, coverage_year=self.coverage_year, day=self.day)


def read_again(*, list_id: int, mapping: Mapping[str, str], by: Staff, at: datetime) -> FunderList:
    """Correct which column is what: the list is withdrawn and its file read anew."""
    draft = draft_again(list_id, mapping, by=by)
    refuse_draft(draft, by=by, at=at, instead=list_id)
    return _keep_with_file(draft, read_draft(draft, at), by=by, at=at, instead=list_id)


def draft_again(list_id: int, mapping: Mapping[str, str], *, by: Staff) -> ListDraft:
    """The draft of a waiting list with other columns."""
    old = _waiting(FunderList.objects.all(), list_id, by)
    data = vault.get(old.name, sha256=old.sha256)
    if data is None:
        raise Refusal(Reason("LIST_FILE", "原来的文件不在了，不能重新读。请撤回后重新导入。"))
    return ListDraft(
        kind=old.kind,
        ruleset_code=old.ruleset_code,
        division=old.division_code,
        month=old.month,
        filename=old.filename,
        data=data,
        funder=old.funder,
        mapping=mapping,
    )


@accountable
def choose_words(*, list_id: int, chosen: Mapping[str, str], by: Staff, at: datetime) -> int:
    """Say what the department's words mean; it is remembered. The number of lines that were understood by it."""
    found = waiting_list(list_id, by)
    ruleset = library.current(found.ruleset_code)
    allowed = {each.code for each in categories_of(ruleset, found.funder)} | {""}
    if not set(chosen.values()) <= allowed:
        raise Refusal(Reason("LIST_WORD", "所选的类别不由这个部门资助，请重新选择。"))
    for word, category in chosen.items():
        said: dict[str, Any] = {"category": category, "chosen_at": at, "chosen_by": by}
        key = {"ruleset_code": found.ruleset_code, "funder": found.funder, "word": word}
        CategoryWord.objects.update_or_create(**key, defaults=said)
    words = Words(found, ruleset)
    understood: dict[str, list[int]] = defaultdict(list)
    for pk, said, id_no in found.lines.filter(said__in=list(chosen)).values_list("pk", "said", "id_no"):
        understood[words.category(said, id_no)].append(pk)
    for category, lines in understood.items():
        found.lines.filter(pk__in=lines).update(category=category)
    record(by=by, at=at, verb="choose_words", subject=found, detail={"name": str(found), "count": len(chosen)})
    return sum(map(len, understood.values()))


@accountable
def withdraw_list(*, list_id: int, reason: str, by: Staff, at: datetime) -> FunderList:
    """撤回 a list that was not taken in; its lines stay to be read, and count for nothing."""
    found = waiting_list(list_id, by)
    if not reason.strip():
        raise Refusal(Reason("WITHDRAW_REASON", "请写明撤回的事由。"))
    found.withdrawn_at, found.withdrawn_by, found.withdraw_reason = at, by, reason.strip()[:200]
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    record(by=by, at=at, verb="withdraw_list", subject=found, detail={"name": str(found), "reason": reason.strip()})
    return found


def waiting_list(list_id: int, by: Staff) -> FunderList:
    """Locked; a Refusal where it is not there, not within the scope, or no longer waits."""
    return _waiting(FunderList.objects.select_for_update(of=["self"], no_key=True), list_id, by)


def _waiting(rows: FunderListQuerySet, list_id: int, by: Staff) -> FunderList:
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    found = rows.visible_to(by).filter(pk=list_id).first()
    if found is None or not by.covers(found.division_code):
        raise Refusal(Reason("LIST_UNKNOWN", "找不到这份名单，或它不归您管辖。请刷新后重新选择。"))
    if not found.waits:
        raise Refusal(Reason("LIST_DONE", "这份名单已经入库或撤回。请刷新页面核对。"))
    return found
