"""补录花名册缴存: what the check of entered payments says holds for the rows that were there."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Read beside the counter's work."""

    dependencies = [("payments", "0008_entered_of_many")]
    operations = [ValidateConstraint("payment", "payment_entry_is_whole")]
