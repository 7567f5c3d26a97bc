"""Which characters can be printed: the generated faces, the office's own, and what is refused."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from payments.paper import fontbuild, fonts
from payments.paper.fonts import TypeCase, Undrawable

FIRST_OF_EXT_B = "𠀀"  # U+20000, which none of the packages has


@pytest.fixture(scope="module")
def packaged() -> TypeCase:
    """The generated faces alone, whatever fonts this machine has."""
    fonts.warm_up()
    return TypeCase(lambda: iter(fontbuild.finished(fonts.folder())))


def square_font(text: str, *, name: str = "Office", blank: str = "") -> FontBuilder:
    """A TrueType font that draws a square for every character but the blank ones."""
    pen = TTGlyphPen(None)
    for move, point in ((pen.moveTo, (0, 0)), (pen.lineTo, (0, 900)), (pen.lineTo, (900, 900)), (pen.lineTo, (900, 0))):
        move(point)
    pen.closePath()
    square, empty = pen.glyph(), TTGlyphPen(None).glyph()
    glyphs = {f"u{ord(char):05X}": empty if char in blank else square for char in text}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *glyphs])
    builder.setupCharacterMap({ord(char): f"u{ord(char):05X}" for char in text})
    builder.setupGlyf({".notdef": empty, **glyphs})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *glyphs], (1000, 0)))
    return finish(builder, name)


def cff_font(text: str) -> FontBuilder:
    """A small CFF font such as the packages carry."""
    pen = T2CharStringPen(1000, None)
    pen.moveTo((100, 0))
    pen.curveTo((100, 400), (400, 800), (900, 800))
    pen.closePath()
    drawn = pen.getCharString()
    names = [f"u{ord(char):05X}" for char in text]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap({ord(char): name for char, name in zip(text, names, strict=True)})
    builder.setupCFF("Small", {}, dict.fromkeys([".notdef", *names], drawn), {})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names], (1000, 100)))
    return finish(builder, "Small")


def finish(builder: FontBuilder, name: str) -> FontBuilder:
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": f"{name}-Regular"})
    builder.setupOS2()
    builder.setupPost()
    return builder


@pytest.mark.parametrize(
    ("text", "face"),
    [
        pytest.param("张", "NotoSerifSC-Regular", id="常用字"),
        pytest.param("𬱖", "NotoSerifSC-Regular", id="𬱖 U+2CC56 扩展E"),
        pytest.param("䶮", "NotoSerifSC-Regular", id="䶮 U+4DAE 扩展A"),
        pytest.param("㐂", "NotoSerifSC-Regular", id="㐂 U+3402 扩展A"),
        pytest.param("𠮷", "NotoSerifJP-Regular", id="𠮷 U+20BB7 扩展B"),
        pytest.param("𠝹", "NotoSerifTC-Regular", id="𠝹 U+20779 香港增补"),
        pytest.param("𱁬", "NotoSansSC-Regular", id="𱁬 U+3106C 扩展G"),
        pytest.param("·", "NotoSerifSC-Regular", id="间隔号 U+00B7"),
        pytest.param("A", "NotoSerifSC-Regular", id="拉丁字母"),
        pytest.param("é", "NotoSerifSC-Regular", id="带调字母"),
        pytest.param("\u3000", "NotoSerifSC-Regular", id="全角空格"),
    ],
)
def test_a_character_is_drawn_by_the_first_face_that_has_it(packaged: TypeCase, text: str, face: str):
    assert packaged.runs(text) == [(face, text)]


def test_a_text_is_cut_where_the_face_changes(packaged: TypeCase):
    runs = packaged.runs("李𠮷祥·A")

    assert runs == [
        ("NotoSerifSC-Regular", "李"),
        ("NotoSerifJP-Regular", "𠮷"),
        ("NotoSerifSC-Regular", "祥·A"),
    ]


@pytest.mark.parametrize(
    "char",
    [
        pytest.param(FIRST_OF_EXT_B, id="字库没有"),
        pytest.param("\ue000", id="自造字区"),
        pytest.param("\n", id="换行"),
        pytest.param("م", id="阿拉伯字母"),
        pytest.param("བ", id="藏文"),
        pytest.param("\u0331", id="不能合成的附加符"),
    ],
)
def test_what_no_face_draws_is_named_once_and_nothing_is_cut(packaged: TypeCase, char: str):
    text = f"张x{char}明x{char}"

    assert packaged.undrawable(text) == (char,)
    with pytest.raises(Undrawable) as refused:
        packaged.runs(text)
    assert f"U+{ord(char):04X}" in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        pytest.param("e\u0301", "é", id="字母与声调合为一字"),
        pytest.param("e\u0302\u0301", "ế", id="两个附加符依次合成"),
        pytest.param("葛\U000e0100", "葛", id="表意文字异体选择符不单独成形"),
        pytest.param("齐\ufe00", "齐", id="标准异体选择符不单独成形"),
        pytest.param("张\u200b明\ufeff", "张明", id="零宽字符不印"),
        pytest.param("\uf9d1", "\uf9d1", id="兼容汉字不被替换"),
    ],
)
def test_marks_and_selectors_become_what_type_can_set(packaged: TypeCase, typed: str, printed: str):
    assert packaged.undrawable(typed) == ()
    assert "".join(text for _, text in packaged.runs(typed)) == printed


def test_every_character_of_the_packages_is_kept_with_its_ink():
    fonts.warm_up()
    built = [TTFont(path) for path in fontbuild.finished(fonts.folder())]
    inked: dict[int, bool] = {}
    for font in reversed(built):
        inked |= {code: font["glyf"][name].numberOfContours > 0 for code, name in font.getBestCmap().items()}

    wanted: set[int] = set()
    for source in fontbuild.packaged():
        wanted |= TTFont(source).getBestCmap().keys()

    assert len(wanted) > 33_000
    assert inked.keys() == wanted
    assert {chr(code) for code, ink in inked.items() if not ink} == {" ", "\xa0", "\u2002", "\u2003", "\u3000"}


def test_figures_all_take_the_same_room():
    fonts.warm_up()
    font = TTFont(fontbuild.finished(fonts.folder())[0])
    cmap, widths = font.getBestCmap(), font["hmtx"]

    assert len({widths[cmap[ord(figure)]][0] for figure in "0123456789"}) == 1


def test_the_office_can_add_a_font(packaged: TypeCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "rare").mkdir()
    square_font("张" + FIRST_OF_EXT_B).save(tmp_path / "rare" / "office.ttf")
    monkeypatch.setenv("CANBAO_FONT_DIRS", f"/nowhere/at/all:{tmp_path}")

    runs = TypeCase(fonts.installed).runs("张" + FIRST_OF_EXT_B)

    assert runs == [("NotoSerifSC-Regular", "张"), ("Office-Regular", FIRST_OF_EXT_B)]
    assert packaged.undrawable(FIRST_OF_EXT_B) == (FIRST_OF_EXT_B,)


def test_every_face_of_a_collection_is_looked_at(tmp_path: Path):
    collection = TTCollection()
    collection.fonts = [square_font("甲", name="One").font, square_font("乙", name="Two").font]
    collection.save(tmp_path / "both.ttc")

    case = TypeCase(lambda: iter([tmp_path / "both.ttc"]))

    assert [text for _, text in case.runs("甲乙")] == ["甲", "乙"]


def test_a_font_that_cannot_be_used_is_passed_over_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    good = tmp_path / "good.ttf"
    square_font("甲").save(good)
    (tmp_path / "cut.ttf").write_bytes(good.read_bytes()[:300])
    (tmp_path / "empty.ttf").write_bytes(b"")
    (tmp_path / "text.ttf").write_text("这不是字体")
    cff_font("甲").save(tmp_path / "cff.otf")
    names = ("cut.ttf", "empty.ttf", "text.ttf", "cff.otf", "gone.ttf", "good.ttf")

    case = TypeCase(lambda: iter(tmp_path / name for name in names))

    assert case.runs("甲") == [("Office-Regular", "甲")]
    for name in names[:-1]:
        assert name in caplog.text


def test_a_glyph_without_ink_is_no_glyph(tmp_path: Path):
    square_font("甲乙\u3000", blank="乙\u3000").save(tmp_path / "office.ttf")

    case = TypeCase(lambda: iter([tmp_path / "office.ttf"]))

    assert case.undrawable("甲乙\u3000") == ("乙",)


def test_a_failure_to_make_the_fonts_is_not_taken_for_a_lack_of_characters(tmp_path: Path):
    square_font("甲").save(tmp_path / "office.ttf")
    disk_is_full = True

    def files():
        if disk_is_full:
            raise subprocess.CalledProcessError(1, "build")
        yield tmp_path / "office.ttf"

    case = TypeCase(files)
    with pytest.raises(subprocess.CalledProcessError):
        case.undrawable("甲")
    disk_is_full = False

    assert case.undrawable("甲") == ()


def test_two_who_build_at_once_do_the_work_once(tmp_path: Path):
    source = tmp_path / "small.otf"
    cff_font("甲乙 1").save(source)
    said: list[str] = []

    with ThreadPoolExecutor(2) as two:
        made = list(two.map(lambda _: fontbuild.build(tmp_path / "fonts", said.append, [source]), range(2)))

    assert made[0] == made[1] == fontbuild.finished(tmp_path / "fonts")
    assert len([line for line in said if "生成字体 1/1" in line]) == 1
    assert sorted(path.name for path in (tmp_path / "fonts").iterdir()) == sorted(["lock", fontbuild.stamp()])


def test_a_later_font_gives_only_what_earlier_ones_lack(tmp_path: Path):
    sources = [tmp_path / "a.otf", tmp_path / "b.otf"]
    cff_font("甲乙 ").save(sources[0])
    cff_font("乙丙 ").save(sources[1])

    first, second = fontbuild.build(tmp_path / "fonts", lambda _: None, sources)

    assert {chr(code) for code in TTFont(first).getBestCmap()} == set("甲乙 ")
    assert {chr(code) for code in TTFont(second).getBestCmap()} == set("丙 ")


def test_a_build_that_is_killed_leaves_nothing_that_counts(tmp_path: Path):
    environment = os.environ | {"CANBAO_STATE_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "payments.paper.fonts", "build"],
        cwd=fonts.PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert "生成字体 1/" in process.stdout.readline()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    left = [path.name for path in (tmp_path / "fonts").iterdir()]
    assert fontbuild.finished(tmp_path / "fonts") == ()
    assert any(name.startswith("unfinished-") for name in left)

    source = tmp_path / "small.otf"
    cff_font("甲").save(source)
    fontbuild.build(tmp_path / "fonts", lambda _: None, [source])

    assert sorted(path.name for path in (tmp_path / "fonts").iterdir()) == sorted(["lock", fontbuild.stamp()])
