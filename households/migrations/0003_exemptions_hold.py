"""可暂不参保: what is asked of staff children holds for the rows that were there."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Read beside the counter's work."""

    dependencies = [("households", "0002_exemptions_of_the_rules")]
    operations = [ValidateConstraint("person", "person_exemption_names_the_unit")]
