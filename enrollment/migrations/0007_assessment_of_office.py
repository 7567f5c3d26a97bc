"""资金去向: the assessments of an office and a year are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0006_saved_trials"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["office", "period"], name="assessment_of_office"),
        ),
    ]
