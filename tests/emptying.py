"""Empty tables after a test with transactions of its own.

Django's flush makes new files for every table and index, and fills in content types and permissions anew: ten times the
time of deleting what a test wrote. What it also does, and deleting does not: it forgets the planner's statistics. So
nothing gathers them here by itself, and where a test had them gathered the tables are flushed.
"""

from django.db import IntegrityError, connection, transaction
from django.test import TransactionTestCase

from tests.acting import as_owner

LARGE = 32_000_000  # bytes of all tables; from there on they are truncated
KEPT = {"django_content_type", "auth_permission"}

_flush = TransactionTestCase._fixture_teardown


def without_autovacuum() -> None:
    """Leave the statistics of this database's tables to the tests; the bench's are gathered as an office's."""
    with connection.cursor() as cursor:
        for name in _names():
            cursor.execute(f"ALTER TABLE {name} SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)")


def by_the_owner(case: TransactionTestCase) -> None:
    """In the place of the test case's own way: the application may not empty a table."""
    with as_owner():
        with connection.cursor() as cursor:  # no model of Django's: what a test left undone would wait in the next one
            cursor.execute("DELETE FROM procrastinate_jobs")
        try:
            is_empty = _deleted()
        except IntegrityError:  # a page that was left open had something saved meanwhile
            is_empty = _deleted()
        if not is_empty:
            _flush(case)


def _names() -> list[str]:
    return sorted({*connection.introspection.django_table_names(only_existing=True, include_views=False)} - KEPT)


def _deleted() -> bool:
    """Delete all rows; False where they are too many for that or the planner knows of rows."""
    names = _names()
    known = """SELECT sum(pg_relation_size(oid)), bool_or(reltuples >= 0) FROM pg_class
               WHERE oid = ANY(%s::text[]::regclass[])"""
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(known, [names])
        size, has_statistics = cursor.fetchone()
        if size > LARGE or has_statistics:
            return False
        cursor.execute(filled)
        found = [name for (name,) in cursor.fetchall()]
        # As TRUNCATE does: no trigger is asked, and keys are looked at when all is gone.
        for step in ("ALTER TABLE {} DISABLE TRIGGER USER", "DELETE FROM {}", "ALTER TABLE {} ENABLE TRIGGER USER"):
            for name in found:
                cursor.execute(step.format(name))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return True
