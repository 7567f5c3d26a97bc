"""补录银行缴费: an index of the payment of a slip."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made beside the counter's work."""

    atomic = False
    dependencies = [("payments", "0005_slip_entered_holds")]
    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(fields=["slip"], name="payment_of_slip", condition=models.Q(("slip__isnull", False))),
        ),
    ]
