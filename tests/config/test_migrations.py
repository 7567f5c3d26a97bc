"""A first start is short: no migration renders all models anew for a trigger."""

from django.db.migrations.loader import MigrationLoader
from pgtrigger.migrations import AddTrigger as TheirsRendersModels

from offices.migration_operations import AddTrigger

OURS = ("enrollment", "households", "offices", "payments", "reports", "rosters")


def test_triggers_are_added_without_rendering_the_models():
    dear = [
        (app, name)
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        for each in migration.operations
        if app in OURS and isinstance(each, TheirsRendersModels) and not isinstance(each, AddTrigger)
    ]

    assert dear == [], "write offices.migration_operations.AddTrigger instead of pgtrigger's"
