"""装订: parts of a print run, drawn by whatever processes, made into one PDF page by page; the fonts come last.

Small objects are kept together in compressed streams, as is the table of where everything lies (PDF 1.5).
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics

from payments.paper import fonts
from payments.paper.sheet import Paper, drawing
from payments.paper.stream import Letters, Part, font_key

TOGETHER = 200  # small objects to a stream


class _File:
    """A PDF as it is written: objects with numbers given ahead, and where each lies."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._places: list[tuple[int, int, int]] = [(0, 0, 65535)]  # kind, place, place within
        self._at = 0
        self._small: list[tuple[int, bytes]] = []
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)

    def number(self) -> int:
        """The number of an object that is written later."""
        self._places.append((0, 0, 0))
        return len(self._places) - 1

    def small(self, text: str, number: int = 0) -> int:
        """An object that is no stream, kept together with others."""
        number = number or self.number()
        self._small.append((number, text.encode("ascii")))
        if len(self._small) == TOGETHER:
            self._put_small()
        return number

    def _put_small(self) -> None:
        some, self._small = self._small, []
        if not some:
            return
        index, at = [], 0
        holder = self.number()
        for place, (number, data) in enumerate(some):
            self._places[number] = (2, holder, place)
            index.append(f"{number} {at}")
            at += len(data) + 1
        head = (" ".join(index) + "\n").encode("ascii")
        data = head + b"\n".join(data for _, data in some)
        self.stream(zlib.compress(data, 9), f"/Type/ObjStm/N {len(some)}/First {len(head)}", holder)

    def plain(self, text: str, number: int = 0) -> int:
        """An object that can be read in the file as it is."""
        number = number or self.number()
        self._places[number] = (1, self._at, 0)
        self._put(f"{number} 0 obj\n{text}\nendobj\n".encode("ascii"))
        return number

    def stream(self, packed: bytes, more: str = "", number: int = 0) -> int:
        """A stream that zlib has compressed."""
        number = number or self.number()
        self._places[number] = (1, self._at, 0)
        head = f"{number} 0 obj\n<</Length {len(packed)}/Filter/FlateDecode{more}>>stream\n"
        self._put(head.encode("ascii") + packed + b"\nendstream\nendobj\n")
        return number

    def finish(self, *, root: int, info: int) -> None:
        self._put_small()
        number, start = self.number(), self._at
        self._places[number] = (1, start, 0)
        rows = [struct.pack(">BIH", *place) for place in self._places]
        table = b"".join(b"\2" + _less(row, above) for row, above in zip(rows, [bytes(7), *rows], strict=False))
        more = f"/Type/XRef/Size {len(rows)}/W[1 4 2]/Root {root} 0 R/Info {info} 0 R"
        self.stream(zlib.compress(table, 9), f"{more}/DecodeParms<</Predictor 12/Columns 7>>", number)
        self._put(f"startxref\n{start}\n%%EOF\n".encode("ascii"))


def _less(row: bytes, above: bytes) -> bytes:
    """Each byte less the one above it: rows that go up in even steps become the same, and short."""
    return bytes((byte - upper) & 0xFF for byte, upper in zip(row, above, strict=True))


def bind(out: BinaryIO, parts: Iterable[Part], *, paper: Paper, title: str, author: str) -> int:
    """Write the parts' pages into one PDF; how many they were. No more than one part is held at a time."""
    file = _File(out)
    root, pages, resources = file.number(), file.number(), file.number()
    letters: Letters = {}
    forms: dict[str, int] = {}
    nodes, count = [], 0
    width, height = paper.width * mm, paper.height * mm
    box, room = f"[0 0 {width:.3f} {height:.3f}]", f"[0 {-height:.0f} {width:.0f} {2 * height:.0f}]"
    for part in parts:
        node = file.number()
        kids = [_page(file, drawn, node) for drawn in part.pages]
        file.small(f"<</Type/Pages/Parent {pages} 0 R/Count {len(kids)}/Kids[{_references(kids)}]>>", node)
        nodes.append(node)
        count += len(kids)
        for name, drawn in part.forms.items():
            if name not in forms:
                # A form is cut off at its box; what is called further down stands about the sheet's upper edge.
                more = f"/Type/XObject/Subtype/Form/BBox{room}/Resources {resources} 0 R"
                forms[name] = file.stream(drawn, more)
        for key, chars in part.letters.items():
            letters.setdefault(key, set()).update(chars)
    inherited = f"/MediaBox{box}/Resources {resources} 0 R"
    file.small(f"<</Type/Pages/Count {count}/Kids[{_references(nodes)}]{inherited}>>", pages)
    called = "".join(f"/{name} {number} 0 R" for name, number in forms.items())
    file.small(f"<</Font<<{''.join(_fonts(file, letters))}>>/XObject<<{called}>>>>", resources)
    viewer = "/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None>>"
    file.plain(f"<</Type/Catalog/Pages {pages} 0 R/Lang(zh-CN){viewer}>>", root)
    info = file.plain(f"<</Title{_text(title)}/Subject{_text(title)}/Author{_text(author)}/Creator{_text('参保')}>>")
    file.finish(root=root, info=info)
    return count


def _page(file: _File, drawn: bytes, node: int) -> int:
    content = file.stream(drawn)
    return file.small(f"<</Type/Page/Parent {node} 0 R/Contents {content} 0 R>>")


def _references(numbers: Iterable[int]) -> str:
    return " ".join(f"{number} 0 R" for number in numbers)


def _text(text: str) -> str:
    return f"<feff{text.encode('utf-16-be').hex()}>"


def _fonts(file: _File, letters: Letters) -> Iterator[str]:
    """Each face cut down to the characters used, and its planes as fonts of two-byte codes."""
    for face in sorted({face for face, _ in letters}):
        planes = {plane: sorted(chars) for (used, plane), chars in sorted(letters.items()) if used == face}
        font = pdfmetrics.getFont(face).face
        codes = [ord(char) for chars in planes.values() for char in chars]
        with drawing:  # reportlab moves one reading position per font file
            data = font.makeSubset(codes)
        glyphs = _new_glyphs(font.charToGlyph, codes)
        name = f"{_tag(codes)}+{font.name.decode('ascii', 'replace')}"
        program = file.stream(zlib.compress(data), f"/Length1 {len(data)}")
        box = " ".join(str(round(edge)) for edge in font.bbox)
        described = file.small(
            f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0/Ascent {font.ascent:.0f}"
            f"/Descent {font.descent:.0f}/CapHeight {font.capHeight:.0f}/StemV {font.stemV}/FontFile2 {program} 0 R>>"
        )
        for plane, chars in planes.items():
            yield f"/{font_key(face, plane)} {_plane(file, chars, font, glyphs, name=name, described=described)} 0 R"


def _new_glyphs(known: dict[int, int], codes: Iterable[int]) -> dict[int, int]:
    """Code → glyph in the subset: reportlab keeps the order of the codes and each old glyph once."""
    places: dict[int, int] = {0: 0}
    return {code: places.setdefault(known[code], len(places)) for code in codes}


def _tag(codes: Iterable[int]) -> str:
    """Six letters that tell this subset from others."""
    number = zlib.crc32(repr(list(codes)).encode())
    return "".join(chr(65 + number // 26**place % 26) for place in range(6))


def _plane(file: _File, chars: list[str], font: Any, glyphs: dict[int, int], *, name: str, described: int) -> int:
    """One plane of a face: codes to glyphs, widths, and back to Unicode for searching and copying."""
    cids = {ord(char) & 0xFFFF: ord(char) for char in chars}
    table = bytearray(2 * (max(cids) + 1))
    for cid, code in cids.items():
        table[2 * cid : 2 * cid + 2] = glyphs[code].to_bytes(2, "big")
    to_glyphs = file.stream(zlib.compress(bytes(table)))
    widths = {cid: font.charWidths.get(code, font.defaultWidth) for cid, code in cids.items()}
    listed = " ".join(f"{cid}[{width:g}]" for cid, width in widths.items() if width != 1000)
    descendant = file.small(
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/FontDescriptor {described} 0 R/DW 1000/W[{listed}]"
        f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap {to_glyphs} 0 R>>"
    )
    texts = [(cid, chr(code)) for cid, code in cids.items()]
    back = file.stream(zlib.compress(fonts.to_unicode(name, texts, width=4).encode("ascii")))
    return file.small(
        f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]"
        f"/ToUnicode {back} 0 R>>"
    )
