"""`make run` as a newcomer meets it: one command, then the application answers; told to stop, nothing is left."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest

from tests.config.conftest import Station


def free_port() -> str:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return str(attempt.getsockname()[1])


@contextmanager
def running(station: Station, **environment: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The application until the block ends, and what it said until it was ready."""
    process = station.begin("config.run", **environment)
    said = ""
    try:
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield process, said
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate()


def get(port: str, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.read().decode()


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(signal.SIGINT, id="Ctrl-C"),
        pytest.param(signal.SIGHUP, id="关闭终端"),
        pytest.param(signal.SIGTERM, id="关机"),
    ],
)
def test_it_answers_says_where_and_leaves_nothing_behind(furnished: Station, end: signal.Signals):
    port = free_port()

    with running(furnished, CANBAO_PORT=port) as (process, said):
        health = get(port, "/healthz/")
        page = get(port, "/login/")
        family = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, end)
        rest, _ = process.communicate()

    assert health == "ok\n"
    assert f"http://127.0.0.1:{port}" in said
    assert "演示账号" in said
    assert re.search(r'href="/static/[^"]+\.[0-9a-f]{12}\.css"', page), (
        "styles are served under names with their digest"
    )
    assert rest.strip() == ""
    assert process.returncode == 0
    assert family
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert not furnished.run("config.embedded", "url").stderr
    assert not _of_this_station(furnished)


def test_a_request_that_the_server_itself_refuses_gets_a_page_in_words(furnished: Station):
    port = free_port()

    with running(furnished, CANBAO_PORT=port), pytest.raises(HTTPError) as refused:
        get(port, "/receipts/?payer=" + "x" * 9000)

    assert refused.value.code == 414
    assert "服务器看不懂这个请求" in refused.value.read().decode()


def test_a_second_start_keeps_the_data_and_has_nothing_to_set_up(furnished: Station):
    with running(furnished, CANBAO_PORT=free_port()):
        before = furnished.run("config.embedded", "psql", stdin=COUNTS).stdout

    with running(furnished, CANBAO_PORT=free_port()) as (_, said):
        after = furnished.run("config.embedded", "psql", stdin=COUNTS).stdout

    assert before == after
    assert "正在" not in said


def test_after_a_kill_of_everything_it_starts_again(furnished: Station):
    with running(furnished, CANBAO_PORT=free_port()) as (process, _):
        everything = [*psutil.Process(process.pid).children(recursive=True), *_of_this_station(furnished)]
        for one in [psutil.Process(process.pid), *everything]:
            one.kill()
        process.communicate()
    port = free_port()

    with running(furnished, CANBAO_PORT=port):
        health = get(port, "/healthz/")

    assert health == "ok\n"


def test_a_database_that_dies_while_it_serves_is_started_again_and_said_so(furnished: Station):
    port = free_port()

    with running(furnished, CANBAO_PORT=port) as (process, _):
        postmaster = next(one for one in _of_this_station(furnished) if one.cmdline()[0].endswith("/postgres"))
        postmaster.kill()
        said = ""
        while "已重新启动" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        health = get(port, "/healthz/")

    assert "内嵌数据库意外停止" in said
    assert health == "ok\n"


def test_a_database_that_is_stopped_while_it_serves_is_named_on_the_page_and_in_the_terminal(furnished: Station):
    port = free_port()

    with running(furnished, CANBAO_PORT=port) as (process, _):
        furnished.run("config.embedded", "stop")
        said = ""
        while "make run" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        with pytest.raises(HTTPError) as refused:
            get(port, "/healthz/")

    assert "内嵌数据库已被停止" in said
    assert refused.value.code == 503
    assert "数据库暂时连不上" in refused.value.read().decode()


def test_demonstration_data_are_not_served_as_real_ones(furnished: Station):
    done = furnished.run("config.run", CANBAO_PORT=free_port(), CANBAO_DEMO="0")

    assert done.returncode == 1
    assert "不能用于正式业务" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_named_before_anything_is_begun(furnished: Station):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        done = furnished.run("config.run", CANBAO_PORT=port)

    assert done.returncode == 1
    assert f"端口 {port} 不能使用" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param("postgresql://nobody@127.0.0.1:1/none", "数据库不能连接", id="无服务器"),
        pytest.param("mysql://nobody@127.0.0.1/none", "DATABASE_URL must read postgresql://", id="不是PostgreSQL"),
    ],
)
def test_a_database_that_cannot_be_had_gets_a_sentence(furnished: Station, url: str, sentence: str):
    done = furnished.run("config.run", CANBAO_PORT=free_port(), DATABASE_URL=url)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_written_gets_a_sentence(furnished: Station):
    url = furnished.run("config.embedded", "start", "bare").stdout.strip()
    try:
        only_read = f"{url}&options=-c%20default_transaction_read_only%3Don"
        done = furnished.run("config.run", CANBAO_PORT=free_port(), DATABASE_URL=only_read)
    finally:
        furnished.run("config.embedded", "stop", "bare")

    assert done.returncode == 1
    assert "数据表建不成" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_gets_a_sentence(furnished: Station):
    done = furnished.run("config.run", CANBAO_PORT=free_port(), CANBAO_STATE_DIR="/dev/null/state")

    assert done.returncode == 1
    assert "读写不了 /dev/null/state" in done.stderr
    assert "Traceback" not in done.stderr


COUNTS = "SELECT (SELECT count(*) FROM offices_staff), (SELECT count(*) FROM households_person);\n"


def _of_this_station(station: Station) -> list[psutil.Process]:
    """PostgreSQL's processes that work for this station."""
    place = station.run("config.embedded", "url").stdout.split("?host=")[1].split("/socket")[0]
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(place.replace("%20", " ")) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
