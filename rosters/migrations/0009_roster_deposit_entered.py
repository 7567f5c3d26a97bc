"""补录花名册缴存: an index of the deposits that were entered, by the moment of their slips."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made beside the office's work."""

    atomic = False
    dependencies = [("rosters", "0008_deposit_entered_holds")]
    operations = [
        AddIndexConcurrently(
            model_name="rosterdeposit",
            index=models.Index(
                fields=["paid_at"], name="roster_deposit_entered", condition=models.Q(("paid_at__isnull", False))
            ),
        ),
    ]
