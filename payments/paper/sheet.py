"""版面: a sheet of paper measured in millimetres from its top left corner, and text that always fits its place."""

import re
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from math import inf
from typing import Literal, NamedTuple

from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from payments.paper import fonts
from payments.paper.qr import code_of

POINT: float = 1 / mm  # a point in millimetres
LEADING = 1.18  # from line to line, in font sizes
RISE = 0.36  # from the middle of a line of Chinese down to its baseline, in font sizes
LEAST = 0.8  # how far a text is shrunk, of its size, before it is broken into lines
SMALLEST = 1.0  # points: what does not fit then is cut
NARROW = 0.2  # of its size, a narrow character's width
DOTS = "…"
# What stays together at the end of a line: figures and Latin words, and a character with the marks around it.
UNIT = re.compile(r"\s|[（《〈“‘「『〔【]*(?:[!-~]+|.)[，。、；：）》〉”’」』〕】！？·]*", re.DOTALL)

Align = Literal["left", "centre", "right"]

# reportlab moves one reading position per font file while it cuts out the glyphs a document uses, so that two
# documents finished at the same moment would spoil each other. Drawing holds this lock; it takes milliseconds.
drawing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet's width and height in millimetres."""

    width: float
    height: float


A4 = Paper(210, 297)


@dataclass(frozen=True, slots=True)
class Block:
    """A text as it will stand: its font size in points and its lines."""

    size: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING * POINT


class Slot(NamedTuple):
    """A place for a text: where it is anchored, the middle of its height, and the room into which it is fitted."""

    x: float
    middle: float
    width: float
    size: float
    align: Align = "left"
    height: float = inf  # how far several lines may reach

    def settled(self, text: str) -> Block:
        """The text as it stands here."""
        return squeeze(text, width=self.width, height=self.height, size=self.size)


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """The places of one sort of page, made once: who draws many such pages keeps what belongs to them."""

    places: tuple[Slot, ...]


class _Advances(dict[str, float]):
    """Character → its width at one point, of those that the face of the paper draws each for itself."""

    def __missing__(self, char: str) -> float:
        face = fonts.face_for(char)
        if face is None or face != fonts.face_for("一") or char > "\uffff":
            raise KeyError(char)
        self[char] = width = stringWidth(char, face, 1) * POINT
        return width


advance = _Advances().__getitem__


def width_of(text: str, size: float, face: str = "") -> float:
    """The width of a line in millimetres, in `face` as far as that has the characters. Raises fonts.Undrawable."""
    return _breadth(text, face) * size


@lru_cache(maxsize=1 << 16)
def _stretches(text: str, face: str) -> tuple[tuple[str, str], ...]:
    """Kept, because the words of a form come again on every page."""
    return tuple(fonts.runs(text, first=face))


@lru_cache(maxsize=1 << 16)
def _breadth(text: str, face: str) -> float:
    """The width at one point."""
    if not face:
        try:
            return sum(map(advance, text))
        except KeyError:
            pass  # a rare character: the face decides
    return float(sum(stringWidth(stretch, used, 1) for used, stretch in _stretches(text, face)) * POINT)


@lru_cache(maxsize=1 << 16)
def settle(text: str, *, width: float, size: float, face: str = "") -> Block:
    """Set the text as large as `size`: on one line if it can be, shrunk a little if it must, else on several lines."""
    natural = width_of(text, size, face)
    if natural <= width:
        return Block(size, (text,))
    if natural * LEAST <= width:
        return Block(size * width / natural, (text,))
    return Block(size * LEAST, tuple(_broken(text, width, size * LEAST, face)))


def squeeze(text: str, *, width: float, height: float, size: float, face: str = "") -> Block:
    """As `settle`, and smaller still until it is no higher than `height`.

    What would have to be smaller than SMALLEST is cut, and ends with dots: nobody could read it, and a text of a
    hundred thousand characters would be set for half a minute.
    """
    if height == inf:
        return settle(text, width=width, size=size, face=face)
    text = text[: _most_characters(width, height)]
    natural = width_of(text, 1, face)
    while natural * size * LEAST > width and natural * (size * LEAST) ** 2 * LEADING * POINT > width * height:
        size *= 0.95  # its lines would need more than the whole place
    size = max(size, SMALLEST)
    block = settle(text, width=width, size=size, face=face)
    while block.height > height and len(block.lines) > 1 and size > SMALLEST:
        size = max(SMALLEST, size * 0.95)
        block = settle(text, width=width, size=size, face=face)
    return block if block.height <= height else _cut(block, width, height, face)


def _most_characters(width: float, height: float) -> int:
    """More than can stand there at the smallest size, even narrow ones."""
    lines = int(height / Block(SMALLEST * LEAST, ("",)).height) + 1
    return lines * int(width / (SMALLEST * LEAST * POINT * NARROW)) + 1


def _cut(block: Block, width: float, height: float, face: str) -> Block:
    """The lines for which there is room, at least one, and dots behind them."""
    count = max(1, int(height / Block(block.size, ("",)).height))
    *lines, last = block.lines[:count]
    while last and width_of(last + DOTS, block.size, face) > width:
        last = last[:-1]
    return Block(block.size, (*lines, last + DOTS))


def _broken(text: str, width: float, size: float, face: str) -> Iterator[str]:
    line = ""
    for unit in _units(fonts.set_text(text), width, size, face):  # no accent is left without its letter
        if line and width_of(line + unit, size, face) > width:
            yield line.rstrip()
            line = unit.lstrip()
        else:
            line += unit
    yield line.rstrip()


def _units(text: str, width: float, size: float, face: str) -> Iterator[str]:
    """The pieces that are not broken; one that is wider than the line alone falls into its characters."""
    for unit in UNIT.findall(text):
        if width_of(unit, size, face) <= width:
            yield unit
        else:
            yield from unit


MARK_GREY, MARK_LEFT, MARK_WIDTH = 0.45, 12.0, 186.0


class Sheet:
    """One document being drawn, page after page."""

    def __init__(self, canvas: Canvas, height: float, *, mark: str = "") -> None:
        self._canvas = canvas
        self._mark = mark
        self._height = height
        self.face = ""  # which face draws what it can, where it is not the first

    def text(self, x: float, y: float, text: str, size: float, align: Align = "left", *, width: float = inf) -> None:
        """Write one line whose baseline is at `y`; `x` is its left end, middle or right end.

        Where it would be wider than `width`, it is as much smaller: for what somebody typed, whose length nobody knows.
        """
        stretches = _stretches(text, self.face)
        if width < inf and (natural := width_of(text, size, self.face)) > width:
            size *= width / natural
        if align != "left":
            x -= width_of(text, size, self.face) * (0.5 if align == "centre" else 1)
        pen = self._canvas.beginText(x * mm, self._up(y))
        for face, stretch in stretches:
            pen.setFont(face, size)
            pen.textOut(stretch)
        self._canvas.drawText(pen)

    def block(self, x: float, middle: float, block: Block, align: Align = "left") -> None:
        """Write the lines one under the other, centred on the height `middle`."""
        step = block.size * LEADING * POINT
        y = middle - step * (len(block.lines) - 1) / 2 + block.size * RISE * POINT
        for number, line in enumerate(block.lines):
            self.text(x, y + number * step, line, block.size, align)

    def fill(self, slots: Slots, texts: Sequence[str]) -> None:
        """Write each text into its place; an empty one leaves it empty."""
        for slot, text in zip(slots.places, texts, strict=True):
            if text:
                self.block(slot.x, slot.middle, slot.settled(text), slot.align)

    def fill_often(self, slots: Slots, texts: tuple[str, ...]) -> None:
        """The same for texts of which many pages have the same: who keeps pages may keep them once."""
        self.fill(slots, texts)

    def fill_row(self, down: float, slots: tuple[Slots, Slots], texts: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        """A row of a table, so far down: first what is its own, then what many rows have the same."""
        with self.shifted(0, down):
            self.fill(slots[0], texts[0])
            self.fill_often(slots[1], texts[1])

    def baseline(self, slot: Slot, size: float) -> float:
        """Where a single line stands in its place, in points from the lower edge."""
        return self._up(slot.middle + size * RISE * POINT)

    def once(self, key: Hashable, draw: Callable[["Sheet"], None]) -> None:  # noqa: ARG002 - for who keeps pages
        """Draw what the same key draws on every page: who keeps pages may keep it once."""
        draw(self)

    def code(self, x: float, y: float, side: float, text: str) -> None:
        """A QR code from its top left corner."""
        self.squares(x, y, side, code_of(text).rows)

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.2) -> None:
        self._canvas.setLineWidth(weight * mm)
        self._canvas.line(x1 * mm, self._up(y1), x2 * mm, self._up(y2))

    def box(self, x: float, y: float, width: float, height: float, weight: float = 0.2) -> None:
        self._canvas.setLineWidth(weight * mm)
        self._canvas.rect(x * mm, self._up(y + height), width * mm, height * mm)

    def squares(self, x: float, y: float, side: float, rows: Sequence[Sequence[int]]) -> None:
        """Fill the ones of a square pattern, such as a QR code, `side` millimetres wide: one path, sharp everywhere."""
        step = side / len(rows)
        path = self._canvas.beginPath()
        for line, row in enumerate(rows):
            start = 0
            for filled, run in groupby(row, key=bool):
                length = len(list(run))
                if filled:
                    top = self._up(y + (line + 1) * step)
                    path.rect((x + start * step) * mm, top, length * step * mm, step * mm)
                start += length
        self._canvas.drawPath(path, stroke=0, fill=1)

    def picture(self, x: float, y: float, width: float, height: float, jpeg: bytes) -> None:
        """Lay a picture into a box, whole and undistorted, in its middle."""
        image = ImageReader(BytesIO(jpeg))
        place = (x * mm, self._up(y + height), width * mm, height * mm)
        self._canvas.drawImage(image, *place, preserveAspectRatio=True, anchor="c")

    @contextmanager
    def turned(self, x: float, y: float, degrees: float, colour: tuple[float, float, float]) -> Iterator[None]:
        """Draw in another colour, turned about a point, as a stamp falls on paper."""
        self._canvas.saveState()
        self._canvas.setFillColorRGB(*colour)
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.translate(x * mm, self._up(y))
        self._canvas.rotate(degrees)
        self._canvas.translate(-x * mm, -self._up(y))
        yield
        self._canvas.restoreState()

    @contextmanager
    def shifted(self, x: float, y: float) -> Iterator[None]:
        """Draw further to the right and further down."""
        self._canvas.saveState()
        self._canvas.translate(x * mm, -y * mm)
        yield
        self._canvas.restoreState()

    @contextmanager
    def dashed(self) -> Iterator[None]:
        self._canvas.saveState()
        self._canvas.setDash([1.5 * mm, 1.5 * mm])
        self._canvas.setStrokeGray(0.6)
        yield
        self._canvas.restoreState()

    def next_page(self) -> None:
        if self._mark:
            self._draw_mark()
        self._canvas.showPage()

    def _draw_mark(self) -> None:
        """Whose copy it is, small and grey at the foot of the page: 水印."""
        self._canvas.saveState()
        self._canvas.setFillGray(MARK_GREY)
        self.block(MARK_LEFT, self._height - 4.5, squeeze(self._mark, width=MARK_WIDTH, height=4, size=7))
        self._canvas.restoreState()

    def _up(self, y: float) -> float:
        return float((self._height - y) * mm)


def pdf(draw: Callable[[Sheet], None], *, title: str, author: str, paper: Paper = A4, mark: str = "") -> bytes:
    """A PDF whose pages `draw` makes; it ends each of them with `next_page`. Raises fonts.Undrawable."""
    out = BytesIO()
    with drawing:
        # Without a first font of ours every page names Helvetica, which is not embedded.
        first = fonts.face_for("一")
        canvas = Canvas(out, pagesize=(paper.width * mm, paper.height * mm), initialFontName=first, lang="zh-CN")
        canvas.setTitle(title)
        canvas.setAuthor(author)
        canvas.setSubject(title)
        canvas.setCreator("参保")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.setViewerPreference("PrintScaling", "None")
        draw(Sheet(canvas, paper.height, mark=mark))
        canvas.save()
    return out.getvalue()
