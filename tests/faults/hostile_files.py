"""More than 500 files of 12 kinds that mean harm or are broken: made from a seed, the same each time."""

import io
import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from tests.households.pictures import pdf_of, picture, png_that_claims

SEED = 20161108
BROKEN_EACH = 36  # broken variants of each kind, besides those that mean harm
SHEET = "姓名,身份证号,性别,金额\n张三,320705196001010010,男,240\n"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MANY = 1_000_000
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]><l>&j;</l>"  # fmt: skip
DEEP = "<a>" * 200_000


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file as somebody hands it in."""

    kind: str
    name: str
    data: bytes


def files() -> list[HostileFile]:
    """All of them."""
    chance = random.Random(SEED)
    found = []
    for kind, (sound, harmful) in KINDS.items():
        found += [HostileFile(kind, name, data) for name, data in harmful()]
        broken = sound()
        found += [HostileFile(kind, f"{place}.{kind}", _broken(broken, chance)) for place in range(BROKEN_EACH)]
    return found


def _broken(data: bytes, chance: random.Random) -> bytes:
    """One thing done to a sound file."""
    place = chance.randrange(len(data))
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: data[:place],
        lambda: data[place:],
        lambda: data[:place] + chance.randbytes(40) + data[place + 40 :],
        lambda: data[:place] + bytes(500) + data[place:],
        lambda: chance.randbytes(8) + data[8:],
        lambda: data + data,
        lambda: data[:8] + chance.randbytes(3_000),
        lambda: bytes(each ^ 0xFF if chance.random() < 0.02 else each for each in data),
        lambda: data + b"PK\x05\x06" + bytes(18),
        lambda: data.replace(b"\0", b"\xff", 5),
    )
    return chance.choice(ways)()


def _image(form: str, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(out, form, **more)
    return out.getvalue()


def _jpeg() -> Iterator[tuple[str, bytes]]:
    sound = picture()
    yield "照片.jpg.exe", sound
    yield "polyglot.jpg", sound + b"<script>alert(1)</script>"
    yield "zip.jpg", sound + _zip({"a.txt": b"x"})
    yield "huge.jpg", sound.replace(sound[sound.index(b"\xff\xc0") + 5 :][:4], b"\xff\xff\xff\xff", 1)
    yield "comment.jpg", sound[:2] + b"\xff\xfe\xff\xff" + b"<?php system(1) ?>" * 3_000 + sound[2:]
    yield "../../x.jpg", sound


def _png() -> Iterator[tuple[str, bytes]]:
    yield "dims.png", png_that_claims(100_000, 100_000)
    yield "most.png", png_that_claims(2**31 - 1, 2**31 - 1)
    yield "none.png", png_that_claims(0, 0)
    note = b"tEXt" + b"Comment\0" + bytes(200_000)
    yield "text.png", _image("PNG")[:33] + struct.pack(">I", len(note) - 4) + note + struct.pack(">I", zlib.crc32(note))
    bomb = b"zTXt" + b"x\0\0" + zlib.compress(bytes(50_000_000))
    yield "ztxt.png", _image("PNG")[:33] + struct.pack(">I", len(bomb) - 4) + bomb + struct.pack(">I", zlib.crc32(bomb))


def _tiff() -> Iterator[tuple[str, bytes]]:
    yield "loop.tif", b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + bytes(12) + struct.pack("<I", 8)
    yield "many.tif", b"II*\0\x08\0\0\0" + struct.pack("<H", 65535) + bytes(100)
    yield "gif.tif", _image("GIF")
    yield "far.tif", b"MM\0*" + b"\xff\xff\xff\xf0"


def _pdf() -> Iterator[tuple[str, bytes]]:
    script = b"9 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj\n"
    yield "js.pdf", pdf_of(more=script).replace(b"/Catalog", b"/Catalog /OpenAction 9 0 R")
    yield "launch.pdf", pdf_of(more=b"9 0 obj <</S /Launch /F (cmd.exe)>> endobj\n")
    yield "embedded.pdf", pdf_of(more=b"9 0 obj <</Type /EmbeddedFile /Length 3>> stream\nMZ\0\nendstream endobj\n")
    yield "loop.pdf", pdf_of().replace(b"/Pages", b"/Pages /Kids [2 0 R]")
    yield "pages.pdf", pdf_of(2_000)
    yield (
        "encrypted.pdf",
        pdf_of(more=b"9 0 obj <</Filter /Standard /V 4>> endobj\n").replace(b"/Root", b"/Encrypt 9 0 R /Root"),
    )
    yield "html.pdf", b"<html><script>alert(1)</script>%PDF-1.4" + pdf_of()
    bomb = zlib.compress(bytes(40_000_000))
    yield (
        "bomb.pdf",
        pdf_of(
            more=b"9 0 obj <</Filter /FlateDecode /Length %d>> stream\n" % len(bomb) + bomb + b"\nendstream endobj\n"
        ),
    )


def _svg() -> Iterator[tuple[str, bytes]]:
    yield "script.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    yield "xxe.svg", XXE.encode()
    yield "laughs.svg", LAUGHS.encode()
    yield "deep.svg", DEEP.encode()
    yield "page.html", b"<!doctype html><script>alert(1)</script>"


def _csv() -> Iterator[tuple[str, bytes]]:
    yield "nul.csv", SHEET.replace("张三", "张\0三").encode()
    yield "columns.csv", ("x," * MANY + "\n").encode()
    yield "rows.csv", b"\n" * 9_000_000
    yield "quote.csv", ('"' + "张" * 2_000_000).encode()
    yield "formula.csv", SHEET.replace("张三", "=cmd|' /C calc'!A0").encode()
    yield "utf16.csv", SHEET.encode("utf-16")
    yield "utf32.csv", SHEET.encode("utf-32")
    yield "gbk.csv", SHEET.encode("gb18030")[:-3]
    yield "latin.csv", bytes(range(256)) * 100
    yield "bidi.csv", SHEET.replace("张三", "\u202e三张\u2066").encode()
    yield "nothing.csv", b""
    yield "bom.csv", b"\xef\xbb\xbf" * 3
    yield "field.csv", SHEET.encode() + b"a" * 5_000_000


def _zip(members: dict[str, bytes], *, link: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
        if link:
            member = zipfile.ZipInfo("link")
            member.external_attr = (stat.S_IFLNK | 0o777) << 16
            file.writestr(member, link)
    return out.getvalue()


def workbook(sheet: str = "", *, shared: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """A workbook of one sheet, with what is given in the place of its rows."""
    rows = sheet or '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
    kinds = f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
    kinds += f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/>'
    office = "http://schemas.openxmlformats.org"
    main, relations = f"{office}/spreadsheetml/2006/main", f"{office}/package/2006/relationships"
    types = f"{office}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{types}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{types}"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" '
        f'Type="{types}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    if shared:
        parts["xl/sharedStrings.xml"] = shared
    return _zip({name: text.encode() for name, text in parts.items()} | (more or {}))


def _xlsx() -> Iterator[tuple[str, bytes]]:
    yield "corner.xlsx", workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    yield "beyond.xlsx", workbook('<row r="99999999"><c r="ZZZZZ99999999"><v>1</v></c></row>')
    yield (
        "columns.xlsx",
        workbook('<row r="1">' + "".join(f'<c r="A{n}"><v>1</v></c>' for n in range(50_000)) + "</row>"),
    )
    yield "xxe.xlsx", workbook(shared=XXE)
    yield "laughs.xlsx", workbook(shared=LAUGHS)
    yield "deep.xlsx", workbook(DEEP)
    yield "bomb.xlsx", workbook(more={"xl/media/a.bin": bytes(60_000_000)})
    yield "slip.xlsx", workbook(more={"../../etc/cron.d/x": b"* * * * * root id"})
    yield "formula.xlsx", workbook('<row r="1"><c r="A1"><f>HYPERLINK("http://example.invalid")</f><v>1</v></c></row>')
    yield "macro.xlsm", workbook(more={"xl/vbaProject.bin": OLE + bytes(500)})
    yield "encrypted.xlsx", OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2_000)
    yield "twice.xlsx", workbook() + workbook()


def _xls() -> Iterator[tuple[str, bytes]]:
    head = OLE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    yield "sectors.xls", head + b"\xff" * 2_000
    yield "loop.xls", head + struct.pack("<I", 0) * 2_000
    yield "biff5.xls", struct.pack("<HHHH", 0x809, 8, 0x500, 5) + bytes(1_000)
    yield "biff2.xls", struct.pack("<HHHH", 0x9, 4, 2, 0x10) + b"\xff" * 1_000
    yield "random.xls", OLE + random.Random(1).randbytes(8_000)
    yield "page.xls", b"<html><table><tr><td>=cmd|' /C calc'!A0</td></tr></table></html>"


def _ods() -> Iterator[tuple[str, bytes]]:
    mime = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}
    yield "xxe.ods", _zip(mime | {"content.xml": XXE.encode()})
    yield "laughs.ods", _zip(mime | {"content.xml": LAUGHS.encode()})
    yield "deep.ods", _zip(mime | {"content.xml": DEEP.encode()})
    yield "empty.ods", _zip(mime)
    yield "bomb.ods", _zip(mime | {"content.xml": b"<" * 60_000_000})


def _archive() -> Iterator[tuple[str, bytes]]:
    yield "slip.zip", _zip({"../../../../tmp/x": b"x", "/etc/x": b"x"})
    yield "link.zip", _zip({"a": b"x"}, link="/etc/passwd")
    yield "many.zip", _zip({f"{n}.csv": b"" for n in range(20_000)})
    yield "nested.zip", _zip({"a.zip": _zip({"b.zip": _zip({"c": bytes(10_000_000)})})})
    yield "nothing.zip", b"PK\x05\x06" + bytes(18)
    yield "name.zip", _zip({"张" * 5_000: b"x"})


def _toml() -> Iterator[tuple[str, bytes]]:
    yield "deep.toml", b"a = " + b"[" * 100_000
    yield "keys.toml", ".".join(["a"] * 50_000).encode() + b" = 1"
    yield "number.toml", b"a = " + b"9" * 100_000
    yield "nul.toml", b"a = '\0'"
    yield "latin.toml", b"a = '\xff\xfe'"
    yield "yaml.toml", b"!!python/object/apply:os.system ['id']"
    yield "date.toml", b"a = 9999-99-99"
    yield "case.json", b'{"household":' + b"[" * 100_000
    yield "big.json", b'{"a": 1e999999, "b": ' + b"9" * 10_000 + b"}"


def _program() -> Iterator[tuple[str, bytes]]:
    yield "a.exe", b"MZ" + bytes(1_000)
    yield "a.elf", b"\x7fELF" + bytes(1_000)
    yield "a.sh", b"#!/bin/sh\nrm -rf /\n"
    yield "a.php", b"<?php system($_GET['c']); ?>"
    yield "nothing", b""
    yield "one", b"\0"
    yield "a.lnk", b"L\0\0\0\x01\x14\x02\0"
    yield "张" * 200 + ".csv", SHEET.encode()
    yield 'a"; filename="b.csv', SHEET.encode()


KINDS: dict[str, tuple[Callable[[], bytes], Callable[[], Iterator[tuple[str, bytes]]]]] = {
    "jpg": (picture, _jpeg),
    "png": (lambda: _image("PNG"), _png),
    "tif": (lambda: _image("TIFF"), _tiff),
    "pdf": (lambda: pdf_of(3), _pdf),
    "svg": (lambda: XXE.encode() * 3, _svg),
    "csv": (lambda: SHEET.encode() * 20, _csv),
    "xlsx": (workbook, _xlsx),
    "xls": (lambda: OLE + bytes(2_000), _xls),
    "ods": (
        lambda: _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
        _ods,
    ),
    "zip": (lambda: _zip({"a.csv": SHEET.encode()}), _archive),
    "toml": (lambda: b'code = "x"\nname = "y"\n' * 20, _toml),
    "exe": (lambda: b"MZ" + bytes(500), _program),
}
