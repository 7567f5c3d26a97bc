from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations

from bench.next_release import CHECK


class Migration(migrations.Migration):
    dependencies = [("households", "9002_an_index")]
    operations = [AddConstraintNotValid("person", CHECK)]
