"""Databases that killed test runs left in the embedded cluster."""

import re

import psutil
import psycopg
from psycopg.sql import SQL, Identifier


def drop_leftover_databases(url: str) -> None:
    """Drop test databases whose run, named by its process, is gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall():
            run = re.match(r"test_canbao_(\d+)", name)
            if run and not psutil.pid_exists(int(run[1])):
                connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
