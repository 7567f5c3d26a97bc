"""套打: the page is turned into a picture, and every field is looked for where the layout says it stands."""

import re
from dataclasses import replace
from io import BytesIO

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageOps

from common.decision import Refusal
from payments.paper.binding import bind
from payments.paper.stream import streamed
from payments.printing.overprint import DEFAULT, LABELS, LINES, Field, Layout, Placed, layout_of, placed
from payments.printing.overprint_pdf import Offset, calibration_pdf, crosses, draw_overprinted, sample, sample_pdf
from tests.payments.test_receipt_pdf import a_line, a_receipt, pages_of

DOTS = 20  # to a millimetre: half a millimetre is ten of them
NEAR = 0.5
RECEIPT = replace(sample(), demo=False)
# Another shape: small stock, every word that the default leaves out, fields aligned otherwise.
OTHER = Layout(
    width=190.0,
    height=93.0,
    rows=3,
    pitch=6.0,
    face="",
    fields=(
        Field("copy_label", 150, 8, 30, "left", 9),
        Field("title", 40, 9, 100, "centre", 14),
        Field("year", 20, 18, 12, "right", 10),
        Field("month", 40, 18, 8, "centre", 10),
        Field("day", 52, 18, 8, "left", 10),
        Field("address", 20, 26, 80, "left", 10),
        Field("persons", 120, 26, 10, "centre", 10),
        Field("line_name", 20, 38, 40, "right", 11),
        Field("line_payable", 70, 38, 30, "left", 11),
        Field("tendered", 20, 66, 30, "right", 10),
        Field("change", 60, 66, 30, "centre", 10),
        Field("banked", 20, 73, 150, "left", 10),
        Field("capitals", 20, 80, 100, "left", 16),
    ),
)


def picture_of(content: bytes, page: int = 0) -> Image.Image:
    """A page as black on white."""
    return pdfium.PdfDocument(content)[page].render(scale=DOTS * 25.4 / 72).to_pil().convert("L")


def ink_in(picture: Image.Image, each: Placed) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the ink in and around a field's box, in millimetres."""
    around = (each.x - 0.8, each.y - each.height / 2, each.x + each.width + 0.8, each.y + each.height / 2)
    box = tuple(round(edge * DOTS) for edge in around)
    found = ImageOps.invert(picture.crop(box)).point(lambda depth: 255 if depth > 100 else 0).getbbox()
    assert found, f"nothing was printed for {each.name}"
    left, top, right, bottom = (edge / DOTS for edge in found)
    return around[0] + left, around[1] + top, around[0] + right, around[1] + bottom


def off_by(picture: Image.Image, each: Placed) -> tuple[float, float]:
    """How far the ink lies from where the layout wants it, to the right and downwards."""
    left, top, right, bottom = ink_in(picture, each)
    edge = {"left": left, "centre": (left + right) / 2, "right": right}[each.align]
    return edge - each.anchor, (top + bottom) / 2 - each.y


@pytest.mark.parametrize("layout", [pytest.param(DEFAULT, id="241×140"), pytest.param(OTHER, id="190×93")])
def test_every_field_is_found_where_the_layout_says_within_half_a_millimetre(layout: Layout):
    sheet, canvas = streamed(layout.paper)
    draw_overprinted(sheet, [RECEIPT], layout)
    out = BytesIO()
    bind(out, [canvas.part()], paper=layout.paper, title="套打", author="参保")
    picture = picture_of(out.getvalue())

    wrong = {}
    for each in placed(layout, RECEIPT):
        right, down = off_by(picture, each)
        if abs(right) > NEAR or abs(down) > NEAR:
            wrong[each.name, each.text] = (right, down)

    assert picture.size == pytest.approx((layout.width * DOTS, layout.height * DOTS), abs=1)
    assert not wrong


def test_between_them_the_layouts_tried_have_every_word():
    assert {field.name for layout in (DEFAULT, OTHER) for field in layout.fields} == set(LABELS)


def test_a_printers_offset_moves_everything_by_as_much():
    moved = picture_of(sample_pdf(OTHER, Offset(1.5, -2.0)))

    for each in placed(OTHER, sample()):
        right, down = off_by(moved, replace(each, x=each.x + 1.5, y=each.y - 2.0))
        assert (abs(right) < NEAR, abs(down) < NEAR) == (True, True), each.name


def test_a_large_family_shares_the_height_of_the_rows_and_none_is_left_out():
    family = a_receipt(*[a_line(f"成员{place}") for place in range(14)])
    sheet, canvas = streamed(DEFAULT.paper)
    draw_overprinted(sheet, [family], DEFAULT)
    out = BytesIO()
    bind(out, [canvas.part()], paper=DEFAULT.paper, title="套打", author="参保")

    (text,) = pages_of(out.getvalue())
    assert sorted(re.findall(r"成员\d+", text), key=lambda name: int(name[2:])) == [
        f"成员{place}" for place in range(14)
    ]
    names = [each for each in placed(DEFAULT, family) if each.name == "line_name"]
    first = next(field for field in DEFAULT.fields if field.name == "line_name")
    assert names[0].y - names[0].height / 2 == pytest.approx(first.y - DEFAULT.pitch / 2)
    assert names[-1].y + names[-1].height / 2 == pytest.approx(first.y + DEFAULT.pitch * (DEFAULT.rows - 0.5))


def test_more_members_than_the_smallest_type_holds_are_refused_rather_than_cut():
    family = a_receipt(*[a_line()] * (DEFAULT.most_lines + 1))

    with pytest.raises(ValueError, match="do not fit"):
        list(placed(DEFAULT, family))


def test_a_repeat_says_so_and_a_void_receipt_is_stamped_whatever_the_layout_is():
    (again,) = pages_of(sample_pdf(OTHER))
    sheet, canvas = streamed(OTHER.paper)
    draw_overprinted(sheet, [replace(RECEIPT, voided=True, copy_label="")], OTHER)
    out = BytesIO()
    bind(out, [canvas.part()], paper=OTHER.paper, title="套打", author="参保")

    assert "补打 第2次" in again
    assert "演示 不作凭证" in again
    assert "作　废" in pages_of(out.getvalue())[0]


def changed(**more: object) -> dict[str, object]:
    return DEFAULT.data() | more


def with_field(**more: object) -> dict[str, object]:
    first, *rest = DEFAULT.data()["fields"]
    return changed(fields=[first | more, *rest])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(changed(width=20.0), "纸宽20毫米", id="纸太窄"),
        pytest.param(changed(rows=0), "成员行数", id="没有行"),
        pytest.param(changed(rows=15), "最低处在155毫米", id="行出了纸"),
        pytest.param(with_field(x=230.0), "超出了241毫米宽", id="栏目出了纸"),
        pytest.param(with_field(size=3.0), "字号", id="字太小"),
        pytest.param(with_field(name="password"), "不认识", id="没有这个栏目"),
        pytest.param(with_field(name="payer"), "出现了两次", id="同一栏目两次"),
        pytest.param(changed(fields=[]), "补打标记没有位置", id="补打没有位置"),
        pytest.param({"width": 241.0}, "不完整", id="缺内容"),
        pytest.param(with_field(colour="red"), "不完整", id="多内容"),
    ],
)
def test_a_layout_that_cannot_be_printed_is_refused_in_words(data: dict[str, object], told: str):
    with pytest.raises(Refusal, match=told):
        layout_of(data)


def test_a_layout_reads_back_from_its_own_data():
    assert layout_of(DEFAULT.data()) == DEFAULT
    assert set(LINES) < set(LABELS)


def test_the_calibration_page_has_its_crosses_at_their_millimetres():
    picture = picture_of(calibration_pdf(DEFAULT.paper, printer="东窗口", offset=Offset()))

    for x, y in crosses(DEFAULT.paper):
        here = round(x * DOTS), round(y * DOTS)
        assert min(picture.getpixel((here[0] + dx, here[1] + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)) < 60
        arm = ImageOps.invert(picture.crop((here[0] - 70, here[1] - 3, here[0] + 70, here[1] + 3)))
        assert arm.point(lambda depth: 255 if depth > 100 else 0).getbbox()[::2] == (10, 130)
