"""A registry of a test: a database of its own beside the test database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connection
from psycopg import sql

from enrollment import registry


def url_of(database: str) -> str:
    """The address of another database of the test cluster."""
    given = connection.get_connection_params()
    host = quote(str(given.get("host") or ""), safe="")
    password = quote(str(given.get("password") or ""), safe="")
    return f"postgresql://{given.get('user', '')}:{password}@/{database}?host={host}&port={given.get('port') or 5432}"


@contextmanager
def another_database(name: str, *, template: str = "template0") -> Iterator[str]:
    """A database made for the block; gives its address. A template must have no connection left."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield url_of(name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def a_registry(settings: Any, folder: Path, *, place: str = "新浦") -> Iterator[str]:
    """A registry that this test's database shares as `place`; gives its address."""
    settings.REGISTRY_KEY = folder / "registry-key"
    settings.REGISTRY_KEY.write_text("the same in every place")
    with another_database(f"{connection.settings_dict['NAME']}_registry") as url:
        settings.REGISTRY_URL, settings.REGISTRY_PLACE = url, place
        registry.create()
        yield url
