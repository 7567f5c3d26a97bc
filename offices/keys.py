"""数据钥匙: the file outside the database whose keys seal personal numbers in it, and whether it is the right file."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from common.sealing import SUITES, FileSealer, Keys, Kind, Sealer, Unopenable, new_keys, read_keys

TABLE = "offices_datakey"
WHAT_TO_DO = "请把原来的钥匙文件放回 {place}，或在 CANBAO_DATA_KEYS 写明它在哪里；各台主机须用同一份。"
# National algorithms for the digests too where the cipher is one.
DIGEST_OF = {"aes-gcm": "blake2b", "sm4-gcm": "sm3"}


class KeysUnusable(ImproperlyConfigured):
    """The key file is missing or another one; the text says so in Chinese and what to do."""


@dataclass
class _Ring:
    """The keys of one file as they were read, and a sealer for each kind."""

    keys: Keys
    changed_at: int
    sealers: dict[str, Sealer] = field(default_factory=dict)


_rings: dict[tuple[Path, str], _Ring] = {}


def sealer(kind: Kind) -> Sealer:
    """Seals and opens texts of this kind, by the keys and the cipher of the settings."""
    ring = _ring()
    found = ring.sealers.get(kind.name)  # a text knows its hash; a kind would work it out each time
    if found is None:
        found = ring.sealers[kind.name] = Sealer(kind, ring.keys, SUITES[settings.CIPHER])
    return found


def opened(kind: Kind, value: bytes) -> str:
    """The text of a sealed value. Keys that another host has added since are read from the file."""
    try:
        return sealer(kind).open(value)
    except Unopenable:
        if not _is_stale():
            raise
    forget()
    return sealer(kind).open(value)


def all_opened(kind: Kind, values: Sequence[bytes | None]) -> list[str]:
    """The same of many, '' for none: the sealer is looked up once."""
    try:
        read = sealer(kind).open
        return [read(value) if value else "" for value in values]
    except Unopenable:
        return [opened(kind, value) if value else "" for value in values]


def unsealed(kind: Kind, value: bytes | str | None) -> str:
    """The text of a value that a statement read by itself, as bytes or as JSON writes them; '' for none."""
    if not value:
        return ""
    return opened(kind, bytes.fromhex(value[2:]) if isinstance(value, str) else value)


def file_sealer() -> FileSealer:
    """Seals and opens files."""
    return FileSealer(_ring().keys, SUITES[settings.CIPHER])


def opened_file(data: bytes) -> bytes:
    """What a file holds; see `opened`."""
    try:
        return file_sealer().open(data)
    except Unopenable:
        if not _is_stale():
            raise
    forget()
    return file_sealer().open(data)


def keys() -> Keys:
    """The keys of the file; KeysUnusable where it is not the one that this database was sealed with."""
    return _ring().keys


def forget() -> None:
    """Read the file anew when it is needed next."""
    _rings.clear()


def check_keys() -> None:
    """Refuse to start with the wrong keys. A database that cannot be asked now is asked when it is needed."""
    try:
        _ring()
    except OperationalError:
        return


def write_keys(changed: Keys) -> None:
    """Put the file in its place, whole or not at all."""
    place = settings.DATA_KEYS
    fresh = place.with_name(f"{place.name}.part")
    fresh.unlink(missing_ok=True)
    _create(fresh, changed)
    fresh.replace(place)
    forget()


def _ring() -> _Ring:
    asked = (settings.DATA_KEYS, settings.CIPHER)
    ring = _rings.get(asked)
    if ring is None:
        ring = _read(settings.DATA_KEYS)
        ring.keys = _compared(ring.keys)
        _rings[asked] = ring
    return ring


def _is_stale() -> bool:
    return settings.DATA_KEYS.stat().st_mtime_ns != _ring().changed_at


def _read(place: Path) -> _Ring:
    try:
        changed_at = place.stat().st_mtime_ns
        return _Ring(read_keys(place.read_text()), changed_at)
    except FileNotFoundError:
        _make(place)
        return _read(place)
    except PermissionError as error:
        raise KeysUnusable(f"数据钥匙文件 {place} 没有读的权限。请让运行参保的用户能读它，别人不能读。") from error
    except (ValueError, OSError) as error:
        text = f"数据钥匙文件 {place} 的内容不对，不能用。{WHAT_TO_DO.format(place=place)}"
        raise KeysUnusable(text) from error


def _make(place: Path) -> None:
    """The first keys, for a database in which nothing was ever sealed."""
    if _kept():
        text = f"找不到数据钥匙文件 {place}，而数据库里的身份证号和电话是用它封存的。{WHAT_TO_DO.format(place=place)}"
        raise KeysUnusable(text)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    _create(fresh, new_keys(digest=DIGEST_OF[settings.CIPHER]))
    try:
        place.hardlink_to(fresh)  # whole, or not at all
    except FileExistsError:  # another process was as quick
        return
    finally:
        fresh.unlink()


def _create(place: Path, made: Keys) -> None:
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(made.text())
        file.flush()
        os.fsync(file.fileno())


def _kept() -> dict[tuple[str, int], bytes]:
    """By purpose and version, what the database keeps of the keys it was sealed with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])
        if not cursor.fetchone()[0]:
            return {}
        cursor.execute(f"SELECT purpose, version, check_value FROM {TABLE}")  # noqa: S608 - a constant
        return {(purpose, version): bytes(value) for purpose, version, value in cursor.fetchall()}


def _compared(mine: Keys) -> Keys:
    """The keys, with the index key that the database says; KeysUnusable where its checks are not those of this file.

    An empty database takes over the checks of the file.
    """
    kept = _kept()
    if not kept:
        keep_checks(mine)
        kept = _kept()
    checks = _checks(mine)
    if wrong := sorted(
        version for (purpose, version), value in kept.items() if checks.get((purpose, version)) != value
    ):
        place = settings.DATA_KEYS
        told = "、".join(f"第{version}版" for version in dict.fromkeys(wrong))
        text = f"数据钥匙文件 {place} 不是封存这个数据库的那一份（{told}不符）。{WHAT_TO_DO.format(place=place)}"
        raise KeysUnusable(text)
    return mine.using(next((version for purpose, version in kept if purpose == "index"), mine.index_version))


def keep_checks(mine: Keys) -> None:
    """Tell the database which data keys seal it, and, where it knows none, which index key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])
        if not cursor.fetchone()[0]:
            return
        cursor.execute(f"SELECT count(*) FROM {TABLE} WHERE purpose = 'index'")  # noqa: S608 - a constant
        has_index = cursor.fetchone()[0] > 0
        for (purpose, version), value in _checks(mine).items():
            if purpose == "index" and (has_index or version != mine.index_version):
                continue
            cursor.execute(
                f"INSERT INTO {TABLE} (purpose, version, check_value) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",  # noqa: S608 - a constant
                [purpose, version, value],
            )


def _checks(mine: Keys) -> dict[tuple[str, int], bytes]:
    data = {("data", version): mine.check(version) for version in mine.data}
    return data | {("index", version): mine.check_index(version) for version in mine.indexes}
