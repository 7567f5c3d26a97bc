"""名册所写号码: room for a number that could not be read, as it stands there; the column itself stays as it is."""

from django.db import migrations

from offices.sealed import SealedField


class Migration(migrations.Migration):
    """No statement: what is sealed has no length in the database."""

    dependencies = [("rosters", "0002_count_the_keys")]
    operations = [
        migrations.AlterField(
            model_name="rosterrow",
            name="id_no",
            field=SealedField(blank=True, kind="id_no", max_length=100, verbose_name="身份证号"),
        ),
    ]
