"""套打预览: a layout's words over the picture of the stock, in millimetres, for the browser to draw."""

from collections.abc import Iterator
from dataclasses import dataclass

from payments.paper.sheet import LEADING, POINT, RISE, squeeze, width_of
from payments.printing.overprint import LABELS, Layout, Placed, placed
from payments.printing.overprint_pdf import sample

ANCHORS = {"left": "start", "centre": "middle", "right": "end"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: its anchor point, its size and length, as SVG wants them."""

    x: str
    y: str
    size: str
    length: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One word in its box."""

    label: str
    x: str
    y: str
    width: str
    height: str
    lines: tuple[Line, ...]


def preview(layout: Layout) -> list[Shown]:
    """An invented receipt in the layout. Raises fonts.Undrawable."""
    return [_shown(each, layout.face) for each in placed(layout, sample())]


def _shown(each: Placed, face: str) -> Shown:
    top = each.y - each.height / 2
    box = (_mm(number) for number in (each.x, top, each.width, each.height))
    return Shown(LABELS[each.name], *box, tuple(_lines(each, face)))


def _lines(each: Placed, face: str) -> Iterator[Line]:
    block = squeeze(each.text, width=each.width, height=each.height, size=each.size, face=face)
    step = block.size * LEADING * POINT
    y = each.y - step * (len(block.lines) - 1) / 2 + block.size * RISE * POINT
    for number, text in enumerate(block.lines):
        length = width_of(text, block.size, face)
        place = _mm(each.anchor), _mm(y + number * step), _mm(block.size * POINT), _mm(length)
        yield Line(*place, ANCHORS[each.align], text)


def _mm(number: float) -> str:
    return f"{number:.2f}"
