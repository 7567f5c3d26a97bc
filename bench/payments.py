"""收款 a second: four clients against the plain ORM way, one client against the same steps by pgbench."""

import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from statistics import median
from typing import Any

from bench.at_the_counter import AT, BOOKS, YEAR, clerks, due, pay, refuse_gaps
from bench.pgbench import tps
from bench.ready_payments import have_ready, parameters, script
from bench.result import Result, Size

CLIENTS = 4
OURS = {"small": 150, "full": 800}  # in each round
PLAIN = {"small": 30, "full": 150}
ALONE = {"small": 150, "full": 600}
ROUNDS = 3

Work = tuple[int, Any, Any]


def measure(size: Size) -> list[Result]:
    """Rates, in turns; every payment must have its receipt, and no book a gap."""
    work = _work(ROUNDS * (OURS[size] + PLAIN[size] + 2 * ALONE[size]))
    ours, plain, alone, bare = [], [], [], []
    for _ in range(ROUNDS):
        ours.append(_together(_pay, _cut(work, OURS[size])))
        plain.append(_together(_pay_plainly, _cut(work, PLAIN[size])))
    for _ in range(ROUNDS):
        mine = _cut(work, ALONE[size])
        _pay(mine[:5])
        started = time.perf_counter()
        _pay(mine[5:])
        alone.append((len(mine) - 5) / (time.perf_counter() - started))
        bare.append(_by_pgbench(_cut(work, ALONE[size])))
    refuse_gaps("BENCH-")
    four, plainly, one, peer = (median(each) for each in (ours, plain, alone, bare))
    job = f"counter payments a second, {CLIENTS} clients, {BOOKS} books"
    note = f"households of 4; processes share the cores with the server; median of {ROUNDS}"
    return [
        Result(job, f"{four:.0f}", f"plain ORM {plainly:.0f}", four / plainly, 8, 15, note=note),
        Result("counter payments a second, 1 client", f"{one:.0f}", f"pgbench {peer:.0f}", one / peer, 0.4, 0.7,
               note=f"the same statements, prepared; median of {ROUNDS}"),
    ]  # fmt: skip


def _work(count: int) -> list[Work]:
    """Household, what it owes and who takes it; the clerks in turn."""
    by_office: dict[int, list[tuple[int, Any]]] = {}
    found: list[Work] = []
    everybody = clerks()
    offices = len({clerk.office_id for clerk in everybody})
    for clerk in everybody[:offices]:
        by_office[clerk.office_id] = due(clerk, count // offices + 5)
    for place in range(count):
        clerk = everybody[place % BOOKS]
        if not by_office[clerk.office_id]:
            clerk = next(each for each in everybody if by_office[each.office_id])
        household, total = by_office[clerk.office_id].pop()
        found.append((household, total, clerk))
    return found


def _cut(work: list[Work], count: int) -> list[Work]:
    """Take so many off the end."""
    some, work[-count:] = work[-count:], []
    return some


def _pay(work: Sequence[Work]) -> None:
    for household, total, clerk in work:
        pay(household, total, clerk)


def _pay_plainly(work: Sequence[Work]) -> None:
    from bench.plain_payment import pay_plainly

    for household, _, clerk in work:
        pay_plainly(household_id=household, coverage_year=YEAR, by=clerk, at=AT)


def _together(how: Callable[[Sequence[Work]], None], work: list[Work]) -> float:
    """Payments a second of four processes that begin at once."""
    from django.db import connection

    connection.close()
    processes = get_context("fork")
    start = processes.Barrier(CLIENTS + 1)

    def client(mine: list[Work]) -> None:
        how(mine[:2])
        start.wait()
        how(mine[2:])
        connection.close()

    clients = [processes.Process(target=client, args=(work[place::CLIENTS],)) for place in range(CLIENTS)]
    for each in clients:
        each.start()
    start.wait()
    started = time.perf_counter()
    for each in clients:
        each.join()
    if any(each.exitcode for each in clients):
        raise SystemExit("a client broke")
    return (len(work) - 2 * CLIENTS) / (time.perf_counter() - started)


def _by_pgbench(work: Sequence[Work]) -> float:
    """The statements of `take_payment` with all that Python would have put into them."""
    from payments.counter import sql
    from payments.models import ReceiptBook

    rows = []
    for household, total, clerk in work:
        rows.append(parameters(household, total, clerk, ReceiptBook.objects.for_clerk(clerk)[0].pk))
    text = script(have_ready(rows), sql.LOCK, sql.READ, sql.WRITE)
    return tps(text, clients=1, transactions=len(work))
