"""Checks of the database server before anything is written to it (`migrate` and `check --database` run them)."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

LEAST_VERSION = 15


@register(Tags.database)
def check_server(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse PostgreSQL before 15 and databases that are not UTF-8."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_encoding')")
            number, encoding = cursor.fetchone()
        found += server_errors(number=number, encoding=encoding)
    return found


@register(Tags.database)
def check_role(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a role of the application's that no wall binds, where one is named."""
    if not (databases and settings.OWNER_DATABASE):
        return []
    with connections[databases[0]].cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [settings.APP_ROLE])
        found = cursor.fetchone()
    return role_errors(settings.APP_ROLE, found)


def role_errors(role: str, found: tuple[bool, bool] | None) -> list[CheckMessage]:
    """Say what is wrong with the application's role: whether it is a superuser, whether it bypasses policies."""
    if found and not any(found):
        return []
    why = "能绕过行级安全" if found else "在数据库服务器里没有"
    return [
        Error(
            f"DATABASE_URL 中的角色 {role} {why}，第二道墙立不起来。",
            hint="请照 docs/operations.md“A database of your own”新建：CREATE ROLE … LOGIN NOSUPERUSER NOBYPASSRLS;",
            id="canbao.E003",
        )
    ]


def server_errors(*, number: int, encoding: str) -> list[CheckMessage]:
    """Say what is wrong with a server of this version number (150004) and encoding."""
    found: list[CheckMessage] = []
    if number // 10_000 < LEAST_VERSION:
        found.append(
            Error(
                f"数据库是 PostgreSQL {number // 10_000}，参保需要 {LEAST_VERSION} 或更高版本。",
                hint="请升级数据库服务器，或不设 DATABASE_URL 而用内嵌数据库。",
                id="canbao.E001",
            )
        )
    if encoding != "UTF8":
        found.append(
            Error(
                f"数据库的编码是 {encoding}，姓名中的汉字会存错。",
                hint="请新建 UTF-8 数据库：CREATE DATABASE canbao ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;",
                id="canbao.E002",
            )
        )
    return found
