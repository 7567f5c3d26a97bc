"""名单的导入: a file becomes a list that waits, its columns and words can be corrected, and it can be withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Q

from common.dates import local_day
from common.decision import Reason, Refusal
from enrollment import library
from enrollment.rules.category import plain
from enrollment.rules.ruleset import Category, RuleSet
from households import vault
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Division, Staff
from rosters.known import plain_village
from rosters.lists.words import categories_of, category_of, meaning
from rosters.models import CategoryWord, FunderList, FunderListLine
from rosters.reading.listing import NAMES as NAMES_OF
from rosters.reading.listing import ListRead, ListRow, read_list

Kind = FunderList.Kind
Role = Staff.Role
BATCH = 2_000
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


@accountable
def import_list(*, draft: ListDraft, by: Staff, at: datetime) -> FunderList:
    """Read a file and keep every line; nothing is decided by it until it is taken in."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    if not by.covers(draft.division):
        raise Refusal(Reason("LIST_PLACE", "这个范围不归您管辖，请重新选择。"))
    ruleset = library.current(draft.ruleset_code)
    _refuse_month(draft, at)
    read = read_list(draft.data, today=local_day(at), mapping=draft.mapping or None)
    if not draft.mapping and (remembered := _remembered(draft, read)):
        read = read_list(draft.data, today=local_day(at), mapping=remembered)
    name = uuid4()
    found = FunderList(
        kind=draft.kind,
        ruleset_code=draft.ruleset_code,
        funder=draft.funder,
        funder_name=_funder_name(draft, ruleset),
        division_code=draft.division,
        month=draft.month,
        filename=draft.filename[:200],
        name=name,
        sha256=vault.put(name, draft.data),
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
    places = _Places(found.division_code, local_day(at))
    words = Words(found, ruleset)
    wanted = [each for each in read.rows if found.kind != Kind.EMPLOYED or each.employed]
    lines = (_line(found, row, words, places) for row in wanted)
    FunderListLine.objects.bulk_create(lines, batch_size=BATCH)


def _line(found: FunderList, row: ListRow, words: "Words", places: "_Places") -> FunderListLine:
    return FunderListLine(
        listing=found,
        sheet=row.sheet,
        row_number=row.number,
        name=row.name,
        id_no=row.id_no,
        said=row.said,
        category=words.category(row.said, row.id_no) if found.kind == Kind.SUPPORT else "",
        day=row.day,
        town=row.town,
        village=row.village or row.place,
        division_code=places.of(row.town, row.village),
        phone=row.phone,
        problems=[{"code": each.code, "sentence": str(each)} for each in row.problems],
    )


class Words:
    """The words of one list's department: what each means now."""

    def __init__(self, found: FunderList, ruleset: RuleSet) -> None:
        rows = CategoryWord.objects.filter(ruleset_code=found.ruleset_code, funder=found.funder)
        self.chosen = {plain(each.word): each.category for each in rows}
        self.ruleset, self.funder, self.day = ruleset, found.funder, found.month
        self._known: dict[str, tuple[Category, ...] | None] = {}

    def meaning(self, word: str) -> tuple[Category, ...] | None:
        """As words.meaning says; asked once for each word."""
        if word not in self._known:
            self._known[word] = meaning(word, ruleset=self.ruleset, funder=self.funder, chosen=self.chosen)
        return self._known[word]

    def category(self, word: str, id_no: str) -> str:
        """The category's code; empty where the word means none, or nothing yet."""
        return category_of(self.meaning(word) or (), id_no, self.day)


class _Places:
    """Villages of a list's division by the names that lists write."""

    def __init__(self, division: str, day: date) -> None:
        rows = list(Division.objects.at(day).within(division).order_by("code"))
        towns = {row.code[:9]: _plain_town(row.name) for row in rows if row.level == Division.Level.TOWN}
        self._known: dict[tuple[str, str], str] = {}
        for row in rows:
            if row.level == Division.Level.VILLAGE:
                village = plain_village(row.name)
                self._known[towns.get(row.code[:9], ""), village] = row.code
                once = ("", village)
                self._known[once] = "" if once in self._known else row.code
        self._known |= {(town, ""): code.ljust(12, "0") for code, town in towns.items()}

    def of(self, town: str, village: str) -> str:
        """Twelve digits, or empty where the names do not lead to one place."""
        asked = (_plain_town(town), plain_village(village) if village else "")
        return self._known.get(asked) or self._known.get(("", asked[1]), "") or self._known.get((asked[0], ""), "")


def _plain_town(name: str) -> str:
    text = "".join(name.split())
    return next((text.removesuffix(end) for end in ("街道办事处", "街道", "镇", "乡") if text.endswith(end)), text)


@accountable
def read_again(*, list_id: int, mapping: Mapping[str, str], by: Staff, at: datetime) -> FunderList:
    """Correct which column is what: the list is withdrawn and its file read anew."""
    old = waiting_list(list_id, by)
    data = vault.get(old.name, sha256=old.sha256)
    if data is None:
        raise Refusal(Reason("LIST_FILE", "原来的文件不在了，不能重新读。请撤回后重新导入。"))
    withdraw_list(list_id=list_id, reason="改正栏目，重新读取", by=by, at=at)
    draft = ListDraft(
        kind=old.kind,
        ruleset_code=old.ruleset_code,
        division=old.division_code,
        month=old.month,
        filename=old.filename,
        data=data,
        funder=old.funder,
        mapping=mapping,
    )
    return import_list(draft=draft, by=by, at=at)


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
    lines = list(found.lines.filter(said__in=list(chosen)))
    for line in lines:
        line.category = words.category(line.said, line.id_no)
    FunderListLine.objects.bulk_update(lines, ["category"], batch_size=BATCH)
    record(by=by, at=at, verb="choose_words", subject=found, detail={"name": str(found), "count": len(chosen)})
    return len(lines)


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
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    rows = FunderList.objects.select_for_update(of=["self"], no_key=True).visible_to(by)
    found = rows.filter(Q(pk=list_id)).first()
    if found is None or not by.covers(found.division_code):
        raise Refusal(Reason("LIST_UNKNOWN", "找不到这份名单，或它不归您管辖。请刷新后重新选择。"))
    if not found.waits:
        raise Refusal(Reason("LIST_DONE", "这份名单已经入库或撤回。请刷新页面核对。"))
    return found
