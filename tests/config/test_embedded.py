"""The embedded PostgreSQL: made once, started by whoever comes first, stopped by whoever leaves last."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from config.postgres_home import SOCKET_PATH_LIMIT, EmbeddedError, Home, find_home
from tests.config.conftest import Station


def start(station: Station, name: str = "test") -> str:
    done = station.run("config.embedded", "start", name)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def data_of(url: str) -> Path:
    return Path(psycopg.conninfo.conninfo_to_dict(url)["host"]).parent / "data"


def postmaster(url: str) -> psutil.Process:
    with psycopg.connect(url) as connection:
        return psutil.Process(connection.info.backend_pid).parent()


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def url(station: Station) -> Iterator[str]:
    """The running cluster of the station."""
    yield start(station)
    station.run("config.embedded", "stop", "test")


def test_the_database_is_utf8_knows_chinese_and_belongs_to_a_plain_role(url: str):
    with psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist")
        encoding = connection.execute("SHOW server_encoding").fetchone()
        similarity = connection.execute("SELECT similarity('张建国', '张建华') > 0.3").fetchone()
        role = connection.execute("SELECT rolsuper, rolname FROM pg_roles WHERE rolname = current_user").fetchone()

    assert encoding == ("UTF8",)
    assert similarity == (True,)
    assert role == (False, "canbao")


def test_it_listens_on_no_network_port_and_asks_for_its_password(url: str):
    wrong = psycopg.conninfo.make_conninfo(url, password="wrong")

    assert not postmaster(url).net_connections(kind="inet")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_only_we_can_read_its_password_and_reach_its_socket(url: str):
    settings = psycopg.conninfo.conninfo_to_dict(url)
    socket_folder = Path(settings["host"])

    assert socket_folder.stat().st_mode & 0o077 == 0
    assert (socket_folder.parent / "password").stat().st_mode & 0o077 == 0
    assert (socket_folder.parent / "password").read_text() == settings["password"]


def test_it_never_runs_as_root(url: str):
    assert postmaster(url).uids().effective != 0


def test_a_second_start_finds_the_first(station: Station, url: str):
    before = postmaster(url).pid

    assert start(station) == url
    assert postmaster(url).pid == before


def test_many_starts_at_once_make_one_server(station: Station):
    starts = [station.begin("config.embedded", "start", "test") for _ in range(6)]
    urls = {process.communicate()[0].strip() for process in starts}

    assert len(urls) == 1
    assert answers(urls.pop())
    station.run("config.embedded", "stop", "test")


def test_the_last_user_stops_it(station: Station):
    first, second = (station.begin("tests.config.use_cluster") for _ in range(2))
    url = first.stdout.readline().strip()
    assert second.stdout.readline().strip() == url

    first.communicate("leave\n")
    after_the_first = answers(url)
    second.communicate("leave\n")
    after_the_second = answers(url)

    assert after_the_first
    assert not after_the_second


def test_a_user_that_was_killed_no_longer_counts(station: Station):
    killed, other = (station.begin("tests.config.use_cluster") for _ in range(2))
    url = killed.stdout.readline().strip()
    other.stdout.readline()

    killed.kill()
    killed.wait()
    other.communicate("leave\n")

    assert not answers(url)


def test_data_survive_a_kill_of_every_process(station: Station):
    url = start(station, "main")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    main = postmaster(url)
    everything = [main, *main.children()]

    for process in everything:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(everything, 10)
    again = start(station, "main")

    assert again == url
    with psycopg.connect(again) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    station.run("config.embedded", "stop", "main")


def test_a_kill_of_the_postmaster_alone_leaves_nothing_in_the_way(station: Station):
    url = start(station)
    orphans = postmaster(url).children()

    postmaster(url).send_signal(signal.SIGKILL)
    again = start(station)

    assert answers(again)
    assert not [process for process in orphans if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    station.run("config.embedded", "stop", "test")


def test_leftover_files_that_name_someone_else_are_not_believed(station: Station):
    url = start(station)
    socket_folder = Path(psycopg.conninfo.conninfo_to_dict(url)["host"])
    station.run("config.embedded", "stop", "test")

    for path in (data_of(url) / "postmaster.pid", socket_folder / ".s.PGSQL.5432.lock"):
        path.write_text(f"{os.getpid()}\n{data_of(url)}\n1\n5432\n{socket_folder}\n\n0 0\nready\n")
    again = start(station)

    assert answers(again)
    station.run("config.embedded", "stop", "test")


def test_data_of_another_version_are_refused_with_a_sentence(station: Station):
    url = start(station)
    station.run("config.embedded", "stop", "test")
    version = data_of(url) / "PG_VERSION"
    ours = version.read_text()

    version.write_text("14\n")
    done = station.run("config.embedded", "start", "test")
    version.write_text(ours)

    assert done.returncode == 1
    assert "由 PostgreSQL 14 建立" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_does_not_start_shows_the_end_of_its_log(station: Station):
    url = start(station)
    station.run("config.embedded", "stop", "test")
    control = data_of(url) / "global" / "pg_control"
    aside = control.rename(control.with_name("aside"))

    done = station.run("config.embedded", "start", "test")
    aside.rename(control)

    assert done.returncode == 1
    assert "内嵌数据库没有启动" in done.stderr
    assert "pg_control" in done.stderr


def test_a_socket_path_beyond_the_limit_moves_to_a_short_private_folder(tmp_path: Path):
    folder = tmp_path / ("很长的路径" * 10)
    folder.mkdir()
    home = Home("test", folder, Path("unused"), None)

    chosen = home.socket_folder()

    assert len(os.fsencode(chosen / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    assert chosen.stat().st_mode & 0o077 == 0
    assert home.socket_folder() == chosen
    chosen.chmod(0o755)
    moved = home.socket_folder()
    assert moved != chosen, "a folder that others can enter is not used again"
    for used in (chosen, moved):
        used.rmdir()


@pytest.mark.parametrize("name", ["root", "no-such-user"])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to choose another user")
def test_root_must_name_an_ordinary_user(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv("CANBAO_PG_USER", name)

    with pytest.raises(EmbeddedError, match="CANBAO_PG_USER"):
        find_home("test")


def test_a_name_that_would_leave_the_folder_is_refused():
    with pytest.raises(EmbeddedError, match="字母、数字和下划线"):
        find_home("../main")
