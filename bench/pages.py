"""收款台 over HTTP: find, look, pay for households of four by 20 clerks at once, at gunicorn as `make run` has it.

A clerk looks for a moment between two steps; nobody pays faster than people come.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

from bench.at_the_counter import clerks, due
from bench.browser import PASSWORD, Browser, payment_fields, serving
from bench.result import Result, Size
from bench.timing import ms, p95

CLERKS = 20
HOUSEHOLDS = {"small": 1, "full": 10}
LOOKS = (1.0, 3.0)  # seconds between two steps
REQUIRED = {"find": (0.100, 0.050), "preview": (0.150, 0.075), "pay": (0.300, 0.150)}


def measure(size: Size) -> list[Result]:
    """p95 of each step over all clerks; each household must have got its receipt."""
    from households.models import Household, Person
    from payments.models import Receipt

    chosen = clerks()[:CLERKS]
    work: list[list[str]] = []
    by_office: dict[int, list[int]] = {}
    for clerk in chosen:
        clerk.set_password(PASSWORD)
        clerk.save(update_fields=["password"])
        if clerk.office_id not in by_office:
            by_office[clerk.office_id] = [pk for pk, _ in due(clerk, CLERKS * (HOUSEHOLDS[size] + 1))]
        mine = [by_office[clerk.office_id].pop() for _ in range(HOUSEHOLDS[size] + 1)]
        heads = Person.objects.filter(memberships__household__in=mine, memberships__relation="02")
        work.append([person.id_no for person in heads])
    before = Receipt.objects.count()
    with serving() as port:
        start = Barrier(CLERKS)
        with ThreadPoolExecutor(CLERKS) as pool:
            jobs = [
                pool.submit(_clerk, port, clerk.username, numbers, start)
                for clerk, numbers in zip(chosen, work, strict=True)
            ]
            found = [step for job in jobs for step in job.result()]
    paid = Receipt.objects.count() - before
    if paid != CLERKS * (HOUSEHOLDS[size] + 1):
        raise SystemExit(f"{paid} receipts of {CLERKS * (HOUSEHOLDS[size] + 1)}")
    residents = Person.objects.count()
    note = (
        f"{residents:,} residents of {Household.objects.count():,} households; looks of {LOOKS[0]:g} to {LOOKS[1]:g} s"
    )
    results = []
    for step, bounds in REQUIRED.items():
        seconds = p95([taken for name, taken in found if name == step])
        job = f"page of the counter, {step}, p95 at {CLERKS} clerks"
        bound, aim = bounds[0] * 1000, bounds[1] * 1000
        results.append(Result(job, ms(seconds), "–", seconds * 1000, bound, aim, at_most=True, note=f"ms; {note}"))
    return results


def _clerk(port: int, login: str, numbers: list[str], start: Barrier) -> list[tuple[str, float]]:
    """Log in, then find, look and pay for each; the first is not counted. Step and seconds."""
    rng = Random(login)
    browser = Browser(port)
    browser.log_in(login)
    start.wait(timeout=120)
    found = []
    for number in numbers:
        time.sleep(rng.uniform(*LOOKS))
        found_at = browser.post("/search/", [("q", number)])
        if found_at.status != 302:
            raise RuntimeError(f"nobody found: {found_at.status}")
        place = found_at.headers["Location"]
        looked = browser.get(place)
        time.sleep(rng.uniform(*LOOKS))
        paid = browser.post(f"{place}pay/", payment_fields(looked.text), htmx=True)
        if paid.status != 200:
            raise RuntimeError(f"not paid: {paid.status}")
        found.append((("find", found_at.seconds), ("preview", looked.seconds), ("pay", paid.seconds)))
    return [step for steps in found[1:] for step in steps]
