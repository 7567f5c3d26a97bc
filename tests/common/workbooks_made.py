"""Workbooks as people and attackers make them: xlsx with any parts, and a small old xls, byte by byte."""

import struct
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"


def xlsx(*rows: list[Any], sheets: int = 1) -> bytes:
    """A workbook as Excel writes it; days become dates."""
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for _ in range(sheets):
            sheet = book.add_worksheet()
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    if isinstance(cell, date | datetime):
                        sheet.write_datetime(y, x, cell, day)
                    else:
                        sheet.write(y, x, cell)
    return data.getvalue()


def parts(sheet: str | bytes, **more: str | bytes) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet, and more by name."""
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{CONTENT}"><Default Extension="xml" ContentType="application/xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELS}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELS}/worksheet"'
        f' Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{RELS}/sharedStrings"'
        ' Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    return found | more


def sheet_xml(cells: str) -> str:
    """The XML of a sheet around its rows."""
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def packed(found: dict[str, str | bytes]) -> bytes:
    """A zip of the parts."""
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        for name, part in found.items():
            archive.writestr(name, part)
    return data.getvalue()


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 0x06))


def _label(y: int, x: int, text: str) -> bytes:
    return _record(0x0204, struct.pack("<HHHHB", y, x, 0, len(text), 1) + text.encode("utf-16-le"))


def xls(*rows: list[str | float]) -> bytes:
    """An old workbook (BIFF8 in a compound file) of texts and numbers."""
    cells = b"".join(
        _label(y, x, cell) if isinstance(cell, str) else _record(0x0203, struct.pack("<HHHd", y, x, 0, float(cell)))
        for y, row in enumerate(rows)
        for x, cell in enumerate(row)
    )
    name = struct.pack("<BB", 2, 1) + "甲1".encode("utf-16-le")
    start = len(_bof(5)) + 4 + 6 + len(name) + 4
    head = _bof(5) + _record(0x0085, struct.pack("<IH", start, 0) + name) + _record(0x000A)
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    return compound((head + _bof(0x10) + _record(0x0200, size) + cells + _record(0x000A)).ljust(4096, b"\0"))


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file with one stream of at least 4096 bytes."""
    count = -(-len(stream) // 512)
    fat = [*range(1, count), 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFD]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", count + 1, *[0xFFFFFFFF] * 108)

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        raw = (title + "\0").encode("utf-16-le")
        links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBB", len(raw), kind, 1)
            + links
            + bytes(36)
            + struct.pack("<IQ", first, size)
        )

    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 0, len(stream))
    return head + stream.ljust(count * 512, b"\0") + folder.ljust(512, b"\0") + struct.pack("<128I", *fat)
