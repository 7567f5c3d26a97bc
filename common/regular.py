"""常规的 xlsx: a workbook as Excel, WPS, LibreOffice and most programs write it, read as arrays in one pass.

Nothing is guessed and nothing is parsed leniently: every tag of a sheet must be one of those below, in its place, and
whatever is otherwise (rich text, formulas, dates, in-line texts, a prefix, a comment, a lie about a size) gives None,
and the file goes the careful way of `common.sheets`. So this reader needs no process of its own: it unpacks under the
limits and compares bytes. What it returns is what the careful way returns, cell by cell.
"""

import re
import zlib
from collections.abc import Mapping
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile

import numpy as np

from common.workbooks import look_at_parts

if TYPE_CHECKING:
    from common.sheets import Limits

ROOM = 60_000_000  # bytes of the parts that are read; more goes the careful way
ATTRIBUTES = re.compile(r'([A-Za-z:0-9]+)="([^"<]*)"')
SHEET = re.compile(r"<sheet ([^<>]*?)/>")
RELATION = re.compile(r"<Relationship ([^<>]*?)/>")
TEXT = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
FORMATS = re.compile(r"<numFmt ([^<>]*?)/>")
STYLES = re.compile(r"<cellXfs[^<>]*>(.*?)</cellXfs>", re.DOTALL)
STYLE = re.compile(r"<xf ([^<>]*?)/?>")
ROW = re.compile(rb'<row [^<>]*?r="([0-9]{1,7})"')
PLAIN_FORMATS = {*range(14), 37, 38, 39, 40, 48, 49}  # of Excel's own those that are neither day nor time
PLAIN_CODE = re.compile(r"General|@|[0#?,.;%()_ +\-]*")
C, V, R, SLASH, LT, GT, QUOTE = b'cvr/<>"'
END = 256  # added to a letter: the closing tag


class _IrregularError(Exception):
    """The file, or a part of it, is not as it usually is."""


def read_regular(data: bytes, limits: "Limits") -> list[tuple[str, tuple[tuple[Any, ...], ...], bool]] | None:
    """Name, rows and whether it is hidden, of each sheet; None where anything is unusual; a Refusal for a bomb."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            look_at_parts(archive.infolist(), limits)
            return _Book(archive, limits).sheets()
    except (_IrregularError, ExpatError, LookupError, ValueError, OverflowError):
        return None
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):  # what ZipFile says
        return None


class _Book:
    def __init__(self, archive: ZipFile, limits: "Limits") -> None:
        self.archive, self.limits, self.room = archive, limits, min(ROOM, limits.unpacked)

    def part(self, name: str) -> bytes:
        """One part, never more than there is room for."""
        with self.archive.open(name) as file:
            found = file.read(self.room + 1)
        self.room -= len(found)
        _need(self.room >= 0 and found.find(b"\r", 100) < 0)
        _need(not found.startswith((b"\xff\xfe", b"\xfe\xff")))
        return found

    def sheets(self) -> list[tuple[str, tuple[tuple[Any, ...], ...], bool]]:
        workbook = _well_formed(self.part("xl/workbook.xml"))
        _need("date1904" not in workbook and "<!" not in workbook)
        named = [_attributes(each) for each in SHEET.findall(workbook)]
        _need(0 < len(named) == workbook.count("<sheet ") and len(named) <= self.limits.sheets)
        relations = [
            _attributes(each) for each in RELATION.findall(_well_formed(self.part("xl/_rels/workbook.xml.rels")))
        ]
        targets = {each["Id"]: each for each in relations}
        names = set(self.archive.namelist())
        self.texts = self._texts() if "xl/sharedStrings.xml" in names else np.empty(0, dtype=object)
        self.plain = self._plain_styles() if "xl/styles.xml" in names else np.ones(1, dtype=bool)
        self.left = self.limits.characters
        found = []
        for each in named:
            target = targets[each["r:id"]]
            _need(target["Type"].endswith("/worksheet"))
            path = target["Target"]
            rows = self._rows(self.part(path.removeprefix("/") if path.startswith("/") else f"xl/{path}"))
            found.append((each["name"][:100], rows, each.get("state", "visible") != "visible"))
        return found

    def _texts(self) -> Any:
        """The texts that cells name by number."""
        content = self.part("xl/sharedStrings.xml")
        found = TEXT.findall(content)
        _need(len(found) == content.count(b"<si") and not any(sign in content for sign in (b"\0", b"_x", b"<!")))
        if not found:
            return np.empty(0, dtype=object)
        texts = b"\0".join(found).decode().split("\0")
        if b"&" in content:
            texts = [unescape(each) if "&" in each else each for each in texts]
        self.lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        _need(int(self.lengths.max()) <= self.limits.length)
        kept = np.empty(len(texts), dtype=object)
        kept[:] = texts
        return kept

    def _plain_styles(self) -> Any:
        """For each style whether a number in it is a number, and no day or time."""
        content = _well_formed(self.part("xl/styles.xml"))
        own = [_attributes(each) for each in FORMATS.findall(content)]
        codes = {int(each["numFmtId"]): each["formatCode"] for each in own}
        styles = STYLES.findall(content)
        _need(len(styles) == 1 and "<!" not in content)
        used = [int(_attributes(each).get("numFmtId", "0")) for each in STYLE.findall(styles[0])]
        _need(len(used) == styles[0].count("<xf "))
        return np.array([_is_plain(each, codes) for each in used] or [True])

    def _rows(self, content: bytes) -> tuple[tuple[Any, ...], ...]:
        start, end = content.find(b"<sheetData>") + 11, content.find(b"</sheetData>")
        if start < 11 or end < 0:
            _need(b"<sheetData/>" in content)
            return ()
        around = (content[: start - 11], content[end + 12 :])
        _need(not any(sign in each for each in around for sign in (b"<!", b"sheetData", b"<c ")))
        _well_formed(content[:start] + content[end:])
        return self._matrix(_Cells(content[start:end]))

    def _matrix(self, cells: "_Cells") -> tuple[tuple[Any, ...], ...]:
        """The cells that hold something, in their places."""
        if not len(cells.rows):
            return ()
        places = cells.rows * 100_000 + cells.columns
        _need(bool((np.diff(places) > 0).all()) and int(cells.rows[0]) >= 1)
        height, width = int(cells.rows.max()), int(cells.columns.max()) + 1
        _need(height <= self.limits.rows and width <= self.limits.columns)
        _need(int(cells.texts.max(initial=-1)) < len(self.texts))
        self.left -= height * width + (int(self.lengths[cells.texts].sum()) if len(cells.texts) else 0)
        _need(self.left >= 0)
        table = np.full((height, width), "", dtype=object)
        _need(bool(self.plain[cells.styles[~cells.is_text]].all()))
        where = cells.is_text
        table[cells.rows[where] - 1, cells.columns[where]] = self.texts[cells.texts]
        table[cells.rows[~where] - 1, cells.columns[~where]] = cells.numbers()
        rows = table.tolist()
        while rows and not any(cell != "" for cell in rows[-1]):
            rows.pop()
        return tuple(map(tuple, rows))


class _Cells:
    """The tags of a sheet's data taken apart: row, column, style and value of each cell that has a value."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.bytes = np.frombuffer(content + b"\0" * 32, dtype=np.uint8)
        opens, closes = (np.flatnonzero(self.bytes == sign) for sign in (LT, GT))
        _need(len(opens) == len(closes) and bool((closes > opens).all()) and bool((opens[1:] > closes[:-1]).all()))
        kinds = self.bytes[opens + 1].astype(np.int16)
        ends = kinds == SLASH
        kinds[ends] = self.bytes[opens[ends] + 2].astype(np.int16) + END
        is_empty = self.bytes[closes - 1] == SLASH
        cell = np.flatnonzero(kinds == C)
        full = cell[~is_empty[cell]]
        after = np.append(kinds, np.zeros(3, dtype=np.int16))
        held = full[after[full + 1] == V]
        bare = full[after[full + 1] == END + C]
        rows = kinds == R
        self._look_at_tags(opens, closes, kinds, held)
        whole = (after[held + 2] == END + V).all() and (after[held + 3] == END + C).all()
        known = len(held) * 4 + len(bare) * 2 + int(is_empty[cell].sum())
        known += 2 * int(rows.sum()) - int((rows & is_empty).sum())
        _need(bool(whole) and len(held) + len(bare) == len(full) and known == len(kinds))
        _need(int((kinds == END + R).sum()) == int((rows & ~is_empty).sum()))
        self._read_tags(opens[held], closes[held])
        self.starts, self.stops = closes[held + 1] + 1, opens[held + 2]
        self.texts = self._number(self.starts[self.is_text], self.stops[self.is_text])

    def _look_at_tags(self, opens: Any, closes: Any, kinds: Any, held: Any) -> None:
        """No other tag begins with these letters."""
        at, length = self.bytes, closes - opens
        for kind, size in ((V, 2), (END + V, 3), (END + C, 3), (END + R, 5)):
            _need(bool((length[kinds == kind] == size).all()))
        _need(bool((at[opens[kinds == C] + 2] == ord(" ")).all()))
        begun = opens[kinds == R]
        for place, letter in enumerate(b"ow", start=2):
            _need(bool((at[begun + place] == letter).all()))
        _need(bool(np.isin(at[begun + 4], (ord(" "), GT, SLASH)).all()))
        if len(opens):
            follows = closes[:-1] + 1 == opens[1:]  # behind every tag but <v> the next one
            follows[held + 1] = True
            _need(bool(follows.all()) and int(opens[0]) == 0 and int(closes[-1]) == len(self.content) - 1)

    def _read_tags(self, at: Any, ends: Any) -> None:
        """`<c r="AB12" s="3" t="s">`: the place, the style, and whether the value names a text."""
        _need(self._stands(at + 2, b' r="'))
        at = at + 6
        columns = np.zeros(len(at), dtype=np.int64)
        for place in range(3):
            letter = self.bytes[at].astype(np.int64) - 64
            is_letter = (letter >= 1) & (letter <= 26)
            _need(place > 0 or bool(is_letter.all()))
            if not is_letter.any():
                break
            columns = np.where(is_letter, columns * 26 + letter, columns)
            at = at + is_letter
        self.columns = columns - 1
        self.rows, at = self._digits(at, 7)
        self.styles, at = self._attribute(at, ends, b' s="')
        has_kind = at < ends
        _need(self._stands(at[has_kind], b' t="') and bool((at[has_kind] + 6 == ends[has_kind]).all()))
        kind = np.where(has_kind, self.bytes[np.minimum(at + 4, len(self.bytes) - 1)], ord("n"))
        self.is_text = kind == ord("s")
        _need(bool(((kind == ord("n")) | self.is_text).all()))

    def _attribute(self, at: Any, ends: Any, begins: bytes) -> tuple[Any, Any]:
        """A number behind `begins`, 0 where there is none; and the place behind it."""
        has = (at < ends) & (self.bytes[at + 1] == begins[1])
        _need(self._stands(at[has], begins))
        found = np.zeros(len(at), dtype=np.int64)
        behind = at.copy()
        found[has], behind[has] = self._digits(at[has] + len(begins), 5)
        return found, behind

    def _digits(self, at: Any, most: int) -> tuple[Any, Any]:
        """The number that stands here before a quotation mark, and the place behind the mark."""
        found = np.zeros(len(at), dtype=np.int64)
        start = at
        for _ in range(most):
            digit = self.bytes[at].astype(np.int64) - 48
            is_digit = (digit >= 0) & (digit <= 9)
            if not is_digit.any():
                break
            found = np.where(is_digit, found * 10 + digit, found)
            at = at + is_digit
        _need(bool((self.bytes[at] == QUOTE).all()) and bool((at > start).all()))
        return found, at + 1

    def _number(self, starts: Any, stops: Any) -> Any:
        """The whole numbers between the places."""
        lengths = stops - starts
        _need(len(starts) == 0 or (int(lengths.min()) >= 1 and int(lengths.max()) <= 7))
        found = np.zeros(len(starts), dtype=np.int64)
        for place in range(int(lengths.max(initial=0))):
            inside = place < lengths
            digit = self.bytes[starts + place].astype(np.int64) - 48
            _need(bool(((digit >= 0) & (digit <= 9))[inside].all()))
            found = np.where(inside, found * 10 + digit, found)
        return found

    def _stands(self, at: Any, text: bytes) -> bool:
        return all(bool((self.bytes[at + place] == letter).all()) for place, letter in enumerate(text))

    def numbers(self) -> Any:
        """The values that are numbers, with the 15 digits that Excel keeps."""
        starts, stops = self.starts[~self.is_text], self.stops[~self.is_text]
        found = np.empty(len(starts), dtype=object)
        short = stops - starts <= 7
        for place in range(7):
            digit = self.bytes[starts + place]
            short &= ((digit >= 48) & (digit <= 57)) | (starts + place >= stops)
        short &= stops > starts
        found[short] = [Decimal(each) for each in self._number(starts[short], stops[short]).tolist()]
        others = zip(starts[~short].tolist(), stops[~short].tolist(), strict=True)
        found[~short] = [_value(self.content[start:stop]) for start, stop in others]
        return found


def _value(text: bytes) -> Decimal:
    if text.isdigit() and len(text) <= 15:
        return Decimal(text.decode())
    value = float(text)
    _need(b"_" not in text and text == text.strip() and abs(value) < float("inf"))
    return Decimal(f"{value:.15g}")


def _is_plain(number: int, codes: Mapping[int, str]) -> bool:
    if number in codes:
        return PLAIN_CODE.fullmatch(codes[number]) is not None
    return number in PLAIN_FORMATS


def _well_formed(content: bytes) -> str:
    """The text of a small part that is XML from its beginning to its end."""
    ParserCreate().Parse(content, True)
    return content.decode()


def _attributes(text: str) -> dict[str, str]:
    """The attributes of a tag; nothing may stand between them."""
    found = ATTRIBUTES.findall(text)
    _need(ATTRIBUTES.sub("", text).strip(" /") == "" and len({name for name, _ in found}) == len(found))
    return {name: unescape(value) for name, value in found}


def _need(holds: bool) -> None:
    if not holds:
        raise _IrregularError
