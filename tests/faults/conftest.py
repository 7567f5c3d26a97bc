"""The short form of each fault test runs in `make test`; `make faults` runs all at full size and keeps the figures."""

import gc
import logging
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from config.places import BASE_DIR
from upkeep.backups.programs import environment, program

DOCUMENT = BASE_DIR / "docs" / "faults.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"

Keep = Callable[[str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="fault tests at full size; figures go to docs/faults.md")


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether this is `make faults`."""
    return bool(request.config.getoption("--full", default=False))


@pytest.fixture(scope="session")
def tables(django_db_setup: None, django_db_blocker: Any) -> bytes:
    """A dump of the test database, which holds tables and nothing else, to make other databases from."""
    with django_db_blocker.unblock():
        known = dict(connection.settings_dict)
    command = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    return subprocess.run(command, env=environment(known), check=True, capture_output=True).stdout


@pytest.fixture(autouse=True)
def small_heap() -> Iterator[None]:
    """The collector of garbage looks through what a server has, as `config/serve.py` lets it: not through what tests
    before left, nor through the request of each line of the log, which pytest keeps until its test ends. With 30,000
    of them it stood still for seconds that would be counted as the application's.
    """
    requests = logging.getLogger("django.request")
    requests.addFilter(_let_go_of_the_request)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    requests.removeFilter(_let_go_of_the_request)


def _let_go_of_the_request(record: logging.LogRecord) -> bool:
    vars(record).pop("request", None)
    return True


@pytest.fixture
def keep(request: pytest.FixtureRequest, full: bool) -> Keep:
    """Print the figures of a test; a full run writes them into the table of docs/faults.md."""
    path = Path(request.node.path).relative_to(BASE_DIR)
    test = request.node.name

    def told(figures: str) -> None:
        print(f"\n{test}: {figures}")  # noqa: T201 - seen with -s, and where the test fails
        if full:
            _write(f"`{path}::{test}`", f"{figures} ({_machine()})")

    return told


def _write(test: str, figures: str) -> None:
    """The row of this test anew; the others stay."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    rows, after = rest.split(END)
    kept = [row for row in rows.splitlines() if row and not row.startswith(f"| {test} |")]
    kept.append(f"| {test} | {figures} |")
    DOCUMENT.write_text(f"{before}{BEGIN}" + "\n".join([*kept[:2], *sorted(kept[2:])]) + f"\n{END}{after}")


def _machine() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"
