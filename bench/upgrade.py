"""A new release's migrations while money is taken: the longest that a payment waited.

Four clients pay at once, a twentieth of a second between two payments: first by themselves, then through migrations
that are written and applied as `config/online.py` wants them, then through the same changes as `makemigrations` writes
them.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from random import Random
from typing import Any

from bench.at_the_counter import clerks, due
from bench.payments import CLIENTS, Work
from bench.result import Result, Size

MOST = {"small": 3_000, "full": 30_000}
PAUSE = 0.05  # seconds between two payments of a client; without it they run out of households
ALONE_SECONDS = 3
MOST_SECONDS = 2.0


def measure(size: Size) -> list[Result]:
    """The longest payment of each of the three; each must have its receipt."""
    from households.models import Person

    persons = Person.objects.count()
    work = _owing(MOST[size])
    third = len(work) // 3
    alone = _meanwhile(work[:third], lambda: time.sleep(ALONE_SECONDS))
    with _released("gentle"):
        gentle = _meanwhile(work[third : 2 * third], _upgrade)
    with _released("plain"):
        plain = _meanwhile(work[2 * third :], _migrate)
    job = f"longest payment during an upgrade, {persons:,} persons, {CLIENTS} clients"
    note = (
        f"without one {alone.longest:.2f} s; {gentle.payments:,} payments in {gentle.seconds:.0f} s of migrations;"
        " ratio: seconds, at most 2"
    )
    peer = f"as makemigrations writes it {plain.longest:.2f} s"
    return [Result(job, f"{gentle.longest:.2f} s", peer, gentle.longest, MOST_SECONDS, 1.0, at_most=True, note=note)]


def _owing(most: int) -> list[Work]:
    """Households that owe something, and a clerk of their office for each; as many as there are."""
    by_office: dict[int, list[Any]] = {}
    for clerk in clerks():
        by_office.setdefault(clerk.office_id, []).append(clerk)
    found: list[Work] = []
    for there in by_office.values():
        owing = due(there[0], most // len(by_office) + 1)
        found += [(household, total, there[place % len(there)]) for place, (household, total) in enumerate(owing)]
    Random(1).shuffle(found)
    return found


class Meanwhile:
    """What payments felt while something else was done."""

    def __init__(self, seconds: float, waits: list[float]) -> None:
        self.seconds, self.payments, self.longest = seconds, len(waits), max(waits)


def _upgrade() -> None:
    """As `config.run` does it where there are households."""
    from config import online

    state, plan = online.pending()
    if disturbing := list(online.disturbing(state, plan)):
        raise SystemExit("\n".join(disturbing))
    online.migrate(plan, say=print)


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", "households", interactive=False, verbosity=0)


def _meanwhile(work: list[Work], act: Callable[[], None]) -> Meanwhile:
    """Have the clients pay from before the act until after it."""
    from django.db import connection

    connection.close()
    processes = get_context("fork")
    over, waits = processes.Event(), processes.Queue()
    clients = [processes.Process(target=_pay, args=(work[place::CLIENTS], over, waits)) for place in range(CLIENTS)]
    for each in clients:
        each.start()
    time.sleep(1)
    started = time.perf_counter()
    try:
        act()
    finally:
        seconds = time.perf_counter() - started
        over.set()
        found = [wait for _ in clients for wait in waits.get()]
        for each in clients:
            each.join()
    if any(each.exitcode for each in clients):
        raise SystemExit("a client broke")
    return Meanwhile(seconds, found)


def _pay(work: list[Work], over: Any, waits: Any) -> None:
    from bench.at_the_counter import pay

    found = []
    for household, total, clerk in work:
        started = time.perf_counter()
        pay(household, total, clerk)
        found.append(time.perf_counter() - started)
        if over.wait(PAUSE):
            break
    waits.put(found)  # in any case: it is waited for
    if not over.is_set():
        raise SystemExit("there was not enough to pay")


@contextmanager
def _released(which: str) -> Iterator[None]:
    """The migrations of `households` with the invented ones after them; they are taken back at the end."""
    from django.core.management import call_command
    from django.test import override_settings

    from bench.next_release import LAST

    with override_settings(MIGRATION_MODULES={"households": f"bench.next_release.{which}"}):
        try:
            yield
        finally:
            call_command("migrate", "households", LAST, interactive=False, verbosity=0)
