"""Clerks at the counter over HTTP while things break: what each was told is written down, to be asked for later.

Of a hundred submits ten are left before the answer comes and ten are sent twice at the same moment. Whoever gets no
answer, or an error, does what the page says: looks for the household again, or presses once more.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import HTTPException
from random import Random

from bench.browser import Answer, Browser, Fields, payment_fields
from tests.builders import PASSWORD

ABORTED, DOUBLED = 0.1, 0.2  # the first tenth is left, the second is doubled
RECEIPT = re.compile(r"<dt>收据</dt><dd>(\S+) <strong>(\d+)</strong>")
EXPECTED_CASH = re.compile(r'data-means="cash" data-expected="([0-9.]+)"')
PLACE = re.compile(r"/counter/(\d+)/")
HIDDEN = re.compile(r'<input type="hidden" name="(previewed|day)" value="([^"]*)"')
SEAL = re.compile(r'name="seal" value="([^"]+)"')
MOST_DAYS = 6
PATIENCE = 90.0  # seconds for one household, faults and all
NO_ANSWER = 0
RIGHT = {200, 302, 422, 503}


@dataclass(slots=True)
class Tally:
    """What all clerks have seen together. A status 0 is no answer at all."""

    answers: Counter[int] = field(default_factory=Counter)
    submits: int = 0
    aborted: int = 0
    doubled: int = 0
    full: int = 0  # how often the page said that the disk is full
    logins: int = 0
    receipts: dict[int, set[tuple[str, str]]] = field(default_factory=dict)  # household → what was told
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def told(self, place: str, receipt: tuple[str, str]) -> None:
        with self.lock:
            self.receipts.setdefault(int(PLACE.search(place)[1]), set()).add(receipt)

    def count(self, answer: Answer | None) -> None:
        """Only an answer in words is right: a page, a refusal, or that the database is away and nothing was done."""
        with self.lock:
            self.answers[answer.status if answer else NO_ANSWER] += 1
            self.full += bool(answer and answer.status == 503 and "磁盘满了" in answer.text)
            if answer and (answer.status not in RIGHT or (answer.status == 503 and "没有完成" not in answer.text)):
                self.faults.append(f"{answer.status}: {answer.text[-600:]}")


class Workstation(Browser):
    """A browser whose user gives the password again where the session has run out."""

    def __init__(self, port: int, login: str) -> None:
        super().__init__(port)
        self.login, self.lock, self.logins = login, threading.Lock(), 0

    def sit_down(self) -> None:
        """Log in."""
        self.log_in(self.login, PASSWORD)
        self.logins += 1

    def get(self, path: str) -> Answer:
        return self._once_more(path, lambda: super(Workstation, self).get(path))

    def post(self, path: str, fields: Fields, *, htmx: bool = False) -> Answer:
        return self._once_more(path, lambda: super(Workstation, self).post(path, fields, htmx=htmx))

    def _once_more(self, path: str, ask: Callable[[], Answer]) -> Answer:
        logins, answer = self.logins, ask()
        if path == "/login/" or not _is_over(answer):
            return answer
        with self.lock:
            if self.logins == logins:
                self.sit_down()
        return ask()


def _is_over(answer: Answer) -> bool:
    """Whether it asks for the password, or says that the session ended while it was under way."""
    ended = answer.status == 400 and "登录已经结束" in answer.text
    return ended or answer.status == 401 or answer.headers.get("Location", "").startswith("/login/")


class Clerk:
    """One clerk with her queue."""

    def __init__(self, port: int, login: str, heads: list[str], tally: Tally, *, seed: int) -> None:
        self.browser, self.heads, self.tally = Workstation(port, login), heads, tally
        self.random = Random(f"{seed} {login}")

    def work(self, over: threading.Event) -> int:
        """Serve one household after the other until told to stop; how many were served."""
        served = 0
        for head in self.heads:
            if over.is_set():
                break
            self._serve(head)
            served += 1
        return served

    def _serve(self, head: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            place, page = self._look(head)
            if not place:
                time.sleep(self.random.uniform(0.1, 0.5))
            elif receipt := RECEIPT.search(page):
                return self.tally.told(place, (receipt[1], receipt[2]))
            elif self._pay(f"{place}pay/", payment_fields(page)):
                return None
        self.tally.faults.append(f"{head} was not served within {PATIENCE:g} s")
        return None

    def _look(self, head: str) -> tuple[str, str]:
        """Where the household's page is and what it shows; nothing where the way there is broken."""
        found = self._ask(lambda: self.browser.post("/search/", [("q", head)]))
        if found is None or found.status != 302:
            return "", ""
        page = self._ask(lambda: self.browser.get(found.headers["Location"]))
        return (found.headers["Location"], page.text) if page and page.status == 200 else ("", "")

    def _pay(self, place: str, fields: Fields) -> bool:
        """Submit the payment in one of four ways; whether there was a receipt to see."""
        chance = self.random.random()
        if chance < ABORTED:
            return self._leave(place, fields)
        if chance < DOUBLED:
            answers = self._twice(place, fields)
        else:
            answers = [self._submit(place, fields)]
            if answers[0] is None and self.random.random() < 0.5:
                time.sleep(self.random.uniform(0.2, 1))
                answers.append(self._submit(place, fields))  # she presses once more, the page is still there
        receipts = {found.groups() for each in answers if each and (found := RECEIPT.search(each.text))}
        for receipt in receipts:
            self.tally.told(place, receipt)
        return bool(receipts)

    def _leave(self, place: str, fields: Fields) -> bool:
        with self.tally.lock:
            self.tally.submits, self.tally.aborted = self.tally.submits + 1, self.tally.aborted + 1
        with suppress(OSError):
            self.browser.send_and_leave(place, fields)
        return False

    def _twice(self, place: str, fields: Fields) -> list[Answer | None]:
        with self.tally.lock:
            self.tally.doubled += 1
        with ThreadPoolExecutor(2) as pool:
            return [job.result() for job in [pool.submit(self._submit, place, fields) for _ in range(2)]]

    def _submit(self, place: str, fields: Fields) -> Answer | None:
        with self.tally.lock:
            self.tally.submits += 1
        return self._ask(lambda: self.browser.post(place, fields, htmx=True))

    def _ask(self, request: Callable[[], Answer]) -> Answer | None:
        try:
            answer = request()
        except (OSError, HTTPException):
            answer = None
        self.tally.count(answer)
        return answer

    def close_the_days(self) -> None:
        """日结 of each open day: count what should be there, and submit it twice at once, as a double click does."""
        for _ in range(MOST_DAYS):
            page = self.browser.get("/day-end/").text
            expected = EXPECTED_CASH.search(page)
            if expected is None:
                return
            cash = int(Decimal(expected[1]))
            notes = [("d_100", cash // 100), ("d_10", cash % 100 // 10), ("d_1", cash % 10)]
            fields = [*HIDDEN.findall(page), *((name, str(count)) for name, count in notes)]
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda _, typed=fields: self._ask(lambda: self.browser.post("/day-end/", typed)), "12"))


class Supervisor:
    """Somebody who has receipts printed in runs all the while."""

    def __init__(self, port: int, login: str) -> None:
        self.browser, self.runs = Workstation(port, login), 0

    def work(self, over: threading.Event) -> None:
        while not over.wait(1):
            with suppress(OSError, HTTPException):
                looked = self.browser.post("/receipts/batch/", [("form", "half"), ("look", "1")])
                if seal := SEAL.search(looked.text):
                    start = [("form", "half"), ("start", "1"), ("seal", seal[1])]
                    self.runs += self.browser.post("/receipts/batch/", start).status == 302


def storm(port: int, queues: dict[str, list[str]], strikes: Callable[[Tally], None], *, seed: int) -> tuple[Tally, int]:
    """All clerks at work until the strikes are over; what they saw, and how many print runs were asked for.

    The strikes are given what the clerks have seen so far.
    """
    tally, over, beginning = Tally(), threading.Event(), threading.Barrier(len(queues) + 1)
    clerks = [Clerk(port, login, heads, tally, seed=seed) for login, heads in queues.items()]
    supervisor = Supervisor(port, "zhuguan1")

    def work(someone: Clerk | Supervisor) -> None:
        someone.browser.sit_down()
        if isinstance(someone, Clerk):
            beginning.wait(timeout=120)
        someone.work(over)

    with ThreadPoolExecutor(len(queues) + 1) as pool:
        jobs = [pool.submit(work, each) for each in (*clerks, supervisor)]
        try:
            beginning.wait(timeout=120)
            strikes(tally)
        finally:
            over.set()
        for job in jobs:
            job.result()
    tally.logins = sum(each.browser.logins for each in (*clerks, supervisor))
    return tally, supervisor.runs


def close_all(port: int, queues: dict[str, list[str]]) -> list[str]:
    """Every clerk closes her day; what went wrong with it."""
    tally = Tally()

    def close(login: str) -> None:
        clerk = Clerk(port, login, [], tally, seed=0)
        clerk.browser.sit_down()
        clerk.close_the_days()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(close, queues))
    return tally.faults
