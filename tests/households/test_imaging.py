"""上传内容: what is taken, what is refused, and what is left of it."""

import zlib
from io import BytesIO

import pytest
from PIL import Image

from common.decision import Refusal
from households.imaging import BYTES_LIMIT, Crop, photo_of, scan_of
from tests.households.pictures import pdf_of, picture, png_that_claims

HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("data", "content", "pages"),
    [
        pytest.param(picture(), "image/jpeg", 1, id="JPEG"),
        pytest.param(picture(form="PNG"), "image/png", 1, id="PNG"),
        pytest.param(picture(form="PNG", mode="RGBA"), "image/png", 1, id="透明PNG"),
        pytest.param(pdf_of(3), "application/pdf", 3, id="三页PDF"),
    ],
)
def test_a_scan_is_known_by_its_content(data: bytes, content: str, pages: int):
    upload = scan_of(data)

    assert (upload.content, upload.pages) == (content, pages)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "file_empty", id="空文件"),
        pytest.param(HTML, "file_kind", id="网页改名为jpg"),
        pytest.param(SVG, "file_kind", id="SVG"),
        pytest.param(b"GIF89a" + HTML, "file_kind", id="GIF与网页"),
        pytest.param(b"\xff\xd8\xff" + HTML, "file_broken", id="只有JPEG开头的网页"),
        pytest.param(picture()[:-600], "file_broken", id="截断的JPEG"),
        pytest.param(picture(form="PNG")[:200], "file_broken", id="截断的PNG"),
        pytest.param(png_that_claims(30000, 30000), "file_pixels", id="像素炸弹"),
        pytest.param(b"\xff\xd8\xff" + b"0" * BYTES_LIMIT, "file_big", id="超过字节数"),
        pytest.param(picture((2, 2), form="PNG"), "scan_small", id="两个像素"),
        pytest.param(picture((100, 3000)), "scan_small", id="一条线"),
        pytest.param(pdf_of(31), "pdf_long", id="PDF页数太多"),
        pytest.param(pdf_of(0), "pdf_broken", id="没有页的PDF"),
        pytest.param(pdf_of()[:40], "pdf_broken", id="截断的PDF"),
        pytest.param(pdf_of(more=b"9 0 obj <</S /JavaScript /JS (x)>> endobj\n"), "pdf_active", id="PDF带脚本"),
        pytest.param(pdf_of(more=b"9 0 obj <</S /J#61vaScript>> endobj\n"), "pdf_active", id="PDF脚本改写"),
        pytest.param(pdf_of(more=b"9 0 obj <</Encrypt 8 0 R>> endobj\n"), "pdf_locked", id="加密的PDF"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_words(data: bytes, code: str):
    with pytest.raises(Refusal) as refused:
        scan_of(data)

    assert refused.value.code == code
    assert "。" in str(refused.value)


def test_a_script_inside_a_packed_object_stream_is_found():
    packed = zlib.compress(b"<</S /JavaScript /JS (x)>>")
    stream = b"9 0 obj <</Type /ObjStm /Filter /FlateDecode>> stream\n" + packed + b"\nendstream endobj\n"

    with pytest.raises(Refusal) as refused:
        scan_of(pdf_of(more=stream))

    assert refused.value.code == "pdf_active"


SCRIPT = b"<</S /JavaScript /JS (x)>>"


def object_stream(packed: bytes, *, kind: bytes = b"/ObjStm", entries: bytes = b"/Filter /FlateDecode") -> bytes:
    return b"9 0 obj <<%s /Type %s>> stream\n%s\nendstream endobj\n" % (entries, kind, packed)


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(
            object_stream(zlib.compress(SCRIPT).hex().encode(), entries=b"/Filter[/ASCIIHexDecode/FlateDecode]"),
            id="另一种压缩",
        ),
        pytest.param(object_stream(zlib.compress(SCRIPT), kind=b"/Obj#53tm"), id="名称改写"),
        pytest.param(object_stream(SCRIPT, entries=b""), id="未压缩"),
        pytest.param(
            object_stream(zlib.compress(SCRIPT), entries=b"/Filter /FlateDecode" + b" " * 1000), id="远离名称"
        ),
        pytest.param(object_stream(zlib.compress(SCRIPT), entries=b"/Filter /FlateDecode" + b" " * 9000), id="太远"),
        pytest.param(object_stream(zlib.compress(b"x") + b"\nendstream" + SCRIPT), id="提前结束"),
        pytest.param(object_stream(zlib.compress(SCRIPT)[:-6]), id="残缺"),
        pytest.param(b"9 0 obj <</Type /ObjStm>>", id="没有内容"),
        pytest.param(object_stream(object_stream(zlib.compress(SCRIPT)), entries=b""), id="套着另一个"),
    ],
)
def test_nothing_is_hidden_in_an_object_stream(stream: bytes):
    with pytest.raises(Refusal) as refused:
        scan_of(pdf_of(more=stream))

    assert refused.value.code in {"pdf_active", "pdf_bomb"}


@pytest.mark.parametrize("entries", ["/Filter /FlateDecode", "/N 3 /First 12 /Filter [/FlateDecode]", ""])
def test_a_plain_object_stream_is_read(entries: str):
    page = b"<</Type /Page>>"

    kept = scan_of(pdf_of(more=object_stream(zlib.compress(page) if entries else page, entries=entries.encode())))

    assert kept.pages == 2


def test_letters_that_stand_in_a_packed_picture_by_chance_are_no_script():
    chance = b"9 0 obj <</Subtype /Image>> stream\n\x01\x02/JS \x03/XFA\x04\nendstream endobj\n"

    assert scan_of(pdf_of(more=chance)).pages == 1


def test_a_pdf_of_endless_object_streams_is_refused_at_once():
    with pytest.raises(Refusal) as refused:
        scan_of(pdf_of(more=b"/ObjStm" * 500_000))

    assert refused.value.code == "pdf_bomb"


def test_object_streams_inside_each_other_are_not_gone_through_again_and_again():
    hostile = b"1 0 obj /ObjStm stream\n" * 1_900 + b"x" * 9_000_000 + b"endstream"

    with pytest.raises(Refusal) as refused:
        scan_of(pdf_of(more=hostile))

    assert refused.value.code == "pdf_bomb"


def test_an_object_stream_that_unpacks_without_end_is_refused():
    packed = zlib.compress(b" " * 60_000_000)
    stream = b"9 0 obj <</Type /ObjStm /Filter /FlateDecode>> stream\n" + packed + b"\nendstream endobj\n"

    with pytest.raises(Refusal) as refused:
        scan_of(pdf_of(more=stream))

    assert refused.value.code == "pdf_bomb"


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_what_hangs_on_a_picture_is_not_kept(form: str):
    upload = scan_of(picture(form=form) + HTML)

    assert b"script" not in upload.data


def test_a_picture_is_turned_upright_and_its_exif_is_dropped():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    exif[0x010E] = "secret place"

    upload = scan_of(picture((800, 600), exif=exif))

    assert opened(upload.data).size == (600, 800)
    assert not opened(upload.data).getexif()
    assert b"secret" not in upload.data


def test_a_photo_is_one_inch_whatever_came():
    for data in (picture((1280, 960)), picture((300, 2000)), picture((400, 500), form="PNG", mode="RGBA")):
        upload = photo_of(data)

        assert (opened(upload.data).size, upload.content) == ((295, 413), "image/jpeg")


def test_the_chosen_part_of_a_photo_is_kept():
    upload = photo_of(picture((1000, 800)), crop=Crop(left=600, top=0, width=400))

    red, _, blue = opened(upload.data).getpixel((150, 200))
    assert blue > 200
    assert red < 60


def test_a_crop_beyond_the_picture_is_kept_inside_it():
    upload = photo_of(picture((1000, 800)), crop=Crop(left=1000, top=1000, width=1000))

    assert opened(upload.data).size == (295, 413)


def test_a_tiny_photo_is_refused():
    with pytest.raises(Refusal) as refused:
        photo_of(picture((60, 80)))

    assert refused.value.code == "photo_small"


def test_a_pdf_is_no_photo_and_the_sentence_does_not_offer_it():
    with pytest.raises(Refusal, match="照片不能是PDF"):
        photo_of(pdf_of())


@pytest.mark.parametrize("keep", [scan_of, photo_of], ids=["扫描件", "照片"])
def test_sixteen_bits_of_grey_keep_their_shades(keep):
    deep = Image.new("I;16", (600, 800), 20_000)
    deep.paste(Image.new("I;16", (300, 800), 60_000), (300, 0))
    out = BytesIO()
    deep.save(out, "PNG")

    kept = opened(keep(out.getvalue()).data).convert("L")

    dark, light = kept.getpixel((20, 20)), kept.getpixel((kept.width - 20, 20))
    assert abs(dark - 78) < 4
    assert abs(light - 234) < 4


def test_what_is_transparent_turns_white_not_black():
    upload = scan_of(picture(form="PNG", mode="LA"))

    assert opened(upload.data).convert("L").getpixel((5, 5)) == 255
