"""上传内容: what an uploaded file really is, decided by its bytes; pictures are decoded and written anew."""

import re
import zlib
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
JPEG_QUALITY = 90
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
_STREAM = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
# Whole words only: three letters would turn up by chance in the packed pictures of a large scan.
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
        upright = ImageOps.exif_transpose(picture)
    except Refusal:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise _no("file_broken", "图片损坏或不完整，打不开。请重新扫描或拍照后再传。") from error
    return _eight_bits(upright), content


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
    layered = picture.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    ground.alpha_composite(layered)
    return ground.convert("RGB")


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
    text = data + b"".join(_objects(data))
    if re.search(rb"/Encrypt(?![A-Za-z])", text):
        raise _no("pdf_locked", "PDF设有密码，打不开。请另存为没有密码的PDF后再传。")
    # A name may be written with escapes: /J#61vaScript.
    names = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), text)
    if _ACTIVE.search(names):
        raise _no("pdf_active", "PDF里带有脚本、附件或表单动作，不能保存。请重新扫描，或打印成PDF后再传。")
    pages = len(_PAGE.findall(names))
    if not pages:
        raise _no("pdf_broken", "PDF里没有找到页面，可能已损坏。请重新扫描后再传。")
    if pages > PAGES_LIMIT:
        raise _no("pdf_long", f"PDF有{pages}页，最多{PAGES_LIMIT}页。请分成几份上传。")
    return Upload(data, PDF, pages)


def _objects(data: bytes) -> list[bytes]:
    """The unpacked object streams, in which newer files keep their pages; bounded together."""
    if data.count(b"/ObjStm") > OBJECT_STREAMS_LIMIT:
        raise _no("pdf_bomb", "PDF的内部结构过于复杂，没有保存。请重新扫描后再传。")
    found: list[bytes] = []
    room = UNPACKED_LIMIT
    for match in _STREAM.finditer(data):
        end = data.find(b"endstream", match.end())
        if end < 0:
            break
        unpacker = zlib.decompressobj()
        try:
            piece = unpacker.decompress(data[match.end() : end], room)
        except zlib.error:
            continue
        if unpacker.unconsumed_tail and not unpacker.eof:
            raise _no("pdf_bomb", "PDF解开后太大，没有保存。请重新扫描后再传。")
        room = max(1, room - len(piece))
        found.append(piece)
    return found
