"""A synchronous standby is promoted when its server dies under clerks at work: nothing acknowledged is lost."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.places import BASE_DIR
from config.postgres_home import PORT
from tests.faults.clerks import Tally, storm
from tests.faults.cluster import put_tables
from tests.faults.conftest import Keep
from tests.faults.office import open_office, wait_for_jobs
from tests.faults.reckoning import open_jobs
from tests.faults.servers import OWNER, PASSWORD, Server, server
from tests.faults.test_kills import settled_and_sent_up
from tests.waiting import wait_for


@pytest.mark.django_db(transaction=True)  # whose tables are copied
def test_a_promoted_standby_has_all_that_was_acknowledged(full: bool, tables: bytes, tmp_path: Path, keep: Keep):
    clerks, households, quiet = (20, 200, 10) if full else (6, 40, 2)
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    away: list[float] = []
    with server("first") as first:
        put_tables(tables, first.url())
        second = synchronous_standby(first)
        both = f"postgresql://{OWNER}:{PASSWORD}@/canbao?host={first.socket},{second.socket}&port={PORT},{PORT}"
        try:
            with open_office(both, tmp_path) as office:
                queues = office.furnish(clerks, households)
                office.start()
                watch = watching(first, second, log=tmp_path / "watch.log")

                def promotion(_: Tally) -> None:
                    time.sleep(quiet)
                    began = time.monotonic()
                    first.kill()
                    assert watch.wait(timeout=90) == 0
                    office.wait_until_back()
                    away.append(time.monotonic() - began)
                    time.sleep(quiet)

                tally, _ = storm(office.port, queues, promotion, seed=seed)

                wait_for_jobs(lambda: open_jobs(second.url()))
                assert not tally.faults, tally.faults[0]
                told = settled_and_sent_up(office, queues, second.url(), tally)
        finally:
            second.remove()
    keep(f"promoted by itself, served again {away[0]:.1f} s after the death of the first. {told}")


def test_a_standby_that_is_not_in_step_does_not_take_over(tables: bytes, tmp_path: Path):
    with server("first") as first:
        second = first.standby("second")  # follows, but nobody waits for it
        try:
            watch = watching(first, second, log=tmp_path / "watch.log")
            wait_for(lambda: "not in step" in said(tmp_path), so_that="the watch sees the standby behind")
            first.kill()
            wait_for(lambda: "will not promote" in said(tmp_path), so_that="the watch refuses to promote")
            time.sleep(4)

            assert watch.poll() is None
            assert second.ask("SELECT pg_is_in_recovery()")
            watch.kill()
            watch.wait()
        finally:
            second.remove()


def said(folder: Path) -> str:
    return (folder / "watch.log").read_text()


def watching(first: Server, second: Server, *, log: Path) -> "subprocess.Popen[bytes]":
    """The standby's own watch, as its service runs it; returns when it has seen both."""
    both = {"CANBAO_PRIMARY_URL": first.url("postgres"), "CANBAO_STANDBY_URL": second.url("postgres")}
    command = [sys.executable, "-m", "upkeep.stand_by", "--name", "second", "--after", "2"]
    with log.open("wb") as output:
        watch = subprocess.Popen(command, cwd=BASE_DIR, env=os.environ | both, stdout=output, stderr=output)
    wait_for(lambda: "primary" in log.read_text(), so_that="the watch sees the primary")
    return watch


def synchronous_standby(first: Server) -> Server:
    """A standby that has each commit on its disk before the clerk is told of it."""
    second = first.standby("second")
    first.ask("ALTER SYSTEM SET synchronous_standby_names = 'second'")
    first.ask("SELECT pg_reload_conf()")
    wait_for(
        lambda: first.ask("SELECT sync_state FROM pg_stat_replication") == "sync", so_that="the standby is synchronous"
    )
    return second
