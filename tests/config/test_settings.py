"""Settings come from the environment, and an odd value is refused with its name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import base_address, database, flag, number, owners_database, words


@pytest.mark.parametrize(("written", "read"), [("0", False), ("1", True)])
def test_a_flag_is_one_or_zero(monkeypatch: pytest.MonkeyPatch, written: str, read: bool):
    monkeypatch.setenv("CANBAO_TRY", written)

    assert flag("CANBAO_TRY") is read


@pytest.mark.parametrize("written", ["", "yes", "true", "2", " 1"])
def test_a_flag_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch, written: str):
    monkeypatch.setenv("CANBAO_TRY", written)

    with pytest.raises(ImproperlyConfigured, match="CANBAO_TRY must be 0 or 1"):
        flag("CANBAO_TRY")


@pytest.mark.parametrize("written", ["", "0", "1441", "-5", "3.5", "一", "٣"])
def test_a_number_out_of_bounds_is_refused(monkeypatch: pytest.MonkeyPatch, written: str):
    monkeypatch.setenv("CANBAO_TRY", written)

    with pytest.raises(ImproperlyConfigured, match="CANBAO_TRY must be a whole number from 1 to 1440"):
        number("CANBAO_TRY", default=30, least=1, most=1440)


@pytest.mark.parametrize("written", ["", "a,,b", "a, "])
def test_a_list_with_a_gap_is_refused(monkeypatch: pytest.MonkeyPatch, written: str):
    monkeypatch.setenv("CANBAO_TRY", written)

    with pytest.raises(ImproperlyConfigured, match="CANBAO_TRY"):
        words("CANBAO_TRY", default="a")


def test_a_database_url_is_read_whole():
    read = database("postgresql://can%40bao:p%3Ass@db.example:6543/can%20bao?sslmode=require")

    assert (read["NAME"], read["USER"], read["PASSWORD"]) == ("can bao", "can@bao", "p:ss")
    assert (read["HOST"], read["PORT"]) == ("db.example", "6543")
    assert read["OPTIONS"]["sslmode"] == "require"


def test_a_database_url_may_name_a_socket_folder():
    read = database("postgresql://canbao:secret@/canbao?host=/a%20folder/socket&port=5433")

    assert (read["HOST"], read["PORT"]) == ("/a folder/socket", "5433")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://u:p@one:5433,two/d", id="names"),
        pytest.param("postgresql://u:p@/d?host=one,two&port=5433,5432", id="in the query"),
    ],
)
def test_a_database_url_may_name_a_server_and_its_standby(url: str):
    read = database(url)

    assert (read["HOST"], read["PORT"]) == ("one,two", "5433,5432")
    assert read["OPTIONS"]["target_session_attrs"] == "read-write"


@pytest.mark.parametrize(
    "url", ["postgresql://one,/d", "mysql://u@h/d", "postgresql://u@h/", "canbao", "postgresql://h:port/d"]
)
def test_a_database_url_that_cannot_be_meant_is_refused(url: str):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database(url)


@pytest.mark.parametrize("written", ["https://canbao.example", "https://canbao.example/"])
def test_a_public_address_is_read_without_its_last_slash(monkeypatch: pytest.MonkeyPatch, written: str):
    monkeypatch.setenv("CANBAO_TRY", written)

    assert base_address("CANBAO_TRY", default="http://127.0.0.1:8000") == "https://canbao.example"


@pytest.mark.parametrize(
    "written", ["", "canbao.example", "ftp://canbao.example", "https://canbao.example/sub", "https://"]
)
def test_a_public_address_that_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch, written: str):
    monkeypatch.setenv("CANBAO_TRY", written)

    with pytest.raises(ImproperlyConfigured, match="CANBAO_TRY must read https://host"):
        base_address("CANBAO_TRY", default="http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("url", "known"),
    [
        pytest.param("", None, id="只有一个角色"),
        pytest.param("postgresql://owner:b@db/canbao", "owner", id="两个角色"),
    ],
)
def test_the_owner_of_the_tables_is_another_user_of_the_same_database(url: str, known: str | None):
    owner = owners_database(url, database("postgresql://app:a@db/canbao"))

    assert (owner and owner["USER"]) == known


@pytest.mark.parametrize("url", ["postgresql://app:a@db/canbao", "postgresql://owner:b@db/other"])
def test_an_owner_that_cannot_be_meant_is_refused(url: str):
    with pytest.raises(ImproperlyConfigured, match="CANBAO_OWNER_URL"):
        owners_database(url, database("postgresql://app:a@db/canbao"))
