"""As whom the tests speak to their database: the application's role, and the owner where a test plays the owner."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from psycopg.pq import TransactionStatus

from config.roles import EVERYTHING

# What a session is from its start: a test that works without a request, as commands do, sees all divisions.
OPTIONS = f"-c role={settings.APP_ROLE} {EVERYTHING}"


@contextmanager
def as_owner() -> Iterator[None]:
    """Be the owner of the tables in this session, as somebody at the machine could be."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
    try:
        yield
    finally:
        # Where the statement was refused, the end of the transaction takes the role back.
        if connection.connection.info.transaction_status is not TransactionStatus.INERROR:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
