"""第二道墙: with a scope the database shows and takes rows of these divisions alone; with none, nothing at all."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.models import Household
from offices import scope
from offices.auth import StaffBackend
from offices.models import Staff
from tests.builders import make_staff
from tests.payments.conftest import Pay, book, pay, rulesets  # noqa: F401 - fixtures
from upkeep.wall.grants import grant_on
from upkeep.wall.rows import ForAllWhoAreTold, PartOf, Unguarded
from upkeep.wall.tables import DELETED_FROM, LOCKED, ONLY_READ, ROWS

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"


def answer(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@contextmanager
def told_nothing() -> Iterator[None]:
    """A session as the application's are from the start; those of the tests see everything."""
    answer("SELECT set_config(%s, '', false), set_config(%s, '', false)", scope.FROM, scope.BEFORE)
    yield
    answer("SELECT set_config(%s, NULL, false), set_config(%s, NULL, false)", scope.FROM, scope.BEFORE)


def test_every_table_is_on_the_list(db: None):
    tables = {name for (name,) in answer(TABLES)}

    assert tables - ROWS.keys() == set(), "say in upkeep/wall/tables.py whose the rows of a new table are"
    assert ROWS.keys() - tables == set(), "a table that is gone"
    assert ROWS.keys() >= (DELETED_FROM | ONLY_READ | LOCKED)


def test_every_table_with_a_division_is_guarded_by_it(db: None):
    """By the models, whatever the list says: who adds a division to a table gives it a policy or a reason."""
    known = {model._meta.db_table for model in apps.get_models() if model._meta.managed}
    columns = answer(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND column_name IN ('division_code', 'office_id', 'household_id', 'person_id', 'id_no', 'town')"
    )
    open_to_all = {
        table: (ROWS[table].why, column)  # type: ignore[union-attr]
        for table, column in columns
        if table in known and isinstance(ROWS[table], Unguarded | ForAllWhoAreTold)
    }

    described = "enrollment_savedtrial"  # without a name; its link is passed on to other offices
    assert open_to_all.keys() == {described, "offices_invitation", "offices_office", "offices_staff"}


def test_the_database_has_the_policies_of_the_list(db: None):
    commands = answer("SELECT tablename, cmd, roles FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2")
    guarded = sorted(table for table, rows in ROWS.items() if not isinstance(rows, Unguarded))
    on = answer("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity")

    assert commands == [
        (table, each, ["public"]) for table in guarded for each in ("DELETE", "INSERT", "SELECT", "UPDATE")
    ]
    assert sorted(name for (name,) in on) == guarded


def test_the_application_owns_nothing_and_goes_around_nothing(db: None):
    role = answer(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    owned = answer("SELECT relname FROM pg_class WHERE relowner = current_user::regrole")
    schema = answer("SELECT has_schema_privilege('public', 'CREATE')")
    more = answer(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = current_user"
        " AND privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES', 'MAINTAIN')"
    )

    assert (role, owned, schema, more) == ([(False,) * 4], [], [(False,)], [])


def test_a_session_that_was_told_nothing_sees_nothing(pay: Pay, aunt_liu: Staff, book, zhang_household):  # noqa: F811 - fixtures
    pay(zhang_household, aunt_liu, "420.00")
    guarded = [table for table, rows in ROWS.items() if not isinstance(rows, Unguarded)]

    with told_nothing():
        seen = {table: answer(f"SELECT count(*) FROM {table}")[0][0] for table in guarded}  # noqa: S608 - names of ours

    assert seen == dict.fromkeys(guarded, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE offices_act SET verb = 'other'",
        "DELETE FROM offices_act",
        "TRUNCATE offices_act",
        "ALTER TABLE offices_act DISABLE TRIGGER USER",
        "DROP POLICY canbao_seen ON households_person",
        "UPDATE payments_receipt SET amount = 1",
        "UPDATE payments_receipt SET payer = '李四'",
        "DELETE FROM payments_receipt",
        "UPDATE payments_payment SET amount = 1",
        "UPDATE payments_receiptline SET payable = 0",
        "UPDATE payments_settlement SET counted_cash = 0",
        "UPDATE enrollment_enrollment SET payable = 0",
        "DELETE FROM households_person",
        "INSERT INTO households_personevent SELECT * FROM households_personevent",
        "UPDATE reports_placesum SET persons = 0",
        "DELETE FROM upkeep_actseal",
    ],
)
def test_no_trigger_is_needed_to_refuse_it(db: None, statement: str):
    """By privilege alone, with every trigger of pgtrigger's put aside."""
    answer("SELECT set_config('pgtrigger.ignore', '{append_only,never_deleted,only_voided}', true)")
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert refused.value.__cause__.sqlstate == "42501"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("ignored", "is_put_aside"),
    [("{append_only,never_deleted}", True), ("{never_deleted}", False), ("{}", False), ("", False)],
)
def test_whether_a_trigger_is_put_aside_is_asked_without_catching_errors(db: None, ignored: str, is_put_aside: bool):
    answer(f"SELECT set_config('pgtrigger.ignore', '{ignored}', true)")

    asked = "SELECT _pgtrigger_should_ignore('append_only') IS TRUE, l.lanname FROM pg_proc p JOIN pg_language l"
    assert answer(f"{asked} ON l.oid = p.prolang WHERE proname = '_pgtrigger_should_ignore'") == [(is_put_aside, "sql")]


def test_a_receipt_may_be_voided_and_no_more():
    assert grant_on("payments_receipt").privileges == (
        "SELECT, INSERT, UPDATE (settlement_line_id, void_reason, voided_at, voided_by_id)"
    )
    assert grant_on("offices_act").privileges == "SELECT, INSERT"
    assert grant_on("households_personevent").privileges == "SELECT"


def test_triggers_work_with_the_owners_rights_in_our_schema_alone(db: None):
    """`no book has these numbers` must look at all books, whoever asks."""
    functions = answer(
        "SELECT proname, prosecdef, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND prorettype = 'trigger'::regtype AND NOT starts_with(proname, 'procrastinate_')"
    )

    others = {
        name for name, definer, config in functions if (definer, config) != (True, ["search_path=public, pg_temp"])
    }
    assert others == {f"canbao_part_of_{table}" for table, rows in ROWS.items() if isinstance(rows, PartOf)}
    assert len(functions) > 100


def test_a_request_is_told_by_the_statement_that_reads_who_asks(client: Client, mr_chen: Staff):
    client.force_login(mr_chen)

    with CaptureQueriesContext(connection) as seen:
        assert client.get(reverse("acts")).status_code == 200

    told = [each["sql"] for each in seen.captured_queries if "set_config" in each["sql"]]
    assert len(told) == 2
    assert 'FROM "offices_staff"' in told[0]
    assert told[1] == seen.captured_queries[-1]["sql"]
    assert "NULL" in told[1]


def test_at_the_counter_the_scope_is_the_offices(aunt_liu: Staff, mr_zhou: Staff):
    """A clerk of one village still works with the office's book and closes its days."""
    west = make_staff(aunt_liu.office, "west", division_scope="320705001002")

    for staff, scope_of in ((west, "320705001"), (aunt_liu, "320705001"), (mr_zhou, "")):
        StaffBackend().get_user(staff.pk)
        assert answer("SELECT current_setting(%s), current_setting(%s)", scope.FROM, scope.BEFORE) == [
            (scope_of, f"{scope_of}:")
        ]
        scope.close()


def test_a_look_beyond_ends_where_it_began(zhang_household: Household, aunt_liu: Staff):
    with scope.within("530127001"):
        assert not Household.objects.exists()
        with scope.everywhere("a test"):
            assert Household.objects.exists()
        assert not Household.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic(), scope.everywhere("a test"):
            Household.objects.filter(pk=zhang_household.pk).update(division_code="x")
        assert not Household.objects.exists()


def test_a_part_is_not_hung_on_what_is_not_seen(zhang_household: Household, aunt_liu: Staff):
    """Whoever guesses an id: the row is refused at the end of the statement."""
    columns = "household_id, document, original_seen_at, original_seen_by_id, copies"
    mine = f"INSERT INTO households_paper ({columns}) VALUES (%s, 'id_card', now(), %s, 0)"  # noqa: S608 - columns
    refused = pytest.raises(DatabaseError, match="outside the divisions")
    with scope.within("530127001"), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(mine, [zhang_household.pk, aunt_liu.pk])
