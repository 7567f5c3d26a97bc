from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rosters", "0007_seal_what_was_there")]

    operations = [
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("found", "away"), _negated=True), models.Q(("phone", ""), _negated=True), _connector="OR"
                ),
                name="follow_up_away_leaves_a_phone",
                violation_error_message="外出的，请填写外出地的电话。",
            ),
        ),
    ]
