"""恢复: a backup into an empty database and an empty folder; what was there before is never written over."""

import hashlib
import re
import subprocess
import tarfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psycopg

from offices.keys import opened_file
from upkeep.backups.making import digest_of
from upkeep.backups.programs import listen, restoring, unpacking
from upkeep.backups.sealing import Opened, unseal
from upkeep.backups.told import DATABASE, FILES, BackupError, Description, read_description

CONNECTING = {"sslmode", "sslrootcert", "connect_timeout", "target_session_attrs"}
# pg_restore of 17 and later sets what older servers do not have; 15.20 keeps a note of its own with every column, which
# its own pg_dump leaves out and ours does not know. Neither means anything for what is restored.
_OF_SOME_SERVERS = re.compile(
    rb"SET transaction_timeout = 0;\n|ALTER [A-Z ]+ \S.* ALTER COLUMN .+ SET \(pg_attver=\d+\);\n"
)
_FIRST_ROWS = b"-- Data for Name: "
_CHUNK = 1 << 20
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
    with (folder / DATABASE).open("rb") as source:
        put_dump(unseal(source, key), database)


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


def put_dump(chunks: Iterable[bytes], database: Mapping[str, Any]) -> None:
    """What pg_dump wrote into an empty database: to its end, or nothing of it."""
    with unpacking() as archive, restoring(database) as program:
        complaints = [listen(program), listen(archive)]
        relay = threading.Thread(target=_relay, args=(archive, program), daemon=True)
        relay.start()
        try:
            _feed(archive, chunks)
            is_whole = archive.wait() == 0
            relay.join()
        except BaseException:
            program.kill()
            archive.kill()
            relay.join()  # before what it reads from and writes to is closed
            _end(program, is_whole=False)
            raise
        _end(program, is_whole=is_whole)
    if program.returncode:
        raise BackupError(f"恢复到数据库时出错：{next(filter(None, (each() for each in complaints)), '')}")


def for_any_server(script: IO[bytes]) -> Iterator[bytes]:
    """What pg_restore wrote, without the lines that only some servers understand; they stand before the first row."""
    for line in script:
        if not _OF_SOME_SERVERS.fullmatch(line):
            yield line
        if line.startswith(_FIRST_ROWS):
            break
    while chunk := script.read(_CHUNK):
        yield chunk


def _relay(archive: "subprocess.Popen[bytes]", program: "subprocess.Popen[bytes]") -> None:
    with archive.stdout as script, suppress(BrokenPipeError):
        for chunk in for_any_server(script):
            program.stdin.write(chunk)


def _end(program: "subprocess.Popen[bytes]", *, is_whole: bool) -> None:
    # The end of its input is the end of the script, and all of it then stays: it may not see that of half a script.
    if not is_whole:
        program.kill()
        program.wait()
    with suppress(BrokenPipeError):
        program.stdin.close()
    program.wait()


def _feed(program: "subprocess.Popen[bytes]", chunks: Iterable[bytes]) -> None:
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
