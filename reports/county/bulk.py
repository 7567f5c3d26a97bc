"""整批写入: large tables are filled without their indexes, which are made again from all rows at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models

# Whatever a table has beyond its columns and its primary key; check constraints stay and are checked row by row.
CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u', 'x')
    ORDER BY contype = 'f', conname
"""
INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i WHERE i.indrelid = ANY(%s::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)
    ORDER BY 1
"""


@contextmanager
def filled_in_bulk(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Take foreign keys, unique and exclusion constraints, indexes and triggers off these tables while the block runs.

    All come back at its end, and every row is checked then, or nothing is written. What the triggers would have
    checked row by row is the caller's to get right.
    """
    names = [table._meta.db_table for table in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(CONSTRAINTS, [names])
        constraints = cursor.fetchall()
        cursor.execute(INDEXES, [names])
        indexes = cursor.fetchall()
        for table, name, _ in reversed(constraints):
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in names:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for table in names:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            _go_on_counting(cursor, table)
            cursor.execute(f"ANALYZE {table}")


def _go_on_counting(cursor: object, table: str) -> None:
    """The next row's id follows the last one written."""
    cursor.execute(  # type: ignore[attr-defined]
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), 1)) FROM {table}"  # noqa: S608
    )
