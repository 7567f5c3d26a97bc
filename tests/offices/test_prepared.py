"""预备语句: named parameters, planned once on a connection, and still told to the history who writes."""

import pghistory
import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from offices.prepared import ask, at_once, prepared_cursor

SUM = "SELECT %(first)s::int + %(second)s::int + %(first)s::int AS sum, 'a%%' AS text"
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement = %s"


def asked(first, second):
    with prepared_cursor() as cursor:
        return cursor.execute(SUM, {"first": first, "second": second, "unused": object()}).fetchone()


@pytest.mark.django_db
def test_parameters_have_names_and_the_statement_is_prepared_once():
    assert asked(2, 3) == (7, "a%")
    assert asked(5, 1) == (11, "a%")

    with connection.cursor() as cursor:
        assert cursor.execute(PREPARED, [SUM.replace("%(first)s", "$1").replace("%(second)s", "$2").replace("%%", "%")])
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_statement_that_writes_goes_with_the_history_context_before_it():
    with transaction.atomic(), pghistory.context(staff=7), prepared_cursor() as cursor:
        cursor.execute("WITH one AS (SELECT %(n)s::int) SELECT current_setting('pghistory.context_metadata')", {"n": 1})

        assert '"staff": 7' in cursor.fetchone()[0]


@pytest.mark.django_db
def test_statements_go_out_together_and_each_keeps_its_own_answer():
    with transaction.atomic(), pghistory.context(staff=7):
        with at_once():
            one = ask("WITH one AS (SELECT 1) SELECT current_setting('pghistory.context_metadata')", {})
            other = ask(SUM, {"first": 2, "second": 3})

        assert other.fetchone() == (7, "a%")
        assert '"staff": 7' in one.fetchone()[0]


@pytest.mark.django_db
def test_what_is_refused_of_several_is_raised_as_djangos_own():
    def divided():
        with transaction.atomic(), at_once():
            ask("SELECT 1 / %(n)s::int", {"n": 0})
            ask(SUM, {"first": 2, "second": 3})

    with pytest.raises(DataError, match="division by zero"):
        divided()

    assert asked(2, 3) == (7, "a%")


@pytest.mark.django_db
def test_the_log_of_queries_shows_what_was_sent():
    with CaptureQueriesContext(connection) as captured:
        asked(2, 3)
        asked(2, 3)

    assert ["$1::int + $2::int" in query["sql"] for query in captured.captured_queries] == [True, True]


@pytest.mark.django_db
def test_a_statement_keeps_one_plan_for_whatever_it_is_asked():
    for first in range(4):
        asked(first, 3)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans > 0, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%int + $2::int%'"
        )
        assert cursor.fetchone() == (True, 0)


@pytest.mark.django_db
def test_no_trigger_is_put_aside_in_a_new_session():
    fresh = connection.copy()
    try:
        with fresh.cursor() as cursor:
            cursor.execute("SELECT current_setting('pgtrigger.ignore', true), _pgtrigger_should_ignore('any') IS TRUE")
            assert cursor.fetchone() == (None, False)
    finally:
        fresh.close()
