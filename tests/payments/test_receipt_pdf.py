"""The receipt on paper: every word can be read back, every name is drawn in its own shape, nothing leaves its place."""

import base64
import re
import zlib
from collections.abc import Iterator
from ctypes import c_size_t, c_uint8
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw, ImageFont
from pypdfium2 import raw

from common.dates import SHANGHAI
from payments.paper import fontbuild
from payments.paper.fonts import Undrawable
from payments.paper.receipt_pdf import (
    COLUMNS,
    CUT,
    LEFT,
    RIGHT,
    ReceiptDocument,
    ReceiptLine,
    receipt_pdf,
    receipts_pdf,
)
from payments.paper.sheet import Paper, pdf

MM = 72 / 25.4


def a_line(name: str = "张建国", **changes: object) -> ReceiptLine:
    line = ReceiptLine(
        name=name,
        id_masked="320705********0018",
        category="一般居民",
        standard=Decimal("120.00"),
        payable=Decimal("120.00"),
        sponsored=Decimal("0.00"),
        funder="",
        benefit="2008-01-01 至 2008-12-31",
    )
    return replace(line, **changes)


def a_receipt(*lines: ReceiptLine, **changes: object) -> ReceiptDocument:
    lines = lines or (a_line(),)
    receipt = ReceiptDocument(
        title="城镇居民基本医疗保险费收据",
        book_code="XP2008",
        number="00012346",
        coverage_year=2008,
        issued_at=datetime(2007, 10, 25, 10, 32, tzinfo=SHANGHAI),
        office="新浦街道劳动保障所",
        payer="张建国",
        household_number="0001-0237",
        means="现金",
        lines=lines,
        total=sum((line.payable for line in lines), Decimal(0)),
        capitals="人民币叁佰元整",
        clerk="刘阿姨",
        clause_line="连政发〔2007〕177号第五条、第九条",
    )
    return replace(receipt, **changes)


def pages_of(content: bytes) -> list[str]:
    """The text of each page, line breaks as \\n."""
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pdfium.PdfDocument(content)]


def letters_of(content: bytes) -> Iterator[tuple[str, float, float, float, float]]:
    """Every printed character of the first page with its left, top, right and bottom in millimetres."""
    page = pdfium.PdfDocument(content)[0]
    text = page.get_textpage()
    height = page.get_height()
    for number in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text.raw, number))
        if char.strip():
            left, bottom, right, top = text.get_charbox(number)
            yield char, left / MM, (height - top) / MM, right / MM, (height - bottom) / MM


def fonts_of(content: bytes) -> dict[str, bytes]:
    """The embedded font files of all pages by their names; a font that is not embedded fails."""
    found = {}
    for page in pdfium.PdfDocument(content):
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            font = raw.FPDFTextObj_GetFont(item.raw)
            assert raw.FPDFFont_GetIsEmbedded(font)
            length = c_size_t()
            raw.FPDFFont_GetFontData(font, None, 0, length)
            data = (c_uint8 * length.value)()
            raw.FPDFFont_GetFontData(font, data, length.value, length)
            file = TTFont(BytesIO(bytes(data)))
            found[f"{file['name'].getDebugName(6)} {len(found)}"] = bytes(data)
    return found


def bytes_shown(content: bytes) -> Iterator[int]:
    """The byte codes that the pages' drawing commands show, whatever the fonts make of them."""
    for stream in re.findall(rb"/ASCII85Decode /FlateDecode.*?stream\r?\n(.*?)endstream", content, re.DOTALL):
        drawing = zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
        for shown in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", drawing, re.DOTALL):
            yield from re.sub(rb"\\([0-7]{3}|.)", unescaped, shown, flags=re.DOTALL)


def unescaped(match: "re.Match[bytes]") -> bytes:
    escape = match[1]
    return bytes([int(escape, 8)]) if len(escape) == 3 else {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(escape, escape)


def test_everything_on_the_receipt_reads_back_as_it_was_given():
    receipt = a_receipt(
        a_line(),
        a_line("张小红", category="重度残疾", payable=Decimal(60), sponsored=Decimal(60), funder="市残联"),
        a_line("李秀英"),
        address="新浦街道东村3组12号",
        tendered=Decimal(500),
        change=Decimal(200),
    )

    (text,) = pages_of(receipt_pdf(receipt))

    assert text.splitlines() == [
        "城镇居民基本医疗保险费收据",
        "票据代码 XP2008",
        "No. 00012346",
        "2007年10月25日 10:32",
        "交款人：张建国 户号：0001-0237 缴费年度：2008年度",
        "住址：新浦街道东村3组12号 金额单位：元",
        "序号 姓名 证件号码 人员类别 缴费标准 资助金额 资助部门 个人缴费 待遇享受期",
        "1 张建国 320705********0018 一般居民 120.00 0.00 120.00 2008-01-01 至 2008-12-31",
        "2 张小红 320705********0018 重度残疾 120.00 60.00 市残联 60.00 2008-01-01 至 2008-12-31",
        "3 李秀英 320705********0018 一般居民 120.00 0.00 120.00 2008-01-01 至 2008-12-31",
        "以下空白",
        "合计（大写） 人民币叁佰元整 （小写） ￥300.00",
        "缴款方式：现金　　实收：￥500.00　　找零：￥200.00",
        "依据：连政发〔2007〕177号第五条、第九条",
        "收款单位（盖章）：新浦街道劳动保障所 收款人：刘阿姨 交款人（签字）",
    ]


@pytest.mark.parametrize("name", ["𬱖", "张䶮", "𠮷祥", "㐂", "古丽努尔·买买提", "𱁬é", "李𬱖·𠮷𠝹A王"])
def test_a_rare_name_reads_back_exactly(name: str):
    (text,) = pages_of(receipt_pdf(a_receipt(a_line(name), payer=name)))

    assert f"交款人：{name} 户号" in text
    assert f"1 {name} 3207" in text


@pytest.mark.parametrize("char", ["张", "𬱖", "䶮", "㐂", "𠮷", "𠝹", "𱁬", "·", "A", "é", "壹", "￥"])
def test_a_character_is_drawn_in_the_shape_of_its_own_font(char: str):
    source = next(path for path in fontbuild.packaged() if ord(char) in TTFont(path, lazy=True).getBestCmap())

    drawn = rendered(char)

    assert likeness(drawn, expected(char, source)) > 0.93
    assert likeness(drawn, expected("国", fontbuild.packaged()[0])) < 0.5


def rendered(char: str) -> Image.Image:
    """The character at 144 points on a sheet of 80 mm, as pdfium draws it, three pixels to a point."""
    content = pdf(
        lambda sheet: (sheet.text(10, 60, char, 144), sheet.next_page()), title="", author="", paper=Paper(80, 80)
    )
    return pdfium.PdfDocument(content)[0].render(scale=3).to_pil().convert("L").point(black_or_white)


def expected(char: str, font: Path) -> Image.Image:
    """The same from the original CFF font, as FreeType draws it."""
    image = Image.new("L", (round(80 * MM * 3), round(80 * MM * 3)), 255)
    face = ImageFont.truetype(font, 144 * 3, layout_engine=ImageFont.Layout.BASIC)
    ImageDraw.Draw(image).text((10 * MM * 3, 60 * MM * 3), char, font=face, fill=0, anchor="ls")
    return image.point(black_or_white)


def black_or_white(grey: int) -> int:
    return 255 if grey > 127 else 0


def likeness(one: Image.Image, other: Image.Image) -> float:
    """The ink both have in common, of the ink that either has; the best within a pixel's shift."""
    size = (min(one.width, other.width), min(one.height, other.height))
    one, other = (ImageChops.invert(image.crop((0, 0, *size))) for image in (one, other))
    shifted = [ImageChops.offset(other, x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    return max(ink(ImageChops.darker(one, each)) / ink(ImageChops.lighter(one, each)) for each in shifted)


def ink(image: Image.Image) -> int:
    return image.histogram()[255]


def test_fonts_are_embedded_as_subsets_and_no_byte_shows_a_missing_glyph():
    content = receipt_pdf(a_receipt(a_line("李𬱖·𠮷𠝹A"), a_line("欧阳\u3000𱁬"), copy_label="补打 第2次", demo=True))

    assert len(re.findall(rb"/Type /Font\s", content)) == content.count(b"/Type /FontDescriptor") == 4
    assert 0 not in set(bytes_shown(content))
    assert len(set(bytes_shown(content))) > 100
    for data in fonts_of(content).values():
        font = TTFont(BytesIO(data))
        (table,) = font["cmap"].tables
        for byte, glyph in table.cmap.items():
            if byte:
                assert font.getGlyphID(glyph) > 0
        assert len(data) < 100_000


def test_more_characters_than_one_subset_holds_read_back_whole():
    names = ["".join(chr(0x4E00 + 40 * row + place) for place in range(20)) for row in range(15)]

    text = "".join(pages_of(receipt_pdf(a_receipt(*map(a_line, names)))))

    assert set("".join(names)) <= set(text)
    assert len(fonts_of(receipt_pdf(a_receipt(*map(a_line, names))))) > 1


@pytest.mark.parametrize("members", [1, 2, 6, 7, 10, 15])
def test_a_household_of_up_to_fifteen_stands_on_one_page_above_the_cut(members: int):
    content = receipt_pdf(a_receipt(*(a_line(f"古丽·买买提{number}") for number in range(members))))

    (text,) = pages_of(content)
    assert text.count("古丽·买买提") == members
    assert ("以下空白" in text) == (members < 6)
    assert all(bottom < CUT for *_, bottom in letters_of(content))


def test_a_household_of_sixteen_goes_on_to_a_second_page_and_only_the_last_has_the_total():
    first, second = pages_of(receipt_pdf(a_receipt(*(a_line(f"王{number:02d}") for number in range(16)))))

    assert re.findall(r"王\d\d", first + second) == [f"王{number:02d}" for number in range(16)]
    assert "接下页" in first
    assert "1,920.00" not in first
    assert "￥1,920.00" in second
    assert "第1页 共2页" in first
    assert "第2页 共2页" in second
    assert "No. 00012346" in second


def test_amounts_end_at_the_same_place():
    lines = (
        a_line(payable=Decimal("11.11")),
        a_line(payable=Decimal("1888.88")),
        a_line(payable=Decimal("0.40")),
    )
    content = receipt_pdf(a_receipt(*lines))

    rule = LEFT + sum(column.width for column in COLUMNS[:8])
    column = [letter for letter in letters_of(content) if rule - 16 < letter[1] < rule and 49 < letter[2] < 77]
    ends = {}
    for _, _, top, right, _ in column:
        ends[round(top / 9)] = max(right, ends.get(round(top / 9), 0))
    assert len(ends) == 3
    assert max(ends.values()) - min(ends.values()) < 0.25


def test_the_longest_names_and_addresses_stay_in_their_places():
    long = a_line(
        "长" * 50,
        category="持《独生子女父母光荣证》的农村居民独生子女家庭成员",
        funder="县卫生和计划生育委员会",
        standard=Decimal("9999999999.99"),
        payable=Decimal("9999999999.99"),
    )
    receipt = a_receipt(
        long,
        a_line(),
        title="城乡居民基本医疗保险个人缴费专用收据" * 3,
        book_code="XP2008-0000000001",
        number="0000000000123456",
        payer="赵" * 50,
        address="某某省某某市某某区某某街道某某社区某某小区某某号楼某某单元某某室" * 4,
        office="某某县城乡居民社会医疗保险管理局某某街道办事处经办服务中心" * 2,
        clerk="钱" * 50,
        clause_line="某某政发〔2007〕177号第五条第一款第二项、" * 12,
        means="银行卡（某某省农村信用社联合社）" * 5,
        capitals="人民币" + "玖拾玖亿玖仟玖佰" * 5,
        copy_label="补打 第128次，原件遗失",
        household_number="0001-0237" * 4,
    )

    content = receipt_pdf(receipt)

    letters = list(letters_of(content))
    assert [char for char, *_ in letters].count("赵") == 50
    assert all(left + 0.3 > LEFT and right < RIGHT + 0.3 and bottom < CUT for _, left, _, right, bottom in letters)
    name_ends = LEFT + COLUMNS[0].width + COLUMNS[1].width
    places = [(left, right) for char, left, _, right, _ in letters if char == "长"]
    assert len(places) == 50
    assert all(LEFT + COLUMNS[0].width < left and right < name_ends for left, right in places)


def test_no_two_texts_lie_on_each_other_in_a_full_receipt():
    lines = [a_line(f"买买提·阿卜杜热合曼{number}", category="重度残疾（肢体二级）") for number in range(15)]
    receipt = a_receipt(*lines, address="新浦街道东村3组12号" * 6, copy_label="补打 第2次", payer="赵" * 50)

    letters = list(letters_of(receipt_pdf(receipt)))

    for number, (_, left, top, right, bottom) in enumerate(letters):
        for _, other_left, other_top, other_right, other_bottom in letters[number + 1 :]:
            across = min(right, other_right) - max(left, other_left)
            down = min(bottom, other_bottom) - max(top, other_top)
            assert across < 0.3 or down < 0.3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"copy_label": "补打 第2次"}, ["补打 第2次"], id="补打"),
        pytest.param({"voided": True}, ["作", "废"], id="作废"),
        pytest.param({"demo": True}, ["演示", "不作凭证"], id="演示"),
        pytest.param({"address": "新浦街道东村"}, ["住址：新浦街道东村"], id="住址"),
        pytest.param({"tendered": Decimal(150), "change": Decimal(30)}, ["实收：￥150.00", "找零：￥30.00"], id="找零"),
    ],
)
def test_what_does_not_apply_is_not_printed(change: dict[str, object], words: list[str]):
    (plain,) = pages_of(receipt_pdf(a_receipt()))
    (marked,) = pages_of(receipt_pdf(a_receipt(**change)))

    for word in words:
        assert word in marked
        assert word.partition("：")[0] not in plain


def test_a_void_receipt_is_stamped_in_red_and_a_good_one_is_black_and_white():
    good, void = (picture(receipt_pdf(a_receipt(voided=voided))) for voided in (False, True))

    assert reddest(good) < 10
    assert reddest(void) > 100


def test_the_demonstration_mark_can_be_seen_under_the_whole_table():
    real, demo = (picture(receipt_pdf(a_receipt(demo=demo))).convert("L") for demo in (False, True))

    for left in (30, 90, 145):
        box = tuple(round(edge * MM * 2) for edge in (left, 70, left + 35, 100))
        assert ink_of(demo.crop(box)) > ink_of(real.crop(box)) * 1.2


def picture(content: bytes) -> Image.Image:
    return pdfium.PdfDocument(content)[0].render(scale=2).to_pil().convert("RGB")


def reddest(image: Image.Image) -> int:
    """How far the reddest pixel's red stands above its green."""
    red, green, _ = image.split()
    return ImageChops.subtract(red, green).getextrema()[1]


def ink_of(image: Image.Image) -> int:
    return sum((255 - grey) * count for grey, count in enumerate(image.histogram()))


def test_a_name_that_cannot_be_drawn_gives_no_paper():
    with pytest.raises(Undrawable, match=r"U\+E000"):
        receipt_pdf(a_receipt(a_line("张\ue000")))


def test_lines_that_do_not_make_the_total_give_no_paper():
    with pytest.raises(ValueError, match="total"):
        a_receipt(a_line(), total=Decimal("120.01"))


def test_a_moment_without_its_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        a_receipt(issued_at=datetime(2007, 10, 25, 10, 32))  # noqa: DTZ001 - the slip that is refused


def test_the_moment_is_printed_as_the_office_lives_it():
    (text,) = pages_of(receipt_pdf(a_receipt(issued_at=datetime(2007, 10, 24, 16, 5, tzinfo=UTC))))

    assert "2007年10月25日 00:05" in text


def test_the_files_properties_name_the_receipt_and_no_person():
    content = receipt_pdf(a_receipt())

    properties = pdfium.PdfDocument(content).get_metadata_dict()
    assert properties["Title"] == "收据 XP2008 00012346"
    assert properties["Author"] == "新浦街道劳动保障所"
    assert not any(person in str(properties) for person in ("张建国", "刘阿姨", "320705"))


def test_several_receipts_stand_in_one_file_in_their_order():
    receipts = [a_receipt(a_line(name), number=f"{number:08d}") for number, name in enumerate(["赵𬱖", "钱𠮷", "孙"])]

    pages = pages_of(receipts_pdf(receipts, title="收据 3张"))

    assert [re.findall(r"No\. (\d+)", page) for page in pages] == [["00000000"], ["00000001"], ["00000002"]]
    assert [name in page for name, page in zip(["赵𬱖", "钱𠮷", "孙"], pages, strict=True)] == [True] * 3


@pytest.mark.parametrize("mark", ["demo", "sample"])
def test_the_mark_of_a_paper_that_is_no_receipt_leaves_the_longest_title_free(mark: str):
    receipt = a_receipt(title="连云港市市区城镇居民基本医疗保险缴费专用收据", **{mark: True})

    letters = list(letters_of(receipt_pdf(receipt)))

    top = [each for each in letters if each[4] < 19 and 24 < each[1] < 162]
    marked = [right for char, _, _, right, _ in top if char in "不作凭"]
    assert len(marked) == 3
    assert max(marked) < min(left for char, left, *_ in top if char == "连")
