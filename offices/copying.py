"""整批写入: many rows by COPY into a table behind policies, which take rows by INSERT alone (decision 0019)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def copying(table: str, columns: str) -> Iterator[Any]:
    """A COPY that the caller writes to; its rows are in the table at the end of the block, in the order written.

    They stand in a temporary table meanwhile, of the same columns and types. `columns` as SQL lists them.
    """
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.execute(f"CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")  # noqa: S608 - names of our own
        with cursor.copy(f"COPY copied ({columns}) FROM STDIN") as copy:
            yield copy
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM copied")  # noqa: S608
        cursor.execute("DROP TABLE copied")
