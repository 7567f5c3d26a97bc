"""连续打印: thousands of pages drawn by the same code as one, each kept as a PDF stream; binding.py makes the file.

reportlab holds a document in memory until its end and cuts out glyphs for 256 characters a time. Here a page is over
once it is drawn: `StreamCanvas` takes what `Sheet` draws in the place of reportlab's canvas. A character's code in the
file is its Unicode number within its plane, so that pages drawn at different times by different processes fit together.

`StreamSheet` draws what is the same on many pages once, as a form that is named after its content, and remembers of
each place the words that it has set there: most words of a receipt stand on the one before.
"""

import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from math import cos, inf, radians, sin

from reportlab.lib.units import mm

from payments.paper import fonts
from payments.paper.qr import code_of
from payments.paper.sheet import LEAST, Paper, Sheet, Slot, Slots, advance

LEVEL = 6  # zlib's for pages
Letters = dict[tuple[str, int], set[str]]  # (face, plane of Unicode) → characters


@dataclass(frozen=True, slots=True)
class Part:
    """Some pages in order and the forms that they call, as compressed streams; the characters that they show."""

    pages: tuple[bytes, ...]
    forms: dict[str, bytes]
    letters: Letters


def font_key(face: str, plane: int) -> str:
    """The name of a face's plane in a page's resources: the same whoever draws the page."""
    return f"F{zlib.crc32(face.encode()):08x}{plane}"


def number(value: float, places: int = 2) -> str:
    """A length in points; a hundredth of a point is less than any printer knows."""
    return f"{value:.{places}f}".rstrip("0").rstrip(".")


def coded(codes: bytes) -> bytes:
    """What shows a string of two-byte codes."""
    codes = codes.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b"\\r")
    return b"(%b) Tj" % codes


def _codes(text: str) -> bytes:
    """Each character's number within its plane, which is the same for all."""
    return b"".join((ord(char) & 0xFFFF).to_bytes(2, "big") for char in text)


@lru_cache(maxsize=1 << 12)
def _pieces(face: str, stretch: str) -> tuple[tuple[str, int, str, bytes], ...]:
    """A stretch of text by planes: the font's name in the file, the plane, the characters, their codes."""
    pieces = ((plane, "".join(chars)) for plane, chars in groupby(stretch, lambda char: ord(char) >> 16))
    return tuple((font_key(face, plane), plane, some, coded(_codes(some))) for plane, some in pieces)


@lru_cache(maxsize=1 << 12)
def _form(drawn: bytes) -> tuple[str, bytes]:
    """A form's name, which tells its content, and its stream."""
    return f"X{blake2b(drawn, digest_size=6).hexdigest()}", zlib.compress(drawn, 9)


class _Pen:
    """One line of text, as reportlab's text object."""

    def __init__(self, canvas: "StreamCanvas", x: float, y: float) -> None:
        self._canvas = canvas
        self.drawn = [f"BT 1 0 0 1 {number(x)} {number(y)} Tm".encode()]

    def setFont(self, face: str, size: float) -> None:  # noqa: N802
        self._face, self._size = face, size

    def textOut(self, stretch: str) -> None:  # noqa: N802
        for key, plane, chars, codes in _pieces(self._face, stretch):
            self.drawn.append(f"/{key} {number(self._size, 3)} Tf ".encode() + codes)
            self._canvas.letters.setdefault((self._face, plane), set()).update(chars)


class StreamCanvas:
    """What `Sheet` asks of reportlab's canvas, under reportlab's names (N802); a page that is shown is done."""

    def __init__(self) -> None:
        self.pages: list[bytes] = []
        self.forms: dict[str, bytes] = {}
        self.letters: Letters = {}
        self.out: list[bytes] = []
        self.words: list[_Words] = []

    def beginText(self, x: float, y: float) -> _Pen:  # noqa: N802
        return _Pen(self, x, y)

    def drawText(self, pen: _Pen) -> None:  # noqa: N802
        self.out.extend((*pen.drawn, b"ET"))

    def _say(self, operator: str, *numbers: float, places: int = 2) -> None:
        self.out.append(" ".join((*(number(each, places) for each in numbers), operator)).encode())

    def setLineWidth(self, width: float) -> None:  # noqa: N802
        self._say("w", width, places=3)

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._say("m", x1, y1)
        self._say("l S", x2, y2)

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        self._say("re S", x, y, width, height)

    def saveState(self) -> None:  # noqa: N802
        self._say("q")

    def restoreState(self) -> None:  # noqa: N802
        self._say("Q")

    def transform(self, *matrix: float) -> None:
        self._say("cm", *matrix, places=5)

    def translate(self, x: float, y: float) -> None:
        self.transform(1, 0, 0, 1, x, y)

    def rotate(self, degrees: float) -> None:
        turned = radians(degrees)
        self.transform(cos(turned), sin(turned), -sin(turned), cos(turned), 0, 0)

    def setFillColorRGB(self, red: float, green: float, blue: float) -> None:  # noqa: N802
        self._say("rg", red, green, blue)

    def setStrokeColorRGB(self, red: float, green: float, blue: float) -> None:  # noqa: N802
        self._say("RG", red, green, blue)

    def setStrokeGray(self, grey: float) -> None:  # noqa: N802
        self._say("G", grey)

    def setDash(self, lengths: Iterable[float]) -> None:  # noqa: N802
        self.out.append(("[" + " ".join(number(length, 3) for length in lengths) + "] 0 d").encode())

    def showPage(self) -> None:  # noqa: N802
        self.pages.append(zlib.compress(b"\n".join([b"1 J 1 j", *self.out]), LEVEL))
        self.out.clear()

    def apart(self, draw: Callable[[], None]) -> bytes:
        """What is drawn, instead of onto the page."""
        outside, self.out = self.out, []
        draw()
        drawn, self.out = b"\n".join(self.out), outside
        return drawn

    def part(self) -> Part:
        """The pages so far."""
        letters = {key: set(chars) for key, chars in self.letters.items()}
        face = fonts.face_for("一") or ""
        for words in self.words:
            letters.setdefault((face, 0), set()).update(*(words.keys() - words.fitted))
        return Part(tuple(self.pages), dict(self.forms), letters)


class StreamSheet(Sheet):
    """A sheet that knows what it has drawn before."""

    def __init__(self, canvas: StreamCanvas, height: float) -> None:
        super().__init__(canvas, height)
        self.canvas = canvas
        self._called: dict[Hashable, bytes] = {}
        self._met: set[Hashable] = set()
        self._words: dict[Slot, _Words] = {}
        self._lists: dict[Slots, tuple[_Words, ...]] = {}
        self._images: dict[tuple[float, ...], bytes] = {}
        self._moves: dict[tuple[float, float], bytes] = {}

    def once(self, key: Hashable, draw: Callable[[Sheet], None]) -> None:
        """Draw it as a form the first time, and call the form."""
        call = self._called.get(key)
        if call is None:
            call = self._called[key] = self._keep(lambda: draw(self))
        self.canvas.out.append(call)

    def _keep(self, draw: Callable[[], None]) -> bytes:
        """Draw a form; what calls it."""
        drawn = self.canvas.apart(draw)
        name, packed = _form(drawn)
        self.canvas.forms[name] = packed
        return f"/{name} Do".encode()

    def fill_often(self, slots: Slots, texts: tuple[str, ...]) -> None:
        """Write them as they are the first time; from the second time on as a form."""
        key = (slots, texts)
        call = self._called.get(key)
        if call is not None:
            self.canvas.out.append(call)
        elif key in self._met:
            self.once(key, lambda sheet: sheet.fill(slots, texts))
        else:
            self._met.add(key)
            self.fill(slots, texts)

    def fill(self, slots: Slots, texts: Sequence[str]) -> None:
        """Write each text into its place."""
        out = self.canvas.out
        out.append(b"BT")
        out += [words[text] for words, text in zip(self._words_of(slots), texts, strict=True)]
        out.append(b"ET")

    def fill_row(self, down: float, slots: tuple[Slots, Slots], texts: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        """A row of a table: as it stands about the height 0, whichever row it is, so that words and forms are found."""
        out, (own, often) = self.canvas.out, slots
        words = self._lists.get(own) or self._words_of(own)
        call = self._called.get((often, texts[1]))
        out += (
            self._moves.get((0, down)) or self._moved(0, down),
            b"BT",
            *[known[text] for known, text in zip(words, texts[0], strict=True)],
            b"ET",
        )
        if call:
            out += (call, b"Q")
        else:
            self.fill_often(often, texts[1])
            out.append(b"Q")

    @contextmanager
    def shifted(self, x: float, y: float) -> Iterator[None]:
        """Draw further to the right and further down."""
        self.canvas.out.append(self._moved(x, y))
        yield
        self.canvas.out.append(b"Q")

    def _moved(self, x: float, y: float) -> bytes:
        moved = self._moves.get((x, y))
        if moved is None:
            moved = self._moves[x, y] = f"q 1 0 0 1 {number(x * mm, 3)} {number(-y * mm, 3)} cm".encode()
        return moved

    def _words_of(self, slots: Slots) -> "tuple[_Words, ...]":
        words = self._lists.get(slots)
        if words is None:
            words = self._lists[slots] = tuple(self._words_at(slot) for slot in slots.places)
        return words

    def _words_at(self, slot: Slot) -> "_Words":
        if slot not in self._words:
            self._words[slot] = _Words(self, slot)
            self.canvas.words.append(self._words[slot])
        return self._words[slot]

    def code(self, x: float, y: float, side: float, text: str) -> None:
        """A QR code as a picture of one bit for each module, within the page."""
        modules, packed = code_of(text)
        head = self._images.get((x, y, side, modules))
        if head is None:
            place = " ".join(number(each) for each in (side * mm, 0, 0, side * mm, x * mm, self._up(y + side)))
            head = f"q {place} cm BI/W {modules}/H {modules}/BPC 1/IM true/D[1 0]ID ".encode()
            self._images[x, y, side, modules] = head
        self.canvas.out.append(head + packed + b"\nEI Q")


class _Words(dict[str, bytes]):
    """The words that were set at one place: text → what writes it within a text object."""

    def __init__(self, sheet: StreamSheet, slot: Slot) -> None:
        super().__init__({"": b""})
        self._sheet, self._slot, self._size = sheet, slot, slot.size
        self._starts: dict[float, bytes] = {inf: b""}
        self.fitted: list[str] = []  # those not in one line of the paper's face

    def __missing__(self, text: str) -> bytes:
        """Fast for a line in the face of the paper; whatever else it is, as any sheet would draw it."""
        try:
            width = self._size * sum(map(advance, text))
        except KeyError:
            width = inf
        start = self._starts.get(width)
        if start is None:
            start = self._starts[width] = self._start(width)
        self[text] = drawn = start + coded(text.encode("utf-16-be")) if start else self._any(text)
        return drawn

    def _start(self, width: float) -> bytes:
        """Where a line of that width begins and in which size; nothing if it must be broken."""
        slot, size = self._slot, self._size
        if width * LEAST > slot.width or self._sheet.face:
            return b""
        if width > slot.width:
            width, size = slot.width, size * slot.width / width
        x = slot.x - {"left": 0.0, "centre": 0.5, "right": 1.0}[slot.align] * width
        place = f"{number(x * mm)} {number(self._sheet.baseline(slot, size), 3)}"
        return f"1 0 0 1 {place} Tm/{font_key(fonts.face_for('一') or '', 0)} {number(size, 3)} Tf".encode()

    def _any(self, text: str) -> bytes:
        """Between two text objects."""
        self.fitted.append(text)
        slot, sheet = self._slot, self._sheet
        drawn = sheet.canvas.apart(lambda: sheet.block(slot.x, slot.middle, slot.settled(text), slot.align))
        return b"ET\n" + drawn + b"\nBT"


def streamed(paper: Paper) -> tuple[StreamSheet, StreamCanvas]:
    """A sheet to draw on, and the canvas that keeps its pages."""
    canvas = StreamCanvas()
    return StreamSheet(canvas, paper.height), canvas
