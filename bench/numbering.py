"""票据号码: payments with a number from the book's locked row against the same payments with one from a sequence.

Both are the payment's own statements by pgbench, so that the book is held as long as at the counter: until the rows
under the number are written and all that is checked at the commit has been. Ten books, shared by all writers.
"""

import os
from itertools import cycle
from random import Random
from statistics import median
from typing import Any

from bench.at_the_counter import AT, clerks, due, refuse_gaps
from bench.pgbench import tps
from bench.ready_payments import have_ready, parameters, script
from bench.result import Result, Size

BOOKS = 10
ROUNDS = {"small": 7, "full": 13}  # many short rounds in turn: when the machine is slow it is slow for both
WRITERS = 2 * (os.cpu_count() or 1)  # more of them would only wait for a core while they hold a book
PAYMENTS = {"small": 60, "full": 400}  # in each round
LAST = 10_000_000
# In the place of `numbered` in the statement that writes: what of it is left where nothing need be without a gap.
FROM_SEQUENCE = """numbered AS (
    SELECT n.id, n.code, n.number, lpad(n.number::text, n.width, '0') AS printed
    FROM (SELECT b.id, b.code, b.width, nextval(('bench_number_' || b.id)::regclass) AS number
          FROM payments_receiptbook b, (SELECT count(*) AS persons FROM enrolled) AS written
          WHERE b.id = %(book)s AND written.persons > 0) AS n
), receipted AS ("""

Work = tuple[int, Any, Any, int]


def measure(size: Size) -> list[Result]:
    """Payments a second of both, in turns; the numbers of every book must run from 1 without a gap."""
    from payments.counter import sql

    before, rest = sql.WRITE.split("numbered AS (", 1)
    peer = before + FROM_SEQUENCE + rest.split("receipted AS (", 1)[1]
    ours, theirs = _work(ROUNDS[size] * PAYMENTS[size])
    rates: dict[str, list[float]] = {sql.WRITE: [], peer: []}
    for _ in range(ROUNDS[size]):
        for statement, work in ((sql.WRITE, ours), (peer, theirs)):
            some, work[-PAYMENTS[size] :] = work[-PAYMENTS[size] :], []
            names = have_ready([parameters(*each) for each in some])
            text = script(names, sql.LOCK, sql.READ, statement, clients=WRITERS)
            rates[statement].append(tps(text, clients=WRITERS, transactions=len(some) // WRITERS))
    refuse_gaps("NUMBER-L-")
    locked, sequence = (median(found) for found in rates.values())
    note = f"{WRITERS} writers take payments, median of {ROUNDS[size]}; no gap and no twin"
    job = f"gapless numbering, {BOOKS} books"
    told = f"{locked:.0f} a second", f"sequence {sequence:.0f} a second"
    return [Result(job, *told, locked / sequence, 0.9, 0.97, note=note)]


def _work(count: int) -> tuple[list[Work], list[Work]]:
    """Twice as many payments that are owed, each with a book of its office: for ours, and for the peer's."""
    by_office: dict[int, Any] = {}
    for clerk in clerks():
        by_office.setdefault(clerk.office_id, clerk)
    offices = list(by_office.values())[:BOOKS]
    found: tuple[list[Work], list[Work]] = ([], [])
    books = [[_book(clerk, f"{kind}-{place}") for place, clerk in zip(range(BOOKS), cycle(offices))] for kind in "LS"]
    _for_sequences(books[1])
    for place, clerk in enumerate(offices):
        mine = [[each[turn].pk for turn in range(place, BOOKS, len(offices))] for each in books]
        for turn, (household, total) in enumerate(due(clerk, 2 * count // len(offices) + 2)):
            side = turn % 2
            found[side].append((household, total, clerk, mine[side][turn // 2 % len(mine[side])]))
    for each in found:
        Random(1).shuffle(each)
        if len(each) < count:
            raise SystemExit(f"only {len(each)} households of four owe something")
    return found


def _book(clerk: Any, code: str) -> Any:
    from payments.models import ReceiptBook

    return ReceiptBook.objects.create(
        code=f"NUMBER-{code}", first_number=1, last_number=LAST, next_number=1, width=8, office=clerk.office,
        received_at=AT,
    )  # fmt: skip


def _for_sequences(books: list[Any]) -> None:
    """A sequence for each, and the book as if all its numbers had been taken: a receipt's number must be passed."""
    import pgtrigger
    from django.db import connection

    from payments.models import ReceiptBook
    from tests.acting import as_owner

    with as_owner(), pgtrigger.ignore("payments.ReceiptBook:no_number_without_a_receipt"):
        ReceiptBook.objects.filter(pk__in=[book.pk for book in books]).update(next_number=LAST)
        with connection.cursor() as cursor:
            for book in books:
                cursor.execute(f"CREATE SEQUENCE bench_number_{book.pk}")
                cursor.execute(f"GRANT USAGE ON SEQUENCE bench_number_{book.pk} TO PUBLIC")
