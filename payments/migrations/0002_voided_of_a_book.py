"""作废的收据: an index of them by their book; they are few, and each book tells how many it has."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made beside the counter's work."""

    atomic = False
    dependencies = [("payments", "0001_initial")]
    operations = [
        AddIndexConcurrently(
            model_name="receipt",
            index=models.Index(
                fields=["book"], name="receipt_voided_of_book", condition=models.Q(("voided_at__isnull", False))
            ),
        ),
    ]
