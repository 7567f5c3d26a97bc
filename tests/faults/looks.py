"""What was looked at with hostile rows in it: a page, a PDF or a table, and what is wrong with it."""

import csv
import re
import time
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

import openpyxl
import pypdfium2 as pdfium
from django.test import Client

from tests.builders import WHY
from tests.faults.test_hostile_strings import RIGHT, runs
from tests.test_access import PAGES, patterns, savepoint

# What the tables ask for: a reason, days, a village, a school, a department, the form of the file.
PICKED = {"village": "320705001001", "school": "第二中学"}
DAYS = {"first": "2007-09-01", "last": "2008-08-31", "office": "", "file": "journal.xlsx"}
ASKED = {"print-batch-sample": {"form": "half", "reprints": "on"}}  # the others: why, and of which days
PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
TROUBLE = re.compile(r"(?:invalid-feedback|form-errors).{200}", re.DOTALL)
TAGS = re.compile(r"<[^>]*>")
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Looks:
    """What was looked at, and what was wrong with it."""

    def __init__(self) -> None:
        self.wrong: list[tuple[object, ...]] = []
        self.seen: dict[str, str] = {}
        self.kinds: list[str] = []
        self.instead: dict[str, object] = {}  # what came in the place of a paper
        self.asked, self.refused, self.slowest, self.slowest_at = 0, 0, 0.0, ""
        self.all_can_be_drawn = True

    @staticmethod
    def papers() -> set[str]:
        """The addresses that say they are a PDF or a table, and the others that are one."""
        named = {each.name for each in patterns() if str(each.pattern).endswith((".pdf", ".xlsx", ".csv"))}
        others = {"omissions-file", "renewal-list", "journal-file", "progress-file", "acts-file"}
        return (named | others | {"weekly-reports-file", "progress-paper", "weekly-reports-paper"}) & PAGES.keys()

    def counted(self, kind: str) -> int:
        return self.kinds.count(kind)

    def at(self, name: str, url: str, client: Client) -> None:
        began = time.perf_counter()
        with savepoint():
            asked = name in self.papers()
            answer = client.get(url, PICKED if asked else {})
            if asked and answer.status_code in {200, 405} and answer["Content-Type"].startswith("text/html"):
                answer = client.post(f"{url}?{urlencode(PICKED)}", ASKED.get(name, WHY | DAYS))
            data = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seconds = time.perf_counter() - began
        self.asked += 1
        if seconds > self.slowest:
            self.slowest, self.slowest_at = seconds, name
        self.wrong += [(name, found) for found in self.faults(name, answer, data)]

    def faults(self, name: str, answer: Any, data: bytes) -> Iterator[object]:
        kind = answer.get("Content-Type", "").partition(";")[0]
        if answer.status_code == 400 and not self.all_can_be_drawn and "现有字体不能打印" in data.decode():
            self.refused += 1
        elif answer.status_code not in RIGHT - {400}:
            yield answer.status_code, TAGS.sub("", data.decode(errors="replace"))[-300:].split()
        elif kind == PDF:
            yield from off_the_page(data)
        elif kind == XLSX:
            yield from ill_cells(data)
        elif kind == "text/csv":
            yield from ill_texts(data)
        elif kind == "text/html" and runs(answer):
            yield "runs"
        elif kind == "text/html" and name in self.papers():
            self.instead[name] = (answer.status_code, TROUBLE.findall(data.decode()))
        if kind in {PDF, XLSX, "text/csv"} and answer.status_code == 200:
            self.seen[name] = kind
            self.kinds.append(kind)


def off_the_page(data: bytes) -> Iterator[str]:
    """Whatever can be seen lies within its page; a PDF that cannot be read is off as a whole."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        yield str(error)
        return
    for number, page in enumerate(document, start=1):
        width, height = page.get_size()
        words = page.get_textpage()
        for place, letter in enumerate(words.get_text_range()[: words.count_chars()]):
            if letter.isspace() or not letter.isprintable():
                continue
            left, bottom, right, top = words.get_charbox(place)
            if left < -1 or bottom < -1 or right > width + 1 or top > height + 1:
                yield f"page {number}: {letter!r} at {left:.0f}, {bottom:.0f}"
                break


def ill_cells(data: bytes) -> Iterator[str]:
    """A formula, or a sheet that Excel would not open."""
    with ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        if any(b"<f>" in archive.read(each) for each in names if each.startswith("xl/worksheets/")):
            yield "a formula"
        if any("externalLink" in each for each in names):
            yield "a link to another workbook"
        for each in names:
            if each.endswith(".xml") and NO_XML.search(archive.read(each).decode("utf-8")):
                yield f"characters in {each} that XML does not know"
    for sheet in openpyxl.load_workbook(BytesIO(data)):
        for row in sheet.iter_rows():
            yield from (f"{sheet.title}!{cell.coordinate}" for cell in row if cell.data_type == "f")


def ill_texts(data: bytes) -> Iterator[str]:
    """A cell that a spreadsheet would take for a formula."""
    for row in csv.reader(StringIO(data.decode("utf-8-sig"), newline="")):
        for cell in row:
            if cell.startswith(FORMULA) and not re.fullmatch(r"-?[\d,]+(\.\d+)?", cell):
                yield f"begins like a formula: {cell[:30]!r}"
