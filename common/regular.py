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
EDGES = [edge for space in (b" ", b"\t", b"\n") for edge in (b"<t>" + space, space + b"</t>")]
TRIMMED = re.compile(rb"<t>(?:[ \t\n]|[^<]*[ \t\n]</t>)")  # a blank at an edge that is not said to be kept
OTHER_SIGN = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")
FORMATS = re.compile(r"<numFmt ([^<>]*?)/>")
STYLES = re.compile(r"<cellXfs[^<>]*>(.*?)</cellXfs>", re.DOTALL)
STYLE = re.compile(r"<xf ([^<>]*?)/?>")
ROWS = re.compile(rb"(?:<row(?: [^<>/\n]*+)?(?:/>|>\n?</row>))*+")  # a line break where its cells are
PLAIN_FORMATS = {*range(14), 37, 38, 39, 40, 48, 49}  # of Excel's own those that are neither day nor time
PLAIN_CODE = re.compile(r"General|@|[0#?,.;%()_ +\-]*")
C, SLASH, LT, GT, QUOTE = b'c/<>"'
PADDING = 64  # zeros behind the data, further than any look ahead
EACH = np.uint64(0x0101_0101_0101_0101)
LENGTH = np.zeros(19, dtype=np.uint64)  # how many bytes are below a power of 256, by its remainder
LENGTH[[256**length % 19 for length in range(8)]] = range(8)


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
        _need("date1904" not in workbook and "<!" not in workbook and workbook.count("<workbook ") == 1)
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
        begin, end = content.find(b"<si>"), content.rfind(b"</si>")
        if begin < 0:
            _need(b"<si" not in content)
            return np.empty(0, dtype=object)
        _need(not any(sign in content for sign in (b"\0", b"_x", b"<!")))
        _need(not any(edge in content for edge in EDGES) or not TRIMMED.search(content))
        _need(b"&" not in content or not OTHER_SIGN.search(content))
        inside = content[begin:end].replace(b'<t xml:space="preserve">', b"<t>")
        _need(inside.startswith(b"<si><t>") and inside.endswith(b"</t>"))
        texts = inside[7:-4].decode().split("</t></si><si><t>")
        _need(inside.count(b"<") == 4 * len(texts) - 1 and content.count(b"<si") == len(texts))
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
        table[cells.rows[~where] - 1, cells.columns[~where]] = cells.numbers
        rows = list(zip(*[iter(table.ravel().tolist())] * width, strict=True))
        while rows and not any(cell != "" for cell in rows[-1]):
            rows.pop()
        return tuple(rows)


class _Cells:
    """The cells of a sheet's data that have a value: where they stand, and what is in them."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        padded = content + b"\0" * PADDING
        self.bytes = np.frombuffer(padded, dtype=np.uint8)
        self.words = np.ndarray((len(padded) - 7,), dtype="<u8", buffer=padded, strides=(1,))  # eight bytes from each
        begins = np.flatnonzero((self.bytes[:-1] == LT) & (self.bytes[1:] == C))
        at, *tags = self._read_tags(begins)
        is_empty = self.bytes[at] == SLASH
        at = at + is_empty
        _need(bool((self.bytes[at] == GT).all()))
        at = at + 1
        held = ~is_empty & self._stands(at, b"<v>")
        bare = ~is_empty & ~held
        _need(bool(self._stands(at[bare], b"</c>").all()))
        at[bare] += 4
        self.rows, self.columns, self.styles, self.is_text = (each[held] for each in tags)
        at[held] = self._read_values(at[held] + 3)
        self._look_between(begins, at)

    def _read_tags(self, at: Any) -> tuple[Any, ...]:
        """`<c r="AB12" s="3" t="s">`: where > is, row, column, style, and whether the value names a text."""
        _need(bool(self._stands(at, b'<c r="').all()))
        at = at + 6
        columns = np.zeros(len(at), dtype=np.int64)
        for place in range(3):
            letter = self.bytes[at] - np.uint8(64)
            is_letter = (letter >= 1) & (letter <= 26)
            _need(place > 0 or bool(is_letter.all()))
            if not is_letter.any():
                break
            columns = np.where(is_letter, columns * 26 + letter, columns)
            at = at + is_letter
        rows, behind = self._digits(at)
        _need(bool((behind > at).all()) and bool((self.bytes[behind] == QUOTE).all()))
        at = behind + 1
        styles = np.zeros(len(at), dtype=np.int64)
        styled = np.flatnonzero(self._stands(at, b' s="'))
        styles[styled], behind = self._digits(at[styled] + 4)
        _need(bool((behind > at[styled] + 4).all()) and bool((self.bytes[behind] == QUOTE).all()))
        at[styled] = behind + 1
        is_text = self._stands(at, b' t="s"')
        return at + 6 * (is_text | self._stands(at, b' t="n"')), rows, columns - 1, styles, is_text

    def _read_values(self, starts: Any) -> Any:
        """What stands between `<v>` and `</v></c>`: the number of a text, or a number; answers where the cells end."""
        whole, stops = self._digits(starts)
        is_whole = (self.bytes[stops] == LT) & (stops > starts)
        _need(bool(is_whole[self.is_text].all()))
        others = np.flatnonzero(~is_whole)
        for place in others.tolist():
            stops[place] = self.content.find(b"<", starts[place])
        _need(bool(self._stands(stops, b"</v></c>").all()))
        self.texts = whole[self.is_text]
        found = np.empty(len(starts), dtype=object)
        numbers = np.flatnonzero(is_whole & ~self.is_text)
        found[numbers] = list(map(Decimal, whole[numbers].tolist()))
        found[others] = [_value(self.content[starts[place] : stops[place]]) for place in others.tolist()]
        self.numbers = found[~self.is_text]
        return stops + 8

    def _look_between(self, begins: Any, ends: Any) -> None:
        """Between the cells there are the tags of rows, each closed that is opened, and nothing else."""
        starts, stops = np.append(0, ends), np.append(begins, len(self.content))
        _need(bool((stops >= starts).all()))
        apart = stops > starts
        apart[0] = apart[-1] = True
        gaps = zip(starts[apart].tolist(), stops[apart].tolist(), strict=True)
        _need(ROWS.fullmatch(b"\n".join([self.content[start:stop] for start, stop in gaps])) is not None)

    def _digits(self, at: Any) -> tuple[Any, Any]:
        """The number of up to seven digits that stands in each place, and the place behind it, which may be the same.

        Eight bytes are one word, the first the lowest: digits become pairs, pairs fours, and fours the number.
        """
        words = self.words[at] ^ EACH * 0x30
        others = ((words & EACH * 0x7F) + EACH * 0x76 | words) & EACH * 0x80 | 1 << 63  # the sign of what is no digit
        first = (others & -others) >> 7
        length = LENGTH[first % 19]
        words = (words & first - 1) << 64 - 8 * length
        words = words * 10 + (words >> 8) & 0x00FF_00FF_00FF_00FF
        words = words * 100 + (words >> 16) & 0x0000_FFFF_0000_FFFF
        words = words * 10_000 + (words >> 32) & 0xFFFF_FFFF
        return words.astype(np.int64), at + length.astype(np.int64)

    def _stands(self, at: Any, text: bytes) -> Any:
        """Whether a text, of eight bytes at most, stands in each place."""
        mask, word = (np.uint64(int.from_bytes(each, "little")) for each in (b"\xff" * len(text), text))
        return (self.words[at] & mask) == word


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
