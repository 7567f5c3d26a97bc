from django.db import migrations

from bench.next_release import LAST, columns_and_a_table


class Migration(migrations.Migration):
    dependencies = [("households", LAST)]
    operations = columns_and_a_table()
