"""整批写入: many rows by COPY into a table behind policies, which take rows by INSERT alone (decision 0019)."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from types import TracebackType
from typing import Any, Self

from django.db import connection
from psycopg.copy import QueuedLibpqWriter

PIECE = 1_000  # lines that are sent at a time


@contextmanager
def copying(table: str, columns: str) -> Iterator[Any]:
    """A COPY that the caller writes to; its rows are in the table at the end of the block, in the order written.

    They stand in a temporary table meanwhile, of the same columns and types. `columns` as SQL lists them.
    """
    with _held(table, columns) as copy:
        yield copy
    with connection.cursor() as cursor:
        for statement in _taken_in(table, columns):
            cursor.execute(statement)


class InTurn:
    """Tables filled one after the other: the caller makes the next rows while the database takes in the last.

    In the block, `done()` comes before any other use of the connection. An error of the database may be raised by the
    statement after the one that it is of.
    """

    def __init__(self) -> None:
        self._under_way, self._is_under_way = ExitStack(), False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._under_way.__exit__(kind, error, trace)

    def copy(self, table: str, columns: str, lines: Iterable[str]) -> None:
        """`lines` as COPY takes them; those of a generator are made while the database is at work."""
        every = iter(lines)
        pieces = iter(lambda: "".join(islice(every, PIECE)), "")
        if self._is_under_way:
            pieces = iter(list(pieces))
            self.done()
        if first := next(pieces, ""):
            with _held(table, columns) as copy:
                for piece in chain([first], pieces):
                    copy.write(piece)
            self.send(*_taken_in(table, columns))

    def send(self, *statements: str) -> None:
        """Have the database do something that answers nothing, and do not wait."""
        self.done()
        self._is_under_way = True
        self._under_way.enter_context(connection.wrap_database_errors)
        self._under_way.enter_context(connection.connection.pipeline())
        with connection.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def done(self) -> None:
        """Wait for what was sent."""
        self._is_under_way = False
        self._under_way.close()


@contextmanager
def _held(table: str, columns: str) -> Iterator[Any]:
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.execute(f"CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")  # noqa: S608 - names of our own
        writer = QueuedLibpqWriter(cursor.cursor)  # sends while the next lines are made
        with cursor.copy(f"COPY copied ({columns}) FROM STDIN", writer=writer) as copy:
            yield copy


def _taken_in(table: str, columns: str) -> tuple[str, str]:
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM copied", "DROP TABLE copied"  # noqa: S608
