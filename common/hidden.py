"""隐藏的行: which rows of an xlsx nobody sees, hidden by hand or by a filter; told, so that nobody is taken unseen."""

import re
import zlib
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from posixpath import join, normpath
from zipfile import BadZipFile, ZipFile

from common.workbooks import PIECE, ZIP

SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*>")
HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
OPEN = re.compile(rb"<[^<>]*\Z")


def hidden_rows(data: bytes) -> dict[str, list[int]]:
    """By sheet the numbers of its hidden rows, of a workbook that was found harmless before; {} for other files."""
    if not data.startswith(ZIP):
        return {}
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = set(archive.namelist())
            if "xl/workbook.xml" not in parts:
                return {}
            found = {name: list(_hidden(archive, part)) for name, part in _sheets(archive) if part in parts}
    except (BadZipFile, zlib.error, KeyError, ValueError, EOFError):
        return {}
    return {name: rows for name, rows in found.items() if rows}


def _sheets(archive: ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the part that it lies in."""
    relations = archive.read("xl/_rels/workbook.xml.rels")
    targets = {_attribute(each, b"Id"): _attribute(each, b"Target") for each in RELATION.findall(relations)}
    for sheet in SHEET.findall(archive.read("xl/workbook.xml")):
        target = targets.get(_attribute(sheet, rb"\w+:id"), "")
        yield _attribute(sheet, b"name"), target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return unescape((found[1] or found[2] or b"").decode()) if found else ""


def _hidden(archive: ZipFile, part: str) -> Iterator[int]:
    rest = b""
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            text = rest + piece
            for row in ROW.findall(text):
                if HIDDEN.search(row) and (number := _attribute(row, b"r")).isdigit():
                    yield int(number)
            cut = OPEN.search(text, max(0, len(text) - 4_000))
            rest = text[cut.start() :] if cut else b""
