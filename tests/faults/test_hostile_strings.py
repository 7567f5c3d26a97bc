"""300 strings in every field that takes text: kept or refused in words, never an error; nothing of them runs.

The fields are those that the pages show (`walk`). The short form moves some strings through the fields; the full one
puts every string into every field.
"""

import logging
import random
import re
import time
from collections.abc import Iterator
from io import StringIO
from operator import itemgetter

import pytest

from offices.models import Staff
from tests.faults.conftest import Keep
from tests.faults.hostile_strings import FORGED, SCRIPTS, sample, strings
from tests.faults.walk import CAST, all_forms, client_of, send
from tests.test_access import (  # noqa: F401 - fixtures
    PAGES,
    address,
    arguments,
    book,
    cast,
    files_folder,
    pay,
    rulesets,
)

RIGHT = {200, 204, 302, 303, 400, 403, 404, 405, 409, 413, 422, 429}
MOST_SECONDS = 3.0


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What goes to the log meanwhile, as the server writes it."""
    text = StringIO()
    handler = next(each for each in logging.getLogger("django").handlers if isinstance(each, logging.StreamHandler))
    before = handler.setStream(text)
    yield text
    handler.setStream(before)


def test_hostile_strings_are_kept_or_refused(
    full: bool,
    arguments: dict[str, object],  # noqa: F811
    cast: dict[str, Staff],  # noqa: F811
    settings,
    log: StringIO,
    keep: Keep,
):
    settings.DEMO = True
    forms = [form for form in all_forms(arguments, cast) if form.free]
    clients = {who: client_of(cast[who]) for who in CAST}
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    hostile = strings() if full else sample(len(forms), seed=seed)
    wrong, sent = [], 0
    slowest: tuple[float, object] = (0.0, None)

    for place, form in enumerate(forms):
        for turn in range(len(hostile)) if full else [place]:
            typed = {name: hostile[(turn + number) % len(hostile)] for number, name in enumerate(form.free)}
            began = time.perf_counter()
            answer = send(clients[form.who], form, form.data(**typed))
            slowest = max(slowest, (time.perf_counter() - began, (form.page, typed)), key=itemgetter(0))
            sent += 1
            if answer.status_code not in RIGHT or runs(answer):
                wrong.append((form.page, form.action, answer.status_code, {k: v[:80] for k, v in typed.items()}))

    assert not wrong, wrong[:3]
    assert_one_line_each(log.getvalue())
    assert not full or slowest[0] <= MOST_SECONDS, slowest
    fields = sum(len(form.free) for form in forms)
    told = f"{len(set(hostile))} strings, {fields} fields of {len(forms)} forms, {sent} submits"
    keep(f"{told}: 0 errors; slowest {slowest[0]:.2f} s")


def runs(answer: object) -> bool:
    """Whether what was typed comes back as markup."""
    if not answer.get("Content-Type", "").startswith("text/html"):
        return False
    page = answer.content.decode()
    return any(script in page for script in SCRIPTS if script.startswith("<") and len(script) > 8)


def assert_one_line_each(log: str) -> None:
    """Nobody can write a line of the log that says something happened."""
    assert not [line for line in log.splitlines() if line.startswith(FORGED)]
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", log)
