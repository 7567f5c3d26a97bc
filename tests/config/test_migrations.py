"""A first start is short: no migration renders all models anew for a trigger."""

from django.db.migrations.loader import MigrationLoader
from pgtrigger.migrations import AddTrigger as Adds
from pgtrigger.migrations import RemoveTrigger as Removes

from offices.migration_operations import AddTrigger, RemoveTrigger

OURS = ("enrollment", "households", "offices", "payments", "reports", "rosters")


def test_triggers_come_and_go_without_rendering_the_models():
    dear = [
        (app, name)
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        for each in migration.operations
        if app in OURS and isinstance(each, (Adds, Removes)) and not isinstance(each, (AddTrigger, RemoveTrigger))
    ]

    assert dear == [], "write those of offices.migration_operations instead of pgtrigger's"
