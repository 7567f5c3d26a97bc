"""A first start is short, and a database that the migrations of earlier releases made is up to date."""

import pytest
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from pgtrigger.migrations import AddTrigger as Adds
from pgtrigger.migrations import RemoveTrigger as Removes

from offices.migration_operations import AddTrigger, CreateModel, RemoveTrigger
from tests.acting import as_owner

OURS = ("enrollment", "households", "offices", "payments", "reports", "rosters", "upkeep")


def test_tables_and_triggers_come_and_go_without_rendering_the_models_around_them():
    dear = [
        (app, name)
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        for each in migration.operations
        if app in OURS
        and isinstance(each, (migrations.CreateModel, Adds, Removes))
        and not isinstance(each, (CreateModel, AddTrigger, RemoveTrigger))
    ]

    assert dear == [], "write those of offices.migration_operations instead of Django's and pgtrigger's"


@pytest.mark.django_db
def test_a_database_made_by_the_migrations_that_were_replaced_lacks_none():
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = ANY(%s) AND name = '0001_initial'", [list(OURS)])
        assert cursor.rowcount == len(OURS)

    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
