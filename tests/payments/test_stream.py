"""Thousands of pages in one file: what stands on them is what the single receipt says, whoever drew which part."""

from collections.abc import Sequence
from io import BytesIO

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops, ImageFilter

from payments.paper.binding import bind
from payments.paper.qr import code_of
from payments.paper.receipt_pdf import QR_SIDE, ReceiptDocument, draw_receipts, receipts_pdf
from payments.paper.receipt_table import LEFT
from payments.paper.sheet import A4, pdf
from payments.paper.stream import Part, streamed
from payments.printing.places import HALF, THIRD, Form
from tests.payments.test_receipt_pdf import a_line, a_receipt, fonts_of, letters_of, pages_of


def a_part(documents: Sequence[ReceiptDocument], form: Form = HALF) -> Part:
    sheet, canvas = streamed(A4)
    draw_receipts(sheet, documents, form)
    return canvas.part()


def bound(*parts: Part) -> bytes:
    out = BytesIO()
    bind(out, parts, paper=A4, title="批次", author="新浦街道劳动保障所")
    return out.getvalue()


VARIED = [
    a_receipt(number="00000001"),
    a_receipt(a_line("李𬱖·𠮷𠝹A王"), a_line("古丽努尔·买买提"), payer="张䶮", voided=True),
    a_receipt(a_line("𱁬é"), demo=True, copy_label="补打 第2次"),
    a_receipt(*[a_line(name) for name in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午"]),
]


@pytest.mark.parametrize("form", [HALF, THIRD], ids=["每页一张", "每页三张"])
def test_streamed_pages_are_the_pages_of_the_single_receipt(form: Form):
    receipts = [*VARIED, *[a_receipt(*[a_line()] * 3, number=f"0000000{place}") for place in range(5)]]
    content = bound(a_part(receipts, form))
    plain = pdf(lambda sheet: draw_receipts(sheet, receipts, form), title="批次", author="新浦街道劳动保障所")

    assert [text.split() for text in pages_of(content)] == [text.split() for text in pages_of(plain)]
    for both in zip(pdfium.PdfDocument(content), pdfium.PdfDocument(plain), strict=True):
        ours, theirs = (page.render(scale=3).to_pil().convert("L") for page in both)
        for place in range(form.to_a_sheet):
            for picture in (ours, theirs):
                picture.paste(255, around_qr(form, place))  # drawn as a picture here, as rectangles there
        assert unmatched(ours, theirs) is None
        assert unmatched(theirs, ours) is None


def unmatched(picture: Image.Image, other: Image.Image) -> tuple[int, ...] | None:
    """Where a picture is black and the other is light all around: a coordinate rounded otherwise may move a dot."""
    black = picture.point(lambda depth: 255 if depth < 80 else 0)
    light = other.filter(ImageFilter.MinFilter(3)).point(lambda depth: 255 if depth > 170 else 0)
    return ImageChops.darker(black, light).getbbox()


def around_qr(form: Form, place: int) -> tuple[int, ...]:
    """In dots of a picture of three times 72 to the inch."""
    top = place * form.height + form.qr
    edges = (LEFT - 0.5, top - 0.5, LEFT + QR_SIDE + 0.5, top + QR_SIDE + 0.5)
    return tuple(round(edge * 3 * 72 / 25.4) for edge in edges)


def modules_on(content: bytes, page: int, top: float, modules: int) -> list[list[int]]:
    """The QR code whose upper edge is at `top`, read from the middle of each module of the rendered page."""
    dots = 12
    picture = pdfium.PdfDocument(content)[page].render(scale=dots * 25.4 / 72).to_pil().convert("L")
    step = QR_SIDE / modules
    middles = [(place + 0.5) * step for place in range(modules)]
    return [
        [int(picture.getpixel((round((LEFT + x) * dots), round((top + y) * dots))) < 128) for x in middles]
        for y in middles
    ]


@pytest.mark.parametrize("code", ["XP2008", "32070107", "连政收2008", "A-VERY-LONG-CODE-2008"])
def test_the_qr_code_on_paper_is_the_one_of_code_and_number_on_the_single_receipt_and_in_a_run(code: str):
    receipts = [a_receipt(book_code=code, number=f"0001{number:04}") for number in range(3)]
    run, halves = bound(a_part(receipts, THIRD)), receipts_pdf(receipts, title="批次")

    for place, receipt in enumerate(receipts):
        expected = code_of(f"{code}.{receipt.number}").rows
        assert modules_on(run, 0, THIRD.qr + place * THIRD.height, len(expected)) == expected
        assert modules_on(halves, place, HALF.qr, len(expected)) == expected


def test_what_is_the_same_on_many_receipts_is_kept_once():
    part = a_part([a_receipt(number=f"{number:08}") for number in range(60)], THIRD)
    twice = a_part([a_receipt(number=f"{number:08}") for number in range(60, 120)], THIRD)

    assert part.forms == twice.forms
    assert len(part.forms) == 5  # head, table, foot; what many rows say, the sums
    assert len(bound(part, twice)) - len(bound(part)) < 60 * 400


def test_parts_drawn_at_different_times_fit_into_one_file():
    parts = [a_part([a_receipt(a_line(name), payer=name)]) for name in ("张建国", "𬱖", "㐂𠮷", "欧阳春")]

    content = bound(*parts)

    assert [text.split("交款人：")[1].split(" ")[0] for text in pages_of(content)] == ["张建国", "𬱖", "㐂𠮷", "欧阳春"]
    assert fonts_of(content)  # fails where one is not embedded


def test_two_characters_of_one_shape_each_read_back_as_themselves():
    """⼀ (U+2F00) and 一 are one glyph in the font."""
    (text,) = pages_of(bound(a_part([a_receipt(a_line("一⼀"))])))

    assert "一⼀" in text


def test_the_file_says_what_it_is_and_is_not_to_be_scaled():
    document = pdfium.PdfDocument(bound(a_part(VARIED)))

    assert document.get_metadata_value("Title") == "批次"
    assert document.get_metadata_value("Author") == "新浦街道劳动保障所"
    assert b"/PrintScaling/None" in bound(a_part(VARIED))


def test_three_receipts_stand_on_a_sheet_each_within_its_third():
    receipts = [a_receipt(*[a_line()] * 6, number=f"0000000{number}", voided=number == 2) for number in range(1, 5)]

    content = bound(a_part(receipts, THIRD))

    assert [text.count("No. ") for text in pages_of(content)] == [3, 1]
    for _, left, top, right, bottom in letters_of(content):
        assert 10 < left < right < 200
        assert top // 99 == bottom // 99
        assert top % 99 > 3
        assert bottom % 99 < 97.5


@pytest.mark.parametrize(("members", "pages"), [(6, 1), (7, 2), (12, 2), (13, 3), (30, 5)])
def test_a_family_too_large_for_a_third_goes_on_in_the_next(members: int, pages: int):
    receipt = a_receipt(*[a_line(f"成员{number}") for number in range(members)])

    text = "".join(pages_of(bound(a_part([receipt], THIRD))))

    assert text.count("No. 00012346") == pages
    assert text.count("接下页，合计见末页") == pages - 1
    assert text.count("合计（大写）") == 1
    assert all(f"成员{number} " in text for number in range(members))
