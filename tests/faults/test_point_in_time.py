"""Back to a second: a base backup and the WAL received since; what was committed before it is there, later is not."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from common.dates import SHANGHAI
from config.places import BASE_DIR
from config.postgres_home import find_home
from tests.faults.cluster import put_tables
from tests.faults.conftest import Keep
from tests.faults.office import Office
from tests.faults.servers import COPIER, Server, server
from tests.waiting import wait_for
from upkeep.archive_wal import main as archive_wal
from upkeep.backups import beside
from upkeep.backups.archive import archive, unsealed
from upkeep.backups.told import BackupError

KEY = bytes(range(32))
SEGMENT = "000000010000000000000001"


@pytest.mark.django_db(transaction=True)  # whose tables are copied
def test_a_server_goes_back_to_the_second(full: bool, tables: bytes, tmp_path: Path, keep: Keep):
    with server("pitr", wal_level="replica") as live:
        office = an_office(live, tmp_path, tables, households=500 if full else 0)
        with archiving(office, tmp_path / "wal"):
            assert "基础备份已存到" in said(office, "base_backup")
            first = committed(live, "before")
            committed(live, "after")
            live.ask("SELECT pg_switch_wal()")
            wait_for(lambda: any((tmp_path / "wal").glob("*.sealed")), so_that="a segment is in the archive")
            second = committed(live, "in the segment that is not whole yet")
            committed(live, "too late")
        live.kill()

        assert rows_at(office, second) == ["before", "after", "in the segment that is not whole yet"]
        if full:
            assert rows_at(office, first) == ["before"]
            drill = said(office, "restore_drill", "--to", first)
            assert f"恢复到了 {first}" in drill
            seconds = re.search(r"用时：(.*)。", drill)
            keep(f"rows of the second before are there, of the second after are not; drill: {seconds[1]}")


def an_office(live: Server, folder: Path, tables: bytes, *, households: int) -> Office:
    """An office on that server, with somewhere to keep its WAL."""
    put_tables(tables, live.url())
    office = Office(live.url(), folder)
    office.more = {
        "CANBAO_REPLICATION_URL": live.url(COPIER),
        "CANBAO_WAL": str(folder / "wal"),
        "CANBAO_WAL_INCOMING": str(folder / "incoming"),
    }
    if households:
        office.furnish(2, households)
    live.ask("CREATE TABLE moments (id bigserial, what text)")
    return office


@contextmanager
def archiving(office: Office, folder: Path) -> Iterator[None]:
    """`manage.py archive_wal` at work, as its service."""
    command = [sys.executable, "manage.py", "archive_wal"]
    service = subprocess.Popen(command, cwd=BASE_DIR, env=office.environment)
    try:
        incoming = Path(office.more["CANBAO_WAL_INCOMING"])
        wait_for(lambda: any(incoming.glob("*.partial")), so_that="WAL is received")
        yield
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=30) == 0


def said(office: Office, *command: str) -> str:
    done = office.run("manage.py", *command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def committed(live: Server, what: str) -> str:
    """A row that was committed before the second that is named here; the next comes a second later."""
    live.ask(f"INSERT INTO moments (what) VALUES ('{what}')")  # noqa: S608 - our own words
    moment = datetime.now(SHANGHAI).replace(microsecond=0) + timedelta(seconds=1)
    time.sleep((moment - datetime.now(SHANGHAI)).total_seconds() + 1)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def rows_at(office: Office, moment: str) -> list[str]:
    """What a server started on the restored folder holds."""
    back = Server(find_home(f"back{os.getpid()}"))
    try:
        assert "已解开" in said(office, "restore", "--to", moment, "--data", str(back.home.data))
        for folder in (back.home.data, back.home.data.with_name("data-wal")):
            beside.own(back.home, folder)
        back.start()
        wait_for(lambda: back.ask("SELECT pg_is_in_recovery()") is False, so_that="recovery has ended")
        with psycopg.connect(back.url("postgres")) as connection:
            return [what for (what,) in connection.execute("SELECT what FROM moments ORDER BY id").fetchall()]
    finally:
        back.remove()


def test_a_moment_before_the_first_base_backup_is_refused(tmp_path: Path, settings):
    from django.core.management import CommandError, call_command

    settings.BACKUP_DIR, settings.BACKUP_KEY = tmp_path, tmp_path / "key"
    settings.BACKUP_KEY.write_text(KEY.hex())

    with pytest.raises(CommandError, match="以前做完的基础备份"):
        call_command("restore", to=datetime(2026, 11, 29, tzinfo=SHANGHAI), data=tmp_path / "data")


def test_a_segment_is_archived_once_and_never_written_over(tmp_path: Path, monkeypatch, capsys):
    segment, key, folder = tmp_path / SEGMENT, tmp_path / "key", tmp_path / "wal"
    segment.write_bytes(b"changes" * 1000)
    key.write_text(KEY.hex())
    monkeypatch.setenv("CANBAO_WAL", str(folder))
    monkeypatch.setenv("CANBAO_BACKUP_KEY", str(key))

    assert archive_wal([str(segment)]) == archive_wal([str(segment)]) == 0
    segment.write_bytes(b"others' changes" * 1000)
    assert archive_wal([str(segment)]) == 1

    assert "不会覆盖" in capsys.readouterr().err
    assert b"changes" not in (folder / f"{SEGMENT}.sealed").read_bytes()
    assert unsealed(folder, tmp_path / "open", key=KEY) == 1
    assert (tmp_path / "open" / SEGMENT).read_bytes() == b"changes" * 1000
    with pytest.raises(BackupError, match="不是 WAL 文件"):
        archive(key, folder, key=KEY)
