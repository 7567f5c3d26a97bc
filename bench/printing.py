"""A print run of many receipts from the rows of a database to its file; receipts.py measures the drawing alone.

CANBAO_BENCH_RECEIPTS says how many. Every one is paid for first, which takes most of the time.
"""

import os
import time
from pathlib import Path

from bench.result import Result, Size

RECEIPTS = {"small": 300, "full": 10_000}


def measure(size: Size) -> list[Result]:
    """Seconds and receipts a second: looking at the choice, then the run itself."""
    from offices import jobs
    from payments.models import PrintRun
    from payments.paper import fonts
    from payments.printing.choice import choice_of
    from payments.services import start_run
    from tests.builders import at

    count = int(os.environ.get("CANBAO_BENCH_RECEIPTS", RECEIPTS[size]))
    chen = pay(count)
    fonts.warm_up()

    started = time.perf_counter()
    seal = choice_of(chen, {}, reprints=False).seal
    looked = time.perf_counter() - started
    given = {"chosen": {}, "reprints": False, "form": "third", "layout_id": None, "printer_id": None}
    start_run(**given, expected=seal, by=chen, at=at("2007-10-26 09:00"))
    asked = time.perf_counter()
    jobs.run_next()
    done = time.perf_counter() - asked
    run = PrintRun.objects.get()
    if run.printed != count:
        raise SystemExit(run.job.failed)
    size_told = f"{run.size / count:.0f} bytes each"
    return [
        Result(f"print run, {count:,} receipts: looking at the choice", told(looked, count), "", count / looked),
        Result(f"print run, {count:,} receipts: the run", told(done, count), "", count / done, note=NOTE + size_told),
    ]


NOTE = "receipts a second; locked, claimed, read, drawn, kept in parts, bound; "


def told(seconds: float, count: int) -> str:
    return f"{seconds:.1f} s, {count / seconds:,.0f} a second"


def pay(count: int):  # noqa: ANN201 - a member of staff
    """Households of two, each paid for by the same clerk; the supervisor who prints."""
    from decimal import Decimal
    from uuid import uuid4

    from enrollment.services import load_ruleset
    from payments.services import take_payment
    from tests.builders import at, make_office, make_staff
    from tests.payments.conftest import a_book
    from tests.payments.many import make_couples

    load_ruleset(text=Path("enrollment/rulesets/lianyungang.toml").read_text(), by=None, at=at("2007-08-07 09:00"))
    office = make_office(ruleset_code="lianyungang")
    liu, chen = make_staff(office, "liu", name="刘阿姨"), make_staff(office, "chen", name="陈主任", role="supervisor")
    a_book(chen, count=count)
    for household in make_couples(liu, count):
        given = {"household_id": household, "coverage_year": 2008, "key": uuid4(), "expected_total": Decimal(240)}
        take_payment(**given, tendered=Decimal(300), means="cash", by=liu, at=at("2007-10-25 10:00"))
    return chen
