"""预备语句: long statements that each connection parses and plans once, not every time they are asked.

Django writes parameters into the text, so that PostgreSQL plans each statement anew; for those of a payment that costs
more than carrying them out. Here parameters are sent beside the text. Their types follow from the values, a text is a
text: where another type is meant the statement says so (`%(ip)s::inet`).

One plan serves all values (`offices/opened.py`): left to itself PostgreSQL plans anew where it guesses less for a value
at hand, which costs a search more than what it finds. So a prepared statement must be good whatever it is asked.

Statements that need not wait for each other's answers go out together (`at_once`).
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg import RawCursor
from psycopg.types.string import StrDumper

# What pghistory puts before a statement that writes: two statements cannot be prepared as one.
CONTEXT = "SELECT set_config('pghistory."


class PreparedCursor(RawCursor[Any]):
    """Runs statements with named parameters, %(name)s, prepared under the hood."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.adapters.register_dumper(str, StrDumper)

    def execute(self, query: Any, params: Any = None, **_: Any) -> "PreparedCursor":
        """Run one statement, after pghistory's own where there is one before it."""
        if query.startswith(CONTEXT):
            context, query = query.split("; ", 1)
            type(self)(self.connection)._run(context, params)
        self._run(query, params)
        return self

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        self._query = super()._convert_query(query, params)  # where Django's log looks for what was sent
        return self._query

    def _run(self, statement: str, asked: Mapping[str, Any]) -> None:
        text, names = _numbered(statement)
        super().execute(text, [asked[name] for name in names], prepare=True)


def prepared_cursor() -> CursorWrapper:
    """A cursor like `connection.cursor()`, inside a transaction, for statements that come again and again."""
    connection = connections[DEFAULT_DB_ALIAS]  # looked up once; `django.db.connection` looks it up for each word
    connection.ensure_connection()
    own = PreparedCursor(connection.connection)
    return connection.make_debug_cursor(own) if connection.queries_logged else connection.make_cursor(own)


def ask(statement: str, asked: Mapping[str, Any]) -> CursorWrapper:
    """Run a statement; the cursor has its answer, inside `at_once` not before the block has ended."""
    cursor = prepared_cursor()
    cursor.execute(statement, asked)
    return cursor


@contextmanager
def at_once() -> Iterator[None]:
    """Send what the block asks for together and wait for it once; what is refused is raised when the block ends."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


@lru_cache(maxsize=64)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with $1, $2 … for its named parameters, and their names in this order."""
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    places = {name: f"${place}" for place, name in enumerate(names, start=1)}
    text = re.sub(r"%\((\w+)\)s", lambda match: places[match[1]], statement)
    return text.replace("%%", "%"), names
