"""Give what was printed the sealed number in the place of the masked one, and seal what certificates say."""

from typing import Any

import pgtrigger
from django.db import migrations

from offices.resealing import reseal, sealed_tables

COPIES = (
    """UPDATE payments_receiptline l SET id_no = coalesce(p.id_no, '')
       FROM enrollment_enrollment e JOIN households_person p ON p.id = e.person_id WHERE e.id = l.enrollment_id""",
    """UPDATE payments_funderclaimline l SET id_no = coalesce(p.id_no, '')
       FROM households_person p WHERE p.id = l.person_id""",
    """UPDATE payments_cardissue l SET id_no = coalesce(p.id_no, '') FROM households_person p WHERE p.id = l.person_id""",
    """UPDATE payments_cardissueevent l SET id_no = coalesce(p.id_no, '')
       FROM households_person p WHERE p.id = l.person_id""",
)


def copy(apps: Any, schema_editor: Any) -> None:
    with pgtrigger.ignore(), schema_editor.connection.cursor() as cursor:
        for statement in COPIES:
            cursor.execute(statement)
    for table in sealed_tables(apps, app_label="payments"):
        reseal(table, plain=True)


class Migration(migrations.Migration):
    dependencies = [("payments", "0016_sealed_copies"), ("households", "0006_numbers_are_sealed")]

    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
