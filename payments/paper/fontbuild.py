"""字体生成: turn the CFF outlines of the installed Noto packages into the TrueType files that reportlab can embed."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.transform import Offset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._g_l_y_f import Glyph

# In order of preference: a later font gives only the characters that no earlier one has. The first is the face of
# the paper; the Traditional and Japanese cuts of the same family add some two thousand rare characters (𠮷 among them).
SOURCES = (
    ("pylopdf_fonts_zh_cn", "serif_path"),
    ("pylopdf_fonts_zh_tw", "serif_path"),
    ("pylopdf_fonts_jp", "serif_path"),
    ("pylopdf_fonts_zh_cn", "sans_path"),
)
RECIPE = 1  # raise it when the code below makes other files from the same packages
TOLERANCE = 1.0  # thousandths of an em by which a quadratic curve may leave the cubic one
NAMES_KEPT = {0, 1, 2, 3, 4, 5, 6, 13, 14}  # copyright, names, version, licence and its address
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Outline:
    """One glyph as `glyf` bytes, with what the tables around it must know."""

    data: bytes
    advance: int
    bounds: tuple[int, int, int, int]
    points: int
    contours: int


def stamp() -> str:
    """The name of a finished set: it changes with the packages and with this code, so that a set is never stale."""
    packages = sorted({package for package, _ in SOURCES})
    return "-".join([f"v{RECIPE}", *(version(package) for package in packages)])


def finished(folder: Path) -> tuple[Path, ...]:
    """The set's files in order of preference; none before it has been built."""
    return tuple(sorted((folder / stamp()).glob("*.ttf")))


def packaged() -> tuple[Path, ...]:
    """The CFF fonts of the installed packages, in order of preference."""
    return tuple(getattr(import_module(package), function)() for package, function in SOURCES)


def build(folder: Path, say: Callable[[str], None] = print, sources: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Make the TrueType files under `folder` unless they are there; return them in order of preference.

    Safe when two processes do it at once (the second waits, then finds the work done) and when one is killed
    in the middle (files are written aside and moved into place together).
    """
    if not finished(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / "lock"):
            if not finished(folder):
                _make_all(folder / stamp(), sources or packaged(), say)
    return finished(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the file's lock; the system gives it back even if this process dies."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _make_all(done: Path, sources: Sequence[Path], say: Callable[[str], None]) -> None:
    for left_over in done.parent.glob("unfinished-*"):
        shutil.rmtree(left_over)
    aside = Path(tempfile.mkdtemp(prefix="unfinished-", dir=done.parent))
    started = time.monotonic()
    try:
        # Spawned, not forked: the caller may have threads. Such a caller must be an importable module, as
        # payments.paper.fonts is, for its processes import it again.
        with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
            have: set[int] = set()
            for number, source in enumerate(sources, start=1):
                wanted = _wanted(source, have)
                say(f"生成字体 {number}/{len(sources)}：{source.stem}，{len(wanted)}个字符 …")
                _make(source, wanted, pool).save(aside / f"{number}-{source.stem}.ttf")
                have |= wanted.keys()
        aside.chmod(0o755)
        aside.rename(done)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    say(f"字体已生成，用时{time.monotonic() - started:.0f}秒：{done}")


def _wanted(source: Path, have: set[int]) -> dict[int, str]:
    """Code point → glyph name, of the characters that are still missing; reportlab wants a space in every face."""
    with TTFont(source, lazy=True) as font:
        return {code: name for code, name in font.getBestCmap().items() if code not in have or code == 0x20}


def _make(source: Path, wanted: dict[int, str], pool: ProcessPoolExecutor) -> TTFont:
    """A TrueType font of just the wanted characters, with the names and metrics of its source."""
    order = list(dict.fromkeys([".notdef", *wanted.values()]))
    rest = iter(order)
    chunks = list(iter(lambda: list(islice(rest, CHUNK)), []))
    outlines: dict[str, Outline] = {}
    for part in pool.map(_outlines, [source] * len(chunks), chunks):
        outlines.update(part)
    return _assemble(source, order, wanted, outlines)


def _outlines(source: Path, names: list[str]) -> dict[str, Outline]:
    """Convert these glyphs' cubic curves; runs in a process of its own."""
    with TTFont(source, lazy=True) as font:
        glyphs, cmap = font.getGlyphSet(), font.getBestCmap()
        # These fonts set a narrow 1; in a column of money every figure takes the same room.
        figures = {cmap[ord(figure)] for figure in "0123456789" if ord(figure) in cmap}
        cell = max((glyphs[name].width for name in figures), default=0)
        return {name: _outline(glyphs[name], cell if name in figures else glyphs[name].width) for name in names}


def _outline(cubic: Any, advance: int) -> Outline:
    pen = TTGlyphPen(None)
    centred = TransformPen(Cu2QuPen(pen, TOLERANCE, reverse_direction=True), Offset((advance - cubic.width) // 2))
    cubic.draw(centred)
    glyph = pen.glyph()
    if not glyph.numberOfContours:
        return Outline(b"", advance, (0, 0, 0, 0), 0, 0)
    data = glyph.compile(None)  # this also works out the bounds
    bounds = (glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax)
    return Outline(data, advance, bounds, len(glyph.coordinates), glyph.numberOfContours)


def _assemble(source: Path, order: list[str], wanted: dict[int, str], outlines: dict[str, Outline]) -> TTFont:
    with TTFont(source, lazy=True) as cff:
        builder = FontBuilder(cff["head"].unitsPerEm, isTTF=True)
        builder.font.recalcBBoxes = False  # worked out from the outlines, so that no glyph need be read again
        builder.setupGlyphOrder(order)
        builder.setupCharacterMap(wanted)
        builder.font["loca"], builder.font["glyf"] = newTable("loca"), newTable("glyf")
        builder.font["glyf"].glyphs = {name: Glyph(outlines[name].data) for name in order}
        builder.font["glyf"].glyphOrder = order
        builder.setupHorizontalMetrics({name: (outlines[name].advance, outlines[name].bounds[0]) for name in order})
        builder.setupHorizontalHeader(ascent=cff["hhea"].ascent, descent=cff["hhea"].descent)
        for table in ("name", "OS/2"):
            builder.font[table] = cff[table]
        builder.font["name"].names = [
            record for record in cff["name"].names if record.nameID in NAMES_KEPT and record.platformID == 3
        ]
        builder.setupPost(keepGlyphNames=False)
    _set_extents(builder.font, [outlines[name] for name in order])
    return builder.font


def _set_extents(font: TTFont, outlines: list[Outline]) -> None:
    """Fill in what fontTools would work out itself by reading every glyph again."""
    inked = [outline for outline in outlines if outline.contours]
    head, maxp, hhea = font["head"], font["maxp"], font["hhea"]
    head.xMin, head.yMin = (min(outline.bounds[side] for outline in inked) for side in (0, 1))
    head.xMax, head.yMax = (max(outline.bounds[side] for outline in inked) for side in (2, 3))
    maxp.numGlyphs = len(outlines)
    maxp.maxPoints = max(outline.points for outline in inked)
    maxp.maxContours = max(outline.contours for outline in inked)
    hhea.advanceWidthMax = max(outline.advance for outline in outlines)
    hhea.minLeftSideBearing = head.xMin
    hhea.xMaxExtent = head.xMax
    hhea.minRightSideBearing = min(outline.advance - outline.bounds[2] for outline in inked)
