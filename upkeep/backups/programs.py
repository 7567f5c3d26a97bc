"""PostgreSQL's own programs for a dump and its return: the installed package's, for any server up to its version."""

import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from config import embedded
from config.postgres_home import find_installed_programs
from upkeep.backups.told import BackupError

_FROM_SETTINGS = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
_FROM_OPTIONS = {"target_session_attrs": "PGTARGETSESSIONATTRS", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}


def environment(database: Mapping[str, Any]) -> dict[str, str]:
    """How a program reaches a database that Django's settings name; nothing of it stands in the list of processes."""
    own = {name: str(database[key]) for key, name in _FROM_SETTINGS.items() if database.get(key)}
    options = database.get("OPTIONS") or {}
    own |= {name: str(options[key]) for key, name in _FROM_OPTIONS.items() if options.get(key)}
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10"} | own


def dumping(database: Mapping[str, Any], *, snapshot: str) -> "subprocess.Popen[bytes]":
    """pg_dump at work on what one snapshot sees; its output is the dump."""
    command = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    return subprocess.Popen(
        command, env=environment(database), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )


def unpacking() -> "subprocess.Popen[bytes]":
    """pg_restore at work; its input is the dump, its output the script that makes the tables anew."""
    command = [program("pg_restore"), "--no-owner", "--no-privileges", "--file=-"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def restoring(database: Mapping[str, Any]) -> "subprocess.Popen[bytes]":
    """psql at work on an empty database; its input is the script, of which nothing stays unless it comes to its end."""
    command = [program("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    command += ["--set=VERBOSITY=terse", "--file=-"]
    return subprocess.Popen(
        command, env=environment(database), stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )


def refuse_built_in(database: Mapping[str, Any]) -> None:
    """The built-in server lets nobody copy its data folder or follow its WAL."""
    if embedded.serves(database):
        raise BackupError(
            "基础备份和 WAL 归档供自备的 PostgreSQL 服务器使用，现在连的是内嵌数据库，它不提供复制，没有做任何备份。"
            "内嵌数据库请用 manage.py backup 备份；要能恢复到任何一秒，请先改用自备的服务器，写在 DATABASE_URL 和"
            " CANBAO_REPLICATION_URL 中。"
        )


def copying(database: Mapping[str, Any]) -> "subprocess.Popen[bytes]":
    """pg_basebackup at work on a server, through a role with REPLICATION; its output is a tar of the data folder."""
    command = [program("pg_basebackup"), "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast"]
    return subprocess.Popen(
        command,
        env=environment(database),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )


def receiving(database: Mapping[str, Any], folder: Path, *, slot: str) -> "subprocess.Popen[bytes]":
    """pg_receivewal at work: each change is on our disk as soon as the server has it; it goes on until stopped."""
    command = [program("pg_receivewal"), f"--directory={folder}", f"--slot={slot}", "--synchronous", "--no-loop"]
    return subprocess.Popen(
        command,
        env=environment(database),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )


def have_slot(database: Mapping[str, Any], slot: str) -> None:
    """Have the server keep what was not received yet."""
    command = [program("pg_receivewal"), "--create-slot", "--if-not-exists", f"--slot={slot}"]
    done = subprocess.run(command, env=environment(database), capture_output=True, check=False)
    if done.returncode:
        raise BackupError(f"数据库服务器不肯送来 WAL：{done.stderr.decode(errors='replace').strip()[-400:]}")


def listen(program: "subprocess.Popen[bytes]") -> Callable[[], str]:
    """Read a program's complaints beside its work, so that neither waits; what they were, once it ended."""
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(program.stderr.read()), daemon=True)
    reader.start()

    def complaints() -> str:
        reader.join(5)
        return b"".join(heard).decode(errors="replace").strip()[-400:]

    return complaints


def program(name: str) -> str:
    """Where one of PostgreSQL's programs lies."""
    path = find_installed_programs() / "bin" / name
    if not path.exists():
        raise BackupError(f"找不到 PostgreSQL 的程序 {name}。请重新安装 requirements.txt 中的软件包。")
    return str(path)
