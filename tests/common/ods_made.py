"""An ods file as LibreOffice writes it, by hand: repeated cells, empty rows to the end of the sheet."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

KIND = "application/vnd.oasis.opendocument.spreadsheet"
URN = "urn:oasis:names:tc:opendocument:xmlns"
HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{URN}:office:1.0"'
    f' xmlns:table="{URN}:table:1.0" xmlns:text="{URN}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
)
FOOT = "</office:spreadsheet></office:body></office:document-content>"
MANIFEST = f'<manifest:manifest xmlns:manifest="{URN}:manifest:1.0"><manifest:file-entry manifest:full-path="/"/>'


def ods(*rows: list[Any], name: str = "Sheet1") -> bytes:
    """A workbook with one sheet of texts, numbers and days."""
    return packed(table("".join(row(cells) for cells in rows), name))


def row(cells: list[Any]) -> str:
    inside = "".join(cell(value) for value in cells)
    return f'<table:table-row>{inside}<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'


def cell(value: Any) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
    if isinstance(value, int | float | Decimal):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    text = f"<text:p>{escape(value)}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def table(rows: str, name: str = "Sheet1") -> str:
    """A sheet with empty rows to its end."""
    end = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    return f'<table:table table:name="{escape(name)}">{rows}{end}</table:table>'


def packed(*tables: str, encrypted: bool = False) -> bytes:
    """The zip around the sheets, the kind of file first and unpacked."""
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", KIND, compress_type=ZIP_STORED)
        archive.writestr("content.xml", HEAD + "".join(tables) + FOOT)
        secret = "<manifest:encryption-data/>" if encrypted else ""
        archive.writestr("META-INF/manifest.xml", f"{MANIFEST}{secret}</manifest:manifest>")
    return data.getvalue()
