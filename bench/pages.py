"""收款台 over HTTP: find, look, pay for households of four by 20 clerks at once, at gunicorn as `make run` has it.

A clerk looks for a moment between two steps; nobody pays faster than people come.
"""

import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from random import Random
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

from bench.at_the_counter import clerks, due
from bench.result import Result, Size
from bench.timing import ms, p95

CLERKS = 20
HOUSEHOLDS = {"small": 2, "full": 10}
LOOKS = (1.0, 3.0)  # seconds between two steps
REQUIRED = {"find": (0.100, 0.050), "preview": (0.150, 0.075), "pay": (0.300, 0.150)}
SERVER = "from config.serve import Application, Server; Server(Application({port})).run()"
PASSWORD = "bench-only"  # noqa: S105 - of invented clerks in a scratch database
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(key|previewed|applying|means)" value="([^"]*)"')


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
    with _server() as port:
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
    browser = _Browser(port)
    browser.log_in(login)
    start.wait(timeout=120)
    found = []
    for number in numbers:
        time.sleep(rng.uniform(*LOOKS))
        finding, answer = browser.post("/search/", [("q", number)])
        if answer.status != 302:
            raise RuntimeError(f"nobody found: {answer.status}")
        place = answer.headers["Location"]
        previewing, page = browser.get(place)
        time.sleep(rng.uniform(*LOOKS))
        fields = dict.fromkeys([*HIDDEN.findall(page), ("means", "cash")])
        paying, paid = browser.post(f"{place}pay/", list(fields), htmx=True)
        if paid.status != 200:
            raise RuntimeError(f"not paid: {paid.status}")
        found.append((("find", finding), ("preview", previewing), ("pay", paying)))
    return [step for steps in found[1:] for step in steps]


class _Browser:
    """One connection with its cookies."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def log_in(self, login: str) -> None:
        _, page = self.get("/login/")
        token = TOKEN.search(page)
        fields = [("username", login), ("password", PASSWORD), ("csrfmiddlewaretoken", token[1] if token else "")]
        _, answer = self.post("/login/", fields)
        if answer.status != 302:
            raise RuntimeError(f"no login: {answer.status}")

    def get(self, path: str) -> tuple[float, str]:
        seconds, _, body = self._ask("GET", path)
        return seconds, body

    def post(self, path: str, fields: list[tuple[str, str]], *, htmx: bool = False) -> tuple[float, Any]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
        }
        seconds, answer, _ = self._ask(
            "POST", path, urlencode(fields), headers | ({"HX-Request": "true"} if htmx else {})
        )
        return seconds, answer

    def _ask(self, method: str, path: str, body: str = "", headers: Any = None) -> tuple[float, Any, str]:
        told = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | (headers or {})
        self.connection.close()  # the server ends a connection that waits longer than its clerk looks
        started = time.perf_counter()
        self.connection.request(method, path, body, told)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        seconds = time.perf_counter() - started
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return seconds, answer, text


@contextmanager
def _server() -> Any:
    """gunicorn with the application, as many workers as `make run` starts; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"CANBAO_DEMO": "1", "CANBAO_HTTPS": "0"}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER.format(port=port)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz/")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the server did not answer")
