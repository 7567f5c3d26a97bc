"""上传内容: what an uploaded file really is, decided by its bytes; pictures are decoded and written anew."""

import re
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from common.decision import Reason, Refusal

BYTES_LIMIT = 10_000_000
PIXELS_LIMIT = 40_000_000  # an A4 page at 600 dpi has 35 million
PAGES_LIMIT = 30
SCAN_LEAST = 150  # an identity card at 75 dpi
PHOTO_SIZE = (295, 413)  # 一寸, 25 × 35 mm at 300 dpi
UNPACKED_LIMIT = 20_000_000  # of a PDF's object streams together
OBJECT_STREAMS_LIMIT = 2_000
DICTIONARY_LIMIT = 4_000  # bytes of an object stream's own entries, on either side of its name
JPEG_QUALITY = 90
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
_OBJECT_STREAM = re.compile(rb"/ObjStm(?![A-Za-z0-9#])")
_STREAM = re.compile(rb"stream\r?\n")
_FILTER = re.compile(rb"/Filter(?![A-Za-z])")
_PACKED = re.compile(rb"/Filter\s*(?:/FlateDecode|\[\s*/FlateDecode\s*\])(?![A-Za-z])")
# A name may be written with escapes: /J#61vaScript.
_ESCAPED_NAME = re.compile(rb"/[!-$&'*-.0-;=?-Z\\^-z|~]*#[0-9A-Fa-f]{2}[!-$&'*-.0-;=?-Z\\^-z|~]*")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
# Whole words only: three letters would turn up by chance in the packed pictures of a large scan.
# A large picture takes hundreds of megabytes while it is open.
_one_at_a_time = threading.Lock()
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Upload:
    """What is kept of an upload."""

    data: bytes
    content: str
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of an upright picture that is kept, in thousandths of its width and height; the height follows."""

    left: int
    top: int
    width: int


def _no(code: str, sentence: str) -> Refusal:
    return Refusal(Reason(code, sentence))


def _too_many_pixels() -> Refusal:
    return _no("file_pixels", f"图片超过{PIXELS_LIMIT // 10_000}万像素，没有保存。请降低分辨率后再传。")


def scan_of(data: bytes) -> Upload:
    """A scan that can be kept, or a Refusal that says what is wrong with it."""
    _check_size(data)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    with _one_at_a_time:
        picture, content = _decoded(data)
        if min(picture.size) < SCAN_LEAST:
            raise _no(
                "scan_small", f"图片太小（{picture.width}×{picture.height}像素），看不清字。请重新扫描（200 dpi以上）。"
            )
        return Upload(_encoded(picture, content), content)


def photo_of(data: bytes, *, crop: Crop | None = None) -> Upload:
    """A one-inch photo of 295×413 pixels as JPEG; without a crop, the middle of the picture."""
    _check_size(data)
    if data.startswith(b"%PDF-"):
        raise _no("photo_pdf", "照片不能是PDF。请选JPEG或PNG图片，或用摄像头拍摄。")
    with _one_at_a_time:
        picture, _ = _decoded(data)
        if min(picture.size) < PHOTO_SIZE[0] // 2:
            raise _no("photo_small", "照片太小，打印出来不清楚。请用至少295×413像素的照片，或重新拍摄。")
        if crop:
            picture = picture.crop(_box(picture, crop))
        return Upload(_encoded(ImageOps.fit(picture, PHOTO_SIZE, Image.Resampling.LANCZOS), JPEG), JPEG)


def _check_size(data: bytes) -> None:
    if not data:
        raise _no("file_empty", "文件是空的，请重新选择。")
    if len(data) > BYTES_LIMIT:
        raise _no(
            "file_big", f"文件超过{BYTES_LIMIT // 1_000_000}MB，没有保存。请降低扫描分辨率（200–300 dpi）后再传。"
        )


def _decoded(data: bytes) -> tuple[Image.Image, str]:
    """The picture, upright, without what its file carries besides; its pixels are counted before they are unpacked."""
    content = JPEG if data.startswith(b"\xff\xd8\xff") else PNG if data.startswith(b"\x89PNG\r\n\x1a\n") else ""
    if not content:
        raise _no("file_kind", "只收JPEG、PNG图片和PDF文件（按内容识别，改文件名没有用）。请重新扫描或另存后再传。")
    try:
        picture = Image.open(BytesIO(data), formats=[content.removeprefix("image/").upper()])
        if picture.width * picture.height > PIXELS_LIMIT:
            raise _too_many_pixels()
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
    except Refusal:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise _no("file_broken", "图片损坏或不完整，打不开。请重新扫描或拍照后再传。") from error
    return _eight_bits(picture), content


def _eight_bits(picture: Image.Image) -> Image.Image:
    """16 bits of grey scaled down: a plain conversion cuts them off, and the whole page turns white."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    return picture


def _encoded(picture: Image.Image, content: str) -> bytes:
    out = BytesIO()
    if content == PNG:
        clean = picture.convert("L") if picture.mode in {"1", "L"} else _on_white(picture)
        clean.info = {}
        clean.save(out, "PNG", optimize=False)
    else:
        clean = _on_white(picture)
        clean.info = {}
        clean.save(out, "JPEG", quality=JPEG_QUALITY, dpi=(300, 300))
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    layered = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _box(picture: Image.Image, crop: Crop) -> tuple[int, int, int, int]:
    """The crop in pixels, kept inside the picture."""
    width = max(1, min(picture.width, picture.width * crop.width // 1000))
    height = min(picture.height, width * PHOTO_SIZE[1] // PHOTO_SIZE[0])
    left = max(0, min(picture.width - width, picture.width * crop.left // 1000))
    top = max(0, min(picture.height - height, picture.height * crop.top // 1000))
    return left, top, left + width, top + height


def _pdf(data: bytes) -> Upload:
    """A PDF as it is, once it is whole, short enough and does nothing by itself."""
    if b"%%EOF" not in data[-2048:]:
        raise _no("pdf_broken", "PDF文件不完整，请重新扫描后再传。")
    if re.search(rb"/Encrypt(?![A-Za-z])", data):
        raise _no("pdf_locked", "PDF设有密码，打不开。请另存为没有密码的PDF后再传。")
    text = data + b"".join(_objects(data))
    names = text + b"".join(_unescaped(text))
    if _ACTIVE.search(names):
        raise _no("pdf_active", "PDF里带有脚本、附件或表单动作，不能保存。请重新扫描，或打印成PDF后再传。")
    pages = len(_PAGE.findall(names))
    if not pages:
        raise _no("pdf_broken", "PDF里没有找到页面，可能已损坏。请重新扫描后再传。")
    if pages > PAGES_LIMIT:
        raise _no("pdf_long", f"PDF有{pages}页，最多{PAGES_LIMIT}页。请分成几份上传。")
    return Upload(data, PDF, pages)


def _unescaped(text: bytes) -> Iterator[bytes]:
    """The names that are written with escapes, as they are meant."""
    for name in _ESCAPED_NAME.findall(text):
        yield re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), name) + b"\n"


def _objects(data: bytes) -> Iterator[bytes]:
    """The unpacked object streams, in which newer files keep their pages; bounded together, each byte looked at once.

    One that cannot be read whole is refused: whoever opens the file might see in it what we have not seen.
    """
    room, last_end = UNPACKED_LIMIT, 0
    if any(_OBJECT_STREAM.match(name) for name in _unescaped(data)):
        raise _complicated()
    for count, found in enumerate(_OBJECT_STREAM.finditer(data)):
        begins = _STREAM.search(data, found.end(), found.end() + DICTIONARY_LIMIT)
        opens = data.rfind(b"obj", max(last_end, found.start() - DICTIONARY_LIMIT), found.start())
        if found.start() < last_end or begins is None or opens < 0 or count >= OBJECT_STREAMS_LIMIT:
            raise _complicated()
        last_end = data.find(b"endstream", begins.end())
        if last_end < 0:
            raise _complicated()
        piece = _unpacked(data[begins.end() : last_end], data[opens : begins.start()], room)
        room -= len(piece)
        yield piece


def _unpacked(packed: bytes, entries: bytes, room: int) -> bytes:
    if not _FILTER.search(entries):
        return b""  # it lies open
    if not _PACKED.search(entries) or len(_FILTER.findall(entries)) > 1 or b"/Predictor" in entries:
        raise _complicated()
    unpacker = zlib.decompressobj()
    try:
        piece = unpacker.decompress(packed, max(1, room))
    except zlib.error as error:
        raise _complicated() from error
    if unpacker.unconsumed_tail:
        raise _no("pdf_bomb", "PDF解开后太大，没有保存。请重新扫描后再传。")
    if not unpacker.eof:
        raise _complicated()
    return piece


def _complicated() -> Refusal:
    return _no("pdf_bomb", "PDF的内部结构过于复杂，没有保存。请重新扫描后再传。")
