"""花名册的读取: a file as it comes in, the rows of its sheets out. Pure: no query, no clock, no policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from common.decision import Reason, Refusal
from common.listing import listed
from common.sheets import Sheet, read_sheets
from rosters.reading.headings import FIELDS, Head, Taken, find_head, override
from rosters.reading.own import pages_of_template
from rosters.reading.sheet import SHEET_NAME, RosterRow, SheetReader
from rosters.reading.years import of_other_years


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


def read_roster(
    data: bytes, *, today: date, mapping: Mapping[str, str] | None = None, sheet: str = "", year: int | None = None
) -> RosterRead:
    """Every person of every visible sheet with headings, or of the one named; a Refusal where there is nobody.

    `mapping` names columns by hand: a field of FIELDS to a column letter or a heading, "" to leave it out. A sheet
    that says it is of another year than `year` is read only where it is named.
    """
    return read_sheets_of_roster(read_sheets(data), today=today, mapping=mapping, sheet=sheet, year=year)


def read_sheets_of_roster(
    sheets: Sequence[Sheet],
    *,
    today: date,
    mapping: Mapping[str, str] | None = None,
    sheet: str = "",
    year: int | None = None,
) -> RosterRead:
    """The same of a file whose sheets were read before."""
    _refuse_unknown(mapping or {})
    sheets = _chosen(sheets, sheet)
    columns: list[Taken] = []
    rows: list[RosterRow] = []
    left_out: list[tuple[str, int, str]] = []
    told, found = _with_heads(sheets, mapping or {}, named=bool(sheet))
    others = of_other_years([found[each] for each in found], year) if year and found and not sheet else {}
    for place, (each, (_, head)) in enumerate(found.items()):
        if place in others:
            told[each] = replace(told[each], why_not=others[place])
            continue
        columns += head.told(told[each].name)
        reader = SheetReader(sheets[each], head, today)
        people = reader.people()
        rows += people
        left_out += reader.left_out
        told[each] = replace(told[each], rows=len(people))
    if not columns:
        raise Refusal(Reason("ROSTER_HEAD", _no_head(list(told.values()))))
    if not rows:
        raise Refusal(Reason("ROSTER_EMPTY", "名册里没有读到一个人：表头之下没有带姓名或身份证号的行。请核对文件。"))
    return RosterRead(tuple(columns), tuple(rows), tuple(told.values()), tuple(left_out))


def _with_heads(
    sheets: Sequence[Sheet], mapping: Mapping[str, str], *, named: bool
) -> tuple[dict[int, SheetTold], dict[int, tuple[Sheet, Head]]]:
    """By place: what is told of each sheet, and those that have headings. Pages of our own template are passed over."""
    pages = () if named else pages_of_template(sheets)
    told: dict[int, SheetTold] = {}
    found: dict[int, tuple[Sheet, Head]] = {}
    for place, each in enumerate(sheets):
        if each in pages:
            continue
        name = each.name[:SHEET_NAME]
        told[place] = SheetTold(name, 0)
        if each.hidden and not named:
            told[place] = SheetTold(name, 0, "隐藏的工作表，没有读。要读的，请取消隐藏，或指明这张表。")
            continue
        head = find_head(each.rows)
        if mapping:
            head = override(head, each.rows, mapping)
        if head is None:
            told[place] = SheetTold(name, 0, "没有找到表头：要有“姓名”和“身份证号”两列。")
        else:
            found[place] = (each, head)
    return told, found


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
        names = listed([each.name[:SHEET_NAME] for each in sheets], most=10, unit="个")
        raise Refusal(Reason("ROSTER_SHEET", f"没有名为“{wanted[:30]}”的工作表。这个文件里有：{names or '（无名）'}。"))
    return found


def _no_head(told: Sequence[SheetTold]) -> str:
    if told and all("隐藏" in each.why_not for each in told):
        return "工作表都是隐藏的，没有读。请取消隐藏后再交。"
    hidden = [each.name for each in told if "隐藏" in each.why_not]
    if hidden:
        names = listed(hidden, most=3, unit="张")
        why = f"看得见的工作表里没有找到表头（要有“姓名”和“身份证号”两列）；隐藏的{names}没有读。"
        return why + "名册在里面的，请取消隐藏后再交。"
    return "没有找到表头。名册要有“姓名”和“身份证号”两列；请核对是否选错了文件，或指明哪一列是姓名、哪一列是身份证号。"
