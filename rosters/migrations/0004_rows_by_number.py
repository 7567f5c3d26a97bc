"""名册的行按号码查找: whoever stands on two rosters is found by the digest that stands in the sealed number."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """An index made while the offices work."""

    atomic = False
    dependencies = [("rosters", "0003_number_as_written")]
    operations = [
        AddIndexConcurrently(
            model_name="rosterrow",
            index=models.Index(
                models.Func(
                    models.F("id_no"),
                    models.Value(5),
                    models.Value(16),
                    function="SUBSTRING",
                    output_field=models.BinaryField(),
                ),
                name="roster_row_by_number",
            ),
        ),
    ]
