"""名单的成批语句: statements about a whole list, whose time grows with its lines, whatever the planner believes.

A list that has just been read in is not in the statistics yet, rows behind policies are estimated at a two-hundredth,
and a table that fills while the statement runs looked empty when it was planned. Then the planner puts one loop inside
another, and 30,000 lines take minutes in place of seconds. The application's role owns no table, so it cannot analyse
one: for a long list it does without such loops, and what is left (hashing, merging) reads each table once.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from rosters.models import FunderList

FEW = 1_000  # lines; below, a loop inside another does no harm and spares reading the county's tables


@contextmanager
def over(found: FunderList) -> Iterator[CursorWrapper]:
    """A cursor for statements about all lines of a list, in a transaction; afterwards everything is planned as ever."""
    many = found.lines.all()[: FEW + 1].count() > FEW
    with transaction.atomic(), connection.cursor() as cursor:
        if many:
            cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor
        if many:
            cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
