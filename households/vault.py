"""文件存放: the folder outside the web root where uploaded bytes lie sealed, each under a random name."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings

from common.sealing import Unopenable
from offices.keys import file_sealer, opened_file


def path_of(name: UUID) -> Path:
    """Where the bytes of this name lie; two characters of the name spread them over 256 folders."""
    return Path(settings.FILES_DIR) / name.hex[:2] / name.hex


def put(name: UUID, data: bytes) -> str:
    """Write the bytes so that they are there whole or not at all; the digest that the row keeps."""
    _place(path_of(name), file_sealer().seal(data))
    return hashlib.sha256(data).hexdigest()


def created(path: Path) -> BinaryIO:
    """A new file beside those that are kept, which only the application's user reads."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def take_in(name: UUID, fresh: Path) -> None:
    """Make a file that was written beside its place the one of this name, sealed, whole or not at all."""
    _place(path_of(name), file_sealer().seal(fresh.read_bytes()))
    fresh.unlink()


def seal_anew(path: Path) -> bool:
    """Seal a kept file under the key and the cipher of now; whether it was another."""
    sealer = file_sealer()
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # destroyed meanwhile
        return False
    if sealer.is_current(data):
        return False
    _place(path, sealer.seal(opened_file(data)))
    return True


def kept() -> Iterator[Path]:
    """All files that lie here, without what is being written."""
    yield from (path for path in Path(settings.FILES_DIR).glob("??/*") if path.is_file() and not path.suffix)


def _place(path: Path, sealed: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{uuid4().hex}")
    try:
        with created(fresh) as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)  # a full disk has no room for halves
        raise
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """Have the folder itself written to the disk: after a power cut the row must not name what is not there."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def get(name: UUID, *, sha256: str) -> bytes | None:
    """The bytes, or None where they are gone or are no longer those that were put there."""
    try:
        data = opened_file(path_of(name).read_bytes())
    except (FileNotFoundError, Unopenable):
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def drop(name: UUID) -> None:
    """Remove the bytes; what is gone already is no error."""
    path_of(name).unlink(missing_ok=True)
