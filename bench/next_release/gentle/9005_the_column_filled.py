from django.db import connection, migrations

AT_ONCE = 500
BATCH = """
    WITH these AS (
        SELECT id FROM households_household WHERE id > %s AND visit_note IS NULL ORDER BY id LIMIT %s FOR UPDATE
    ), written AS (
        UPDATE households_household h SET visit_note = '' FROM these WHERE h.id = these.id RETURNING h.id
    )
    SELECT max(id) FROM written
"""


def fill(apps, schema_editor):
    """So many households at a time, each batch in a transaction of its own."""
    last = 0
    with connection.cursor() as cursor:
        while last is not None:
            cursor.execute(BATCH, [last, AT_ONCE])
            (last,) = cursor.fetchone()


class Fill(migrations.RunPython):
    online = True  # a batch holds its households for a few hundredths of a second


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("households", "9004_the_constraint_holds")]
    operations = [Fill(fill, migrations.RunPython.noop)]
