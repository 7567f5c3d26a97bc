"""名册的户: to which household each row of a sheet belongs, by its columns and by the lines above it. Pure.

What merged cells, the name of a group (第二组) or a line of the head (户主：李大山) say holds for the rows below.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from common.relations import HEAD, SELF
from common.sheets import Cell
from rosters.reading import cells
from rosters.reading.headings import Head
from rosters.reading.lines import HeadLine, head_line, is_number, village_and_group

GROUPED = ("village", "group", "school", "school_class")  # merged downwards, as the household is
LARGEST = 10  # persons between blank rows: more are a page and no household
# 1-1, 1-2, 2-1 or 1.1, 1.2: the household, and which of its persons; more than so many are no household.
OF_PERSON, MOST = re.compile(r"(.*[0-9])[-–—.]([0-9]{1,2})"), 20
NAMING = ("household_no", "head", "relation", "name", "id_no")


class Households:
    """Follows a sheet downwards; `number`, `head_name`, `held` and `key` are those of the last row."""

    def __init__(self, sheet: str, rows: Sequence[Sequence[Cell]], head: Head) -> None:
        self.sheet = sheet
        self.held: dict[str, str] = {}
        self.number = self.head_name = self.place = ""
        self.has_line = False
        self.block = 0
        persons = [_picked(row, head.columns) for row in rows[head.below :]]
        self.are_named = any(map(_names_household, persons))
        self.by_person = "household_no" in head.columns and are_numbered_by_person(persons)
        for row in rows[: head.titles]:
            if (line := head_line(row)) and (line.name or line.number):
                self.begin(line)

    @property
    def key(self) -> tuple[str, ...] | None:
        """The same for the rows of one household; None where nothing says whose row it is."""
        if self.number:
            return (self.sheet, self.held.get("village", ""), self.held.get("group", ""), self.number)
        return (self.sheet, "", "", "", str(self.block)) if self.head_name or self.has_line else None

    def end(self) -> None:
        """A sum or a signature: the household above it is over."""
        self.number = self.head_name = ""
        self.has_line = False
        self.block += 1

    def begin_group(self, name: str) -> None:
        """The name of a group: its households are numbered anew."""
        self.end()
        self.held["group"] = name

    def begin(self, line: HeadLine) -> None:
        """The line of a head; once more at the top of a page it is the same household."""
        if (line.name, line.number) != (self.head_name, self.number) or not self.has_line:
            self.end()
        self.head_name, self.number, self.has_line = line.name, line.number, True

    def follow(self, raw: Mapping[str, Cell]) -> None:
        """A row: the household goes on until another number or another head is named."""
        for name in GROUPED:
            text = cells.carried(raw.get(name, ""))
            if text and name == "village":
                self._enter(text)
            elif text:
                self._hold(name, text)
        number = self._number(raw.get("household_no", ""))
        head, is_head = cells.read_head(raw.get("head", ""))
        is_head = is_head or cells.read_relation(raw.get("relation", "")) in (SELF, HEAD)
        if number:
            if number != self.number:
                self.block, self.head_name, self.has_line = self.block + 1, "", False
            self.number, self.head_name = number, head or self.head_name
        elif head and (not cells.same_name(head, self.head_name) or is_head):
            self.block, self.number, self.head_name = self.block + 1, "", head
        elif is_head and self._begins(cells.text_of(raw["name"])):
            self.end()
            self.head_name = cells.text_of(raw["name"])

    def _enter(self, place: str) -> None:
        """A village, and the group that may stand behind it; a village alone leaves the group that the last one had."""
        if place == self.place:
            return
        of_last = village_and_group(self.place)[1]
        self.place = place
        village, group = village_and_group(place)
        if village:
            self._hold("village", village)
        if group or of_last == self.held.get("group"):
            self._hold("group", group)

    def _hold(self, name: str, text: str) -> None:
        if text != self.held.get(name):
            self.held[name] = text
            self.block += 1

    def _number(self, cell: Cell) -> str:
        text = cells.carried(cell)
        match = OF_PERSON.fullmatch(text) if self.by_person else None
        return match[1] if match else text

    def _begins(self, name: str) -> bool:
        """Whether who is called the head begins a household: not where columns name it, nor below his own line."""
        if self.has_line:
            return bool(self.head_name) and not cells.same_name(name, self.head_name)
        return not self.are_named


def in_unclear_households(rows: Sequence[Sequence[Cell]], head: Head, lines: Sequence[int]) -> set[int]:
    """Of the persons' lines (from 1) in a sheet that names no household, those that stand together as one would.

    A serial number for several persons tells that there are households, and so do blank rows between at least three
    groups of a few, most of them of more than one; a blank row here and there is nothing.
    """
    column = head.columns.get("serial")
    parted, numbered, serial = [], [], ""
    for before, line in pairwise([0, *lines]):
        row = rows[line - 1]
        text = cells.carried(row[column]) if column is not None and column < len(row) else ""
        parted.append(any(not any(cell != "" for cell in each) for each in rows[before : line - 1]))
        numbered.append(bool(text) and text != serial)
        serial = text or serial
    for begins, least in ((parted, 3), (numbered, 2)):
        blocks = _blocks(lines, begins)
        together = [block for block in blocks if len(block) > 1]
        if len(blocks) >= least and len(together) * 2 > len(blocks) and max(map(len, blocks)) <= LARGEST:
            return {line for block in together for line in block}
    return set()


def _blocks(lines: Sequence[int], begins: Sequence[bool]) -> list[list[int]]:
    blocks: list[list[int]] = [[]]
    for line, begin in zip(lines, begins, strict=True):
        if begin and blocks[-1]:
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def are_numbered_by_person(persons: Iterable[Sequence[Cell]]) -> bool:
    """Whether every household number counts the persons behind a dash: 1-1, 1-2, 2-1. In 组-户 each row has a head."""
    before, count, longest, heads = "", 0, 0, 0
    for number, head, relation, name, id_no in persons:
        match = OF_PERSON.fullmatch(cells.carried(number))
        if match is None:
            if is_number(id_no):
                return False
            continue
        if match[1] != before:
            before, count, heads = match[1], 0, 0
        count, longest = count + 1, max(longest, count + 1)
        heads += _is_head(head, relation, name)
        if int(match[2]) != count or count > MOST or heads > 1:
            return False
    return longest > 1


def _is_head(head: Cell, relation: Cell, name: Cell) -> bool:
    named, is_marked = cells.read_head(head)
    own = bool(named) and cells.same_name(named, cells.text_of(name))
    return own or is_marked or cells.read_relation(relation) in (SELF, HEAD)


def _picked(row: Sequence[Cell], columns: Mapping[str, int]) -> tuple[Cell, ...]:
    return tuple(_cells_of(row, columns))


def _cells_of(row: Sequence[Cell], columns: Mapping[str, int]) -> Iterator[Cell]:
    for column in map(columns.get, NAMING):
        yield row[column] if column is not None and column < len(row) else ""


def _names_household(person: Sequence[Cell]) -> bool:
    """Whether a person's row has a household number or the name of a head: the columns may be there, and empty."""
    number, head, _, _, id_no = person
    return bool(cells.carried(number) or cells.read_head(head)[0]) and is_number(id_no)
