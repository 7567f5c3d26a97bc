"""A list in force may be withdrawn too: from then on it is replaced by nothing."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("rosters", "0004_a_slip_counts_once_anywhere")]

    operations = [
        migrations.RemoveConstraint(model_name="funderlist", name="funder_list_applied_by_someone"),
        migrations.AddConstraint(
            model_name="funderlist",
            constraint=models.CheckConstraint(
                name="funder_list_applied_by_someone",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True, superseded_at__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False, withdrawn_at__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False, superseded_at=F("withdrawn_at")),
            ),
        ),
    ]
