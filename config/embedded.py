"""内嵌数据库: PostgreSQL from a Python package, started by ourselves, reached through a Unix socket only.

For trial, training and a single small office; DATABASE_URL names a server of one's own.
`python -m config.embedded start|stop|url|psql NAME` by hand; `use` from code.
"""

import argparse
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psutil

from config.postgres_home import (
    PORT,
    EmbeddedError,
    Home,
    check_room,
    find_home,
    not_for_this_machine,
    place_of_clusters,
)

ROLE = DATABASE = "canbao"
APP_ROLE = "canbao_app"
APP_PASSWORD = "application-password"  # noqa: S105 - the name of its file
START_SECONDS = 120
STOP_SECONDS = 60
LEFTOVER_SECONDS = 5
LOG_LIMIT = 10_000_000

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "max_connections": 100,
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "password_encryption": "scram-sha-256",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}

_children: dict[Path, "subprocess.Popen[bytes]"] = {}


def start(name: str) -> str:
    """Have the cluster run until `stop`; return the URL of its database."""
    home = find_home(name)
    with _locked(home):
        (home.folder / "kept").touch()
        return _start(home)


def stop(name: str) -> None:
    """Stop the cluster, whoever uses it; if it does not run, nothing happens."""
    home = find_home(name)
    with _locked(home):
        (home.folder / "kept").unlink(missing_ok=True)
        _stop(home)


def remove(name: str) -> None:
    """Stop the cluster and delete all of it: for one that was made to be thrown away."""
    stop(name)
    shutil.rmtree(find_home(name).folder, ignore_errors=True)


def end_of(home: Home) -> str:
    """How the cluster ended: `crashed` where its pid file was left behind, `stopped` where not; "" while it runs."""
    pid = _postmaster_pid(home)
    if pid is None:
        return "stopped"
    try:
        return "crashed" if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE else ""
    except psutil.NoSuchProcess:
        return "crashed"


def revive(home: Home) -> None:
    """Start a cluster again that crashed while it was in use; nothing happens where it runs."""
    with _locked(home):
        if home.data.exists():
            _start(home)


@contextmanager
def use(name: str) -> Iterator[str]:
    """Have the cluster run while the block runs; the last user stops it, unless `start` was called.

    Users are counted by shared locks on a file: one that was killed no longer counts.
    """
    home, user = find_home(name), os.getpid()
    with _open(home, "users") as users:
        with _locked(home):
            url = _start(home)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield url
        finally:
            if os.getpid() == user:  # and not a fork of it on its way out
                with _locked(home):
                    if not (home.folder / "kept").exists() and _is_last(users):
                        _stop(home)


def url(name: str) -> str:
    """Say where the cluster's database is, running or not."""
    return _url(find_home(name))


def applications_url(name: str) -> str:
    """The same for the role that owns nothing."""
    home = find_home(name)
    return _url(home, APP_ROLE, home.password(APP_PASSWORD))


def serves(database: Mapping[str, Any]) -> bool:
    """Whether what Django's settings name is a cluster that was started here, and not a server of one's own."""
    for configuration in place_of_clusters().glob("*/postgresql.conf"):
        note = configuration.with_name("socket-folder")
        sockets = [configuration.with_name("socket"), *([Path(note.read_text())] if note.exists() else [])]
        if Path(database["HOST"]) in sockets:
            return True
    return False


def _url(home: Home, role: str = ROLE, password: str = "") -> str:
    login = f"{role}:{password or home.password()}"
    return f"postgresql://{login}@/{DATABASE}?host={quote(str(home.socket_folder()))}&port={PORT}"


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    with _open(home, "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _open(home: Home, name: str) -> IO[str]:
    """Open a file to be locked; nobody else may, or they could hold us up."""
    return open(home.folder / name, "a", opener=lambda path, flags: os.open(path, flags, 0o600))


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start(home: Home) -> str:
    if not _is_ready(home):
        _stop(home)  # processes whose postmaster was killed would hold the shared memory
        if not home.data.exists():
            check_room(home.folder)
            _create(home)
        _refuse_data_of_another_version(home)
        _have_application_role(home)
        _configure(home)
        # No process works in the data, so these are left over; the process they name may be someone else by now.
        socket = home.socket_folder() / f".s.PGSQL.{PORT}"
        for leftover in (home.data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
            leftover.unlink(missing_ok=True)
        _launch(home)
    return _url(home)


def _is_ready(home: Home) -> bool:
    """Say whether the cluster takes connections, as pg_ctl does: by the last line of its pid file."""
    try:
        lines = (home.data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return False
    if len(lines) < 8 or lines[7].strip() != "ready" or not (home.socket_folder() / f".s.PGSQL.{PORT}").is_socket():
        return False
    return any(process.pid == int(lines[0]) for process in processes(home))


def processes(home: Home) -> list[psutil.Process]:
    """List the cluster's processes, the postmaster first: all of PostgreSQL's processes work in their data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.uids().real == home.uid and process.cwd() == str(home.data):
                found.append((not process.cmdline()[0].endswith("/postgres"), process.pid, process))
        except (psutil.Error, OSError, IndexError):
            continue  # it ended meanwhile, or belongs to someone else
    return [process for *_, process in sorted(found, key=lambda row: row[:2])]


def _create(home: Home) -> None:
    """Make the cluster, its role and its database, all or nothing; nobody can log in as its superuser."""
    fresh = home.data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    home.own(fresh)
    _run(
        home,
        *("initdb", "--pgdata", str(fresh), "--username", "postgres", "--auth", "reject", "--encoding", "UTF8"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C.UTF-8"),
        *(["--no-sync"] if home.is_for_tests else []),
    )
    right = "CREATEDB" if home.is_for_tests else "NOCREATEDB"
    create = f"CREATE ROLE {ROLE} LOGIN {right} PASSWORD '{home.password()}'"
    _command(home, fresh, create, f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
    (home.folder / APP_PASSWORD).unlink(missing_ok=True)
    fresh.rename(home.data)


def _have_application_role(home: Home) -> None:
    """Make the application's role where there is none yet; whoever owns the tables may act as it."""
    if (home.folder / APP_PASSWORD).exists():
        return
    # The file comes last: without it the role is made again.
    password = secrets.token_urlsafe(24)
    role = f"{APP_ROLE} LOGIN PASSWORD '{password}'"
    known = f"IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}')"
    _command(
        home,
        home.data,
        f"DO $$ BEGIN {known} THEN ALTER ROLE {role}; ELSE CREATE ROLE {role}; END IF; END $$",
        f"GRANT {APP_ROLE} TO {ROLE}",
    )
    home.keep_password(APP_PASSWORD, password)


def _command(home: Home, data: Path, *commands: str) -> None:
    """Have commands done as the superuser, while no server runs."""
    arguments = ("postgres", "--single", "-D", str(data), "-c", "exit_on_error=true", "postgres")
    _run(home, *arguments, stdin="".join(f"{command}\n" for command in commands))


def _refuse_data_of_another_version(home: Home) -> None:
    program = str(home.programs / "bin" / "postgres")
    installed = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    made_by = (home.data / "PG_VERSION").read_text().strip()
    if installed.split(".")[0] != made_by:
        raise EmbeddedError(
            f"{home.data} 中的数据由 PostgreSQL {made_by} 建立，现装的是 {installed}；请用旧版本导出后再导入新版本。"
            f" PostgreSQL {made_by} made these data, {installed} is installed: dump with the old, restore with the new."
        )


def _configure(home: Home) -> None:
    """Write the configuration anew; it lies beside the data, out of reach of the user PostgreSQL runs as."""
    settings = SETTINGS | (FORGETFUL if home.is_for_tests else {})
    settings["hba_file"] = str(home.folder / "pg_hba.conf")
    settings["unix_socket_directories"] = '"{}"'.format(str(home.socket_folder()).replace('"', '""'))
    lines = [f"{key} = '{str(value).replace(chr(39), chr(39) * 2)}'\n" for key, value in settings.items()]
    for file, text in (
        ("postgresql.conf", "".join(lines)),
        ("pg_hba.conf", f"local all {ROLE},{APP_ROLE} scram-sha-256\n"),
    ):
        (home.folder / file).write_text(text)
        (home.folder / file).chmod(0o644)


def _launch(home: Home) -> None:
    log = home.folder / "log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name("log.1"))
    command = [str(home.programs / "bin" / "postgres"), "-D", str(home.data)]
    command += ["-c", f"config_file={home.folder / 'postgresql.conf'}"]
    with log.open("ab") as output:
        begins = output.tell()
        # A session of its own: Ctrl-C in our terminal is not for it.
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, "start_new_session": True}
        child = _children[home.data] = subprocess.Popen(command, **streams, **process_options(home))
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(home):
        if child.poll() is not None or time.monotonic() > deadline:
            _stop(home)
            tail = log.read_bytes()[begins:].decode(errors="replace").strip()[-800:]
            raise EmbeddedError(
                f"内嵌数据库没有启动，其日志 {log} 末尾如下；也可在 DATABASE_URL 中写自己的 PostgreSQL。"
                f" The embedded database did not start; its log ends so:\n{tail}"
            )
        time.sleep(0.05)


def _stop(home: Home) -> None:
    """End the cluster's processes: the postmaster politely, leftovers without it at last by force."""
    running = processes(home)
    if running and running[0].pid == _postmaster_pid(home):
        with suppress(psutil.NoSuchProcess):
            running[0].send_signal(signal.SIGINT)  # closes connections, writes everything, ends
        _wait_for_the_end(home, STOP_SECONDS)
    _wait_for_the_end(home, LEFTOVER_SECONDS)
    for force in (signal.SIGQUIT, signal.SIGKILL):
        for process in processes(home):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(force)
        _wait_for_the_end(home, LEFTOVER_SECONDS)
    if child := _children.pop(home.data, None):
        child.wait()


def _wait_for_the_end(home: Home, seconds: float) -> None:
    """Wait until no process works in the data; one that ended and was not yet reaped no longer does."""
    deadline = time.monotonic() + seconds
    while processes(home) and time.monotonic() < deadline:
        time.sleep(0.03)


def _postmaster_pid(home: Home) -> int | None:
    try:
        return int((home.data / "postmaster.pid").read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None


def _run(home: Home, program: str, *arguments: str, stdin: str = "") -> None:
    """Run one of PostgreSQL's programs to its end."""
    command = [str(home.programs / "bin" / program), *arguments]
    streams = {"input": stdin, "text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    try:
        done = subprocess.run(command, check=False, **streams, **process_options(home))
    except OSError as error:
        raise not_for_this_machine(error) from error
    if done.returncode:
        raise not_for_this_machine(f"{program}: {done.stdout.strip()[-600:]}")


def process_options(home: Home) -> dict[str, Any]:
    """How PostgreSQL's processes start: as their user, with nothing of our environment."""
    options: dict[str, Any] = {"cwd": home.folder, "umask": 0o077}
    options["env"] = {"LC_ALL": "C.UTF-8", "PATH": os.defpath}
    if home.runs_as:
        options |= {"user": home.runs_as.pw_uid, "group": home.runs_as.pw_gid, "extra_groups": []}
    return options


def _psql(name: str) -> int:
    with use(name):
        home = find_home(name)
        environment = {"PGHOST": str(home.socket_folder()), "PGPORT": str(PORT), "PGUSER": ROLE}
        environment |= {"PGDATABASE": DATABASE, "PGPASSWORD": home.password()}
        return subprocess.call([str(home.programs / "bin" / "psql")], env=os.environ | environment)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "url", "psql"])
    parser.add_argument("name", nargs="?", default="main")
    arguments = parser.parse_args()
    try:
        match arguments.action:
            case "start":
                print(start(arguments.name))
            case "stop":
                stop(arguments.name)
            case "url":
                print(url(arguments.name))
            case "psql":
                return _psql(arguments.name)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
