"""Invented pictures and PDFs, kind and hostile, and a folder for what is kept of them."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from households.models import Household, StoredFile
from households.services import store_scan
from offices.models import Staff
from tests.builders import at


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path: Path) -> Path:
    """A folder of the test's own."""
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


def picture(
    size: tuple[int, int] = (600, 800), *, form: str = "JPEG", mode: str = "RGB", exif: Image.Exif | None = None
) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new(mode, size, "red" if mode.startswith("RGB") else 0)
    if mode == "RGB":
        image.paste("blue", (size[0] // 2, 0, *size))
    out = BytesIO()
    image.save(out, form, **({"exif": exif} if exif else {}))
    return out.getvalue()


def pdf_of(pages: int = 1, *, more: bytes = b"") -> bytes:
    """A small PDF of so many pages; `more` is put among its objects."""
    kids = b"".join(b"%d 0 obj <</Type /Page /Parent 2 0 R>> endobj\n" % (number + 3) for number in range(pages))
    return (
        b"%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n"
        + kids
        + more
        + b"trailer <</Root 1 0 R>>\n%%EOF\n"
    )


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose head says that it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def a_scan(household: Household, by: Staff, *, data: bytes | None = None) -> StoredFile:
    """A scan of the hukou book."""
    return store_scan(
        household_id=household.pk, kind="hukou_book", data=data or picture(), by=by, at=at("2007-10-25 10:30")
    )
