"""Rosters: reading the file, and from the file into the tables with all checks, against the plain and the bare way.

What is compared is compared for its result first: the same cells, the same persons, amounts and days.
"""

import time
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import xlsxwriter
from django.db import connection, transaction

from bench import rosters_plain
from bench.result import Result, Size
from common.sheets import read_sheets
from enrollment import library
from enrollment.models import ContributionPeriod, Enrollment
from enrollment.services import load_ruleset
from payments.models import ReceiptBook
from rosters.services.taking import take_roster
from rosters.taking.writing import PLAN_ANEW
from tests.builders import at, make_office, make_staff
from tests.payments.conftest import a_book
from tests.rosters.deposited import deposited
from tests.rosters.made import HEADS, number

ROWS = {"small": 3_000, "full": 30_000}
SAMPLE = {"small": 150, "full": 600}  # rows for the way that takes too long for all
MOMENT = at("2016-11-01 10:00")
PAIRS = 3  # in turn: when the machine is slow it is slow for both
# What a taking writes, in the order in which the bare way copies it.
TABLES = (
    "households_person",
    "households_household",
    "households_membership",
    "enrollment_assessment",
    "enrollment_enrollment",
    "payments_payment",
    "payments_receipt",
    "payments_receiptline",
    "offices_act",
)
BOOK = "payments_receiptbook"


def measure(size: Size) -> list[Result]:
    """Three rows of the table."""
    data = village(ROWS[size])
    load_ruleset(text=Path("enrollment/rulesets/songming.toml").read_text(), by=None, at=at("2016-09-28 09:00"))
    clerk = make_staff(make_office("530127001", name="嵩阳街道社会事务保障所", ruleset_code="songming"), "yang")
    boss = make_staff(clerk.office, "duan", role="supervisor")
    book = a_book(boss, code="530127-16A", first=1, count=ROWS[size])
    reading = _reading(data, ROWS[size])
    plain, told = _plain(data, clerk, book, SAMPLE[size])
    ours, bare = _to_tables(data, clerk, told)
    whole = plain * ROWS[size] / SAMPLE[size]
    return [
        reading,
        Result(
            f"roster: file to tables, all checks ({ROWS[size]:,} rows)",
            f"{ours:.2f} s",
            f"django-import-export, use_bulk: {whole:.0f} s",
            whole / ours,
            40,
            60,
            note=f"the peer on {SAMPLE[size]} rows, extrapolated",
        ),
        Result(
            "roster: file to tables, all checks, time",
            f"{ours:.2f} s",
            f"reading + raw COPY of the same rows: {bare:.2f} s",
            ours / bare,
            1.5,
            1.1,
            at_most=True,
            note=f"into the same tables, constraints and triggers; the median of {PAIRS} pairs",
        ),
    ]


def village(persons: int) -> bytes:
    """An invented village as an xlsx, households of one to six."""
    random, buffer = Random(7), BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("花名册")
    sheet.write_row(0, 0, ["嵩阳街道东村2017年度城乡居民基本医疗保险参保花名册"])
    sheet.write_row(1, 0, HEADS)
    used: set[str] = set()
    home, left, head = 0, 0, ""
    for place in range(persons):
        name = random.choice("李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗") + random.choice("大山秀英明华强丽军敏静伟芳")
        name += random.choice(["", *"娜磊洋艳勇杰娟涛超霞平刚桂"])
        if not left:
            home, left, head = home + 1, random.randint(1, 6), name
            relation = "户主"
        else:
            relation = random.choice(["妻", "子", "女", "母亲"])
        left -= 1
        while (id_no := number(_day(random), random.randint(0, 999))) in used:
            pass
        used.add(id_no)
        sex = "男" if int(id_no[16]) % 2 else "女"
        phone = f"138{random.randint(0, 99_999_999):08d}"
        sheet.write_row(place + 2, 0, [place + 1, f"{home:05d}", head, name, sex, id_no, relation, "", 150, phone])
    sheet.write_row(persons + 2, 0, ["合计", f"{home}户", "", f"{persons}人"])
    book.close()
    return buffer.getvalue()


def _day(random: Random) -> str:
    return f"{random.randint(1935, 2014)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"


def _seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _reading(data: bytes, rows: int) -> Result:
    """Every cell of the file: ours with its look at a file that may mean harm, and the child process."""

    def peer() -> list[tuple[Any, ...]]:
        return list(openpyxl.load_workbook(BytesIO(data), read_only=True).worksheets[0].iter_rows(values_only=True))

    (ours, sheets), (theirs, cells) = _seconds(lambda: read_sheets(data)), _seconds(peer)
    for _ in range(2):
        ours, theirs = min(ours, _seconds(lambda: read_sheets(data))[0]), min(theirs, _seconds(peer)[0])
    mine = [[_plain_cell(cell) for cell in row] for row in sheets[0].rows]
    if mine != [[_plain_cell(cell) for cell in row] for row in cells]:
        raise AssertionError("the two readings differ")
    name = f"roster: read xlsx ({rows:,} rows)"
    peer_told = f"openpyxl read-only: {theirs:.2f} s"
    return Result(name, f"{ours:.2f} s", peer_told, theirs / ours, 8, 11, note="the better of three runs each")


def _plain_cell(cell: Any) -> Any:
    return "" if cell is None else float(cell) if isinstance(cell, int | float | Decimal) else cell


def figures(numbers: list[str]) -> list[tuple[Any, ...]]:
    """What has to be the same: who is enrolled, in which household and relation, what for and from when."""
    rows = Enrollment.objects.filter(person__id_no__in=numbers).order_by("person__id_no")
    return list(
        rows.values_list(
            "person__id_no",
            "person__name",
            "person__pinyin",
            "person__memberships__relation",
            "household__number",
            "category",
            "payable",
            "benefit_starts_on",
            "reasons",
            "receipt_line__receipt__number",
            "receipt_line__receipt__clause_line",
        )
    )


def _plain(data: bytes, clerk: Any, book: ReceiptBook, most: int) -> tuple[float, list[tuple[Any, ...]]]:
    """Seconds of the plain way for the sample, and what it wrote; then it is rolled back."""
    rows = rosters_plain.read(data)
    last = rows[most - 1]["number"] if len(rows) > most else ""
    sample = [row for row in rows[:most] if row["number"] != last]
    period = ContributionPeriod.objects.select_related("ruleset").get(coverage_year=2017)
    ruleset = library.current("songming")
    reading, _ = _seconds(lambda: rosters_plain.read(data))
    with transaction.atomic():

        def work() -> None:
            book.refresh_from_db()
            rosters_plain.take(sample, rosters_plain.Office(ruleset, period, book, clerk, MOMENT))
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        seconds, _ = _seconds(work)
        told = figures([row["id_no"] for row in sample])
        transaction.set_rollback(True)
    book.refresh_from_db()
    return seconds * most / len(sample) + reading * most / len(rows), told


def _to_tables(data: bytes, clerk: Any, told: list[tuple[Any, ...]]) -> tuple[float, float]:
    """Of several runs in turn the pair with the median ratio: ours, and reading with a raw COPY of what ours wrote."""
    pairs = []
    for _ in range(PAIRS):
        with connection.cursor() as cursor:
            book = _dumped(cursor, BOOK)
        roster = deposited(clerk, data, moment=MOMENT)
        seconds, _ = _seconds(lambda roster=roster: take_roster(roster_id=roster.pk, by=clerk, at=MOMENT))
        if told != figures([row[0] for row in told]):
            raise AssertionError("the two ways differ")
        with connection.cursor() as cursor:
            rows = {table: _dumped(cursor, table) for table in TABLES}
            passed = _emptied(cursor, book)
        pairs.append((seconds, _seconds(lambda rows=rows, passed=passed: _bare(data, rows, passed))[0]))
        with connection.cursor() as cursor:
            _emptied(cursor, book)
    return sorted(pairs, key=lambda pair: pair[0] / pair[1])[PAIRS // 2]


def _dumped(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(piece) for piece in copy)


def _emptied(cursor: Any, book: bytes) -> int:
    """Take everything out again, and put the book back as it was; which number it had come to."""
    cursor.execute(f"SELECT next_number FROM {BOOK}")
    (passed,) = cursor.fetchone()
    cursor.execute(f"TRUNCATE {', '.join(TABLES)}, {BOOK}, households_numberseries CASCADE")
    with cursor.copy(f"COPY {BOOK} FROM STDIN") as copy:
        copy.write(book)
    return int(passed)


def _bare(data: bytes, rows: dict[str, bytes], passed: int) -> None:
    """Read the file; copy the rows into the tables as they are; pass the numbers; commit."""
    read_sheets(data)
    with transaction.atomic(), connection.cursor() as cursor:
        for table, content in rows.items():
            if table == "payments_receipt":
                cursor.execute(f"UPDATE {BOOK} SET next_number = %s", [passed])
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(content)
        cursor.execute(PLAN_ANEW)
