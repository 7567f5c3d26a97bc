"""A PostgreSQL server of one's own, as an office has it beside the application: with a superuser, roles that may copy
it, WAL to be received and standbys; not the built-in one, which has none of these."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from config.embedded import process_options
from config.postgres_home import PORT, Home, find_home
from tests.leftovers import APP_ROLE
from upkeep.backups import beside

OWNER, COPIER, PASSWORD = "canbao", "canbao_copy", "of-a-scratch-server"
READY_SECONDS = 60


@dataclass(slots=True)
class Server:
    """One server: `home.data` is its data folder."""

    home: Home
    options: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def socket(self) -> Path:
        return self.home.socket_folder()

    def url(self, role: str = OWNER, name: str = "canbao") -> str:
        return f"postgresql://{role}:{PASSWORD}@/{name}?host={self.socket}&port={PORT}"

    def create(self) -> None:
        """An empty cluster, its roles and a database."""
        self.home.own(self.home.data)
        passwords = self.home.folder / "superuser"
        passwords.write_text(PASSWORD)
        passwords.chmod(0o644)
        self.program("initdb", f"--pgdata={self.home.data}", "--username=postgres", "--auth=scram-sha-256",
                     f"--pwfile={passwords}", "--encoding=UTF8", "--locale-provider=builtin",
                     "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")  # fmt: skip
        self.start()
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{PASSWORD}'")
            connection.execute(f"CREATE ROLE {COPIER} LOGIN REPLICATION PASSWORD '{PASSWORD}'")
            connection.execute(f"CREATE ROLE {APP_ROLE}")
            connection.execute(f"GRANT {APP_ROLE} TO {OWNER}")
            connection.execute(f"CREATE DATABASE canbao OWNER {OWNER}")

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.home.folder / "log").open("ab") as output:
            self.process = beside.launch(self.home, {"hot_standby": "on", **self.options}, output)
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres", "postgres")).close()
                return
            time.sleep(0.1)
        raise RuntimeError((self.home.folder / "log").read_text()[-1000:])

    def kill(self) -> None:
        """All of it at once, as when its machine loses its power."""
        from config.embedded import processes

        for process in processes(self.home):
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        self.process.wait()

    def standby(self, name: str, **options: str) -> "Server":
        """A running copy that follows this one."""
        other = Server(find_home(f"{name}{os.getpid()}"), options)
        other.home.own(other.home.data)
        login = f"host={self.socket} port={PORT} user={COPIER} password={PASSWORD} application_name={name}"
        other.program("pg_basebackup", f"--pgdata={other.home.data}", "--write-recovery-conf", "--checkpoint=fast",
                      f"--dbname={login}")  # fmt: skip
        other.start()
        return other

    def ask(self, sql: str) -> object:
        """One value, asked as the superuser."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return (cursor.fetchone() or (None,))[0] if cursor.description else None

    def program(self, name: str, *arguments: str) -> None:
        """One of PostgreSQL's programs, run as the user that the server runs as."""
        command = [str(self.home.programs / "bin" / name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **process_options(self.home))
        if done.returncode:
            raise RuntimeError(done.stderr)

    def remove(self) -> None:
        """End it and leave nothing of it."""
        if self.process and self.process.poll() is None:
            beside.end(self.process)
        shutil.rmtree(self.home.folder, ignore_errors=True)


@contextmanager
def server(name: str, **options: str) -> Iterator[Server]:
    """A server with an empty database, for the block."""
    made = Server(find_home(f"{name}{os.getpid()}"), options)
    try:
        made.create()
        yield made
    finally:
        made.remove()
