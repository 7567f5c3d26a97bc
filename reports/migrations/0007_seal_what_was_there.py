"""Seal the numbers that stand in the tables as they were typed."""

from typing import Any

from django.db import migrations

from offices.resealing import reseal, sealed_tables


def seal(apps: Any, schema_editor: Any) -> None:
    for table in sealed_tables(apps, app_label="reports"):
        reseal(table, plain=True)


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_sealed_telephones"), ("offices", "0007_data_keys")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
