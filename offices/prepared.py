"""预备语句: long statements that each connection parses and plans once, not every time they are asked.

Django writes parameters into the text, so that PostgreSQL plans each statement anew; for those of a payment that costs
more than carrying them out. Here parameters are sent beside the text. Their types follow from the values, a text is a
text: where another type is meant the statement says so (`%(ip)s::inet`).

One plan serves all values (`offices/opened.py`): left to itself PostgreSQL plans anew where it guesses less for a value
at hand, which costs a search more than what it finds. So a prepared statement must be good whatever it is asked.

Statements that need not wait for each other's answers go out together (`ask_together`), with the BEGIN of a transaction
that has not begun yet. They are handed to libpq directly: psycopg's own pipeline waits for that BEGIN, and its cursors
send piece by piece, which cost a payment with a queue behind it a tenth of its time (docs/bench.md).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import lru_cache, partial
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import debug_transaction
from psycopg import Connection, RawCursor
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, OperationalError, error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.types.string import StrDumper

# A statement with named parameters, %(name)s, and their values; more values than it names do no harm.
Question: TypeAlias = tuple[str, Mapping[str, Any]]
# Its rows.
Answer: TypeAlias = list[tuple[Any, ...]]
# A text and the types of its values: what a statement is prepared for.
Key: TypeAlias = tuple[str, tuple[int, ...]]
# What libpq is handed: the values in bytes, and in which format each is.
Statement: TypeAlias = tuple[Key, Sequence[Any], Sequence[Format] | None]
# What is made of the result of one step; None where it answers nothing.
Reader: TypeAlias = Callable[[PGresult], Answer | None]

# Somebody has taken all back (DEALLOCATE ALL), or a column has another type since (a migration beside the work).
STALE = (InvalidSqlStatementName, FeatureNotSupported)
# What pghistory puts before a statement that writes: two statements cannot be prepared as one.
CONTEXT = "SELECT set_config('pghistory."


def ask(statement: str, asked: Mapping[str, Any]) -> Answer:
    """The rows that a statement answers."""
    return ask_together((statement, asked))[0]


def ask_together(*questions: Question) -> list[Answer]:
    """The rows that each statement answers; they are carried out one after the other and waited for once.

    The first that is refused is raised as Django's own error; those after it are not carried out.
    """
    connection = connections[DEFAULT_DB_ALIAS]  # looked up once; `django.db.connection` looks it up for each word
    connection.close_if_health_check_failed()  # as each of Django's cursors does
    connection.ensure_connection()
    asking = _Asking(connection)
    for question in questions[:-1]:
        asking.through_wrappers(question, asking.note)
    asking.through_wrappers(questions[-1], asking.note_and_send)
    return asking.answers


class _Asking:
    """Statements on their way, through what was wrapped around them: pghistory tells the database who writes."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.session = _session_of(connection)
        self.noted: list[Question] = []
        self.answers: list[Answer] = []

    def through_wrappers(self, question: Question, execute: Callable[..., None]) -> None:
        """Have it carried out by `execute`, as Django's cursors do."""
        statement, asked = question
        for wrapper in reversed(self.connection.execute_wrappers):
            execute = partial(wrapper, execute)
        execute(statement, dict(asked), False, {"connection": self.connection, "cursor": self.session.context})

    def note(self, statement: str, asked: Mapping[str, Any], *_: Any) -> None:
        """Keep it until the last one comes; after pghistory's own where that stands before it."""
        if statement.startswith(CONTEXT):
            context, statement = statement.split("; ", 1)
            self.noted.append((context, asked))
        self.noted.append((statement, asked))

    def note_and_send(self, statement: str, asked: Mapping[str, Any], *_: Any) -> None:
        """Send all of them and keep the answers to what was asked."""
        self.note(statement, asked)
        self.connection.validate_no_broken_transaction()
        steps = [(*_numbered(text), values) for text, values in self.noted]
        with ExitStack() as log, self.connection.wrap_database_errors:
            if self.connection.queries_logged:
                for text, _, _ in steps:
                    log.enter_context(debug_transaction(self.connection, text))
            found = self.session.answers([(text, [values[name] for name in names]) for text, names, values in steps])
        self.answers = [rows for (text, _), rows in zip(self.noted, found, strict=True) if not text.startswith(CONTEXT)]


class _Session:
    """A connection, what is prepared on it, by text and types, and how it writes values and reads answers."""

    def __init__(self, connection: "Connection[Any]") -> None:
        self.connection = connection
        self.context = RawCursor(connection)
        self.context.adapters.register_dumper(str, StrDumper)
        self.values = Transformer(self.context)
        self.prepared: dict[Key, bytes] = {}
        self.last = 0

    def answers(self, statements: Iterable[tuple[str, list[Any]]]) -> list[Answer]:
        """What each statement, with its values, answers; a psycopg error where one is refused."""
        written = [self._written(text, values) for text, values in statements]  # all, before anything is on its way
        libpq = self.connection.pgconn
        libpq.enter_pipeline_mode()
        try:
            readers = list(self._sent(libpq, written))
            libpq.pipeline_sync()
            results = self.connection.wait(_results(libpq, len(readers) + 1))
        except BaseException:
            with suppress(OperationalError):  # broken off in the middle; who rolls back finds it so and closes it
                libpq.exit_pipeline_mode()
            raise
        libpq.exit_pipeline_mode()
        read = [reader(self._checked(result)) for reader, result in zip(readers, results[:-1], strict=True)]
        return [rows for rows in read if rows is not None]

    def _written(self, text: str, values: list[Any]) -> Statement:
        """The statement with its values as they are sent; their types, which follow from them, are part of its key."""
        sent = self.values.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return (text, self.values.types or ()), sent, self.values.formats

    def _sent(self, libpq: PGconn, statements: Iterable[Statement]) -> Iterator[Reader]:
        """Hand everything over to libpq, and say how the result of each step is read."""
        if not self.connection.autocommit and libpq.transaction_status == TransactionStatus.IDLE:
            libpq.send_query_params(b"BEGIN", None)
            yield _nothing
        for key, values, formats in statements:
            name = self.prepared.get(key)
            if name is None:
                self.last += 1
                name = b"canbao_%d" % self.last
                libpq.send_prepare(name, key[0].encode(), key[1])
                yield partial(self._note_prepared, key, name)
            libpq.send_query_prepared(name, values, formats)
            yield self._rows

    def _checked(self, results: Sequence[PGresult]) -> PGresult:
        (result,) = results
        if result.status == ExecStatus.FATAL_ERROR:
            error = error_from_result(result, encoding=self.connection.info.encoding)
            if isinstance(error, STALE):
                self.prepared.clear()
            raise error
        return result

    def _note_prepared(self, key: Key, name: bytes, _: PGresult) -> None:
        self.prepared[key] = name

    def _rows(self, result: PGresult) -> Answer:
        self.values.set_pgresult(result)
        return self.values.load_rows(0, result.ntuples, tuple)


def _nothing(_: PGresult) -> None:
    """BEGIN answers nothing."""


def _results(libpq: PGconn, count: int) -> PQGen[list[list[PGresult]]]:
    """The results of so many steps, for `Connection.wait`."""
    yield from send(libpq)
    found: list[list[PGresult]] = []
    while len(found) < count:
        found.append((yield from fetch_many(libpq)))
    return found


# By Django's own connection, which opens another one when this one was closed.
_sessions: WeakKeyDictionary[BaseDatabaseWrapper, _Session] = WeakKeyDictionary()


def _session_of(connection: BaseDatabaseWrapper) -> _Session:
    session = _sessions.get(connection)
    if session is None or session.connection is not connection.connection:
        session = _sessions[connection] = _Session(connection.connection)
    return session


@lru_cache(maxsize=64)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with $1, $2 … for its named parameters, and their names in this order."""
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    places = {name: f"${place}" for place, name in enumerate(names, start=1)}
    text = re.sub(r"%\((\w+)\)s", lambda match: places[match[1]], statement)
    return text.replace("%%", "%"), names
