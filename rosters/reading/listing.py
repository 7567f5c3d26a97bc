"""名单的读取: a department's or the agency's list as it comes, in any of the column sets that are in use. Pure.

Names, numbers, words for the category, villages and telephones are read as a roster's are; besides there are the town
and a day: since when on the list, of death, or of the first day in employee insurance.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from common.decision import Reason
from common.sheets import Cell, Sheet, read_sheets
from common.typed import InputError, compact
from common.workbooks import column_of, letters_of
from rosters.reading import cells
from rosters.reading.headings import Head, Taken, find_head, override
from rosters.reading.rows import read_sheets_of_roster
from rosters.reading.sheet import SHEET_NAME, RosterRow
from rosters.reading.sources import source_of

DAYS = (
    "纳入资助时间 纳入时间 认定时间 认定日期 纳入日期 死亡时间 死亡日期 参保时间 职工参保时间 参保日期 "
    "职工医保参保时间 起始时间 开始时间"
)
# What a list has besides, as people are told it, and its headings as `headings.plain` leaves them.
MORE: dict[str, tuple[str, tuple[str, ...]]] = {
    "town": (
        "镇（街）",
        ("镇街", "镇", "街镇", "街道乡镇", "乡镇街道", "乡镇", "街道", "镇乡", "所属乡镇", "居民医保所属区划"),
    ),
    "since": ("日期", tuple(DAYS.split())),
    "employed": ("是否参保职工", ("是否参保职工", "是否职工参保")),
    "place": ("职工医保所属区划", ("职工医保所属区划", "职工医保参保地")),
}
OF_ROSTERS = ("name", "id_no", "category", "village", "phone")
NAMES = {
    "name": "姓名",
    "id_no": "身份证号",
    "category": "身份类别",
    "village": "村（居）",
    "phone": "电话",
} | {name: label for name, (label, _) in MORE.items()}
NO = frozenset({"否", "无", "不是", "0", "N", "NO", "未参保"})


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line: `id_no` is empty where it cannot be read, `problems` then say why. `employed`: not denied."""

    sheet: str
    number: int
    name: str
    id_no: str
    said: str
    day: date | None
    town: str
    village: str
    phone: str
    place: str
    employed: bool
    problems: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ListRead:
    """A list's rows, which column was taken for what, a digest of its headings, and the rows left out with why."""

    columns: tuple[Taken, ...]
    rows: tuple[ListRow, ...]
    headings: str
    left_out: tuple[tuple[str, int, str], ...]


def read_list(data: bytes, *, today: date, mapping: Mapping[str, str] | None = None) -> ListRead:
    """Every line of every visible sheet; a Refusal where there is nobody. `mapping`: a name of NAMES to a column."""
    sheets = read_sheets(data)
    of_rosters = {name: column for name, column in (mapping or {}).items() if name in OF_ROSTERS}
    read = read_sheets_of_roster(sheets, today=today, mapping=of_rosters)
    heads = {each.name[:SHEET_NAME]: (each, _head(each, of_rosters, mapping or {})) for each in sheets}
    rows: list[ListRow] = []
    first: dict[tuple[str, str], RosterRow] = {}
    for row in read.rows:
        sheet, head = heads[row.sheet]
        rows.append(_row(row, sheet, head, first))
    taken = [each for each in read.columns if each.field in OF_ROSTERS] + list(_told(heads))
    return ListRead(tuple(taken), tuple(rows), _digest(heads), read.left_out)


@dataclass(frozen=True, slots=True)
class _Head:
    columns: Mapping[str, int]
    headings: tuple[str, ...]


def _head(sheet: Sheet, of_rosters: Mapping[str, str], mapping: Mapping[str, str]) -> _Head:
    """Where the columns stand that only lists have."""
    head = find_head(sheet.rows)
    head = override(head, sheet.rows, of_rosters) if of_rosters else head
    if head is None:
        return _Head({}, ())
    return _Head(_more(head, mapping), head.headings)


def _more(head: Head, mapping: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, (_, headings) in MORE.items():
        chosen = mapping.get(name)
        if chosen is not None:
            column = compact(chosen).upper()
            if re.fullmatch("[A-Z]{1,3}", column):
                found[name] = column_of(column) - 1
            continue
        place = next((head.headings.index(each) for each in headings if each in head.headings), None)
        if place is not None and place not in {head.columns.get(each) for each in OF_ROSTERS}:
            found[name] = place
    return found


def _told(heads: Mapping[str, tuple[Sheet, _Head]]) -> Iterator[Taken]:
    for name, (_, head) in heads.items():
        for field, column in sorted(head.columns.items(), key=lambda each: each[1]):
            heading = head.headings[column] if column < len(head.headings) else ""
            yield Taken(name, field, MORE[field][0], letters_of(column + 1), heading)


def _digest(heads: Mapping[str, tuple[Sheet, _Head]]) -> str:
    """The same for two files with the same headings, so that a correction is remembered."""
    return sha256("\n".join("|".join(head.headings) for _, head in heads.values()).encode()).hexdigest()


def _row(row: RosterRow, sheet: Sheet, head: _Head, first: dict[tuple[str, str], RosterRow]) -> ListRow:
    line = sheet.rows[row.number - 1]
    problems = [each for each in row.problems if each.code.startswith(("ID", "NAME"))]
    day = None
    try:
        day = cells.read_birth(_at(line, head, "since")) or _month(_at(line, head, "since"))
    except InputError:
        text = f"日期“{cells.text_of(_at(line, head, 'since'))[:20]}”读不出来。请写成 2016-10-01 的样子，或留空。"
        problems.append(Reason("DAY", text, source_of("DAY")))
    number = row.id_no.number if row.id_no else ""
    before = first.setdefault((number, row.category), row) if number else row
    if before is not row:
        text = f"同一个人在第{before.number}行已经有了（{before.name}），身份也相同。请删去重复的一行。"
        problems.append(Reason("DUPLICATE", text, source_of("DUPLICATE")))
    return ListRow(
        sheet=row.sheet,
        number=row.number,
        name=row.name,
        id_no=number,
        said=row.category[:60],
        day=day,
        town=cells.text_of(_at(line, head, "town"))[:60],
        village=row.village[:60],
        phone=row.phone,
        place=cells.text_of(_at(line, head, "place"))[:60],
        employed=compact(cells.text_of(_at(line, head, "employed"))).upper() not in NO,
        problems=tuple(problems),
    )


def _month(cell: Cell) -> date | None:
    """The first day of a month, written as 2016年10月, 2016-10 or 201610."""
    match = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?", compact(cells.text_of(cell)))
    if match is None or not 1 <= int(match[2]) <= 12:
        return None
    if not int(match[1]):
        raise InputError("since", "没有0000年。")
    return date(int(match[1]), int(match[2]), 1)


def _at(line: Sequence[Cell], head: _Head, name: str) -> Cell:
    column = head.columns.get(name)
    return line[column] if column is not None and column < len(line) else ""
