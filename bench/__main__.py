"""`make bench`: every job against its peer, in one run, in scratch databases that are dropped at the end.

`SIZE=full` takes the sizes that the figures are asked for; without it a small run takes under three minutes.
`python -m bench small search renewal` measures these modules only and keeps no results.
"""

import argparse
import os
import platform
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode, urlsplit

from django import setup

from bench import server
from bench.result import HEADINGS, SIZES, Result, Size

# Each has `measure(size) -> list[Result]`. Those of the first kind begin in an empty database of their own, the others
# one after the other in the same made county.
MODULES = ("impact", "printing", "receipts", "rosters", "reports")
IN_A_COUNTY = ("search", "renewal", "pages", "every_page", "statements", "payments", "numbering", "upgrade")
OF_THE_OWNER = {"upgrade"}  # changes tables
PERSONS = {"small": 80_000, "full": 1_000_000}
RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    """Measure what was asked for; a module that breaks is told and the others are measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("size", nargs="?", choices=SIZES, default="small")
    parser.add_argument("modules", nargs="*", choices=[*MODULES, *IN_A_COUNTY, []])
    parser.add_argument("--persons", type=int, help="residents of the county, where another number is wanted")
    asked = parser.parse_args()
    persons = asked.persons or PERSONS[asked.size]
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    with TemporaryDirectory() as folder:
        os.environ["CANBAO_FILES"] = folder
        if asked.size == "full":
            server.have_it()
        setup()
        results, broken = _measured(asked.size, set(asked.modules), persons)
    print(_table(results))
    if not asked.modules and not asked.persons and not broken:
        _keep(results, asked.size)
    if broken:
        sys.exit(f"broken: {', '.join(broken)}")


def _measured(size: Size, chosen: set[str], persons: int) -> tuple[list[Result], list[str]]:
    """All rows, and the names of the modules that broke."""
    results: list[Result] = []
    broken = []
    with _tables() as template:
        for name in MODULES:
            if not chosen or name in chosen:
                with _scratch_database(template):
                    broken += [] if _measure(name, size, results) else [name]
        in_a_county = [name for name in IN_A_COUNTY if not chosen or name in chosen]
        if in_a_county:
            with _scratch_database(template):
                results.append(_county(persons))
                for name in in_a_county:
                    with nullcontext() if name in OF_THE_OWNER else _as_application():
                        broken += [] if _measure(name, size, results) else [name]
    return results, broken


def _county(persons: int) -> Result:
    """Make the county; how long that took."""
    from django.db import connection
    from django.test import override_settings

    from reports.county.making import make_county

    print(f"— a county of {persons:,} persons …", flush=True)
    started = time.perf_counter()
    with override_settings(DEMO=True):
        make_county(persons=persons, seed=20161108)
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("SELECT pg_database_size(current_database()) / 1000000")
        size_told = cursor.fetchone()[0]
    print(f"   {seconds:.0f} s", flush=True)
    job = f"make_county, {persons:,} persons, three years of history"
    return Result(job, f"{seconds:.0f} s", "", persons / seconds, note=f"ratio: persons a second; {size_told:,} MB")


def _measure(name: str, size: Size, results: list[Result]) -> bool:
    print(f"— {name} …", flush=True)
    started = time.perf_counter()
    try:
        found = import_module(f"bench.{name}").measure(size)
    except Exception:
        traceback.print_exc()
        return False
    for each in found:
        print(f"   {each.job}: {each.ours}; {each.peer}; ratio {each.cells()[3]} {each.held}")
    print(f"   {time.perf_counter() - started:.0f} s", flush=True)
    results.extend(found)
    return True


@contextmanager
def _tables() -> Iterator[str]:
    """A database of the tests' cluster with all tables and nothing in them: its name."""
    from django.db import connection

    from tests import migrated

    own = connection.settings_dict["NAME"]
    migrated.copy_from()
    template = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    try:
        yield template
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


@contextmanager
def _scratch_database(template: str) -> Iterator[None]:
    """A copy of it to work in; whatever is started from here finds it by DATABASE_URL."""
    from django.db import ProgrammingError, connection

    name, url = f"{template}_bench", os.environ["DATABASE_URL"]

    def clean(then: str = "") -> None:
        connection.close()
        for last in (False, False, True):
            try:
                with connection._nodb_cursor() as cursor:
                    cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                break
            except ProgrammingError:  # autovacuum is at a large table, and its process is not ours to end
                if last:
                    raise
                time.sleep(20)
        if then:
            with connection._nodb_cursor() as cursor:
                cursor.execute(then)

    clean(f"CREATE DATABASE {name} TEMPLATE {template}")
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
    try:
        yield
    finally:
        os.environ["DATABASE_URL"], connection.settings_dict["NAME"] = url, template
        clean()


@contextmanager
def _as_application() -> Iterator[None]:
    """Work behind the policies; a server that is started meanwhile is told by each request what it sees."""
    from django.db import connection

    from tests.acting import OPTIONS

    url, role = os.environ["DATABASE_URL"], OPTIONS.split(" -c canbao")[0]
    connection.close()
    connection.settings_dict["OPTIONS"]["options"] = OPTIONS
    os.environ["DATABASE_URL"] = f"{url}{'&' if '?' in url else '?'}{urlencode({'options': role}, quote_via=quote)}"
    try:
        yield
    finally:
        connection.close()
        del connection.settings_dict["OPTIONS"]["options"]
        os.environ["DATABASE_URL"] = url


def _table(results: list[Result]) -> str:
    """The rows as a table of Markdown, which a terminal shows well enough."""
    rows = [HEADINGS, *(each.cells() for each in results)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    lines = ["| " + " | ".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _keep(results: list[Result], size: Size) -> None:
    """Write the run into RESULTS.md in the place of the last run of this size."""
    kept = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    sections = dict(part.split("\n", 1) for part in kept.split("\n## ")[1:])
    sections[size] = f"\n{_machine()}\n{_sum(results)}\n\n{_table(results)}\n"
    told = "".join(f"\n## {each}\n{sections[each].rstrip()}\n" for each in reversed(SIZES) if each in sections)
    RESULTS.write_text(f"# Results of `make bench`\n\nThe last run of each size.\n{told}", encoding="utf-8")


def _sum(results: list[Result]) -> str:
    held, asked = sum(each.held in {"yes", "aim"} for each in results), sum(bool(each.held) for each in results)
    return f"{held} of {asked} required ratios are held; `aim` says that the aim is reached as well."


def _machine() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('shared_buffers')"
        )
        version, fsync, buffers = cursor.fetchone()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, PostgreSQL {version.split()[0]} (fsync {fsync}, "
        f"shared_buffers {buffers}, for both sides alike), "
        f"load {load} at the end."
    )


if __name__ == "__main__":
    main()
