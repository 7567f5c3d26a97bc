"""可暂不参保: any exemption that a rule set names; of staff children alone the table asks for the parents' unit."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class DropConstraint(migrations.RemoveConstraint):
    online = True  # an entry in the catalogue; what the last release asked for is more


def exemption() -> models.CharField:
    return models.CharField(blank=True, max_length=40, verbose_name="可不参保")


class Migration(migrations.Migration):
    """Entries in the catalogue; no row is touched."""

    dependencies = [("households", "0001_initial")]

    operations = [
        DropConstraint(model_name="person", name="person_exemption_names_the_unit"),
        migrations.AlterField(model_name="person", name="exemption", field=exemption()),
        migrations.AlterField(model_name="personevent", name="exemption", field=exemption()),
        AddConstraintNotValid(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=~models.Q(exemption="municipal_staff_child")
                | (~models.Q(parent_unit="") & ~models.Q(parent_unit_level="")),
                name="person_exemption_names_the_unit",
                violation_error_message="职工子女可不参保的，须填父母工作单位及其级别。",
            ),
        ),
    ]
