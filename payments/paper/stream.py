"""连续打印: thousands of pages drawn by the same code as one, each kept as a PDF stream, then bound into one file.

reportlab holds a document in memory until its end and cuts out glyphs for 256 characters a time. Here a page is over
once it is drawn: `StreamCanvas` takes what `Sheet` draws in the place of reportlab's canvas, and `bind` writes page by
page. A character's code in the file is its Unicode number within its plane, so that pages drawn at different times by
different processes fit together; the tables from codes to glyphs come last, when all characters are known.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import cos, radians, sin
from typing import Any, BinaryIO

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics

from payments.paper import fonts
from payments.paper.sheet import Paper, Sheet, drawing

QUICK = 1  # zlib's level for pages: half the size for a tenth of a millisecond
Letters = dict[tuple[str, int], set[str]]  # (face, plane of Unicode) → characters


@dataclass(frozen=True, slots=True)
class Part:
    """Some pages in order, as compressed streams, and the characters that they show."""

    pages: tuple[bytes, ...]
    letters: Letters


def font_key(face: str, plane: int) -> str:
    """The name of a face's plane in a page's resources: the same whoever draws the page."""
    return f"F{zlib.crc32(face.encode()):08x}{plane}"


@lru_cache(maxsize=1 << 16)
def _coded(face: str, stretch: str) -> tuple[tuple[str, int, str, str], ...]:
    """A stretch of text by planes: the font's name in the file, the plane, the characters, their codes."""
    pieces = ((plane, "".join(chars)) for plane, chars in groupby(stretch, lambda char: ord(char) >> 16))
    return tuple(
        (font_key(face, plane), plane, some, "".join(f"{ord(char) & 0xFFFF:04x}" for char in some))
        for plane, some in pieces
    )


class _Pen:
    """One line of text, as reportlab's text object."""

    def __init__(self, canvas: "StreamCanvas", x: float, y: float) -> None:
        self._canvas = canvas
        self.drawn = [f"BT 1 0 0 1 {x:.3f} {y:.3f} Tm"]

    def setFont(self, face: str, size: float) -> None:  # noqa: N802
        self._face, self._size = face, size

    def textOut(self, stretch: str) -> None:  # noqa: N802
        for key, _, _, codes in _coded(self._face, stretch):
            self.drawn.append(f"/{key} {self._size:.3f} Tf <{codes}> Tj")
        self._canvas.texts.add((self._face, stretch))


class StreamCanvas:
    """What `Sheet` asks of reportlab's canvas, under reportlab's names (N802); a page that is shown is done."""

    def __init__(self) -> None:
        self.pages: list[bytes] = []
        self.texts: set[tuple[str, str]] = set()
        self._out: list[str] = []

    def beginText(self, x: float, y: float) -> _Pen:  # noqa: N802
        return _Pen(self, x, y)

    def drawText(self, pen: _Pen) -> None:  # noqa: N802
        self._out.extend((*pen.drawn, "ET"))

    def setLineWidth(self, width: float) -> None:  # noqa: N802
        self._out.append(f"{width:.3f} w")

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._out.append(f"{x1:.3f} {y1:.3f} m {x2:.3f} {y2:.3f} l S")

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        self._out.append(f"{x:.3f} {y:.3f} {width:.3f} {height:.3f} re S")

    def saveState(self) -> None:  # noqa: N802
        self._out.append("q")

    def restoreState(self) -> None:  # noqa: N802
        self._out.append("Q")

    def transform(self, *matrix: float) -> None:
        self._out.append(" ".join(f"{number:.5f}" for number in matrix) + " cm")

    def translate(self, x: float, y: float) -> None:
        self.transform(1, 0, 0, 1, x, y)

    def rotate(self, degrees: float) -> None:
        turned = radians(degrees)
        self.transform(cos(turned), sin(turned), -sin(turned), cos(turned), 0, 0)

    def setFillColorRGB(self, red: float, green: float, blue: float) -> None:  # noqa: N802
        self._out.append(f"{red:.3f} {green:.3f} {blue:.3f} rg")

    def setStrokeColorRGB(self, red: float, green: float, blue: float) -> None:  # noqa: N802
        self._out.append(f"{red:.3f} {green:.3f} {blue:.3f} RG")

    def setStrokeGray(self, grey: float) -> None:  # noqa: N802
        self._out.append(f"{grey:.3f} G")

    def setDash(self, lengths: Iterable[float]) -> None:  # noqa: N802
        self._out.append("[" + " ".join(f"{length:.3f}" for length in lengths) + "] 0 d")

    def showPage(self) -> None:  # noqa: N802
        self.pages.append(zlib.compress("\n".join(["1 J 1 j", *self._out]).encode("ascii"), QUICK))
        self._out.clear()

    def part(self) -> Part:
        """The pages so far."""
        letters: Letters = {}
        for face, stretch in self.texts:
            for _, plane, chars, _ in _coded(face, stretch):
                letters.setdefault((face, plane), set()).update(chars)
        return Part(tuple(self.pages), letters)


def streamed(paper: Paper) -> tuple[Sheet, StreamCanvas]:
    """A sheet to draw on, and the canvas that keeps its pages."""
    canvas = StreamCanvas()
    return Sheet(canvas, paper.height), canvas


class _File:
    """A PDF as it is written: objects with numbers given ahead, and where each begins."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._places: list[int] = []
        self._at = 0
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)

    def number(self) -> int:
        """The number of an object that is written later."""
        self._places.append(0)
        return len(self._places)

    def write(self, number: int, text: str) -> int:
        self._places[number - 1] = self._at
        self._put(f"{number} 0 obj\n{text}\nendobj\n".encode("ascii"))
        return number

    def add(self, text: str) -> int:
        return self.write(self.number(), text)

    def stream(self, packed: bytes, more: str = "") -> int:
        """A stream that zlib has compressed."""
        number = self.number()
        self._places[number - 1] = self._at
        head = f"{number} 0 obj\n<</Length {len(packed)}/Filter/FlateDecode{more}>>\nstream\n"
        self._put(head.encode("ascii") + packed + b"\nendstream\nendobj\n")
        return number

    def finish(self, *, root: int, info: int) -> None:
        start = self._at
        rows = "".join(f"{place:010d} 00000 n \n" for place in self._places)
        size = len(self._places) + 1
        self._put(f"xref\n0 {size}\n0000000000 65535 f \n{rows}".encode("ascii"))
        trailer = f"trailer\n<</Size {size}/Root {root} 0 R/Info {info} 0 R>>\nstartxref\n{start}\n%%EOF\n"
        self._put(trailer.encode("ascii"))


def bind(out: BinaryIO, parts: Iterable[Part], *, paper: Paper, title: str, author: str) -> int:
    """Write the parts' pages into one PDF; how many they were. No more than one part is held at a time."""
    file = _File(out)
    root, pages, resources = file.number(), file.number(), file.number()
    letters: Letters = {}
    nodes, count = [], 0
    for part in parts:
        node = file.number()
        kids = [_page(file, drawn, node, resources) for drawn in part.pages]
        file.write(node, f"<</Type/Pages/Parent {pages} 0 R/Count {len(kids)}/Kids[{_references(kids)}]>>")
        nodes.append(node)
        count += len(kids)
        for key, chars in part.letters.items():
            letters.setdefault(key, set()).update(chars)
    box = f"/MediaBox[0 0 {paper.width * mm:.3f} {paper.height * mm:.3f}]"
    file.write(pages, f"<</Type/Pages/Count {count}/Kids[{_references(nodes)}]{box}>>")
    file.write(resources, f"<</Font<<{''.join(_fonts(file, letters))}>>>>")
    viewer = "/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None>>"
    file.write(root, f"<</Type/Catalog/Pages {pages} 0 R/Lang(zh-CN){viewer}>>")
    info = file.add(f"<</Title{_text(title)}/Subject{_text(title)}/Author{_text(author)}/Creator{_text('参保')}>>")
    file.finish(root=root, info=info)
    return count


def _page(file: _File, drawn: bytes, node: int, resources: int) -> int:
    content = file.stream(drawn)
    return file.add(f"<</Type/Page/Parent {node} 0 R/Resources {resources} 0 R/Contents {content} 0 R>>")


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
        described = file.add(
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
    descendant = file.add(
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/FontDescriptor {described} 0 R/DW 1000/W[{listed}]"
        f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap {to_glyphs} 0 R>>"
    )
    texts = [(cid, chr(code)) for cid, code in cids.items()]
    back = file.stream(zlib.compress(fonts.to_unicode(name, texts, width=4).encode("ascii")))
    return file.add(
        f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]"
        f"/ToUnicode {back} 0 R>>"
    )
