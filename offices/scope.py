"""可见区划: which divisions this database session sees and writes, the second wall behind `visible` (decision 0019).

Row-level security in PostgreSQL compares each row's division with two settings of the session. A session that was not
told sees nothing. They are set for the request by the statement that reads who is logged in (`OPENING`), for a job by
its worker, and taken back when the answer has gone out or the job has ended.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, F, Func, TextField, Value, When
from django.db.models.functions import Concat
from psycopg.pq import TransactionStatus

FROM, BEFORE = "canbao.divisions_from", "canbao.divisions_before"
AFTER_ALL_DIGITS = ":"  # what follows 9: a prefix and this come after all that begins with the prefix


@dataclass(frozen=True, slots=True)
class Scope:
    """The divisions from a code up to, but without, another; texts compared byte by byte."""

    first: str
    before: str


def under(prefix: str) -> Scope:
    """A division and all that lies below; with an empty prefix everything."""
    return Scope(prefix, prefix + AFTER_ALL_DIGITS)


EVERYTHING = under("")
# What this thread has told its session. None: nothing, so that the session is as it was when it began.
_told: ContextVar[Scope | None] = ContextVar("scope", default=None)


def _setting(name: str, *value: object) -> Func:
    return Func(Value(name), *value, Value(False), function="set_config", output_field=TextField())


# `Staff.office_scope` in SQL.
_OFFICE_SCOPE = Case(
    When(role__in=["clerk", "supervisor"], then=F("office__division_code")), default=F("division_scope")
)
# Beside the columns of `Staff`: whoever reads a member of staff with these opens the scope in the same statement.
OPENING = {
    "scope_first": _setting(FROM, _OFFICE_SCOPE),
    "scope_before": _setting(BEFORE, Concat(_OFFICE_SCOPE, Value(AFTER_ALL_DIGITS))),
}


def was_opened(prefix: str) -> None:
    """Note that a statement with `OPENING` has told the session of these divisions."""
    _told.set(under(prefix))


def close() -> None:
    """Take back what the session was told; nothing is sent where it was told nothing."""
    if _told.get() is not None:
        _tell(None)


@contextmanager
def within(prefix: str) -> Iterator[None]:
    """See and write the divisions under a prefix while the block runs; with an empty prefix all of them."""
    with _telling(under(prefix)):
        yield


@contextmanager
def everywhere(reason: str) -> Iterator[None]:
    """Look beyond one's divisions while the block runs; the reason is for whoever reads the code.

    The list of uses stands in decision 0019. Whatever comes of it is told no further than the rules of the page allow.
    """
    if not reason:
        raise ValueError("say why")
    with _telling(EVERYTHING):
        yield


@contextmanager
def _telling(scope: Scope) -> Iterator[None]:
    before = _told.get()
    if before == scope:
        yield
        return
    _tell(scope)
    session = connection.connection
    try:
        yield
    finally:
        if connection.connection is session:
            _tell(before)
        else:
            _told.set(None)  # the session is gone, and what it was told with it


def _tell(scope: Scope | None) -> None:
    """Set both settings, or put them back to what the session began with."""
    _told.set(scope)
    if scope is None and connection.connection is None:
        return
    if connection.connection is not None and (
        connection.connection.closed or connection.connection.info.transaction_status is TransactionStatus.INERROR
    ):
        return  # nothing can be said; the end of the transaction takes it back, or the session is over
    first, before = (scope.first, scope.before) if scope else (None, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false), set_config(%s, %s, false)", [FROM, first, BEFORE, before])
