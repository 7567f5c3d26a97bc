"""补录花名册缴存: what a collector paid in for many is entered without a slip of each household's own."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class DropCheck(migrations.RemoveConstraint):
    online = True  # an entry in the catalogue


class Migration(migrations.Migration):
    """Entries in the catalogue; no row is touched. What the check allowed it allows still."""

    dependencies = [("payments", "0007_payment_entered")]
    operations = [
        DropCheck(model_name="payment", name="payment_entry_is_whole"),
        AddConstraintNotValid(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entered_at__isnull", True), ("entry_reason", ""), ("slip__isnull", True)),
                    models.Q(
                        ("entered_at__gt", models.F("paid_at")),
                        ("entered_at__isnull", False),
                        ("means", "transfer"),
                        models.Q(
                            models.Q(("amount__gt", 0), ("slip__isnull", False)),
                            models.Q(("slip__isnull", True), models.Q(("channel", "counter"), _negated=True)),
                            _connector="OR",
                        ),
                        models.Q(("entry_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payment_entry_is_whole",
                violation_error_message="补录须有银行回单和事由，按转账记，且回单时刻早于补录的时刻。",
            ),
        ),
    ]
