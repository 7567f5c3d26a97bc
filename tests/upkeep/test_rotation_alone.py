"""换查找用的钥匙: only while nobody else is connected, whoever it is; PostgreSQL's own work does not count."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from offices import keys as key_file
from offices.models import DataKey
from tests.acting import as_owner
from tests.faults.servers import server
from tests.payments.test_kill import database_url, wait_until_alone
from tests.waiting import wait_for
from upkeep.rotation import OTHERS

VACUUM_AT_WORK = """
    SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'autovacuum worker' AND datname = current_database() AND query LIKE '%busy%'
"""
BUSY_TABLE = (
    "CREATE TABLE busy (n int) WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)",
    "INSERT INTO busy SELECT generate_series(1, 50000)",
    "DELETE FROM busy",
)


@pytest.fixture
def kept(settings: Any, tmp_path: Path, transactional_db: None) -> Iterator[Path]:
    """A key file of this test alone, for a database where nobody else is connected."""
    settings.DATA_KEYS, settings.FILES_DIR = tmp_path / "data-keys", tmp_path / "files"
    with as_owner():
        DataKey.objects.all().delete()
    key_file.forget()
    key_file.keys()
    wait_until_alone()
    yield settings.DATA_KEYS
    key_file.forget()


def turn() -> None:
    with as_owner():
        call_command("rotate_keys", "--index")


def as_application() -> "psycopg.Connection[Any]":
    """A session as a web process or a worker has it."""
    return psycopg.connect(database_url(), autocommit=True)


def in_a_transaction() -> "psycopg.Connection[Any]":
    """One that is in the middle of something."""
    session = psycopg.connect(database_url())
    session.execute("SELECT count(*) FROM payments_receipt")
    return session


@pytest.mark.parametrize("connect", [as_application, in_a_transaction])
def test_the_index_key_is_not_changed_while_somebody_is_connected(kept: Path, connect: Callable[[], Any]):
    before = kept.read_text()

    with connect(), pytest.raises(CommandError, match=r"还有1个连接在用这个数据库.*先停止各台主机"):
        turn()

    assert kept.read_text() == before
    assert key_file.keys().index_version == 1


def test_all_who_are_connected_are_counted_and_when_they_are_gone_it_is_done(kept: Path):
    with as_application(), in_a_transaction(), pytest.raises(CommandError, match="还有2个连接"):
        turn()
    wait_until_alone()

    turn()

    assert key_file.keys().index_version == 2


def test_who_works_in_another_database_of_the_server_is_not_in_the_way(kept: Path):
    known = connection.settings_dict
    login = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"], "password": known["PASSWORD"]}

    with psycopg.connect(**login, dbname="postgres") as other:
        assert other.execute("SELECT current_database()").fetchone() == ("postgres",)
        turn()

    assert key_file.keys().index_version == 2


def test_another_login_of_the_server_is_somebody_and_postgresqls_own_vacuum_is_nobody(tmp_path: Path):
    with server("vacuum", autovacuum_naptime="1s") as own, psycopg.connect(own.url(), autocommit=True) as owner:
        for statement in BUSY_TABLE:
            owner.execute(statement)
        wait_for(lambda: own.ask(VACUUM_AT_WORK), so_that="autovacuum is at the table")

        # Who asked whether it is has left by then; the server notices in its own time.
        wait_for(lambda: owner.execute(OTHERS).fetchone() == (0,), so_that="the vacuum alone is nobody")
        with psycopg.connect(own.url("postgres")):
            in_company = owner.execute(OTHERS).fetchone()

        assert own.ask(VACUUM_AT_WORK) == 1  # all the while
    assert in_company == (1,)
