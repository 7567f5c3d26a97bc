from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0017_copy_sealed_numbers")]

    operations = [
        migrations.RemoveField(
            model_name="cardissue",
            name="masked_id",
        ),
        migrations.RemoveField(
            model_name="cardissueevent",
            name="masked_id",
        ),
        migrations.RemoveField(
            model_name="funderclaimline",
            name="masked_id",
        ),
        migrations.RemoveField(
            model_name="receiptline",
            name="masked_id",
        ),
    ]
