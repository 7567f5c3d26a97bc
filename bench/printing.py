"""A print run of many receipts, against the plainest reportlab script that prints the same ones.

Every one is paid for first, which takes most of the time.
"""

import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.result import Result, Size

RECEIPTS = {"small": 500, "full": 10_000}


def measure(size: Size) -> list[Result]:
    """Seconds and receipts a second: the whole run, drawing alone, the plain script."""
    from offices import jobs
    from payments.models import PrintRun, Receipt
    from payments.paper import fonts
    from payments.paper.receipt import document, printable_many
    from payments.printing.choice import choice_of
    from payments.services import start_run
    from tests.builders import at

    count = RECEIPTS[size]
    chen = pay(count)
    fonts.warm_up()

    started = time.perf_counter()
    seal = choice_of(chen, {}, reprints=False).seal
    given = {"chosen": {}, "reprints": False, "form": "half", "layout_id": None, "printer_id": None}
    start_run(**given, expected=seal, by=chen, at=at("2007-10-26 09:00"))
    asked = time.perf_counter() - started
    jobs.run_next()
    whole = time.perf_counter() - started
    run = PrintRun.objects.get()
    if run.printed != count:
        raise SystemExit(run.job.failed)

    documents = [document(each) for each in printable_many(list(Receipt.objects.values_list("pk", flat=True)))]
    with TemporaryDirectory() as folder:
        ours, plain = Path(folder) / "ours.pdf", Path(folder) / "plain.pdf"
        drawn = timed(draw, documents, ours)
        plainly = timed(draw_plainly, documents, plain)
        same_words(ours, plain)
        sizes = [path.stat().st_size / 1e6 for path in (ours, plain)]

    job, peer = f"print run of {count:,} receipts", f"plain reportlab {told(plainly, count)}, {sizes[1]:.1f} MB"
    return [
        Result(f"{job}, drawing", f"{told(drawn, count)}, {sizes[0]:.1f} MB", peer, plainly / drawn),
        Result(job, told(whole, count), peer, plainly / whole, note=f"choosing {asked:.1f} s of it; peer only draws"),
    ]


def told(seconds: float, count: int) -> str:
    return f"{seconds:.1f} s, {count / seconds:.0f} a second"


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


def timed(work, documents, path) -> float:  # noqa: ANN001
    """Seconds."""
    started = time.perf_counter()
    work(documents, path)
    return time.perf_counter() - started


def draw(documents, path) -> None:  # noqa: ANN001
    """As the run does: 240 to a part, then bound."""
    from payments.paper.receipt_pdf import draw_receipts
    from payments.paper.sheet import A4
    from payments.paper.stream import bind, streamed
    from payments.printing.job import AT_ONCE

    def parts():  # noqa: ANN202
        for start in range(0, len(documents), AT_ONCE):
            sheet, canvas = streamed(A4)
            draw_receipts(sheet, documents[start : start + AT_ONCE])
            yield canvas.part()

    with path.open("wb") as file:
        bind(file, parts(), paper=A4, title="bench", author="bench")


def draw_plainly(documents, path) -> None:  # noqa: ANN001
    from bench.plain_receipt import print_plainly
    from payments.paper import fontbuild, fonts

    print_plainly(documents, path=str(path), font=str(fontbuild.finished(fonts.folder())[0]))


def same_words(*paths: Path) -> None:
    """Both files say the same on their first and last page, letter for letter."""
    import pypdfium2 as pdfium

    files = [pdfium.PdfDocument(path) for path in paths]
    for page in (0, len(files[0]) - 1):
        letters = [Counter("".join(file[page].get_textpage().get_text_range().split())) for file in files]
        if letters[0] != letters[1]:
            raise SystemExit(f"the files differ: {letters[0] - letters[1]} {letters[1] - letters[0]}")
