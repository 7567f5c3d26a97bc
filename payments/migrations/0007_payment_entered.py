"""补录银行缴费: an index of what an office entered, by moment."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made beside the counter's work."""

    atomic = False
    dependencies = [("payments", "0006_payment_of_slip")]
    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(
                fields=["office", "entered_at"],
                name="payment_entered",
                condition=models.Q(("entered_at__isnull", False)),
            ),
        ),
    ]
