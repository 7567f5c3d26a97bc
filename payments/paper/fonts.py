"""字体: which typeface draws which character on paper, and which characters nothing here can draw."""

import logging
import os
import struct
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics, ttfonts

log = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]
# Where Debian's fonts-hanazono, fonts-babelstone-han and fonts-cns11643-sung lie, when an office installs them.
KNOWN_FOLDERS = tuple(Path("/usr/share/fonts/truetype") / name for name in ("hanazono", "babelstone", "cns11643"))
SUFFIXES = {".ttf", ".ttc", ".otf"}
# Scripts whose letters change shape with their neighbours; reportlab sets one glyph after another.
SHAPED = ((0x0900, 0x109F), (0x1100, 0x11FF), (0x1780, 0x18AF), (0x1A20, 0x1AAF), (0xA8E0, 0xA8FF))


class Undrawable(ValueError):
    """A text holds characters that no typeface here can draw; `characters` are they."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        self.characters = characters
        listed = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in characters)
        super().__init__(f"现有字体不能打印{listed}。请核对是否录错；无误的，请管理员加装含有该字的字体。")


class TypeCase:
    """字盘: the faces in order of preference; one is opened only when all before it lack a character."""

    def __init__(self, files: Callable[[], Iterator[Path]]) -> None:
        self._files = files
        self._unopened: Iterator[ttfonts.TTFont] | None = None
        self._opened: list[ttfonts.TTFont] = []
        self._known: dict[str, str | None] = {}
        self._plain: set[str] = set()
        self._lock = threading.Lock()

    def face_for(self, char: str) -> str | None:
        """The name by which reportlab knows the first face that draws the character."""
        if char not in self._known:
            with self._lock:
                self._known[char] = None if _needs_more_than_a_glyph(char) else self._find(char)
        return self._known[char]

    def undrawable(self, text: str) -> tuple[str, ...]:
        """The characters of the text that no face draws, each once, in order."""
        if self._plain.issuperset(text):
            return ()
        letters = set_text(text)
        lacking = tuple(dict.fromkeys(char for char in letters if self.face_for(char) is None))
        if letters == text:
            self._plain.update(set(text).difference(lacking))  # drawn as they stand, in whatever text
        return lacking

    def runs(self, text: str, *, first: str = "") -> list[tuple[str, str]]:
        """Cut the text into stretches of one face: (face, stretch). Raises Undrawable.

        `first` names the file of a face that draws whatever it can; what no longer is there changes nothing.
        """
        if lacking := self.undrawable(text):
            raise Undrawable(lacking)
        preferred = self._named(first) if first else None

        def face_of(char: str) -> str | None:
            return str(preferred.fontName) if preferred and _draws(preferred, char) else self.face_for(char)

        return [(face, "".join(chars)) for face, chars in groupby(set_text(text), face_of) if face]

    def _named(self, stem: str) -> ttfonts.TTFont | None:
        with self._lock:
            return next((font for font in self._faces() if Path(font.face.filename).stem == stem), None)

    def _find(self, char: str) -> str | None:
        for font in self._faces():
            if _draws(font, char):
                return str(font.fontName)
        return None

    def _faces(self) -> Iterator[ttfonts.TTFont]:
        """Those already open, then the others, opened one by one as they are asked for."""
        yield from list(self._opened)
        self._unopened = self._unopened or _open_all(self._files())
        while (font := self._open_next(self._unopened)) is not None:
            yield font

    def _open_next(self, unopened: Iterator[ttfonts.TTFont]) -> ttfonts.TTFont | None:
        try:
            font = next(unopened, None)
        except Exception:
            # A full disk, say: start afresh next time rather than call every character undrawable.
            self._unopened = None
            self._opened.clear()
            raise
        if font is not None:
            pdfmetrics.registerFont(font)
            self._opened.append(font)
        return font


def set_text(text: str) -> str:
    """The text as type sets it: accents joined to their letters, characters without a shape of their own left out.

    A variation selector asks for another form of the same character; the ordinary form is printed. Compatibility
    ideographs are left alone: they stand in some registers and are not ours to replace.
    """
    letters: list[str] = []
    for char in text:
        if unicodedata.category(char) == "Cf" or _selects_a_variant(char):
            continue
        if letters and unicodedata.combining(char):
            joined = unicodedata.normalize("NFC", letters[-1] + char)
            if len(joined) == 1:
                letters[-1] = joined
                continue
        letters.append(char)
    return "".join(letters)


def _selects_a_variant(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _needs_more_than_a_glyph(char: str) -> bool:
    """True of what would come out wrong even if a font had it.

    Control characters and loose accents; writing from right to left or with joined letters; and private-use
    characters, under which each font keeps something else.
    """
    if unicodedata.category(char) in {"Cc", "Co", "Cs", "Mn", "Mc", "Me", "Zl", "Zp"}:
        return True
    if unicodedata.bidirectional(char) in {"R", "AL"}:
        return True
    return any(first <= ord(char) <= last for first, last in SHAPED)


def _draws(font: ttfonts.TTFont, char: str) -> bool:
    """Whether the face has a glyph for the character that leaves ink, or is a space."""
    face = font.face
    glyph = face.charToGlyph.get(ord(char), 0)
    if not glyph:
        return False
    return bool(char.isspace() or face.glyphPos[glyph] < face.glyphPos[glyph + 1])


def _open_all(files: Iterator[Path]) -> Iterator[ttfonts.TTFont]:
    """Open the files' faces, each name once."""
    names: set[str] = set()
    for path in files:
        for font in _open_file(path):
            if font.fontName not in names:
                names.add(font.fontName)
                yield font


def _open_file(path: Path) -> list[ttfonts.TTFont]:
    """Open the faces of one file; one that cannot be used is named in the log and passed over."""
    fonts: list[ttfonts.TTFont] = []
    try:
        for index in range(_faces_in(path)):
            # Readable ASCII would put all of it into every PDF.
            font = ttfonts.TTFont(path.stem, str(path), subfontIndex=index, asciiReadable=False, shapable=False)
            font.fontName = (font.face.name + font.face.subfontNameX).decode("latin-1")
            fonts.append(font)
    except (ttfonts.TTFError, OSError, ValueError, LookupError, struct.error) as error:
        log.warning("font %s cannot be used: %s", path, error)
    return fonts


def _faces_in(path: Path) -> int:
    """How many faces a file holds: a collection says so after its tag and version."""
    with path.open("rb") as file:
        tag, _, count = struct.unpack(">4sLL", file.read(12))
    return int(count) if tag == b"ttcf" else 1


def folder() -> Path:
    """Where the generated fonts are kept."""
    return Path(os.environ.get("CANBAO_STATE_DIR") or PROJECT / ".canbao").absolute() / "fonts"


def installed() -> Iterator[Path]:
    """The generated faces, then whatever the office has put into its font folders."""
    yield from _generated()
    yield from _of_the_office()


def _of_the_office() -> Iterator[Path]:
    named = [Path(part) for part in os.environ.get("CANBAO_FONT_DIRS", "").split(":") if part]
    for place in (*named, *KNOWN_FOLDERS):
        yield from sorted(path for path in place.rglob("*") if path.suffix.lower() in SUFFIXES)


def _generated() -> tuple[Path, ...]:
    """The generated faces. Where set-up has not made them, a process of its own does, once: it takes half a minute."""
    from payments.paper import fontbuild  # with all of fontTools, which a command that prints nothing need not load

    if not fontbuild.finished(folder()):
        log.warning("the fonts have not been generated yet; doing it now (python -m payments.paper.fonts build)")
        subprocess.run(
            [sys.executable, "-m", "payments.paper.fonts", "build"], cwd=PROJECT, check=True, stdout=sys.stderr
        )
    return fontbuild.finished(folder())


def choices() -> list[str]:
    """The names of the office's own font files, which `runs` may be told to draw with first."""
    return list(dict.fromkeys(path.stem for path in _of_the_office()))


def to_unicode_map(name: str, codes: list[int]) -> str:
    """reportlab's table from a subset's byte codes back to text, in the place of its own."""
    return to_unicode(name, [(byte, chr(code)) for byte, code in enumerate(codes) if code], width=2)


def to_unicode(name: str, texts: Iterable[tuple[int, str]], *, width: int) -> str:
    """The PDF's table from codes of `width` hexadecimal digits back to text, for searching and copying.

    reportlab writes one number of four or more hexadecimal digits per character, which is right up to U+FFFF only:
    𬱖 (U+2CC56) would read back as two wrong characters. The table wants UTF-16, and at most 100 entries in a block.
    """
    entries = [f"<{code:0{width}X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in texts]
    blocks = [entries[start : start + 100] for start in range(0, len(entries), 100)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            f"<{'0' * width}> <{'F' * width}>",
            "endcodespacerange",
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


ttfonts.makeToUnicodeCMap = to_unicode_map

_case = TypeCase(installed)
face_for = _case.face_for
undrawable = _case.undrawable
runs = _case.runs


def warm_up() -> None:
    """Open the face of the paper now, so that the first receipt of the day does not wait for it."""
    face_for("一")


def main(arguments: list[str]) -> int:
    """`build` makes the fonts; `check TEXT` says which face draws each character of a text."""
    match arguments:
        case ["build"]:
            from payments.paper import fontbuild

            fontbuild.build(folder())
        case ["check", text]:
            for char in set_text(text):
                sys.stdout.write(f"{char}  U+{ord(char):04X}  {face_for(char) or '不能打印'}\n")
        case _:
            sys.stderr.write("用法：python -m payments.paper.fonts build | check 文字\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
