"""下发模板的各页: the sheets of our own template, and how they are known again when they come back. Pure."""

from collections.abc import Sequence

from common.sheets import Cell, Sheet
from rosters.reading.headings import find_head

ROSTER, GUIDE, LISTS, NOT_HERE = "花名册", "填写说明", "选项", "未列入的人"
GUIDE_BEGINS = "怎样填这份"
NOT_HERE_HEADS = ("户号", "姓名", "为什么没有列入")
KINDS_OF_CHOICES = 3


def pages_of_template(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """The instructions, the choices and who is left out, where a sheet beside them bears our stamps 校验码.

    Each is known by its name and by what stands in it: a page that somebody has made a roster of is none of them.
    """
    if not any(is_stamped(each) for each in sheets):
        return ()
    return tuple(each for each in sheets if is_page(each))


def is_stamped(sheet: Sheet) -> bool:
    """Whether a sheet has the column 校验码 beside the headings of a roster."""
    head = find_head(sheet.rows)
    return head is not None and "checksum" in head.columns


def is_page(sheet: Sheet) -> bool:
    """Whether a sheet is one that the template brings along."""
    rows = [_filled(row) for row in sheet.rows]
    first = rows[0] if rows else ()
    if sheet.name == GUIDE:
        return f"{first[0] if first else ''}".startswith(GUIDE_BEGINS) and max(map(len, rows)) == 1
    if sheet.name == NOT_HERE:
        return first == NOT_HERE_HEADS and max(map(len, rows)) == len(first)
    return sheet.name == LISTS and max(map(len, rows), default=0) <= KINDS_OF_CHOICES and find_head(sheet.rows) is None


def _filled(row: Sequence[Cell]) -> tuple[Cell, ...]:
    """A row up to its last cell that holds something."""
    length = max((place for place, cell in enumerate(row, 1) if cell != ""), default=0)
    return tuple(row[:length])
