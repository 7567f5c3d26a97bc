"""花名册的读取: a file as it comes in, its rows out, with sheet and row number. Pure: no query, no clock, no policy.

A row that cannot be read comes along with its problems, so that it can be told; sums, signatures and blank rows do not.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from common.decision import Reason, Refusal
from common.idcard import IdNumber
from common.idcards import right_numbers
from common.listing import listed
from common.relations import HEAD
from common.sheets import Cell, Sheet, read_sheets
from common.typed import InputError, compact
from rosters.reading import cells
from rosters.reading.headings import FIELDS, Head, Taken, find_head, override, plain
from rosters.reading.own import pages_of_template
from rosters.reading.sources import source_of

T = TypeVar("T")
FOOT = re.compile(
    r"^(本页|本组|本村|全村|全组)?(合计|小计|总计|共计|累计|计)(:|\d|$|户|人)|签字|签名|签章|盖章"
    r"|^(填表|制表|经办|审核|复核|负责|收款|填报|村|组|社|支书|会计|主任|校长|班主任|联系|日期|说明|备注|注)[^:]{0,8}:"
    r"|^共?\d+(户|人)|^\d{4}年\d{1,2}月\d{1,2}日$|^第\d+页"
)
GROUPED = ("village", "group", "school", "school_class")  # merged downwards, as the household is


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of a roster. `household` is the same for the rows of one household, None where nothing says so.

    `head_name` is the head as the household's column names him; `problems` are why the row cannot be taken, `notes`
    what could not be read but does not stand in the way; `checksum` is the stamp of a row that the office handed out;
    `written_id` is what stands in place of a number that cannot be read.
    """

    sheet: str
    number: int
    household: tuple[str, ...] | None
    household_no: str
    head_name: str
    name: str
    id_no: IdNumber | None
    sex: str
    birth: date | None
    relation: str
    hukou_kind: str
    category: str
    amount: Decimal | None
    phone: str
    village: str
    problems: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    checksum: str = ""
    group: str = ""
    school_class: str = ""
    written_id: str = ""


@dataclass(frozen=True, slots=True)
class SheetTold:
    """What became of a sheet: how many rows were read, or why none."""

    name: str
    rows: int
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class RosterRead:
    """A file's rows, which column was taken for what, its sheets, and the rows left out (sheet, number, why)."""

    columns: tuple[Taken, ...]
    rows: tuple[RosterRow, ...]
    sheets: tuple[SheetTold, ...]
    left_out: tuple[tuple[str, int, str], ...]


def read_roster(data: bytes, *, today: date, mapping: Mapping[str, str] | None = None, sheet: str = "") -> RosterRead:
    """Every person of every visible sheet with headings, or of the one named; a Refusal where there is nobody.

    `mapping` names columns by hand: a field of FIELDS to a column letter or a heading, "" to leave it out.
    """
    return read_sheets_of_roster(read_sheets(data), today=today, mapping=mapping, sheet=sheet)


def read_sheets_of_roster(
    sheets: Sequence[Sheet], *, today: date, mapping: Mapping[str, str] | None = None, sheet: str = ""
) -> RosterRead:
    """The same of a file whose sheets were read before."""
    _refuse_unknown(mapping or {})
    sheets = _chosen(sheets, sheet)
    columns: list[Taken] = []
    rows: list[RosterRow] = []
    told: list[SheetTold] = []
    left_out: list[tuple[str, int, str]] = []
    pages = () if sheet else pages_of_template(sheets)
    for each in sheets:
        name = each.name[:30]
        if each in pages:
            continue
        if each.hidden and not sheet:
            told.append(SheetTold(name, 0, "隐藏的工作表，没有读。要读的，请取消隐藏，或指明这张表。"))
            continue
        head = find_head(each.rows)
        if mapping:
            head = override(head, each.rows, mapping)
        if head is None:
            told.append(SheetTold(name, 0, "没有找到表头：要有“姓名”和“身份证号”两列。"))
            continue
        columns += head.told(name)
        reader = _Reader(each, head, today)
        found = list(reader.rows())
        rows += found
        left_out += reader.left_out
        told.append(SheetTold(name, len(found)))
    if not columns:
        raise Refusal(Reason("ROSTER_HEAD", _no_head(told)))
    if not rows:
        raise Refusal(Reason("ROSTER_EMPTY", "名册里没有读到一个人：表头之下没有带姓名或身份证号的行。请核对文件。"))
    return RosterRead(tuple(columns), tuple(rows), tuple(told), tuple(left_out))


def _refuse_unknown(mapping: Mapping[str, str]) -> None:
    unknown = [name for name in mapping if name not in FIELDS]
    if unknown:
        text = f"不认得的栏目“{unknown[0][:20]}”。可以指定的栏目：{'、'.join(FIELDS)}。"
        raise Refusal(Reason("ROSTER_FIELD", text))


def _chosen(sheets: Sequence[Sheet], wanted: str) -> Sequence[Sheet]:
    if not wanted:
        return sheets
    found = [each for number, each in enumerate(sheets, 1) if wanted in (each.name, str(number))]
    if not found:
        names = listed([each.name[:30] for each in sheets], most=10, unit="个")
        raise Refusal(Reason("ROSTER_SHEET", f"没有名为“{wanted[:30]}”的工作表。这个文件里有：{names or '（无名）'}。"))
    return found


def _no_head(told: Sequence[SheetTold]) -> str:
    if told and all("隐藏" in each.why_not for each in told):
        return "工作表都是隐藏的，没有读。请取消隐藏后再交。"
    return "没有找到表头。名册要有“姓名”和“身份证号”两列；请核对是否选错了文件，或指明哪一列是姓名、哪一列是身份证号。"


class _Reader:
    """One sheet from its headings down; remembers what merged cells hold for the rows below."""

    def __init__(self, sheet: Sheet, head: Head, today: date) -> None:
        self.sheet, self.head, self.today = sheet, head, today
        self.name = sheet.name[:30]
        self.left_out: list[tuple[str, int, str]] = []
        self.held: dict[str, str] = {}
        self.household_no = self.head_name = ""
        self.block = 0
        x = head.columns["id_no"]
        column = (row[x] for row in sheet.rows[head.below :] if x < len(row))
        self.right = right_numbers((cell for cell in column if isinstance(cell, str)), today=today)

    def rows(self) -> Iterator[RosterRow]:
        for number, row in enumerate(self.sheet.rows[self.head.below :], start=self.head.below + 1):
            raw = {name: row[x] if x < len(row) else "" for name, x in self.head.columns.items()}
            if not any(cell != "" for cell in row) or self._is_head(raw):
                continue
            why = self._no_person(raw, row)
            if why is None:
                yield self._row(number, raw)
            elif why:
                self.left_out.append((self.name, number, why))

    def _is_head(self, raw: Mapping[str, Cell]) -> bool:
        """The headings once more, at the top of a printed page."""
        column = self.head.columns["id_no"]
        heading = self.head.headings[column] if column < len(self.head.headings) else ""
        return bool(heading) and plain(raw["id_no"]) == heading

    def _no_person(self, raw: Mapping[str, Cell], row: Sequence[Cell]) -> str | None:
        """None for a person; else why the row is none: "" where nobody need know."""
        if raw["id_no"] in self.right:
            return None
        if cells.text_of(raw["id_no"]):
            return None if not _is_foot(raw["id_no"]) or _is_number(raw["id_no"]) else self._foot()
        if cells.text_of(raw["name"]):
            return self._foot() if _is_foot(raw["name"]) or _is_foot(_first(row)) else None
        if any(_is_foot(cell) for cell in row):
            return self._foot()
        written = {name for name in raw if cells.text_of(raw[name])}
        self._household(raw)
        return "" if written <= {"serial", "household_no", "head", "checksum", *GROUPED} else "没有姓名和身份证号。"

    def _foot(self) -> str:
        """A sum or a signature: the household above it is over."""
        self.household_no = self.head_name = ""
        self.block += 1
        return "合计、签字或说明。"

    def _household(self, raw: Mapping[str, Cell]) -> None:
        """Follow the merged cells: the household goes on until another number or another head is named."""
        for name in GROUPED:
            text = cells.text_of(raw.get(name, ""))
            if text and text != self.held.get(name):
                self.held[name] = text
                self.block += 1
        number, head = (cells.text_of(raw.get(name, "")) for name in ("household_no", "head"))
        relation = cells.read_relation(raw.get("relation", ""))
        if number:
            if number != self.household_no:
                self.block, self.head_name = self.block + 1, ""
            self.household_no, self.head_name = number, head or self.head_name
        elif head and (not cells.same_name(head, self.head_name) or relation == HEAD):
            self.block, self.household_no, self.head_name = self.block + 1, "", head
        elif relation == HEAD and not {"household_no", "head"} & set(raw):
            self.block, self.head_name = self.block + 1, cells.text_of(raw["name"])

    def _key(self) -> tuple[str, ...] | None:
        if self.household_no:
            return (self.name, self.held.get("village", ""), self.held.get("group", ""), self.household_no)
        return (self.name, "", "", "", str(self.block)) if self.head_name else None

    def _id_number(self, cell: Cell) -> IdNumber:
        """As the whole column was checked at once; cell by cell where something has to be said."""
        right = self.right.get(cell) if isinstance(cell, str) else None
        return right or cells.read_id(cell, today=self.today)

    def _row(self, number: int, raw: Mapping[str, Cell]) -> RosterRow:
        self._household(raw)
        told = _Told()
        name = told.read("NAME", cells.read_name, raw["name"], "")
        id_no: IdNumber | None = told.read("ID", self._id_number, raw["id_no"], None)
        return RosterRow(
            sheet=self.name,
            number=number,
            household=self._key(),
            household_no=self.household_no,
            head_name=self.head_name,
            name=name,
            id_no=id_no,
            sex=told.read("SEX", cells.read_sex, raw.get("sex", ""), ""),
            birth=told.read("BIRTH", cells.read_birth, raw.get("birth", ""), None),
            relation=cells.read_relation(raw.get("relation", "")),
            hukou_kind=cells.read_hukou_kind(raw.get("hukou_kind", "")),
            category=cells.text_of(raw.get("category", "")),
            amount=told.read("AMOUNT", cells.read_amount, raw.get("amount", ""), None),
            phone=told.read("PHONE", cells.read_phone, raw.get("phone", ""), "", note=True),
            village=self.held.get("village", ""),
            problems=tuple(told.problems),
            notes=tuple(told.notes),
            checksum=cells.text_of(raw.get("checksum", "")),
            group=self.held.get("group", ""),
            school_class=self.held.get("school_class", ""),
            written_id="" if id_no else cells.written_id(raw["id_no"]),
        )


@dataclass
class _Told:
    """Reads cells and keeps what is wrong with them."""

    problems: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)

    def read(self, what: str, read: Callable[[Cell], T], cell: Cell, otherwise: Any, *, note: bool = False) -> T:
        try:
            return read(cell)
        except InputError as error:
            code = what if error.code == what.lower() else f"{what}_{error.code.upper()}"
            (self.notes if note else self.problems).append(Reason(code, str(error), source_of(code)))
            return otherwise  # type: ignore[no-any-return]


def _first(row: Sequence[Cell]) -> Cell:
    return next((cell for cell in row if cell != ""), "")


def _is_foot(cell: Cell) -> bool:
    return isinstance(cell, str) and FOOT.search(compact(cell[: cells.LONGEST])) is not None


def _is_number(cell: Cell) -> bool:
    return len(re.sub("[^0-9]", "", str(cell)[: cells.LONGEST])) >= 10
