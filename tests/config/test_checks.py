"""The database server is looked at before anything is written to it."""

import pytest

from config.checks import check_history, check_server, history_errors, role_errors, server_errors


@pytest.mark.django_db
def test_the_server_of_the_tests_will_do():
    assert check_server(databases=["default"]) == []
    assert check_history(databases=["default"]) == []


def test_an_old_server_is_refused_with_its_version():
    (error,) = server_errors(number=140_012, encoding="UTF8")

    assert error.msg == "数据库是 PostgreSQL 14，参保需要 15 或更高版本。"


def test_a_database_that_cannot_hold_chinese_is_refused():
    (error,) = server_errors(number=150_000, encoding="SQL_ASCII")

    assert "SQL_ASCII" in error.msg
    assert "ENCODING 'UTF8'" in error.hint


@pytest.mark.parametrize(
    ("found", "why"),
    [
        pytest.param((False, False), None, id="一般角色"),
        pytest.param((True, False), "能绕过行级安全", id="超级用户"),
        pytest.param((False, True), "能绕过行级安全", id="可绕过"),
        pytest.param(None, "没有", id="没有这个角色"),
    ],
)
def test_an_application_role_that_no_wall_binds_is_refused(found: tuple[bool, bool] | None, why: str | None):
    errors = role_errors("canbao", found)

    assert [why in error.msg for error in errors] == ([True] if why else [])


@pytest.mark.parametrize(
    ("applied", "refused"),
    [
        pytest.param(set(), False, id="空库"),
        pytest.param({("payments", "0001_books"), ("payments", "0002_cards")}, False, id="上一版"),
        pytest.param({("payments", "0001_books")}, True, id="更早的版本"),
    ],
)
def test_a_database_of_a_release_before_the_last_one_is_refused(applied: set[tuple[str, str]], refused: bool):
    replaced = {("payments", "0001_initial"): {("payments", "0001_books"), ("payments", "0002_cards")}}

    errors = history_errors(replaced, applied=applied)

    assert ["payments" in error.msg for error in errors] == ([True] if refused else [])
