"""Saved, restored beside the live database, and proved; whatever is wrong with a backup is said in words."""

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils.timezone import localtime

from households import vault
from households.models import StoredFile
from tests.households.pictures import a_scan, files_folder  # noqa: F401 - fixture
from tests.payments.conftest import book, pay, rulesets  # noqa: F401 - fixtures
from upkeep.backups.proving import scratch_database
from upkeep.backups.restoring import connect, for_any_server, put_dump
from upkeep.backups.sealing import Unsealable, unseal
from upkeep.backups.told import BackupError
from upkeep.keys import key_of
from upkeep.models import Backup, BackupProof


@pytest.fixture
def office(settings, tmp_path, transactional_db, files_folder, book, pay, aunt_liu, zhang_household):  # noqa: F811
    """An office with a payment and a scan, and a folder for backups."""
    settings.BACKUP_DIR, settings.BACKUP_KEY = tmp_path / "backups", tmp_path / "key"
    pay(zhang_household, aunt_liu, "420.00", tendered=Decimal(420))
    a_scan(zhang_household, aunt_liu)
    return settings.BACKUP_DIR


def run(name: str, *arguments: object) -> str:
    out = io.StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def backup(folder: Path) -> Path:
    run("backup", "--to", folder)
    return Path(Backup.objects.first().place)


def test_a_backup_is_sealed_and_proves_whole_and_the_administrator_sees_it(client: Client, office: Path, mr_zhou):
    client.force_login(mr_zhou)
    assert "还没有备份" in client.get("/upkeep/backups/told/").content.decode()

    said = run("backup", "--to", office)

    made = Backup.objects.get()
    place = Path(made.place)
    assert "新做了一把备份钥匙" in said
    assert str(place) in said
    assert made.receipts == 1
    assert {each.name for each in place.iterdir()} == {"backup.json", "database.sealed", "files.sealed"}
    assert "张建国".encode() not in b"".join(each.read_bytes() for each in place.iterdir())
    assert place.stat().st_mode & 0o077 == 0
    assert "还没有验证过" in client.get("/upkeep/backups/told/").content.decode()

    drill = run("restore_drill")

    assert f"{localtime(made.made_at):%Y-%m-%d %H:%M:%S} 的备份完好" in drill
    proof = BackupProof.objects.get()
    assert (proof.backup_made_at, proof.fault) == (made.made_at, "")
    assert "最近验证" in client.get("/upkeep/backups/told/").content.decode()
    page = client.get("/upkeep/backups/").content.decode()
    assert str(place) in page
    assert "完好" in page


def test_it_comes_back_whole_into_an_empty_database_and_only_there(office: Path, tmp_path: Path):
    place = backup(office)
    files = tmp_path / "restored"

    with scratch_database() as (url, database):
        said = run("restore", place, "--into", url, "--files", files)
        assert f"已恢复 {localtime(Backup.objects.get().made_at):%Y-%m-%d %H:%M:%S} 的备份" in said
        assert "1 户、1 张收据、档案文件 1 件" in said
        with connect(database) as there:
            assert there.execute("SELECT amount FROM payments_receipt").fetchone() == (Decimal("420.00"),)
            with pytest.raises(Exception, match="payments_receipt"):  # the triggers came along
                there.execute("DELETE FROM payments_receipt")
        with pytest.raises(CommandError, match="不会覆盖"):
            run("restore", place, "--into", url, "--files", tmp_path / "elsewhere")

    stored = StoredFile.objects.get()
    live_path = vault.path_of(stored.name)
    assert (files / live_path.relative_to(live.FILES_DIR)).read_bytes() == live_path.read_bytes()


@pytest.mark.parametrize(
    "odd",
    [
        b"SET transaction_timeout = 0;\n",  # of pg_restore 17, for servers before 17
        b"ALTER TABLE ONLY public.payments_receipt ALTER COLUMN number SET (pg_attver=23817368);\n",  # of 15.20
        b'ALTER TABLE ONLY reports.t ALTER COLUMN "a b" SET (pg_attver=1);\n',
    ],
    ids=["setting", "column", "quoted column"],
)
def test_what_only_some_servers_know_is_left_out_before_the_first_row_and_never_behind_it(odd: bytes):
    rows = b"-- Data for Name: t; Type: TABLE DATA\nCOPY t (said) FROM stdin;\n"
    script = b"SET lock_timeout = 0;\n" + odd + rows + odd

    assert b"".join(for_any_server(io.BytesIO(script))) == b"SET lock_timeout = 0;\n" + rows + odd


def test_half_a_dump_leaves_nothing(office: Path):
    place = backup(office)
    with (place / "database.sealed").open("rb") as sealed:
        dump = b"".join(unseal(sealed, key_of(live.BACKUP_KEY)))

    def torn() -> Iterator[bytes]:
        yield dump[: len(dump) * 9 // 10]
        raise Unsealable("torn")

    with scratch_database() as (_, database):
        with pytest.raises(Unsealable):
            put_dump(torn(), database)
        with pytest.raises(BackupError):
            put_dump([dump[: len(dump) * 9 // 10]], database)
        with connect(database) as there:
            assert there.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'payments%'").fetchone() == (0,)


def test_the_drill_holds_where_the_owners_login_is_at_hand_too(office: Path, monkeypatch: pytest.MonkeyPatch):
    backup(office)
    monkeypatch.setenv("CANBAO_OWNER_URL", "postgresql://canbao:secret@/canbao?host=/var/run/postgresql")

    assert "完好" in run("restore_drill")


def test_the_drill_names_every_fault(office: Path):
    stored = StoredFile.objects.get()
    vault.drop(stored.name)
    place = backup(office)
    told = json.loads((place / "backup.json").read_text())
    told["counts"]["payments_receipt"] += 1
    told["receipts_amount"] = "999.00"
    (place / "backup.json").write_text(json.dumps(told))

    with pytest.raises(CommandError, match="3 处不符"):
        run("restore_drill", place)
    fault = BackupProof.objects.get().fault
    assert "payments_receipt 备份时有 2 行，恢复后有 1 行" in fault
    assert "收据合计备份时是 999.00 元，恢复后是 420.00 元" in fault
    assert f"档案文件 {stored.name.hex} 不在备份里" in fault


@pytest.mark.parametrize("name", ["database.sealed", "files.sealed"])
def test_a_damaged_backup_is_refused_before_anything_is_restored(office: Path, name: str):
    place = backup(office)
    with (place / name).open("r+b") as file:
        file.seek(100)
        file.write(b"\0\0\0\0")

    with pytest.raises(CommandError, match=f"{name} 缺失或已损坏"):
        run("restore_drill", place)
    assert not BackupProof.objects.exists()


def test_the_wrong_key_is_named(office: Path, settings, tmp_path: Path):
    place = backup(office)
    settings.BACKUP_KEY = tmp_path / "another"
    settings.BACKUP_KEY.write_text("ab" * 32)

    with pytest.raises(CommandError, match="钥匙不是当时的那一把"):
        run("restore_drill", place)


def test_a_folder_without_a_backup_is_named(office: Path, tmp_path: Path):
    with pytest.raises(CommandError, match="没有备份"):
        run("restore_drill", tmp_path)
    with pytest.raises(CommandError, match="还没有做过备份"):
        run("restore_drill")


@pytest.mark.parametrize("command", ["restore", "restore_drill"])
def test_a_moment_that_is_none_is_told_with_how_to_write_it(command: str):
    with pytest.raises(CommandError, match="“明天”不是时刻，请写成 '2026-11-29 10:15:30'"):
        run(command, "--to", "明天")


def test_the_oldest_give_way(office: Path):
    for day in ("01", "02", "03"):
        old = office / f"202601{day}-020000"
        old.mkdir(parents=True)
        (old / "database.sealed").touch()

    said = run("backup", "--to", office, "--keep", "2")

    assert "移除了较早的 2 份" in said
    assert [each.name for each in sorted(office.iterdir())] == [
        "20260103-020000",
        Path(Backup.objects.get().place).name,
    ]


def test_no_folder_is_left_where_the_disk_refuses(office: Path, tmp_path: Path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, no folder")

    with pytest.raises(CommandError, match="备份写不成"):
        run("backup", "--to", blocked)
    assert not Backup.objects.exists()


def test_what_was_noted_stays(office: Path):
    backup(office)
    with pytest.raises(Exception, match="upkeep_backup"), connection.cursor() as cursor:
        cursor.execute("UPDATE upkeep_backup SET size = 1")


def test_base_backups_and_wal_are_not_for_the_built_in_server_and_the_commands_say_what_is(settings, tmp_path: Path):
    settings.BACKUP_DIR, settings.BACKUP_KEY = tmp_path / "backups", tmp_path / "key"
    with scratch_database() as (_, settings.REPLICATION):
        for name in ("base_backup", "archive_wal"):
            with pytest.raises(CommandError, match=r"内嵌数据库请用 manage\.py backup 备份"):
                run(name)

    assert list(tmp_path.iterdir()) == []  # no key either: the first backup tells of it
