"""没有结果的公式: cells without a value that decide over a row, and whole columns of them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from common.decision import Reason, Refusal
from common.sheets import Cell
from common.typed import InputError
from common.workbooks import letters_of
from rosters.reading.headings import FIELDS, Head
from rosters.reading.lines import is_number
from rosters.reading.sources import source_of
from rosters.reading.unread import has_unread, refuse_unread, unread

OF_HOUSEHOLD = ("village", "group", "household_no", "head", "relation", "category")  # what a row is judged by besides
OF_COLUMN = ("name", "id_no", "household_no", "head", "relation", "category", "amount")
SAVE_ONCE = "请用 Excel 或 WPS 打开，保存一次再交；或把这一列复制，选择性粘贴为数值。"


def may_lack_values(rows: Sequence[Sequence[Cell]], head: Head) -> bool:
    """Whether any cell has no value, or any household number became a day: nearly no file has one."""
    return has_unread(rows) or any(isinstance(_at(row, head, "household_no"), date) for row in rows)


def of_household(raw: Mapping[str, Cell]) -> Iterator[tuple[str, Reason]]:
    """The cells without a value by which a row would be put into a household, a village or a category."""
    for field in OF_HOUSEHOLD:
        try:
            refuse_unread(raw.get(field, ""), FIELDS[field][0])
        except InputError as error:
            code = f"{field.upper()}_{error.code.upper()}"
            yield field, Reason(code, str(error), source_of(code))
    if isinstance(raw.get("household_no", ""), date):
        text = "户号一格被 Excel 变成了日期，看不出原来写的。请把户号一列设为文本，重新填写。"
        yield "household_no", Reason("HOUSEHOLD_NO_DAY", text, source_of("HOUSEHOLD_NO_DAY"))


def refuse_columns(name: str, rows: Sequence[Sequence[Cell]], head: Head) -> None:
    """A Refusal where a column that decides holds nothing but formulas or errors, over several rows."""
    below = rows[head.below :]
    persons = [row for row in below if is_number(_at(row, head, "id_no")) or unread(_at(row, head, "id_no"))]
    for field in OF_COLUMN:
        found = [(cell, unread(cell)) for row in persons if (cell := _at(row, head, field)) != ""]
        if len(found) > 1 and all(code in ("formula", "error", "narrow") for _, code in found):
            column = f"“{FIELDS[field][0]}”一列（{letters_of(head.columns[field] + 1)}列）"
            where = f"工作表“{name}”的{column}" if name else column
            what = "公式，文件里没有存下算出的结果" if found[0][1] == "formula" else f"错误值（{found[0][0]}）"
            raise Refusal(Reason("ROSTER_FORMULAS", f"{where}全是{what}，没有读取。{SAVE_ONCE}"))


def _at(row: Sequence[Cell], head: Head, field: str) -> Cell:
    column = head.columns.get(field)
    return row[column] if column is not None and column < len(row) else ""
