"""补录花名册缴存: what was promised of the new columns holds for the rows that were there."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Read beside the office's work."""

    dependencies = [("rosters", "0007_deposit_entered")]
    operations = [ValidateConstraint("rosterdeposit", "roster_deposit_entry_is_whole")]
