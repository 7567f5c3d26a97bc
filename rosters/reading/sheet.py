"""花名册的一张表: a sheet with headings as it comes in, its persons out. Pure: no query, no clock, no policy.

A row that cannot be read comes along with its problems, so that it can be told; sums, signatures and blank rows do not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from common.decision import Reason
from common.idcard import IdNumber
from common.idcards import right_numbers
from common.relations import HEAD
from common.sheets import Cell, Sheet
from common.typed import InputError
from common.workbooks import letters_of
from rosters.reading import cells
from rosters.reading.formulas import may_lack_values, of_household, refuse_columns
from rosters.reading.headings import FIELDS, Head, plain
from rosters.reading.households import GROUPED, Households, in_unclear_households
from rosters.reading.lines import (
    head_line,
    holds_number,
    is_between,
    is_foot,
    is_number,
    is_of_columns,
    is_signature,
    subtitle,
)
from rosters.reading.sources import source_of
from rosters.reading.unread import unread

T = TypeVar("T")
UNDER_FOOT = "合计、签字之下只有姓名或日期，没有当作参保人。是参保人的，请移到合计之上，补上身份证号。"
NO_VALUES = "姓名、身份证号是公式或错误值，没有读到人。"
SHEET_NAME = 60  # characters of a sheet's name that are kept; a workbook's have 31


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of a roster. `household` is the same for the rows of one household, None where nothing says so.

    `head_name` is the head as the household's column names him; `problems` are why the row cannot be taken, `notes`
    what could not be read but does not stand in the way; `checksum` is the stamp of a row that the office handed out;
    `written_id` is what stands in place of a number that cannot be read; `is_unclear` says that others are of the same
    household, and nothing who.
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
    is_unclear: bool = False


class SheetReader:
    """One sheet from its headings down."""

    def __init__(self, sheet: Sheet, head: Head, today: date) -> None:
        self.sheet, self.head, self.today = sheet, head, today
        self.name = sheet.name[:SHEET_NAME]
        self.left_out: list[tuple[str, int, str]] = []
        self.has_unread = may_lack_values(sheet.rows[head.below :], head)
        if self.has_unread:
            refuse_columns(self.name, sheet.rows, head)
        self.foot = 0  # the row of the last sum or signature
        self.households = Households(self.name, sheet.rows, head)
        x = head.columns["id_no"]
        column = (row[x] for row in sheet.rows[head.below :] if x < len(row))
        self.right = right_numbers((cell for cell in column if isinstance(cell, str)), today=today)
        self.is_month_of_birth = self._heading("birth") == "出生年月"

    def people(self) -> list[RosterRow]:
        """Every person; where nothing names a household, marked if he stands with others as one would."""
        found = list(self.rows())
        if any(row.household for row in found):
            return found
        unclear = in_unclear_households(self.sheet.rows, self.head, [row.number for row in found])
        return [replace(row, is_unclear=True) if row.number in unclear else row for row in found]

    def rows(self) -> Iterator[RosterRow]:
        for number, row in enumerate(self.sheet.rows[self.head.below :], start=self.head.below + 1):
            raw = {name: row[x] if x < len(row) else "" for name, x in self.head.columns.items()}
            problems = self._without_value(raw) if self.has_unread else []
            self.left_out += [(self.name, number, self._beside(x)) for x in self.head.beside if self._is_other(row, x)]
            why = None if raw["id_no"] in self.right else self._no_person(number, raw, row)
            if why is None:
                yield self._row(number, raw, problems)
            elif why:
                self.left_out.append((self.name, number, why))

    def _without_value(self, raw: dict[str, Cell]) -> list[Reason]:
        """Formulas and errors in the place of a household and the like: taken away, and why the row is refused."""
        found = dict(of_household(raw))
        raw |= dict.fromkeys(found, "")
        return list(found.values())

    def _heading(self, name: str) -> str:
        column = self.head.columns.get(name, len(self.head.headings))
        return self.head.headings[column] if column < len(self.head.headings) else ""

    def _says_nothing(self, raw: Mapping[str, Cell], row: Sequence[Cell]) -> bool:
        """The headings once more, what numbers the columns, a rule of dashes, the end of a page."""
        name, number = raw["name"], raw["id_no"]
        return self._is_head(raw) or is_of_columns(name, number) or (not is_number(number) and is_between(row))

    def _is_head(self, raw: Mapping[str, Cell]) -> bool:
        """The headings once more, at the top of a printed page."""
        heading, above = self._heading("id_no"), plain(raw["id_no"])
        return bool(above) and (above == heading or above in FIELDS["id_no"][1])

    def _is_other(self, row: Sequence[Cell], column: int) -> bool:
        return column < len(row) and column not in self.head.columns.values() and is_number(row[column])

    def _beside(self, column: int) -> str:
        return f"{letters_of(column + 1)}列还有一个人，没有读：一行只能写一人。请把右边的人接到左边的下面，再交一次。"

    def _no_person(self, line: int, raw: Mapping[str, Cell], row: Sequence[Cell]) -> str | None:
        """None for a person; else why the row is none: "" where nobody need know."""
        name, number = raw["name"], raw["id_no"]
        if not any(cell != "" for cell in row) or self._says_nothing(raw, row):
            return ""
        if not is_number(number) and (why := self._of_line(row)) is not None:
            return why
        if is_foot(name, number, row):
            self.foot = line
            self.households.end()
            return "合计、签字或说明。"
        if self.has_unread and not any(cells.text_of(each) and not unread(each) for each in (name, number)):
            return NO_VALUES if unread(name) or unread(number) else self._of_nobody(raw, row)
        if cells.text_of(name) or cells.text_of(number):
            return UNDER_FOOT if self.foot > self.last and is_signature(raw, row) else None
        return self._of_nobody(raw, row)

    def _of_nobody(self, raw: Mapping[str, Cell], row: Sequence[Cell]) -> str:
        """A row without name and number: prepared and not filled, or what merged cells hold."""
        if holds_number(row) and not self.head.beside:
            return "这一行有身份证号，却不在身份证号一列，没有读到人。请核对各列是否对齐，一格只写一项。"
        written = {name for name in raw if cells.text_of(raw[name]) and not unread(raw[name])}
        self.households.follow(raw)
        return "" if written <= {"serial", "household_no", "head", "checksum", *GROUPED} else "没有姓名和身份证号。"

    def _of_line(self, row: Sequence[Cell]) -> str | None:
        """Follow a line that names a group or a head and nobody else; None for other rows."""
        if group := subtitle(row):
            self.households.begin_group(group)
            return ""
        if of_head := head_line(row):
            self.households.begin(of_head)
            return "户主一行里的金额没有读：请写在各人的行里。" if of_head.says_money else ""
        return None

    @cached_property
    def last(self) -> int:
        """The last row that has an ID number, or most of one."""
        rows, x = self.sheet.rows, self.head.columns["id_no"]
        return next((y for y in range(len(rows), 0, -1) if x < len(rows[y - 1]) and is_number(rows[y - 1][x])), 0)

    def _id_number(self, cell: Cell) -> IdNumber:
        """As the whole column was checked at once; cell by cell where something has to be said."""
        right = self.right.get(cell) if isinstance(cell, str) else None
        return right or cells.read_id(cell, today=self.today)

    def _birth(self, cell: Cell) -> date | None:
        """A day; below 出生年月 the first of a month is what Excel makes of a month alone."""
        day = cells.read_birth(cell)
        return None if day and day.day == 1 and self.is_month_of_birth else day

    def _row(self, number: int, raw: Mapping[str, Cell], problems: Sequence[Reason]) -> RosterRow:
        of = self.households
        of.follow(raw)
        told = _Told()
        name = told.read("NAME", cells.read_name, raw["name"], "")
        id_no: IdNumber | None = told.read("ID", self._id_number, raw["id_no"], None)
        return RosterRow(
            sheet=self.name,
            number=number,
            household=of.key,
            household_no=of.number,
            head_name=of.head_name,
            name=name,
            id_no=id_no,
            sex=told.read("SEX", cells.read_sex, raw.get("sex", ""), ""),
            birth=told.read("BIRTH", self._birth, raw.get("birth", ""), None),
            relation=HEAD if cells.read_head(raw.get("head", ""))[1] else cells.read_relation(raw.get("relation", "")),
            hukou_kind=cells.read_hukou_kind(raw.get("hukou_kind", "")),
            category=cells.text_of(raw.get("category", "")),
            amount=told.read("AMOUNT", cells.read_amount, raw.get("amount", ""), None),
            phone=told.read("PHONE", cells.read_phone, raw.get("phone", ""), "", note=True),
            village=of.held.get("village", ""),
            problems=(*told.problems, *problems),
            notes=tuple(told.notes),
            checksum=cells.text_of(raw.get("checksum", "")),
            group=of.held.get("group", ""),
            school_class=of.held.get("school_class", ""),
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
