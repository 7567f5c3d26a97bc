"""参保登记的统计: counted again after two thousand rows, not after a tenth of all years.

Of a year that has just begun the planner would otherwise know nobody for weeks, and choose to compare everybody with all
who have paid since.
"""

from django.db import migrations


class CountedOften(migrations.RunSQL):
    online = True  # waits for nobody but another such change


class Migration(migrations.Migration):
    """A setting of the table; no row is touched."""

    dependencies = [("enrollment", "0002_sponsored")]
    operations = [
        CountedOften(
            "ALTER TABLE enrollment_enrollment"
            " SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000)",
            "ALTER TABLE enrollment_enrollment RESET (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold)",
        )
    ]
