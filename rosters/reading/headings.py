"""名册的表头: which row holds the headings, and which column was taken for what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from common.sheets import Cell
from common.typed import compact
from common.workbooks import column_of, letters_of

HEAD_WITHIN = 60  # rows: titles above the headings are fewer
LONGEST = 40  # characters: what is longer is no heading

# What is looked for, as people are told it, and its headings; the better ones first.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    name: (label, tuple(headings.split()))
    for name, label, headings in (
        ("serial", "序号", "序号 编号 序"),
        ("village", "村（居）", "村 村居 村社 村社区 社区 村委会 居委会 村居委会 行政村 所属村 村名 所在村"),
        ("group", "小组", "小组 村小组 村民小组 组 组别 组名 社"),
        (
            "household_no",
            "户号",
            "户号 户编号 户序号 家庭编号 家庭户号 户口簿号 户口本号 户口簿编号 户口编号 户籍编号",
        ),
        ("head", "户主", "户主姓名 户主 户主名 户主名称 家庭户主 是否户主"),
        (
            "name",
            "姓名",
            "姓名 成员姓名 参保人姓名 参保人员姓名 家庭成员姓名 参保姓名 学生姓名 名字 参保人 参保人员 家庭成员",
        ),
        ("sex", "性别", "性别"),
        (
            "id_no",
            "身份证号",
            "身份证号码 身份证号 公民身份号码 公民身份证号码 证件号码 证件号 身份证 身份号码 身份证件号码 "
            "居民身份证号码 居民身份证号 "
            "成员身份证号码 成员身份证号 社会保障号码 社会保障号 学生身份证号",
        ),
        (
            "relation",
            "与户主关系",
            "与户主关系 户主关系 家庭关系 关系 与户主的关系 与户主之关系 户主或与户主关系 户主与户主关系 "
            "户主及与户主关系 成员关系 称谓",
        ),
        ("birth", "出生日期", "出生日期 出生年月日 出生年月 生日 出生时间"),
        ("hukou_kind", "户口性质", "户口性质 户籍性质 户口类型 户籍类型 户口类别 户籍类别"),
        (
            "category",
            "特殊人群类别",
            "特殊人群类别 特殊人群 医疗救助身份 特殊人员身份类别 特殊身份 资助参保身份 资助类别 代缴类别 "
            "困难类别 身份类别 人员类别 参保类别 "
            "类别 身份",
        ),
        (
            "amount",
            "缴费金额",
            "个人缴费金额 缴费金额 实缴金额 个人缴费 实缴 应缴金额 应缴 缴费额 缴费标准 金额 "
            "缴费 实收 实收金额 交费金额 个人应缴 应收 "
            "应收金额 参保金额 参保费 缴纳金额",
        ),
        ("phone", "电话", "联系电话 手机号码 手机号 电话 电话号码 手机 联系方式 本人电话 户主电话"),
        ("school", "学校", "学校 学校名称 就读学校"),
        ("school_class", "班级", "班级 年级班级 所在班级"),
        ("remark", "备注", "备注 说明"),
        ("checksum", "校验码", "校验码"),
    )
}
# What stands above the columns of somebody: 户主情况, 家庭成员基本信息 are 户主 and 家庭成员.
ABOUT = re.compile(r"(基本)?(情况|信息|资料)$")
# Headings of no list: recognised by a part of them, where they are not about somebody else.
OF_OTHERS = re.compile(r"户主|收款|代扣|经办|监护|家长|父亲|母亲|负责人|填表")
PARTS = (
    ("id_no", re.compile(r"身份证|公民身份|证件号")),
    ("name", re.compile(r"姓名$")),
    ("phone", re.compile(r"电话|手机")),
    ("birth", re.compile(r"^出生")),
    ("amount", re.compile(r"缴费金额|交费金额|^个人(应|实)?缴")),
)
NEEDED = ("name", "id_no")
MARKS = "*※★☆●▲▼#:、._-"
IN_BRACKETS, SAID_BESIDE = re.compile(r"\([^)]*\)|<[^>]*>"), re.compile(r"[【\[][^】\]]*[】\]]")
WHOLLY = re.compile(r"[【\[《「〔〖]([^】\]》」〕〗]+)[】\]》」〕〗]")  # a heading that stands in brackets as a whole
IN_ENGLISH = re.compile(r"(?<=[\u4e00-\u9fff])[A-Za-z.]+$")  # 姓名 Name
NUMBERED = re.compile(r"^(?:[0-9]{1,2}[.、]|[①-⑳])(?=.)")

Columns = dict[str, int]


@dataclass(frozen=True, slots=True)
class Taken:
    """Which column of a sheet was taken for what; `field` is the key of FIELDS."""

    sheet: str
    field: str
    label: str
    column: str
    heading: str


@dataclass(frozen=True, slots=True)
class Head:
    """The headings of a sheet: how many rows stand above the first line, and where each field stands.

    `beside`: where the numbers of others stand whose columns have the same headings once more, to the right;
    `titles`: how many rows stand above the headings themselves.
    """

    below: int
    columns: Columns
    headings: tuple[str, ...]
    beside: tuple[int, ...] = ()
    titles: int = 0

    def told(self, sheet: str) -> tuple[Taken, ...]:
        """In the order of the columns."""
        found = sorted(self.columns.items(), key=lambda each: each[1])
        return tuple(
            Taken(sheet, field, FIELDS[field][0], letters_of(column + 1), self._heading(column))
            for field, column in found
        )

    def _heading(self, column: int) -> str:
        return self.headings[column] if column < len(self.headings) else ""


def find_head(rows: Sequence[Sequence[Cell]]) -> Head | None:
    """The first row that names a person and a number, alone or with the row below it (姓名 below 户主)."""
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        single = [plain(cell) for cell in row]
        if not any(single):
            continue
        one = columns_of([[each] for each in single])
        low = [plain(cell) for cell in rows[number + 1]] if number + 1 < len(rows) else []
        low += [""] * (len(single) - len(low))
        two = columns_of(_double(single, low))
        if _whole(two) and _adds(one, two, single, low) and not _is_line(rows[number + 1], two):
            headings = tuple(below or above for above, below in zip(single, low, strict=False))
            return Head(number + 2, two, headings, titles=number)
        if _whole(one):
            return Head(number + 1, one, tuple(single), _beside(single, one), titles=number)
    return None


def override(head: Head | None, rows: Sequence[Sequence[Cell]], mapping: Mapping[str, str]) -> Head | None:
    """The head with the columns that a person chose: field to column letter or heading; "" takes a column away."""
    line = _first_line(rows, mapping)
    found = head or Head(line, {}, (), titles=line)
    chosen = {field: _column(found, choice) for field, choice in mapping.items() if field in FIELDS}
    kept = {f: c for f, c in found.columns.items() if f not in chosen and c not in chosen.values()}
    columns = kept | {field: column for field, column in chosen.items() if column is not None}
    return replace(found, columns=columns) if _whole(columns) else None


def _column(head: Head, choice: str) -> int | None:
    text = compact(choice).upper()
    if re.fullmatch("[A-Z]{1,3}", text):
        return column_of(text) - 1
    return head.headings.index(plain(choice)) if plain(choice) in head.headings else None


def _first_line(rows: Sequence[Sequence[Cell]], mapping: Mapping[str, str]) -> int:
    """Where no headings were found: the rows above the first number."""
    column = column_of(compact(mapping.get("id_no", "")).upper() or "A") - 1
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        if column < len(row) and len(re.sub("[^0-9]", "", str(row[column])[:LONGEST])) >= 14:
            return number
    return 0


def plain(cell: Cell) -> str:
    """A heading without blanks, marks, units and what stands in brackets: 村（居） is 村, 【姓名】* is 姓名."""
    if not isinstance(cell, str) or len(cell) > LONGEST:
        return ""
    text = IN_BRACKETS.sub("", compact(cell)).strip(MARKS)
    text = found[1] if (found := WHOLLY.fullmatch(text)) else text
    text = SAID_BESIDE.sub("", text).strip(MARKS)
    return IN_ENGLISH.sub("", NUMBERED.sub("", text)).removesuffix("/元").replace("/", "").replace("交费", "缴费")


def columns_of(names: Sequence[Sequence[str]]) -> Columns:
    """Each field's column: by its best heading, else by a part of one. `names`: of each column, the better first.

    The worse name of a column, its lower heading alone, comes last where the better one says that it is about the
    head: below 户主 and 家庭成员 there is a 身份证号码 each.
    """
    found: Columns = {}
    for field, (_, headings) in FIELDS.items():
        places = [
            (rank, rank > 0 and OF_OTHERS.search(ns[0]) is not None, headings.index(n), x)
            for x, ns in enumerate(names)
            for rank, n in enumerate(ns)
            if n in headings
        ]
        if places:
            found[field] = min(places)[-1]
    found = _each_once(found)
    for field, part in PARTS:
        if field not in found:
            free = (x for x, ns in enumerate(names) if x not in found.values() and ns and _says(ns[0], part))
            column = next(free, None)
            if column is not None:
                found[field] = column
    return found


def _each_once(found: Columns) -> Columns:
    """A column serves one field: the first in the order of FIELDS."""
    kept: Columns = {}
    for field, column in found.items():
        if column not in kept.values():
            kept[field] = column
    return kept


def _says(name: str, part: re.Pattern[str]) -> bool:
    return part.search(name) is not None and OF_OTHERS.search(name) is None


def _double(high: Sequence[str], low: Sequence[str]) -> list[list[str]]:
    """The names of each column of a head of two rows; a merged cell above holds for the columns to its right."""
    found, above = [], ""
    for x in range(max(len(high), len(low))):
        upper, lower = high[x] if x < len(high) else "", low[x] if x < len(low) else ""
        above = ABOUT.sub("", upper) or upper or (above if lower else "")
        found.append([each for each in (above + lower, lower or above) if each])
    return found


def _beside(names: Sequence[str], columns: Columns) -> tuple[int, ...]:
    """A list in two blocks side by side, each with its 姓名 and 身份证号."""
    name, number = (names[columns[field]] for field in NEEDED)
    if names.count(name) < 2:
        return ()
    return tuple(x for x, each in enumerate(names) if each == number and x != columns["id_no"])


def _whole(columns: Mapping[str, int]) -> bool:
    return all(field in columns for field in NEEDED)


def _adds(one: Columns, two: Columns, high: Sequence[str], low: Sequence[str]) -> bool:
    """Whether both rows are headings: each names a field that the other does not."""
    of_low = columns_of([[each] if each else [] for each in low])
    upper_alone = any(field in one and column < len(low) and not low[column] for field, column in two.items())
    joined = len(two) > len(of_low) and any(high)
    return len(two) > len(one) and bool(of_low) and (upper_alone or (joined and bool(one)))


def _is_line(row: Sequence[Cell], columns: Columns) -> bool:
    column = columns["id_no"]
    return column < len(row) and re.search("[0-9]{6}", compact(str(row[column])[:LONGEST])) is not None
