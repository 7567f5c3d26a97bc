"""恢复: a backup into an empty database and an empty folder; what was there before is never written over."""

import hashlib
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from offices.keys import opened_file
from upkeep.backups.making import digest_of
from upkeep.backups.programs import listen, restoring
from upkeep.backups.sealing import Opened, unseal
from upkeep.backups.told import DATABASE, FILES, BackupError, Description, read_description

CONNECTING = {"sslmode", "sslrootcert", "connect_timeout", "target_session_attrs"}
_EMPTY = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"


def restore(folder: Path, *, key: bytes, database: Mapping[str, Any], files: Path | None) -> Description:
    """Put a backup back; `database` as in Django's settings, `files` the folder for the bytes or None to leave them.

    Raises BackupError where the target is not empty, Unsealable where the backup does not open.
    """
    description = whole(folder)
    if files is not None:
        _refuse_filled_folder(files)
    put_database(folder, key=key, database=database)
    if files is not None:
        _files(folder / FILES, key, files)
    return description


def whole(folder: Path) -> Description:
    """The description of a backup whose sealed files are those that were written."""
    description = read_description(folder)
    for name, digest in description.digests.items():
        path = folder / name
        if not path.is_file() or digest_of(path) != digest:
            raise BackupError(f"{path} 缺失或已损坏，与备份时不同。请换一份备份。")
    return description


def put_database(folder: Path, *, key: bytes, database: Mapping[str, Any]) -> None:
    """The dump into an empty database, all or nothing."""
    _refuse_filled(database)
    _database(folder / DATABASE, key, database)


def stored_names(folder: Path, *, key: bytes) -> dict[str, str]:
    """The files in a backup: name → SHA-256 of what they hold."""
    found = {}
    with (folder / FILES).open("rb") as source, tarfile.open(fileobj=Opened(source, key), mode="r|") as tar:
        for each in tar:
            content = tar.extractfile(each)
            found[each.name] = hashlib.sha256(opened_file(content.read()) if content else b"").hexdigest()
    return found


def connect(database: Mapping[str, Any]) -> "psycopg.Connection[Any]":
    """A plain connection to a database that Django's settings name."""
    options = database.get("OPTIONS", {})
    return psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        user=database["USER"],
        password=database["PASSWORD"],
        dbname=database["NAME"],
        **{key: value for key, value in options.items() if key in CONNECTING},
    )


def _refuse_filled(database: Mapping[str, Any]) -> None:
    try:
        with connect(database) as connection:
            (tables,) = connection.execute(_EMPTY).fetchone() or (0,)
    except psycopg.OperationalError as error:
        raise BackupError(f"连不上要恢复到的数据库：{error}") from error
    if tables:
        raise BackupError("要恢复到的数据库里已有内容，不会覆盖。请先建一个空的数据库。")


def _refuse_filled_folder(files: Path) -> None:
    if files.exists() and any(files.iterdir()):
        raise BackupError(f"{files} 里已有文件，不会覆盖。请写一个空的文件夹。")


def _database(path: Path, key: bytes, database: Mapping[str, Any]) -> None:
    with path.open("rb") as source, restoring(database) as program:
        complaints = listen(program)
        _feed(program, unseal(source, key))
        program.wait()
    if program.returncode:
        raise BackupError(f"恢复到数据库时出错：{complaints()}")


def _feed(program: "subprocess.Popen[bytes]", chunks: Any) -> None:
    try:
        for chunk in chunks:
            program.stdin.write(chunk)
        program.stdin.close()
    except BrokenPipeError:
        pass  # it has ended and says why
    except BaseException:
        program.kill()
        raise


def _files(path: Path, key: bytes, files: Path) -> None:
    files.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("rb") as source, tarfile.open(fileobj=Opened(source, key), mode="r|") as tar:
        for each in tar:
            content = tar.extractfile(each)
            if content is None:
                continue
            place = files / each.name[:2] / each.name
            place.parent.mkdir(mode=0o700, exist_ok=True)
            place.write_bytes(content.read())
            place.chmod(0o600)
