"""Checks of the database server before anything is written to it (`migrate` and `check --database` run them)."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

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


@register(Tags.database)
def check_history(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a database that has but a part of the migrations which this release put together (decision 0020)."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    replaced = {key: set(migration.replaces) for key, migration in loader.disk_migrations.items() if migration.replaces}
    found: list[CheckMessage] = []
    for alias in databases or []:
        found += history_errors(replaced, applied=set(MigrationRecorder(connections[alias]).applied_migrations()))
    return found


def history_errors(
    replaced: dict[tuple[str, str], set[tuple[str, str]]], *, applied: set[tuple[str, str]]
) -> list[CheckMessage]:
    """Say which applications have a part of what their migration replaces, but not all of it."""
    behind = sorted(app for (app, _), old in replaced.items() if old & applied and old - applied)
    if not behind:
        return []
    return [
        Error(
            f"数据库停在更早的版本（{'、'.join(behind)}），这一版不能直接更新它。",
            hint="请逐版更新数据库，不要跳过中间的版本。",
            id="canbao.E004",
        )
    ]


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
