"""栏目: a file's columns as a person sees them, what each was taken for, and the choice that a village made before."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.idcard import mask
from common.phone import mask_phone
from common.sheets import Cell, Sheet
from common.typed import compact
from common.workbooks import letters_of
from offices.models import Office
from rosters.models import ColumnChoice
from rosters.reading.cells import text_of
from rosters.reading.headings import FIELDS, HEAD_WITHIN, find_head, override, plain

SAMPLES = 3
LONG, PHONE = re.compile(r"[0-9]{10,}[0-9Xx]"), 11
NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """One column: its letter, its heading, its first values, and the field that it was taken for."""

    letter: str
    heading: str
    samples: tuple[str, ...]
    field: str

    @property
    def label(self) -> str:
        return FIELDS[self.field][0] if self.field else ""


@dataclass(frozen=True, slots=True)
class SheetShown:
    """A sheet with its columns; none where no headings were found and no line either."""

    name: str
    hidden: bool
    has_head: bool
    columns: tuple[ColumnShown, ...]


def sheets_shown(sheets: Sequence[Sheet], mapping: Mapping[str, str]) -> list[SheetShown]:
    """Every sheet of a file with what its columns were taken for."""
    return [_shown(sheet, mapping) for sheet in sheets]


def _shown(sheet: Sheet, mapping: Mapping[str, str]) -> SheetShown:
    found = find_head(sheet.rows)
    head = override(found, sheet.rows, mapping) if mapping else found
    head = head or found
    below = head.below if head else 0
    fields = {column: field for field, column in head.columns.items()} if head else {}
    headings = head.headings if head else ()
    width = max((len(row) for row in sheet.rows[: below + HEAD_WITHIN]), default=0)
    columns = tuple(
        ColumnShown(
            letters_of(x + 1),
            headings[x] if x < len(headings) else "",
            _samples(sheet.rows[below:], x),
            fields.get(x, ""),
        )
        for x in range(width)
    )
    return SheetShown(sheet.name, sheet.hidden, head is not None, tuple(c for c in columns if c.heading or c.samples))


def _samples(rows: Sequence[Sequence[Cell]], x: int) -> tuple[str, ...]:
    texts = (text_of(row[x]) for row in rows[:HEAD_WITHIN] if x < len(row))
    return tuple(_masked(text[:24]) for text in texts if text)[:SAMPLES]


def _masked(text: str) -> str:
    """A sample tells what a column holds; that takes nobody's whole number."""
    return LONG.sub(lambda found: mask_phone(found[0]) if len(found[0]) == PHONE else mask(found[0]), text)


def holds_numbers(sheets: Sequence[Sheet]) -> bool:
    """Whether the first rows hold an ID number somewhere: a roster without headings, not just any table."""
    cells = (cell for sheet in sheets for row in sheet.rows[:HEAD_WITHIN] for cell in row)
    return any(NUMBER.fullmatch(compact(text_of(cell))) for cell in cells)


def signature(sheets: Sequence[Sheet]) -> str:
    """The same for files whose sheets have the same headings, whoever is listed below."""
    said = []
    for sheet in sheets:
        head = find_head(sheet.rows)
        first = next((row for row in sheet.rows if sum(cell != "" for cell in row) > 2), ())
        said.append("\t".join(head.headings if head else [plain(cell) for cell in first]))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def remembered(office: Office, place: str, headings: str) -> tuple[dict[str, str], str]:
    """What was corrected for such a file before, for this place: the mapping and the sheet."""
    found = ColumnChoice.objects.filter(office=office, place=place, headings=headings).first()
    return (found.mapping, found.sheet) if found else ({}, "")
