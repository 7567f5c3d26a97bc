"""预备语句: named parameters, planned once on a connection, and still told to the history who writes."""

import signal
from contextlib import closing

import pghistory
import pytest
from django.db import DataError, NotSupportedError, OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from offices.prepared import ask, ask_together
from tests.acting import as_owner

SUM = "SELECT %(first)s::int + %(second)s::int + %(first)s::int AS sum, 'a%%' AS text"
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement = %s"


def asked(first, second):
    return ask(SUM, {"first": first, "second": second, "unused": object()})[0]


def numbered(statement):
    return statement.replace("%(first)s", "$1").replace("%(second)s", "$2").replace("%%", "%")


@pytest.mark.django_db
def test_parameters_have_names_and_the_statement_is_prepared_once():
    assert asked(2, 3) == (7, "a%")
    assert asked(5, 1) == (11, "a%")

    with connection.cursor() as cursor:
        assert cursor.execute(PREPARED, [numbered(SUM)]).fetchone() == (1,)


@pytest.mark.django_db
def test_a_statement_that_writes_goes_with_the_history_context_before_it():
    with transaction.atomic(), pghistory.context(staff=7):
        [[told]] = ask("WITH one AS (SELECT %(n)s::int) SELECT current_setting('pghistory.context_metadata')", {"n": 1})

    assert '"staff": 7' in told


@pytest.mark.django_db
def test_statements_go_out_together_and_each_keeps_its_own_answer():
    with transaction.atomic(), pghistory.context(staff=7):
        one, none, other = ask_together(
            ("WITH one AS (SELECT 1) SELECT current_setting('pghistory.context_metadata')", {}),
            ("SELECT 1 WHERE %(n)s::int > 1", {"n": 0}),
            (SUM, {"first": 2, "second": 3}),
        )

    assert (none, other) == ([], [(7, "a%")])
    assert '"staff": 7' in one[0][0]


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_first_in_a_transaction_is_in_it():
    moments = "SELECT now(), pg_current_xact_id()::text"
    with transaction.atomic():
        first, again = ask_together((moments, {}), (moments, {}))
        with connection.cursor() as cursor:
            later = cursor.execute(moments).fetchall()

    assert first == again == later
    assert ask(moments, {}) != ask(moments, {})


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_of_several_is_raised_as_djangos_own_and_ends_the_transaction():
    def divided():
        with transaction.atomic():
            ask("CREATE TEMPORARY TABLE written AS SELECT 1", {})
            ask_together(("SELECT 1 / %(n)s::int", {"n": 0}), (SUM, {"first": 2, "second": 3}))

    with pytest.raises(DataError, match="division by zero"):
        divided()

    assert asked(2, 3) == (7, "a%")
    assert ask("SELECT to_regclass('written')", {}) == [(None,)]


@pytest.mark.django_db
def test_nothing_is_asked_in_a_transaction_that_is_broken():
    def asked_after_all():
        with transaction.atomic():
            with pytest.raises(DataError), transaction.atomic(savepoint=False):
                ask("SELECT 1 / %(n)s::int", {"n": 0})
            asked(2, 3)

    with pytest.raises(transaction.TransactionManagementError):
        asked_after_all()


@pytest.mark.django_db(transaction=True)
def test_a_value_that_no_statement_can_carry_leaves_the_transaction_as_it_was():
    with transaction.atomic():
        first = ask("SELECT pg_current_xact_id()::text", {})
        with pytest.raises(DataError):
            ask_together((SUM, {"first": 2, "second": 3}), ("SELECT %(name)s", {"name": "张\0"}))
        assert ask("SELECT pg_current_xact_id()::text", {}) == first


@pytest.mark.django_db(transaction=True)
def test_who_is_interrupted_while_waiting_has_a_connection_again():
    def interrupt(*_):
        raise KeyboardInterrupt

    def interrupted():
        with transaction.atomic():
            ask("SELECT pg_sleep(60)", {})

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    finally:
        signal.signal(signal.SIGALRM, before)

    connection.close_if_unusable_or_obsolete()
    assert asked(2, 3) == (7, "a%")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_is_said_to_be_and_the_next_one_works():
    def cut_off():
        with as_owner(), transaction.atomic():
            ask("SELECT pg_terminate_backend(pg_backend_pid())", {})

    with pytest.raises(OperationalError):
        cut_off()

    connection.close_if_unusable_or_obsolete()
    assert asked(2, 3) == (7, "a%")


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_back_by_somebody_else_is_prepared_anew():
    asked(2, 3)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    with pytest.raises(ProgrammingError):
        asked(2, 3)

    assert asked(2, 3) == (7, "a%")


@pytest.mark.django_db(transaction=True)
def test_what_answers_another_type_since_a_migration_is_prepared_anew():
    ask("CREATE TEMPORARY TABLE changing AS SELECT 1 AS n", {})
    ask("SELECT n FROM changing", {})
    ask("ALTER TABLE changing ALTER n TYPE text", {})

    with pytest.raises(NotSupportedError):
        ask("SELECT n FROM changing", {})

    assert ask("SELECT n FROM changing", {}) == [("1",)]
    ask("DROP TABLE changing", {})


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_between_two_requests_is_opened_again():
    [[pid]] = ask("SELECT pg_backend_pid()", {})
    other = connection.copy()
    with closing(other), other.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
    connection.close_if_unusable_or_obsolete()  # as the next request begins

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
