from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

from bench.next_release import CHECK


class Migration(migrations.Migration):
    dependencies = [("households", "9003_a_constraint")]
    operations = [ValidateConstraint("person", CHECK.name)]
