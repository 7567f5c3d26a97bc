"""补录银行缴费: what was promised of the new columns holds for the rows that were there."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class ValidateForeignKey(migrations.RunSQL):
    online = True  # reads beside those who write


class Migration(migrations.Migration):
    """Read beside the counter's work."""

    dependencies = [("payments", "0004_slip_entered")]
    operations = [
        ValidateConstraint("payment", "payment_entry_is_whole"),
        ValidateForeignKey("ALTER TABLE payments_payment VALIDATE CONSTRAINT payment_slip_fk", migrations.RunSQL.noop),
    ]
