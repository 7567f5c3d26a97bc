"""The office that is open while things break: its server and workers, how they die, and what is there afterwards."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.browser import free_port, wait_until_served
from config.places import BASE_DIR
from tests.waiting import wait_for

BACK_WITHIN = 90.0


@dataclass(slots=True)
class Office:
    """The server with all its processes, on a database that others take care of. `cluster` names one to watch."""

    url: str
    folder: Path
    cluster: str = ""
    port: int = field(default_factory=free_port)
    server: "psutil.Popen | None" = None
    more: dict[str, str] = field(default_factory=dict)  # settings besides

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATABASE_URL": self.url, "CANBAO_FILES": str(self.folder / "files"), "CANBAO_DEMO": "1"}
        own |= {"CANBAO_BACKUPS": str(self.folder / "backups"), "CANBAO_BACKUP_KEY": str(self.folder / "key")}
        return os.environ | own | {"DJANGO_SETTINGS_MODULE": "tests.settings", "CANBAO_HTTPS": "0"} | self.more

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self) -> None:
        """Start it as an operator does, and wait until it answers."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "tests.faults.server", self.cluster, str(self.port)]
            streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "start_new_session": True}
            self.server = psutil.Popen(command, cwd=BASE_DIR, env=self.environment, **streams)
        self.wait_until_back()

    def wait_until_back(self) -> None:
        wait_until_served(self.port, seconds=BACK_WITHIN)

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(timeout=30)

    def kill_master(self) -> None:
        """The first process of the server; its workers notice and end, then it is started again."""
        below = self.server.children(recursive=True)
        self.server.kill()
        self.server.wait()
        psutil.wait_procs([each for each in below if _is_ours(each)], timeout=30)
        self.start()

    def kill_web_worker(self) -> None:
        self._kill_one(lambda line: "tests.faults.server" in line)

    def kill_job_worker(self) -> None:
        self._kill_one(lambda line: "run_jobs" in line)

    def _kill_one(self, is_meant: Any) -> None:
        found = []
        for each in self.server.children():
            with suppress(psutil.Error):
                if is_meant(" ".join(each.cmdline())):
                    found.append(each)
        if found:
            with suppress(psutil.NoSuchProcess):
                random.choice(found).kill()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A program of this office to its end, with what it said."""
        return subprocess.run(
            [sys.executable, *command], cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False
        )

    def furnish(self, clerks: int, households: int) -> dict[str, list[str]]:
        """Who serves whom: login → the heads' ID numbers."""
        done = self.run("-m", "tests.faults.furnish", str(clerks), str(households))
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def audit(self) -> list[str]:
        """What `manage.py audit_money` finds."""
        done = self.run("manage.py", "audit_money", "--json")
        return [each["sentence"] for each in json.loads(done.stdout)["findings"]] if done.stdout else [done.stderr]


@contextmanager
def open_office(url: str, folder: Path, *, cluster: str = "") -> Iterator[Office]:
    """An office whose server is to be started; it ends with the block."""
    office = Office(url, folder, cluster)
    folder.mkdir(exist_ok=True)
    try:
        yield office
    finally:
        if office.server and office.server.is_running():
            office.stop()


def _is_ours(process: psutil.Process) -> bool:
    """Of the server, and no process of PostgreSQL that it has revived."""
    try:
        return "postgres" not in process.name()
    except psutil.Error:
        return False


def wait_for_jobs(count: Callable[[], int], *, seconds: float = 90) -> None:
    """Wait until nothing is under way."""
    wait_for(lambda: not count(), so_that="the jobs have come to an end", seconds=seconds, every=0.3)
