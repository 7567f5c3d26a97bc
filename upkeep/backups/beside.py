"""A PostgreSQL of the installed package on a data folder that did not come from it: to look at it, then to end it."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg

from config.embedded import process_options
from config.postgres_home import PORT, Home
from upkeep.backups.proving import Steps
from upkeep.backups.told import BackupError

READY_SECONDS = 600


@contextmanager
def running(home: Home, *, database: Mapping[str, Any], timed: Steps) -> Iterator[dict[str, Any]]:
    """A server on `home.data` until the block ends, once it has recovered; how to reach it, as Django's settings."""
    there = {**database, "HOST": str(home.socket_folder()), "PORT": str(PORT), "OPTIONS": {}}
    log = home.folder / "beside.log"
    with log.open("wb") as output:
        server = launch(home, {}, output)
    try:
        with timed.step("恢复"):
            _wait_until_recovered(server, there, log)
        yield there
    finally:
        end(server)


def launch(home: Home, options: Mapping[str, str], output: IO[bytes]) -> "subprocess.Popen[bytes]":
    """PostgreSQL on the home's data; whoever knows a role's password gets in by the socket."""
    hba = home.folder / "beside-hba.conf"
    hba.write_text("local all all scram-sha-256\nlocal replication all scram-sha-256\n")
    hba.chmod(0o644)
    given = {"listen_addresses": "", "port": str(PORT), "unix_socket_directories": f'"{home.socket_folder()}"'}
    given |= {"hba_file": str(hba), "config_file": str(_plain_configuration(home)), "ssl": "off"}
    given |= {"hot_standby": "off", **options}  # its settings for readers need not be the live one's
    command = [str(home.programs / "bin" / "postgres"), "-D", str(home.data)]
    command += [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
    streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, "start_new_session": True}
    return subprocess.Popen(command, **streams, **process_options(home))


def end(server: "subprocess.Popen[bytes]") -> None:
    """Stop it, politely at first."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=60)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def own(home: Home, data: Path) -> None:
    """Give a laid out data folder to the user PostgreSQL runs as."""
    if home.runs_as:
        for path in (data, *data.rglob("*")):
            shutil.chown(path, home.runs_as.pw_uid, home.runs_as.pw_gid)


def _plain_configuration(home: Home) -> Path:
    """The server's own configuration may lie elsewhere and name what this machine has not."""
    path = home.folder / "beside.conf"
    path.write_text("")
    path.chmod(0o644)
    return path


def _wait_until_recovered(server: "subprocess.Popen[bytes]", there: Mapping[str, Any], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            tail = log.read_text(errors="replace").strip()[-600:]
            raise BackupError(f"恢复出来的数据库没有启动，其日志末尾如下：\n{tail}")
        if _has_recovered(there):
            return
        time.sleep(0.2)
    raise BackupError(f"恢复出来的数据库在 {READY_SECONDS} 秒内没有准备好。")


def _has_recovered(there: Mapping[str, Any]) -> bool:
    login = {"host": there["HOST"], "port": there["PORT"], "user": there["USER"], "password": there["PASSWORD"]}
    try:
        with psycopg.connect(**login, dbname=there["NAME"], connect_timeout=5) as connection:
            (recovering,) = connection.execute("SELECT pg_is_in_recovery()").fetchone() or (True,)
    except psycopg.OperationalError:
        return False
    return not recovering
