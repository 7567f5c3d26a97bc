"""整批写入: tables filled in turn, an error of the database told as Django tells it, and a session that goes on."""

from collections.abc import Iterable

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from offices.copying import PIECE, InTurn, copying


@pytest.fixture
def tables(db):
    """Two tables: the second one's rows hang on the first one's."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE one (id int PRIMARY KEY, words text)")
        cursor.execute("CREATE TEMP TABLE two (one int REFERENCES one, words text)")


def rows(table: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - one of two
        return cursor.fetchall()


@pytest.mark.usefixtures("tables")
def test_a_table_has_its_rows_before_those_that_hang_on_it():
    many = 2 * PIECE + 1
    with InTurn() as tables:
        tables.copy("one", "id, words", (f"{each}\t第{each}\n" for each in range(many)))
        tables.copy("two", "one, words", (f"{each}\t\\N\n" for each in range(many)))
        tables.copy("two", "one, words", [])
        tables.send("UPDATE two SET words = 'x' WHERE one = 0")

    assert rows("one") == [(each, f"第{each}") for each in range(many)]
    assert rows("two") == [(0, "x"), *((each, None) for each in range(1, many))]


def fill(one: Iterable[str] = (), two: Iterable[str] = ()) -> None:
    with transaction.atomic(), InTurn() as tables:
        tables.copy("one", "id, words", one)
        tables.copy("two", "one, words", two)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("given", "fault"),
    [({"one": ["1\ta\n", "1\tb\n"]}, "one_pkey"), ({"two": ["1\ta\n"]}, "two_one_fkey")],
    ids=["statement", "last"],
)
def test_an_error_is_told_as_django_tells_it_and_the_session_goes_on(given, fault):
    with pytest.raises(IntegrityError, match=fault):
        fill(**given)

    assert rows("one") == []


@pytest.mark.usefixtures("tables")
def test_a_line_that_the_database_cannot_read_is_told_and_the_session_goes_on():
    with pytest.raises(DataError, match="integer"):
        fill(["one\ta\n", *(f"{each}\ta\n" for each in range(2 * PIECE))])

    assert rows("one") == []


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("first", [[], ["1\ta\n"]], ids=["idle", "at work"])
def test_what_goes_wrong_in_making_rows_is_told_itself(first):
    def broken():
        yield "2\ta\n"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fill(first, broken())

    with copying("one", "id, words") as copy:
        copy.write("3\tc\n")
    assert rows("one") == [(3, "c")]
