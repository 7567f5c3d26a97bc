"""恢复演练: a backup restored beside the live database, looked at from all sides, and thrown away again."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from config import embedded
from config.places import BASE_DIR
from upkeep.backups.facts import read_facts
from upkeep.backups.restoring import connect, put_database, stored_names, whole
from upkeep.backups.told import Description
from upkeep.models import BackupProof

_FILES = "SELECT replace(name::text, '-', ''), sha256 FROM households_storedfile WHERE purged_at IS NULL"


@dataclass(slots=True)
class Steps:
    """How long each step took, and every fault in words."""

    seconds: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began

    @property
    def told(self) -> str:
        return "，".join(f"{name} {seconds:.1f} 秒" for name, seconds in self.seconds.items())


@dataclass(slots=True)
class Proof(Steps):
    """What was seen of a backup."""

    description: Description = field(kw_only=True)


def prove(folder: Path, *, key: bytes, at: datetime) -> Proof:
    """Restore into a cluster of its own, compare, run the audit of money; a row tells of it."""
    proof = Proof(description=whole(folder))
    with scratch_database() as (url, database):
        _prove(proof, folder, key, url, database)
    BackupProof.objects.create(
        backup_made_at=proof.description.moment,
        proved_at=at,
        seconds=sum(proof.seconds.values()),
        fault="\n".join(proof.faults),
    )
    return proof


@contextmanager
def scratch_database() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """An empty database beside the live one: a built-in cluster that is made for this and removed afterwards."""
    from config.settings import database

    name = f"drill{os.getpid()}"
    try:
        with embedded.use(name) as url:
            yield url, database(url)
    finally:
        embedded.remove(name)


def _prove(proof: Proof, folder: Path, key: bytes, url: str, database: Mapping[str, Any]) -> None:
    with proof.step("恢复"):
        put_database(folder, key=key, database=database)
    with connect(database) as connection:
        with proof.step("核对行数"):
            proof.faults += _counts(connection, proof.description)
        with proof.step("核对文件"):
            proof.faults += _files(connection, stored_names(folder, key=key))
    with proof.step("核账"):
        proof.faults += audited(url)


def _counts(connection: "psycopg.Connection[Any]", description: Description) -> Iterator[str]:
    found = read_facts(connection.cursor)
    for table, count in description.counts.items():
        if found.counts[table] != count:
            yield f"{table} 备份时有 {count} 行，恢复后有 {found.counts[table]} 行。"
    if found.receipts_amount != description.receipts_amount:
        yield f"收据合计备份时是 {description.receipts_amount} 元，恢复后是 {found.receipts_amount} 元。"


def _files(connection: "psycopg.Connection[Any]", stored: Mapping[str, str]) -> Iterator[str]:
    for name, digest in connection.execute(_FILES).fetchall():
        if stored.get(name) != digest:
            yield f"档案文件 {name} {'内容与登记的校验值不同' if name in stored else '不在备份里'}。"


def audited(url: str) -> Iterator[str]:
    """`audit_money` on the copy, in a process of its own: this one's connection is to the live database."""
    command = [sys.executable, str(BASE_DIR / "manage.py"), "audit_money"]
    there = os.environ | {"DATABASE_URL": url, "CANBAO_OWNER_URL": ""}  # that login is for the live database
    done = subprocess.run(command, env=there, capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"核账：{(done.stdout or done.stderr).strip()[-1000:]}"
