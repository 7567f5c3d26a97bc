"""受资助的参保登记: an index of those for whom a department pays."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made beside the counter's work."""

    atomic = False
    dependencies = [("enrollment", "0001_initial")]
    operations = [
        AddIndexConcurrently(
            model_name="enrollment",
            index=models.Index(
                fields=["period", "division_code"],
                name="enrollment_sponsored",
                condition=models.Q(("cancelled_at__isnull", True), ("sponsored__gt", 0)),
            ),
        ),
    ]
