"""核对意见表的防护: what keeps numbers whole while a marked file is mended.

A sheet of our own template keeps all that the template has: text columns, drop-downs, the locked headings, the hidden
stamps. Of any other table the column of ID numbers is text, so that what is typed there stays as it is typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.sheets import Cell, Sheet
from rosters.outgoing.stamp import STAMP
from rosters.outgoing.template import (
    CHOICES,
    LAST_COLUMN,
    MAY,
    SCHOOL,
    VILLAGE,
    Field,
    offer,
    paper,
    write_choices,
    write_guide,
    write_left_out,
)
from rosters.reading.cells import text_of
from rosters.reading.headings import find_head
from rosters.reading.own import GUIDE, LISTS, NOT_HERE, pages_of_template

BY_HEADING = {each.heading: each for each in (*VILLAGE, *SCHOOL)}


@dataclass(frozen=True, slots=True)
class Guard:
    """What a sheet keeps: the style of columns by their place, from 0.

    Of the template's roster also `fields` by column, the column of the `stamp`, and `top`, the first row below the
    headings.
    """

    styles: Mapping[int, str] = field(default_factory=dict)
    fields: Mapping[int, Field] = field(default_factory=dict)
    stamp: int = -1
    top: int = 0

    @property
    def is_template(self) -> bool:
        return bool(self.fields)

    def set_column(self, made: Any, x: int, width: float, styles: Mapping[str, Any]) -> None:
        """The width and the style of a column; the stamps are hidden, and no column of the template is locked."""
        kind = self.styles.get(x) or ("open" if self.is_template else "")
        made.set_column(x, x, width, styles.get(kind), {"hidden": True} if x == self.stamp else {})

    def secure(self, made: Any, choices: Mapping[str, Sequence[str]], *, behind: int, last: int, open_: Any) -> None:
        """Drop-downs down to the row `last`, and the lock; rows can only be deleted where all of their cells are open,
        those of the columns from `behind` on too.
        """
        offer(made, self.fields, choices, top=self.top, last=last)
        made.set_column(behind, LAST_COLUMN, None, open_)
        made.protect("", MAY)
        paper(made, self.top)
        names = (x for x, each in self.fields.items() if each.heading == "姓名")
        made.freeze_panes(self.top, next(names, -1) + 1)


def guard_of(sheet: Sheet, columns: Mapping[str, int]) -> Guard:
    """What a sheet is to keep; `columns` as they were read, by field."""
    number = columns.get("id_no")
    return _of_template(sheet) or Guard({} if number is None else {number: "text"})


def _of_template(sheet: Sheet) -> Guard | None:
    """Of the template's roster, known by its stamps or, where nobody on it has one, by its headings."""
    head = find_head(sheet.rows)
    if head is None or "checksum" not in head.columns:
        return None
    stamp, words = head.columns["checksum"], [written(cell) for cell in sheet.rows[head.below - 1]]
    fields = {x: BY_HEADING[word] for x, word in enumerate(words) if word in BY_HEADING}
    is_whole = any({each.heading for each in kind} <= set(words) for kind in (VILLAGE, SCHOOL))
    if not is_whole and not any(_is_stamp(row[stamp]) for row in sheet.rows[head.below :] if stamp < len(row)):
        return None
    styles = {x: each.style for x, each in fields.items()} | {stamp: "stamp"}
    return Guard(styles, fields, stamp, head.below)


def _is_stamp(cell: Cell) -> bool:
    return isinstance(cell, str) and STAMP.fullmatch(cell) is not None


def choices_of(sheets: Sequence[Sheet]) -> dict[str, list[str]]:
    """What the drop-downs of a template offer, as it brought them along; {} where it did not."""
    found = next((each for each in pages_of_template(sheets) if each.name == LISTS), None)
    return _offered(found) if found else {}


def _offered(page: Sheet) -> dict[str, list[str]]:
    columns = ([written(row[x]) for row in page.rows if x < len(row)] for x in range(len(CHOICES)))
    return {name: [word for word in words if word] for name, words in zip(CHOICES, columns, strict=True)}


def write_page(made: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    """One of the template's other sheets, as it was handed out."""
    texts = [[written(cell) for cell in row] for row in sheet.rows]
    if sheet.name == GUIDE:
        write_guide(made, ["".join(row[:1]) for row in texts], styles)
    elif sheet.name == NOT_HERE:
        write_left_out(made, texts[1:], styles)
    else:
        write_choices(made, _offered(sheet))


def written(cell: Cell) -> str:
    """A cell of the template as it stands there, full-width signs and all."""
    return cell if isinstance(cell, str) else text_of(cell)
