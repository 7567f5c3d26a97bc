"""Text on a sheet: it fits its place, whatever it is, and nothing of it is lost."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given
from hypothesis import strategies as st
from pypdfium2 import PdfDocument
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from payments.paper.sheet import Sheet, pdf, settle, squeeze, width_of

TEXTS = st.text(alphabet="张买提·一（）《》，。0123456789-*ABab 𬱖𠮷䶮", max_size=120).map(str.strip)
POINTS = 72 / 25.4  # to the millimetre
WIDTHS = st.floats(min_value=6, max_value=120)


def test_a_short_text_keeps_its_size_and_a_slightly_long_one_shrinks_to_one_line():
    assert settle("张建国", width=20, size=10).size == 10
    assert settle("买买提江", width=13, size=10).lines == ("买买提江",)
    assert settle("买买提江", width=13, size=10).size < 10


def test_figures_and_marks_stay_with_what_they_belong_to():
    block = settle("古丽努尔·阿卜杜热合曼，2008-01-01 至 2008-12-31", width=20, size=10)

    assert "2008-01-01 至" in block.lines
    assert "2008-12-31" in block.lines
    assert not any(line.startswith(("，", "·")) for line in block.lines)


@given(text=TEXTS, width=WIDTHS)
def test_no_line_is_wider_than_its_place_and_no_character_is_lost(text: str, width: float):
    block = settle(text, width=width, size=10)

    assert all(width_of(line, block.size) <= width + 0.001 for line in block.lines)
    assert "".join(block.lines).replace(" ", "") == text.replace(" ", "")


@given(text=TEXTS, width=WIDTHS, height=st.floats(min_value=4.2, max_value=30))
def test_a_squeezed_text_is_no_higher_than_its_place(text: str, width: float, height: float):
    block = squeeze(text, width=width, height=height, size=10)

    assert block.height <= height
    assert all(width_of(line, block.size) <= width + 0.001 for line in block.lines)
    assert "".join(block.lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", ["一" * 330_000, "a b " * 20_000, "x" * 70_000, "<" * 50_000])
def test_what_would_have_to_be_smaller_than_anybody_reads_is_cut(text: str):
    block = squeeze(text, width=180, height=6.4, size=8)

    assert block.height <= 6.4
    assert all(width_of(line, block.size) <= 180.001 for line in block.lines)
    assert block.lines[-1].endswith("…")
    assert text.startswith(block.lines[0])


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that take turns after nearly every step, so that they meet in the middle of anything."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_sheets_finished_at_the_same_time_do_not_spoil_each_other(tmp_path: Path, hasty_threads: None):
    letters = [chr(code) for code in range(0xC0, 0x180)]
    composite_font(letters).save(tmp_path / "composite.ttf")
    registerFont(TTFont("Composite", str(tmp_path / "composite.ttf"), asciiReadable=False))

    def sheet_from(start: int) -> bytes:
        def draw(sheet: Sheet) -> None:
            sheet._canvas.setFont("Composite", 10)
            sheet._canvas.drawString(50, 50, "".join(letters[start:]))
            sheet.next_page()

        content = pdf(draw, title="", author="")
        return re.sub(rb"/(Creation|Mod)Date \(.*?\)|/ID\s*\[.*?\]", b"", content, flags=re.DOTALL)

    alone = [sheet_from(start) for start in range(40)]
    assert len(set(alone)) == 40

    with ThreadPoolExecutor(8) as workers:
        together = list(workers.map(sheet_from, range(40)))

    assert [bool(a == b) for a, b in zip(alone, together, strict=True)] == [True] * 40


def composite_font(letters: list[str]) -> FontBuilder:
    """A font whose letters are put together from two parts, as an accented letter is: the parts are looked up."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 500))
    pen.lineTo((500, 0))
    pen.closePath()
    parts = {
        name: pen.glyph() for name in (".notdef", "space", *(f"part{number}" for number in range(len(letters) + 1)))
    }
    whole = {}
    for number, letter in enumerate(letters):
        pen = TTGlyphPen(parts)
        pen.addComponent(f"part{number}", (1, 0, 0, 1, 0, 0))
        pen.addComponent(f"part{number + 1}", (1, 0, 0, 1, 0, 300))
        whole[f"u{ord(letter):04X}"] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([*parts, *whole])
    builder.setupCharacterMap({32: "space", **{ord(letter): f"u{ord(letter):04X}" for letter in letters}})
    builder.setupGlyf({**parts, **whole})
    builder.setupHorizontalMetrics(dict.fromkeys([*parts, *whole], (600, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Composite", "styleName": "Regular", "psName": "Composite-Regular"})
    builder.setupOS2()
    builder.setupPost()
    return builder


def test_an_accent_stays_with_its_letter_where_a_long_name_is_broken():
    name = unicodedata.normalize("NFD", "Ünal") * 12

    block = settle(name, width=20, size=10)

    assert len(block.lines) > 1
    assert "".join(block.lines) == unicodedata.normalize("NFC", name)


def test_a_line_that_is_too_long_for_its_place_is_written_smaller():
    def right_end(width: float) -> float:
        paper = pdf(
            lambda sheet: (sheet.text(20, 20, "一" * 60, 12, width=width), sheet.next_page()), title="一", author="一"
        )
        words = PdfDocument(paper)[0].get_textpage()
        return max(words.get_charbox(place)[2] for place in range(words.count_chars())) / POINTS

    assert right_end(150) == pytest.approx(170, abs=1)
    assert right_end(1000) > 210
