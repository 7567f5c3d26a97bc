"""What test runs find on a server: the application's role, and databases that killed runs left there."""

import re
from contextlib import suppress

import psutil
import psycopg
from psycopg.sql import SQL, Identifier

APP_ROLE = "canbao_app"


def have_role(url: str) -> None:
    """Make the application's role where it is not there yet; the user of the URL must be allowed to.

    Where the server is away, what is run is about just that, and needs none.
    """
    with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone() is None:
            connection.execute(SQL("CREATE ROLE {}").format(Identifier(APP_ROLE)))
            connection.execute(SQL("GRANT {} TO CURRENT_USER").format(Identifier(APP_ROLE)))


def drop_leftover_databases(url: str) -> None:
    """Drop test databases whose run, named by its process, is gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall():
            run = re.match(r"test_canbao_(\d+)", name)
            if run and not psutil.pid_exists(int(run[1])):
                connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
