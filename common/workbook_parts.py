"""工作簿的部件: the sheets of an xlsx by name, and the tags of a part, read piece by piece. Pure."""

import re
from collections.abc import Iterator
from html import unescape
from posixpath import join, normpath
from zipfile import ZipFile

from common.workbooks import PIECE

SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
OPEN = re.compile(rb"<[^<>]*\Z")


def sheets_of(archive: ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the part that it lies in."""
    relations = archive.read("xl/_rels/workbook.xml.rels")
    targets = {attribute(each, b"Id"): attribute(each, b"Target") for each in RELATION.findall(relations)}
    for sheet in SHEET.findall(archive.read("xl/workbook.xml")):
        target = targets.get(attribute(sheet, rb"\w+:id"), "")
        yield attribute(sheet, b"name"), target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


def attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return unescape((found[1] or found[2] or b"").decode()) if found else ""


def tags_of(archive: ZipFile, part: str, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """The tags of a part that the pattern means, read piece by piece."""
    rest = b""
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            text = rest + piece
            cut = OPEN.search(text, max(0, len(text) - 4_000))
            whole = text[: cut.start()] if cut else text
            yield from pattern.finditer(whole)
            rest = text[len(whole) :]
