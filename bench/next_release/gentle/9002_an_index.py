from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from bench.next_release import INDEX


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("households", "9001_columns_and_a_table")]
    operations = [AddIndexConcurrently("person", INDEX)]
