"""300 strings in every column of every table that is handed in: read, or refused in words, and shown as mere text.

A village's roster, a department's list and a bank's statement, as CSV and as xlsx; each time one column holds the
strings, a row for each, and the others what belongs there. What was taken in is then looked at on its page and, for the
roster, in the workbook that goes back to the village.
"""

import csv
import random
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offices import jobs
from offices.models import Job, Staff
from tests.builders import WHY, id_number
from tests.common.workbooks_made import xlsx
from tests.faults.conftest import Keep
from tests.faults.hostile_strings import strings
from tests.faults.looks import ill_cells
from tests.faults.test_hostile_files import WORDS
from tests.faults.test_hostile_strings import MOST_SECONDS, assert_one_line_each, log, runs  # noqa: F401
from tests.faults.walk import Form, Reader, client_of
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.card_builders import live_in
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import songming_book
from tests.rosters.roster_builders import a_roster, a_village

CELL_OF_EXCEL = 32_767
Row = list[Any]


@dataclass(slots=True)
class Door:
    """Where a table is handed in: the page, who does it, the headings, a row in order, what else the form wants."""

    page: str
    who: Staff
    heads: list[str]
    row: Callable[[int], Row]
    typed: dict[str, str] = field(default_factory=dict)
    marked: str = ""  # where it comes back as a workbook

    def form(self, client: Client) -> Form:
        reader = Reader(self.page, "", self.page)
        reader.feed(client.get(self.page).content.decode())
        return next(each for each in reader.forms if each.files)


def village_row(number: int) -> Row:
    return [str(number + 1), "李大山", id_number("1960-01-01", division="530127"), "户主", "", 150, "13812340000"]


def list_row(number: int) -> Row:
    born = id_number("1950-01-01", division="530127")
    return [number + 1, born, "李小山", "低保", "嵩阳街道", "东村", "2016-09-01", ""]


def statement_row(number: int) -> Row:
    return ["2016-11-01", f"7{number:05d}", "缴存", "", "150.00", "东村村委会", "62284800001"]


@pytest.fixture
def doors(settings, songyang, miss_yang: Staff, rulesets: None) -> list[Door]:  # noqa: F811
    settings.DEMO = True
    live_in(songyang, "2016-11-02 10:00")
    a_village()
    boss, roster = songming_book(songyang), a_roster(miss_yang)
    village = ["户号", "姓名", "身份证号", "与户主关系", "特殊人群", "缴费金额", "联系电话"]
    listed = ["序号", "身份证号", "姓名", "医疗救助身份", "镇（街）", "村（居）", "纳入资助时间", "缴费时间"]
    bank = ["交易日期", "流水号", "摘要", "借方", "贷方", "对方户名", "对方账号"]
    about = {"source": "support:civil_affairs", "month": "2016-11"}
    page, marked = (reverse(name, args=[roster.pk]) for name in ("roster", "roster-marked"))
    return [
        Door(page, miss_yang, village, village_row, marked=marked),
        Door(reverse("funder-lists"), boss, listed, list_row, typed=about),
        Door(reverse("bank"), boss, bank, statement_row, typed={"account": "农行上缴专户", "step": "office"}),
    ]


def as_csv(rows: list[Row]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: list[Row]) -> bytes:
    """What Excel takes for a cell; it knows no NUL and no cell beyond its length."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a cell that is left out is none of the strings
        return xlsx(*([cut(cell) for cell in row] for row in rows))


def cut(cell: Any) -> Any:
    return cell.replace("\0", "")[:CELL_OF_EXCEL] if isinstance(cell, str) else cell


FORMATS = {"csv": as_csv, "xlsx": as_xlsx}


def tables(doors: list[Door], full: bool, chance: random.Random) -> Iterator[tuple[Door, str, str, bytes]]:
    """Each column of each door in each format; the short form takes one column of each door for each format."""
    hostile = strings()
    for door in doors:
        for kind, made in FORMATS.items():
            for place in range(len(door.heads)) if full else [chance.randrange(len(door.heads))]:
                rows = [door.row(number) for number in range(len(hostile))]
                for row, text in zip(rows, hostile, strict=True):
                    row[place] = text
                yield door, kind, door.heads[place], made([door.heads, *rows])


def test_hostile_cells_are_read_or_refused(
    full: bool,
    doors: list[Door],
    log: StringIO,  # noqa: F811
    keep: Keep,
):
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    wrong: list[tuple[object, ...]] = []
    sent, refused, slowest = 0, 0, 0.0

    for door, kind, column, data in tables(doors, full, random.Random(seed)):
        client = client_of(door.who)
        form, file = door.form(client), SimpleUploadedFile(f"东村.{kind}", data)
        began = time.perf_counter()
        answer = client.post(form.action, form.data(**door.typed, **{form.files[0]: file}))
        slowest, sent = max(slowest, time.perf_counter() - began), sent + 1
        while jobs.run_next():
            pass
        refused += answer.status_code == 422
        wrong += [(door.page, kind, column, found) for found in faults(door, client, answer)]

    broken = Job.objects.exclude(failed="").values_list("failed", flat=True)
    assert not [failed for failed in broken if "名单" not in failed and "名册" not in failed and "表" not in failed]
    assert not wrong, wrong[:3]
    assert_one_line_each(log.getvalue())
    assert not full or slowest <= MOST_SECONDS
    keep(f"{len(strings())} strings, {sent} tables, {refused} refused in words; slowest {slowest:.2f} s")


def faults(door: Door, client: Client, answer: Any) -> Iterator[object]:
    """What the sender sees: the answer, the page that it leads to, the workbook that comes back."""
    if answer.status_code not in {302, 422}:
        yield answer.status_code
    shown = client.get(answer["Location"]) if answer.status_code == 302 else answer
    if shown.status_code not in {200, 422}:
        yield ("page", shown.status_code)
    if runs(shown):
        yield "runs"
    if answer.status_code == 422 and not WORDS.search(shown.content.decode()):
        yield "refused without a word"
    if door.marked and answer.status_code == 302:
        back = client.post(door.marked, WHY)
        if back.status_code == 200:
            yield from ill_cells(back.content)
        elif back.status_code not in {302, 404}:
            yield ("marked", back.status_code)
