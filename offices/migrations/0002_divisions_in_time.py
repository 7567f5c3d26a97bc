from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The last name of a division is looked up for each household that a search shows."""

    atomic = False
    dependencies = [("offices", "0001_initial")]
    operations = [
        AddIndexConcurrently("division", models.Index(fields=["code", "starts_on"], name="division_by_code_in_time")),
        RemoveIndexConcurrently("division", "division_by_code"),
    ]
