"""A PostgreSQL of a test's own that writes through to the disk, with the tables of the test run; and how it dies."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil
import psycopg

from config import embedded
from config.postgres_home import PORT, Home, find_home
from config.settings import database
from upkeep.backups.restoring import put_dump


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where it is, and how it dies."""

    home: Home
    url: str

    @property
    def name(self) -> str:
        return self.home.name

    def listen(self, address: str, network: str) -> str:
        """Start it again so that a network reaches it, too; gives its address there."""
        embedded.stop(self.name)
        own = self.home.data / "postgresql.auto.conf"
        own.write_text(f"listen_addresses = '{address}'\n")
        embedded.start(self.name)
        with (self.home.folder / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {network} scram-sha-256\n")
        embedded.processes(self.home)[0].send_signal(signal.SIGHUP)
        return f"postgresql://{embedded.ROLE}:{self.home.password()}@{address}:{PORT}/{embedded.DATABASE}"

    def kill_whole(self) -> None:
        """As when the power fails: the postmaster and everything below it, at once."""
        _kill(embedded.processes(self.home))

    def kill_postmaster(self) -> None:
        """The first process alone; the sessions of the others notice in their own time."""
        _kill(embedded.processes(self.home)[:1])

    def kill_backend(self) -> None:
        """One session's process: PostgreSQL then ends all sessions and recovers by itself."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.url, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                " ORDER BY random() LIMIT 1"
            ).fetchone()
            if found:
                os.kill(found[0], signal.SIGKILL)


@contextmanager
def cluster_with(tables: bytes, name: str) -> Iterator[Cluster]:
    """A cluster of this name, filled from a dump, that is thrown away at the end."""
    name = f"{name}{os.getpid()}"
    try:
        with embedded.use(name) as url:
            put_tables(tables, url)
            yield Cluster(find_home(name), url)
    finally:
        embedded.remove(name)


def put_tables(tables: bytes, url: str) -> None:
    put_dump([tables], database(url))


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
