"""A machine whose clock can be set without setting this one's: its PostgreSQL and all that is started beside it."""

import mmap
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from config import embedded
from tests.faults.cluster import Cluster
from tests.waiting import wait_for

SOURCE = Path(__file__).with_suffix(".c")
SECONDS = struct.Struct("=q")


@dataclass(frozen=True, slots=True)
class MachineClock:
    """The clock of whatever runs with `environment`."""

    environment: dict[str, str]
    _seconds: mmap.mmap

    @property
    def ahead(self) -> timedelta:
        """By how much it is ahead of the right time."""
        return timedelta(seconds=SECONDS.unpack_from(self._seconds)[0])

    def set_by(self, by: timedelta) -> None:
        """Set it forward, or back."""
        SECONDS.pack_into(self._seconds, 0, int((self.ahead + by).total_seconds()))


@contextmanager
def machine_clock(cluster: Cluster) -> Iterator[MachineClock]:
    """Start the cluster again on a machine with such a clock; skips where no C compiler is at hand."""
    compiler = shutil.which("cc") or pytest.skip("a C compiler makes the clock that can be set")
    library, seconds = cluster.home.folder / "clock.so", cluster.home.folder / "clock"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, SOURCE], check=True)
    seconds.write_bytes(SECONDS.pack(0))
    for each, mode in ((library, 0o755), (seconds, 0o644)):  # PostgreSQL may run as another user
        each.chmod(mode)
    environment = {"LD_PRELOAD": str(library), "CANBAO_TEST_CLOCK": str(seconds)}
    with seconds.open("r+b") as file, mmap.mmap(file.fileno(), SECONDS.size) as shared, _started(cluster, environment):
        yield MachineClock(environment, shared)


@contextmanager
def _started(cluster: Cluster, environment: dict[str, str]) -> Iterator[None]:
    embedded.stop(cluster.name)
    home = cluster.home
    options = embedded.process_options(home)
    options["env"] |= environment
    command = [home.programs / "bin" / "postgres", "-D", home.data, "-c", f"config_file={home.folder}/postgresql.conf"]
    with (home.folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
    try:
        wait_for(lambda: _answers(cluster.url), so_that="PostgreSQL answers", seconds=60)
        yield
    finally:
        embedded.stop(cluster.name)
        process.wait(timeout=60)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True
