"""Seal the numbers that stand in the tables as they were typed."""

from typing import Any

from django.db import migrations

from offices.resealing import reseal, sealed_tables


def seal(apps: Any, schema_editor: Any) -> None:
    for table in sealed_tables(apps, app_label="rosters"):
        reseal(table, plain=True)


class Migration(migrations.Migration):
    dependencies = [("rosters", "0006_sealed_lines"), ("offices", "0007_data_keys")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
