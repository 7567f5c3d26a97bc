from django.db import migrations

from bench.next_release import CHECK, INDEX, LAST, columns_and_a_table


class Migration(migrations.Migration):
    dependencies = [("households", LAST)]
    operations = [
        *columns_and_a_table(),
        migrations.AddIndex("person", INDEX),
        migrations.AddConstraint("person", CHECK),
        migrations.RunSQL("UPDATE households_household SET visit_note = ''", migrations.RunSQL.noop),
    ]
