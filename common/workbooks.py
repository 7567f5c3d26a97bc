"""工作簿的外形: what an xlsx, ods or xls file claims and holds, looked at before any parser opens it."""

import re
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, NoReturn
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from common.decision import Reason, Refusal

if TYPE_CHECKING:
    from common.sheets import Limits

ZIP = b"PK"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARTS_LIMIT = 2_000
RATIO_LIMIT = 200  # a sheet of one repeated line packs 1:100; a bomb 1:1000
SMALL = 1_000_000  # below it nobody minds the ratio
PIECE = 1 << 18
# A cell that holds something (a cell of mere format closes at once) and where it lies.
CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*["']([A-Z]{1,6})([0-9]{1,12})["'][^<>]*(?<!/)>""")
LAST_OPEN = re.compile(rb"<[^<>]*\Z")
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
# A cell of an ods sheet that holds something and is repeated; LibreOffice repeats empty ones to the end of the sheet.
REPEATED = re.compile(rb"<(?:\w+:)?table-cell\s[^<>]*>")
TIMES = re.compile(rb"""number-columns-repeated\s*=\s*["']([0-9]{1,12})""")
BROKEN = "这个表格读不出来：文件不完整或已损坏。请用 Excel 或 WPS 打开，另存为 xlsx 后再上传。"


def look_at_ole(data: bytes) -> None:
    """An old workbook, or a new one under a password."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        _refuse("FILE_PASSWORD", "这个表格加了密码，读不了。请打开后取消密码，另存后再上传。")
    if not any(word.encode("utf-16-le") in data for word in ("Workbook", "Book")):
        _refuse("FILE_KIND", "这不是表格文件（可能是旧版 Word 或演示文稿），或者文件不完整。请核对是否选错了文件。")


def look_at_zip(data: bytes, limits: "Limits") -> None:
    """Refuse a bomb, a stray cell far away and what is no workbook; every part is unpacked in pieces, under a limit."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            look_at_parts(parts, limits)
            _look_at_kind(archive, {part.filename for part in parts}, limits)
            room = limits.unpacked
            for part in parts:
                room -= _look_into(archive, part, room, limits)
    except (
        BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
        ExpatError,
    ) as error:
        raise Refusal(Reason("FILE_UNREADABLE", BROKEN)) from error


def look_at_parts(parts: list[ZipInfo], limits: "Limits") -> None:
    """Refuse what the list of contents gives away: a bomb, a password, two parts of one name."""
    names = [part.filename for part in parts]
    if len(parts) > PARTS_LIMIT or len(set(names)) != len(names):
        _refuse("FILE_UNREADABLE", BROKEN)
    if any(part.flag_bits & 1 for part in parts):
        _refuse("FILE_PASSWORD", "这个表格加了密码，读不了。请打开后取消密码，另存后再上传。")
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        _refuse("FILE_UNREADABLE", BROKEN)
    if sum(part.file_size for part in parts) > limits.unpacked:
        _refuse_bomb()
    for part in parts:
        if part.file_size > SMALL and part.file_size > RATIO_LIMIT * max(part.compress_size, 1):
            _refuse_bomb()


def _look_at_kind(archive: ZipFile, names: set[str], limits: "Limits") -> None:
    """A workbook of Excel's or of LibreOffice's, without a password; the sizes of its parts were looked at before."""
    if "xl/workbook.xml" in names:
        return
    if {"mimetype", "content.xml"} <= names and archive.read("mimetype").strip().startswith(ODS):
        _look_whether_whole(archive, limits)
        manifest = "META-INF/manifest.xml"
        if manifest in names and b"encryption-data" in archive.read(manifest):
            _refuse("FILE_PASSWORD", "这个表格加了密码，读不了。请打开后取消密码，另存后再上传。")
        return
    kind = "这是 Word 文档" if "word/document.xml" in names else "这是压缩包或别的文件"
    _refuse("FILE_KIND", f"{kind}，不是 xlsx 表格。请选对文件，或用 Excel、WPS 另存为 xlsx 后再上传。")


def _look_whether_whole(archive: ZipFile, limits: "Limits") -> None:
    """The parser waits for ever for the end of an ods whose XML has none."""
    parser, size = ParserCreate(), 0
    with archive.open("content.xml") as file:
        while piece := file.read(PIECE):
            if size == 0:
                _look_at_head(piece)
            size += len(piece)
            if size > limits.unpacked:
                _refuse_bomb()
            parser.Parse(piece)
    parser.Parse(b"", True)


def _look_into(archive: ZipFile, part: ZipInfo, room: int, limits: "Limits") -> int:
    """Unpack one part in pieces; cells, whatever the part is called, must lie within the limits. The part's size."""
    size, rest = 0, b""
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            if size == 0 and part.filename.endswith((".xml", ".rels")):
                _look_at_head(piece)
            size += len(piece)
            if size > room or (size > SMALL and size > RATIO_LIMIT * max(part.compress_size, 1)):
                _refuse_bomb()
            text = rest + piece
            _look_at_cells(text, limits)
            cut = LAST_OPEN.search(text, max(0, len(text) - 4_000))
            rest = text[cut.start() :] if cut else b""
    return size


def _look_at_head(piece: bytes) -> None:
    """Only plain UTF-8 without a document type: else what we look at is not what the parser reads."""
    head = piece[:2000].lower()
    declared = re.search(rb"""encoding\s*=\s*["']([^"']*)""", head)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or (declared and declared[1] not in (b"utf-8", b"us-ascii")):
        _refuse("FILE_UNREADABLE", BROKEN)
    if b"<!doctype" in head or b"<!entity" in head:
        _refuse("FILE_UNREADABLE", BROKEN)


def _look_at_cells(text: bytes, limits: "Limits") -> None:
    for letters, digits in CELL.findall(text):
        row = int(digits)
        if row > limits.rows:
            place = f"{letters.decode()}{row}"
            _refuse("FILE_ROWS", f"表格太长：{place}格还有内容，最多读{limits.rows}行。请删去多余的行后再上传。")
        if len(letters) > 3 or column_of(letters.decode()) > limits.columns:
            place = f"{letters.decode()}{row}"
            _refuse("FILE_COLUMNS", f"表格太宽：{place}格还有内容，最多读{limits.columns}列。请删去多余的列后再上传。")
    for cell in REPEATED.findall(text):
        times = TIMES.search(cell)
        if times and b"value-type" in cell and int(times[1]) > limits.columns:
            _refuse("FILE_COLUMNS", f"表格太宽：有内容的格重复到{int(times[1])}列。请删去多余的列后再上传。")


def column_of(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def letters_of(column: int) -> str:
    """1 is A, 26 Z, 27 AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _refuse_bomb() -> NoReturn:
    _refuse("FILE_HUGE", "这个表格展开后太大，没有读取。请把要用的部分复制到新表，另存后再上传。")


def _refuse(code: str, sentence: str) -> NoReturn:
    raise Refusal(Reason(code, sentence))
